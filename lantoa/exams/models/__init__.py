"""Tables of the room: the bank of questions, the papers made from it, and the sittings with their answers."""

from lantoa.exams.models.bank import Aim, Bank, Picture, Question, Share, Version
from lantoa.exams.models.handed import HandedFile
from lantoa.exams.models.paper import Paper, Variant
from lantoa.exams.models.remarking import KeyChange, PointsChange
from lantoa.exams.models.room import Invigilator, LastSeen, Minutes, Remark, Room, Seat
from lantoa.exams.models.sitting import Analysis, Answer, Attempt, Incident, Judgement, Seal, Sitting

__all__ = [
    "Aim",
    "Analysis",
    "Answer",
    "Attempt",
    "Bank",
    "HandedFile",
    "Incident",
    "Invigilator",
    "Judgement",
    "KeyChange",
    "LastSeen",
    "Minutes",
    "Paper",
    "Picture",
    "PointsChange",
    "Question",
    "Remark",
    "Room",
    "Seal",
    "Seat",
    "Share",
    "Sitting",
    "Variant",
    "Version",
]
