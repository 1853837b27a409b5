"""Birth dates as lists give them: text, number, year only, day/month/year in the Vietnamese order."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

from lantoa.common.refused import N_
from lantoa.common.vietnamese import clean, fold, written_date
from lantoa.office.rules.sheets import Cell
from lantoa.training.rules.roster.names import Remark
from lantoa.training.rules.roster.people import Birth

_FIRST_YEAR = 1900
_YOUNGEST = 14
_OLDEST = 100
_FIRST_SERIAL, _LAST_SERIAL = 5_000, 60_000
_SERIAL_START = date(1899, 12, 30)
_NUMBERS = re.compile(r"(\d{1,4})(?:\D(\d{1,2}|\d{4}))?(?:\D(\d{1,4}))?$")
_USUAL = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")


def read_birth(value: Cell, today: date) -> tuple[Birth | None, list[Remark]]:
    """The birth date a cell means, and what there is to say about it; None where it cannot be read.

    Understood: a date; "5/10/1985", "05-10-85", "5.10.1985", "ngày 5 tháng 10 năm 1985", "1985-10-05" (year
    first); "10/1985"; 1985; the running number Excel keeps for a day; eight digits. The order is always day,
    month, year. A year of two digits is taken as the latest that makes the person at least 14, with a warning.
    """
    if value is None or isinstance(value, bool):
        return None, []
    if isinstance(value, date):
        return _from_date(value.date() if isinstance(value, datetime) else value, today)
    if isinstance(value, int):
        return _from_number(value, today)
    return _from_text(clean(str(value)), today)


def read_birth_parts(day: Cell, month: Cell, year: Cell, today: date) -> tuple[Birth | None, list[Remark]]:
    """The birth date of a list with a column each for day, month and year."""
    parts = [clean(str(part)) for part in (day, month, year) if part is not None and clean(str(part))]
    return _from_text("/".join(parts), today) if parts else (None, [])


def _from_date(day: date, today: date) -> tuple[Birth | None, list[Remark]]:
    serial = (day - _SERIAL_START).days
    if _FIRST_YEAR + 20 <= serial <= today.year:
        message = N_("The cell shows %(shown)s because a year was typed into a date cell; it is read as %(year)d.")
        birth, remarks = _checked(serial, None, None, str(serial), today)
        return birth, [Remark("warning", message, {"shown": written_date(day), "year": serial}), *remarks]
    return _checked(day.year, day.month, day.day, written_date(day), today)


def _from_number(number: int, today: date) -> tuple[Birth | None, list[Remark]]:
    if _FIRST_SERIAL < number < _LAST_SERIAL:
        return _from_date(_SERIAL_START + timedelta(days=number), today)
    return _from_text(str(number) if number < 1_000_000 else f"{number:08d}", today)


def _from_text(text: str, today: date) -> tuple[Birth | None, list[Remark]]:
    usual = _USUAL.match(text)
    if usual:
        return _checked(int(usual[3]), int(usual[2]), int(usual[1]), text, today)
    plain = _TIME.sub("", text.strip(" '.,"))
    plain = re.sub(r"\b(ngay|thang|nam|sinh)\b", " ", fold(plain))
    plain = re.sub(r"[\s./\\,\-–:]+", "/", plain.strip(" /.,-:")).strip("/")
    if not plain:
        return None, []
    if re.fullmatch(r"\d{7,8}", plain):
        plain = plain.zfill(8)
        year_first = _FIRST_YEAR <= int(plain[:4]) <= today.year and int(plain[4:]) // 100 > 12
        year_first = year_first or not _is_day(int(plain[4:]), int(plain[2:4]), int(plain[:2]))
        plain = f"{plain[:4]}/{plain[4:6]}/{plain[6:]}" if year_first else f"{plain[:2]}/{plain[2:4]}/{plain[4:]}"
    if re.fullmatch(r"\d{5}", plain) and _FIRST_SERIAL < int(plain) < _LAST_SERIAL:
        return _from_number(int(plain), today)
    match = _NUMBERS.match(plain)
    if match is None:
        return None, [_no_date(text)]
    parts = [int(part) for part in match.groups() if part is not None]
    lengths = [len(part) for part in match.groups() if part is not None]
    if len(parts) == 1:
        return _with_year(None, None, parts[0], lengths[0], text, today)
    if len(parts) == 2:
        if lengths[0] == 4:
            return _with_year(None, parts[1], parts[0], 4, text, today)
        if lengths[1] < 4:
            return None, [_no_date(text)]
        return _with_year(None, parts[0], parts[1], 4, text, today)
    if lengths[0] == 4:
        return _with_year(parts[2], parts[1], parts[0], 4, text, today)
    return _with_year(parts[0], parts[1], parts[2], lengths[2], text, today)


def _no_date(text: str) -> Remark:
    return Remark(
        "error", N_('"%(value)s" is no date; write day/month/year, month/year or the year.'), {"value": text[:40]}
    )


def _with_year(
    day: int | None, month: int | None, year: int, digits: int, text: str, today: date
) -> tuple[Birth | None, list[Remark]]:
    if digits == 4:
        return _checked(year, month, day, text, today)
    if digits != 2 or month is None:
        return None, [_no_date(text)]
    full = 2000 + year if 2000 + year <= today.year - _YOUNGEST else 1900 + year
    birth, remarks = _checked(full, month, day, text, today)
    if birth is None:
        return birth, remarks
    message = N_('The year of "%(value)s" has two digits; it is read as %(year)d.')
    return birth, [Remark("warning", message, {"value": text, "year": full}), *remarks]


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _checked(
    year: int, month: int | None, day: int | None, text: str, today: date
) -> tuple[Birth | None, list[Remark]]:
    remarks: list[Remark] = []
    values: dict[str, object] = {"value": text[:40]}
    if (month == 0 and not day) or (day == 0 and month):
        message = N_('"%(value)s" has zeros for what is not known; the rest is kept.')
        remarks.append(Remark("warning", message, values))
        day, month = None, month or None
    if year < _FIRST_YEAR:
        return None, [Remark("error", N_('"%(value)s" is no birth date: the year is before 1900.'), values)]
    if month is not None and not 1 <= month <= 12:
        message = N_('"%(value)s" is no date: there is no month %(month)d (the order is day/month/year).')
        return None, [Remark("error", message, values | {"month": month})]
    if day is not None and month is not None and not _is_day(year, month, day):
        message = N_('"%(value)s" is no date: month %(month)d of %(year)d has no day %(day)d.')
        return None, [Remark("error", message, values | {"month": month, "year": year, "day": day})]
    if date(year, month or 1, day or 1) > today:
        return None, [Remark("error", N_('"%(value)s" is no birth date: it lies in the future.'), values)]
    age = today.year - year
    if not _YOUNGEST <= age <= _OLDEST:
        message = N_('"%(value)s" would make the person %(age)d years old; please check.')
        remarks.append(Remark("warning", message, values | {"age": age}))
    return Birth(year, month, day), remarks
