"""Reading a roster: every sheet with a table, every row a person, every fault at its place."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from lantoa.common.refused import N_
from lantoa.common.vietnamese import clean, fold, from_legacy, looks_legacy
from lantoa.office.rules.sheets import (
    Cell,
    Fault,
    Sheet,
    SheetRefused,
    Table,
    TableRow,
    Workbook,
    cell_name,
    find_table,
)
from lantoa.training.rules.roster.births import read_birth, read_birth_parts
from lantoa.training.rules.roster.names import Remark, read_name
from lantoa.training.rules.roster.numbers import (
    compare_id_number,
    read_email,
    read_gender,
    read_id_number,
    read_phone,
)
from lantoa.training.rules.roster.people import Birth, Gender, RosterReading, RosterRow
from lantoa.training.rules.roster.vocabulary import VOCABULARY

Taken = TypeVar("Taken")
_Read = Callable[[Cell], tuple[Taken, list[Remark]]]
_MAX_TEXT = 200
_MAX_NOTE = 1_000
_LEGACY_ROWS = 300
_CLASS_IN_TITLE = re.compile(
    r"\b(?:mã lớp|lớp(?: số| học)?)\s*[:\-–]?\s*([A-ZĐ]{0,6}[\w./-]*\d[\w./-]*)", re.IGNORECASE
)
_CLASS_HEADING = re.compile(r"(?:mã lớp|lớp(?: số| học)?|class)\s*[:\-–]?\s*(\S.*)$", re.IGNORECASE)
_UNIT_HEADING = re.compile(r"^(?:tên )?(?:đơn vị(?: công tác)?|cơ quan)\s*[:\-–]\s*", re.IGNORECASE)
_DEFAULT_SHEET = re.compile(r"(sheet|trang tính|trang|bảng|table|csv)\s*\d*$", re.IGNORECASE)


def read_roster(
    workbook: Workbook,
    today: date,
    *,
    mapping: Mapping[str, Mapping[str, str]] | None = None,
    header_rows: Mapping[str, int] | None = None,
) -> RosterReading:
    """Read every sheet that holds a list of people.

    `mapping` (sheet -> field -> column letter) and `header_rows` (sheet -> row as Excel counts) are the user's own
    corrections. Without a class column, a class named above the table or, where several sheets hold tables, the
    name of the sheet is the class. Hidden sheets are passed over. People named twice are reported, never merged.

    Raises SheetRefused when no sheet holds a list, when a needed column is missing or doubtful, and when the
    text is in an old encoding (the cell and the encoding are named).
    """
    tables = _tables(workbook, mapping or {}, header_rows or {})
    by_sheet = len(tables) > 1 and not any("class_code" in table.columns for table in tables)
    rows: list[RosterRow] = []
    for table in tables:
        class_code = _class_of(table, by_sheet)
        reader = _TableReader(table, today, class_code, _unit_of(table) if by_sheet and not class_code else "")
        rows.extend(reader.read(row) for row in table.rows)
    noted: dict[tuple[str, int], list[Fault]] = defaultdict(list)
    for note in _notes(workbook, tables):
        noted[note.sheet, note.row].append(note)
    rows = [_with_faults(row, noted.pop((row.sheet, row.number), ()), first=True) for row in rows]
    rows = _with_doubles(rows)
    beside = [fault for faults in noted.values() for fault in faults]  # in rows that name nobody
    faults = [*beside, *(fault for row in rows for fault in row.faults)]
    return RosterReading(rows, faults, tables)


def _tables(
    workbook: Workbook, mapping: Mapping[str, Mapping[str, str]], header_rows: Mapping[str, int]
) -> list[Table]:
    tables: list[Table] = []
    refusals: list[SheetRefused] = []
    for sheet in workbook.sheets:
        if not sheet.rows or sheet.hidden:
            continue
        _refuse_old_encoding(sheet)
        try:
            table = find_table(
                sheet, VOCABULARY, mapping=mapping.get(sheet.name), header_row=header_rows.get(sheet.name)
            )
        except SheetRefused as refusal:
            if sheet.name in mapping or sheet.name in header_rows:
                raise
            refusals.append(refusal)
            continue
        if table.rows:
            tables.append(table)
    if tables:
        return tables
    if refusals:
        raise refusals[0]
    raise SheetRefused(N_("Cannot read %(file)s: no sheet holds a list of people."), file=workbook.filename)


def _refuse_old_encoding(sheet: Sheet) -> None:
    found: list[tuple[str, str, str]] = []
    for number, row in enumerate(sheet.rows[:_LEGACY_ROWS]):
        for column, cell in enumerate(row):
            kind = looks_legacy(cell) if isinstance(cell, str) else None
            if kind:
                found.append((cell_name(number, column), str(cell), kind))
        if len(found) >= 3:
            cell_at, text, encoding = found[0]
            raise SheetRefused(
                N_(
                    'Cannot read sheet "%(sheet)s": its text is in the old encoding %(encoding)s, as in cell '
                    "%(cell)s "
                    '("%(text)s" for "%(meant)s"). Convert the file to Unicode and send it again.'
                ),
                sheet=sheet.name,
                encoding=encoding,
                cell=cell_at,
                text=text[:40],
                meant=from_legacy(text, looks_legacy(text) or "TCVN3")[:40],
            )


def _class_of(table: Table, by_sheet: bool) -> str:
    for title in reversed(table.titles):
        match = _CLASS_IN_TITLE.search(title)
        if match:
            return match.group(1).strip(" .,-")[:40]
    name = clean(table.sheet)
    match = _CLASS_HEADING.match(name)
    if by_sheet and not _DEFAULT_SHEET.fullmatch(name) and (match or not VOCABULARY.is_heading(name)):
        return (match.group(1) if match else name)[:40]
    return ""


def _unit_of(table: Table) -> str:
    """The sheet's name, where each sheet is a unit."""
    name = clean(table.sheet)
    return name if VOCABULARY.is_heading(name) and not _DEFAULT_SHEET.fullmatch(name) else ""


