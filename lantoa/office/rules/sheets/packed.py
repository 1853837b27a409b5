"""What a packed file (.xlsx, .ods) holds, looked at before anything is unpacked into memory."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import basename, join, normpath
from xml.etree import ElementTree
from xml.parsers import expat

from lantoa.common.refused import N_
from lantoa.office.rules.sheets.values import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ENTRIES,
    MAX_PACKING_RATIO,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    Merge,
    Note,
    SheetRefused,
    cell_name,
)

DAMAGED = N_("Cannot read %(file)s: the file is damaged (%(detail)s). Open it, save it again and send the new file.")
_CHUNK = 1 << 20
_SMALL = 5_000_000


@dataclass(slots=True)
class Unpacked:
    """What was learned on the way: merged ranges (only where the reader does not tell them) and notes."""

    kind: str
    merges: dict[str, list[Merge]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def look_inside(data: bytes, filename: str) -> Unpacked:
    """Check a zip file's sizes and kind; refuse what is too big, damaged, locked or not a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive, filename)
            kind = _kind_of(archive, filename)
            return _look_at_ods(archive, filename) if kind == "ods" else _look_at_xlsx(archive, filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, ElementTree.ParseError, KeyError) as error:
        raise SheetRefused(DAMAGED, file=filename, detail=str(error)) from error
    except (NotImplementedError, RuntimeError) as error:  # packed in an unusual or locked way
        raise SheetRefused(DAMAGED, file=filename, detail=str(error)) from error


def _check_sizes(archive: zipfile.ZipFile, filename: str) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise SheetRefused(
            N_("Cannot read %(file)s: it holds %(count)d parts, more than %(limit)d."),
            file=filename, count=len(entries), limit=MAX_ENTRIES,
        )  # fmt: skip
    if len({entry.filename for entry in entries}) < len(entries):
        raise SheetRefused(DAMAGED, file=filename, detail="two parts of one name")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        raise SheetRefused(
            N_("Cannot read %(file)s: unpacked it would take %(size)d MB, more than %(limit)d MB."),
            file=filename, size=unpacked // 1_000_000, limit=MAX_UNPACKED_BYTES // 1_000_000,
        )  # fmt: skip
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > MAX_PACKING_RATIO * max(1, entry.compress_size):
            raise SheetRefused(
                N_(
                    "Cannot read %(file)s: its part %(part)s unpacks to %(ratio)d times its size, more than "
                    "%(limit)d."
                ),
                file=filename, part=entry.filename, ratio=entry.file_size // max(1, entry.compress_size),
                limit=MAX_PACKING_RATIO,
            )  # fmt: skip


_OTHER_KINDS = {
    "word/document.xml": N_("a Word document"),
    "ppt/presentation.xml": N_("a PowerPoint presentation"),
    "xl/workbook.bin": N_("a binary Excel workbook (.xlsb)"),
}
NOT_A_TABLE = N_(
    "Cannot read %(file)s as a table: its content is %(kind)s. Save the list as .xlsx, .xls, .ods "
    "or .csv and send that."
)
LOCKED = N_("Cannot read %(file)s: it is locked with a password. Save it without a password and send it again.")


def _kind_of(archive: zipfile.ZipFile, filename: str) -> str:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "xlsx"
    for name, kind in _OTHER_KINDS.items():
        if name in names:
            raise SheetRefused(NOT_A_TABLE, file=filename, kind=SheetRefused(kind))
    mimetype = archive.read("mimetype")[:200].decode("ascii", "replace") if "mimetype" in names else ""
    if mimetype.startswith("application/vnd.oasis.opendocument.spreadsheet") and "content.xml" in names:
        return "ods"
    if mimetype.startswith("application/vnd.oasis.opendocument"):
        raise SheetRefused(NOT_A_TABLE, file=filename, kind=SheetRefused(N_("another kind of OpenDocument file")))
    raise SheetRefused(NOT_A_TABLE, file=filename, kind=SheetRefused(N_("a packed archive (zip)")))


def refuse_too_many_rows(filename: str, sheet: str, rows: int) -> SheetRefused:
    """The refusal of a sheet with more rows than are read at once."""
    return SheetRefused(
        N_('Cannot read %(file)s: sheet "%(sheet)s" has data down to row %(rows)d, more than %(limit)d rows.'),
        file=filename, sheet=sheet, rows=rows, limit=MAX_ROWS,
    )  # fmt: skip


