"""What may be said of scores: ranks with ties, bands, what would move a unit most, why a score changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lantoa.readiness.rules.engine import put_together
from lantoa.readiness.rules.numbers import divided
from lantoa.readiness.rules.scoring import Column
from lantoa.readiness.rules.structure import ROOT, Band, Index, published


@dataclass(frozen=True)
class Rank:
    """A place in a ranking (1 is the best) and how many share it."""

    place: int
    shared: int

    @property
    def is_tie(self) -> bool:
        return self.shared > 1


def ranks(values: Sequence[int | None]) -> list[Rank | None]:
    """Places by value, the greatest first; equal values share the best place, and the next ones stand after all of
    them (1, 2, 2, 4). Who has no value has no place."""
    counts: dict[int, int] = {}
    for value in values:
        if value is not None:
            counts[value] = counts.get(value, 0) + 1
    places, before = {}, 0
    for value in sorted(counts, reverse=True):
        places[value] = Rank(before + 1, counts[value])
        before += counts[value]
    return [None if value is None else places[value] for value in values]


def band_of(index: Index, score: int | None) -> Band | None:
    """The band of a published score: the last that starts at or below it."""
    if score is None:
        return None
    return next((band for band in reversed(index.bands) if band.start <= score), None)


@dataclass(frozen=True)
class Gain:
    """What a component would add to the published score if it earned all it can, and what it earns now."""

    code: str
    gain: int
    now: int | None
    most: int


def gains(index: Index, nodes: Mapping[str, int | None]) -> list[Gain]:
    """What each component that has not earned all would add to the score, the greatest first.

    Each is reckoned alone, through the whole index, so a mean that is not a sum is right, too. A component that is
    compared with the other units counts as if the others stayed as they are.
    """
    open_ = [one for one in index.components if one.is_scored and (nodes.get(one.code) or 0) < one.most]
    if not open_:
        return []
    count = len(open_)
    columns: dict[str, Column] = {one.code: [nodes.get(one.code)] * count for one in index.components}
    for place, one in enumerate(open_):
        column = list(columns[one.code])
        column[place] = one.most
        columns[one.code] = column
    put_together(index, columns, count)
    before: dict[str, Column] = {one.code: [nodes.get(one.code)] for one in index.components}
    put_together(index, before, 1)
    now = published(index, before[ROOT][0]) or 0
    found = [
        Gain(one.code, (published(index, columns[ROOT][place]) or 0) - now, nodes.get(one.code), one.most)
        for place, one in enumerate(open_)
    ]
    return sorted(found, key=lambda gain: (-gain.gain, index.component[gain.code].line))


@dataclass(frozen=True)
class Change:
    """Why a published score is another than last time; the three add up to the difference exactly.

    `real`: what the unit did. `method`: the index asks, weighs or counts otherwise. `units`: the unit itself is
    another: `before` is what the unit of its name had, and the units that became it had `base` together.
    """

    before: int
    base: int
    rescored: int
    now: int

    @property
    def units(self) -> int:
        return self.base - self.before

    @property
    def method(self) -> int:
        return self.rescored - self.base

    @property
    def real(self) -> int:
        return self.now - self.rescored

    @property
    def total(self) -> int:
        return self.now - self.before


def carried(index: Index, old: Index) -> dict[str, str]:
    """Components of an index and the components of the one before that asked the same: by `was`, or the same code
    and kind of answer."""
    found = {}
    for component in index.components:
        code = component.was or component.code
        before = old.component.get(code)
        if before is not None and _same_answers(component.rule.kind, before.rule.kind):
            found[component.code] = code
    return found


def _same_answers(one: str, other: str) -> bool:
    plain = ("yes_no", "steps", "ratio")
    return one == other if one in plain or other in plain else True


def joined(
    index: Index, parts: Sequence[Mapping[str, int | None]], weights: Sequence[int] | None = None
) -> dict[str, int | None]:
    """The values of a unit that others became: the mean of each of their main indicators (the rule by which the
    ministry published the merged provinces in 2025), and the whole put together from these; equal weights unless
    there are some.

    Of a main indicator that one of them lacks, the mean of those that have it.
    """
    shares = list(weights or [1] * len(parts))
    columns: dict[str, Column] = {}
    cut = main_indicators(index)
    for code in cut:
        there = [(value, w) for part, w in zip(parts, shares, strict=True) if (value := part.get(code)) is not None]
        total = sum(w for _value, w in there)
        columns[code] = [divided(sum(value * w for value, w in there), total) if total else None]
    put_together(index, columns, 1, given=cut)
    return {code: column[0] for code, column in columns.items()}


def main_indicators(index: Index) -> list[str]:
    """The pillars, and what stands neither under nor above one."""
    pillars = {pillar.code for pillar in index.pillars}
    above = {code for pillar in pillars for code in index.path(pillar)} - pillars
    return [
        node.code
        for node in index.nodes
        if node.code in pillars
        or (node.code not in above and node.under in (above | {ROOT}) and not pillars & set(index.path(node.code)))
    ]
