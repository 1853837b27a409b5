"""A list of units as files: what each says, read into values, every fault named with its file and line.

The format is described in `lantoa/directory/data/README.md`. A list is a folder with any of `decisions.csv`,
`snapshots.csv`, `placements.csv`, `endings.csv`, `successions.csv`, `coverage.csv`.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean
from lantoa.directory.rules.naming import LEVELS
from lantoa.directory.rules.periods import Period, day_before

COLUMNS = {
    "decisions.csv": ("slug", "number", "issued_on", "issuer", "title"),
    "snapshots.csv": ("slug", "as_of", "title", "publisher", "licence"),
    "placements.csv": (
        *("unit", "since", "until", "level", "kind", "name", "code"),
        *("parent", "decision", "snapshot", "ended_by"),
    ),
    "endings.csv": ("unit", "until", "ended_by"),
    "successions.csv": ("day", "forebear", "heir", "whole", "default", "kind", "decision", "snapshot"),
    "coverage.csv": ("unit", "since", "until"),
}
KINDS_OF_SUCCESSION = ("", "founded", "merged", "split", "reorganised", "dissolved")
T = TypeVar("T")


class Faulty(Refused):
    """A refusal for many reasons: `faults` has them all, the message the first."""

    def __init__(self, message: str, title: str, faults: "list[Refused]") -> None:
        super().__init__(message, title=title, count=len(faults), first=faults[0])
        self.faults = faults


@dataclass(frozen=True)
class Ref:
    """A unit as a file names it: the one of this level and code on that day. A code alone is no identity."""

    level: str
    code: str
    day: date

    def __str__(self) -> str:
        return f"{self.level}:{self.code}@{self.day}"


@dataclass(frozen=True)
class StatedDecision:
    number: str
    issued_on: date
    issuer: str
    title: str


@dataclass(frozen=True)
class StatedSnapshot:
    slug: str
    as_of: date
    title: str
    publisher: str
    licence: str


@dataclass(frozen=True)
class StatedPlacement:
    """ "In this period the unit stood there, was called so and was of this kind." `unit` None: see the format."""

    at: str
    unit: Ref | None
    period: Period
    level: str
    kind: str
    name: str
    code: str
    parent: Ref | None
    decision: str
    snapshot: str
    ended_by: str

    @property
    def here(self) -> Ref:
        """The unit by what this very row says of it."""
        return Ref(self.level, self.code, self.period.since)


@dataclass(frozen=True)
class StatedEnding:
    at: str
    unit: Ref
    until: date
    ended_by: str


@dataclass(frozen=True)
class StatedLink:
    at: str
    day: date
    forebear: Ref
    heir: Ref
    whole: bool
    default: bool
    kind: str
    decision: str
    snapshot: str


@dataclass(frozen=True)
class StatedCoverage:
    at: str
    unit: Ref
    period: Period


@dataclass(frozen=True)
class UnitList:
    """All that a list states. `decisions` and `snapshots` by the slug that its rows use."""

    title: str
    decisions: Mapping[str, StatedDecision] = field(default_factory=dict)
    snapshots: Mapping[str, StatedSnapshot] = field(default_factory=dict)
    placements: tuple[StatedPlacement, ...] = ()
    endings: tuple[StatedEnding, ...] = ()
    links: tuple[StatedLink, ...] = ()
    coverage: tuple[StatedCoverage, ...] = ()


def read(title: str, files: Mapping[str, str]) -> UnitList:
    """The list that these texts (by file name) hold. Raises `Faulty` with every fault found."""
    faults: list[Refused] = []
    unknown = sorted(name for name in files if name.endswith(".csv") and name not in COLUMNS)
    faults += [
        Refused(
            N_("%(file)s is no file of a list of units; there are %(known)s."),
            file=name,
            known=", ".join(COLUMNS),
        )
        for name in unknown
    ]
    tables = {name: _Table(name, files.get(name, ""), faults) for name in COLUMNS}
    decisions = {r.text("slug"): _decision(r) for r in tables["decisions.csv"].rows()}
    snapshots = {r.text("slug"): _snapshot(r) for r in tables["snapshots.csv"].rows()}
    sources = _Sources(decisions, snapshots)
    listed = UnitList(
        title=title,
        decisions=decisions,
        snapshots=snapshots,
        placements=tables["placements.csv"].all(lambda r: _placement(r, sources)),
        endings=tables["endings.csv"].all(lambda r: _ending(r, sources)),
        links=tables["successions.csv"].all(lambda r: _link(r, sources)),
        coverage=tables["coverage.csv"].all(_coverage),
    )
    if not faults and not (listed.placements or listed.endings or listed.links or listed.coverage):
        faults.append(Refused(N_("There is not one row in it.")))
    if faults:
        raise Faulty(N_("Cannot read the list of units %(title)s (faults: %(count)d): %(first)s"), title, faults)
    return listed


def together(title: str, lists: Iterable[UnitList]) -> UnitList:
    """Several lists as one; the earlier one's words for a slug hold."""
    whole = UnitList(title)
    for part in lists:
        whole = UnitList(
            title=title,
            decisions={**part.decisions, **whole.decisions},
            snapshots={**part.snapshots, **whole.snapshots},
            placements=whole.placements + part.placements,
            endings=whole.endings + part.endings,
            links=whole.links + part.links,
            coverage=whole.coverage + part.coverage,
        )
    return whole


