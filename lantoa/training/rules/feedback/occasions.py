"""When forms are asked: after a meeting, after a course, and 3 and 6 months after it."""

import calendar
from datetime import date, timedelta
from enum import StrEnum


class Occasion(StrEnum):
    """What a form is asked about, and of whom."""

    MEETING = "meeting"  # of those who were there
    COURSE = "course"  # of those in the class, at its end
    LEARNER = "learner"  # months later: is it used at work? of whoever completed it
    SUPERIOR = "superior"  # the same of their superior


MONTHS = (3, 6)
REMIND_AHEAD = timedelta(days=3)  # before its end whoever has not answered is reminded, once
ASK_WITHIN = timedelta(days=14)  # what fell due longer ago is asked no more


def moments(occasion: Occasion) -> tuple[int, ...]:
    """How many months after the last meeting it is asked; 0 for at once."""
    return MONTHS if occasion in (Occasion.LEARNER, Occasion.SUPERIOR) else (0,)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has no such day: 30 November + 3 months is 28
    February."""
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def is_due(ended: date, months: int, *, on: date) -> bool:
    """Whether what ended on that day is to be asked about on the day `on`."""
    due = months_after(ended, months)
    return due <= on < due + ASK_WITHIN
