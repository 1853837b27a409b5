"""What the room holds about people: the exams they sat and what they answered. The bank and the papers: nothing."""

from datetime import datetime

from django.db import transaction

from lantoa.common.personal import ANONYMISED, Gone, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.exams.models import (
    Aim,
    Answer,
    Attempt,
    Bank,
    Incident,
    Judgement,
    Paper,
    Picture,
    Question,
    Seal,
    Share,
    Sitting,
    Variant,
    Version,
)
from lantoa.ledger.rules import Actor

WHY = N_(
    "Exams that were held are counted in official reports, and what a question is worth is told from all its "
    "answers; the row no longer says who it was."
)

ATTEMPTS = Table(
    Attempt,
    N_("Exams sat"),
    {
        "sitting__title": N_("Exam"),
        "number": N_("Attempt"),
        "started_at": N_("Started at"),
        "handed_in_at": N_("Handed in at"),
        "points": N_("Points"),
        "out_of": N_("Out of"),
    },
    person=("person",),
    beside=("key",),
    fate=ANONYMISED,
    why=WHY,
)
ANSWERS = Table(
    Answer,
    N_("Answers in exams"),
    {
        "attempt__sitting__title": N_("Exam"),
        "question": N_("Question"),
        "value": N_("Answer"),
        "received_at": N_("When"),
    },
    person=("attempt__person",),
    beside=("device", "before", "hash"),
    fate=ANONYMISED,
    why=WHY,
)
INCIDENTS = Table(
    Incident,
    N_("Incidents in exams"),
    {"attempt__sitting__title": N_("Exam"), "kind": N_("Kind"), "count": N_("Number"), "last_at": N_("When")},
    person=("attempt__person",),
    other=None,
    beside=("key", "actor"),
    fate=ANONYMISED,
    why=WHY,
)
JUDGEMENTS = Table(
    Judgement,
    N_("Points given by people in exams"),
    {
        "attempt__sitting__title": N_("Exam"),
        "question": N_("Question"),
        "points": N_("Points"),
        "judged_at": N_("When"),
    },
    person=("attempt__person",),
    beside=("key", "fingerprint", "judged_by"),
    fate=ANONYMISED,
    why=WHY,
)


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """The rows stay without a name: the person they point at no longer says who it was."""
    return [
        Gone(table.title, table.rows(subject).count(), ANONYMISED, table.why)
        for table in (ATTEMPTS, ANSWERS, INCIDENTS, JUDGEMENTS)
    ]


PERSONAL = declare(
    Room(
        "exams",
        (ATTEMPTS, ANSWERS, INCIDENTS, JUDGEMENTS),
        {
            Bank: "a collection of questions",
            Share: "what a unit may do with a bank",
            Question: "what is asked",
            Version: "what is asked",
            Aim: "what is tested",
            Picture: "what is asked",
            Paper: "what is asked",
            Variant: "what is asked",
            Sitting: "when a paper is sat",
            Seal: "a paper, enciphered",
        },
        erase,
    )
)
