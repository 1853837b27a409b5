"""The clock of a workshop: the agenda as planned and as it goes, and the time a speaker has. Pure reckoning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WARNED: Final = (timedelta(minutes=3), timedelta(minutes=2), timedelta(minutes=1))
ZERO: Final = timedelta()


@dataclass(frozen=True)
class Slot:
    """An item of the agenda: planned from/until, and when it was started and ended, if it was."""

    key: str
    planned: datetime
    planned_end: datetime
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True)
class Reckoned:
    """The agenda at a moment. `drift` is how much later than planned everything is (negative: earlier).

    `running` and `next` are keys; `expected` says of each item that has not begun when it is expected to begin.
    """

    drift: timedelta
    running: str
    next: str
    expected: dict[str, datetime]


def reckon(slots: Sequence[Slot], now: datetime) -> Reckoned:
    """What the clock says of these items, given in their order.

    The item that runs is late by its late start and by what it has run over its length since; between two items what
    counts is how late the next one is by now. Before the first item nothing is late until its hour has passed.
    """
    running = next((one for one in slots if one.started is not None and one.ended is None), None)
    begun = [place for place, one in enumerate(slots) if one.started is not None]
    ahead = [one for one in slots[begun[-1] + 1 if begun else 0 :] if one.started is None]
    if running is not None:
        assert running.started is not None
        drift = running.started - running.planned
        ends = running.started + (running.planned_end - running.planned)
        if now > ends:
            drift += now - ends
    elif begun:
        last = slots[begun[-1]]
        assert last.ended is not None
        drift = last.ended - last.planned_end
        if ahead:  # a break of the plan catches up what was late, and early stays early until the next one's hour
            drift = max(now - ahead[0].planned, min(drift, ZERO))
    else:
        drift = max(now - ahead[0].planned, ZERO) if ahead else ZERO
    return Reckoned(
        drift=drift,
        running=running.key if running else "",
        next=ahead[0].key if ahead else "",
        expected={one.key: one.planned + drift for one in ahead},
    )


def minutes_of(length: timedelta) -> int:
    """Whole minutes, towards zero."""
    return int(length / timedelta(minutes=1))


def left(started: datetime, seconds: int, now: datetime) -> timedelta:
    """What a speaker has left; negative when the time is over."""
    return started + timedelta(seconds=seconds) - now


def warning(remaining: timedelta) -> int | None:
    """The warning that stands: 3, 2 or 1 minutes, 0 when the time is over, None while there is more."""
    if remaining <= ZERO:
        return 0
    return next((minutes_of(mark) for mark in reversed(WARNED) if remaining <= mark), None)
