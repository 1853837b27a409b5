"""What the room holds about people: where they were, and how that was corrected."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from lantoa.common.personal import ANONYMISED, Gone, Perishable, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.rules import Actor
from lantoa.presence.models import Attendance, Correction, Gathering

WHY = N_("The rolls of meetings that were held are counted in official reports; the row no longer says whose it is.")

LINES = Table(
    Attendance,
    N_("Attendance"),
    {
        "gathering__during": N_("Meeting"),
        "state": N_("Presence"),
        "share": N_("Share"),
        "how": N_("How it was entered"),
        "at": N_("When"),
    },
    person=("person",),
    beside=("key", "by"),
    fate=ANONYMISED,
    why=WHY,
)
CORRECTIONS = Table(
    Correction,
    N_("Corrections of attendance"),
    {"state_before": N_("Presence before"), "share_before": N_("Share"), "reason": N_("Reason"), "at": N_("When")},
    person=("attendance__person",),
    beside=("key", "by"),
    fate=ANONYMISED,
    why=N_("That a roll was corrected stays visible; the reason, which may speak of the person, is deleted."),
)


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """The lines stay without a name; the reasons of corrections go."""
    corrections = CORRECTIONS.rows(subject).values_list("pk", flat=True)
    emptied = Correction.objects.filter(pk__in=list(corrections)).update(reason="")
    return [
        Gone(LINES.title, LINES.rows(subject).count(), ANONYMISED, LINES.why),
        Gone(CORRECTIONS.title, emptied, ANONYMISED, CORRECTIONS.why),
    ]


def _with_reason(before: datetime) -> Q:
    return Q(at__lt=before) & ~Q(reason="")


def _due(before: datetime) -> int:
    return Correction.objects.filter(_with_reason(before)).count()


@transaction.atomic
def _forget(*, by: Actor, before: datetime, at: datetime) -> int:
    return Correction.objects.filter(_with_reason(before)).update(reason="")


PERSONAL = declare(
    Room(
        "presence",
        (LINES, CORRECTIONS),
        {Gathering: "a place and a time"},
        erase,
        {},
        (
            Perishable(
                "presence.reasons",
                N_("Reasons of corrected attendance"),
                730,
                N_("Free text about a person (illness, leave): two years are enough for complaints."),
                _due,
                _forget,
            ),
        ),
    )
)
