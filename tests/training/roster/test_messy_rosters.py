"""Rosters as offices really send them: every shape of mess, read as people."""

import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
import xlwt

from lantoa.office.rules.sheets import SheetRefused, read_table_file
from lantoa.training.rules.roster import Birth, RosterReading, RosterRow, read_roster

TODAY = dt.date(2020, 10, 1)
Rows = Sequence[Sequence[Any]]
HEADER = ["STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị"]
AN = [1, "Nguyễn Văn An", "05/10/1985", "Chủ tịch", "UBND phường A"]
BE = [2, "Trần Thị Bé", "1990", "Công chức", "UBND phường B"]


def book(*sheets: tuple[str, Rows], change: Callable[[Any], None] | None = None) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change:
        change(made)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def read(rows: Rows, merge: Sequence[str] = (), **corrections: Any) -> RosterReading:
    def change(made: Any) -> None:
        for cells in merge:
            made["DS"].merge_cells(cells)

    return read_roster(read_table_file(book(("DS", rows), change=change), "ds.xlsx"), TODAY, **corrections)


def brief(reading: RosterReading) -> list[tuple[int, str, str]]:
    return [(row.number, row.full_name, str(row.birth or "")) for row in reading.rows]


def words(reading: RosterReading) -> list[str]:
    return [f"{fault.column}{fault.row} {fault.severity}: {fault}" for fault in reading.faults]


def only(reading: RosterReading) -> RosterRow:
    (row,) = reading.rows
    return row


AN_AND_BE = [("Nguyễn Văn An", "05/10/1985"), ("Trần Thị Bé", "1990")]


def people(reading: RosterReading) -> list[tuple[str, str]]:
    return [(name, birth) for _, name, birth in brief(reading)]


def test_a_plain_list() -> None:
    reading = read([HEADER, AN, BE])
    assert brief(reading) == [(2, "Nguyễn Văn An", "05/10/1985"), (3, "Trần Thị Bé", "1990")]
    assert reading.rows[0] == RosterRow(
        sheet="DS", number=2, full_name="Nguyễn Văn An", birth=Birth(1985, 10, 5), post="Chủ tịch",
        unit_text="UBND phường A",
    )  # fmt: skip
    assert words(reading) == []


