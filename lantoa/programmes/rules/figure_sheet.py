"""A sheet of figures that an office sent out and units filled in: each row as clean values."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from lantoa.common.figures import AMBIGUOUS, Ambiguous, read_figure
from lantoa.common.likely import FIRST_DAY, LAST_DAY
from lantoa.common.refused import N_
from lantoa.common.vietnamese import clean
from lantoa.office.rules.imports import RowFault
from lantoa.office.rules.sheets import Field, SheetRefused, Table, TableRow, Vocabulary, Workbook, find_table

HEADINGS: Final = {  # as the sheet is sent out, in its order
    "key": "Mã dòng",
    "unit": "Đơn vị",
    "code": "Mã chỉ tiêu",
    "name": "Tên chỉ tiêu",
    "measure": "Đơn vị tính",
    "value": "Giá trị",
    "part": "Tử số",
    "whole": "Mẫu số",
    "document_number": "Số văn bản",
    "document_date": "Ngày văn bản",
    "note": "Ghi chú",
    "reason": "Lý do sửa",
}
_WORDS: Final = {
    "key": (N_("code of the row"), "ma dong|row code"),
    "unit": (N_("unit"), "don vi|unit"),
    "code": (N_("code of the target"), "ma chi tieu|target code"),
    "name": (N_("name of the target"), "ten chi tieu|chi tieu|target"),
    "measure": (N_("unit of measure"), "don vi tinh|measure"),
    "value": (N_("value"), "gia tri|ket qua|so lieu|value"),
    "part": (N_("part"), "tu so|part|numerator"),
    "whole": (N_("whole"), "mau so|whole|denominator"),
    "document_number": (N_("number of the source document"), "so van ban|so ky hieu|document number"),
    "document_date": (N_("date of the source document"), "ngay van ban|ngay ban hanh|document date"),
    "note": (N_("note"), "ghi chu|giai trinh|note"),
    "reason": (N_("reason of the correction"), "ly do sua|ly do|reason"),
}
VOCABULARY: Final = Vocabulary(
    fields={name: Field(label, words.split("|"), exact=True) for name, (label, words) in _WORDS.items()},
    needed=[frozenset({"key"})],
    named_by=["key"],
)
TEXTS: Final = {"document_number": 60, "note": 500, "reason": 500}
SHOWN: Final = {"unit": 200, "code": 40}  # seen in the preview, kept nowhere


@dataclass(slots=True)
class FigureRow:
    """A row of the sheet. A figure is None where the cell is empty or holds none."""

    sheet: str
    number: int
    key: str
    texts: dict[str, str]
    figures: dict[str, Decimal | None]
    document_date: date | None
    faults: list[RowFault] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return all(one is None for one in self.figures.values()) and not self.faults


def read_figure_sheet(
    workbook: Workbook, *, mapping: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[list[FigureRow], list[Table]]:
    """Every row of every sheet with a column of row codes. SheetRefused when none has one."""
    missing = N_("Cannot read %(file)s: no sheet holds figures.")
    tables = tables_of(workbook, VOCABULARY, missing, mapping=mapping)
    return [_row(table, row) for table in tables for row in table.rows], tables


def tables_of(
    workbook: Workbook,
    vocabulary: Vocabulary,
    missing: str,
    *,
    mapping: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Table]:
    """The tables of the sheets people see. SheetRefused when there is none: why not, or `missing` when empty."""
    tables, refusals = [], []
    for sheet in workbook.sheets:
        if not sheet.rows or sheet.hidden:
            continue
        try:
            tables.append(find_table(sheet, vocabulary, mapping=(mapping or {}).get(sheet.name)))
        except SheetRefused as refusal:
            refusals.append(refusal)
    if not tables:
        raise refusals[0] if refusals else SheetRefused(missing, file=workbook.filename)
    return tables


def _row(table: Table, row: TableRow) -> FigureRow:
    faults: list[RowFault] = []
    texts = cell_texts(table, row, TEXTS, faults)
    texts |= {name: clean(cell_text(table.value(row, name)))[:most] for name, most in SHOWN.items()}
    figures = {name: cell_figure(table, row, name, faults) for name in ("value", "part", "whole")}
    day = cell_day(table, row, "document_date", faults)
    key = clean(cell_text(table.value(row, "key"))).lower()
    return FigureRow(table.sheet, row.number, key, texts, figures, day, faults)


def cell_text(cell: Any) -> str:
    """What a cell says, a whole number without its comma."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def cell_texts(table: Table, row: TableRow, longest: Mapping[str, int], faults: list[RowFault]) -> dict[str, str]:
    """What the cells of these fields say; a text longer than its field holds becomes a fault."""
    texts = {name: clean(cell_text(table.value(row, name))) for name in longest}
    for name, most in longest.items():
        if len(texts[name]) > most:
            words = N_("The text has %(length)d letters; at most %(most)d are kept.")
            faults.append(fault_at(table, row, name, words, length=len(texts[name]), most=most))
    return {name: texts[name][:most] for name, most in longest.items()}


def cell_figure(table: Table, row: TableRow, name: str, faults: list[RowFault]) -> Decimal | None:
    """The number of a cell; one that is none becomes a fault."""
    cell = table.value(row, name)
    if cell is None or cell == "" or isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float) and math.isfinite(cell):
        return Decimal(repr(cell))
    try:
        return read_figure(str(cell))
    except Ambiguous:
        faults.append(fault_at(table, row, name, AMBIGUOUS, value=str(cell)[:40]))
        return None
    except ValueError:
        faults.append(fault_at(table, row, name, N_("“%(text)s” is no number."), text=str(cell)[:40]))
        return None


def cell_day(table: Table, row: TableRow, name: str, faults: list[RowFault]) -> date | None:
    """The day of a cell; one that is none, or that nobody can mean, becomes a fault."""
    cell = table.value(row, name)
    if cell is None or cell == "":
        return None
    day = _day(cell)
    if day is None:
        faults.append(fault_at(table, row, name, N_("“%(text)s” is no day."), text=str(cell)[:40]))
    elif not FIRST_DAY <= day <= LAST_DAY:
        words = N_("%(day)s: the year must be between %(first)d and %(last)d.")
        said = f"{day:%d/%m/}{day.year:04}"
        faults.append(fault_at(table, row, name, words, day=said, first=FIRST_DAY.year, last=LAST_DAY.year))
        return None
    return day


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(clean(str(cell)), form).date()  # noqa: DTZ007 -- a day without an hour
        except ValueError:
            continue
    return None


def fault_at(table: Table, row: TableRow, name: str, message: str, **values: Any) -> RowFault:
    """What is wrong with the cell of a field."""
    column = table.columns.get(name)
    return RowFault(message, values, f"{column.letter}{row.number}" if column else "")


def keys_once(rows: list[FigureRow]) -> Iterator[FigureRow]:
    """The rows; one whose code stands above already is wrong."""
    seen: dict[str, int] = {}
    for row in rows:
        if row.key in seen and not row.is_empty:
            row.faults.append(RowFault(N_("This row stands in row %(row)d already."), {"row": seen[row.key]}))
        elif not row.is_empty:
            seen[row.key] = row.number
        yield row
