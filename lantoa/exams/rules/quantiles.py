"""Quantiles of the F distribution, for confidence intervals: pure arithmetic, no numerical library.

The regularised incomplete beta function is its continued fraction, worked out by Lentz's method; the quantile is
found by halving, until the numbers of the machine leave nothing between.
"""

import math
from typing import Final

_TINY: Final = 1e-300
_ENOUGH: Final = 1e-15
_MOST_STEPS: Final = 20_000


def beta_share(x: float, a: float, b: float) -> float:
    """I_x(a, b), the regularised incomplete beta function, for a, b > 0: from 0 at x = 0 to 1 at x = 1."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of I_x(a, b); it settles fast for x < (a + 1) / (a + b + 2)."""
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _MOST_STEPS):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _off_zero(1 + numerator * d)
            c = _off_zero(1 + numerator / c)
            found *= c * d
        if abs(c * d - 1) < _ENOUGH:
            return found
    raise ArithmeticError(f"the incomplete beta function of {a} and {b} does not settle at {x}")


def _off_zero(value: float) -> float:
    return _TINY if abs(value) < _TINY else value


def f_quantile(share: float, d1: float, d2: float) -> float:
    """The value that an F variable with d1 and d2 degrees of freedom stays below with this probability.

    F = (d2 x) / (d1 (1 - x)) where I_x(d1/2, d2/2) = share.
    """
    if not 0 < share < 1 or d1 <= 0 or d2 <= 0:
        raise ValueError(f"no quantile {share} of F({d1}, {d2})")
    low, high = 0.0, 1.0
    while True:
        x = (low + high) / 2
        if x in (low, high):
            return d2 * x / (d1 * (1 - x))
        if beta_share(x, d1 / 2, d2 / 2) < share:
            low = x
        else:
            high = x
