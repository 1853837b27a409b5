"""What the inventory can tell: what ran where on a day, who ran it before, what is expected, what is missing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from lantoa.common.ready import array
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Level, Placement, Unit
from lantoa.directory.queries.heirs import place_taken_of, stands_for
from lantoa.directory.queries.units import names
from lantoa.programmes.models import ExpectedList, Stage, System
from lantoa.programmes.rules.inventory import (
    HUB,
    IN_USE,
    STOPPED,
    Checked,
    Expected,
    Judged,
    Kind,
    Run,
    check,
    read_expected,
    read_kinds,
)

JUDGED_NOTHING: Final = Judged()
SHIPPED: Final = Path(__file__).resolve().parents[1] / "data" / "inventory"

# For each unit the list of the nearest office above it (or its own) that stands for its level on the day.
LISTS = """
    WITH RECURSIVE up(asked, level, unit_id, depth) AS (
        SELECT p.unit_id, p.level, p.unit_id, 0 FROM directory_placement p
         WHERE p.unit_id = ANY(%(units)s::bigint[]) AND p.period @> %(on)s::date
        UNION
        SELECT u.asked, u.level, p.parent_id, u.depth + 1 FROM up u
          JOIN directory_placement p ON p.unit_id = u.unit_id AND p.period @> %(on)s::date
         WHERE p.parent_id IS NOT NULL AND u.depth < 20
    )
    SELECT DISTINCT ON (u.asked) u.asked, l.id FROM up u
      JOIN programmes_expectedlist l ON l.unit_id = u.unit_id AND l.level = u.level AND l.since <= %(on)s
     ORDER BY u.asked, u.depth, l.since DESC, l.id DESC
"""


@cache
def kinds() -> dict[str, Kind]:
    """The kinds of platforms and infrastructure that the house knows, in their order."""
    return read_kinds((SHIPPED / "kinds.toml").read_bytes())


@cache
def proposed() -> dict[str, tuple[Expected, ...]]:
    """What the house proposes that a unit of a level runs, where no office has declared its own list."""
    return read_expected((SHIPPED / "expected.toml").read_bytes(), kinds())


@dataclass(frozen=True)
class Line:
    """A system on a day: the stage that holds, the first day it was in use, whose place was taken if it is one of a
    unit before (its id)."""

    stage: Stage
    begun: date | None
    before: int | None = None

    @property
    def system(self) -> System:
        return self.stage.system

    @property
    def run(self) -> Run:
        """As gaps are judged."""
        links = self.stage.links
        return Run(self.system.kind, self.stage.state, self.begun, HUB in links, inherited=self.before is not None)


@dataclass
class Inventory:
    """What a unit runs on a day and what is wrong with it. `declared`: the office's list, None for the house's."""

    unit: int
    key: str
    name: str
    level: str
    lines: list[Line] = field(default_factory=list)
    declared: ExpectedList | None = None
    judged: Judged = JUDGED_NOTHING

    @property
    def checked(self) -> tuple[Checked, ...]:
        """What is expected of it."""
        return self.judged.checked

    @property
    def running(self) -> list[Line]:
        """What is not stopped."""
        return [line for line in self.lines if line.stage.state != STOPPED]

    @property
    def own(self) -> list[Line]:
        """What the unit itself has in use."""
        return [line for line in self.lines if line.stage.state in IN_USE and line.before is None]

    @property
    def lacking(self) -> list[Checked]:
        """The expectations that are not met."""
        return [one for one in self.checked if one.gaps]

    def is_of(self, kind: str, state: str) -> bool:
        """Whether the unit is a row of this number (`has`, `expected`, `met`, `lacking`, one of GAPS) of a kind, else
        of any."""
        if state == "has":
            return any(not kind or line.system.kind == kind for line in self.own)
        return state in (self.judged.states.get(kind, ()) if kind else self.judged.all_states)


def stages_on(systems: "QuerySet[System]", *, on: date) -> "QuerySet[Stage]":
    """What holds of each system on the day, with the first day it was in use (`begun`)."""
    used = Stage.objects.filter(system=OuterRef("system"), state__in=IN_USE, since__lte=on).order_by("since")
    return (
        Stage.objects.filter(system__in=systems, since__lte=on)
        .annotate(begun=Subquery(used.values("since")[:1]))
        .select_related("system")
        .order_by("system_id", "-since", "-number")
        .distinct("system_id")
    )


def untaken(*, on: date) -> "QuerySet[System]":
    """The systems that no unit has taken over from the unit that ran them, as of the day."""
    taken = Stage.objects.filter(system__came_from__isnull=False, since__lte=on).values("system__came_from")
    return System.objects.exclude(pk__in=taken)


def inventories(care: "QuerySet[Unit]", *, on: date) -> list[Inventory]:
    """What the units of a query run on the day, those that stood then, in the order of names; what units ran whose
    place they took is theirs as such. Five queries, however many they are."""
    placed = Placement.objects.filter(unit__in=care, period__contains=on).exclude(level=Level.COUNTRY)
    rows = placed.order_by("sort_key", "code", "pk").values_list("unit_id", "unit__key", "kind", "name", "level")
    stages = list(stages_on(untaken(on=on).filter(unit__in=care), on=on))
    heirs = stands_for({one.system.unit_id for one in stages}, on=on)
    lines: dict[int, list[Line]] = defaultdict(list)
    for stage in stages:
        owner = stage.system.unit_id
        holder = heirs.get(owner, owner)
        lines[holder].append(_line(stage, holder))
    found = {
        unit: Inventory(unit, key, f"{kind} {name}".strip(), level, lines.get(unit) or [])
        for unit, key, kind, name, level in rows
    }
    _judge(found, on=on)
    return [one for one in found.values() if one.lines or one.checked]


def inventory_of(unit: Unit, *, on: date) -> Inventory:
    """What one unit ran on the day, whether or not it stood then."""
    before = place_taken_of(unit.pk, on=on)
    placement = names([unit.pk], on=on).get(unit.pk)
    name, level = (placement.full_name, placement.level) if placement else ("", "")
    made = Inventory(unit.pk, unit.key, name, level)
    for stage in stages_on(untaken(on=on).filter(unit__in=[unit.pk, *before]), on=on):
        made.lines.append(_line(stage, unit.pk))
    _judge({unit.pk: made}, on=on)
    return made


def _line(stage: Any, holder: int) -> Line:
    owner = stage.system.unit_id
    return Line(stage, stage.begun, None if owner == holder else owner)


def _judge(found: dict[int, Inventory], *, on: date) -> None:
    order = {code: at for at, code in enumerate(kinds())}
    lists = lists_of(found, on=on)
    asked: dict[Any, tuple[tuple[Expected, ...], Judged]] = {}  # by list or level: what of whoever runs nothing
    for one in found.values():
        one.declared = lists.get(one.unit)
        list_or_level = one.declared.pk if one.declared else one.level
        if list_or_level not in asked:
            expected = expected_in(one.declared) if one.declared else proposed().get(one.level, ())
            asked[list_or_level] = expected, check(expected, [], on=on)
        expected, one.judged = asked[list_or_level]
        if one.lines:
            one.lines.sort(
                key=lambda line: (order.get(line.system.kind, 99), line.before is not None, line.stage.name)
            )
            one.judged = check(expected, [line.run for line in one.lines], on=on)


def lists_of(units: Iterable[int], *, on: date) -> dict[int, ExpectedList]:
    """For each unit (id) the list that an office declared for it; left out where none did. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(LISTS, {"units": array(units), "on": on})
        pairs = cursor.fetchall()
    lists = ExpectedList.objects.in_bulk({pk for _unit, pk in pairs})
    return {unit: lists[pk] for unit, pk in pairs}


