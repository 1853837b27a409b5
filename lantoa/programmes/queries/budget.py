"""What the budget of a programme can tell: sums by line, source, year and giver, and the entries behind each."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from lantoa.programmes.models import BudgetEntry, BudgetLine, Programme
from lantoa.programmes.rules.budget import SOURCES, warnings

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
            sums = found.setdefault(key(one.line), defaultdict(int))
            for kind, amount in one.sums.items():
                sums[kind] += amount
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


def entries_of(
    programme: Programme, *, on: date, kind: str = "", source: str = "", year: int | None = None, partner: str = "",
    line: str = "",
) -> "QuerySet[BudgetEntry]":  # fmt: skip
    """The entries that a sum was made of, the latest first. `partner` and `line` are keys."""
    asked: dict[str, Any] = {
        "kind": kind,
        "line__source": source,
        "line__year": year,
        "line__partner__key": partner,
        "line__key": line,
    }
    rows = BudgetEntry.objects.filter(line__programme=programme, day__lte=on)
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    return rows.select_related("line__partner", "counters", "countered").order_by("-day", "-pk")


def net(entries: Iterable[BudgetEntry]) -> int:
    """What entries come to."""
    return sum(one.amount for one in entries)


def planned_standing(line: BudgetLine) -> list[BudgetEntry]:
    """The planned entries of a line that nothing counters."""
    rows = line.entries.filter(kind="planned", counters=None, countered=None)
    return list(rows.order_by("pk"))
