"""The working days of the house: the country's calendar and the changes entered here, in one query
per question.
"""

from datetime import date
from typing import Final

from django.utils.translation import get_language

from lantoa.office.models import DayBefore, DayChange
from lantoa.office.rules.days import DAY, Change, Special, WorkingCalendar, special_days

SOON: Final = 3  # working days before a last day from which it is near


def working_calendar(start: date | None = None, end: date | None = None) -> WorkingCalendar:
    """The calendar with the changes of the days in [start, end); one query. For many questions ask it once."""
    changes = DayChange.objects.all()
    if start:
        changes = changes.filter(day__gte=start)
    if end:
        changes = changes.filter(day__lt=end)
    return WorkingCalendar(
        {day: Change(works, words) for day, works, words in changes.values_list("day", "works", "words")}
    )


def year_of_days(year: int) -> list[Special]:
    """The holidays, swapped days and own changes of a year, in the reader's language; one query."""
    first, next_first = date(year, 1, 1), date(year + 1, 1, 1)
    return special_days(year, working_calendar(first, next_first).changes, get_language() or "vi")


def days_before(year: int) -> list[DayBefore]:
    """What was said of days of that year and no longer holds, the latest first."""
    return list(DayBefore.objects.filter(day__year=year).order_by("-id"))


def is_working_day(day: date) -> bool:
    """Whether offices work on that day."""
    return _at(day).works(day)


def holiday_name(day: date, language: str = "") -> str:
    """The name of the public holiday or local day of rest, in `language` (the reader's by default); ""
    for none.
    """
    return _at(day).holiday_name(day, language or get_language() or "vi")


def add_working_days(day: date, count: int) -> date:
    """The day that stands `count` working days after `day` (before it when negative)."""
    calendar = working_calendar(start=day) if count >= 0 else working_calendar()
    return calendar.add(day, count)


def working_days_between(start: date, end: date) -> int:
    """How many working days there are in [start, end)."""
    return working_calendar(min(start, end), max(start, end)).between(start, end)


def reminder_of(last: date, *, on: date) -> str:
    """Which reminder of a last day falls on `on`: "soon" from three working days before it, "last" from its last
    working day on, "late" when it is over; "" when it is not near."""
    if on > last:
        return "late"
    calendar = working_calendar()
    if on >= (last if calendar.works(last) else calendar.add(last, -1)):
        return "last"
    return "soon" if on >= calendar.add(last, -SOON) else ""


def _at(day: date) -> WorkingCalendar:
    return working_calendar(start=day, end=day + DAY)
