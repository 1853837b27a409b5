"""The room's tables: classes and what happens in them, calls for nominations, feedback."""

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
from lantoa.training.models.feedback import (
    Answer,
    AnswerGiven,
    AskedForm,
    FeedbackForm,
    NamedAnswer,
    SuperiorAsk,
    Survey,
)
from lantoa.training.models.nominations import (
    Asked,
    Call,
    Nomination,
)

__all__ = [
    "Answer",
    "AnswerGiven",
    "Asked",
    "AskedForm",
    "Assessment",
    "Call",
    "Certificate",
    "Enrolment",
    "FeedbackForm",
    "Mark",
    "Meeting",
    "NamedAnswer",
    "Nomination",
    "Room",
    "Submission",
    "SuperiorAsk",
    "Survey",
    "TrainingClass",
]
