"""Giving a table file back with its faults marked."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from lantoa.common.refused import N_
from lantoa.office.rules.sheets.values import Cell, Fault, Sheet, Workbook, column_number

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_LINKS = 1_000
_BAD_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d .]+$")

Say = Callable[[str, Mapping[str, Any]], str]


def safe_cell(text: str) -> str:
    """The text for a .csv cell, so that no spreadsheet takes it for a formula.

    A text that begins with = + - @ or a control character gets an apostrophe in front; numbers such as -3 or
    +84 912 345 678 stay. (For .xlsx it is enough to write it as a string.)
    """
    if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and text[:1] and not _PLAIN_NUMBER.match(text):
        return "'" + text
    return text


def _plainly(message: str, values: Mapping[str, Any]) -> str:
    return message % values if values else message


def mark_faults(workbook: Workbook, faults: Iterable[Fault], *, say: Say = _plainly) -> bytes:
    """The workbook as .xlsx with its faults: cells filled, the words in a last column "Faults", a summary in
    front.

    Rows and columns stand where they stood; texts stay texts, so that nothing becomes a formula. `say` puts a
    message and its values into the reader's language (`lantoa.common.words.fill`). Made in constant memory.
    """
    by_sheet: dict[str, dict[int, list[Fault]]] = {}
    ordered = sorted(faults, key=lambda fault: (fault.severity != "error", fault.sheet, fault.row, fault.column))
    for fault in ordered:
        by_sheet.setdefault(fault.sheet, {}).setdefault(fault.row, []).append(fault)
    target = io.BytesIO()
    import xlsxwriter  # late: it costs every start a tenth of a second

    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = _formats(book)
    names = _sheet_names([say(N_("Summary of faults"), {})] + [sheet.name for sheet in workbook.sheets])
    _write_summary(
        book.add_worksheet(names[0]),
        workbook,
        ordered,
        dict(zip((s.name for s in workbook.sheets), names[1:], strict=True)),
        formats,
        say,
    )
    for sheet, name in zip(workbook.sheets, names[1:], strict=True):
        _write_sheet(book.add_worksheet(name), sheet, by_sheet.get(sheet.name, {}), formats, say)
    book.close()
    return target.getvalue()


def _formats(book: "xlsxwriter.Workbook") -> "dict[str, Format]":
    looks: dict[str, dict[str, Any]] = {
        "": {},
        "error": {"bg_color": "#F6D7D2"},
        "warning": {"bg_color": "#FFF4CC"},
    }
    formats: dict[str, Format] = {}
    for severity, look in looks.items():
        formats[severity] = book.add_format(look)
        formats[severity + "date"] = book.add_format(look | {"num_format": "dd/mm/yyyy"})
        formats[severity + "time"] = book.add_format(look | {"num_format": "dd/mm/yyyy hh:mm"})
    formats["title"] = book.add_format({"bold": True, "font_size": 14})
    formats["header"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    formats["words"] = book.add_format({"font_color": "#942514"})
    return formats


def _sheet_names(names: Sequence[str]) -> list[str]:
    """Names Excel accepts (31 characters, none of []:*?/\\), each used once."""
    taken: set[str] = set()
    result = []
    for number, name in enumerate(names, 1):
        base = _BAD_IN_NAMES.sub(" ", name).strip(" '")[:31] or f"{number}"
        short, copy = base, 2
        while short.lower() in taken:
            short = f"{base[:27]} ({copy})"
            copy += 1
        taken.add(short.lower())
        result.append(short)
    return result


def _write_summary(
    page: "Worksheet",
    workbook: Workbook,
    faults: Sequence[Fault],
    names: Mapping[str, str],
    formats: "dict[str, Format]",
    say: Say,
) -> None:
    page.set_column(0, 0, 70)
    page.set_column(1, 3, 16)
    page.set_column(4, 4, 90)
    errors = sum(fault.severity == "error" for fault in faults)
    page.write_string(0, 0, say(N_("Faults found in %(file)s"), {"file": workbook.filename}), formats["title"])
    counts = {"errors": errors, "warnings": len(faults) - errors}
    page.write_string(1, 0, say(N_("Errors (red): %(errors)d. Warnings (yellow): %(warnings)d."), counts))
    row = 3
    kinds = Counter((fault.severity, fault.message) for fault in faults)
    examples: dict[tuple[str, str], Fault] = {}
    for fault in faults:
        examples.setdefault((fault.severity, fault.message), fault)
    for text, column in ((N_("For example"), 0), (N_("How many"), 1)):
        page.write_string(row, column, say(text, {}), formats["header"])
    for kind, count in sorted(kinds.items(), key=lambda item: (item[0][0] != "error", -item[1], item[0][1])):
        row += 1
        example = examples[kind]
        page.write_string(row, 0, say(example.message, example.values), formats[kind[0]])
        page.write_number(row, 1, count)
    row += 2
    for text, column in (
        (N_("Where"), 0),
        (N_("Sheet"), 1),
        (N_("Row"), 2),
        (N_("Column"), 3),
        (N_("What is wrong"), 4),
    ):
        page.write_string(row, column, say(text, {}), formats["header"])
    for fault in faults[:_LINKS]:
        row += 1
        place = f"{fault.column or 'A'}{fault.row}"
        name = names.get(fault.sheet)
        if name is None:
            page.write_string(row, 0, place)
        else:
            page.write_url(row, 0, "internal:'" + name.replace("'", "''") + f"'!{place}", None, place)
        page.write_string(row, 1, fault.sheet[:1000])
        page.write_number(row, 2, fault.row)
        if fault.header or fault.column:
            page.write_string(row, 3, fault.header or fault.column)
        page.write_string(row, 4, say(fault.message, fault.values))
    if len(faults) > _LINKS:
        words = N_("… and %(count)d more, marked in the sheets.")
        page.write_string(row + 1, 0, say(words, {"count": len(faults) - _LINKS}))


def _write_sheet(
    page: "Worksheet", sheet: Sheet, faults: dict[int, list[Fault]], formats: "dict[str, Format]", say: Say
) -> None:
    last = sheet.width
    if faults:
        page.set_column(last, last, 80)
    first = min(faults, default=0)
    heading_row = _header_above(sheet, first)
    for index in range(max(len(sheet.rows), max(faults, default=0))):
        cells = sheet.rows[index] if index < len(sheet.rows) else []
        here = faults.get(index + 1)
        if here is None:
            _write_row(page, index, cells, {}, formats)
            if faults and index == heading_row:
                page.write_string(index, last, say(N_("Faults"), {}), formats["header"])
            continue
        marks: dict[int, str] = {}
        for fault in reversed(here):  # errors come first and are written last
            if fault.column:
                marks[column_number(fault.column)] = fault.severity
        if not marks:
            marks = dict.fromkeys((i for i, cell in enumerate(cells) if cell is not None), here[0].severity)
        _write_row(page, index, cells, marks, formats)
        page.write_string(
            index, last, "; ".join(say(fault.message, fault.values) for fault in here)[:32_000], formats["words"]
        )


def _header_above(sheet: Sheet, first: int) -> int:
    """The row (from 0) above the first fault that has the most texts and nothing else: usually the header."""
    best, most = 0, 1
    for index in range(min(first - 1, len(sheet.rows), 60)):
        cells = [cell for cell in sheet.rows[index] if cell is not None]
        if len(cells) > most and all(isinstance(cell, str) for cell in cells):
            best, most = index, len(cells)
    return best


def _write_row(
    page: "Worksheet", index: int, cells: Sequence[Cell], marks: dict[int, str], formats: "dict[str, Format]"
) -> None:
    for column, value in enumerate(cells):
        severity = marks.get(column, "")
        if value is None:
            if severity:
                page.write_blank(index, column, None, formats[severity])
        elif isinstance(value, str):
            page.write_string(index, column, value, formats[severity] if severity else None)
        elif isinstance(value, bool):
            page.write_boolean(index, column, value, formats[severity] if severity else None)
        elif isinstance(value, int | float):
            page.write_number(index, column, value, formats[severity] if severity else None)
        elif isinstance(value, datetime):
            page.write_datetime(index, column, value, formats[severity + "time"])
        elif isinstance(value, date):
            page.write_datetime(index, column, value, formats[severity + "date"])
