"""A list of sites as offices write it: headers recognised, values understood, wrong trees named, nobody merged."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook as Book

from lantoa.directory.rules.people import Birth, Known
from lantoa.office.rules.sheets import read_table_file
from lantoa.workshops.rules.people import who_is
from lantoa.workshops.rules.site_list import SiteRow, read_site_list, wrong_tree

HEAD = ("STT", "Mã điểm cầu", "Tên điểm cầu", "Mã điểm cầu cấp trên", "Số người dự kiến", "Quốc gia", "Điện thoại")


def book(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> bytes:
    made = Book()
    sheet = made.active
    assert sheet is not None
    sheet.append(["DANH SÁCH ĐIỂM CẦU"])
    sheet.append([])
    sheet.append(list(head))
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def read(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> list[SiteRow]:
    return read_site_list(read_table_file(book(*rows, head=head), "diem-cau.xlsx"))[0]


def faults(rows: Sequence[SiteRow]) -> list[tuple[str, str]]:
    return [(row.code, fault.message % dict(fault.values)) for row in rows for fault in row.faults]


def test_a_row_becomes_a_site() -> None:
    (row,) = read((1, "SG-01", "Hội trường  IMDA", "SG", "1.234 người", "Xin-ga-po", "0912 000 111"))

    assert (row.code, row.texts["name"], row.above, row.expected) == ("SG-01", "Hội trường IMDA", "SG", 1234)
    assert (row.country, row.zone, row.operator_phone) == ("SG", "Asia/Singapore", "+84912000111")
    assert "unit" not in row.told
    assert row.faults == []


def test_what_cannot_be_read_is_named_at_its_cell() -> None:
    (row,) = read((1, "mã có dấu!", "Điểm cầu", "", "nhiều", "Sao Hỏa", "12"))

    assert [(fault.cell, fault.message % dict(fault.values), fault.severity) for fault in row.faults] == [
        ("F4", "The country “Sao Hỏa” is not known: write its two letters, like SG.", "error"),
        ("B4", "“mãcódấu!” is no code: letters, digits, - . _ / and at most 40.", "error"),
        ("E4", "“nhiều” is no whole number below a million.", "error"),
        ("G4", '"12" is no telephone number; it was left out.', "warning"),
    ]


def test_a_time_zone_is_one_that_there_is() -> None:
    head = ("Tên điểm cầu", "Quốc gia", "Múi giờ")
    rows = read(
        ("Một", "", "Asia/Hanoi"),
        ("Hai", "", "GMT+7"),
        ("Ba", "", "Asia/" + "x" * 60),
        ("Bốn", "US", "America/Los_Angeles"),
        ("Năm", "SG", ""),
        head=head,
    )

    words = "The time zone “{}” is not known: write it like Asia/Ho_Chi_Minh (for Hà Nội, too)."
    assert [(fault.cell, fault.message % dict(fault.values)) for row in rows for fault in row.faults] == [
        ("C4", words.format("Asia/Hanoi")),
        ("C5", words.format("GMT+7")),
        ("C6", words.format("Asia/" + "x" * 55)),
    ]
    assert [row.is_wrong for row in rows] == [True, True, True, False, False]
    assert [row.zone for row in rows[3:]] == ["America/Los_Angeles", "Asia/Singapore"]


def test_a_code_stands_once() -> None:
    rows = read((1, "A", "Một", ""), (2, "A", "Hai", ""))
    wrong_tree(rows, {})

    assert faults(rows) == [("A", "The code A stands in row 4 already.")]


def test_a_site_above_is_in_the_list_or_on_record() -> None:
    rows = read((1, "A.1", "Một", "A"), (2, "B.1", "Hai", "B"))
    wrong_tree(rows, {"A": ""})

    assert faults(rows) == [("B.1", "The site above, B, is neither in the list nor on record.")]


def test_circles_are_found_also_with_sites_on_record() -> None:
    rows = read((1, "A", "Một", "B"), (2, "B", "Hai", "C"), (3, "D", "Ba", "A"))
    wrong_tree(rows, {"C": "A"})

    assert faults(rows) == [(code, f"The sites above {code} lead back to it.") for code in ("A", "B")] + [
        ("D", "The sites above D lead back to it.")
    ]


def test_what_stands_under_a_row_that_cannot_be_taken_cannot_be_taken_either() -> None:
    rows = read((1, "A", "Một", "", "nhiều"), (2, "B", "Hai", "A"), (3, "C", "Ba", "B"), (4, "D", "Bốn", ""))
    wrong_tree(rows, {})

    assert faults(rows)[1:] == [
        ("B", "The site above cannot be taken: see A."),
        ("C", "The site above cannot be taken: see A."),
    ]


# ---- people


def known(name: str = "Nguyễn Văn An", phone: str = "", *units: int, key: str = "a") -> Known:
    posts = tuple((unit, "") for unit in units)
    return Known(
        id=1, key=key, full_name=name, birth=Birth(), gender="", phone=phone, email="", id_hash=b"", posts=posts
    )


def test_somebody_is_known_by_name_and_telephone_or_by_name_and_unit() -> None:
    by_phone, by_unit = known(phone="+84912000111"), known("Nguyễn Văn An", "", 7)

    assert who_is("Nguyễn Văn An", "+84912000111", None, [by_phone]) == ("known", (by_phone,))
    assert who_is("Nguyễn Văn An", "+84912000111", 7, [by_unit]) == ("known", (by_unit,))
    assert who_is("Nguyễn Văn An", "", 7, [by_unit]) == ("known", (by_unit,))


def test_nobody_is_taken_silently_who_is_not_sure() -> None:
    one, other = known(phone="+84912000111", key="a"), known(phone="+84912000111", key="b")
    colleague = known("Nguyễn Văn An", "+84912000999", 7)
    unmarked = known("Nguyen Van An", "+84912000111")

    assert who_is("Nguyễn Văn An", "+84912000111", None, [one, other]) == ("doubtful", (one, other))
    assert who_is("Nguyễn Văn An", "+84912000111", 7, [colleague]) == ("doubtful", (colleague,))
    assert who_is("Nguyễn Văn An", "+84912000111", None, [unmarked]) == ("doubtful", (unmarked,))


def test_a_namesake_elsewhere_is_somebody_else() -> None:
    namesake = known("Nguyễn Văn An", "+84912000999", 8)

    assert who_is("Nguyễn Văn An", "+84912000111", 7, [namesake]) == ("new", ())
    assert who_is("", "", 7, []) == ("none", ())
