"""Reading table files: what comes in, and the words with which the rest is refused."""

import csv
import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.office.rules.sheets import Merge, SheetRefused, read_table_file

ROWS: list[list[Any]] = [["Họ và tên", "Năm sinh"], ["Nguyễn Văn An", 1985], ["Trần Thị Bé", 1990]]


def xlsx(rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "DS"
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(rows: Sequence[Sequence[Any]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("DS")
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            sheet.write(i, j, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


MORNING = dt.datetime(1985, 10, 5, 8, 30)  # noqa: DTZ001 -- cells have no time zone
NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def ods(body: str, extra: dict[str, str] | None = None) -> bytes:
    content = (
        f'<?xml version="1.0"?><office:document-content {NAMESPACES} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="DS">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": manifest}
    return zipped(parts | {"content.xml": content} | (extra or {}))


def ods_row(*cells: str) -> str:
    filled = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f"<table:table-row>{filled}</table:table-row>"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_sheet_xml(change: Callable[[bytes], bytes], rows: Sequence[Sequence[Any]] = ROWS) -> bytes:
    """An .xlsx whose sheet is changed behind the back of any library."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(rows))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            copy.writestr(entry.filename, change(content) if "worksheets/" in entry.filename else content)
    return target.getvalue()


def refusal(data: bytes, filename: str = "ds.xlsx") -> str:
    with pytest.raises(SheetRefused) as refused:
        read_table_file(data, filename)
    return str(refused.value)


def cells(data: bytes, filename: str = "ds.xlsx") -> list[list[Any]]:
    return [list(row) for row in read_table_file(data, filename).sheets[0].rows]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (xlsx(ROWS), "xlsx"),
        (xls(ROWS), "xls"),
        (ods("".join(ods_row(*map(str, row)) for row in ROWS)), "ods"),
        ("\n".join(",".join(map(str, row)) for row in ROWS).encode(), "csv"),
    ],
)
def test_the_four_kinds_are_read_alike(data: bytes, kind: str) -> None:
    workbook = read_table_file(data, f"ds.{kind}")
    assert workbook.kind == kind
    assert [[str(cell) for cell in row] for row in workbook.sheets[0].rows] == [[str(c) for c in row] for row in ROWS]


def test_the_content_decides_and_not_the_name() -> None:
    assert read_table_file(xlsx(ROWS), "ds.xls").kind == "xlsx"
    assert read_table_file(xls(ROWS), "ds.xlsx").kind == "xls"
    assert read_table_file(xlsx(ROWS), "ds.csv").kind == "xlsx"


def test_values_keep_their_kind() -> None:
    row = ["text", 12, 1.5, True, dt.date(1985, 10, 5), MORNING, dt.time(8, 30), None, "x"]
    assert cells(xlsx([row])) == [["text", 12, 1.5, True, dt.date(1985, 10, 5), MORNING, "08:30", None, "x"]]


def test_rows_start_at_the_first_cell_of_the_sheet_even_when_it_is_empty() -> None:
    def change(sheet: Any) -> None:
        sheet["C3"] = "here"

    assert cells(xlsx([], change)) == [[None] * 3, [None] * 3, [None, None, "here"]]


def test_merged_cells_are_told_for_every_kind_that_has_them() -> None:
    workbook = read_table_file(xlsx(ROWS, lambda sheet: sheet.merge_cells("A5:B6")), "ds.xlsx")
    assert workbook.sheets[0].merges == [Merge(4, 0, 5, 1)]
    spanned = (
        '<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2">'
        "<text:p>Năm sinh</text:p></table:table-cell><table:covered-table-cell/></table:table-row>"
    )
    assert read_table_file(ods(ods_row("a", "b") + spanned), "ds.ods").sheets[0].merges == [Merge(1, 0, 1, 1)]


def test_hidden_sheets_are_read_and_said_to_be_hidden() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("hidden").sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    sheets = read_table_file(target.getvalue(), "ds.xlsx").sheets
    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [("Sheet", False), ("hidden", True)]


def test_a_formula_is_read_as_its_stored_value_and_never_run() -> None:
    def change(content: bytes) -> bytes:
        return content.replace(b"<v>1985</v>", b"<f>1980+5</f><v>1984</v>")

    assert cells(with_sheet_xml(change))[1] == ["Nguyễn Văn An", 1984]


def test_a_formula_without_a_stored_value_is_empty_with_a_note() -> None:
    workbook = read_table_file(xlsx([["a", "b"], ["x", "=1+1"], ["y", 2]]), "ds.xlsx")
    assert list(workbook.sheets[0].rows[1]) == ["x", None]
    (note,) = workbook.notes
    assert (note.sheet, note.row, note.column) == ("DS", 1, 1)
    assert note.message % note.values == (
        "Cell B2 holds a formula whose result was never saved; it is read as empty. "
        "Open the file in Excel and save it."
    )


def test_an_error_cell_is_empty_with_a_note() -> None:
    workbook = read_table_file(xlsx([["a", "b"], ["x", "#N/A"], ["y", 2]]), "ds.xlsx")
    assert list(workbook.sheets[0].rows[1]) == ["x", None]
    assert [note.message % note.values for note in workbook.notes] == [
        "Cell B2 shows the error #N/A; it is read as empty."
    ]


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    assert cells(b"a,b\n=1+1,@x\n-x,+y\n", "ds.csv") == [["a", "b"], ["=1+1", "@x"], ["-x", "+y"]]


def test_formatting_far_below_the_data_does_not_count() -> None:
    def change(content: bytes) -> bytes:
        return content.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>')

    assert len(cells(with_sheet_xml(change))) == 3


# .csv


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_delimiter_and_every_unicode_encoding_is_recognised(delimiter: str, encoding: str) -> None:
    target = io.StringIO()
    rows = [["Họ và tên", "Đơn vị"], ["Nguyễn Văn An", "UBND xã A, huyện B; tỉnh C"], ["Lê Bé", "0912"]]
    csv.writer(target, delimiter=delimiter).writerows(rows)
    assert cells(target.getvalue().encode(encoding), "ds.csv") == rows


def test_leading_zeros_of_a_csv_stay() -> None:
    assert cells(b"a,b\n0912345678,001\n", "ds.csv")[1] == ["0912345678", "001"]


def test_the_line_sep_names_the_delimiter_and_row_numbers_stay_as_in_excel() -> None:
    assert cells(b"sep=;\na,1;b\nc;d\n", "ds.csv") == [[None, None], ["a,1", "b"], ["c", "d"]]


def test_a_line_break_in_quotes_is_part_of_the_cell() -> None:
    assert cells(b'a,b\n"x\ny",z\n', "ds.csv") == [["a", "b"], ["x\ny", "z"]]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (b"STT,H\xe4 v\xb5 t\xaan\n1,Nguy\xd4n V\xa8n An\n", "TCVN3"),
        ("STT,Hoï vaø teân\n1,Nguyeãn Vaên Höông\n".encode("latin-1"), "VNI"),
        ("STT,Ho\u0323 và tên\n1,Nguyê\u0303n Văn Đư\u0301c\n".encode("cp1258"), "CP1258"),
    ],
)
def test_old_encodings_are_refused_by_name(text: bytes, encoding: str) -> None:
    assert refusal(text, "ds.csv") == (
        f"Cannot read ds.csv: its text is in the old encoding {encoding}. "
        "Convert it to Unicode (UTF-8) and send it again."
    )


def test_an_unknown_encoding_is_refused() -> None:
    assert refusal(b"a,b\n\xff\xfe\xfd,\x81\n", "ds.csv") == (
        "Cannot read ds.csv: its text is neither UTF-8 nor UTF-16. Save it as CSV UTF-8 and send it again."
    )


def test_text_that_breaks_off_is_refused() -> None:
    assert (
        refusal(b"\xff\xfea\0b\0c", "ds.csv")
        == "Cannot read ds.csv: it begins as UTF-16 text but breaks off at byte 6."
    )


def test_control_characters_are_no_text() -> None:
    assert refusal(b"a,b\x01\n", "ds.csv") == (
        "Cannot read ds.csv as a table: it is no text (control character U+0001 at place 3)."
    )


# refusals


@pytest.mark.parametrize("data", [b"", b"\n\n  ", b"\0\0"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "Cannot read ds.xlsx: the file is empty."


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
EXCEL_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
WRITER = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("data", "filename", "kind"),
    [
        (b"%PDF-1.7 ...", "ds.xlsx", "a PDF file"),
        (b"\x89PNG\r\n", "ds.xlsx", "a picture"),
        (b"<html><table><tr><td>STT</td></tr></table></html>", "ds.xls", "a web page (HTML)"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", "ds.xls", "a web page (HTML)"),
        (EXCEL_2003, "ds.xls", "an Excel 2003 XML file"),
        (b'<?xml version="1.0"?><x/>', "ds.csv", "an XML file"),
        (b"STT\tHo ten\n1\tAn\n", "ds.xls", "plain text"),
        (b"\x00\x01\x02abc", "ds.xlsx", "unknown"),
        (zipped({"word/document.xml": "<w/>"}), "ds.xlsx", "a Word document"),
        (zipped({"ppt/presentation.xml": "<p/>"}), "ds.xlsx", "a PowerPoint presentation"),
        (zipped({"xl/workbook.bin": b"x"}), "ds.xlsx", "a binary Excel workbook (.xlsb)"),
        (zipped({"a.txt": "x"}), "ds.xlsx", "a packed archive (zip)"),
        (zipped({"mimetype": WRITER, "content.xml": "<x/>"}), "a.ods", "another kind of OpenDocument file"),
        (OLE + "WordDocument".encode("utf-16-le"), "ds.xls", "a Word document"),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_refused_by_its_content(data: bytes, filename: str, kind: str) -> None:
    assert refusal(data, filename) == (
        f"Cannot read {filename} as a table: its content is {kind}. "
        "Save the list as .xlsx, .xls, .ods or .csv and send that."
    )


LOCKED = "Cannot read {}: it is locked with a password. Save it without a password and send it again."


def test_a_file_locked_with_a_password_is_refused() -> None:
    assert refusal(OLE + "EncryptedPackage".encode("utf-16-le")) == LOCKED.format("ds.xlsx")
    locked_ods = ods(ods_row("a"), {"META-INF/manifest.xml": "<m><encryption-data/></m>"})
    assert refusal(locked_ods, "ds.ods") == LOCKED.format("ds.ods")


def test_an_old_excel_file_locked_with_a_password_is_refused() -> None:
    data = xls(ROWS)
    begin = data.index(struct.pack("<HHHH", 0x0809, 16, 0x0600, 0x0005)) + 20
    locked = data[:begin] + struct.pack("<H", 0x002F) + data[begin + 2 :]
    assert refusal(locked, "ds.xls") == LOCKED.format("ds.xls")


def test_a_damaged_file_is_refused() -> None:
    data = xlsx(ROWS)
    assert refusal(data[: len(data) // 2]) == (
        "Cannot read ds.xlsx: the file is damaged (File is not a zip file). "
        "Open it, save it again and send the new file."
    )
    flipped = bytearray(data)
    place = data.index(b"xl/worksheets/sheet1.xml") + 60
    flipped[place] ^= 0xFF
    assert refusal(bytes(flipped)).startswith("Cannot read ds.xlsx: the file is damaged (")
    assert refusal(xls(ROWS)[:1500] + b"\0" * 200, "ds.xls").startswith("Cannot read ds.xls")


def test_too_many_bytes_are_refused_before_reading() -> None:
    assert refusal(b"x" * 50_000_001, "ds.csv") == "Cannot read ds.csv: it has 50 MB, more than 50 MB."


def test_a_packing_bomb_is_refused_before_unpacking() -> None:
    bomb = zipped({"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": b"0" * 20_000_000})
    assert refusal(bomb) == (
        "Cannot read ds.xlsx: its part xl/worksheets/sheet1.xml unpacks to 1028 times its size, more than 200."
    )


def test_an_untrue_size_is_refused() -> None:
    data = bytearray(zipped({"xl/workbook.xml": "<x/>", "xl/a.xml": b"0" * 100_000}))
    size = struct.pack("<I", 100_000)
    while size in data:
        place = data.index(size)
        data[place : place + 4] = struct.pack("<I", 10)
    assert refusal(bytes(data)).startswith("Cannot read ds.xlsx: the file is damaged (Bad CRC-32")


def test_a_file_that_would_fill_the_memory_is_refused() -> None:
    part = bytes(range(256)) * 400_000
    bomb = zipped({"xl/workbook.xml": "<x/>", **{f"xl/{i}.xml": part for i in range(4)}})
    assert refusal(bomb) == "Cannot read ds.xlsx: unpacked it would take 409 MB, more than 400 MB."


def test_too_many_parts_are_refused() -> None:
    assert refusal(zipped({"xl/workbook.xml": "<x/>", **{f"xl/{i}": "" for i in range(2000)}})) == (
        "Cannot read ds.xlsx: it holds 2001 parts, more than 2000."
    )


def test_one_cell_in_the_far_corner_is_refused_before_reading() -> None:
    def corner(name: bytes) -> Callable[[bytes], bytes]:
        return lambda content: content.replace(
            b"</sheetData>", b'<row r="9"><c t="n" r = "' + name + b'"><v>1</v></c></row></sheetData>'
        )

    assert refusal(with_sheet_xml(corner(b"A1048576"))) == (
        'Cannot read ds.xlsx: sheet "DS" has data down to row 1048576, more than 200000 rows.'
    )
    assert refusal(with_sheet_xml(corner(b"XFD2"))) == (
        'Cannot read ds.xlsx: sheet "DS" has data in 16384 columns, more than 200.'
    )


def test_a_few_cells_that_span_a_huge_rectangle_are_refused_before_reading() -> None:
    far = b'<row r="100000"><c r="A100000"><v>1</v></c><c r="GR100000"><v>1</v></c></row></sheetData>'
    assert refusal(with_sheet_xml(lambda content: content.replace(b"</sheetData>", far))) == (
        'Cannot read ds.xlsx: sheet "DS" spans 20000000 cells, more than 6000000.'
    )
    deep = ods_row("x").replace("<table:table-row>", '<table:table-row table:number-rows-repeated="100000">')
    wide = ods_row("x").replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="100" ')
    assert refusal(ods(deep + wide), "ds.ods") == (
        'Cannot read ds.ods: sheet "DS" spans 10000100 cells, more than 6000000.'
    )


def test_a_csv_that_spans_too_many_cells_is_refused() -> None:
    assert refusal(b"," * 190 + b"x\n" + b"a,b\n" * 40_000, "ds.csv") == (
        'Cannot read ds.csv: sheet "CSV" spans 6112000 cells, more than 6000000.'
    )


def test_a_tag_made_to_be_slow_is_read_or_refused_at_once() -> None:
    slow = b"<c " * 400_000
    assert refusal(with_sheet_xml(lambda content: content.replace(b"</sheetData>", slow))).startswith(
        "Cannot read ds.xlsx"
    )


def test_cells_that_do_not_say_where_they_stand_are_counted() -> None:
    def change(content: bytes) -> bytes:
        return content.replace(b"</sheetData>", b"<row>" + b"<c><v>1</v></c>" * 201 + b"</row></sheetData>")

    assert (
        refusal(with_sheet_xml(change)) == 'Cannot read ds.xlsx: sheet "DS" has data in 201 columns, more than 200.'
    )


def test_a_document_type_is_refused() -> None:
    def change(content: bytes) -> bytes:
        return b'<!DOCTYPE x [<!ENTITY a "b">]>' + content

    assert refusal(with_sheet_xml(change)) == (
        "Cannot read ds.xlsx: the file is damaged (xl/worksheets/sheet1.xml: a document type is declared). "
        "Open it, save it again and send the new file."
    )


def test_repeated_cells_of_an_ods_are_counted_before_reading() -> None:
    wide = (
        '<table:table-row><table:table-cell office:value-type="string" table:number-columns-repeated="300">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )
    assert refusal(ods(wide), "ds.ods") == 'Cannot read ds.ods: sheet "DS" has data in 300 columns, more than 200.'
    deep = ods_row("x").replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">')
    assert (
        refusal(ods(deep), "ds.ods")
        == 'Cannot read ds.ods: sheet "DS" has data down to row 1000000, more than 200000 rows.'
    )


def test_a_csv_with_too_many_rows_or_columns_is_refused() -> None:
    assert refusal(b"a,b\n" * 200_001, "ds.csv") == (
        'Cannot read ds.csv: sheet "CSV" has data down to row 200001, more than 200000 rows.'
    )
    assert refusal(b",".join([b"x"] * 201), "ds.csv") == (
        'Cannot read ds.csv: sheet "CSV" has data in 201 columns, more than 200.'
    )


@pytest.mark.parametrize(
    ("data", "name"), [(xlsx([["a", "x" * 10_001]]), "ds.xlsx"), (b"a," + b"x" * 10_001, "ds.csv")]
)
def test_a_text_of_more_than_ten_thousand_characters_is_refused(data: bytes, name: str) -> None:
    sheet = "DS" if name.endswith("xlsx") else "CSV"
    assert refusal(data, name) == (
        f'Cannot read {name}: cell B1 of sheet "{sheet}" has 10001 characters, more than 10000.'
    )


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.xls", "a.ods", "a.csv"]))
def test_any_bytes_are_read_or_refused_in_words(data: bytes, name: str) -> None:
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Workbook".encode("utf-16-le")):
        try:
            read_table_file(start + data, name)
        except SheetRefused as refused:
            assert str(refused).startswith(f"Cannot read {name}")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 5_000), st.integers(1, 255))
def test_a_damaged_workbook_is_read_or_refused_in_words(place: int, change: int) -> None:
    for data, name in ((xlsx(ROWS), "a.xlsx"), (xls(ROWS), "a.xls")):
        damaged = bytearray(data)
        damaged[place % len(data)] ^= change
        try:
            read_table_file(bytes(damaged), name)
        except SheetRefused as refused:
            assert str(refused).startswith(f"Cannot read {name}")


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(texts, min_size=3, max_size=3), min_size=2, max_size=6), st.sampled_from(",;\t"))
def test_a_csv_reads_back_what_was_written(rows: list[list[str]], delimiter: str) -> None:
    rows = [["một", "hai", "ba"], *rows, ["x", "y", "z"]]
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    assert cells(target.getvalue().encode("utf-8-sig"), "a.csv") == [[cell or None for cell in row] for row in rows]
