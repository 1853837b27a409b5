"""What targets can tell: where each stands on a day, from whose figures, and what is missing.

A figure of a period is, in this order: what was measured and approved; what the units before reported, for a period
before the target began (`forebears`); what the units under it reported, joined by its rule (`shares`). Nothing is
guessed: a period without a figure has none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Case, QuerySet, When

from lantoa.common.days import ends
from lantoa.common.ready import array
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Unit
from lantoa.programmes.models import Target
from lantoa.programmes.rules.judging import (
    MET,
    MISSED,
    UNKNOWN,
    Planned,
    judge,
    next_milestone,
    planned_for,
    way_gone,
)
from lantoa.programmes.rules.rolling import Figure, roll_up
from lantoa.programmes.rules.spans import Span, before, ended_between, last_ended
from lantoa.programmes.rules.target_text import PLAIN, Goal, TargetText

REPORTED: Final = "reported"
BUILT: Final = "built"  # of the figures of the units whose place this one took
ROLLED: Final = "rolled"  # of the figures of the units under it
RETIRED: Final = "retired"
LOOK_BACK: Final = 8  # periods, for the last figure known

# The targets asked for and those that units hold on the day, all that they are made of, and of each the figures that
# count: of a period that is over the approved line that stands. Lists are packed as text, read when they are needed.
READ = """
    WITH RECURSIVE needed(id) AS (
        SELECT id FROM programmes_target
         WHERE id = ANY(%(targets)s::bigint[])
            OR (unit_id = ANY(%(units)s::bigint[]) AND since <= %(on)s
                AND (retired_on IS NULL OR retired_on > %(on)s))
        UNION
        SELECT step.id FROM needed n JOIN (
            SELECT c.parent_id AS made, c.id FROM programmes_target c JOIN programmes_target p ON p.id = c.parent_id
             WHERE p.roll_up <> ''
            UNION ALL
            SELECT f.from_target_id, f.to_target_id FROM programmes_target_forebears f
        ) step ON step.made = n.id
    ), line AS (
        SELECT DISTINCT ON (m.target_id, m.period) m.target_id,
               concat_ws(' ', m.period, m.key, m.value, coalesce(m.part::text, '-'), coalesce(m.whole::text, '-'))
               AS said
          FROM programmes_measurement m
          JOIN programmes_review r ON r.measurement_id = m.id AND r.verdict = 'approved'
         WHERE m.target_id IN (SELECT id FROM needed) AND upper(m.period) <= %(on)s::date + 1
           AND (%(approved_by)s::timestamptz IS NULL OR r.at < %(approved_by)s::timestamptz)
         ORDER BY m.target_id, m.period, m.number DESC
    ), lines AS (
        SELECT target_id, string_agg(said, ';') AS said FROM line GROUP BY target_id
    ), goals AS (
        SELECT target_id, string_agg(concat_ws(' ', year, value), ';') AS said FROM programmes_milestone
         WHERE target_id IN (SELECT id FROM needed) GROUP BY target_id
    ), before AS (
        SELECT from_target_id, array_agg(to_target_id ORDER BY to_target_id) AS ids FROM programmes_target_forebears
         WHERE from_target_id IN (SELECT id FROM needed) GROUP BY from_target_id
    )
    SELECT t.id, t.kind, t.measure, t.every, t.roll_up, t.parent_id, t.since, t.retired_on, t.forebear_rule,
           t.unit_id, t.baseline, t.baseline_year, t.key, t.code, t.name, t.name_en, t.pillar, t.is_demonstration,
           goals.said, lines.said, before.ids
      FROM needed JOIN programmes_target t ON t.id = needed.id
      LEFT JOIN lines ON lines.target_id = t.id LEFT JOIN goals ON goals.target_id = t.id
      LEFT JOIN before ON before.from_target_id = t.id
"""


def milestones_in(goals: str | None) -> dict[int, Decimal]:
    """Years and values out of their packed text."""
    pairs = (goal.split(" ") for goal in goals.split(";")) if goals else ()
    return {int(year): Decimal(value) for year, value in pairs}


class Held(NamedTuple):
    """What the reckoning needs of a target. There are a thousand on a leader's page."""

    id: int
    kind: str
    measure: str
    every: str
    roll_up: str
    parent: int | None
    since: date
    retired_on: date | None
    forebear_rule: str
    unit: int
    baseline: Decimal | None
    baseline_year: int | None
    key: str
    code: str
    name: str
    name_en: str
    pillar: str
    is_demonstration: bool
    goals: str | None  # "2025 80.000000;2030 100.000000"

    @property
    def milestones(self) -> dict[int, Decimal]:
        """What is to be reached in which year."""
        return milestones_in(self.goals)

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= day and (self.retired_on is None or day < self.retired_on)


class Actual(NamedTuple):
    """A figure of a period: the value, how it came about, of how many units it is made and how many are in it.
    `measurement` is the key of the line it was reported in, "" for one that was reckoned."""

    span: Span
    figure: Figure
    how: str
    measurement: str = ""

    @property
    def value(self) -> Fraction | None:
        return self.figure.value

    @property
    def complete(self) -> bool:
        return self.figure.complete

    @property
    def missing(self) -> int:
        """Units that belong to it and are not in it."""
        return self.figure.count - self.figure.known