def _notes(workbook: Workbook, tables: list[Table]) -> list[Fault]:
    """What the file reader noticed (formulas without results, error cells) in the tables' own columns."""
    faults = []
    by_name = {table.sheet: table for table in tables}
    for note in workbook.notes:
        table = by_name.get(note.sheet)
        if table is None or not table.rows or not table.header_rows[1] <= note.row <= table.rows[-1].number:
            continue
        letter, header, name = "", "", ""
        for field, column in table.columns.items():
            if column.index == note.column:
                letter, header, name = column.letter, column.header, field
        if name:
            faults.append(Fault(note.sheet, note.row + 1, letter, header, name, "warning", note.message, note.values))
    return faults


class _TableReader:
    """Reads the rows of one table."""

    def __init__(self, table: Table, today: date, class_code: str, unit: str) -> None:
        self.table = table
        self.today = today
        self.class_code = class_code
        self.unit = unit
        self.texts: dict[Cell, tuple[str, str | None]] = {}
        columns = table.columns
        parts_of_date = "birth_day" in columns or "birth_month" in columns
        self.year_column = "male" if parts_of_date and "female" not in columns else "birth"
        self.has_parts = parts_of_date
        self.has_sides = ("male" in columns or "female" in columns) and self.year_column == "birth"

    def read(self, row: TableRow) -> RosterRow:
        """One person, with the faults of their row."""
        faults: list[Fault] = []
        full_name = self._name(row, faults)
        birth, gender = self._birth_and_gender(row, faults)
        id_number = self._take(row, "id_number", read_id_number, faults)
        if id_number:
            self._say(row, "id_number", compare_id_number(id_number, birth, gender), faults)
        unit, class_code = self._unit_and_class(row, faults)
        return RosterRow(
            sheet=self.table.sheet,
            number=row.number,
            full_name=full_name,
            birth=birth,
            gender=gender,
            post=self._text(row, "post", faults),
            unit_text=unit,
            commune_text=self._text(row, "commune", faults),
            district_text=self._text(row, "district", faults),
            province_text=self._text(row, "province", faults),
            id_number=id_number,
            phone=self._take(row, "phone", read_phone, faults),
            email=self._take(row, "email", read_email, faults),
            class_code=class_code,
            note=self._text(row, "note", faults, _MAX_NOTE),
            faults=tuple(faults),
        )

    def _name(self, row: TableRow, faults: list[Fault]) -> str:
        value = self.table.value
        field = "full_name" if "full_name" in self.table.columns else "given_name"
        whole = _as_text(value(row, "full_name"))
        parts = [_as_text(value(row, part)) for part in ("family_name", "middle_name", "given_name")]
        if whole and parts[2] and fold(whole).split()[-1:] != fold(parts[2]).split()[-1:]:
            text = f"{whole} {parts[2]}"
        else:
            text = whole or " ".join(filter(None, parts))
        kind = looks_legacy(text) if text else None
        if kind:
            self._say(row, field, [_old_encoding(text, kind)], faults)
            return clean(text)
        name, remarks = read_name(text)
        if remarks:
            self._say(row, field, remarks, faults)
        return name

    def _birth_and_gender(self, row: TableRow, faults: list[Fault]) -> tuple[Birth | None, Gender]:
        value = self.table.value
        gender: Gender = self._take(row, "gender", read_gender, faults) or ""
        birth: Birth | None = None
        if self.has_parts:
            parts = (value(row, "birth_day"), value(row, "birth_month"), value(row, self.year_column))
            birth, remarks = read_birth_parts(*parts, self.today)
            self._say(row, "birth_day" if "birth_day" in self.table.columns else "birth_month", remarks, faults)
        elif "birth" in self.table.columns:
            birth, remarks = read_birth(value(row, "birth"), self.today)
            if remarks:
                self._say(row, "birth", remarks, faults)
        if self.has_sides:
            birth, gender = self._from_sides(row, birth, gender, faults)
        return birth, gender

    def _from_sides(
        self, row: TableRow, birth: Birth | None, gender: Gender, faults: list[Fault]
    ) -> tuple[Birth | None, Gender]:
        """Two columns, men and women: the filled one tells the gender, and the birth unless it is only ticked."""
        filled = [side for side in ("male", "female") if self.table.value(row, side) not in (None, "", 0)]
        if len(filled) > 1:
            self._say(
                row,
                "female",
                [Remark("error", N_("Both the column for men and that for women are filled."), {})],
                faults,
            )
            return birth, gender
        for side in filled:
            cell = self.table.value(row, side)
            gender = gender or ("male" if side == "male" else "female")
            dated = isinstance(cell, date | datetime)
            told = dated or (any(c.isdigit() for c in str(cell)) and str(cell).strip() != "1")
            if told and birth is None:
                birth, remarks = read_birth(cell, self.today)
                self._say(row, side, remarks, faults)
        return birth, gender

    def _unit_and_class(self, row: TableRow, faults: list[Fault]) -> tuple[str, str]:
        unit = self._text(row, "unit", faults)
        class_code = self._text(row, "class_code", faults)
        if row.heading:
            match = _CLASS_HEADING.match(row.heading)
            if match:
                class_code = class_code or match.group(1).strip(" .:-")[:40]
            else:
                unit = unit or _UNIT_HEADING.sub("", clean(row.heading)).rstrip(" :.")[:_MAX_TEXT]
        return unit or self._text(row, "commune", []) or self.unit, class_code or self.class_code

    def _text(self, row: TableRow, field: str, faults: list[Fault], limit: int = _MAX_TEXT) -> str:
        cell = self.table.value(row, field)
        if cell is None:
            return ""
        known = self.texts.get(cell)
        if known is None:
            raw = _as_text(cell)
            known = clean(raw), looks_legacy(raw)
            self.texts[cell] = known
        text, kind = known
        if kind:
            self._say(row, field, [_old_encoding(_as_text(cell), kind)], faults)
        elif len(text) > limit:
            values = {"length": len(text), "limit": limit, "start": text[:30]}
            message = N_('The text "%(start)s…" has %(length)d characters, more than %(limit)d.')
            self._say(row, field, [Remark("error", message, values)], faults)
        return text

    def _take(self, row: TableRow, field: str, read: "_Read[Taken]", faults: list[Fault]) -> Taken:
        value, remarks = read(self.table.value(row, field))
        if remarks:
            self._say(row, field, remarks, faults)
        return value

    def _say(self, row: TableRow, field: str, remarks: list[Remark], faults: list[Fault]) -> None:
        column = self.table.columns.get(field)
        letter, header = (column.letter, column.header) if column else ("", "")
        for severity, message, values in remarks:
            faults.append(Fault(self.table.sheet, row.number, letter, header, field, severity, message, values))


