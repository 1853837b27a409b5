"""The periods that are measured: years, halves, quarters, months; half-open, as everywhere."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

YEAR: Final = "year"
HALF: Final = "half"
QUARTER: Final = "quarter"
MONTH: Final = "month"
MONTHS: Final = {YEAR: 12, HALF: 6, QUARTER: 3, MONTH: 1}
EVERY: Final = {months: name for name, months in MONTHS.items()}


class Span(NamedTuple):
    """From the first day up to but without `end`."""

    first: date
    end: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    @property
    def year(self) -> int:
        """The year it lies in."""
        return self.first.year

    @property
    def every(self) -> str:
        """Year, half, quarter or month; "" for any other span."""
        months = (self.end.year - self.first.year) * 12 + self.end.month - self.first.month
        name = EVERY.get(months, "")
        return name if name and span_at(name, self.first) == self else ""

    @property
    def number(self) -> int:
        """Which one of its year, from 1."""
        return (self.first.month - 1) // MONTHS[self.every or YEAR] + 1

    @property
    def code(self) -> str:
        """As it stands in sheets and addresses: 2025, H1/2025, Q3/2025, 09/2025."""
        said = {YEAR: f"{self.year}", HALF: f"H{self.number}/{self.year}", QUARTER: f"Q{self.number}/{self.year}"}
        return said.get(self.every, f"{self.first.month:02d}/{self.year}")


def span_at(every: str, day: date) -> Span:
    """The year, half, quarter or month in which the day lies."""
    months = MONTHS[every]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Span(first, _after(first, months))


@lru_cache(maxsize=1024)
def last_ended(every: str, on: date) -> Span:
    """The last one that was over when the day ended."""
    running = span_at(every, on + timedelta(days=1))
    return span_at(every, running.first - timedelta(days=1))


@lru_cache(maxsize=1024)
def before(span: Span, every: str) -> Span:
    """The one before."""
    return span_at(every, span.first - timedelta(days=1))


def ended_between(every: str, first: date, on: date) -> list[Span]:
    """Those that were over by the end of a day, from the one in which `first` lies; the oldest first."""
    found = []
    span = span_at(every, first)
    while span.last <= on:
        found.append(span)
        span = span_at(every, span.end)
    return found


_CODE: Final = re.compile(r"(?:(?:(h|q|quy)\s*(\d{1,2}|i{1,3}v?|iv)|(?:thang\s*)?(\d{1,2}))\s*[/-]\s*)?(\d{4})")
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def read_span(text: str) -> Span | None:
    """The period that a text means: "2025", "Q3/2025", "Quý III/2025" (folded: "quy iii/2025"), "09/2025"."""
    found = _CODE.fullmatch(text.strip().lower())
    if found is None:
        return None
    letter, part, month, year = found.groups()
    if letter is None and month is None:
        return span_at(YEAR, date(int(year), 1, 1)) if 1900 <= int(year) <= 2200 else None
    every = MONTH if letter is None else HALF if letter == "h" else QUARTER
    number = int(month) if letter is None else _ROMAN.get(part) or (int(part) if part.isdigit() else 0)
    if not 1 <= number <= 12 // MONTHS[every] or not 1900 <= int(year) <= 2200:
        return None
    return span_at(every, date(int(year), (number - 1) * MONTHS[every] + 1, 1))


def _after(first: date, months: int) -> date:
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)
