"""What the budget of a programme can tell: sums by line, source, year and giver, and the entries behind each."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum

from lantoa.directory.models import Unit
from lantoa.programmes.models import BudgetEntry, BudgetLine, Programme
from lantoa.programmes.rules.budget import KINDS, SOURCES, warnings

Sums = dict[str, int]


@dataclass(frozen=True)
class Line:
    """A line with its sums by kind on a day, and what is out of order in it."""

    line: BudgetLine
    sums: Sums

    @property
    def warnings(self) -> tuple[str, ...]:
        return warnings(self.sums)


@dataclass
class Budget:
    """The budget of a programme on a day."""

    lines: list[Line] = field(default_factory=list)

    def by(self, key: Callable[[BudgetLine], Any]) -> dict[Any, Sums]:
        """The sums of the lines under one key, in the order of the lines."""
        found: dict[Any, Sums] = {}
        for one in self.lines:
            _add(found.setdefault(key(one.line), defaultdict(int)), one.sums)
        return found

    @property
    def total(self) -> Sums:
        return self.by(lambda line: None).get(None, {})


def budget_of(programme: Programme, *, on: date) -> Budget:
    """The lines of a programme, by year and source, with what was entered up to the day. Two queries."""
    sums: dict[int, Sums] = defaultdict(dict)
    entries = BudgetEntry.objects.filter(line__programme=programme, day__lte=on)
    for line, kind, amount in entries.values_list("line_id", "kind").annotate(sum=Sum("amount")).order_by():
        sums[line][kind] = int(amount)
    order = {source: at for at, source in enumerate(SOURCES)}
    lines = programme.budget_lines.select_related("partner")
    rows = sorted(lines, key=lambda one: (one.year, order[one.source], one.purpose, one.pk))
    return Budget([Line(one, sums[one.pk]) for one in rows])


ASKED: Final = {
    "kind": "kind",
    "source": "line__source",
    "year": "line__year",
    "partner": "line__partner__key",
    "giver": "line__partner__name",
    "line": "line__key",
    "programme": "line__programme__key",
    "owner": "line__programme__unit__key",
}


def entries_of(programme: Programme, *, on: date, **asked: Any) -> "QuerySet[BudgetEntry]":
    """The entries that a sum was made of, the latest first. `asked`: of those named in ASKED, what is asked for."""
    return _entries(BudgetEntry.objects.filter(line__programme=programme), on, asked)


def entries_under(units: "QuerySet[Unit]", *, on: date, **asked: Any) -> "QuerySet[BudgetEntry]":
    """The same over every programme of the units."""
    rows = BudgetEntry.objects.filter(line__programme__unit__in=units).select_related("line__programme__unit")
    return _entries(rows, on, asked)


def _entries(rows: "QuerySet[BudgetEntry]", on: date, asked: Mapping[str, Any]) -> "QuerySet[BudgetEntry]":
    rows = rows.filter(day__lte=on, **{ASKED[name]: value for name, value in asked.items() if value})
    return rows.select_related("line__partner", "counters", "countered").order_by("-day", "-pk")


def owners_under(units: "QuerySet[Unit]") -> dict[int, str]:
    """The units (id and key) among these whose programmes have money. One query."""
    rows = Unit.objects.filter(pk__in=BudgetLine.objects.filter(programme__unit__in=units).values("programme__unit"))
    return dict(rows.values_list("pk", "key"))


@dataclass(frozen=True)
class Portion:
    """The money of one programme, year, source and giver on a day; `giver` is "" where none is named."""

    programme: int
    year: int
    source: str
    giver: str
    invented: bool
    sums: Sums


def portions_under(units: "QuerySet[Unit]", *, on: date, **asked: Any) -> list[Portion]:
    """The money of every programme of the units, by year and source. One query."""
    wanted = {ASKED[name].removeprefix("line__"): value for name, value in asked.items() if value}
    until = Q(entries__day__lte=on)
    counted = {kind: Sum("entries__amount", filter=until & Q(entries__kind=kind), default=0) for kind in KINDS}
    rows = (
        BudgetLine.objects.filter(programme__unit__in=units, **wanted)
        .values_list("programme_id", "year", "source", "partner__name", "is_demonstration")
        .annotate(**counted)
        .order_by()
    )
    order = {source: at for at, source in enumerate(SOURCES)}
    found = [
        Portion(programme, year, source, giver or "", invented, dict(zip(KINDS, map(int, sums), strict=True)))
        for programme, year, source, giver, invented, *sums in rows
    ]
    return sorted(found, key=lambda one: (one.year, order[one.source], one.giver, one.programme))


def summed(portions: Iterable[Portion], key: Callable[[Portion], Any]) -> dict[Any, Sums]:
    """The sums of portions under one key, in their order."""
    found: dict[Any, Sums] = {}
    for one in portions:
        _add(found.setdefault(key(one), defaultdict(int)), one.sums)
    return found


def _add(sums: Sums, more: Mapping[str, int]) -> None:
    for kind, amount in more.items():
        sums[kind] += amount


def net(entries: Iterable[BudgetEntry]) -> int:
    """What entries come to."""
    return sum(one.amount for one in entries)


def planned_standing(line: BudgetLine) -> list[BudgetEntry]:
    """The planned entries of a line that nothing counters."""
    rows = line.entries.filter(kind="planned", counters=None, countered=None)
    return list(rows.order_by("pk"))
