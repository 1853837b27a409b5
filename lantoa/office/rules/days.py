"""Working days in Viet Nam: weekends, public holidays with Tết and swapped days, the house's own changes.

Sources: Labour Code 45/2019/QH14, Articles 111 and 112 (weekly rest, public holidays and the day off in lieu), and
the yearly notices on Tết and swapped days, as the library `holidays` keeps them.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from lantoa.common.refused import N_, Refused

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2099
FARTHEST: Final = 10_000  # working days that may be counted at once
DAY: Final = datetime.timedelta(days=1)
_LANGUAGES: Final = {"vi": "vi", "en": "en_US"}


@dataclass(frozen=True)
class Change:
    """A day that works or rests against the calendar, and why."""

    works: bool
    words: str


@lru_cache(maxsize=300)
def _year(year: int, language: str) -> Any:
    """The public holidays of one year. A pure table, so it may be kept."""
    import holidays  # takes a tenth of a second, and most processes never ask

    return holidays.country_holidays("VN", years=year, expand=False, language=language)


def _of(day: datetime.date, language: str = "vi") -> Any:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused(
            N_("Cannot tell whether %(day)s is a working day: the calendar goes from %(first)d to %(last)d."),
            day=f"{day:%d/%m/%Y}",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return _year(day.year, _LANGUAGES.get(language[:2], "vi"))


@dataclass(frozen=True)
class WorkingCalendar:
    """The days as one office works them: the country's calendar with its own `changes` (day -> change)."""

    changes: Mapping[datetime.date, Change] = field(default_factory=dict)

    def works(self, day: datetime.date) -> bool:
        """Whether the office works on that day."""
        if change := self.changes.get(day):
            return change.works
        return bool(_of(day).is_working_day(day))

    def holiday_name(self, day: datetime.date, language: str = "vi") -> str:
        """The name of the public holiday, or the words of the change that makes it a day of rest; "" for none.

        A Saturday or Sunday that is no holiday has no name.
        """
        if change := self.changes.get(day):
            return "" if change.works else change.words
        return str(_of(day, language).get(day) or "")

    def add(self, day: datetime.date, count: int) -> datetime.date:
        """The day that stands `count` working days after `day` (before it when negative).

        0 gives the day itself when it works, else the next working day.
        """
        if abs(count) > FARTHEST:
            raise Refused(
                N_("Cannot count %(count)d working days: the most is %(limit)d."), count=count, limit=FARTHEST
            )
        step = DAY if count >= 0 else -DAY
        left = abs(count)
        if left == 0:
            while not self.works(day):
                day += DAY
            return day
        while left:
            day += step
            left -= self.works(day)
        return day

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """How many working days there are in [start, end); negative when `end` is before `start`."""
        if end < start:
            return -self.between(end, start)
        return sum(self.works(day) for day in _days(start, end))


@dataclass(frozen=True)
class Special:
    """A day of a year that is not as its weekday has it: a holiday, a swapped day, a change of the house."""

    day: datetime.date
    works: bool
    words: str  # "" for a day that the country works for another
    own: bool  # entered in this house


def special_days(year: int, changes: Mapping[datetime.date, Change], language: str = "vi") -> list[Special]:
    """The special days of a year, in their order; a change of the house stands instead of what the country has."""
    _of(datetime.date(year, 1, 1))  # refuses a year without a calendar
    country = _year(year, _LANGUAGES.get(language[:2], "vi"))
    found = {day: Special(day, False, str(name), False) for day, name in country.items()}
    found |= {day: Special(day, True, "", False) for day in country.weekend_workdays if day.year == year}
    found |= {
        day: Special(day, change.works, change.words, True) for day, change in changes.items() if day.year == year
    }
    return [found[day] for day in sorted(found)]


def _days(start: datetime.date, end: datetime.date) -> Iterator[datetime.date]:
    while start < end:
        yield start
        start += DAY
