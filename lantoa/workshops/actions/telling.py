"""Telling the open pages of a workshop that something has happened."""

from datetime import datetime
from typing import Any

from django.db import connection

from lantoa.workshops.doorbell import ring
from lantoa.workshops.models import Telling, Workshop


def held(workshop: Workshop) -> Workshop:
    """The workshop as it stands now, locked until the end of the transaction."""
    return Workshop.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=workshop.pk)


def tell(*, workshop: Workshop, kind: str, about: dict[str, Any], at: datetime, audience: str = "all") -> int:
    """Writes the next telling of the workshop inside the transaction of the act, and its number; pages hear of it
    when that commits. The row of the workshop is locked until then: numbers come without a gap and in order."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind} is told outside the transaction of its action")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workshops_workshop SET told = told + 1 WHERE id = %s RETURNING told, key", [workshop.pk]
        )
        number, key = cursor.fetchone()
        Telling.objects.create(workshop=workshop, number=number, kind=kind, audience=audience, about=about, at=at)
    ring(key, number)
    workshop.told = number
    return int(number)
