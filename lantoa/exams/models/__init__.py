"""Tables of the room: the bank of questions, the papers made from it, and the sittings with their answers."""

from lantoa.exams.models.bank import Aim, Bank, Picture, Question, Share, Version
from lantoa.exams.models.paper import Paper, Variant
from lantoa.exams.models.room import Invigilator, LastSeen, Minutes, Remark, Room, Seat
from lantoa.exams.models.sitting import Answer, Attempt, Incident, Judgement, Seal, Sitting

__all__ = [
    "Aim",
    "Answer",
    "Attempt",
    "Bank",
    "Incident",
    "Invigilator",
    "Judgement",
    "LastSeen",
    "Minutes",
    "Paper",
    "Picture",
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
