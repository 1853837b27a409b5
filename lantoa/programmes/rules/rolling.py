"""How figures of many units become one, and how one amount is shared out: exact, and what is missing is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Final

from lantoa.programmes.rules.judging import (
    AT_LEAST,
    AT_MOST,
    EXACTLY,
    GROWTH,
    LESS_IS_BETTER,
    RANK,
    REDUCTION,
    YES_NO,
    Number,
)

SUM: Final = "sum"
RATIO: Final = "ratio"  # of the sums of parts and wholes
MEAN: Final = "mean"
WORST: Final = "worst"
ROLL_UPS: Final[dict[str, frozenset[str]]] = {  # what makes sense for a kind of target
    AT_LEAST: frozenset({SUM, RATIO, MEAN, WORST}),
    AT_MOST: frozenset({SUM, RATIO, MEAN, WORST}),
    EXACTLY: frozenset({SUM, RATIO, MEAN}),
    RANK: frozenset({WORST}),
    YES_NO: frozenset({WORST}),
    GROWTH: frozenset({RATIO, MEAN, WORST}),
    REDUCTION: frozenset({RATIO, MEAN, WORST}),
}

COPIED: Final = "copied"
SPLIT: Final = "split"
OWN: Final = "own"

PERCENT: Final = "%"


@dataclass(frozen=True)
class Figure:
    """A figure of a unit or of many: `known` of `count` that belong to it are complete."""

    value: Fraction | None
    part: Fraction | None = None
    whole: Fraction | None = None
    known: int = 1
    count: int = 1

    @property
    def complete(self) -> bool:
        """Whether there is a value and nothing is missing in it."""
        return self.value is not None and self.known == self.count


def ratio_of(kind: str, measure: str, part: Number, whole: Number) -> Fraction | None:
    """The value that a part of a whole means. Growth: this year's level of the year before; reduction: this year's of
    the baseline. None of nothing."""
    if not whole:
        return None
    share = Fraction(part) / Fraction(whole)
    if kind == GROWTH:
        return 100 * (share - 1)
    if kind == REDUCTION:
        return 100 * (1 - share)
    return 100 * share if measure == PERCENT else share


def roll_up(rule: str, kind: str, measure: str, figures: Sequence[Figure | None]) -> Figure:
    """One figure of many. None is missing; one that is itself incomplete is used and counted as not known.

    Where something is missing the value is that of what is known, and the figure is not complete. A ratio needs part
    and whole of each: a bare value is missing to it.
    """
    usable = [one for one in figures if one is not None and one.value is not None]
    if rule == RATIO:
        usable = [one for one in usable if one.part is not None and one.whole is not None]
    known = sum(1 for one in usable if one.complete)
    parts = [one.part for one in usable if one.part is not None]
    wholes = [one.whole for one in usable if one.whole is not None]
    values = [one.value for one in usable if one.value is not None]
    part = _sum(parts) if parts and len(parts) == len(usable) and rule in (SUM, RATIO) else None
    whole = _sum(wholes) if wholes and len(wholes) == len(usable) and rule in (SUM, RATIO) else None
    value: Fraction | None = None
    if values and rule == SUM:
        value = _sum(values)
    elif values and rule == MEAN:
        value = _sum(values) / len(values)
    elif values and rule == WORST:
        value = max(values) if kind in LESS_IS_BETTER else min(values)
    elif rule == RATIO and part is not None and whole is not None:
        value = ratio_of(kind, measure, part, whole)
    return Figure(value, part, whole, known if value is not None else 0, len(figures))


def _sum(numbers: Sequence[Fraction]) -> Fraction:
    """Of whole numbers over one denominator: fractions added one by one are brought to lowest terms each time."""
    under = lcm(*(one.denominator for one in numbers))
    return Fraction(sum(one.numerator * (under // one.denominator) for one in numbers), under)


def split(amount: Decimal, weights: Sequence[Number], *, places: int = 0) -> list[Decimal]:
    """The amount shared out by weights, each share with so many places; the shares make the amount exactly.

    What rounding leaves goes to those it took most from, the first of equals first. Raises ValueError when there is
    nothing to share by.
    """
    total = sum((Fraction(one) for one in weights), Fraction(0))
    if total <= 0 or any(one < 0 for one in weights):
        raise ValueError("weights are positive")
    step = Decimal(1).scaleb(-places)
    units = Fraction(amount) / Fraction(step)
    exact = [units * Fraction(one) / total for one in weights]
    floors = [one.numerator // one.denominator for one in exact]
    left = units - sum(floors)
    order = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    for at in order[: left.numerator // left.denominator]:
        floors[at] += 1
    shares = [Decimal(one) * step for one in floors]
    rest = amount - sum(shares, Decimal(0))  # an amount finer than the places stays with the first
    if rest:
        shares[order[0]] += rest
    return shares


def places_of(value: Decimal) -> int:
    """How many places after the comma a figure has."""
    _sign, digits, exponent = value.as_tuple()  # exact: `normalize` rounds
    if not isinstance(exponent, int) or not any(digits):
        return 0
    zeros = next(at for at, digit in enumerate(reversed(digits)) if digit)
    return max(0, -exponent - zeros)


def as_decimal(value: Number, places: int = 6) -> Decimal:
    """A figure for the page or the database: rounded half up at so many places."""
    if isinstance(value, Decimal):
        return value
    scaled = Fraction(value) * 10**places + Fraction(1, 2)
    return Decimal(scaled.numerator // scaled.denominator).scaleb(-places)
