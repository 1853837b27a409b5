"""Names, birth dates, numbers and addresses as people type them."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.office.rules.sheets import Cell
from lantoa.training.rules.roster.births import read_birth, read_birth_parts
from lantoa.training.rules.roster.names import Remark, read_name
from lantoa.training.rules.roster.numbers import (
    compare_id_number,
    read_email,
    read_gender,
    read_id_number,
    read_phone,
)
from lantoa.training.rules.roster.people import Birth, Gender

TODAY = dt.date(2020, 10, 1)


BACK = "missing zeros in front were put back."
MUST = "it must have 12, or 9 for an old card."
FIRST = "the first was taken."


def words(remarks: list[Remark]) -> list[str]:
    return [f"{severity}: {message % values if values else message}" for severity, message, values in remarks]


# names


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("  NGUYỄN   VĂN AN ", "Nguyễn Văn An"),
        ("nguyễn văn an", "Nguyễn Văn An"),
        ("Nguye\u0302\u0303n Văn An", "Nguyễn Văn An"),
        ("\u00d0ặng Văn \u00d0ô", "Đặng Văn Đô"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Y Moan Ênuôl", "Y Moan Ênuôl"),
        ("Jean-Pierre Dupont", "Jean-Pierre Dupont"),
        ("Ông Ích Khiêm", "Ông Ích Khiêm"),
        ("Anh Thư", "Anh Thư"),
        ("Cô Thị Bình", "Cô Thị Bình"),
        ("Nguyễn Văn An.", "Nguyễn Văn An"),
    ],
)
def test_a_name_is_made_readable_without_a_word(typed: str, name: str) -> None:
    assert read_name(typed) == (name, [])


@pytest.mark.parametrize(
    ("typed", "name", "address"),
    [
        ("Ông Nguyễn Văn An", "Nguyễn Văn An", "Ông"),
        ("Bà: Trần Thị Bé", "Trần Thị Bé", "Bà"),
        ("Đ/c Lê Văn Cường", "Lê Văn Cường", "Đ/c"),
        ("Đồng chí Lê Văn Cường", "Lê Văn Cường", "Đồng chí"),
        ("ThS. Nguyễn Văn An", "Nguyễn Văn An", "ThS."),
        ("PGS.TS. Nguyễn Văn An", "Nguyễn Văn An", "PGS.TS."),
        ("Mr. Nguyễn Văn An", "Nguyễn Văn An", "Mr."),
        ("Anh Nguyễn Văn An", "Nguyễn Văn An", "Anh"),
    ],
)
def test_a_form_of_address_is_taken_off_with_a_warning(typed: str, name: str, address: str) -> None:
    found, remarks = read_name(typed)
    assert (found, words(remarks)) == (name, [f'warning: "{address}" before the name was left out.'])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "error: The name is missing."),
        ("-", "error: The name is missing."),
        ("Nguyễn Văn 2", 'error: The name "Nguyễn Văn 2" has digits in it.'),
        ("Nguyễn @ An", 'error: The name "Nguyễn @ An" has the sign "@" in it.'),
        ("Nguyễn_An", 'error: The name "Nguyễn_An" has the sign "_" in it.'),
        ("An " * 67, f'error: The name "{("An " * 10)}…" has 200 characters, more than 100.'),
        ("An", 'warning: The name "An" is a single word.'),
        ("Nguyễn Văn An (Bí thư)", 'warning: "(Bí thư)" after the name was left out.'),
        ("=HYPERLINK1", 'error: The name "=HYPERLINK1" has digits in it.'),
        ("=cmd|x", 'error: The name "=cmd|x" has the sign "=" in it.'),
    ],
)
def test_what_is_wrong_with_a_name_is_said(typed: str, said: str) -> None:
    assert words(read_name(typed)[1]) == [said]


# birth dates


@pytest.mark.parametrize(
    ("cell", "birth"),
    [
        ("5/10/1985", Birth(1985, 10, 5)),
        ("05/10/1985", Birth(1985, 10, 5)),
        ("05-10-1985", Birth(1985, 10, 5)),
        ("5.10.1985", Birth(1985, 10, 5)),
        ("5 / 10 / 1985", Birth(1985, 10, 5)),
        ("05 10 1985", Birth(1985, 10, 5)),
        ("'05/10/1985", Birth(1985, 10, 5)),
        ("1985-10-05", Birth(1985, 10, 5)),
        ("1985-10-05 00:00:00", Birth(1985, 10, 5)),
        ("ngày 5 tháng 10 năm 1985", Birth(1985, 10, 5)),
        ("Sinh năm 1985", Birth(1985)),
        ("05101985", Birth(1985, 10, 5)),
        (5101985, Birth(1985, 10, 5)),
        ("19851025", Birth(1985, 10, 25)),
        (dt.date(1985, 10, 5), Birth(1985, 10, 5)),
        (dt.datetime(1985, 10, 5, tzinfo=dt.UTC), Birth(1985, 10, 5)),
        (31325, Birth(1985, 10, 5)),
        ("31325", Birth(1985, 10, 5)),
        ("1985", Birth(1985)),
        (1985, Birth(1985)),
        ("10/1985", Birth(1985, 10)),
        ("10.1985", Birth(1985, 10)),
        (10.1985, Birth(1985, 10)),
        ("1985-10", Birth(1985, 10)),
        ("29/02/1984", Birth(1984, 2, 29)),
        (None, None),
        ("", None),
        ("  .  ", None),
    ],
)
def test_birth_dates_are_understood_without_a_word(cell: Cell, birth: Birth | None) -> None:
    assert read_birth(cell, TODAY) == (birth, [])


@pytest.mark.parametrize(
    ("cell", "birth", "said"),
    [
        ("31/2/1985", None, 'error: "31/2/1985" is no date: month 2 of 1985 has no day 31.'),
        ("29/02/1985", None, 'error: "29/02/1985" is no date: month 2 of 1985 has no day 29.'),
        ("10/25/1985", None, 'error: "10/25/1985" is no date: there is no month 25 (the order is day/month/year).'),
        ("5/10/2030", None, 'error: "5/10/2030" is no birth date: it lies in the future.'),
        ("2021", None, 'error: "2021" is no birth date: it lies in the future.'),
        ("1/1/1850", None, 'error: "1/1/1850" is no birth date: the year is before 1900.'),
        ("không rõ", None, 'error: "không rõ" is no date; write day/month/year, month/year or the year.'),
        ("5/10", None, 'error: "5/10" is no date; write day/month/year, month/year or the year.'),
        ("85", None, 'error: "85" is no date; write day/month/year, month/year or the year.'),
        ("05-10-85", Birth(1985, 10, 5), 'warning: The year of "05-10-85" has two digits; it is read as 1985.'),
        ("05/10/02", Birth(2002, 10, 5), 'warning: The year of "05/10/02" has two digits; it is read as 2002.'),
        ("05/10/07", Birth(1907, 10, 5), 'warning: The year of "05/10/07" has two digits; it is read as 1907.'),
        ("00/00/1985", Birth(1985), 'warning: "00/00/1985" has zeros for what is not known; the rest is kept.'),
        ("00/10/1985", Birth(1985, 10), 'warning: "00/10/1985" has zeros for what is not known; the rest is kept.'),
        ("2015", Birth(2015), 'warning: "2015" would make the person 5 years old; please check.'),
        (
            dt.date(1905, 6, 7),
            Birth(1985),
            "warning: The cell shows 07/06/1905 because a year was typed into a date cell; it is read as 1985.",
        ),
    ],
)
def test_what_is_wrong_with_a_birth_date_is_said(cell: Cell, birth: Birth | None, said: str) -> None:
    found, remarks = read_birth(cell, TODAY)
    assert (found, words(remarks)[0]) == (birth, said)


def test_birth_dates_in_three_columns() -> None:
    assert read_birth_parts(5, "10", 1985, TODAY) == (Birth(1985, 10, 5), [])
    assert read_birth_parts(None, None, 1985, TODAY) == (Birth(1985), [])
    assert read_birth_parts(None, None, None, TODAY) == (None, [])
    assert words(read_birth_parts(31, 2, 1985, TODAY)[1]) == [
        'error: "31/2/1985" is no date: month 2 of 1985 has no day 31.'
    ]


@given(st.dates(dt.date(1930, 1, 1), dt.date(2006, 1, 1)), st.sampled_from("/-. "))
def test_every_date_written_the_vietnamese_way_reads_back(day: dt.date, separator: str) -> None:
    birth = Birth(day.year, day.month, day.day)
    for text in (f"{day.day}/{day.month}/{day.year}", f"{day:%d/%m/%Y}"):
        assert read_birth(text.replace("/", separator), TODAY)[0] == birth
    assert read_birth(day, TODAY)[0] == birth
    assert read_birth((day - dt.date(1899, 12, 30)).days, TODAY)[0] == birth
    assert read_birth(str(birth), TODAY)[0] == birth


@given(st.one_of(st.text(max_size=15), st.integers(), st.floats(), st.booleans(), st.dates()))
def test_any_cell_is_a_birth_date_or_a_fault_and_never_a_crash(cell: Cell) -> None:
    birth, _ = read_birth(cell, TODAY)
    assert birth is None or 1900 <= birth.year <= 2020


# identity numbers


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("079085012345", "079085012345"),
        ("079 085 012 345", "079085012345"),
        ("079.085.012.345", "079085012345"),
        ("'079085012345", "079085012345"),
        ("025123456", "025123456"),
        (271234567, "271234567"),
        (None, ""),
        (" ", ""),
    ],
)
def test_identity_numbers_are_understood_without_a_word(cell: Cell, digits: str) -> None:
    assert read_id_number(cell) == (digits, [])


@pytest.mark.parametrize(
    ("cell", "digits", "said"),
    [
        (79085012345, "079085012345", f'warning: The identity number "…345" has 11 digits; {BACK}'),
        (1085012345, "001085012345", f'warning: The identity number "…345" has 10 digits; {BACK}'),
        (25123456, "025123456", f'warning: The identity number "…456" has 8 digits; {BACK}'),
        ("7,9085E+10", "", 'error: The identity number "…+10" has lost digits; type it again as text.'),
        (79085012345.5, "", 'error: The identity number "…5.5" has lost digits; type it again as text.'),
        ("07908501234", "", f'error: The identity number "…234" has 11 digits; {MUST}'),
        ("12345", "", f'error: The identity number "…345" has 5 digits; {MUST}'),
        ("B1234567", "", 'error: The identity number "…567" has other signs than digits.'),
        ("000000000000", "", 'error: The identity number "…000" is no number of a person.'),
        ("099085012345", "099085012345", 'warning: The identity number "…345" begins with 099, '
         "which is no province; please check."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_identity_number_is_said(cell: Cell, digits: str, said: str) -> None:
    found, remarks = read_id_number(cell)
    assert (found, words(remarks)) == (digits, [said])


@pytest.mark.parametrize(
    ("digits", "birth", "gender", "said"),
    [
        ("079085012345", Birth(1985, 10, 5), "male", []),
        ("079185012345", Birth(1985), "female", []),
        ("079202012345", Birth(2002), "male", []),
        ("079085012345", None, "", []),
        ("025123456", Birth(1985), "female", []),
        ("079085012345", Birth(1986), "male",
         ["warning: The identity number says born in 1985, the list says 1986; please check."]),
        ("079085012345", Birth(1985), "female",
         ["warning: The identity number says the other gender; please check."]),
    ],
)  # fmt: skip
def test_year_and_gender_in_the_number_are_compared(
    digits: str, birth: Birth | None, gender: Gender, said: list[str]
) -> None:
    assert words(compare_id_number(digits, birth, gender)) == said


# telephone, e-mail, gender


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("0912345678", "+84912345678"),
        ("0912 345 678", "+84912345678"),
        ("0912.345.678", "+84912345678"),
        ("(+84) 912-345-678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0084912345678", "+84912345678"),
        (912345678, "+84912345678"),
        ("028 3822 1234", "+842838221234"),
        ("+65 6123 4567", "+6561234567"),
        ("'0912345678", "+84912345678"),
        (None, ""),
        ("", ""),
    ],
)
def test_telephone_numbers_are_understood_without_a_word(cell: Cell, phone: str) -> None:
    assert read_phone(cell) == (phone, [])


CONVERSIONS = """
    0120:070 0121:079 0122:077 0126:076 0128:078 0123:083 0124:084 0125:085 0127:081 0129:082
    0162:032 0163:033 0164:034 0165:035 0166:036 0167:037 0168:038 0169:039 0186:056 0188:058 0199:059