class Figures:
    """The figures of some targets (ids), or of those that some units hold on the day, and of all they are made of, as
    far as the day; read once, in one query. With `approved_by` only what was approved by the end of that day counts.
    """

    def __init__(
        self,
        targets: Iterable[int] = (),
        *,
        units: Iterable[int] = (),
        on: date,
        approved_by: date | None = None,
    ) -> None:
        self.on = on
        until = ends(approved_by) if approved_by else None
        with connection.cursor() as cursor:
            cursor.execute(READ, {"targets": array(targets), "units": array(units), "on": on, "approved_by": until})
            rows = cursor.fetchall()
        self.held = {row[0]: Held._make(row[:-2]) for row in rows}
        self.shares: dict[int, list[Held]] = defaultdict(list)
        for one in self.held.values():
            if one.parent in self.held:
                self.shares[one.parent or 0].append(one)
        self.forebears = {row[0]: [self.held[forebear] for forebear in row[-1]] for row in rows if row[-1]}
        self._said: dict[int, str] = {row[0]: row[-2] for row in rows if row[-2]}
        self._known: dict[tuple[int, Span], Actual | None] = {}

    def _measured(self, target: int, span: Span) -> list[str] | None:
        """Key, value, part and whole of the line that counts for a period."""
        said, begin = self._said.get(target, ""), _begins(span)
        at = said.find(begin)
        if at < 0:
            return None
        end = said.find(";", at)
        return said[at + len(begin) : end if end > 0 else None].split(" ")

    def at(self, target: int, span: Span) -> Actual | None:
        """The figure of a target for a period; None when nothing at all is known."""
        asked = (target, span)
        if asked not in self._known:
            self._known[asked] = None  # should somebody's forebears ever lead in a circle: it ends here
            self._known[asked] = self._reckon(self.held[target], span)
        return self._known[asked]

    def _reckon(self, one: Held, span: Span) -> Actual | None:
        if line := self._measured(one.id, span):
            key, value, part, whole = line
            return Actual(span, Figure(_exact(value), _exact(part), _exact(whole)), REPORTED, key)
        if span.last < one.since:
            own = [held for held in self.forebears.get(one.id, ()) if held.holds(span.last)]
            return self._joined(one, one.forebear_rule, own, span, BUILT)
        return self._joined(one, one.roll_up, self.shares_at(one.id, span), span, ROLLED)

    def shares_at(self, target: int, span: Span) -> list[Held]:
        """The shares that belonged to a target when the period ended."""
        return [held for held in self.shares.get(target, ()) if held.holds(span.last)]

    def _joined(self, one: Held, rule: str, parts: Sequence[Held], span: Span, how: str) -> Actual | None:
        if not rule or not parts:
            return None
        found = [self.at(part.id, span) for part in parts]
        figure = roll_up(rule, one.kind, one.measure, [actual.figure if actual else None for actual in found])
        return None if figure.value is None else Actual(span, figure, how)

    def last_known(self, target: int) -> Actual | None:
        """The figure of the last period that has one, as far as the day."""
        one = self.held[target]
        span = last_ended(one.every, self.on)
        for _ in range(LOOK_BACK):
            if found := self.at(target, span):
                return found
            span = before(span, one.every)
        return None

    def series(self, target: int, first: date) -> list[Actual]:
        """All figures from a day on, the oldest first; periods without one are left out."""
        spans = ended_between(self.held[target].every, first, self.on)
        return [found for span in spans if (found := self.at(target, span))]


@lru_cache(maxsize=256)
def _begins(span: Span) -> str:
    """How the packed line of a period begins: the range as the database writes it."""
    return f"[{span.first},{span.end}) "


@lru_cache(maxsize=16384)
def _exact(number: str) -> Fraction | None:
    return None if number == "-" else Fraction(Decimal(number))


@dataclass(frozen=True)
class Line:
    """A target against its plan on a day.

    `actual` is the last figure known, `planned` what was planned for its year, `ahead` the next milestone. `verdict`
    is `met`, `missed`, `unknown` (no figure, no plan, or units missing in it) or `retired`. `overdue`: the last
    period is over and has no complete figure.
    """

    target: Target
    actual: Actual | None
    planned: Planned | None
    ahead: tuple[int, Decimal] | None
    verdict: str
    overdue: bool
    gone: Fraction | None

    @property
    def is_late(self) -> bool:
        return self.overdue and self.verdict != RETIRED


def lines_of(targets: Sequence[Target], *, on: date) -> list[Line]:
    """Each target against its plan on the day, in their order. One query, however many."""
    figures = Figures([one.pk for one in targets], on=on)
    return [line_of(one, figures) for one in targets]