def _as_text(cell: Cell) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else str(cell)


def _old_encoding(text: str, kind: str) -> Remark:
    values: dict[str, object] = {"value": text[:40], "encoding": kind}
    return Remark("error", N_('"%(value)s" is in the old encoding %(encoding)s; type it in Unicode.'), values)


def _with_doubles(rows: list[RosterRow]) -> list[RosterRow]:
    """Report people who are named twice: by identity number, else by name, birth date and unit."""
    by_number: dict[str, RosterRow] = {}
    by_name: dict[tuple[str, Birth | None, str], RosterRow] = {}
    result: list[RosterRow] = []
    for row in rows:
        fault: Fault | None = None
        if row.id_number:
            first = by_number.setdefault(row.id_number, row)
            if first is not row:
                fault = _same_number(first, row)
        if row.full_name:
            first = by_name.setdefault((fold(row.full_name), row.birth, fold(row.unit_text)), row)
            different = first.id_number and row.id_number and first.id_number != row.id_number
            if first is not row and fault is None and not different:
                fault = _same_person(first, row)
        result.append(_with_faults(row, () if fault is None else (fault,)))
    return result


def _with_faults(row: RosterRow, faults: Sequence[Fault], *, first: bool = False) -> RosterRow:
    if not faults:
        return row
    values = {name: getattr(row, name) for name in RosterRow.__slots__}
    return RosterRow(**(values | {"faults": (*faults, *row.faults) if first else (*row.faults, *faults)}))