def test_titles_above_the_header() -> None:
    top = [
        ["UBND QUẬN 9", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["PHÒNG NỘI VỤ", None, None, "Độc lập - Tự do - Hạnh phúc"],
        [],
        [None, "DANH SÁCH HỌC VIÊN"],
        [None, "(Kèm theo Công văn số 12/CV-PNV ngày 01 tháng 10 năm 2020)"],
        [],
    ]
    reading = read([*top, HEADER, AN, BE], merge=["A1:C1", "D1:E1", "B4:E4"])
    assert [number for number, _, _ in brief(reading)] == [8, 9]
    assert people(reading) == AN_AND_BE
    assert reading.tables[0].header_rows == (7, 7)


def test_a_title_merged_directly_above_the_header_is_no_upper_header() -> None:
    reading = read([["DANH SÁCH HỌC VIÊN"], HEADER, AN, BE], merge=["A1:E1"])
    assert reading.tables[0].header_rows == (2, 2)
    assert people(reading) == AN_AND_BE


def test_a_header_of_two_rows_with_men_and_women() -> None:
    rows: list[list[Any]] = [
        ["STT", "Họ và tên", "Năm sinh", None, "Chức vụ"],
        [None, None, "Nam", "Nữ", None],
        [1, "Nguyễn Văn An", 1985, None, "Chủ tịch"],
        [2, "Trần Thị Bé", None, 1990, "Công chức"],
    ]
    for merge in (["A1:A2", "B1:B2", "C1:D1", "E1:E2"], []):
        reading = read(rows, merge=merge)
        assert [(row.full_name, row.birth, row.gender) for row in reading.rows] == [
            ("Nguyễn Văn An", Birth(1985), "male"),
            ("Trần Thị Bé", Birth(1990), "female"),
        ]


def test_men_and_women_ticked_under_gender() -> None:
    rows: list[list[Any]] = [
        ["TT", "Họ tên", "Ngày sinh", "Giới tính", None],
        [None, None, None, "Nam", "Nữ"],
        [1, "Nguyễn Văn An", "05/10/1985", "x", None],
        [2, "Trần Thị Bé", "1990", None, "X"],
    ]
    reading = read(rows, merge=["D1:E1"])
    assert [(row.full_name, str(row.birth), row.gender) for row in reading.rows] == [
        ("Nguyễn Văn An", "05/10/1985", "male"),
        ("Trần Thị Bé", "1990", "female"),
    ]


def test_men_and_women_as_two_columns_of_one_header_row() -> None:
    reading = read(
        [["STT", "Họ và tên", "Nam", "Nữ"], [1, "Nguyễn Văn An", "5/10/1985", None], [2, "Trần Thị Bé", "", 1990]]
    )
    assert [(str(row.birth), row.gender) for row in reading.rows] == [("05/10/1985", "male"), ("1990", "female")]


def test_both_sides_filled_is_an_error() -> None:
    reading = read([["STT", "Họ và tên", "Nam", "Nữ"], [1, "Nguyễn Văn An", 1985, 1985]])
    assert words(reading) == ["D2 error: Both the column for men and that for women are filled."]


def test_day_month_and_year_in_columns_of_their_own() -> None:
    rows: list[list[Any]] = [
        ["STT", "Họ và tên", "Ngày sinh", None, None, "Đơn vị"],
        [None, None, "Ngày", "Tháng", "Năm", None],
        [1, "Nguyễn Văn An", 5, 10, 1985, "A"],
        [2, "Trần Thị Bé", None, None, 1990, "B"],
    ]
    assert people(read(rows, merge=["C1:E1", "A1:A2", "B1:B2", "F1:F2"])) == AN_AND_BE


def test_family_and_given_name_in_two_columns() -> None:
    rows: list[list[Any]] = [
        ["STT", "Họ và tên đệm", "Tên", "Năm sinh"],
        [1, "Nguyễn Văn", "An", "05/10/1985"],
        [2, "Trần Thị", "Bé", 1990],
    ]
    assert people(read(rows)) == AN_AND_BE
    rows[0][1] = "Họ"
    assert people(read(rows)) == AN_AND_BE


def test_one_name_header_over_two_columns() -> None:
    rows: list[list[Any]] = [
        ["STT", "Họ và tên", None, "Năm sinh"],
        [1, "Nguyễn Văn", "An", "05/10/1985"],
        [2, "Trần Thị", "Bé", 1990],
    ]
    assert people(read(rows, merge=["B1:C1"])) == AN_AND_BE
    assert people(read(rows)) == AN_AND_BE


def test_a_full_name_with_the_given_name_repeated_beside_it() -> None:
    rows: list[list[Any]] = [
        ["STT", "Họ và tên", "Tên", "Năm sinh"],
        [1, "Nguyễn Văn An", "An", "05/10/1985"],
        [2, "Trần Thị", "Bé", 1990],
    ]
    assert people(read(rows)) == AN_AND_BE


def test_family_middle_and_given_name_in_three_columns() -> None:
    rows: list[list[Any]] = [
        ["Họ", "Tên đệm", "Tên", "Sinh năm"],
        ["Nguyễn", "Văn", "An", "05/10/1985"],
        ["Trần", "Thị", "Bé", 1990],
    ]
    assert people(read(rows)) == AN_AND_BE


@pytest.mark.parametrize(
    "marks",
    [["(1)", "(2)", "(3)", "(4)", "(5)"], [1, 2, 3, 4, 5], ["A", "B", 1, 2, 3], ["1", "2", "3", "4=2+3", "5"]],
)
def test_a_line_that_numbers_the_columns_is_left_out(marks: list[Any]) -> None:
    assert people(read([HEADER, marks, AN, BE])) == AN_AND_BE


def test_totals_dates_and_signatures_below_are_left_out() -> None:
    foot = [
        [None, "Tổng cộng: 02 học viên"],
        [],
        [None, None, None, "Quận 9, ngày 05 tháng 10 năm 2020"],
        [None, "NGƯỜI LẬP BIỂU", None, "TM. ỦY BAN NHÂN DÂN"],
        [None, "(Ký, ghi rõ họ tên)"],
        [],
        [None, "Lê Văn Ký", None, "Phạm Thị Duyệt"],
    ]
    assert people(read([HEADER, AN, BE, *foot])) == AN_AND_BE


@pytest.mark.parametrize(
    "foot",
    [
        "Danh sách này có 2 người./.",
        "Tổng số: 2",
        "Cộng: 02",
        "Ấn định danh sách có 02 người",
        "Người lập",
        "Nơi nhận:",
        "Total: 2",
    ],
)
def test_every_kind_of_last_line_is_left_out(foot: str) -> None:
    assert people(read([HEADER, AN, BE, [foot]])) == AN_AND_BE
    assert people(read([HEADER, AN, BE, [None, foot]])) == AN_AND_BE


def test_empty_rows_and_rows_only_numbered_are_left_out() -> None:
    assert brief(read([HEADER, AN, [], [None, " "], BE, [3], ["4."]])) == [
        (2, "Nguyễn Văn An", "05/10/1985"),
        (5, "Trần Thị Bé", "1990"),
    ]


def test_the_header_repeated_on_each_page_is_left_out() -> None:
    assert people(read([HEADER, AN, HEADER, BE])) == AN_AND_BE
    assert (
        people(read([HEADER, AN, [None, None, None, "Quận 9, ngày 1 tháng 10 năm 2020"], [], HEADER, BE]))
        == AN_AND_BE
    )


def test_a_second_table_with_other_columns_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        read([HEADER, AN, [], ["Họ và tên", "Đơn vị", "Chức vụ", "Email"], ["Trần Thị Bé", "B", "C", "d@e.vn"]])
    assert str(refused.value) == (
        'Cannot read sheet "DS": a second table with other columns begins in row 4. Put it on its own sheet.'
    )


def test_heading_lines_give_the_unit_of_the_people_below() -> None:
    rows: list[list[Any]] = [
        ["STT", "Họ và tên", "Ngày sinh"],
        ["I", "UBND PHƯỜNG A"],
        AN[:3],
        ["II. Phường B"],
        BE[:3],
    ]
    reading = read(rows, merge=["A4:C4"])
    assert people(reading) == AN_AND_BE
    assert [row.unit_text for row in reading.rows] == ["UBND PHƯỜNG A", "Phường B"]


def test_heading_lines_give_the_class_of_the_people_below() -> None:
    reading = read([HEADER, ["LỚP: Q9-1"], AN, ["Lớp Q9-2"], BE])
    assert [(row.class_code, row.unit_text) for row in reading.rows] == [
        ("Q9-1", "UBND phường A"),
        ("Q9-2", "UBND phường B"),
    ]


def test_a_unit_merged_downwards_counts_for_each_row_but_a_name_does_not() -> None:
    rows: list[list[Any]] = [
        HEADER,
        [1, "Nguyễn Văn An", "05/10/1985", "Chủ tịch", "UBND phường A"],
        [2, "Trần Thị Bé", 1990, "Công chức", None],
    ]
    reading = read(rows, merge=["E2:E3"])
    assert [row.unit_text for row in reading.rows] == ["UBND phường A", "UBND phường A"]


def test_each_sheet_is_a_class_and_sheets_without_a_list_are_passed_over() -> None:
    data = book(
        ("Hướng dẫn", [["Điền đủ các cột"]]), ("Lớp Q9-1", [HEADER, AN]), ("Q9-2", [HEADER, BE]), ("Trống", [])
    )
    reading = read_roster(read_table_file(data, "ds.xlsx"), TODAY)
    assert [(row.sheet, row.full_name, row.class_code) for row in reading.rows] == [
        ("Lớp Q9-1", "Nguyễn Văn An", "Q9-1"),
        ("Q9-2", "Trần Thị Bé", "Q9-2"),
    ]


def test_a_class_column_or_title_comes_before_the_sheet_name() -> None:
    assert only(read([[*HEADER, "Lớp"], [*AN, "L7"]])).class_code == "L7"
    assert only(read([["DANH SÁCH LỚP: Q9-4"], HEADER, AN])).class_code == "Q9-4"
    assert only(read([HEADER, AN])).class_code == ""


def test_hidden_sheets_are_not_taken_over() -> None:
    def hide(made: Any) -> None:
        made["cũ"].sheet_state = "hidden"

    old = [["Hä vµ tªn", "Ngµy sinh"], ["NguyÔn V¨n An", 1985]]
    data = book(("DS", [HEADER, AN]), ("cũ", old), change=hide)
    assert people(read_roster(read_table_file(data, "ds.xlsx"), TODAY)) == AN_AND_BE[:1]


def test_decomposed_text_invisible_characters_and_capitals_become_readable() -> None:
    row = [1, "  NGUYE\u0302\u0303N\u00a0 VĂN\u200b AN ", "05/10/1985", "Chu\u0309 ti\u0323ch", "UBND  phường\u00a0A"]
    assert only(read([["STT", "Ho\u0323 va\u0300 te\u0302n", *HEADER[2:]], row])) == only(read([HEADER, AN]))


def test_a_list_in_an_old_encoding_is_refused_with_the_cell_and_the_encoding() -> None:
    rows: list[list[Any]] = [["STT", "Hä vµ tªn", "Ngµy sinh"], [1, "NguyÔn V¨n An", 1985]]
    with pytest.raises(SheetRefused) as refused:
        read(rows)
    assert str(refused.value) == (
        'Cannot read sheet "DS": its text is in the old encoding TCVN3, as in cell B1 ("Hä vµ tªn" for "Họ và tên"). '
        "Convert the file to Unicode and send it again."
    )


def test_one_name_in_an_old_encoding_is_an_error_at_its_cell() -> None:
    reading = read([HEADER, AN, [2, "Traàn Thò Höông", 1990, "Công chức", "B"]])
    assert words(reading) == ['B3 error: "Traàn Thò Höông" is in the old encoding VNI; type it in Unicode.']


def test_an_old_excel_file_is_read_like_a_new_one() -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("DS", cell_overwrite_ok=True)
    sheet.write_merge(0, 0, 0, 4, "DANH SÁCH HỌC VIÊN")
    date_style = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for column, (header, value) in enumerate(zip(HEADER, AN, strict=True)):
        sheet.write(2, column, header)
        sheet.write(3, column, value)
    sheet.write(3, 2, dt.date(1985, 10, 5), date_style)
    target = io.BytesIO()
    made.save(target)
    assert people(read_roster(read_table_file(target.getvalue(), "ds.xls"), TODAY)) == AN_AND_BE[:1]


def test_a_csv_file_with_titles_and_semicolons() -> None:
    text = "UBND QUẬN 9;;;;\n;DANH SÁCH;;;\n" + "\n".join(";".join(map(str, row)) for row in (HEADER, AN, BE))
    reading = read_roster(read_table_file(text.encode("utf-8-sig"), "ds.csv"), TODAY)
    assert brief(reading) == [(4, "Nguyễn Văn An", "05/10/1985"), (5, "Trần Thị Bé", "1990")]


def test_an_english_list() -> None:
    header = [
        "No.",
        "Full name",
        "Date of birth",
        "Gender",
        "Job title",
        "Organisation",
        "Mobile phone",
        "E-mail",
        "Class",
    ]
    row = [1, "Nguyễn Văn An", "05/10/1985", "M", "Chair", "Ward A", "0912 345 678", "An@Example.VN", "C1"]
    assert only(read([header, row])) == RosterRow(
        "DS", 2, "Nguyễn Văn An", Birth(1985, 10, 5), "male", "Chair", "Ward A", phone="+84912345678",
        email="An@example.vn", class_code="C1",
    )  # fmt: skip


def test_headers_with_additions_line_breaks_and_typing_errors() -> None:
    header = [
        "Số\nTT",
        "Họ và tên học viên (*)",
        "Ngày, tháng, năm sinh\n(dd/mm/yyyy)",
        "Chức  vụ hiện tại",
        "Đơn vị công tác hiên nay",
    ]
    assert only(read([header, AN])) == only(read([HEADER, AN]))
    assert people(read([["STT", "Họ và tênn", "Ngày sihn"], AN[:3]])) == AN_AND_BE[:1]


def test_columns_the_vocabulary_does_not_know_are_listed() -> None:
    reading = read([[*HEADER, "Trình độ", "Dân tộc"], [*AN, "ĐH", "Kinh"]])
    assert [(column.letter, column.header) for column in reading.tables[0].unmapped] == [
        ("F", "Trình độ"),
        ("G", "Dân tộc"),
    ]


def test_commune_district_and_province_in_columns_of_their_own() -> None:
    header = ["STT", "Họ và tên", "Xã/phường/thị trấn", "Huyện", "Tỉnh"]
    row = only(read([header, [1, "Nguyễn Văn An", "Xã Vi Hương", "Bạch Thông", "Bắc Kạn"]]))
    assert (row.unit_text, row.commune_text, row.district_text, row.province_text) == (
        "Xã Vi Hương", "Xã Vi Hương", "Bạch Thông", "Bắc Kạn",
    )  # fmt: skip


def test_a_place_of_work_split_below_one_header() -> None:
    rows: list[list[Any]] = [
        ["STT", "Họ và tên", "Nơi công tác", None],
        [None, None, "Xã", "Huyện"],
        [1, "Nguyễn Văn An", "Vi Hương", "Bạch Thông"],
    ]
    row = only(read(rows, merge=["C1:D1", "A1:A2", "B1:B2"]))
    assert (row.commune_text, row.district_text) == ("Vi Hương", "Bạch Thông")


def test_numbers_that_lost_their_zeros_in_excel() -> None:
    header = ["STT", "Họ và tên", "CCCD", "Điện thoại"]
    reading = read([header, [1, "Nguyễn Văn An", 1085012345, 912345678], [2, "Trần Thị Bé", 79190012345, 1201234567]])
    assert [(row.id_number, row.phone) for row in reading.rows] == [
        ("001085012345", "+84912345678"),
        ("079190012345", "+84701234567"),
    ]


def test_a_formula_without_result_in_a_known_column_is_a_warning() -> None:
    reading = read([HEADER, AN, [2, '="Trần Thị "&"Bé"', 1990, "Công chức", "B"]])
    assert words(reading) == [
        "B3 warning: Cell B3 holds a formula whose result was never saved; it is read as empty. "
        "Open the file in Excel and save it.",
        "B3 error: The name is missing.",
    ]


def test_a_row_without_a_name_is_not_lost() -> None:
    reading = read([HEADER, [1, None, 1985, "Chủ tịch", "A"]])
    assert words(reading) == ["B2 error: The name is missing."]
    assert reading.good_rows == []


def test_only_a_name_is_needed() -> None:
    assert people(read([["Họ và tên", "Ghi chú"], ["Nguyễn Văn An", "mới"]])) == [("Nguyễn Văn An", "")]


# refusals


def test_a_sheet_without_a_header_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        read([["An", 1985], ["Bé", 1990]])
    assert str(refused.value) == (
        'Cannot find a table in sheet "DS": no row among the first 60 looks like a header with full name.'
    )


def test_a_list_without_a_name_column_is_refused_with_what_was_found() -> None:
    with pytest.raises(SheetRefused) as refused:
        read([["STT", "Ngày sinh", "Đơn vị"], [1, 1985, "A"]])
    assert str(refused.value) == (
        'Cannot read sheet "DS": no column for full name was found. '
        "Columns in row 1: A “STT”, B “Ngày sinh”, C “Đơn vị”."
    )


def test_two_columns_of_names_are_refused_until_the_user_chooses() -> None:
    rows: list[list[Any]] = [["STT", "Họ và tên", "Đơn vị", "Họ và tên"], [1, "Nguyễn Văn An", "A", "Trần Thị Bé"]]
    with pytest.raises(SheetRefused) as refused:
        read(rows)
    assert str(refused.value) == (
        'Cannot read sheet "DS": both column B and column D are headed as full name ("Họ và tên").'
    )
    assert only(read(rows, mapping={"DS": {"full_name": "D"}})).full_name == "Trần Thị Bé"


def test_the_users_own_mapping_overrules_what_was_recognised() -> None:
    rows: list[list[Any]] = [["STT", "Người học", "Ngày sinh"], [1, "Nguyễn Văn An", 1985]]
    assert people(read(rows, mapping={"DS": {"full_name": "B"}})) == [("Nguyễn Văn An", "1985")]
    rows = [["cột 1", "cột 2"], ["Nguyễn Văn An", 1985]]
    assert people(read(rows, mapping={"DS": {"full_name": "A", "birth": "B"}}, header_rows={"DS": 1})) == [
        ("Nguyễn Văn An", "1985")
    ]


def test_a_column_that_the_user_switches_off_means_nothing() -> None:
    rows: list[list[Any]] = [["STT", "Họ và tên", "Ngày sinh"], [1, "Nguyễn Văn An", 1985]]
    assert people(read(rows, mapping={"DS": {"-": "A C", "full_name": "B"}})) == [("Nguyễn Văn An", "")]


def test_a_mapping_beyond_the_sheet_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        read([HEADER, AN], mapping={"DS": {"full_name": "Z"}})
    assert str(refused.value) == ('Cannot take column Z of sheet "DS" as full name: the sheet has columns A to E.')


def test_a_file_without_any_list_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        read([HEADER])
    assert str(refused.value) == "Cannot read ds.xlsx: no sheet holds a list of people."


# people named twice


def test_the_same_identity_number_twice_is_an_error() -> None:
    header = ["STT", "Họ và tên", "CCCD"]
    reading = read([header, [1, "Nguyễn Văn An", "079085012345"], [2, "Trần Văn Bình", "079085012345"]])
    assert words(reading) == ['3 error: Has the same identity number as Nguyễn Văn An in row 2 of sheet "DS".']


def test_the_same_name_birth_and_unit_twice_is_an_error_however_it_is_spelled() -> None:
    reading = read([HEADER, [1, "Lê Thị Hoà", 1985, "", "Phường A"], [2, "LÊ THỊ HÒA", 1985, "", "phường  a"]])
    assert words(reading) == ['3 error: Has the same name, birth date and unit as row 2 of sheet "DS".']


def test_the_same_name_without_birth_dates_is_an_error() -> None:
    reading = read([["Họ và tên", "Đơn vị"], ["Lê Thị Hoà", "A"], ["Lê Thị Hòa", "A"]])
    assert words(reading) == [
        '3 error: Has the same name and unit as row 2 of sheet "DS", and neither gives a birth date.'
    ]


def test_the_same_name_with_different_numbers_is_two_people() -> None:
    header = [*HEADER, "CCCD"]
    assert words(read([header, [*AN, "079085012345"], [*AN, "079085099999"]])) == []


def test_one_person_in_two_classes_is_a_warning() -> None:
    header = [*HEADER, "CCCD", "Lớp"]
    reading = read([header, [*AN, "079085012345", "1"], [*AN, "079085012345", "2"]])
    assert words(reading) == ['3 warning: Is also in row 2 of sheet "DS", in another class.']
    reading = read([[*HEADER, "Lớp"], [*AN, "1"], [*AN, "2"]])
    assert words(reading) == ['3 warning: Is also in row 2 of sheet "DS", in another class.']


# nobody is lost


def test_people_whose_names_look_like_headings_totals_or_endings_are_kept() -> None:
    names = [
        "Trương Văn A",
        "Đặng Thị Bé",
        "Đoàn Văn Hậu",
        "Tống Công Danh",
        "Tô Hoài",
        "Văn Thị Cúc",
        "Kỳ Văn An",
        "Cộng Văn Ba",
    ]
    reading = read([["Họ và tên", "Ghi chú"], *[[name, None] for name in names]])
    assert [row.full_name for row in reading.rows] == names


def test_words_of_endings_beside_a_name_do_not_end_the_list() -> None:
    header = ["Huyện", "Họ và tên", "Chức vụ"]
    reading = read(
        [header, ["Kỳ Anh", "Lê Văn An", None], ["Thủ trưởng", "Lê Thị Bé", None], ["A", "Lê Văn Ba", "Tổng cộng"]]
    )
    assert [row.full_name for row in reading.rows] == ["Lê Văn An", "Lê Thị Bé", "Lê Văn Ba"]


def test_people_below_a_signature_in_the_middle_are_kept() -> None:
    reading = read([HEADER, AN, [None, "Người lập biểu"], [None, "Lê Văn Ký"], BE])
    assert [name for _, name, _ in brief(reading)] == ["Nguyễn Văn An", "Lê Văn Ký", "Trần Thị Bé"]


def test_each_sheet_is_a_unit_where_its_name_says_so() -> None:
    header = ["STT", "Họ và tên"]
    data = book(("Phường A", [header, AN[:2]]), ("Xã B", [header, BE[:2]]))
    reading = read_roster(read_table_file(data, "ds.xlsx"), TODAY)
    assert [(row.unit_text, row.class_code) for row in reading.rows] == [("Phường A", ""), ("Xã B", "")]


def test_headers_that_hold_two_words_we_know_go_by_the_first() -> None:
    row = only(
        read(
            [
                ["STT", "Họ và tên", "Email cơ quan", "Điện thoại cơ quan"],
                [1, "Nguyễn Văn An", "a@b.vn", "02838221234"],
            ]
        )
    )
    assert (row.email, row.phone, row.unit_text) == ("a@b.vn", "+842838221234", "")


@pytest.mark.parametrize("merge", [["C1:D1", "A1:A2", "B1:B2"], []])
def test_a_second_header_row_below_words_we_do_not_know_is_no_person(merge: list[str]) -> None:
    rows = [["STT", "Họ và tên", "Điểm", None], [None, None, "Lần 1", "Lần 2"], [1, "Nguyễn Văn An", 5, 6]]
    reading = read(rows, merge=merge)
    assert people(reading) == [("Nguyễn Văn An", "")]
    assert [column.header for column in reading.tables[0].unmapped] == ["Điểm Lần 1", "Điểm Lần 2"]
