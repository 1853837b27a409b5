"""What the room holds about people: who teaches in a programme."""

from datetime import datetime

from django.db import transaction

from lantoa.common.personal import ANONYMISED, Gone, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Field, Lecturer, Partner, Programme

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
            Programme: "its papers name who signs them by office, as every official paper does",
        },
        erase,
    )
)
