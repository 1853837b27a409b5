"""A programme at a glance, as of a day: by class and by unit, each number with the rows it opens to.

A programme may have two thousand units: their numbers are counted for the page of them that is shown."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.db.models import Count, Sum

from lantoa.common.ready import Tuples, among, array
from lantoa.directory.queries.units import Called, in_order_of_names
from lantoa.programmes.models import Programme
from lantoa.training.models import TrainingClass
from lantoa.training.queries.rows import LINE, NO_LINE, Choice, meetings, meetings_in, people, people_in, rolls
from lantoa.training.rules.attendance import expected_at_each_meeting_held, share_where_no_line_is_absence


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
    expected: int = 0  # how often people were expected at meetings held
    present: int = 0
    partial: int = 0
    leave: int = 0
    attended: Decimal = Decimal(0)

    @property
    def attendance(self) -> Decimal | None:
        """The share attended of what could be attended (0 to 1); None while nothing was held."""
        return share_where_no_line_is_absence(self.attended, self.expected)

    @property
    def attendance_percent(self) -> int | None:
        """The same in whole percent."""
        return None if self.attendance is None else round(self.attendance * 100)

    @property
    def absent(self) -> int:
        """How often somebody expected was not there: marked absent, or not in the roll at all."""
        return self.expected - self.present - self.partial - self.leave

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
    "expected",
    "present",
    "partial",
    "leave",
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
    for (class_id,), counted in _people(choice, "training_class"):
        classes[class_id].add(counted)
    _add_meetings(choice, classes)
    _add_presence(choice, classes, "training_class")
    total = Line(choice, "")
    for line in classes.values():
        line.expected = expected_at_each_meeting_held(line.people, line.held)
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


def unit_lines(seen: Overview, units: Sequence[Called]) -> list[Line]:
    """The numbers of these units, in their order. Two queries."""
    choice = seen.choice
    lines = {unit.id: Line(choice.but(unit_key=unit.key), unit.full_name) for unit in units}
    held = {line.training_class.pk: line.held for line in seen.classes if line.training_class}
    for (unit, class_id), counted in _people(choice, "unit", "training_class", units=lines):
        counted.expected = expected_at_each_meeting_held(counted.people, held[class_id])
        lines[unit].add(counted)
    _add_presence(choice, lines, "unit")
    return list(lines.values())


# The statements are the same for every programme and day: put together once, with these in the places of what is
# asked for. That was a third of the page.
ANY: Final = Choice(Programme(pk=-1), date(1000, 1, 1), now=datetime(1000, 1, 1, tzinfo=UTC))
UNITS: Final = "{-1}"


def _asked(choice: Choice, units: Iterable[int] = ()) -> dict[Any, Any]:
    """What the marks stand for."""
    return {
        ANY.programme.pk: choice.programme.pk,
        ANY.on: choice.on,
        ANY.end_of_day: choice.end_of_day,
        ANY.over_by: choice.over_by,
        UNITS: array(units),
    }


def _people(choice: Choice, *by: str, units: Iterable[int] | None = None) -> Iterator[tuple[tuple[int, ...], Line]]:
    """Each group with its numbers of people; of these units only."""
    states, counted = _counted(by, units is not None)
    for row in counted.asked(_asked(choice, units or ())):
        numbers = dict(zip(states, row[len(by) :], strict=True))
        yield tuple(row[: len(by)]), Line(choice, "", **numbers)


@cache
def _counted(by: tuple[str, ...], of_units: bool) -> tuple[list[str], Tuples]:
    counts = {"people": Count("id")} | {name: Count("id", filter=state) for name, state in people_in(ANY).items()}
    rows = people(ANY).filter(unit__in=among(UNITS)) if of_units else people(ANY)
    return list(counts), Tuples(rows.order_by().values_list(*by).annotate(**counts))


def _add_meetings(choice: Choice, classes: dict[int, Line]) -> None:
    for class_id, total, held, late in _meetings_counted().asked(_asked(choice)):
        line = classes[class_id]
        line.meetings, line.held, line.late = total, held, late


@cache
def _meetings_counted() -> Tuples:
    which = meetings_in(ANY)
    counts = {name: Count("id", filter=which[name]) for name in ("held", "late")}
    return Tuples(meetings(ANY).order_by().values_list("training_class").annotate(meetings=Count("id"), **counts))


def _add_presence(choice: Choice, lines: dict[int, Line], by: str) -> None:
    for key, state, count, attended in _presence_counted(by).asked(_asked(choice, lines)):
        line = lines[key]
        line.attended += attended
        if state != NO_LINE:  # the absent are all the others
            setattr(line, state, count)


@cache
def _presence_counted(by: str) -> Tuples:
    grouped = rolls(ANY).filter(**{f"{by}__in": among(UNITS)}).order_by().values_list(by, f"{LINE}__state")
    return Tuples(grouped.annotate(n=Count("id"), attended=Sum(f"{LINE}__share")))


def _lanes(choice: Choice) -> dict[str, list[tuple[datetime, str]]]:
    """By class code: when each meeting starts, and whether it was held, missed or is planned."""
    lanes: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    over_by = choice.over_by
    for code, starts, ends, held in _meetings_listed().asked(_asked(choice)):
        lanes[code].append((starts, ("held" if held else "missed") if ends <= over_by else "planned"))
    return lanes


@cache
def _meetings_listed() -> Tuples:
    return Tuples(
        meetings(ANY).values_list("training_class__code", "during__startswith", "during__endswith", "gathering__held")
    )
