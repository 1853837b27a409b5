"""Finding a table among titles, headings and signatures."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.office.rules.sheets import (
    Field,
    Merge,
    Sheet,
    SheetRefused,
    Table,
    Vocabulary,
    cell_name,
    column_letter,
    column_number,
    find_table,
    header_words,
)

VOCABULARY = Vocabulary(
    fields={
        "number": Field("running number", ["stt"], exact=True),
        "name": Field("name", ["ten don vi", "ten"], joined=True),
        "score": Field("score", ["diem", "tong diem"]),
        "first": Field("first round", ["diem dot 1"]),
        "second": Field("second round", ["diem dot 2"]),
        "field": Field("field", ["linh vuc"], spread=True),
    },
    needed=[frozenset({"name", "score"}), frozenset({"name", "first"})],
    named_by=["name"],
    headings=["khối"],
)
HEADER = ["STT", "Tên đơn vị", "Điểm", "Lĩnh vực"]


def sheet(rows: Sequence[Sequence[Any]], *merges: Merge) -> Sheet:
    width = max(map(len, rows))
    return Sheet("S", [[*row, *[None] * (width - len(row))] for row in rows], merges)


def found(*rows: Sequence[Any], merges: Sequence[Merge] = (), **corrections: Any) -> Table:
    return find_table(sheet(rows, *merges), VOCABULARY, **corrections)


def names(table: Table) -> list[Any]:
    return [table.value(row, "name") for row in table.rows]


def test_columns_are_told_with_their_letter_header_and_confidence() -> None:
    table = found(["STT", "Tên đơn vị", "Tổng điểm năm 2020", "Khác"], [1, "A", 9, "x"])
    assert {name: (c.letter, c.header, c.confidence) for name, c in table.columns.items()} == {
        "number": ("A", "STT", 1.0),
        "name": ("B", "Tên đơn vị", 1.0),
        "score": ("C", "Tổng điểm năm 2020", 0.8),
    }
    assert [(c.letter, c.header) for c in table.unmapped] == [("D", "Khác")]


def test_a_typing_error_is_found_with_low_confidence() -> None:
    assert found(["STT", "Tên đơn vij", "Điểm"], [1, "A", 9]).columns["name"].confidence == 0.6


def test_rows_carry_the_number_excel_shows() -> None:
    table = found(["BẢNG ĐIỂM"], [], HEADER, [1, "A", 9], [], [2, "B", 8])
    assert [row.number for row in table.rows] == [4, 6]
    assert table.titles == ["BẢNG ĐIỂM"]


def test_two_rows_of_header_joined_by_merged_cells() -> None:
    rows: list[list[Any]] = [["STT", "Tên đơn vị", "Điểm", None], [None, None, "Đợt 1", "Đợt 2"], [1, "A", 7, 8]]
    table = found(*rows, merges=[Merge(0, 0, 1, 0), Merge(0, 1, 1, 1), Merge(0, 2, 0, 3)])
    assert {name: c.letter for name, c in table.columns.items()} == {
        "number": "A",
        "name": "B",
        "first": "C",
        "second": "D",
    }
    assert table.header_rows == (1, 2)
    assert table.columns["first"].header == "Điểm Đợt 1"


def test_two_rows_of_header_repeated_on_the_next_page() -> None:
    header = [["STT", "Tên đơn vị", "Điểm", None], [None, None, "Đợt 1", "Đợt 2"]]
    table = found(*header, [1, "A", 7, 8], *header, [2, "B", 7, 8], merges=[Merge(0, 2, 0, 3), Merge(3, 2, 3, 3)])
    assert names(table) == ["A", "B"]


def test_a_value_merged_downwards_counts_for_each_row_only_where_the_field_says_so() -> None:
    rows: list[list[Any]] = [HEADER, [1, "A", 9, "Y tế"], [2, "B", None, None], [3, "C", 7, "Giáo dục"]]
    table = found(*rows, merges=[Merge(1, 3, 2, 3), Merge(1, 2, 2, 2)])
    assert [(table.value(row, "field"), table.value(row, "score")) for row in table.rows] == [
        ("Y tế", 9),
        ("Y tế", None),
        ("Giáo dục", 7),
    ]


def test_headings_are_kept_on_the_rows_below() -> None:
    table = found(HEADER, ["A", "KHỐI QUẬN"], [1, "A", 9], ["Khối phường"], [2, "B", 8])
    assert [(table.value(row, "name"), row.heading) for row in table.rows] == [
        ("A", "KHỐI QUẬN"),
        ("B", "Khối phường"),
    ]


def test_the_rows_after_a_signature_are_left_out_unless_the_header_comes_again() -> None:
    assert names(found(HEADER, [1, "A", 9], [None, "Người lập biểu"], [None, "Lê Văn B"])) == ["A"]
    assert names(found(HEADER, [1, "A", 9], [None, "Người lập biểu"], HEADER, [2, "B", 8])) == ["A", "B"]


def test_a_name_that_begins_like_a_total_is_kept_when_it_is_numbered() -> None:
    assert names(found(HEADER, [1, "Tổng công ty A", 9], [2, "Cộng đồng B", 8])) == ["Tổng công ty A", "Cộng đồng B"]


def test_the_header_row_can_be_named_by_the_user() -> None:
    rows: list[list[Any]] = [HEADER, ["x", "y", "z", "w"], ["STT", "Tên", "Điểm", None], [1, "A", 9, None]]
    assert names(found(*rows, header_row=3)) == ["A"]


def test_the_users_mapping_is_enough_without_any_header() -> None:
    table = found(["A", 9], ["B", 8], mapping={"name": "a", "score": "B"})
    assert names(table) == ["A", "B"]
    assert table.header_rows == (0, 0)


def test_an_ambiguous_column_that_is_not_needed_is_told() -> None:
    table = found([*HEADER, "Lĩnh vực"], [1, "A", 9, "x", "y"])
    assert [column.letter for column in table.ambiguous["field"]] == ["D", "E"]
    assert table.columns["field"].letter == "D"


def test_a_missing_column_is_refused_with_what_was_found() -> None:
    with pytest.raises(SheetRefused) as refused:
        found(["STT", "Tên", "Khác"], [1, "A", "x"])
    assert str(refused.value) == (
        'Cannot read sheet "S": no column for name and score was found. Columns in row 1: A “STT”, B “Tên”, C “Khác”.'
    )


@pytest.mark.parametrize("letters", ["", "1", "ZZZ", "Đ", "GS"])
def test_a_column_that_cannot_be_is_refused(letters: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        found(HEADER, [1, "A", 9], mapping={"name": letters})
    assert str(refused.value) == f'Cannot use column "{letters}": a column is named by letters, A to GR.'


def test_headers_are_compared_by_their_plain_words() -> None:
    assert header_words("Họ và tên (*)") == "ho va ten"
    assert header_words("Ngày,\ntháng / năm sinh [dd/mm/yyyy]") == "ngay thang nam sinh"
    assert header_words("(Số TT)") == "so tt"


@given(st.integers(0, 199))
def test_column_letters_and_numbers_agree(number: int) -> None:
    assert column_number(column_letter(number)) == number
    assert cell_name(4, number) == f"{column_letter(number)}5"


cells = st.one_of(
    st.none(),
    st.integers(0, 40),
    st.sampled_from(["STT", "Tên", "Điểm", "Tổng cộng", "A", "Nguyễn An", "ngày 1 tháng 2 năm 2020"]),
)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=12))
def test_no_arrangement_of_cells_crashes_and_no_named_and_numbered_row_is_lost(rows: list[list[Any]]) -> None:
    rows = [HEADER[:3], [1, "Đơn vị một", 5], *rows]
    try:
        table = found(*rows)
    except SheetRefused as refused:
        assert "second table" in str(refused) or "both column" in str(refused)
        return
    assert 2 in [row.number for row in table.rows]
    assert all(rows[row.number - 1] == list(row.cells) for row in table.rows)