def only(listed: UnitList, provinces: Iterable[str]) -> UnitList:
    """The part of a list about the provinces with these codes: what stands in them, and what stands outside any."""
    wanted = set(provinces)
    by_code: dict[tuple[str, str], list[StatedPlacement]] = {}
    for row in listed.placements:
        by_code.setdefault((row.level, row.code), []).append(row)

    def row_of(ref: Ref) -> StatedPlacement | None:
        found = by_code.get((ref.level, ref.code), [])
        return next((row for row in found if row.period.holds(ref.day)), None)

    kept: dict[int, bool] = {}

    def keeps(row: StatedPlacement | None) -> bool:
        if row is None:
            return False
        if id(row) not in kept:
            if row.level == "province":
                kept[id(row)] = row.code in wanted
            else:
                kept[id(row)] = row.parent is None or keeps(row_of(row.parent))
        return kept[id(row)]

    return replace(
        listed,
        placements=tuple(row for row in listed.placements if keeps(row)),
        endings=tuple(row for row in listed.endings if keeps(row_of(row.unit))),
        links=tuple(row for row in listed.links if keeps(row_of(row.forebear)) and keeps(row_of(row.heir))),
        coverage=tuple(row for row in listed.coverage if keeps(row_of(row.unit))),
    )


@dataclass(frozen=True)
class _Sources:
    decisions: Mapping[str, StatedDecision]
    snapshots: Mapping[str, StatedSnapshot]


class _Row:
    """A line of a file; asking it for a value that is wrong raises `Refused` with the place."""

    def __init__(self, file: str, line: int, cells: Mapping[str, str]) -> None:
        self.at = f"{file}:{line}"
        self.cells = cells

    def text(self, column: str, *, needed: bool = True) -> str:
        value = clean(self.cells.get(column) or "")
        if needed and not value:
            raise Refused(N_("%(at)s: %(column)s is empty."), at=self.at, column=column)
        return value

    def day(self, column: str) -> date:
        value = self.text(column)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Refused(
                N_("%(at)s: %(column)s is no day written like 2025-07-01: %(value)s"),
                at=self.at,
                column=column,
                value=value,
            ) from None

    def period(self) -> Period:
        since = self.day("since")
        until = self.day("until") if self.text("until", needed=False) else None
        if until is not None and until <= since:
            raise Refused(
                N_("%(at)s: the period ends on %(until)s, before it has begun on %(since)s."),
                at=self.at,
                since=since,
                until=until,
            )
        return Period(since, until)

    def one_of(self, column: str, choices: Iterable[str]) -> str:
        value = self.text(column, needed="" not in choices)
        if value not in choices:
            raise Refused(
                N_("%(at)s: %(column)s must be one of %(choices)s, not %(value)s."),
                at=self.at,
                column=column,
                choices=", ".join(filter(None, choices)),
                value=value,
            )
        return value

    def yes(self, column: str) -> bool:
        return self.one_of(column, ("yes", "no")) == "yes"

    def ref(self, column: str, day: date) -> Ref:
        value = self.text(column)
        unit, _, written = value.partition("@")
        level, _, code = unit.partition(":")
        try:
            on = date.fromisoformat(written) if written else day
        except ValueError:
            on = None
        if level not in LEVELS or not code or on is None:
            raise Refused(
                N_("%(at)s: %(column)s names a unit as level:code or level:code@day, not %(value)s."),
                at=self.at,
                column=column,
                value=value,
            )
        return Ref(level, code, on)

    def source(self, column: str, known: Mapping[str, object]) -> str:
        value = self.text(column, needed=False)
        if value and value not in known:
            raise Refused(
                N_("%(at)s: %(column)s names %(value)s, which the list does not describe."),
                at=self.at,
                column=column,
                value=value,
            )
        return value

    def sources(self, sources: _Sources) -> tuple[str, str]:
        decision = self.source("decision", sources.decisions)
        snapshot = self.source("snapshot", sources.snapshots)
        if not decision and not snapshot:
            raise Refused(N_("%(at)s: neither a decision nor a snapshot says so."), at=self.at)
        return decision, snapshot


