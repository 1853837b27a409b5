"""The room's tables: classes and what happens in them, calls for nominations."""

from lantoa.training.models.classes import (
    Assessment,
    Certificate,
    Enrolment,
    Mark,
    Meeting,
    Room,
    Submission,
    TrainingClass,
)
from lantoa.training.models.nominations import Asked, Call, Nomination

__all__ = [
    "Asked",
    "Assessment",
    "Call",
    "Certificate",
    "Enrolment",
    "Mark",
    "Meeting",
    "Nomination",
    "Room",
    "Submission",
    "TrainingClass",
]