def line_of(target: Target, figures: Figures) -> Line:
    """A target against its plan, of figures read before."""
    one = figures.held[target.pk]
    actual, planned, verdict = judged(one, figures)
    ahead = next_milestone(figures.on.year, one.milestones)
    expected = last_ended(one.every, figures.on)
    overdue = one.since <= expected.last and not (actual and actual.span == expected and actual.complete)
    goal = ahead[1] if ahead else None
    gone = way_gone(one.kind, actual.value if actual else None, goal, one.baseline)
    return Line(target, actual, planned, ahead, verdict, overdue, gone)


def judged(one: Held, figures: Figures) -> tuple[Actual | None, Planned | None, str]:
    """The last figure known of a target, what was planned for its year, and the verdict."""
    actual = figures.last_known(one.id)
    year = actual.span.year if actual else last_ended(one.every, figures.on).year
    planned = _planned(one.kind, year, one.goals, one.baseline_year, one.baseline)
    if one.retired_on is not None and one.retired_on <= figures.on:
        return actual, planned, RETIRED
    if actual is None or planned is None or not actual.complete:
        return actual, planned, UNKNOWN
    return actual, planned, judge(one.kind, actual.value, planned.value)


@lru_cache(maxsize=4096)
def _planned(
    kind: str, year: int, goals: str | None, base_year: int | None, baseline: Decimal | None
) -> Planned | None:
    """What was planned: shares of one target that were copied have the same milestones, so it is worked out once."""
    base = (base_year, baseline) if base_year and baseline is not None else None
    return planned_for(kind, year, milestones_in(goals), base)


def plan_against_actual(unit: Unit, *, on: date, approved_by: date | None = None) -> list[Line]:
    """The targets that a unit itself has on a day, each against its plan, pillar by pillar. Three queries."""
    held = list(in_order(targets_of([unit.pk], on=on)).prefetch_related("milestones"))
    figures = Figures([one.pk for one in held], on=on, approved_by=approved_by)
    return [line_of(one, figures) for one in held]


def targets_of(units: Iterable[int], *, on: date) -> "QuerySet[Target]":
    """The targets of these units that hold on the day."""
    held = Target.objects.filter(unit__in=list(units), since__lte=on)
    return held.exclude(retired_on__lte=on)


def in_order(targets: "QuerySet[Target]") -> "QuerySet[Target]":
    """As they stand in lists: by pillar as people say them, then by code."""
    pillar = Case(*(When(pillar=name, then=at) for at, name in enumerate(Target.Pillar.values)), default=9)
    return targets.select_related("unit", "field", "decision").order_by(pillar, "code", "pk")


@dataclass(frozen=True)
class Standing:
    """How many targets of a unit are met, missed and not known."""

    met: int = 0
    missed: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.met + self.missed + self.unknown


def standings(
    units: Iterable[int], *, on: date, whole: int = 0, approved_by: date | None = None
) -> tuple[dict[int, Standing], list[Line]]:
    """For each unit (by id) that has targets on the day: how many are met, missed, not known; and of one of them,
    `whole`, each target against its plan, as `plan_against_actual` has it. One query, however many units."""
    wanted = list(units)
    figures = Figures(units=wanted, on=on, approved_by=approved_by)
    asked = set(wanted)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: {MET: 0, MISSED: 0, UNKNOWN: 0})
    own = []
    for one in figures.held.values():
        if one.unit in asked and one.holds(on):
            counts[one.unit][judged(one, figures)[2]] += 1
            if one.unit == whole:
                own.append(one)
    order = {name: at for at, name in enumerate(Target.Pillar.values)}
    own.sort(key=lambda one: (order[one.pillar], one.code, one.id))
    found = {unit: Standing(said[MET], said[MISSED], said[UNKNOWN]) for unit, said in counts.items()}
    return found, [line_of(_as_target(one), figures) for one in own]


def _as_target(one: Held) -> Target:
    """What pages say of a target, without asking for it again."""
    names = ("id", "key", "code", "name", "name_en", "pillar", "kind", "measure", "is_demonstration")
    return Target(unit_id=one.unit, **{name: getattr(one, name) for name in names})


def find_targets(targets: "QuerySet[Target]", wanted: Mapping[str, Any], *, on: date) -> "QuerySet[Target]":
    """The targets that hold words, are of a pillar, a field of work or a kind; those retired by the day only when
    they are asked for, those that begin later not at all."""
    targets = targets.filter(since__lte=on)
    if text := wanted.get("text"):
        targets = targets.filter(folded__contains=fold(text))
    for name in ("pillar", "kind"):
        if wanted.get(name):
            targets = targets.filter(**{name: wanted[name]})
    if wanted.get("field"):
        targets = targets.filter(field_id=wanted["field"])
    if wanted.get("state") == RETIRED:
        targets = targets.filter(retired_on__lte=on)
    elif wanted.get("state") != "all":
        targets = targets.exclude(retired_on__lte=on)
    return in_order(targets)


def text_of(target: Target) -> TargetText:
    """A target as a form shows it."""
    goals = tuple(Goal(one.year, one.value, one.mark, one.source) for one in target.milestones.order_by("year"))
    return TargetText(**{name: getattr(target, name) for name in PLAIN}, field=target.field_id or "", goals=goals)