"""


@pytest.mark.parametrize(("old", "new"), re.findall(r"(\d+):(\d+)", CONVERSIONS))
def test_mobile_numbers_of_eleven_digits_become_ten(old: str, new: str) -> None:
    phone, remarks = read_phone(old + "1234567")
    assert phone == f"+84{new[1:]}1234567"
    assert words(remarks) == [
        f'warning: The old telephone number "{old}1234567" was changed to {new}1234567, as all were in 2018.'
    ]
    assert read_phone(int(old + "1234567"))[0] == phone


@pytest.mark.parametrize(
    ("cell", "phone", "said"),
    [
        ("0912345678/0283822123", "+84912345678", f'Of the telephone numbers "0912345678/0283822123" {FIRST}'),
        ("0912345678 - 0987654321", "+84912345678", f'Of the telephone numbers "0912345678 - 0987654321" {FIRST}'),
        ("12345", "", '"12345" is no telephone number; it was left out.'),
        ("0612345678", "", '"0612345678" is no telephone number; it was left out.'),
        ("không có", "", '"không có" is no telephone number; it was left out.'),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_telephone_number_is_said(cell: Cell, phone: str, said: str) -> None:
    found, remarks = read_phone(cell)
    assert (found, words(remarks)) == (phone, [f"warning: {said}"])


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("An.Nguyen@Example.VN", "An.Nguyen@example.vn"),
        ("mailto:an@example.vn", "an@example.vn"),
        ("<an@example.vn>;be@example.vn", "an@example.vn"),
        (None, ""),
    ],
)
def test_email_addresses_are_understood(cell: Cell, email: str) -> None:
    assert read_email(cell) == (email, [])


@pytest.mark.parametrize("cell", ["an@", "an.example.vn", "nguyễn@example.vn", "an@example", "a..b@example.vn"])
def test_what_is_no_email_address_is_left_out(cell: str) -> None:
    found, remarks = read_email(cell)
    assert (found, words(remarks)) == ("", [f'warning: "{cell}" is no e-mail address; it was left out.'])


@pytest.mark.parametrize(
    ("cell", "gender"),
    [("Nam", "male"), ("NỮ", "female"), ("nu", "female"), ("M", "male"), ("F", "female"), (None, "")],
)
def test_gender_is_understood(cell: Cell, gender: Gender) -> None:
    assert read_gender(cell) == (gender, [])


def test_another_gender_word_is_said() -> None:
    assert words(read_gender("?x")[1]) == ['warning: "?x" is no gender; write Nam or Nữ.']


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans()))
def test_no_cell_crashes_the_readers(cell: Cell) -> None:
    digits, _ = read_id_number(cell)
    assert len(digits) in (0, 9, 12)
    phone, _ = read_phone(cell)
    assert phone == "" or phone[0] == "+"
    assert read_email(cell)[0] == "" or "@" in read_email(cell)[0]
    read_name(str(cell))
