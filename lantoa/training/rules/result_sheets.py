"""What offices write into presence sheets and mark lists: a row a person, a column a meeting or an assessment."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean, fold

Presence = tuple[str, Decimal]  # state and share, as presence.Attendance keeps them

PRESENT: Final = ("present", Decimal(1))
LEAVE: Final = ("leave", Decimal(0))
ABSENT: Final = ("absent", Decimal(0))
_WORDS: Final[dict[str, Presence]] = {
    **dict.fromkeys(("x", "✓", "✔", "√", "+", "1", "co", "co mat", "c", "du", "present"), PRESENT),
    **dict.fromkeys(("p", "cp", "phep", "co phep", "vang co phep", "vp", "leave", "excused"), LEAVE),
    **dict.fromkeys(("v", "0", "-", "k", "kp", "vang", "khong phep", "vang khong phep", "vk", "absent"), ABSENT),
}
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:\s*[/.\-]\s*(\d{4}|\d{2}))?(?!\d)")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NUMBER = re.compile(r"(?:buoi|b|lan|ngay thu|meeting)?\s*(?:so|thu)?\s*(\d{1,3})")


def presence_in(cell: object) -> Presence | None:
    """What a cell of a presence sheet says; None for an empty one.

    x present, p on leave, v or k absent; 0,5, 1/2 or 50% there for that part. Anything else is refused.
    """
    if cell is None or clean(str(cell)) == "":
        return None
    if isinstance(cell, bool):
        return PRESENT if cell else ABSENT
    text = clean(str(cell))
    if (word := _WORDS.get(fold(text).strip(" ."))) is not None:
        return word
    share = _share(text.replace("½", "1/2"))
    if share is None:
        raise Refused(
            N_("Cannot read the presence «%(value)s»: write x (present), p (on leave), v (absent) or a part as 0,5."),
            value=text[:40],
        )
    return PRESENT if share == 1 else ABSENT if share == 0 else ("partial", share)


def _share(text: str) -> Decimal | None:
    whole, _, parts = text.partition("/")
    try:
        if parts:
            value = Decimal(whole) / Decimal(parts)
        elif text.endswith("%"):
            value = Decimal(text[:-1].replace(",", ".")) / 100
        else:
            value = Decimal(text.replace(",", "."))
    except (InvalidOperation, ZeroDivisionError):
        return None
    return value.quantize(Decimal("0.01")) if 0 <= value <= 1 else None


def meeting_in(header: str, days: Sequence[date]) -> int | None:
    """Which of the meetings (by their days, in order) a column header means: «Buổi 3», «3», «05/10», «05/10/2020».

    The place from 0; None when the header speaks of no meeting. A day with two meetings is the first of them.
    """
    text = clean(header)
    day: tuple[int, int, int | None] | None = None
    if found := _ISO.search(text):
        day = (int(found[3]), int(found[2]), int(found[1]))
    elif found := _DAY.search(text):
        year = int(found[3]) if found[3] else None
        day = (int(found[1]), int(found[2]), year + 2000 if year is not None and year < 100 else year)
    if day:
        return next((n for n, d in enumerate(days) if (d.day, d.month) == day[:2] and day[2] in (None, d.year)), None)
    if (found := _NUMBER.fullmatch(fold(text))) and 1 <= int(found[1]) <= len(days):
        return int(found[1]) - 1
    return None


def is_tick(cell: object) -> bool:
    """Whether a cell says that something was handed in: x, ✓, có, đã nộp."""
    text = fold(clean(str(cell or ""))).strip(" .")
    return cell is True or text in _TICKS


_TICKS: Final = frozenset(("x", "✓", "✔", "√", "+", "co", "da nop", "nop", "yes"))


def mark_in(cell: object, highest: Decimal) -> Decimal | None:
    """A mark as lists hold it: 8, 8.5, 8,5; None for an empty cell. Outside 0 to the highest it is refused."""
    if cell is None or clean(str(cell)) in {"", "-", "–"}:
        return None
    text = clean(str(cell))
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value <= highest:
        raise Refused(
            N_("Cannot read the mark «%(value)s»: marks go from 0 to %(highest)s."),
            value=text[:40],
            highest=f"{highest.normalize():f}",
        )
    return value.quantize(Decimal("0.01"))


def assessment_in(header: str, titles: dict[str, str]) -> str | None:
    """Which assessment (code -> title) a column header means: by title, by code, or «Điểm» where there is one."""
    text = fold(clean(header)).removeprefix("diem ").strip(" :.-")
    for code, title in titles.items():
        if text in (fold(title), fold(code), fold(code).replace("-", " ")):
            return code
    return next(iter(titles)) if len(titles) == 1 and text in ("diem", "diem so", "mark", "ket qua thi") else None
