"""The values of a table file: workbook, sheet, cell, and what can be wrong with them."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from lantoa.common.refused import N_, Refused

Cell = str | int | float | bool | date | datetime | None
Severity = Literal["error", "warning"]

MAX_FILE_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 400_000_000
MAX_PACKING_RATIO = 200
MAX_ENTRIES = 2_000
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 6_000_000
MAX_TEXT = 10_000


class SheetRefused(Refused):
    """A table file, or a sheet of it, cannot be used; the words name the file, the reason and the value."""


class Merge(NamedTuple):
    """A merged range; rows and columns count from 0, all inclusive."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader should know about a cell that was read differently from what it shows."""

    sheet: str
    row: int
    column: int
    message: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows` is rectangular and starts at cell A1; an empty cell is None."""

    name: str
    rows: Sequence[list[Cell]]
    merges: Sequence[Merge] = ()
    hidden: bool = False

    @property
    def width(self) -> int:
        """How many columns the sheet has."""
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True, slots=True)
class Workbook:
    """A table file that was read: its name, its kind by content (xlsx, xls, ods, csv) and its sheets in order."""

    filename: str
    kind: Literal["xlsx", "xls", "ods", "csv"]
    sheets: Sequence[Sheet]
    notes: Sequence[Note] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a sheet.

    `row` is the number Excel shows (from 1), `column` the letter Excel shows ("" when it is about the whole row),
    `header` the words above it. `message` is an English sentence with %(name)s places filled by `values`; it is
    the key of its translation.
    """

    sheet: str
    row: int
    column: str
    header: str
    field: str
    severity: Severity
    message: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


def column_letter(column: int) -> str:
    """The letters of a column counted from 0: 0 is "A", 26 is "AA"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column, counted from 0, by its letters: "A" is 0, "AA" is 26."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise SheetRefused(
                N_('Cannot use column "%(letters)s": a column is named by letters, A to GR.'), letters=letters
            )
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= MAX_COLUMNS:
        raise SheetRefused(
            N_('Cannot use column "%(letters)s": a column is named by letters, A to GR.'), letters=letters
        )
    return number - 1


def cell_name(row: int, column: int) -> str:
    """The name of a cell counted from 0: (0, 0) is "A1"."""
    return f"{column_letter(column)}{row + 1}"
