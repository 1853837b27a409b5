"""What the room holds about people. The bank and the papers: nothing."""

from lantoa.common.personal import Room, declare
from lantoa.exams.models import Aim, Bank, Paper, Picture, Question, Share, Variant, Version

PERSONAL = declare(
    Room(
        "exams",
        not_personal={
            Bank: "a collection of questions",
            Share: "what a unit may do with a bank",
            Question: "what is asked",
            Version: "what is asked",
            Aim: "what is tested",
            Picture: "what is asked",
            Paper: "what is asked",
            Variant: "what is asked",
        },
    )
)
