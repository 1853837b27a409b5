"""What an index is made of: groups under groups, components under groups, and how each is scored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from lantoa.readiness.rules.numbers import SCALE

# The kinds of rules. What a unit answers: yes or no; one of some steps; two numbers; one number.
YES_NO, STEPS, RATIO, POINTS = "yes_no", "steps", "ratio", "points"
GOALPOSTS, LOG, BANDED = "goalposts", "log", "banded"
MIN_MAX, Z_SCORE, RANK = "min_max", "z_score", "rank"
NUMERIC: Final = frozenset({POINTS, GOALPOSTS, LOG, BANDED, MIN_MAX, Z_SCORE, RANK})
RELATIVE: Final = frozenset({MIN_MAX, Z_SCORE, RANK})  # the score depends on the other units
KINDS: Final = frozenset({YES_NO, STEPS, RATIO}) | NUMERIC

SUM, ARITHMETIC, GEOMETRIC, HARMONIC, LEAST = "sum", "arithmetic", "geometric", "harmonic", "minimum"
AGGREGATES: Final = (SUM, ARITHMETIC, GEOMETRIC, HARMONIC, LEAST)

ZERO, SKIP, MEAN, MEDIAN, BLOCK = "zero", "skip", "mean", "median", "block"
MISSING: Final = (ZERO, SKIP, MEAN, MEDIAN, BLOCK)

UP, DOWN = "up", "down"
REQUIRED, OPTIONAL, NONE = "required", "optional", "none"
SOURCES: Final = ("self", "verified", "measured", "survey")


@dataclass(frozen=True)
class Title:
    """Words in Vietnamese and in English."""

    vi: str
    en: str

    def of(self, language: str) -> str:
        """In that language, or in the other when it has no words in this one."""
        return (self.en or self.vi) if language.startswith("en") else (self.vi or self.en)


@dataclass(frozen=True)
class Step:
    """One of the answers of a rule of steps, or a band from a value on: with its share of the maximum."""

    code: str
    share: int
    title: Title
    start: int = 0


@dataclass(frozen=True)
class Outliers:
    """Values beyond what is usual are drawn in before a rule is applied: `percentiles` (low, high shares of the
    sample) or `iqr` (quartiles and so many times their distance)."""

    kind: str
    low: int = 0
    high: int = 0
    factor: int = 0


@dataclass(frozen=True)
class Rule:
    """How an answer becomes a share of the maximum. `low` and `high` are the goalposts; `target` the share of a
    ratio that earns all; `spread` how many standard deviations on each side span 0 to 1."""

    kind: str
    low: int = 0
    high: int = SCALE
    target: int = SCALE
    spread: int = 0
    steps: tuple[Step, ...] = ()
    over: bool = False  # a ratio above 1 is an answer, too

    @property
    def is_relative(self) -> bool:
        return self.kind in RELATIVE


@dataclass(frozen=True)
class Component:
    """The smallest thing that is asked. `points` is None in an index of weights; `known` False where the source does
    not say what it is worth: then it can be collected, not scored."""

    code: str
    under: str
    title: Title
    rule: Rule
    line: int
    points: int | None = None
    weight: int = SCALE
    known: bool = True
    direction: str = UP
    missing: str = ZERO
    evidence: str = OPTIONAL
    source: str = "self"
    ask: Title = Title("", "")
    unit: Title = Title("", "")
    was: str = ""
    outliers: Outliers | None = None
    note: Title = Title("", "")

    @property
    def most(self) -> int:
        """The most it can bring: points, or 1 in an index of weights."""
        return SCALE if self.points is None else self.points

    @property
    def is_scored(self) -> bool:
        return self.most > 0

    @property
    def is_relative(self) -> bool:
        return self.rule.is_relative or self.outliers is not None

    @property
    def is_monotone(self) -> bool:
        """Whether a better answer never earns less: bands may be highest in the middle."""
        shares = [step.share for step in self.rule.steps]
        return self.rule.kind != BANDED or shares == sorted(shares, reverse=self.direction == DOWN)


@dataclass(frozen=True)
class Group:
    """Groups and components put together. `points` as printed in the source; `cap` the most it may bring; `count`
    how many components the source speaks of, when they are not all listed here."""

    code: str
    under: str
    title: Title
    line: int
    aggregate: str = SUM
    points: int | None = None
    weight: int = SCALE
    known: bool = True
    cap: int | None = None
    count: int | None = None
    pillar: bool = False
    note: Title = Title("", "")


@dataclass(frozen=True)
class Band:
    """A level from a published value on (closed below: who has just this value stands in it)."""

    code: str
    start: int
    title: Title


@dataclass(frozen=True)
class Act:
    """The decision that issued it."""

    number: str
    issued_on: date
    issuer: str
    title: str


ROOT = ""


@dataclass(frozen=True)
class Index:
    """One version of an index. Components and groups stand in the order of the file; the root has the code ""."""

    code: str
    version: str
    title: Title
    level: str
    kinds: tuple[str, ...]
    groups: tuple[Group, ...]
    components: tuple[Component, ...]
    aggregate: str = SUM
    decimals: int = 4
    times: int = SCALE
    bands: tuple[Band, ...] = ()
    act: Act | None = None
    source: str = ""
    note: Title = Title("", "")
    own: bool = False  # made up for this house, not issued by anybody
    previous: str = ""
    breaks: bool = False  # cannot be compared with the version before
    total: int | None = None

    @cached_property
    def nodes(self) -> "tuple[Group | Component, ...]":
        """Groups and components in the order of the file."""
        both: list[Group | Component] = [*self.groups, *self.components]
        return tuple(sorted(both, key=lambda node: node.line))

    @cached_property
    def children(self) -> Mapping[str, tuple[Group | Component, ...]]:
        """What stands directly under each group, in the order of the file."""
        found: dict[str, list[Group | Component]] = {ROOT: [], **{group.code: [] for group in self.groups}}
        for node in self.nodes:
            found[node.under].append(node)
        return {code: tuple(nodes) for code, nodes in found.items()}

    @cached_property
    def group(self) -> Mapping[str, Group]:
        """Groups by their codes."""
        return {group.code: group for group in self.groups}

    @cached_property
    def component(self) -> Mapping[str, Component]:
        """Components by their codes."""
        return {component.code: component for component in self.components}

    @cached_property
    def pillars(self) -> tuple[Group, ...]:
        """The groups that results are shown by: those marked so, else the topmost ones."""
        marked = tuple(group for group in self.groups if group.pillar)
        return marked or tuple(node for node in self.children[ROOT] if isinstance(node, Group))

    @cached_property
    def most(self) -> Mapping[str, int]:
        """The most that each component, each group and the whole ("") can bring."""
        found = {component.code: component.most for component in self.components}
        for code in self.upward():
            group = self.group.get(code)
            if (self.aggregate if group is None else group.aggregate) == SUM:
                total = sum(found[node.code] for node in self.children[code])
                cap = group.cap if group else None
                found[code] = total if cap is None else min(cap, total)
            else:
                found[code] = SCALE if group is None or group.points is None else group.points
        return found

    def upward(self) -> Iterator[str]:
        """The codes of the groups from the lowest to the topmost, "" last: each after everything under it."""
        yield from self._under(ROOT)

    def _under(self, code: str) -> Iterator[str]:
        for node in self.children[code]:
            if isinstance(node, Group):
                yield from self._under(node.code)
        yield code

    def path(self, code: str) -> list[str]:
        """From a component or group up to the topmost group above it, itself first."""
        steps = []
        node: Group | Component | None = self.component.get(code) or self.group.get(code)
        while node is not None:
            steps.append(node.code)
            node = self.group.get(node.under)
        return steps

    def below(self, code: str) -> list[Component]:
        """The components at every depth under a group."""
        return [component for component in self.components if code in ("", *self.path(component.code))]

    @cached_property
    def unknown(self) -> tuple[Group | Component, ...]:
        """What is worth the source does not say, in the order of the file: while there is any, nothing is scored."""
        return tuple(node for node in self.nodes if not node.known)

    @cached_property
    def unlisted(self) -> tuple[Group, ...]:
        """Groups whose components the source counts but which are not listed here."""
        return tuple(
            group for group in self.groups if group.count is not None and group.count != len(self.below(group.code))
        )

    @property
    def can_score(self) -> bool:
        return not self.unknown

    @cached_property
    def is_relative(self) -> bool:
        """Whether a unit's score depends on the other units."""
        return any(one.is_scored and (one.is_relative or one.missing in (MEAN, MEDIAN)) for one in self.components)


@dataclass
class Scores:
    """Of every unit, in the order given: what each component, each group and the whole ("") brought, in millionths.

    A component is None where its answer is missing and left out. `blocked` are the places of units without a score,
    since an answer is missing that must be there. `missing` are the places without an answer, by component.
    """

    index: Index
    count: int
    nodes: dict[str, list[int | None]] = field(default_factory=dict)
    missing: dict[str, list[int]] = field(default_factory=dict)
    blocked: dict[int, list[str]] = field(default_factory=dict)

    def published(self, place: int, code: str = ROOT) -> int | None:
        """Value / maximum x times, in millionths and rounded to the decimals of the index; None without a score."""
        return published(self.index, self.nodes[code][place], code)


def published(index: Index, value: int | None, code: str = ROOT) -> int | None:
    """A value as it is published: value / maximum x times, rounded half up to the decimals of the index."""
    most = index.most[code]
    if value is None or not most:
        return None
    step: int = 10 ** (6 - index.decimals)
    return (2 * value * index.times + most * step) // (2 * most * step) * step
