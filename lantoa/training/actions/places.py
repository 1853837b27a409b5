"""The places of a call: given one after another, and given again when one is freed.

Everything that gives or frees a place holds the call's row to the end of its transaction, so that the last place is
given once however many ask for it at the same moment. Order of locks: calls, then classes, then people.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from lantoa.ledger.actions import record, thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import cancel_notices
from lantoa.training.actions.call_notices import tell_moved_up
from lantoa.training.models import Call, Enrolment, Nomination
from lantoa.training.models.nominations import HOLDING
from lantoa.training.rules.places import Waiting, give

State = Nomination.State


def lock_call(pk: int) -> Call:
    """The call as it stands, held until the end of the transaction."""
    return Call.objects.select_for_update(of=("self",)).select_related("unit", "training_class").get(pk=pk)


def held_places(call: Call) -> dict[int, int]:
    """Which asked unit (id) holds which place, by the number of the place."""
    held = Nomination.objects.filter(call=call, state__in=HOLDING).values_list("place", "asked")
    return {place: asked for place, asked in held if place is not None}


def give_places(call: Call) -> list[Nomination]:
    """Gives the free places of a (locked) call to those who wait, in their order; the nominations that got one."""
    waiting = {row.pk: row for row in Nomination.objects.filter(call=call, state=State.WAITING)}
    given = give(
        call.places,
        held_places(call),
        [Waiting(row.pk, row.asked_id, row.turn) for row in waiting.values()],
        dict(call.asked.values_list("pk", "most")),
    )
    moved = [waiting[pk] for pk in given]
    for row in moved:
        row.place, row.state = given[row.pk], State.PLACED
    Nomination.objects.bulk_update(moved, ["place", "state"])
    return moved


@transaction.atomic
def move_up(*, by: Actor, call: Call, at: datetime) -> list[Nomination]:
    """After a place was freed: the waiting list moves up, with a line of the ledger for each who got a place; the
    coordinators of their units are told.

    A closed call gives no place any more.
    """
    if call.closed_at is not None:
        return []
    moved = give_places(call)
    for row in moved:
        record(by=by, act="training.move_up", thing=row, about={"call": call.key, "place": row.place})
    tell_moved_up(by=by, call=call, rows=moved, at=at)
    return moved


def lock_calls_of(enrolments: Iterable[Enrolment]) -> list[Call]:
    """The calls by which these enrolments came about, held until the end of the transaction, in the order of ids."""
    found = Nomination.objects.filter(enrolment__in=list(enrolments), state=State.ACCEPTED)
    return [lock_call(pk) for pk in sorted(set(found.values_list("call", flat=True)))]


@transaction.atomic
def free_places_of(*, by: Actor, enrolment: Enrolment, calls: Sequence[Call], at: datetime) -> None:
    """An enrolment has ended: its nomination ends with it, and the next in the waiting list has the place."""
    for call in calls:
        rows = Nomination.objects.filter(call=call, enrolment=enrolment, state=State.ACCEPTED)
        for row in rows:
            cancel_notices(by=by, about=thing_key(row), at=at)  # that they are in the class, if nobody was told yet
        rows.update(state=State.WITHDRAWN, place=None, ended_at=at, reason=enrolment.withdrawal_reason)
        move_up(by=by, call=call, at=at)
