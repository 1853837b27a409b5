"""The window of a pilot, where it stands on a day, what is due, and whether a criterion is met."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from lantoa.common.refused import N_, Refused

SHORTEST, LONGEST = 3, 6  # months: Singapore's advice at the workshop of 30 September 2020
GATES_AFTER = 60  # days after the last one, on which what came of the whole can still be asked
PLANNED, WAITING, RUNNING, UNDECIDED, DECIDED = "planned", "waiting", "running", "undecided", "decided"
STAGES = (PLANNED, WAITING, RUNNING, UNDECIDED, DECIDED)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is none: as PostgreSQL adds months."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def check_window(name: str, first: date, last: date) -> None:
    """Refuses a window of less than three or more than six months; `last` is its last day."""
    end = last + timedelta(days=1)
    shortest, longest = months_later(first, SHORTEST), months_later(first, LONGEST)
    if not shortest <= end <= longest:
        raise Refused(
            N_(
                "Cannot plan pilot %(name)s from %(first)s to %(last)s: a pilot lasts three to six months, so it "
                "ends between %(earliest)s and %(latest)s."
            ),
            name=name,
            first=_said(first),
            last=_said(last),
            earliest=_said(shortest - timedelta(days=1)),
            latest=_said(longest - timedelta(days=1)),
        )


def half_over(first: date, end: date) -> date:
    """The first day on which half of the window [first, end) is over: a plan is no longer fixed then."""
    return first + timedelta(days=-(-(end - first).days // 2))


def last_gate_day(end: date) -> date:
    """The last day on which a gate of a pilot may stand; `end` is the day after the pilot's last one."""
    return end + timedelta(days=GATES_AFTER - 1)


def _said(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def stage(first: date, end: date, fixed: date | None, decided: date | None, *, on: date) -> str:
    """Where a pilot of the window [first, end) stood on a day.

    "planned" until its plan is fixed; then "waiting" for its first day; "running"; "undecided" when the window is
    over and nobody has decided; "decided".
    """
    if decided is not None and decided <= on:
        return DECIDED
    if fixed is None or fixed > on:
        return PLANNED
    if on < first:
        return WAITING
    return RUNNING if on < end else UNDECIDED


def due_on(first: date, end: date, every: int, read: Iterable[date], *, on: date) -> date | None:
    """The day on which the next reading of a measure is due: so many days after the last one (or the first day), at
    the latest on the last day of the window. None when the window has its last reading."""
    last_day = end - timedelta(days=1)
    latest = max((day for day in read if first <= day <= on), default=None)
    if latest is not None and latest >= last_day:
        return None
    due = (latest or first) + timedelta(days=every)
    return min(due, last_day)


def met(value: Decimal | None, bound: Decimal, direction: str) -> bool | None:
    """Whether a value reaches the bound in the direction that is better; None without a value."""
    if value is None:
        return None
    return value >= bound if direction == "up" else value <= bound


def change(baseline: Decimal, latest: Decimal, direction: str) -> str:
    """`better`, `worse` or `same`, as the direction of the measure has it."""
    if latest == baseline:
        return "same"
    return "better" if (latest > baseline) == (direction == "up") else "worse"
