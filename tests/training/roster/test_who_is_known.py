"""Which people of a roster are known: the rules one by one, and what must always hold."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.common.vietnamese import title_name
from lantoa.office.rules.sheets import read_table_file
from lantoa.training.rules.roster import Birth, Judgement, KnownPerson, RosterRow, classify, read_roster

TODAY = dt.date(2020, 10, 1)
UNIT = "unit-a"


def row(**changes: Any) -> RosterRow:
    facts: dict[str, Any] = {
        "full_name": "Lê Thị Hòa",
        "birth": Birth(1985, 10, 5),
        "post": "Công chức",
        "phone": "+84912345678",
    }
    return RosterRow(**({"sheet": "DS", "number": 2} | facts | changes))


def person(**changes: Any) -> KnownPerson:
    facts: dict[str, Any] = {
        "key": "p1", "full_name": "Lê Thị Hòa", "birth": Birth(1985, 10, 5), "post": "Công chức",
        "phone": "+84912345678", "unit_keys": frozenset({UNIT}),
    }  # fmt: skip
    return KnownPerson(**(facts | changes))


def judged(one: RosterRow, *people: KnownPerson, unit_key: str | None = UNIT) -> Judgement:
    return classify(one, people, unit_key=unit_key)


def test_nobody_on_record_is_new() -> None:
    assert judged(row()) == Judgement("new")


def test_the_same_name_birth_and_unit_is_known() -> None:
    assert judged(row(), person()) == Judgement("known", "p1")


def test_old_and_new_tone_placement_is_the_same_name() -> None:
    assert judged(row(full_name="LÊ THỊ HOÀ"), person()) == Judgement("known", "p1")


def test_what_the_row_leaves_empty_changes_nothing() -> None:
    assert judged(row(post="", phone=""), person(email="a@b.vn")) == Judgement("known", "p1")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"post": "Chủ tịch"}, ["post"]),
        ({"phone": "+84900000000"}, ["phone"]),
        ({"email": "a@b.vn"}, ["email"]),
        ({"full_name": "Lê Thị Hoa"}, ["full_name"]),
        ({"id_number": "079185012345"}, ["id_number"]),
        ({"post": "Chủ tịch", "email": "a@b.vn"}, ["post", "email"]),
    ],
)
def test_something_else_than_on_record_is_a_change_of_those_fields(
    changes: dict[str, Any], fields: list[str]
) -> None:
    assert judged(row(**changes), person()) == Judgement("changed", "p1", tuple(fields))


def test_the_identity_number_finds_the_person_in_another_unit() -> None:
    known = person(id_matches=True, has_id=True, unit_keys=frozenset({"unit-b"}))
    assert judged(row(id_number="079185012345"), known) == Judgement("changed", "p1", ("unit",))


def test_the_number_under_another_name_is_doubtful() -> None:
    known = person(full_name="Trần Văn Bình", id_matches=True, has_id=True)
    assert judged(row(id_number="079185012345"), known) == Judgement("doubtful", "p1", doubt="other name")


def test_the_number_of_two_people_is_doubtful() -> None:
    both = [person(id_matches=True, has_id=True), person(key="p2", id_matches=True, has_id=True)]
    assert judged(row(id_number="079185012345"), *both) == Judgement("doubtful", "p1", doubt="several")


def test_another_number_on_record_is_doubtful() -> None:
    known = person(has_id=True)
    assert judged(row(id_number="079185012345"), known) == Judgement("doubtful", "p1", doubt="other number")


def test_two_people_who_fit_are_doubtful() -> None:
    assert judged(row(), person(), person(key="p2")) == Judgement("doubtful", "p1", doubt="several")


def test_of_two_namesakes_the_one_spelled_alike_is_taken() -> None:
    assert judged(row(), person(full_name="Lê Thị Hoa"), person(key="p2")) == Judgement("known", "p2")


def test_the_same_full_birth_date_in_another_unit_is_doubtful() -> None:
    known = person(unit_keys=frozenset({"unit-b"}), phone="")
    assert judged(row(phone=""), known) == Judgement("doubtful", "p1", doubt="other unit")


def test_the_same_telephone_carries_a_person_to_another_unit() -> None:
    assert judged(row(), person(unit_keys=frozenset({"unit-b"}))) == Judgement("changed", "p1", ("unit",))


def test_the_same_year_only_in_another_unit_is_new() -> None:
    known = person(birth=Birth(1985), unit_keys=frozenset({"unit-b"}), phone="")
    assert judged(row(birth=Birth(1985), phone=""), known) == Judgement("new")


def test_a_fuller_birth_date_in_the_same_unit_is_a_change_and_a_poorer_one_is_not() -> None:
    assert judged(row(), person(birth=Birth(1985))) == Judgement("changed", "p1", ("birth",))
    assert judged(row(birth=Birth(1985)), person()) == Judgement("known", "p1")


def test_one_birth_date_missing_in_the_same_unit_is_doubtful() -> None:
    assert judged(row(birth=None, phone=""), person()) == Judgement("doubtful", "p1", doubt="other birth")


def test_a_birth_date_that_differs_in_one_part_is_doubtful() -> None:
    assert judged(row(birth=Birth(1986, 10, 5), phone=""), person()) == Judgement(
        "doubtful", "p1", doubt="other birth"
    )


def test_another_birth_date_in_the_same_unit_is_new() -> None:
    assert judged(row(birth=Birth(1990, 1, 2), phone=""), person()) == Judgement("new")


def test_another_name_with_the_same_telephone_is_new() -> None:
    assert judged(row(full_name="Trần Văn Bình"), person()) == Judgement("new")


NAMES = st.lists(
    st.sampled_from(["Nguyễn", "Trần", "Lê", "Đặng", "Văn", "Thị", "Hoà", "Thủy", "An", "Ước", "Khuê", "Quý"]),
    min_size=2,
    max_size=4,
).map(" ".join)
BIRTHS = st.one_of(
    st.none(),
    st.integers(1930, 2005).map(Birth),
    st.tuples(st.integers(1930, 2005), st.integers(1, 12)).map(lambda known: Birth(*known)),
    st.dates(dt.date(1930, 1, 1), dt.date(2005, 1, 1)).map(lambda day: Birth(day.year, day.month, day.day)),
)
PEOPLE = st.builds(
    RosterRow,
    sheet=st.just("DS"),
    number=st.just(2),
    full_name=NAMES,
    birth=BIRTHS,
    post=st.sampled_from(["", "Chủ tịch", "Công chức"]),
    unit_text=st.sampled_from(["", "UBND phường A"]),
    id_number=st.sampled_from(["", "079085012345", "025123456"]),
    phone=st.sampled_from(["", "+84912345678"]),
    email=st.sampled_from(["", "an@example.vn"]),
    class_code=st.sampled_from(["", "Q9-1"]),
)


@given(PEOPLE, st.sampled_from([None, UNIT]))
def test_a_row_taken_over_and_read_again_is_known(one: RosterRow, unit_key: str | None) -> None:
    known = KnownPerson(
        key="p1", full_name=one.full_name, birth=one.birth, unit_keys=frozenset({unit_key} if unit_key else set()),
        id_matches=bool(one.id_number), has_id=bool(one.id_number), phone=one.phone, email=one.email, post=one.post,
    )  # fmt: skip
    assert classify(one, [known], unit_key=unit_key) == Judgement("known", "p1")


@given(PEOPLE, PEOPLE)
def test_a_person_of_another_name_without_the_number_is_never_meant(one: RosterRow, other: RosterRow) -> None:
    known = KnownPerson("p1", "Phạm Bình Minh", other.birth, frozenset({UNIT}), phone=other.phone, email=other.email)
    assert classify(one, [known], unit_key=UNIT) == Judgement("new")


FIELDS = {
    "full_name": ["Họ và tên", "HỌ TÊN", "Họ tên học viên", "Full name", "Ho va ten"],
    "birth": ["Ngày sinh", "Ngày, tháng, năm sinh", "NĂM SINH", "Date of birth"],
    "post": ["Chức vụ", "Chức danh", "Position"],
    "unit_text": ["Đơn vị", "Đơn vị công tác", "Cơ quan", "Unit"],
    "id_number": ["CCCD", "CMND", "Số định danh", "Số CMND/CCCD", "Identity number"],
    "phone": ["Điện thoại", "SĐT", "ĐTDĐ", "Số điện thoại", "Mobile"],
    "email": ["Email", "Thư điện tử", "E-mail"],
    "class_code": ["Lớp", "Mã lớp", "Class"],
}


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_roster_under_any_of_our_headers_reads_back_equal(data: st.DataObject) -> None:
    people = data.draw(st.lists(PEOPLE, min_size=1, max_size=4))
    order = data.draw(st.permutations(list(FIELDS)))
    titles = data.draw(st.integers(0, 4))
    header = [data.draw(st.sampled_from(FIELDS[field])) for field in order]
    rows = [["DANH SÁCH HỌC VIÊN"]] * titles + [["STT", *header]]
    for number, one in enumerate(people, 1):
        said = [str(getattr(one, field) or "") for field in order]
        rows.append([str(number), *(text.replace("+84", "0") for text in said)])
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    reading = read_roster(read_table_file(target.getvalue().encode("utf-8-sig"), "ds.csv"), TODAY)
    assert [_plain(found) for found in reading.rows] == [_plain(one) for one in people]
    assert [found.number for found in reading.rows] == list(range(titles + 2, titles + 2 + len(people)))


def _plain(one: RosterRow) -> tuple[Any, ...]:
    return (title_name(one.full_name), *(getattr(one, field) for field in FIELDS if field != "full_name"))
