"""When an attempt may start and when its time is over. The centre's clock decides; a device only counts along."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lantoa.common.refused import N_

STARTS: Final = {  # how a sitting begins, as forms ask it
    "button": N_("all together, when I press “Start now”"),
    "hour": N_("all together, at a set time"),
    "window": N_("each at a time of their own, between two times"),
}
COUNTS: Final = {"best": N_("the best one"), "last": N_("the last one")}  # which of several attempts
MOST_ATTEMPTS: Final = 10


class Phase(StrEnum):
    """Where an attempt stands."""

    WAITING = "waiting"  # it has not begun
    OPEN = "open"  # it may be started
    RUNNING = "running"
    LATE = "late"  # time is over; what comes now is kept, and a person judges it
    OVER = "over"


@dataclass(frozen=True)
class Times:
    """The hours of a sitting. Together: everybody's time runs from the start. Else from each one's own start, within
    the window [starts_at, closes_at); extra minutes reach beyond its end."""

    together: bool
    starts_at: datetime | None
    closes_at: datetime | None
    lasts: timedelta
    late: timedelta
    released_at: datetime | None = None
    ended_at: datetime | None = None

    def begins(self) -> datetime | None:
        """The button, or the hour that was set; None: the button has not been pressed."""
        if self.released_at is None or self.starts_at is None:
            return self.released_at or self.starts_at
        return min(self.released_at, self.starts_at)

    def may_start(self, now: datetime, extra: timedelta = timedelta(0)) -> bool:
        """Whether an attempt can begin at this moment."""
        begins = self.begins()
        if begins is None or now < begins:
            return False
        ends = self.ends(now, extra)
        return ends is not None and now < ends

    def ends(self, started_at: datetime | None, extra: timedelta) -> datetime | None:
        """When the time of an attempt is over. None: not known before it starts.

        Together it is known as soon as it is known when it begins, also of somebody who came late.
        """
        if self.together:
            begins = self.begins()
            ends = None if begins is None else begins + self.lasts + extra
        elif started_at is None:
            ends = None
        else:
            assert self.closes_at is not None
            ends = min(started_at + self.lasts, self.closes_at) + extra
        if self.ended_at is not None:
            return self.ended_at if ends is None else min(ends, self.ended_at)
        return ends

    def last_start(self) -> datetime | None:
        """After this moment nobody can start any more; None as long as nobody can say."""
        last = self.ends(None, timedelta(0)) if self.together else self.closes_at
        if self.ended_at is not None and (last is None or self.ended_at < last):
            return self.ended_at
        return last

    def phase(
        self, now: datetime, started_at: datetime | None, handed_in_at: datetime | None, extra: timedelta
    ) -> Phase:
        """Where an attempt stands at this moment. Handing in ends it, and so does the clock, in the same way."""
        ends = self.ends(started_at, extra)
        if handed_in_at is not None:
            return Phase.OVER
        if ends is not None and now >= ends:
            return Phase.LATE if started_at is not None and now < ends + self.late else Phase.OVER
        if started_at is not None:
            return Phase.RUNNING
        if self.may_start(now, extra):
            return Phase.OPEN
        last = self.last_start()
        return Phase.OVER if last is not None and now >= last else Phase.WAITING


def wrong_hours(
    start: str, begins: datetime | None, closes: datetime | None, attempts: int = 1
) -> list[tuple[str, str]]:
    """What is wrong with the hours asked for: the name of each field and the words about it."""
    wrong = []
    if start in {"hour", "window"} and begins is None:
        wrong.append(("starts_at", N_("Say when it begins.")))
    if start == "window" and closes is None:
        wrong.append(("closes_at", N_("Say when it ends.")))
    if start == "window" and begins is not None and closes is not None and closes <= begins:
        wrong.append(("closes_at", N_("It must end after it begins.")))
    if start != "window" and attempts > 1:
        wrong.append(("attempts", N_("More than one attempt only where each starts at a time of their own.")))
    return wrong


def hours_of(start: str, begins: datetime | None, closes: datetime | None) -> dict[str, bool | datetime | None]:
    """The hours as a sitting keeps them: `together`, `starts_at`, `closes_at`."""
    return {
        "together": start != "window",
        "starts_at": None if start == "button" else begins,
        "closes_at": closes if start == "window" else None,
    }
