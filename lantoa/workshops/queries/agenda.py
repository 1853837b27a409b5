"""The agenda as it is read: in the reader's language, in the time zones of the sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from lantoa.workshops.models import AgendaItem, Workshop
from lantoa.workshops.rules.times import Place, clock_of, other_places


@dataclass(frozen=True)
class Line:
    """A part of the agenda with its hours at home and elsewhere."""

    item: AgendaItem
    begins: datetime
    ends: datetime
    elsewhere: Sequence[tuple[Place, datetime, datetime]]


def places_of(workshop: Workshop, *, most: int = 3) -> list[Place]:
    """The clocks of the workshop's sites that differ from its own, those of most sites first."""
    rows = workshop.sites.order_by().values("zone").annotate(n=Count("pk")).order_by("-n", "zone")
    return other_places(workshop.zone, [row["zone"] for row in rows], workshop.during.lower)[:most]


def agenda_of(workshop: Workshop) -> list[Line]:
    """The parts in their order. Two queries."""
    places = places_of(workshop)
    return [_line(workshop, item, places) for item in workshop.agenda.order_by("position")]


def _line(workshop: Workshop, item: AgendaItem, places: Sequence[Place]) -> Line:
    begins, ends = item.during.lower, item.during.upper
    there = [(place, clock_of(place.zone, begins), clock_of(place.zone, ends)) for place in places]
    return Line(
        item,
        clock_of(workshop.zone, begins) or begins,
        clock_of(workshop.zone, ends) or ends,
        [(place, first, last) for place, first, last in there if first and last],
    )
