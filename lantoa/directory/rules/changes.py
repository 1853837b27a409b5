"""What a list of units changes in what is known: the plan of an import, made without touching anything.

Nothing that stands is rewritten. A plan adds placements for days of which nothing was known, ends placements that
were open, and adds links and coverage. Where list and directory say different things of the same day, the plan
holds a contradiction instead. An open end means "until the directory knows otherwise", so a list loaded again after
a later change adds nothing.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import spell
from lantoa.directory.rules.naming import level_rank
from lantoa.directory.rules.periods import Period, day_before, minus
from lantoa.directory.rules.unit_lists import (
    Ref,
    StatedCoverage,
    StatedEnding,
    StatedLink,
    StatedPlacement,
    UnitList,
)

# Units in the book carry their database id; units that the plan makes carry -1, -2, …
UnitId = int


@dataclass(frozen=True)
class Facts:
    """What a placement says, apart from its days and sources."""

    level: str
    kind: str
    name: str
    code: str
    parent: UnitId | None

    def same(self, other: "Facts") -> bool:
        """Equal but for capitals and the place of tone marks ("Hòa" and "Hoà" are one name)."""
        return (self.level, self.code, self.parent) == (other.level, other.code, other.parent) and (
            (self.kind, self.name) == (other.kind, other.name)
            or (spell(self.kind), spell(self.name)) == (spell(other.kind), spell(other.name))
        )

    @property
    def full(self) -> str:
        return f"{self.kind} {self.name}".strip()


@dataclass
class Stood:
    """A placement as it is known; `placement` is its database id, 0 for one that the plan adds."""

    unit: UnitId
    period: Period
    facts: Facts
    placement: int = 0


@dataclass(frozen=True)
class KnownLink:
    day: date
    forebear: UnitId
    heir: UnitId
    whole: bool
    default: bool
    succession: int


@dataclass
class NewPlacement:
    stood: Stood
    decision: str
    snapshot: str
    ended_by: str


@dataclass
class Closing:
    placement: int
    unit: UnitId
    until: date
    ended_by: str


@dataclass(frozen=True)
class NewSuccession:
    """Links that belong together. `succession` is the database id of the one they join, 0 for a new one."""

    day: date
    kind: str
    decision: str
    snapshot: str
    links: tuple[StatedLink, ...]
    pairs: tuple[tuple[UnitId, UnitId], ...]
    succession: int = 0


@dataclass
class Plan:
    """What an import does. `new_units` are the negative ids used in the rest."""

    new_units: list[UnitId] = field(default_factory=list)
    placements: list[NewPlacement] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    successions: list[NewSuccession] = field(default_factory=list)
    coverage: list[tuple[UnitId, Period]] = field(default_factory=list)
    contradictions: list[Refused] = field(default_factory=list)
    already_known: int = 0

    @property
    def changes_nothing(self) -> bool:
        return not (self.new_units or self.placements or self.closings or self.successions or self.coverage)


class Book:
    """All placements known, to be asked by unit and by code on a day."""

    def __init__(self, stood: Iterable[Stood] = ()) -> None:
        self.of_unit: dict[UnitId, list[Stood]] = defaultdict(list)
        self._of_code: dict[tuple[str, str], list[Stood]] = defaultdict(list)
        for one in stood:
            self.add(one)

    def add(self, one: Stood) -> None:
        self.of_unit[one.unit].append(one)
        if one.facts.code:
            self._of_code[one.facts.level, one.facts.code].append(one)

    def resolve(self, ref: Ref) -> UnitId | None:
        """The unit of this level and code on that day."""
        found = self._of_code.get((ref.level, ref.code), ())
        return next((one.unit for one in found if one.period.holds(ref.day)), None)

    def of_code(self, level: str, code: str) -> Iterator[Stood]:
        return iter(self._of_code.get((level, code), ()))

    def name(self, unit: UnitId | None) -> str:
        """The latest name of a unit, for words."""
        stood = self.of_unit.get(unit, []) if unit is not None else []
        return max(stood, key=lambda one: one.period.since).facts.full if stood else ""


def plan(
    listed: UnitList,
    book: Book,
    links: Iterable[KnownLink] = (),
    coverage: Iterable[tuple[UnitId, Period]] = (),
) -> Plan:
    """What importing the list would change. `book` is used up: it holds the planned placements afterwards."""
    planner = _Planner(book)
    for ending in listed.endings:
        planner.end(ending)
    for row in sorted(listed.placements, key=lambda row: (row.period.since, level_rank(row.level))):
        planner.place(row)
    planner.check_parents()
    planner.link(listed.links, list(links))
    planner.cover(listed.coverage, coverage)
    return planner.plan


class _Planner:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.plan = Plan()
        self._added: dict[int, NewPlacement] = {}  # by id() of its Stood
        self._said: dict[int, date] = {}  # by id() of a Stood: the last day on which this list says the same
        self._children: list[tuple[str, Stood]] = []

    def end(self, row: StatedEnding) -> None:
        unit = self.book.resolve(row.unit)
        if unit is None:
            self._unknown(row.at, row.unit)
            return
        stood = next(one for one in self.book.of_unit[unit] if one.period.holds(row.unit.day))
        if stood.period.until == row.until:
            self.plan.already_known += 1
        elif stood.period.until is None:
            self._close(stood, row.until, row.ended_by)
        else:
            self.plan.contradictions.append(
                Refused(
                    N_("%(at)s: %(unit)s is said to end on %(until)s, but the directory says %(known)s."),
                    at=row.at,
                    unit=stood.facts.full,
                    until=row.until,
                    known=stood.period.until,
                )
            )

    def place(self, row: StatedPlacement) -> None:
        parent = None
        if row.parent is not None:
            parent = self.book.resolve(row.parent)
            if parent is None:
                self._unknown(row.at, row.parent)
                return
        unit = self.book.resolve(row.unit or row.here)
        if unit is None and row.unit is not None and row.unit != row.here:
            self._unknown(row.at, row.unit)
            return
        if unit is None:
            unit = self._overlapping_same(row, parent) or self._new_unit()
        self._state(row, unit, Facts(row.level, row.kind, row.name, row.code, parent))

    def _overlapping_same(self, row: StatedPlacement, parent: UnitId | None) -> UnitId | None:
        """The unit that is known under this very code, name and parent later in the stated period."""
        facts = Facts(row.level, row.kind, row.name, row.code, parent)
        for one in self.book.of_code(row.level, row.code):
            if one.period.overlaps(row.period) and one.facts.same(facts):
                return one.unit
        return None

    def _state(self, row: StatedPlacement, unit: UnitId, facts: Facts) -> None:
        period = row.period
        mine = sorted(self.book.of_unit[unit], key=lambda one: one.period.since)
        if period.until is None:
            for one in mine:
                if one.period.holds(period.since) and one.facts.same(facts):
                    self._agree(one, period.since)
                    self.plan.already_known += 1
                    return
            later = [one.period.since for one in mine if one.period.since > period.since]
            period = Period(period.since, min(later)) if later else period
        agreeing: list[Period] = []
        for one in mine:
            if not one.period.overlaps(period):
                continue
            if one.facts.same(facts):
                if one.period.until is None and period.until is not None:
                    if not self._may_close(one, period.until):
                        self._contradict(row, facts, one)
                        return
                    self._close(one, period.until, row.ended_by)
                self._agree(one, period.since if period.until is None else day_before(period.until))
                agreeing.append(one.period)
            elif one.period.until is None and one.period.since < period.since and self._may_close(one, period.since):
                self._close(one, period.since, row.decision)
            else:
                self._contradict(row, facts, one)
                return
        pieces = minus(period, agreeing)
        if not pieces:
            self.plan.already_known += 1
        for piece in pieces:
            other = next(
                (
                    one
                    for one in self.book.of_code(facts.level, facts.code)
                    if one.unit != unit and one.period.overlaps(piece)
                ),
                None,
            )
            if other is not None:
                self._contradict(row, facts, other)
                return
            self._add(row, Stood(unit, piece, facts))

    def _add(self, row: StatedPlacement, stood: Stood) -> None:
        ends_here = stood.period.until is not None and stood.period.until == row.period.until
        added = NewPlacement(stood, row.decision, row.snapshot, row.ended_by if ends_here else "")
        self.plan.placements.append(added)
        self._added[id(stood)] = added
        self._agree(stood, stood.period.since if row.period.until is None else day_before(row.period.until))
        self.book.add(stood)
        self._children.append((row.at, stood))

    def _agree(self, stood: Stood, day: date) -> None:
        self._said[id(stood)] = max(day, self._said.get(id(stood), day))

    def _may_close(self, stood: Stood, until: date) -> bool:
        """Whether nothing in this list says that the placement still holds on that day or later."""
        return self._said.get(id(stood), stood.period.since) < until

    def _close(self, stood: Stood, until: date, ended_by: str) -> None:
        if until <= stood.period.since:
            return
        stood.period = Period(stood.period.since, until)
        if stood.placement:
            self.plan.closings.append(Closing(stood.placement, stood.unit, until, ended_by))
        else:
            self._added[id(stood)].ended_by = ended_by

    def _new_unit(self) -> UnitId:
        unit = -len(self.plan.new_units) - 1
        self.plan.new_units.append(unit)
        return unit

    def check_parents(self) -> None:
        """A unit stands only where its parent stands too."""
        for at, stood in self._children:
            if stood.facts.parent is None:
                continue
            standing = [one.period for one in self.book.of_unit[stood.facts.parent]]
            gaps = minus(stood.period, standing)
            if gaps:
                self.plan.contradictions.append(
                    Refused(
                        N_("%(at)s: %(unit)s is said to stand under %(parent)s, which does not stand from %(day)s."),
                        at=at,
                        unit=stood.facts.full,
                        parent=self.book.name(stood.facts.parent),
                        day=gaps[0].since,
                    )
                )

    def _contradict(self, row: StatedPlacement, facts: Facts, known: Stood) -> None:
        self.plan.contradictions.append(
            Refused(
                N_(
                    "%(at)s: %(unit)s (%(code)s) is said to stand under %(parent)s in %(period)s, "
                    "but the directory has %(known)s (%(known_code)s) under %(known_parent)s in %(known_period)s."
                ),
                at=row.at,
                unit=facts.full,
                code=facts.code,
                parent=self.book.name(facts.parent),
                period=str(row.period),
                known=known.facts.full,
                known_code=known.facts.code,
                known_parent=self.book.name(known.facts.parent),
                known_period=str(known.period),
            )
        )

    def _unknown(self, at: str, ref: Ref) -> None:
        self.plan.contradictions.append(Refused(N_("%(at)s: no unit is known by %(ref)s."), at=at, ref=str(ref)))

    def link(self, stated: Iterable[StatedLink], known: list[KnownLink]) -> None:
        known_by_pair = {(link.day, link.forebear, link.heir): link for link in known}
        defaults: dict[tuple[date, UnitId], UnitId] = {
            (link.day, link.forebear): link.heir for link in known if link.default
        }
        fresh: list[tuple[StatedLink, UnitId, UnitId]] = []
        for row in stated:
            forebear, heir = self.book.resolve(row.forebear), self.book.resolve(row.heir)
            if forebear is None or heir is None:
                self._unknown(row.at, row.forebear if forebear is None else row.heir)
                continue
            had = known_by_pair.get((row.day, forebear, heir))
            default = defaults.setdefault((row.day, forebear), heir) if row.default else None
            if had and (had.whole, had.default) == (row.whole, row.default):
                self.plan.already_known += 1
            elif had or forebear == heir or (row.default and default != heir):
                self.plan.contradictions.append(
                    Refused(
                        N_(
                            "%(at)s: %(heir)s as heir of %(forebear)s on %(day)s is not what the directory says "
                            "(default heir: %(default)s)."
                        ),
                        at=row.at,
                        heir=self.book.name(heir),
                        forebear=self.book.name(forebear),
                        day=row.day,
                        default=self.book.name(defaults.get((row.day, forebear))),
                    )
                )
            else:
                fresh.append((row, forebear, heir))
                known_by_pair[row.day, forebear, heir] = KnownLink(row.day, forebear, heir, row.whole, row.default, 0)
        for row, forebear, _ in fresh:
            if (row.day, forebear) not in defaults:
                self.plan.contradictions.append(
                    Refused(
                        N_("%(at)s: %(forebear)s has no default heir on %(day)s."),
                        at=row.at,
                        forebear=self.book.name(forebear),
                        day=row.day,
                    )
                )
        self.plan.successions += _events(fresh, known)

    def cover(self, stated: Iterable[StatedCoverage], known: Iterable[tuple[UnitId, Period]]) -> None:
        taken: dict[UnitId, list[Period]] = defaultdict(list)
        for unit, period in known:
            taken[unit].append(period)
        for row in stated:
            found = self.book.resolve(row.unit)
            if found is None:
                self._unknown(row.at, row.unit)
                continue
            pieces = minus(row.period, taken[found])
            self.plan.already_known += not pieces
            for piece in pieces:
                taken[found].append(piece)
                self.plan.coverage.append((found, piece))


def _events(fresh: list[tuple[StatedLink, UnitId, UnitId]], known: Iterable[KnownLink]) -> list[NewSuccession]:
    """Fresh links grouped into successions: units that went together, by whatever chain of links, are one event.

    A dissolution is an event of its forebear alone.
    """
    joined: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        path = []
        while joined.setdefault(node, node) != node:
            path.append(node)
            node = joined[node]
        for passed in path:
            joined[passed] = node
        return node

    def group(row: StatedLink, forebear: UnitId, heir: UnitId) -> tuple[Hashable, Hashable]:
        same = (row.day, row.kind, row.decision, row.snapshot)
        if row.kind == "dissolved":
            return (*same, "forebear", forebear), (*same, "forebear", forebear)
        return (*same, "forebear", forebear), (*same, "heir", heir)

    for row, forebear, heir in fresh:
        one, two = (root(node) for node in group(row, forebear, heir))
        joined[one] = two
    events: dict[Hashable, list[tuple[StatedLink, UnitId, UnitId]]] = defaultdict(list)
    for row, forebear, heir in fresh:
        events[root(group(row, forebear, heir)[0])].append((row, forebear, heir))
    earlier: Mapping[tuple[date, UnitId], int] = {(link.day, link.forebear): link.succession for link in known}
    made = []
    for event in events.values():
        first = event[0][0]
        joins = next((earlier[row.day, forebear] for row, forebear, _ in event if (row.day, forebear) in earlier), 0)
        made.append(
            NewSuccession(
                day=first.day,
                kind=first.kind or _kind_of(event),
                decision=first.decision,
                snapshot=first.snapshot,
                links=tuple(row for row, _, _ in event),
                pairs=tuple((forebear, heir) for _, forebear, heir in event),
                succession=joins,
            )
        )
    return made


def _kind_of(event: list[tuple[StatedLink, UnitId, UnitId]]) -> str:
    forebears = {forebear for _, forebear, _ in event}
    heirs = {heir for _, _, heir in event}
    if len(heirs) == 1 and len(forebears) > 1:
        return "merged"
    return "split" if len(forebears) == 1 and len(heirs) > 1 else "reorganised"


__all__ = ["Book", "Closing", "Facts", "KnownLink", "NewPlacement", "NewSuccession", "Plan", "Stood", "plan"]
