"""Whether a figure reaches what was planned: by the kind of the target, exactly, for every year."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

AT_LEAST: Final = "at_least"
AT_MOST: Final = "at_most"
EXACTLY: Final = "exactly"
RANK: Final = "rank"
YES_NO: Final = "yes_no"
GROWTH: Final = "growth"
REDUCTION: Final = "reduction"
KINDS: Final = (AT_LEAST, AT_MOST, EXACTLY, RANK, YES_NO, GROWTH, REDUCTION)
LESS_IS_BETTER: Final = frozenset({AT_MOST, RANK})
EACH_YEAR: Final = frozenset({GROWTH})  # the milestone of 2025 holds for every year up to it
ON_A_LINE: Final = frozenset({AT_LEAST, AT_MOST, EXACTLY, REDUCTION})  # half of the way means something

MET: Final = "met"
MISSED: Final = "missed"
UNKNOWN: Final = "unknown"

MILESTONE: Final = "milestone"  # the year has a milestone of its own
LINE: Final = "line"  # on the straight line between its neighbours
KEPT: Final = "kept"  # the last milestone is past and still holds
YEARLY: Final = "yearly"  # the next milestone is a figure for each year

Number = Decimal | Fraction | int


@dataclass(frozen=True)
class Planned:
    """What was planned for a year, and where that stands."""

    value: Fraction
    stands: str


def _exact(number: Number) -> Fraction:
    return number if isinstance(number, Fraction) else Fraction(number)


def judge(kind: str, value: Number | None, planned: Number | None) -> str:
    """`met` or `missed`; `unknown` when either is missing. A better figure is never judged worse."""
    if value is None or planned is None:
        return UNKNOWN
    have, want = _exact(value), _exact(planned)
    if kind == EXACTLY:
        good = have == want
    elif kind in LESS_IS_BETTER:
        good = have <= want
    else:
        good = have >= want
    return MET if good else MISSED


def planned_for(
    kind: str, year: int, milestones: Mapping[int, Number], baseline: tuple[int, Number] | None = None
) -> Planned | None:
    """What was planned for a year.

    A milestone of that year counts. After the last one it goes on to hold. Before the first one, and between two,
    a growth target means every year; an amount stands on the straight line between its neighbours, the baseline
    being one; of a rank or a yes-or-no nothing is known.
    """
    if year in milestones:
        return Planned(Fraction(milestones[year]), MILESTONE)
    earlier = max((one for one in milestones if one < year), default=None)
    later = min((one for one in milestones if one > year), default=None)
    if later is None:
        return None if earlier is None else Planned(Fraction(milestones[earlier]), KEPT)
    if kind in EACH_YEAR:
        return Planned(Fraction(milestones[later]), YEARLY)
    if kind not in ON_A_LINE:
        return None
    start: tuple[int, Number] | None = None
    if earlier is not None:
        start = earlier, milestones[earlier]
    elif baseline is not None and baseline[0] < year:
        start = baseline
    if start is None:
        return None
    share = Fraction(year - start[0], later - start[0])
    first, last = Fraction(start[1]), Fraction(milestones[later])
    return Planned(first + (last - first) * share, LINE)


def next_milestone(year: int, milestones: Mapping[int, Decimal]) -> tuple[int, Decimal] | None:
    """The milestone of this year or the first one after it, else the last one."""
    ahead = [one for one in milestones if one >= year]
    if not milestones:
        return None
    found = min(ahead) if ahead else max(milestones)
    return found, milestones[found]


def way_gone(kind: str, value: Number | None, goal: Number | None, baseline: Number | None = None) -> Fraction | None:
    """The share of the way to a goal that is behind us, from 0 to 1; None where that cannot be said."""
    if value is None or goal is None:
        return None
    if judge(kind, value, goal) == MET:
        return Fraction(1)
    if kind == YES_NO:
        return Fraction(0)
    start = Fraction(baseline) if baseline is not None else None
    if start is None:
        if kind in LESS_IS_BETTER or kind == EXACTLY:
            return None
        start = Fraction(0)
    have, want = Fraction(value), Fraction(goal)
    if start == want:
        return Fraction(0)
    return min(Fraction(1), max(Fraction(0), (have - start) / (want - start)))
