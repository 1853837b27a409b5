"""Tables of the room: the bank of questions, and the papers made from it."""

from lantoa.exams.models.bank import Aim, Bank, Picture, Question, Share, Version
from lantoa.exams.models.paper import Paper, Variant

__all__ = ["Aim", "Bank", "Paper", "Picture", "Question", "Share", "Variant", "Version"]