def refuse_too_many_columns(filename: str, sheet: str, columns: int) -> SheetRefused:
    """The refusal of a sheet with more columns than any list of people has."""
    return SheetRefused(
        N_('Cannot read %(file)s: sheet "%(sheet)s" has data in %(columns)d columns, more than %(limit)d.'),
        file=filename, sheet=sheet, columns=columns, limit=MAX_COLUMNS,
    )  # fmt: skip


def check_cells(filename: str, sheet: str, rows: int, columns: int) -> None:
    """Refuse a sheet whose rectangle from A1 to its last value is too big to hold."""
    if rows * columns > MAX_CELLS:
        raise SheetRefused(
            N_('Cannot read %(file)s: sheet "%(sheet)s" spans %(cells)d cells, more than %(limit)d.'),
            file=filename, sheet=sheet, cells=rows * columns, limit=MAX_CELLS,
        )  # fmt: skip


# .xlsx

_FAR_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["'](?:([A-Za-z]{2,7})(\d+)|[A-Za-z](\d{6,9}))["'][^<>]*?(/?)>"""
)
_FAR_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^<>]*?\s)?r\s*=\s*["'](\d{6,9})["']""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_UNNAMED_CELL = re.compile(rb"""<(?:\w+:)?c(?:\s(?![^<>]*?\br\s*=\s*["'][A-Za-z]+\d+["'])[^<>]*)?/?>""")
_NAMED_CELL = rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]+)(\d+)"[^<>]*"""
_EMPTY_FORMULA = re.compile(
    _NAMED_CELL + rb""">\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_ERROR_CELL = re.compile(
    _NAMED_CELL + rb"""?\st="e"[^<>]*>(?:(?!</(?:\w+:)?c>).){0,500}?<(?:\w+:)?v>([^<]*)""", re.DOTALL
)
_VALUED_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["'][A-Za-z]+(\d+)["'](?:[^<>]*[^<>/])?>""")
_MOST_NOTES = 1_000


