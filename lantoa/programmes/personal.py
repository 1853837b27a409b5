"""What the room holds about people: who teaches in a programme."""

from datetime import datetime

from django.db import transaction

from lantoa.common.personal import ANONYMISED, Gone, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import (
    ActRelation,
    BudgetEntry,
    BudgetLine,
    Due,
    ExpectedList,
    Field,
    Lecturer,
    LegalAct,
    Measurement,
    Milestone,
    Partner,
    Programme,
    Reporting,
    Review,
    Stage,
    System,
    Target,
)

LECTURERS = Table(
    Lecturer,
    N_("Lecturer of programmes"),
    {
        "programme__name": N_("Programme"),
        "code": N_("Short name in the programme file"),
        "organisation": N_("Body"),
    },
    person=("person",),
    beside=("key",),
    fate=ANONYMISED,
    why=N_("That the programme had a lecturer here stays; the row no longer says who."),
)


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """The short name and the body go; the place in the programme stays."""
    rows = list(LECTURERS.rows(subject))
    for row in rows:
        row.code, row.organisation = f"x-{row.key}", ""
        row.save(update_fields=["code", "organisation"])
    return [Gone(LECTURERS.title, len(rows), ANONYMISED, LECTURERS.why)]


PERSONAL = declare(
    Room(
        "programmes",
        (LECTURERS,),
        {
            Field: "words of a list",
            Partner: "bodies, not people",
            Target: "what a unit is to reach",
            Milestone: "figures of a plan",
            Measurement: "figures of units; who reported is the key of an account, as in the ledger",
            Review: "what was said of a figure; who said it is the key of an account, as in the ledger",
            Reporting: "what an office asks units for",
            LegalAct: "a public act; who issued it is a body",
            ActRelation: "what one act does to another",
            BudgetLine: "money of bodies",
            BudgetEntry: "an amount; who entered it is the key of an account, as in the ledger",
            System: "what a unit runs",
            Stage: "what is true of it; who said it is the key of an account, as in the ledger",
            ExpectedList: "what an office expects units to run",
            Due: "a figure that a unit is asked for",
            Programme: "its papers name who signs them by office, as every official paper does",
        },
        erase,
    )
)
