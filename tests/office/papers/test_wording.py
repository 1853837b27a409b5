"""Dates, numbers, codes and letters as Decree 30/2020/NĐ-CP writes them."""

import datetime
from decimal import Decimal

import pytest

from lantoa.common.refused import Refused
from lantoa.office.rules.papers import decree
from lantoa.office.rules.papers.model import Capacity, Clause, Column, Point, Table, signature
from lantoa.office.rules.papers.wording import (
    code_text,
    day_text,
    ended,
    figure,
    number_and_code,
    place_and_day,
    point_letter,
    roman,
)

ABBREVIATIONS = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "QyĐ": "Quy định", "TC": "Thông cáo",
    "TB": "Thông báo", "HD": "Hướng dẫn", "CTr": "Chương trình", "KH": "Kế hoạch", "PA": "Phương án", "ĐA": "Đề án",
    "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình", "HĐ": "Hợp đồng", "CĐ": "Công điện",
    "BGN": "Bản ghi nhớ", "BTT": "Bản thỏa thuận", "GUQ": "Giấy ủy quyền", "GM": "Giấy mời", "GGT": "Giấy giới thiệu",
    "GNP": "Giấy nghỉ phép", "PG": "Phiếu gửi", "PC": "Phiếu chuyển", "PB": "Phiếu báo",
}  # fmt: skip
DAYS = [datetime.date(2020, 1, 1) + datetime.timedelta(days=n) for n in range(366)]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_zero_leads_days_under_10_and_months_1_and_2_only(day: datetime.date) -> None:
    days = [f"0{n}" for n in range(1, 10)] + [str(n) for n in range(10, 32)]
    months = ["01", "02", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]
    assert day_text(day) == "ngày " + days[day.day - 1] + " tháng " + months[day.month - 1] + " năm 2020"


def test_the_decrees_own_example_of_place_and_date() -> None:
    expected = "Thành phố Hồ Chí Minh, ngày 29 tháng 6 năm 2019"
    assert place_and_day(" Thành phố  Hồ Chí Minh ", datetime.date(2019, 6, 29)) == expected


def test_a_day_not_known_yet_leaves_room_for_the_pen() -> None:
    assert place_and_day("Quận 9", None).replace("\xa0", "_") == "Quận 9, ngày_____tháng_____năm_______"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "Số: 01/QĐ-BNV"),
        (9, "Số: 09/QĐ-BNV"),
        (10, "Số: 10/QĐ-BNV"),
        (15, "Số: 15/QĐ-BNV"),
        (123, "Số: 123/QĐ-BNV"),
    ],
)
def test_numbers_under_10_have_two_digits(number: int, text: str) -> None:
    assert number_and_code(number, decree.DECISION, "BNV") == text


def test_a_number_not_entered_yet_leaves_room_for_the_clerk() -> None:
    assert number_and_code(None, decree.REPORT, "UBND").replace("\xa0", "_") == "Số: ________/BC-UBND"


def test_number_0_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        number_and_code(0, decree.REPORT, "UBND")
    assert str(refused.value) == "Cannot number the paper 0: numbers start at 1."


def test_a_letter_carries_the_body_and_the_drafting_unit() -> None:
    assert number_and_code(12, decree.LETTER, "UBND", "VX") == "Số: 12/UBND-VX"


def test_other_types_carry_no_drafting_unit() -> None:
    assert code_text(decree.REPORT, "UBND", "VX") == "BC-UBND"


def test_there_are_29_types_of_which_27_have_the_decrees_abbreviations() -> None:
    types = decree.PAPER_TYPES.values()
    assert {kind.abbreviation: kind.name for kind in types if kind.abbreviation} == ABBREVIATIONS
    assert [kind.name for kind in types if not kind.abbreviation] == ["Công văn", "Thư công"]


def test_points_run_through_the_vietnamese_alphabet() -> None:
    assert "".join(point_letter(n) for n in range(1, 24)) == "abcdđeghiklmnopqrstuvxy"


def test_a_24th_point_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        point_letter(24)
    assert str(refused.value) == "Cannot letter point 24: a clause has at most 23 points."


def test_roman_numerals() -> None:
    assert [roman(n) for n in (1, 2, 4, 5, 9, 14, 40, 99)] == ["I", "II", "IV", "V", "IX", "XIV", "XL", "XCIX"]


@pytest.mark.parametrize("text", ["Căn cứ Luật", "Căn cứ Luật.", "Căn cứ Luật;", "Căn cứ Luật ; ", "Căn cứ Luật./."])
def test_an_end_mark_replaces_the_one_that_came(text: str) -> None:
    assert [ended(text, ";"), ended(text, "."), ended(text, "./.")] == [
        "Căn cứ Luật;",
        "Căn cứ Luật.",
        "Căn cứ Luật./.",
    ]


def test_figures_are_written_the_vietnamese_way() -> None:
    assert [figure(1234), figure(Decimal("1234567.50")), figure(0.5), figure(1234.5678, 1)] == [
        "1.234", "1.234.567,50", "0,5", "1.234,6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("made", "lines"),
    [
        (signature("Chủ tịch", "A", body="Ủy ban nhân dân"), ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        (
            signature("Phó Giám đốc", "A", head="Giám đốc", capacity=Capacity.FOR_THE_HEAD),
            ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
        ),
        (
            signature("Chánh Văn phòng", "A", head="Giám đốc", capacity=Capacity.BY_ORDER),
            ("TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG"),
        ),
        (
            signature("Trưởng phòng", "A", head="Giám đốc", capacity=Capacity.BY_MANDATE),
            ("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"),
        ),
        (signature("Giám đốc", "A", capacity=Capacity.ACTING), ("Q. GIÁM ĐỐC",)),
    ],
)
def test_the_right_in_which_somebody_signs_stands_before_the_post(made: object, lines: tuple[str, ...]) -> None:
    assert getattr(made, "lines") == lines  # noqa: B009 -- the table holds plain objects


def test_signing_for_nobody_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        signature("Phó Giám đốc", "A", capacity=Capacity.FOR_THE_HEAD)
    assert str(refused.value) == 'Cannot write the signature "KT.": the post signed for is missing.'


def test_a_table_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        Table((Column("A"), Column("B")), (("1", "2"), ("1",)))
    assert str(refused.value) == "Cannot make the table: row 2 has 1 cells for 2 columns."


def test_a_clause_may_hold_points() -> None:
    assert Clause("x", parts=(Point("y"),)).parts == (Point("y"),)
