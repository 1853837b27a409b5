"""The hours of a workshop in the time zones of its sites."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


class Place(NamedTuple):
    """A time zone: its name, and the clock of it at the beginning of the workshop ("+7")."""

    zone: str
    offset: str


@cache
def known_zones() -> frozenset[str]:
    """The time zones that the machine knows."""
    return frozenset(available_timezones())


def clock_of(zone: str, at: datetime) -> datetime | None:
    """The moment on the clocks of a zone; None where the machine knows no such zone."""
    try:
        return at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def offset_said(moment: datetime) -> str:
    """How far the clock of the moment is from UTC: "+7", "+5:30"."""
    offset = moment.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"


def other_places(home: str, zones: Iterable[str], at: datetime) -> list[Place]:
    """The zones whose clocks stand otherwise than at home at that moment, one for each clock, in their order."""
    here = clock_of(home, at)
    seen = {offset_said(here)} if here else set()
    found = []
    for zone in zones:
        there = clock_of(zone, at)
        if there is not None and offset_said(there) not in seen:
            seen.add(offset_said(there))
            found.append(Place(zone, offset_said(there)))
    return found


def city_of(zone: str) -> str:
    """What people call a zone: its city."""
    return zone.rpartition("/")[2].replace("_", " ")
