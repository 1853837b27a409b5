"""How the Decree writes dates, numbers, codes and ordinals; and how Vietnamese writes figures. Pure functions."""

import datetime
import unicodedata
from decimal import Decimal
from typing import Final

from lantoa.common.refused import N_, Refused

from .decree import LETTER, POINT_LETTERS, PaperType

CLERKS_ROOM: Final = "\u00a0" * 8  # where the clerk enters the number by hand
DAY_ROOM: Final = "\u00a0" * 5


def clean(text: str) -> str:
    """The text as one line of composed letters (NFC), with single spaces and without control characters."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return " ".join(part for part in text.split(" ") if part)


def number_text(number: int | None) -> str:
    """The number of a document: 01 to 09, then as it is; eight hard spaces where the clerk has not entered it yet.

    Source: Decree 30/2020/NĐ-CP, Annex I, part II, 3.
    """
    if number is None:
        return CLERKS_ROOM
    if number < 1:
        raise Refused(N_("Cannot number the paper %(number)d: numbers start at 1."), number=number)
    return f"{number:02d}"


def code_text(kind: PaperType, body_code: str, unit_code: str = "") -> str:
    """The code after the number: "BC-UBND"; for a công văn the body and the drafting unit, "UBND-VX"."""
    groups = [kind.abbreviation or "", body_code, unit_code if kind == LETTER else ""]
    return "-".join(clean(group) for group in groups if clean(group))


def number_and_code(number: int | None, kind: PaperType, body_code: str, unit_code: str = "") -> str:
    """The whole line: "Số: 05/BC-UBND", or "Số:        /BC-UBND" with room for the clerk."""
    return f"Số: {number_text(number)}/{code_text(kind, body_code, unit_code)}"


def month_text(month: int) -> str:
    """01 and 02 with their 0, the other months without."""
    return f"{month:02d}" if month <= 2 else str(month)


def day_text(day: datetime.date | None) -> str:
    """ "ngày 05 tháng 6 năm 2019": a leading 0 for days under 10 and for months 1 and 2 only.

    Without a day, room for the clerk to write it. Source: Decree 30/2020/NĐ-CP, Annex I, part II, 4.
    """
    if day is None:
        return f"ngày{DAY_ROOM}tháng{DAY_ROOM}năm{DAY_ROOM}\u00a0\u00a0"
    return f"ngày {day.day:02d} tháng {month_text(day.month)} năm {day.year}"


def place_and_day(place: str, day: datetime.date | None) -> str:
    """The line of cell 4: "Quận 9, ngày 05 tháng 10 năm 2020"."""
    return f"{clean(place)}, {day_text(day)}"


def short_day(day: datetime.date) -> str:
    """05/10/2020."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def figure(number: int | Decimal | float, places: int | None = None) -> str:
    """A number as Vietnamese writes it, 1.234,5; `places` fixes the decimals, else those of the number are
    kept.
    """
    text = f"{number:,}" if places is None else f"{number:,.{places}f}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


def roman(number: int) -> str:
    """1 -> I, 4 -> IV, 19 -> XIX: sections, parts and annexes."""
    letters = ""
    steps = (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )
    for value, letter in steps:
        count, number = divmod(number, value)
        letters += letter * count
    return letters


def point_letter(position: int) -> str:
    """The letter of a điểm, from 1: a, b, c, d, đ, e, g, h, i, k, l ..."""
    if not 1 <= position <= len(POINT_LETTERS):
        raise Refused(
            N_("Cannot letter point %(position)d: a clause has at most %(most)d points."),
            position=position, most=len(POINT_LETTERS),
        )  # fmt: skip
    return POINT_LETTERS[position - 1]


def ended(text: str, end: str) -> str:
    """The text with exactly this end mark, whatever full stop or semicolon it came with."""
    return clean(text).rstrip(" .;,/") + end
