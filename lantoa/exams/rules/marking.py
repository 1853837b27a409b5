"""What an answer is worth: pure arithmetic, the same for every candidate."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any


def mark(kind: str, key: Mapping[str, Any], answer: Any) -> Fraction | None:
    """The share of the points that an answer earns, from -1 to 1; None where people mark (long, file).

    No answer, and an answer of another shape than its kind, is worth nothing and costs nothing.
    """
    raise NotImplementedError
