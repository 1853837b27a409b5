"""A programme at a glance, as of a day: by class and by unit, each number with the rows it opens to."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, OuterRef, Subquery, Sum

from lantoa.common.vietnamese import sort_key
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
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
    units: list[Line]
    lanes: dict[str, list[tuple[datetime, str]]]
    places: int


def overview(choice: Choice) -> Overview:
    """All numbers of the programme's page in a fixed number of queries."""
    classes = {
        found.pk: Line(choice.but(class_code=found.code), found.code, found)
        for found in choice.programme.classes.select_related("course").order_by("code")
    }
    units: dict[int, Line] = {}
    _add_people(choice, classes, units)
    _add_meetings(choice, classes)
    _add_presence(choice, classes, units)
    _name_units(choice, units)
    total = Line(choice, "")
    for line in classes.values():
        total.add(line)
    return Overview(
        choice=choice,
        total=total,
        classes=list(classes.values()),
        units=sorted(units.values(), key=lambda line: sort_key(line.title)),
        lanes=_lanes(choice),
        places=sum(line.training_class.capacity for line in classes.values() if line.training_class),
    )


def _add_people(choice: Choice, classes: dict[int, Line], units: dict[int, Line]) -> None:
    counts = {name: Count("id", filter=which) for name, which in people_in(choice).items()}
    rows = people(choice).order_by().values_list("training_class", "unit")
    names = ["people", *counts]
    for class_id, unit_id, *numbers in rows.annotate(people=Count("id"), **counts):
        for line in (classes[class_id], units.setdefault(unit_id, Line(choice, ""))):
            for name, number in zip(names, numbers, strict=True):
                setattr(line, name, getattr(line, name) + number)


def _add_meetings(choice: Choice, classes: dict[int, Line]) -> None:
    which = meetings_in(choice)
    rows = meetings(choice).order_by().values_list("training_class")
    counts = {name: Count("id", filter=which[name]) for name in ("held", "late")}
    for class_id, total, held, late in rows.annotate(meetings=Count("id"), **counts):
        line = classes[class_id]
        line.meetings, line.held, line.late = total, held, late


def _add_presence(choice: Choice, classes: dict[int, Line], units: dict[int, Line]) -> None:
    unit = Enrolment.objects.filter(
        running(choice), training_class=OuterRef("gathering__meeting__training_class"), person=OuterRef("person")
    )
    rows = presence(choice).order_by().annotate(unit=Subquery(unit.values("unit")[:1]))
    grouped = rows.values_list("gathering__meeting__training_class", "unit", "state").annotate(
        n=Count("id"), attended=Sum("share")
    )
    for class_id, unit_id, state, count, attended in grouped:
        for line in (classes[class_id], units.setdefault(unit_id, Line(choice, ""))):
            line.lines += count
            line.attended += attended
            setattr(line, state, getattr(line, state) + count)


def _name_units(choice: Choice, units: dict[int, Line]) -> None:
    """Names as of the programme's days: a class of 2020 lists the wards of 2020."""
    called = names(units, on=choice.naming_day)
    for pk, key in Unit.objects.filter(pk__in=units).values_list("pk", "key"):
        units[pk].title = called[pk].full_name if pk in called else key
        units[pk].choice = choice.but(unit_key=key)


def _lanes(choice: Choice) -> dict[str, list[tuple[datetime, str]]]:
    """By class code: when each meeting starts, and whether it was held, missed or is planned."""
    lanes: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    rows = meetings(choice).values_list("training_class__code", "during", "gathering__held")
    for code, during, held in rows:
        over = during.upper <= choice.over_by
        lanes[code].append((during.lower, ("held" if held else "missed") if over else "planned"))
    return lanes
