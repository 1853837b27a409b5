"""What the ledger holds about people: keys only."""

from django.db.models import Q

from lantoa.common.personal import KEPT, Gone, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.models import Entry, Look, Seal

WHY = N_(
    "The ledger proves who did what. It holds keys and values, no names; once the person is erased its keys lead "
    "nowhere, and a line taken out would break its seal."
)


def _lines(subject: Subject) -> Q:
    about = Q(thing=f"directory.person:{subject.person_key}")
    if subject.user_key:
        about |= Q(actor=f"user:{subject.user_key}") | Q(thing=f"accounts.user:{subject.user_key}")
    return about


def _looks(subject: Subject) -> Q:
    return Q(whom=f"directory.person:{subject.person_key}")


def erase(*, by: object, subject: Subject, at: object) -> list[Gone]:
    """Nothing is taken out of the ledger."""
    return [Gone(table.title, table.rows(subject).count(), KEPT, WHY) for table in (LINES, LOOKS)]


LINES = Table(
    Entry,
    N_("Ledger"),
    {"at": N_("When"), "act": N_("Act"), "thing": N_("About what"), "about": N_("Values")},
    other=_lines,
    beside=("key", "actor", "mark"),
    fate=KEPT,
    why=WHY,
)
LOOKS = Table(
    Look,
    N_("Who looked at these data"),
    {"at": N_("When"), "page": N_("Page"), "people": N_("How many people")},
    other=_looks,
    beside=("actor", "whom", "mark"),
    fate=KEPT,
    why=WHY,
)
PERSONAL = declare(
    Room("ledger", (LINES, LOOKS), {Seal: "ids and marks of lines"}, erase),
)
