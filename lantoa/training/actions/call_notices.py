"""What is told of a call: coordinators, that their unit is asked, that it has not answered, that somebody of theirs
has a place now; the nominated, that they are in the class. Sent by the office's notices, each occasion once."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.common.days import ends
from lantoa.directory.queries.people import coordinators_of
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, notify_all
from lantoa.training.models import Asked, Call, Nomination, TrainingClass
from lantoa.training.queries.calls import UNANSWERED, asked_of

MOVED_UP = "training.nominations_moved_up"


@transaction.atomic
def tell_asked(*, by: Actor, call: Call, asked: Iterable[Asked], at: datetime) -> int:
    """Tells the coordinators of units that they are asked; how many are told."""
    return _tell(by, "training.nominations_asked", call, list(asked), at, lambda one: one.key)


@transaction.atomic
def remind_unanswered(*, by: Actor, call: Call, at: datetime) -> tuple[int, list[Asked]]:
    """Reminds the coordinators of the units that have not answered in time so far, once a day: how many are told,
    and the units that have no coordinator, to be called on the telephone."""
    on = timezone.localdate(at)
    waiting = [one for one in asked_of(call, UNANSWERED) if one.until >= on] if call.closed_at is None else []
    day = on.isoformat()
    told = _tell(by, "training.nominations_due", call, waiting, at, lambda one: f"{one.key}:{day}")
    known = coordinators_of([one.unit_id for one in waiting], on=on)
    return told, [one for one in waiting if not known.get(one.unit_id)]


@transaction.atomic
def tell_moved_up(*, by: Actor, call: Call, rows: Iterable[Nomination], at: datetime) -> int:
    """Tells the coordinators of units that somebody of theirs, who waited, has a place now."""
    by_unit = {row.asked_id: row for row in rows}
    asked = Asked.objects.filter(pk__in=by_unit)
    return _tell(by, MOVED_UP, call, list(asked), at, lambda one: by_unit[one.pk].key)


@transaction.atomic
def tell_accepted(
    *, by: Actor, call: Call, rows: Iterable[Nomination], training_class: TrainingClass, at: datetime
) -> int:
    """Tells those who were nominated that they are in the class; how many are told."""
    called = names([call.unit_id], on=timezone.localdate(at))
    values = {
        "class": training_class.code,
        "course": training_class.course.title,
        "office": called[call.unit_id].full_name if call.unit_id in called else "",
        "link": reverse("training:me"),
    }
    return notify_all(
        by=by,
        template="training.nominee_accepted",
        unit=call.unit,
        letters=[
            Letter(
                once=f"training.nominee_accepted:{row.key}", person=row.person, values=values, about=thing_key(row)
            )
            for row in rows
        ],
        at=at,
    )


def _tell(
    by: Actor, template: str, call: Call, asked: list[Any], at: datetime, occasion: Callable[[Asked], str]
) -> int:
    if not asked:
        return 0
    on = timezone.localdate(at)
    keepers = coordinators_of([one.unit_id for one in asked], on=on)
    called = names([call.unit_id, *(one.unit_id for one in asked)], on=on)

    def name(unit: int) -> str:
        return called[unit].full_name if unit in called else ""

    letters = []
    for one in asked:
        one.call = call
        values = {
            "title": call.title,
            "office": name(call.unit_id),
            "unit": name(one.unit_id),
            "due": one.deadline,
            "link": reverse("training:asked", args=[one.key]),
        }
        letters += [
            Letter(once=f"{template}:{occasion(one)}:{user.key}", user=user, values=values, about=thing_key(one))
            for user in keepers.get(one.unit_id, [])
        ]
    if not letters:
        return 0
    over = ends(max(one.deadline for one in asked))
    # a place is good news also after the deadline; the other two speak of answering in time
    until = None if template == MOVED_UP else over
    return notify_all(by=by, template=template, unit=call.unit, letters=letters, at=at, good_until=until)