def _same_number(first: RosterRow, row: RosterRow) -> Fault:
    other_class = row.class_code != first.class_code and fold(row.full_name) == fold(first.full_name)
    values = {"sheet": first.sheet, "row": first.number, "name": first.full_name}
    if other_class:
        message = N_('Is also in row %(row)d of sheet "%(sheet)s", in another class.')
        return Fault(row.sheet, row.number, "", "", "id_number", "warning", message, values)
    message = N_('Has the same identity number as %(name)s in row %(row)d of sheet "%(sheet)s".')
    return Fault(row.sheet, row.number, "", "", "id_number", "error", message, values)


def _same_person(first: RosterRow, row: RosterRow) -> Fault:
    values = {"sheet": first.sheet, "row": first.number, "name": first.full_name}
    if row.class_code != first.class_code:
        message = N_('Is also in row %(row)d of sheet "%(sheet)s", in another class.')
        return Fault(row.sheet, row.number, "", "", "full_name", "warning", message, values)
    if row.birth is None:
        message = N_(
            'Has the same name and unit as row %(row)d of sheet "%(sheet)s", and neither gives a birth date.'
        )
        return Fault(row.sheet, row.number, "", "", "full_name", "error", message, values)
    message = N_('Has the same name, birth date and unit as row %(row)d of sheet "%(sheet)s".')
    return Fault(row.sheet, row.number, "", "", "full_name", "error", message, values)
