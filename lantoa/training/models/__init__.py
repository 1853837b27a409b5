"""The room's tables: classes and what happens in them, calls for nominations, feedback,
open classes."""

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
from lantoa.training.models.exams import ClassExam
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
from lantoa.training.models.open_classes import Joining, OpenClass

__all__ = [
    "Answer",
    "AnswerGiven",
    "Asked",
    "AskedForm",
    "Assessment",
    "Call",
    "Certificate",
    "ClassExam",
    "Enrolment",
    "FeedbackForm",
    "Joining",
    "Mark",
    "Meeting",
    "NamedAnswer",
    "Nomination",
    "OpenClass",
    "Room",
    "Submission",
    "SuperiorAsk",
    "Survey",
    "TrainingClass",
]
