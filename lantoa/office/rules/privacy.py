"""The clocks of the law on personal data: Law 91/2025/QH15 and Decree 356/2025/NĐ-CP, in force from 1 January 2026.

Decree 356, Article 5: a request is answered within 2 working days; withdrawing, restricting and objecting are done in
15 days, seeing, correcting and providing in 10, deleting in 20; each may be extended once. Only the first is said in
working days. The others are counted as days, and end on the last working day within them: that keeps the clock under
either reading. Law 91, Article 23 and Decree 356, Article 28: a breach is notified within 72 hours of its detection.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from lantoa.office.rules.days import WorkingCalendar

REPLY_WORKING_DAYS: Final = 2
DAYS: Final = {"see": 10, "correct": 10, "delete": 20, "restrict": 15, "object": 15}
BREACH_HOURS: Final = 72


@dataclass(frozen=True)
class Clock:
    """The last day to say that a request came, and the last day to do what it asks."""

    reply_by: date
    due_on: date


def clock(kind: str, received_on: date, calendar: WorkingCalendar) -> Clock:
    """The clock of a request that came on that day."""
    return Clock(calendar.add(received_on, REPLY_WORKING_DAYS), last_working_day(received_on, DAYS[kind], calendar))


def last_working_day(after: date, days: int, calendar: WorkingCalendar) -> date:
    """The last working day that is not later than `days` days after `after`, but at least the next working day."""
    day = after + timedelta(days=days)
    while not calendar.works(day) and day > after:
        day -= timedelta(days=1)
    return day if day > after else calendar.add(after, 1)


def extended(kind: str, due_on: date, calendar: WorkingCalendar) -> date:
    """The one extension: the same time again, from the day it was due."""
    return last_working_day(due_on, DAYS[kind], calendar)


def report_by(detected_at: datetime) -> datetime:
    """Until when a breach must be notified to the authority."""
    return detected_at + timedelta(hours=BREACH_HOURS)