def expected_in(declared: ExpectedList) -> tuple[Expected, ...]:
    """The expectations of a declared list."""
    return tuple(Expected(one["kind"], one.get("oldest"), one.get("connected", False)) for one in declared.items)


def list_standing(unit: Unit, level: str, *, on: date) -> ExpectedList | None:
    """The list that an office itself declared for a level and that holds on the day."""
    rows = ExpectedList.objects.filter(unit=unit, level=level, since__lte=on)
    return rows.order_by("-since", "-pk").first()


@dataclass
class Tally:
    """A kind over many units: of how many it is expected, how many have it, how many have which gap."""

    kind: str
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def tallies(rows: Sequence[Inventory]) -> list[Tally]:
    """Kind by kind, those that are expected or had somewhere. Each count is the length of `choose` with its name."""
    counted: dict[str, Tally] = {}
    for judged, units in Counter(one.judged for one in rows).items():
        for kind, states in judged.states.items():
            for state in states:
                counted.setdefault(kind, Tally(kind)).counts[state] += units
    for one in rows:
        for kind in {line.system.kind for line in one.own} if one.lines else ():
            counted.setdefault(kind, Tally(kind)).counts["has"] += 1
    return [counted[kind] for kind in kinds() if kind in counted]


def any_kind(rows: Iterable[Inventory]) -> Counter[str]:
    """How many units are rows of each number, whatever the kind: the length of `choose` without a kind."""
    found: Counter[str] = Counter()
    for judged, units in Counter(one.judged for one in rows).items():
        for state in judged.all_states:
            found[state] += units
    return found


def choose(rows: Iterable[Inventory], *, kind: str, state: str, words: str = "") -> list[Inventory]:
    """The units that a number was counted from; without a kind, those with any gap of this name."""
    found = [one for one in rows if one.is_of(kind, state or "has")] if kind or state else list(rows)
    return [one for one in found if words in fold(one.name)] if words else found


def stages_of(system: System) -> "QuerySet[Stage]":
    """Everything ever said of a system, the latest first."""
    return system.stages.order_by("-since", "-number")
