"""Which points count for an answer that people mark: a function of what everybody gave for it.

One marker: the last that was given. Two markers: of each the last; within the tolerance their mean counts, to a
hundredth, halves up; beyond it the answer waits for a third person, whose points count alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

HUNDREDTH = Decimal("0.01")


class State(StrEnum):
    """Where an answer stands."""

    OPEN = "open"  # too few have marked it
    APART = "apart"  # two have, and are too far from each other
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Given:
    """What one person gave. In the order in which they were given."""

    by: str
    points: Decimal
    deciding: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What counts, where anything does."""

    state: State
    points: Decimal | None = None


def by_marker(given: Sequence[Given]) -> dict[str, Decimal]:
    """What each marker gave last, those who began first before the others; who decided is none of them."""
    found: dict[str, Decimal] = {}
    for one in given:
        if not one.deciding:
            found[one.by] = one.points
    return found


def verdict(given: Sequence[Given], *, markers: int, tolerance: Decimal) -> Verdict:
    """What counts of all that was given for one answer."""
    decided = [one for one in given if one.deciding]
    if decided:
        return Verdict(State.DONE, decided[-1].points)
    own = by_marker(given)
    if not own:
        return Verdict(State.OPEN)
    if markers == 1:
        return Verdict(State.DONE, given[-1].points)
    if len(own) < markers:
        return Verdict(State.OPEN)
    first, second = list(own.values())[:2]
    if abs(first - second) > tolerance:
        return Verdict(State.APART)
    return Verdict(State.DONE, ((first + second) / 2).quantize(HUNDREDTH, ROUND_HALF_UP))


def scaled(criteria: Sequence[Decimal], most: Decimal) -> list[Decimal]:
    """What each criterion gives at most in a paper that gives its question `most` points: to a hundredth, and
    together exactly `most` (the last takes what rounding leaves)."""
    together = sum(criteria, Decimal(0))
    if not together:
        return []
    found = [(most * one / together).quantize(HUNDREDTH, ROUND_HALF_UP) for one in criteria]
    return [*found[:-1], most - sum(found[:-1], Decimal(0))]
