"""The sheet that goes back with its faults marked."""

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest

from lantoa.office.rules.sheets import Fault, Sheet, Workbook, mark_faults, read_table_file, safe_cell

ROWS: list[list[Any]] = [
    ["DANH SÁCH", None, None],
    ["STT", "Họ và tên", "Ngày sinh"],
    [1, "Nguyễn Văn An", dt.date(1985, 10, 5)],
    [2, "=1+1", "31/2/1990"],
    [3, "Lê Bé", None],
]
FAULTS = [
    Fault("DS", 4, "C", "Ngày sinh", "birth", "error", '"%(value)s" is no date.', {"value": "31/2/1990"}),
    Fault("DS", 4, "B", "Họ và tên", "full_name", "warning", "Strange name."),
    Fault("DS", 5, "", "", "full_name", "error", "Named twice."),
]


def marked(faults: list[Fault] = FAULTS, rows: list[list[Any]] = ROWS, name: str = "DS", **how: Any) -> Any:
    workbook = Workbook("ds.xlsx", "xlsx", [Sheet(name, rows)])
    return openpyxl.load_workbook(io.BytesIO(mark_faults(workbook, faults, **how)))


def texts(sheet: Any) -> list[list[Any]]:
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True) if any(row)]


def test_rows_and_columns_stand_where_they_stood_with_the_words_in_a_last_column() -> None:
    sheet = marked()["DS"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        ["DANH SÁCH", None, None, None],
        ["STT", "Họ và tên", "Ngày sinh", "Faults"],
        [1, "Nguyễn Văn An", dt.datetime(1985, 10, 5), None],  # noqa: DTZ001 -- cells have no time zone
        [2, "=1+1", "31/2/1990", '"31/2/1990" is no date.; Strange name.'],
        [3, "Lê Bé", None, "Named twice."],
    ]


def test_faulty_cells_are_filled_red_for_errors_and_yellow_for_warnings() -> None:
    sheet = marked()["DS"]
    fills = {cell: sheet[cell].fill.fgColor.rgb for cell in ("A3", "A4", "B4", "C4", "A5", "B5")}
    assert fills == {
        "A3": "00000000", "A4": "00000000", "B4": "FFFFF4CC", "C4": "FFF6D7D2", "A5": "FFF6D7D2", "B5": "FFF6D7D2",
    }  # fmt: skip


def test_a_text_that_looks_like_a_formula_does_not_become_one() -> None:
    assert marked()["DS"]["B4"].data_type == "s"
    assert marked(rows=[['=HYPERLINK("x")', "http://a.vn"]], faults=[])["DS"]["A1"].data_type == "s"


def test_the_first_sheet_sums_up_with_links_to_each_fault() -> None:
    book = marked()
    summary = book.worksheets[0]
    assert summary.title == "Summary of faults"
    assert texts(summary) == [
        ["Faults found in ds.xlsx"],
        ["Errors (red): 2. Warnings (yellow): 1."],
        ["For example", "How many"],
        ['"31/2/1990" is no date.', 1],
        ["Named twice.", 1],
        ["Strange name.", 1],
        ["Where", "Sheet", "Row", "Column", "What is wrong"],
        ["C4", "DS", 4, "Ngày sinh", '"31/2/1990" is no date.'],
        ["A5", "DS", 5, "Named twice."],
        ["B4", "DS", 4, "Họ và tên", "Strange name."],
    ]
    assert [row[0].hyperlink.location for row in summary.iter_rows() if row[0].hyperlink] == [
        "'DS'!C4",
        "'DS'!A5",
        "'DS'!B4",
    ]


def test_the_words_are_said_in_the_readers_language() -> None:
    def say(message: str, values: Mapping[str, Any]) -> str:
        return "[vi] " + (message % values if values else message)

    book = marked(say=say)
    assert book.sheetnames == ["vi  Summary of faults", "DS"]
    assert book["DS"]["D4"].value == '[vi] "31/2/1990" is no date.; [vi] Strange name.'


def test_a_file_without_faults_comes_back_as_it_was() -> None:
    sheet = marked(faults=[])["DS"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)][1] == ["STT", "Họ và tên", "Ngày sinh"]


@pytest.mark.parametrize("name", ["Danh sách [1]/2", "x" * 40, "Summary of faults", "", "'a'"])
def test_every_sheet_name_is_accepted(name: str) -> None:
    fault = Fault(name, 3, "B", "", "", "error", "Bad.")
    book = marked([fault], name=name)
    assert len(book.sheetnames) == 2
    assert all(0 < len(title) <= 31 for title in book.sheetnames)
    assert book.worksheets[1]["D3"].value == "Bad."


def test_many_faults_are_listed_up_to_a_thousand_and_all_marked() -> None:
    rows = [["Họ và tên"], *[[f"Người {i}"] for i in range(1200)]]
    faults = [Fault("DS", i + 2, "A", "Họ và tên", "", "error", "Bad.") for i in range(1200)]
    book = marked(faults, rows)
    assert texts(book.worksheets[0])[-1] == ["… and 200 more, marked in the sheets."]
    assert [cell.value for cell in book["DS"]["B"]] == ["Faults", *["Bad."] * 1200]


def test_what_was_marked_reads_back_as_the_same_rows() -> None:
    data = mark_faults(Workbook("ds.xlsx", "xlsx", [Sheet("DS", ROWS)]), FAULTS)
    again = read_table_file(data, "marked.xlsx").sheets[1]
    assert [list(row[:3]) for row in again.rows] == ROWS


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|x", "-2+3+cmd", "\t=1", "\r=1"])
def test_a_csv_cell_cannot_become_a_formula(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "An", "-3", "+84 912 345 678", "a=b", "'=1"])
def test_a_harmless_csv_cell_stays(text: str) -> None:
    assert safe_cell(text) == text
