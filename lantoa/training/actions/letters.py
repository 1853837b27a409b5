"""The letters of this room: about one thing, to each person once an occasion."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from lantoa.common.models import Thing
from lantoa.directory.models import Person, Unit
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, notify_all


@transaction.atomic
def tell(
    *,
    by: Actor,
    template: str,
    unit: Unit,
    about: Thing,
    occasion: str,
    to: Iterable[tuple[Person, Mapping[str, Any]]],
    at: datetime,
    good_until: datetime,
) -> int:
    """Tells people something about a thing, each with their own values; how many were not told before.

    The occasion is written as it was from the first day on: a letter sent then is not sent again.
    """
    letters = [
        Letter(once=f"{template}:{occasion}:{person.key}", person=person, values=values, about=thing_key(about))
        for person, values in to
    ]
    return notify_all(by=by, template=template, unit=unit, letters=letters, at=at, good_until=good_until)
