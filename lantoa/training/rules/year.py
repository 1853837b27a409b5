"""What stands in people's way: two classes at the same time, and two within a week.

An office that calls a person away twice in a week empties their desk; the same class twice a week does not count,
for it was decided once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Engagement:
    """Somebody is expected somewhere. `source` tells one class from another; moments in the zone of the place."""

    source: str
    code: str
    starts: datetime
    ends: datetime

    @property
    def day(self) -> date:
        return self.starts.date()


Pair = tuple[Engagement, Engagement]


def clash(mine: Iterable[Engagement], others: Iterable[Engagement]) -> Pair | None:
    """The first two that are at the same time."""
    return next(
        ((one, other) for one, other in _pairs(mine, others) if one.starts < other.ends and other.starts < one.ends),
        None,
    )


def near(mine: Iterable[Engagement], others: Iterable[Engagement]) -> Pair | None:
    """The two that are nearest to each other, if that is less than a week; the earlier ones when equally near."""
    close = [(one, other) for one, other in _pairs(mine, others) if abs(one.day - other.day) < WEEK]
    return min(close, key=lambda pair: (abs(pair[0].day - pair[1].day), pair[0].starts, pair[1].starts), default=None)


def _pairs(mine: Iterable[Engagement], others: Iterable[Engagement]) -> list[Pair]:
    later = sorted(others, key=lambda one: one.starts)
    return [
        (one, other)
        for one in sorted(mine, key=lambda one: one.starts)
        for other in later
        if one.source != other.source
    ]


def twice_in_a_week(engagements: Iterable[Engagement]) -> list[Pair]:
    """Each time somebody is called a second time within a week: the engagement before, and the one that follows it
    less than seven days later from another source. In the order of time."""
    last: dict[str, Engagement] = {}
    found: list[Pair] = []
    for one in sorted(engagements, key=lambda one: (one.starts, one.source)):
        before = [other for source, other in last.items() if source != one.source and one.day - other.day < WEEK]
        if before:
            found.append((max(before, key=lambda other: other.starts), one))
        last[one.source] = one
    return found


def monday(day: date) -> date:
    """The Monday of the week of that day."""
    return day - timedelta(days=day.weekday())


def weeks(days: Mapping[str, Sequence[date]]) -> dict[tuple[date, str], list[date]]:
    """Days by week (its Monday) and source, in the order of time."""
    found: dict[tuple[date, str], list[date]] = {}
    for source, of_source in days.items():
        for day in sorted(of_source):
            found.setdefault((monday(day), source), []).append(day)
    return dict(sorted(found.items()))
