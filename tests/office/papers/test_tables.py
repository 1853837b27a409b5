"""Sheets for offices, read back with openpyxl."""

import datetime
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from lantoa.common.refused import Refused
from lantoa.office.rules.papers.model import Column, ColumnKind
from lantoa.office.rules.papers.tables import (
    Outcome,
    Participant,
    SheetHead,
    participants_list,
    presence_sheet,
    results_sheet,
    table_workbook,
)

HEAD = SheetHead("Ủy ban nhân dân Quận 9", "Ủy ban nhân dân Thành phố Hồ Chí Minh")
DAY = datetime.datetime.combine(datetime.date(2020, 10, 5), datetime.time())
PEOPLE = [Participant("Nguyễn Thị Ước", "1980", "Chuyên viên", "Phường Phước Long A", "Q9-1"), Participant("Lê An")]


def opened(data: bytes) -> "openpyxl.worksheet.worksheet.Worksheet":
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return sheet  # type: ignore[return-value]


def texts(sheet: "openpyxl.worksheet.worksheet.Worksheet") -> list[list[object]]:
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize(
    "text", ["=1+1", '=cmd|"/c calc"!A1', "+84 903", "-x", "@SUM(A1)", "http://x.y", "0012", "12/3"]
)
def test_a_text_is_never_a_formula_a_link_or_a_number(text: str) -> None:
    data = table_workbook("Bảng", [Column("A"), Column("B", ColumnKind.NUMBER)], [[text, text]])
    row = [cell for cells in opened(data).iter_rows() for cell in cells if cell.value == text]
    assert [(cell.value, cell.data_type) for cell in row] == [(text, "s")] * 2
    archive = zipfile.ZipFile(io.BytesIO(data))
    sheet = archive.read("xl/worksheets/sheet1.xml")
    assert (b"<f>" in sheet, b"<hyperlink" in sheet) == (False, False)


def test_numbers_and_days_are_real_and_shown_the_vietnamese_way() -> None:
    columns = [Column("N", ColumnKind.NUMBER), Column("D", ColumnKind.DAY)]
    rows = [[1234, datetime.date(2020, 10, 5)], [Decimal("8.5"), None]]
    cells = [
        [(c.value, c.number_format) for c in row]
        for row in opened(table_workbook("B", columns, rows)).iter_rows(4, 5)
    ]
    assert [cell for row in cells for cell in row][:3] == [
        (1234, "#,##0"),
        (DAY, "dd/mm/yyyy"),
        (8.5, "#,##0.0#"),
    ]


def test_participants_list_has_the_state_on_the_right_and_the_issuer_on_the_left() -> None:
    sheet = opened(participants_list("Danh sách học viên", PEOPLE, head=HEAD, subtitles=["Lớp Q9-1"]))
    assert texts(sheet)[:8] == [
        ["ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["ỦY BAN NHÂN DÂN QUẬN 9", "Độc lập - Tự do - Hạnh phúc"],
        [],
        ["DANH SÁCH HỌC VIÊN"],
        ["Lớp Q9-1"],
        [],
        ["TT", "Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị", "Lớp", "Ghi chú"],
        [1, "Nguyễn Thị Ước", "1980", "Chuyên viên", "Phường Phước Long A", "Q9-1"],
    ]
    assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value} == {"Times New Roman"}


def test_presence_sheet_prints_on_a4_with_its_head_on_each_page_and_room_to_sign() -> None:
    sheet = opened(presence_sheet("Bảng điểm danh", PEOPLE, head=HEAD, meetings=["Sáng", "Chiều"], spare_rows=1))
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (
        9,
        "landscape",
        0,
    )
    assert sheet.print_title_rows == "$6:$6"
    margins = [sheet.page_margins.left, sheet.page_margins.right, sheet.page_margins.top, sheet.page_margins.bottom]
    assert [round(inches * 25.4) for inches in margins] == [30, 15, 20, 20]
    rows = texts(sheet)
    assert rows[5:9] == [
        ["TT", "Họ và tên", "Đơn vị", "Sáng", "Chiều"],
        [1, "Nguyễn Thị Ước", "Phường Phước Long A"],
        [2, "Lê An"],
        [3],
    ]
    assert sheet.row_dimensions[7].height == 26.25
    assert rows[-1] == ["GIẢNG VIÊN", "NGƯỜI LẬP"]


def test_results_sheet_says_completed_or_not_yet_or_nothing() -> None:
    outcomes = [Outcome(PEOPLE[0], 93.75, Decimal("8.5"), True, "0001/CN"), Outcome(PEOPLE[1], 40, None, False)]
    rows = texts(opened(results_sheet("Kết quả", [*outcomes, Outcome(PEOPLE[1])], head=HEAD)))
    assert rows[6:9] == [
        [1, "Nguyễn Thị Ước", "1980", "Chuyên viên", "Phường Phước Long A", 93.75, 8.5, "Đạt", "0001/CN"],
        [2, "Lê An", 40, "Chưa đạt"],
        [3, "Lê An"],
    ]


def test_the_same_sheet_is_the_same_file() -> None:
    made = [participants_list("Danh sách", PEOPLE, head=HEAD) for _ in range(2)]
    assert made[0] == made[1]


def test_a_title_with_letters_that_no_sheet_name_has_is_kept_in_the_title() -> None:
    sheet = opened(table_workbook("Lớp Q9/1: [đợt 1] ? rất dài và còn dài hơn nữa", [Column("A"), Column("B")], []))
    assert (sheet.title, texts(sheet)[0]) == (
        "Lớp Q9 1 đợt 1 rất dài và còn d",
        ["LỚP Q9/1: [ĐỢT 1] ? RẤT DÀI VÀ CÒN DÀI HƠN NỮA"],
    )


def test_a_sheet_without_columns_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        table_workbook("Bảng", [], [])
    assert str(refused.value) == 'Cannot make the sheet "Bảng": it has no columns.'


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        table_workbook("Bảng", [Column("A"), Column("B")], [["1", "2"], ["1"]])
    assert str(refused.value) == 'Cannot make the sheet "Bảng": row 2 has 1 cells for 2 columns.'


def test_a_presence_sheet_has_room_for_six_meetings() -> None:
    with pytest.raises(Refused) as refused:
        presence_sheet("Điểm danh", PEOPLE, head=HEAD, meetings=["x"] * 7)
    assert str(refused.value) == 'Cannot make the presence sheet "Điểm danh": it has room for 1 to 6 meetings, not 7.'
