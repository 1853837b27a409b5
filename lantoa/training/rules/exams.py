"""From the points of an exam to the mark of a class."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from lantoa.common.refused import N_

PURPOSES: Final = {
    "pre": N_("pre-test"),
    "post": N_("post-test"),
    "test": N_("test that counts"),
    "practice": N_("practice test"),
}
COUNTING: Final = ("post", "test")  # may give a mark of the class
FEWEST: Final = 5  # of fewer people nothing is said to those who may not see each of them


def share_of(points: Decimal, out_of: Decimal) -> Fraction | None:
    """The share of the most points; None where nothing could be earned."""
    if out_of <= 0:
        return None
    (earned, parts), (most, of_parts) = points.as_integer_ratio(), out_of.as_integer_ratio()
    return Fraction(earned * of_parts, parts * most)


def mark_of(share: Fraction, highest: Decimal) -> Decimal:
    """The mark on the scale of the class, from 0 to `highest`: the same share of it, to a hundredth, halves up.

    Whoever lost more points than they earned has 0.
    """
    whole = max(Fraction(0), min(Fraction(1), share)) * Fraction(highest)
    return (Decimal(whole.numerator) / Decimal(whole.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def best(shares: Iterable[Fraction | None]) -> Fraction | None:
    """Of several attempts the best counts."""
    return max((one for one in shares if one is not None), default=None)