def _look_at_xlsx(archive: zipfile.ZipFile, filename: str) -> Unpacked:
    unpacked = Unpacked("xlsx")
    names = _sheet_names(archive)
    for entry in archive.infolist():
        sheet = names.get(entry.filename, basename(entry.filename))
        far_cells = _FarCells(filename, sheet)
        for chunk in _chunks(archive, entry):
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise SheetRefused(DAMAGED, file=filename, detail=f"{entry.filename}: a document type is declared")
            far_cells.look(chunk)
            if len(unpacked.notes) < _MOST_NOTES:
                unpacked.notes.extend(_notes_in(chunk, sheet))
        if far_cells.columns > 26:
            valued = (int(row) for chunk in _chunks(archive, entry) for row in _VALUED_CELL.findall(chunk))
            check_cells(filename, sheet, max(valued, default=0), far_cells.columns)
    return unpacked


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked part in pieces that never cut a tag; reading it all also proves its size and checksum."""
    rest = b""
    with archive.open(entry) as part:
        while piece := part.read(_CHUNK):
            piece = rest + piece
            cut = piece.rfind(b"</row>") + 6
            if cut < 6:
                cut = piece.rfind(b"<")
            if cut < 0:
                cut = len(piece)
            if cut == 0 and len(piece) > 8 * _CHUNK:
                raise zipfile.BadZipFile(f"{entry.filename}: a tag without end")
            if cut:
                yield piece[:cut]
            rest = piece[cut:]
    if rest:
        yield rest


class _FarCells:
    """Finds the cells with a value that stand beyond the limits; empty formatted cells do not count."""

    def __init__(self, filename: str, sheet: str) -> None:
        self.filename = filename
        self.sheet = sheet
        self.rows = 0
        self.columns = 26

    def look(self, chunk: bytes) -> None:
        """Refuse the sheet when this piece of it goes beyond the limits."""
        for match in _FAR_CELL.finditer(chunk):
            letters, row, far_row, empty = match.groups()
            if empty:
                continue
            if int(row or far_row) > MAX_ROWS:
                raise refuse_too_many_rows(self.filename, self.sheet, int(row or far_row))
            if letters and _column(letters) >= MAX_COLUMNS:
                raise refuse_too_many_columns(self.filename, self.sheet, _column(letters) + 1)
            if letters:
                self.columns = max(self.columns, _column(letters) + 1)
        rows = len(_ROW.findall(chunk))
        self.rows += rows
        if len(_CELL.findall(chunk)) != chunk.count(b'<c r="') and _UNNAMED_CELL.search(chunk):
            self._look_at_unnamed(chunk)

    def _look_at_unnamed(self, chunk: bytes) -> None:
        """Cells may leave out where they stand; then they follow each other, and are counted."""
        far = max((int(row) for row in _FAR_ROW.findall(chunk)), default=0)
        if max(self.rows, far) > MAX_ROWS:
            raise refuse_too_many_rows(self.filename, self.sheet, max(self.rows, far))
        widest = max((len(_CELL.findall(part)) for part in _ROW.split(chunk)), default=0)
        if widest > MAX_COLUMNS:
            raise refuse_too_many_columns(self.filename, self.sheet, widest)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _notes_in(chunk: bytes, sheet: str) -> Iterator[Note]:
    if b"<f" in chunk or b":f>" in chunk:
        for match in _EMPTY_FORMULA.finditer(chunk):
            yield _empty_formula(sheet, int(match[2]) - 1, _column(match[1]))
    if b't="e"' in chunk:
        for match in _ERROR_CELL.finditer(chunk):
            row, column = int(match[2]) - 1, _column(match[1])
            yield Note(
                sheet, row, column,
                N_("Cell %(cell)s shows the error %(error)s; it is read as empty."),
                {"cell": cell_name(row, column), "error": match[3].decode("utf-8", "replace")[:20]},
            )  # fmt: skip


def _empty_formula(sheet: str, row: int, column: int) -> Note:
    return Note(
        sheet, row, column,
        N_(
            "Cell %(cell)s holds a formula whose result was never saved; it is read as empty. Open the "
            "file in Excel and save it."
        ),
        {"cell": cell_name(row, column)},
    )  # fmt: skip


_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Which part of the file is which sheet."""
    try:
        targets = {
            rel.get("Id"): normpath(join("xl", (rel.get("Target") or "").removeprefix("/xl/")))
            for rel in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
    except KeyError:
        return {}
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = [element for element in workbook.iter() if element.tag.endswith("}sheet")]
    found = {targets.get(sheet.get(_REL)): sheet.get("name") for sheet in sheets}
    return {target: name for target, name in found.items() if target and name}


# .ods

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def _look_at_ods(archive: zipfile.ZipFile, filename: str) -> Unpacked:
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise SheetRefused(LOCKED, file=filename)
    for entry in archive.infolist():
        for _ in _chunks(archive, entry):
            pass
    reader = _OdsReader(filename)
    with archive.open("content.xml") as content:
        reader.parser.ParseFile(content)
    return reader.unpacked


class _OdsReader:
    """Walks through an .ods table counting the rows and columns its repetitions stand for."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.unpacked = Unpacked("ods")
        self.sheet = ""
        self.row = self.column = self.columns = 0
        self.row_repeats = 1
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _refuse_doctype(self, *_: object) -> None:
        raise SheetRefused(DAMAGED, file=self.filename, detail="content.xml: a document type is declared")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TABLE} table":
            self.sheet, self.row, self.columns = attributes.get(f"{_TABLE} name", ""), 0, 0
            self.unpacked.merges.setdefault(self.sheet, [])
        elif name == f"{_TABLE} table-row":
            self.column = 0
            self.row_repeats = _count(attributes.get(f"{_TABLE} number-rows-repeated"))
        elif name in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            self._cell(attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        repeats = _count(attributes.get(f"{_TABLE} number-columns-repeated"))
        filled = f"{_OFFICE} value-type" in attributes
        if filled and self.column + repeats > MAX_COLUMNS:
            raise refuse_too_many_columns(self.filename, self.sheet, self.column + repeats)
        if filled and self.row + self.row_repeats > MAX_ROWS:
            raise refuse_too_many_rows(self.filename, self.sheet, self.row + self.row_repeats)
        if filled:
            self.columns = max(self.columns, self.column + repeats)
            check_cells(self.filename, self.sheet, self.row + self.row_repeats, self.columns)
        if f"{_TABLE} formula" in attributes and not filled and len(self.unpacked.notes) < _MOST_NOTES:
            self.unpacked.notes.append(_empty_formula(self.sheet, self.row, self.column))
        down, right = (_count(attributes.get(f"{_TABLE} number-{side}-spanned")) for side in ("rows", "columns"))
        if (down > 1 or right > 1) and self.column < MAX_COLUMNS:
            merge = Merge(self.row, self.column, self.row + down - 1, self.column + right - 1)
            self.unpacked.merges[self.sheet].append(merge)
        self.column += repeats

    def _end(self, name: str) -> None:
        if name == f"{_TABLE} table-row":
            self.row += self.row_repeats


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 1
