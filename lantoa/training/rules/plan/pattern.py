"""Meetings by a repeated pattern: these weekdays, these hours, from this day, topic after topic."""

from datetime import date, time, timedelta
from typing import Protocol

from lantoa.common.refused import N_

from .cursor import Cursor, Reading
from .model import MeetingPlan
from .nodes import Node
from .values import quoted, read_day, read_hours, read_weekday, read_whole

LONGEST = 400  # meetings
YEARS = 3


class Known(Protocol):
    """What a pattern may name."""

    def lecturer(self, text: str) -> str: ...
    def room(self, text: str) -> str: ...


def read_pattern(
    reading: Reading, node: Node, path: str, known: Known, topics: int, lecturer: str, room: str
) -> list[MeetingPlan]:
    """The meetings of a pattern, one after the other on every day that serves; none when the pattern is faulty.

    `days` (weekdays), `time` (one or several a day), `from`, `skip` (days left out), `topics` (which topic for how
    many meetings, by whom), `room`.
    """
    before = len(reading.faults)
    keys = ("from", "days", "time", "skip", "topics", "lecturer", "room")
    part = Cursor(reading, node, path, keys, ("from", "days", "time", "topics"))
    first = part.value("from", read_day, None)
    days = set(part.values("days", read_weekday))
    hours = sorted(part.values("time", read_hours))
    skip = set(part.values("skip", read_day))
    lecturer, room = part.value("lecturer", known.lecturer, lecturer), part.value("room", known.room, room)
    wanted: list[tuple[int, str]] = []
    for item, at in part.listed("topics"):
        wanted += _topic(reading, item, at, known, topics, lecturer)
    for earlier, later in zip(hours, hours[1:], strict=False):
        if later[0] < earlier[1]:
            part.fault("time", N_("Two times of the day overlap: %(value)s."), value=quoted(f"{later[0]:%H:%M}"))
    if len(wanted) > LONGEST:
        part.fault(
            "topics",
            N_("A pattern has at most %(most)d meetings; these are %(count)d."),
            most=LONGEST,
            count=len(wanted),
        )
    if len(reading.faults) > before or not (first and days and hours):
        return []
    return _laid_out(first, days, hours, skip, wanted, room)


def _topic(
    reading: Reading, node: Node, path: str, known: Known, topics: int, lecturer: str
) -> list[tuple[int, str]]:
    part = Cursor(reading, node, path, ("topic", "meetings", "lecturer"), ("topic", "meetings"))
    number = part.value("topic", lambda text: read_whole(text, 1, max(topics, 1)), 0)
    count = part.value("meetings", lambda text: read_whole(text, 1, LONGEST), 0)
    return [(number, part.value("lecturer", known.lecturer, lecturer))] * count


def _laid_out(
    first: date,
    days: set[int],
    hours: list[tuple[time, time]],
    skip: set[date],
    wanted: list[tuple[int, str]],
    room: str,
) -> list[MeetingPlan]:
    made: list[MeetingPlan] = []
    for after in range(366 * YEARS):
        day = first + timedelta(days=after)
        if day.weekday() not in days or day in skip:
            continue
        for starts, ends in hours:
            if len(made) == len(wanted):
                return made
            topic, lecturer = wanted[len(made)]
            made.append(MeetingPlan(day, starts, ends, topic, lecturer, room))
    return made
