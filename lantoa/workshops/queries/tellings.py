"""What the pages of a workshop were told."""

from lantoa.workshops.models import Telling, Workshop
from lantoa.workshops.rules.streams import Told

FIELDS = ("number", "kind", "audience", "about", "at")


def told_after(workshop: int, number: int, most: int) -> list[Told]:
    """The tellings after that number, in their order; no more than so many."""
    rows = Telling.objects.filter(workshop=workshop, number__gt=number).order_by("number")
    return [_told(*row) for row in rows.values_list(*FIELDS)[:most]]


def last_told(workshop: int, most: int) -> list[Told]:
    """The last so many tellings, in their order."""
    rows = Telling.objects.filter(workshop=workshop).order_by("-number").values_list(*FIELDS)[:most]
    return [_told(*row) for row in reversed(rows)]


def standing(workshop: int, until: int) -> list[Told]:
    """Of each kind the last telling to each audience, up to that number, in their order."""
    rows = Telling.objects.filter(workshop=workshop, number__lte=until).order_by("audience", "kind", "-number")
    return sorted((_told(*row) for row in rows.distinct("audience", "kind").values_list(*FIELDS)), key=_number)


def workshop_id(key: str) -> int | None:
    """Of the workshop with that key, if there is one."""
    return Workshop.objects.filter(key=key).values_list("pk", flat=True).first()


def _told(number: int, kind: str, audience: str, about: dict[str, object], at: object) -> Told:
    return Told(number, kind, audience, about, round(at.timestamp() * 1000))  # type: ignore[attr-defined]


def _number(told: Told) -> int:
    return told.number
