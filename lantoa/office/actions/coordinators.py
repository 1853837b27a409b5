"""Telling the coordinators of units something, each occasion once. How many, and in whose name, is the caller's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from lantoa.directory.models import Unit
from lantoa.directory.queries.people import coordinators_of
from lantoa.directory.queries.units import names
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, notify_all
from lantoa.office.queries.notices import template_of


@dataclass(frozen=True)
class Word:
    """What one unit (its id) is told: the occasion that never comes twice, what fills the places, the thing it is
    about. The places `unit` and `office`, where the template has them, are filled with the names of the day."""

    unit: int
    occasion: str
    values: Mapping[str, Any]
    about: str


@transaction.atomic
def tell_coordinators(
    *,
    by: Actor,
    template: str,
    office: Unit,
    words: Iterable[Word],
    at: datetime,
    good_until: datetime | None = None,
) -> int:
    """Tells whoever keeps the people of these units; how many were not told before. A unit without a coordinator, its
    own or above it, is told nothing. A handful of queries, however many units."""
    said = list(words)
    if not said:
        return 0
    on = timezone.localdate(at)
    units = sorted({word.unit for word in said})
    keepers = coordinators_of(units, on=on)
    called = names([office.pk, *units], on=on)

    own = template_of(template).own

    def named(unit: int) -> dict[str, str]:
        both = {"unit": unit, "office": office.pk}
        return {place: called[pk].full_name if pk in called else "" for place, pk in both.items() if place in own}

    letters = [
        Letter(
            once=f"{template}:{word.occasion}:{word.unit}:{user.key}",
            user=user,
            values={**word.values, **named(word.unit)},
            about=word.about,
        )
        for word in said
        for user in keepers.get(word.unit, [])
    ]
    if not letters:
        return 0
    return notify_all(by=by, template=template, unit=office, letters=letters, at=at, good_until=good_until)
