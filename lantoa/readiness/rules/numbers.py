"""Exact numbers: whole millionths, and the one way in which they are rounded.

Points, shares, weights and typed figures are integers in millionths (`SCALE`). A division is rounded once, half up
(0.5 of a millionth goes up, also below zero towards plus infinity). Floats appear only where a rule has no exact
value (logarithm, standard deviation, geometric mean) and are brought back to millionths at once.
"""

import math
from decimal import Decimal, InvalidOperation
from typing import Final

SCALE: Final = 1_000_000
MOST: Final = 10**15  # what anybody may type, in whole units


def divided(a: int, b: int) -> int:
    """a / b to the nearest integer, halves up; b above 0."""
    return (2 * a + b) // (2 * b)


def nearest(value: float) -> int:
    """The integer nearest to a float, halves up."""
    return math.floor(value + 0.5)


def fixed(text: str | int | float | Decimal) -> int:
    """A number as millionths. Raises ValueError for what is none, has more than six decimals or is absurdly large."""
    try:
        value = Decimal(repr(text) if isinstance(text, float) else text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite() or abs(value) > MOST:
        raise ValueError(text)
    scaled = value * SCALE
    if scaled != scaled.to_integral_value():
        raise ValueError(text)
    return int(scaled)


def written(value: int, decimals: int | None = None) -> str:
    """Millionths as text with a point: as many decimals as it has, or so many, rounded half up."""
    if decimals is None:
        text = f"{Decimal(value) / SCALE:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    step = 10 ** (6 - decimals)
    rounded = divided(value, step)
    sign, rounded = ("-", -rounded) if rounded < 0 else ("", rounded)
    whole, part = divmod(rounded, 10**decimals)
    return f"{sign}{whole}.{part:0{decimals}d}" if decimals else f"{sign}{whole}"
