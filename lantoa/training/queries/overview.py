"""A programme at a glance, as of a day: by class and by unit, each number with the rows it opens to.

A programme may have two thousand units: their numbers are counted for the page of them that is shown."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, OuterRef, Subquery, Sum

from lantoa.directory.queries.units import Called, in_order_of_names
from lantoa.training.models import Enrolment, TrainingClass
from lantoa.training.queries.rows import Choice, meetings, meetings_in, people, people_in, presence, running


@dataclass
class Line:
    """The numbers of one class, one unit, or all. `choice` is what its links open."""

    choice: Choice
    title: str
    training_class: TrainingClass | None = None
    people: int = 0
    completed: int = 0
    certified: int = 0
    missing: int = 0
    under_way: int = 0
    meetings: int = 0
    held: int = 0
    late: int = 0
    lines: int = 0  # lines of presence at held meetings
    present: int = 0
    partial: int = 0
    leave: int = 0
    absent: int = 0
    attended: Decimal = Decimal(0)

    @property
    def attendance(self) -> Decimal | None:
        """The share attended of what could be attended (0 to 1); None while nothing was held."""
        return self.attended / self.lines if self.lines else None

    @property
    def attendance_percent(self) -> int | None:
        """The same in whole percent."""
        return None if self.attendance is None else round(self.attendance * 100)

    def add(self, other: "Line") -> None:
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_SUMMED = [
    "people",
    "completed",
    "certified",
    "missing",
    "under_way",
    "meetings",
    "held",
    "late",
    "lines",
    "present",
    "partial",
    "leave",
    "absent",
    "attended",
]


@dataclass
class Overview:
    choice: Choice
    total: Line
    classes: list[Line]
    lanes: dict[str, list[tuple[datetime, str]]]
    places: int


def overview(choice: Choice) -> Overview:
    """The numbers of all and of each class, in a fixed number of queries."""
    classes = {
        found.pk: Line(choice.but(class_code=found.code), found.code, found)
        for found in choice.programme.classes.select_related("course").order_by("code")
    }
    _add_people(choice, classes, "training_class")
    _add_meetings(choice, classes)
    _add_presence(choice, classes, "gathering__meeting__training_class")
    total = Line(choice, "")
    for line in classes.values():
        total.add(line)
    return Overview(
        choice=choice,
        total=total,
        classes=list(classes.values()),
        lanes=_lanes(choice),
        places=sum(line.training_class.capacity for line in classes.values() if line.training_class),
    )


def units_of(choice: Choice) -> list[Called]:
    """The units that people of the programme come from, in the order of names. Names are those of the programme's
    days: a class of 2020 lists the wards of 2020."""
    return in_order_of_names(people(choice).order_by().values("unit"), on=choice.naming_day)


def unit_lines(choice: Choice, units: Sequence[Called]) -> list[Line]:
    """The numbers of these units, in their order. Two queries."""
    lines = {unit.id: Line(choice.but(unit_key=unit.key), unit.full_name) for unit in units}
    _add_people(choice, lines, "unit")
    _add_presence(choice, lines, "unit")
    return list(lines.values())


def _add_people(choice: Choice, lines: dict[int, Line], by: str) -> None:
    counts = {name: Count("id", filter=which) for name, which in people_in(choice).items()}
    rows = people(choice).filter(**{f"{by}__in": list(lines)}).order_by().values_list(by)
    for key, *numbers in rows.annotate(people=Count("id"), **counts):
        for name, number in zip(["people", *counts], numbers, strict=True):
            setattr(lines[key], name, number)


def _add_meetings(choice: Choice, classes: dict[int, Line]) -> None:
    which = meetings_in(choice)
    rows = meetings(choice).order_by().values_list("training_class")
    counts = {name: Count("id", filter=which[name]) for name in ("held", "late")}
    for class_id, total, held, late in rows.annotate(meetings=Count("id"), **counts):
        line = classes[class_id]
        line.meetings, line.held, line.late = total, held, late


def _add_presence(choice: Choice, lines: dict[int, Line], by: str) -> None:
    rows = presence(choice).order_by()
    if by == "unit":
        place = Enrolment.objects.filter(
            running(choice), training_class=OuterRef("gathering__meeting__training_class"), person=OuterRef("person")
        )
        rows = rows.annotate(unit=Subquery(place.values("unit")[:1]))
    grouped = rows.filter(**{f"{by}__in": list(lines)}).values_list(by, "state")
    for key, state, count, attended in grouped.annotate(n=Count("id"), attended=Sum("share")):
        line = lines[key]
        line.lines += count
        line.attended += attended
        setattr(line, state, count)


def _lanes(choice: Choice) -> dict[str, list[tuple[datetime, str]]]:
    """By class code: when each meeting starts, and whether it was held, missed or is planned."""
    lanes: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    rows = meetings(choice).values_list("training_class__code", "during", "gathering__held")
    for code, during, held in rows:
        over = during.upper <= choice.over_by
        lanes[code].append((during.lower, ("held" if held else "missed") if over else "planned"))
    return lanes
