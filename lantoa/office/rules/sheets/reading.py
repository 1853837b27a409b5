"""Reading a table file: what it is by its content, whether it is safe, and its sheets as plain values."""

import io
import struct
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from lantoa.common.refused import N_
from lantoa.office.rules.sheets import packed
from lantoa.office.rules.sheets.delimited import read_delimited
from lantoa.office.rules.sheets.values import (
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_ROWS,
    MAX_TEXT,
    Cell,
    Merge,
    Sheet,
    SheetRefused,
    Workbook,
    cell_name,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK_BEGINS = struct.pack("<HHHH", 0x0809, 16, 0x0600, 0x0005)
_FILEPASS = 0x002F
_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_SIGNATURES = {
    b"%PDF": N_("a PDF file"),
    b"\x89PNG": N_("a picture"),
    b"\xff\xd8\xff": N_("a picture"),
    b"GIF8": N_("a picture"),
    b"Rar!": N_("a packed archive (rar)"),
    b"7z\xbc\xaf": N_("a packed archive (7z)"),
    b"{\\rtf": N_("a rich text document"),
    b"\x1f\x8b": N_("a packed archive (gzip)"),
}


def read_table_file(data: bytes, filename: str) -> Workbook:
    """The sheets of an .xlsx, .xls, .ods or .csv file as plain values.

    What the file is, is decided by its content, not by its name. Formulas are read as the values stored with
    them and never run; a text that begins with = + - @ stays a text. Whole numbers come as int, dates as date,
    dates with a time as datetime, times of day as text.

    Raises SheetRefused for a file that is empty, too big, damaged, locked, of another kind, in an old encoding,
    with more than 200,000 rows, 200 columns, 6,000,000 cells or 10,000 characters in a cell.
    """
    if not data.strip(b"\0\t\n\r "):
        raise SheetRefused(N_("Cannot read %(file)s: the file is empty."), file=filename)
    if len(data) > MAX_FILE_BYTES:
        raise SheetRefused(
            N_("Cannot read %(file)s: it has %(size)d MB, more than %(limit)d MB."),
            file=filename, size=len(data) // 1_000_000, limit=MAX_FILE_BYTES // 1_000_000,
        )  # fmt: skip
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_packed(data, filename)
    if data.startswith(_OLE):
        return _read_old_excel(data, filename)
    _refuse_other_kinds(data, filename)
    return Workbook(filename, "csv", [read_delimited(data, filename)])


def _refuse_other_kinds(data: bytes, filename: str) -> None:
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise SheetRefused(packed.NOT_A_TABLE, file=filename, kind=SheetRefused(kind))
    start = data[:4000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\t\n\r ").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start and start.startswith(b"<?xml"):
        raise SheetRefused(packed.NOT_A_TABLE, file=filename, kind=SheetRefused(N_("an Excel 2003 XML file")))
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style", b"<div")):
        raise SheetRefused(packed.NOT_A_TABLE, file=filename, kind=SheetRefused(N_("a web page (HTML)")))
    if start.startswith(b"<?xml"):
        raise SheetRefused(packed.NOT_A_TABLE, file=filename, kind=SheetRefused(N_("an XML file")))
    if not filename.lower().endswith(_TEXT_ENDINGS):
        kind = N_("plain text") if _is_text(data) else N_("unknown")
        raise SheetRefused(packed.NOT_A_TABLE, file=filename, kind=SheetRefused(kind))


def _is_text(data: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in data[:4000])


def _read_packed(data: bytes, filename: str) -> Workbook:
    inside = packed.look_inside(data, filename)
    sheets = _read_sheets(data, filename, inside.merges)
    return Workbook(filename, "ods" if inside.kind == "ods" else "xlsx", sheets, inside.notes)


def _read_old_excel(data: bytes, filename: str) -> Workbook:
    if _stream("EncryptedPackage") in data:
        raise SheetRefused(packed.LOCKED, file=filename)
    if _stream("WordDocument") in data:
        raise SheetRefused(packed.NOT_A_TABLE, file=filename, kind=SheetRefused(N_("a Word document")))
    if _stream("Workbook") not in data and _stream("Book") not in data:
        raise SheetRefused(packed.NOT_A_TABLE, file=filename, kind=SheetRefused(N_("unknown")))
    if _is_locked_old_excel(data):
        raise SheetRefused(packed.LOCKED, file=filename)
    return Workbook(filename, "xls", _read_sheets(data, filename, {}))


def _is_locked_old_excel(data: bytes) -> bool:
    """Does a FILEPASS record follow soon after the beginning of the workbook? (MS-XLS 2.4.117)"""
    place = data.find(_WORKBOOK_BEGINS)
    for _ in range(20):
        if place < 0 or place + 4 > len(data):
            return False
        record, length = struct.unpack_from("<HH", data, place)
        if record == _FILEPASS:
            return True
        place += 4 + length
    return False


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le")


def _read_sheets(data: bytes, filename: str, merges: dict[str, list[Merge]]) -> list[Sheet]:
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [
                _read_sheet(book.get_sheet_by_index(index), filename, about, merges.get(about.name))
                for index, about in enumerate(book.sheets_metadata)
                if about.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as error:
        raise SheetRefused(packed.LOCKED, file=filename) from error
    except calamine.CalamineError as error:
        raise SheetRefused(packed.DAMAGED, file=filename, detail=str(error)[:200]) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own crash on a crafted file
            raise
        raise SheetRefused(packed.DAMAGED, file=filename, detail="the reader stopped") from error


def _read_sheet(
    sheet: calamine.CalamineSheet, filename: str, about: calamine.SheetMetadata, merges: list[Merge] | None
) -> Sheet:
    hidden = about.visible != calamine.SheetVisibleEnum.Visible
    if sheet.end is None:
        return Sheet(about.name, [], [], hidden)
    last_row, last_column = sheet.end
    if last_row >= MAX_ROWS:
        raise packed.refuse_too_many_rows(filename, about.name, last_row + 1)
    if last_column >= MAX_COLUMNS:
        raise packed.refuse_too_many_columns(filename, about.name, last_column + 1)
    packed.check_cells(filename, about.name, last_row + 1, last_column + 1)
    if merges is None:
        merges = [Merge(*start, *end) for start, end in sheet.merged_cell_ranges or []]
    rows = [
        _plain_row(row, number, filename, about.name)
        for number, row in enumerate(sheet.to_python(skip_empty_area=False))
    ]
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    return Sheet(about.name, rows, merges, hidden)


_Raw = str | int | float | bool | time | date | datetime | timedelta


def _plain_row(row: list[_Raw], number: int, filename: str, sheet: str) -> list[Cell]:
    plain: list[Cell] = []
    for value in row:
        if isinstance(value, str):
            if len(value) > MAX_TEXT:
                raise SheetRefused(
                    N_(
                        'Cannot read %(file)s: cell %(cell)s of sheet "%(sheet)s" has %(length)d characters, '
                        "more than %(limit)d."
                    ),
                    file=filename,
                    sheet=sheet,
                    cell=cell_name(number, len(plain)),
                    length=len(value),
                    limit=MAX_TEXT,
                )
            plain.append(value or None)
        elif isinstance(value, float):
            plain.append(int(value) if value.is_integer() and abs(value) < 1e15 else value)
        elif isinstance(value, time):
            plain.append(value.isoformat("minutes"))
        elif isinstance(value, timedelta):
            plain.append(str(value))
        else:
            plain.append(value)
    return plain
