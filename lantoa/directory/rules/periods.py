"""Half-open periods of days, and what is left of one when others are taken away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """From `since` on, up to but without `until`; `until` None: until further notice."""

    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.since:
            raise ValueError(f"a period ends after it begins: {self}")

    def __str__(self) -> str:
        return f"{self.since}..{self.until or ''}"

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def overlaps(self, other: "Period") -> bool:
        return (other.until is None or self.since < other.until) and (self.until is None or other.since < self.until)


def minus(period: Period, taken: Iterable[Period]) -> list[Period]:
    """The parts of `period` that lie in none of `taken`, in order."""
    left: list[Period] = []
    since: date | None = period.since
    for other in sorted(taken, key=lambda p: p.since):
        if since is None:
            break
        rest = Period(since, period.until)
        if not rest.overlaps(other):
            continue
        if since < other.since:
            left.append(Period(since, other.since))
        since = other.until
        if since is not None and period.until is not None and since >= period.until:
            since = None
    if since is not None:
        left.append(Period(since, period.until))
    return left


def day_before(day: date) -> date:
    """The day before: the last one of a period that ends without `day`."""
    return day - timedelta(days=1)
