"""What single texts of a programme file mean: days, hours, numbers, weekdays. Each raises `Refused` in words."""

import re
from datetime import date, time
from decimal import Decimal

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_VIETNAMESE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_HOURS = re.compile(r"(\d{1,2})[:hg](\d{2})?\s*(?:-|–|đến|to)\s*(\d{1,2})[:hg](\d{2})?")

_WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "thu hai|thu 2|t2|monday|mon",
            "thu ba|thu 3|t3|tuesday|tue",
            "thu tu|thu 4|t4|wednesday|wed",
            "thu nam|thu 5|t5|thursday|thu",
            "thu sau|thu 6|t6|friday|fri",
            "thu bay|thu 7|t7|saturday|sat",
            "chu nhat|cn|sunday|sun",
        )
    )
    for name in names.split("|")
}


def read_day(text: str) -> date:
    """`2020-10-01` or `01/10/2020`."""
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _VIETNAMESE.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        raise Refused(N_("%(value)s is not a date. Write 01/10/2020 or 2020-10-01."), value=quoted(text))
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise Refused(N_("%(value)s is no day of the calendar."), value=quoted(text)) from error
    if not 1990 <= found.year <= 2100:
        raise Refused(N_("%(value)s lies outside the years 1990 to 2100."), value=quoted(text))
    return found


def read_hours(text: str) -> tuple[time, time]:
    """`13:30-16:30`, `8h-11h30`."""
    match = _HOURS.fullmatch(text.strip().lower())
    if not match:
        raise Refused(N_("%(value)s is not a time of day. Write 13:30-16:30."), value=quoted(text))
    first_hour, first_minute, last_hour, last_minute = (int(part or 0) for part in match.groups())
    try:
        starts, ends = time(first_hour, first_minute), time(last_hour, last_minute)
    except ValueError as error:
        raise Refused(N_("%(value)s is not a time of day. Write 13:30-16:30."), value=quoted(text)) from error
    if not starts < ends:
        raise Refused(N_("%(value)s ends before it starts."), value=quoted(text))
    return starts, ends


def read_weekday(text: str) -> int:
    """`thứ hai`, `t2`, `monday`: 0 for Monday to 6 for Sunday."""
    found = _WEEKDAYS.get(fold(text))
    if found is None:
        raise Refused(
            N_("%(value)s is no day of the week. Write thứ hai … chủ nhật, or monday … sunday."),
            value=quoted(text),
        )
    return found


def read_whole(text: str, least: int, most: int) -> int:
    """A whole number within limits."""
    if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
        raise Refused(
            N_("%(value)s is not a whole number from %(least)d to %(most)d."),
            value=quoted(text),
            least=least,
            most=most,
        )
    return int(text)


def read_number(text: str, least: Decimal, most: Decimal, places: int) -> Decimal:
    """A number within limits; a decimal comma or point."""
    if not re.fullmatch(rf"\d{{1,6}}([.,]\d{{1,{places}}})?", text):
        raise Refused(
            N_("%(value)s is not a number with at most %(places)d decimals."), value=quoted(text), places=places
        )
    number = Decimal(text.replace(",", "."))
    if not least <= number <= most:
        raise Refused(
            N_("%(value)s is not between %(least)s and %(most)s."),
            value=quoted(text),
            least=str(least),
            most=str(most),
        )
    return number


def read_share(text: str) -> Decimal:
    """A share of 1: `80%` or `0.8`; more than 0."""
    match = re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%", text)
    number = None
    if match:
        number = Decimal(f"{match[1]}.{match[2] or 0}") / 100
    elif re.fullmatch(r"[01]([.,]\d{1,4})?", text):
        number = Decimal(text.replace(",", "."))
    if number is None or not 0 < number <= 1:
        raise Refused(N_("%(value)s is not a share. Write 80%% or 0.8."), value=quoted(text))
    return number.normalize()


def read_link(text: str) -> str:
    """An address of the web, at most 500 letters."""
    if not text.startswith(("https://", "http://")) or len(text) > 500 or any(letter.isspace() for letter in text):
        raise Refused(N_("%(value)s is not an address that begins with https://."), value=quoted(text))
    return text


def read_yes(text: str) -> bool:
    """`true`/`false`, `yes`/`no`, `có`/`không`."""
    if text.lower() in ("true", "yes", "có"):
        return True
    if text.lower() in ("false", "no", "không"):
        return False
    raise Refused(N_("%(value)s is neither true nor false."), value=quoted(text))


def quoted(text: str) -> str:
    """A value as a message shows it: at most 60 letters."""
    return f'"{text if len(text) <= 60 else text[:57] + "…"}"'