class _Table:
    """A file as rows. Faults of a row go to the common list and the row is left out."""

    def __init__(self, name: str, text: str, faults: list[Refused]) -> None:
        self.name, self.faults = name, faults
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        found = [clean(column or "") for column in reader.fieldnames or ()]
        missing = [column for column in COLUMNS[name] if column not in found]
        self._rows: list[_Row] = []
        if found and missing:
            faults.append(
                Refused(N_("%(file)s lacks the columns %(columns)s."), file=name, columns=", ".join(missing))
            )
        elif found:
            self._rows = [_Row(name, reader.line_num, cells) for cells in reader]

    def rows(self) -> Iterable[_Row]:
        """The rows one by one; a fault raised while one is used must be caught by the caller."""
        for row in self._rows:
            try:
                (_decision if self.name == "decisions.csv" else _snapshot)(row)
                row.text("slug")
            except Refused as refused:
                self.faults.append(refused)
            else:
                yield row

    def all(self, make: Callable[[_Row], T]) -> tuple[T, ...]:
        made = []
        for row in self._rows:
            try:
                made.append(make(row))
            except Refused as refused:
                self.faults.append(refused)
        return tuple(made)


def _decision(row: _Row) -> StatedDecision:
    return StatedDecision(row.text("number"), row.day("issued_on"), row.text("issuer"), row.text("title"))


def _snapshot(row: _Row) -> StatedSnapshot:
    return StatedSnapshot(
        row.text("slug"), row.day("as_of"), row.text("title"), row.text("publisher"), row.text("licence")
    )


def _placement(row: _Row, sources: _Sources) -> StatedPlacement:
    period = row.period()
    level = row.one_of("level", LEVELS)
    decision, snapshot = row.sources(sources)
    ended_by = row.source("ended_by", sources.decisions)
    if ended_by and period.until is None:
        raise Refused(N_("%(at)s: a decision ended it, but there is no day of its end."), at=row.at)
    return StatedPlacement(
        at=row.at,
        unit=row.ref("unit", period.since) if row.text("unit", needed=False) else None,
        period=period,
        level=level,
        kind=row.text("kind", needed=False),
        name=row.text("name"),
        code=row.text("code"),
        parent=row.ref("parent", period.since) if level != "country" else None,
        decision=decision,
        snapshot=snapshot,
        ended_by=ended_by,
    )


def _ending(row: _Row, sources: _Sources) -> StatedEnding:
    until = row.day("until")
    row.text("ended_by")
    ended_by = row.source("ended_by", sources.decisions)
    return StatedEnding(row.at, row.ref("unit", day_before(until)), until, ended_by)


def _link(row: _Row, sources: _Sources) -> StatedLink:
    day = row.day("day")
    decision, snapshot = row.sources(sources)
    return StatedLink(
        at=row.at,
        day=day,
        forebear=row.ref("forebear", day_before(day)),
        heir=row.ref("heir", day),
        whole=row.yes("whole"),
        default=row.yes("default"),
        kind=row.one_of("kind", KINDS_OF_SUCCESSION),
        decision=decision,
        snapshot=snapshot,
    )


def _coverage(row: _Row) -> StatedCoverage:
    period = row.period()
    return StatedCoverage(row.at, row.ref("unit", period.since), period)
