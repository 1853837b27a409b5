"""How far a ranking can be trusted: places when weights and treatments are other ones, and indicators that say the
same twice. (OECD/JRC, Handbook on Constructing Composite Indicators, 2008, steps 4 and 7.)

Floats throughout: nothing here is a score. Draws are seeded: the same seed tells the same.
"""

import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lantoa.readiness.rules.scoring import Column
from lantoa.readiness.rules.structure import ARITHMETIC, GEOMETRIC, HARMONIC, LEAST, ROOT, SUM, Group, Index

DRAWS: Final = 300
REACH: Final = 0.25  # every weight is drawn between three quarters and five quarters of itself
MIDDLE: Final = 0.90  # the share of the draws that an interval of places holds
REDUNDANT: Final = 0.92  # two indicators so closely tied say nearly the same
LEAST_UNITS: Final = 10  # below this a correlation says nothing


@dataclass(frozen=True)
class Interval:
    """The places of a unit in the middle nine tenths of the draws."""

    low: int
    high: int


def intervals(
    index: Index,
    nodes: Mapping[str, Column],
    missing: Mapping[str, Sequence[int]],
    *,
    seed: int,
    draws: int = DRAWS,
    reach: float = REACH,
) -> list[Interval | None]:
    """Of every unit, between which places it stands when the office had weighed and put together otherwise.

    Each draw changes every weight (or, where points are added, what each component is worth) by up to `reach`, puts
    the topmost level together as it is or geometrically, and counts an answer that is missing as the index does or as
    the mean of the others. Units without a score have no interval. `nodes` are components and total as scored.
    """
    chance = random.Random(seed)
    whole = nodes[ROOT]
    places = [place for place, value in enumerate(whole) if value is not None]
    if len(places) < 2:
        return [None if value is None else Interval(1, 1) for value in whole]
    as_is = _shares(index, nodes, places)
    evened = _evened(as_is, missing, places)
    found: list[list[int]] = [[] for _place in places]
    for _draw in range(draws):
        top = GEOMETRIC if index.aggregate in (SUM, ARITHMETIC) and chance.random() < 0.5 else index.aggregate
        shares = evened if chance.random() < 0.5 else as_is
        values = _draw_of(index, shares, ROOT, chance, reach, top)
        ordered = sorted(values, reverse=True)
        place_of: dict[float, int] = {}
        for place, value in enumerate(ordered, 1):
            place_of.setdefault(value, place)
        for mine, value in zip(found, values, strict=True):
            mine.append(place_of[value])
    made: list[Interval | None] = [None] * len(whole)
    for place, mine in zip(places, found, strict=True):
        mine.sort()
        cut = int(len(mine) * (1 - MIDDLE) / 2)
        made[place] = Interval(mine[cut], mine[len(mine) - 1 - cut])
    return made


def _shares(index: Index, nodes: Mapping[str, Column], places: Sequence[int]) -> dict[str, list[float]]:
    """Components as shares of what they can bring."""
    return {
        one.code: [(nodes[one.code][place] or 0) / one.most for place in places]
        for one in index.components
        if one.is_scored
    }


def _evened(
    shares: Mapping[str, list[float]], missing: Mapping[str, Sequence[int]], places: Sequence[int]
) -> dict[str, list[float]]:
    """The same with the mean of those who answered where an answer is missing."""
    made = dict(shares)
    for code, absent in missing.items():
        if code in shares:
            gone = set(absent)
            known = [share for share, place in zip(shares[code], places, strict=True) if place not in gone]
            mean = statistics.fmean(known) if known else 0.0
            made[code] = [mean if place in gone else share for share, place in zip(shares[code], places, strict=True)]
    return made


def _draw_of(
    index: Index, shares: Mapping[str, list[float]], code: str, chance: random.Random, reach: float, aggregate: str
) -> list[float]:
    """One draw of a group, as shares of what it can bring."""
    columns, weights = [], []
    for node in index.children[code]:
        if not index.most[node.code]:
            continue
        adds = (index.group[code].aggregate if code else index.aggregate) == SUM
        worth = index.most[node.code] if adds else node.weight
        weights.append(worth * chance.uniform(1 - reach, 1 + reach))
        if isinstance(node, Group):
            columns.append(_draw_of(index, shares, node.code, chance, reach, node.aggregate))
        else:
            columns.append(shares[node.code])
    total = sum(weights)
    parts = [weight / total for weight in weights]
    rows = zip(*columns, strict=True)
    if aggregate in (SUM, ARITHMETIC):
        return [sum(map(_times, parts, row)) for row in rows]
    return [_other(aggregate, parts, row) for row in rows]


def _times(a: float, b: float) -> float:
    return a * b


def _other(aggregate: str, parts: Sequence[float], row: Sequence[float]) -> float:
    if aggregate == LEAST:
        return min(row)
    if any(share <= 0 for share in row):
        return 0.0
    if aggregate == HARMONIC:
        return 1 / sum(part / share for part, share in zip(parts, row, strict=True))
    product = 1.0
    for part, share in zip(parts, row, strict=True):
        product *= share**part
    return product


@dataclass(frozen=True)
class Tie:
    """How two indicators go together: 1 always, 0 not at all, below 0 against each other."""

    one: str
    other: str
    value: float

    @property
    def is_redundant(self) -> bool:
        return self.value >= REDUNDANT

    @property
    def is_opposed(self) -> bool:
        return self.value < -0.3


def correlations(nodes: Mapping[str, Column], codes: Sequence[str]) -> list[Tie]:
    """Pearson's correlation of every two columns, over the units that have both; the closest first. Columns in which
    all are equal tell nothing, and neither do fewer than ten units."""
    found = []
    for at, one in enumerate(codes):
        for other in codes[at + 1 :]:
            pairs = [(a, b) for a, b in zip(nodes[one], nodes[other], strict=True) if a is not None and b is not None]
            firsts, seconds = [a for a, _b in pairs], [b for _a, b in pairs]
            if len(pairs) >= LEAST_UNITS and len(set(firsts)) > 1 and len(set(seconds)) > 1:
                found.append(Tie(one, other, round(statistics.correlation(firsts, seconds), 3)))
    return sorted(found, key=lambda tie: -abs(tie.value))


def silent(nodes: Mapping[str, Column], codes: Sequence[str]) -> list[str]:
    """Components in which all units have the same: they tell no unit from another."""
    return [code for code in codes if len(nodes[code]) > 1 and len(set(nodes[code])) == 1]
