"""The answer sheet of a variant: where each number, bubble, box and line stands, in millimetres.

A sheet is half a page of A4 wherever everything fits on it, so that a province prints half the paper; else it has as
many pages as it needs. A question that letters answer is a row of bubbles or boxes in one of four columns; one that
words answer has lines below them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

WIDE: Final = 190.0  # between the margins
HALF: Final = 134.5  # high, without margins
WHOLE: Final = 277.0
HEAD: Final = 47.0
LATER_HEAD: Final = 12.0
COLUMNS: Final = 4
COLUMN: Final = WIDE / COLUMNS
PITCH: Final = 5.6  # between rows
STEP: Final = 5.9  # between bubbles
NUMBER: Final = 9.0
ACROSS: Final = 6  # bubbles in a row
LINE: Final = 8.0
GAP: Final = 3.0
MOST_LINES: Final = 24
WORDS_A_LINE: Final = 14
TRUE_FALSE: Final = ("Đ", "S")


@dataclass
class Page:
    """What stands on one page of a sheet: marks below its head, in millimetres from its left and upper corner.

    numbers (x, y, text), bubbles and boxes (x, y, letter), lines (x, y, length).
    """

    numbers: list[tuple[float, float, str]] = field(default_factory=list)
    bubbles: list[tuple[float, float, str]] = field(default_factory=list)
    boxes: list[tuple[float, float, str]] = field(default_factory=list)
    lines: list[tuple[float, float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """The pages of a sheet; `half`: one page, which takes half of one of A4."""

    half: bool
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class _Row:
    """What one question needs in a column."""

    number: int
    kind: str  # bubbles | boxes | number
    signs: tuple[str, ...]

    @property
    def rows(self) -> int:
        return 1 if self.kind == "number" else math.ceil(len(self.signs) / ACROSS)


def layout_of(questions: Sequence[Mapping[str, Any]]) -> Layout:
    """The sheet for the questions of `Variant.content`."""
    rows, written = [], []
    for number, asked in enumerate(questions, 1):
        kind = asked["kind"]
        if kind in {"single", "multiple"}:
            rows.append(_Row(number, "bubbles", tuple(one["id"].upper() for one in asked["options"])))
        elif kind == "truefalse":
            rows.append(_Row(number, "bubbles", TRUE_FALSE))
        elif kind == "ordering":
            rows.append(_Row(number, "boxes", tuple(str(at) for at in range(1, len(asked["options"]) + 1))))
        elif kind == "matching":
            rows.append(_Row(number, "boxes", tuple(one["id"] for one in asked["lefts"])))
        elif kind == "numeric":
            rows.append(_Row(number, "number", ()))
        else:
            written.append((number, *_lines_for(asked)))
    return _placed(rows, written, half=True) or _placed(rows, written, half=False) or Layout(False, (Page(),))


def _lines_for(asked: Mapping[str, Any]) -> tuple[int, str]:
    """How many lines an answer in words has, and what stands beside its number."""
    if asked["kind"] == "file":
        return 0, "nộp tệp riêng, không làm trên giấy"
    if asked["kind"] == "short":
        return 1, ""
    words = int(asked.get("words") or 0)
    return (min(MOST_LINES, max(4, math.ceil(words / WORDS_A_LINE) + 1)) if words else 10), ""


def _placed(rows: Sequence[_Row], written: Sequence[tuple[int, int, str]], *, half: bool) -> Layout | None:
    """The questions on their pages; None when they do not fit on half of one."""
    high = HALF if half else WHOLE
    pages = [Page()]
    left, top = list(rows), 0.0
    while left:
        room = high - (HEAD if len(pages) == 1 else LATER_HEAD)
        most = int(room // PITCH)
        need = math.ceil(sum(one.rows for one in left) / COLUMNS)
        deep = min(most, max(need, max(one.rows for one in left)))
        used, deepest = _fill(pages[-1], left, deep, most)
        left, top = left[used:], deepest * PITCH
        if left:
            if half:
                return None
            pages.append(Page())
    top += GAP if rows and written else 0
    for number, count, beside in written:
        need_mm = LINE * max(1, count + (1 if count > 1 else 0))
        if top + need_mm > high - (HEAD if len(pages) == 1 else LATER_HEAD):
            if half:
                return None
            pages.append(Page())
            top = 0.0
        _write(pages[-1], top, number, count, beside)
        top += need_mm
    return Layout(half, tuple(pages))


def _fill(page: Page, rows: Sequence[_Row], deep: int, most: int) -> tuple[int, int]:
    """Puts questions into the columns of a page, from above; how many, and how many rows deep they reach."""
    while True:
        column, at, used, deepest = 0, 0, 0, 0
        places = []
        for one in rows:
            if at + one.rows > deep:
                column, at = column + 1, 0
            if column == COLUMNS or one.rows > deep:
                break
            places.append((one, column * COLUMN, at * PITCH))
            at += one.rows
            used, deepest = used + 1, max(deepest, at)
        if used == len(rows) or deep >= most:
            break
        deep += 1  # whole questions did not fill the columns evenly
    for one, x, y in places:
        _draw(page, one, x, y)
    return used, deepest


def _draw(page: Page, one: _Row, x: float, y: float) -> None:
    page.numbers.append((x, y, str(one.number)))
    if one.kind == "number":
        page.lines.append((x + NUMBER, y + PITCH - 1, COLUMN - NUMBER - 4))
    for at, sign in enumerate(one.signs):
        place = (x + NUMBER + at % ACROSS * STEP, y + at // ACROSS * PITCH, sign)
        (page.bubbles if one.kind == "bubbles" else page.boxes).append(place)


def _write(page: Page, top: float, number: int, count: int, beside: str) -> None:
    page.numbers.append((0, top, f"Câu {number}:{' ' + beside if beside else ''}"))
    if count == 1:
        page.lines.append((18, top + LINE - 2, WIDE - 18))
    for at in range(count if count > 1 else 0):
        page.lines.append((0, top + (at + 2) * LINE - 2, WIDE))
