"""What the preview of a roster says of each row."""

import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest
from factories import BY, enrolment, meeting, person, training_class, unit
from training.imports.conftest import AN, AT, BINH, CUC, HEADER, House, changed, changes, row, rows, words, xlsx_of

from lantoa.common.refused import Refused
from lantoa.directory.actions.restriction import restrict_person
from lantoa.directory.models import Person, period_of
from lantoa.directory.rules.naming import folded_name
from lantoa.office.actions import apply_import, choose
from lantoa.office.rules.refusals import from_json

pytestmark = pytest.mark.django_db


def test_people_nobody_knows_are_new(house: House) -> None:
    assert rows(house.preview(AN, BINH)) == [("Nguyễn Văn An", "new"), ("Trần Thị Bình", "new")]


def test_a_preview_writes_nothing_but_itself(house: House) -> None:
    house.preview(AN, BINH)
    assert Person.objects.count() == 0


def test_the_same_file_again_is_known(house: House) -> None:
    house.load(AN, BINH, CUC)
    assert rows(house.preview(AN, BINH, CUC)) == [(one[0], "known") for one in (AN, BINH, CUC)]


def test_a_file_in_decomposed_letters_names_the_same_people(house: House) -> None:
    house.load(AN, BINH)
    apart = [tuple(unicodedata.normalize("NFD", str(cell)) for cell in one) for one in (AN, BINH)]
    assert rows(house.preview(*apart)) == [("Nguyễn Văn An", "known"), ("Trần Thị Bình", "known")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"phone": "0987654321"}, ("telephone", "+84912345678", "+84987654321")),
        ({"email": "an@example.vn"}, ("e-mail", "", "an@example.vn")),
        ({"post": "Trưởng phòng"}, ("post", "Chuyên viên", "Trưởng phòng")),
        ({"number": "079085000123"}, ("identity number", "", "…123")),
    ],
)
def test_what_a_row_would_change_is_shown(
    house: House, values: dict[str, str], expected: tuple[str, str, str]
) -> None:
    house.load(AN)
    preview = house.preview(changed(AN, **values))
    assert (rows(preview), changes(preview)) == ([("Nguyễn Văn An", "changed")], [expected])


def test_a_known_person_who_enters_a_class_is_a_change(house: House) -> None:
    person("Nguyễn Văn An", at=house.wards["Long Bình"], birth_year=1985, birth_month=10, birth_day=5)
    preview = house.preview(changed(AN, phone=""))
    assert (rows(preview), changes(preview)) == ([("Nguyễn Văn An", "changed")], [("class", "", "L1")])


def test_a_second_post_elsewhere_changes_nothing_here(house: House) -> None:
    house.load(AN)
    known = Person.objects.get()
    known.posts.create(unit=house.wards["Phú Hữu"], title="Ủy viên", period=known.posts.get().period, source="test:1")
    assert rows(house.preview(AN)) == [("Nguyễn Văn An", "known")]


def test_the_same_name_and_birth_in_another_unit_is_doubtful(house: House) -> None:
    house.load(AN)
    preview = house.preview(changed(AN, unit="Phường Phú Hữu", phone=""))
    assert rows(preview) == [("Nguyễn Văn An", "doubtful")]
    known = Person.objects.get()
    assert row(preview).candidates == [{"key": known.key, "words": "Nguyễn Văn An · 05/10/1985 · Chuyên viên"}]


def test_a_namesake_with_nothing_else_in_common_is_new(house: House) -> None:
    house.load(AN)
    preview = house.preview(changed(AN, birth="01/01/1970", unit="Phường Phú Hữu", phone=""))
    assert rows(preview) == [("Nguyễn Văn An", "new")]


def test_a_known_number_under_another_name_is_doubtful(house: House) -> None:
    house.load(changed(AN, number="079085000123"))
    preview = house.preview(changed(BINH, number="079085000123"))
    assert rows(preview) == [("Trần Thị Bình", "doubtful")]


def test_a_person_twice_in_the_file_is_wrong_the_second_time(house: House) -> None:
    preview = house.preview(AN, BINH, AN)
    assert [verdict for _name, verdict in rows(preview)] == ["new", "new", "wrong"]
    assert words(preview) == ['4 error: Has the same name, birth date and unit as row 2 of sheet "CSV".']


def test_an_unknown_unit_is_named(house: House) -> None:
    preview = house.preview(changed(AN, unit="Phường Không Có"))
    assert rows(preview) == [("Nguyễn Văn An", "wrong")]
    assert words(preview) == [
        "2 error: Cannot place Nguyễn Văn An: no unit «Phường Không Có» is known on 01/10/2020."
    ]


def test_a_unit_that_may_be_several_asks_for_the_district(house: House) -> None:
    for name in ("2", "3"):
        unit("Trùng Tên", under=unit(name, kind="Quận", level="district"))
    preview = house.preview(changed(AN, unit="Phường Trùng Tên"))
    assert words(preview) == [
        "2 error: Cannot place Nguyễn Văn An: «Phường Trùng Tên» may be any of 2 units. "
        "Name the district or province."
    ]


def test_a_unit_of_the_programme_comes_before_one_of_the_same_name_elsewhere(house: House) -> None:
    unit("Long Bình", under=unit("Biên Hòa", kind="Thành phố", level="district"))
    assert rows(house.preview(AN)) == [("Nguyễn Văn An", "new")]


def test_a_name_with_a_dash_before_its_province_is_found(house: House) -> None:
    ward = unit("Cam Ly - Đà Lạt", under=unit("Lâm Đồng", kind="Tỉnh", level="province"))
    ward.placements.update(folded=folded_name("Phường", "Cam Ly - Đà Lạt"))
    preview = house.preview(changed(AN, unit="UBND Phường Cam Ly - Đà Lạt, Tỉnh Lâm Đồng"))
    assert rows(preview) == [("Nguyễn Văn An", "new")]


def test_a_row_without_a_unit_is_wrong(house: House) -> None:
    assert words(house.preview(AN, changed(BINH, unit=""))) == [
        "3 error: Cannot place Trần Thị Bình: the list names no unit for them."
    ]


def test_an_unknown_unit_may_be_added(house: House) -> None:
    preview = house.preview(changed(AN, unit="Trung tâm Thử nghiệm"), add_units=True)
    assert rows(preview) == [("Nguyễn Văn An", "new")]
    assert words(preview) == [
        "2 warning: Unit «Trung tâm Thử nghiệm» is not known; it will be added as an office of the programme's owner."
    ]


def test_a_class_the_programme_does_not_have_is_named(house: House) -> None:
    assert words(house.preview(changed(AN, code="L9"))) == [
        "2 error: Cannot enrol Nguyễn Văn An: the programme has no class «L9» (it has L1, L2)."
    ]


def test_a_row_without_a_class_is_wrong_where_there_are_several(house: House) -> None:
    assert words(house.preview(BINH, changed(AN, code=""))) == [
        "3 error: Cannot enrol Nguyễn Văn An: the list names no class for them (the programme has L1, L2)."
    ]


def test_whoever_finds_no_place_is_named(house: House) -> None:
    house.classes["L1"].capacity = 1
    house.classes["L1"].save()
    preview = house.preview(AN, BINH)
    assert [verdict for _name, verdict in rows(preview)] == ["new", "wrong"]
    assert words(preview) == ["3 error: Cannot enrol Trần Thị Bình: class L1 has no place left (1 of 1)."]


def test_places_taken_before_count(house: House) -> None:
    house.classes["L1"].capacity = 1
    house.classes["L1"].save()
    enrolment(house.classes["L1"])
    assert words(house.preview(AN)) == ["2 error: Cannot enrol Nguyễn Văn An: class L1 has no place left (1 of 1)."]


CLASH = (
    "Cannot enrol Nguyễn Văn An in class L2: at 09:00–13:00 05/10/2020 they are in class L1 (08:00–12:00 05/10/2020)."
)


def test_a_person_of_two_classes_at_one_time_is_named_in_the_preview(house: House) -> None:
    meeting(house.classes["L2"], datetime(2020, 10, 5, 2, tzinfo=UTC))
    preview = house.preview(AN, changed(AN, code="L2"))
    assert [verdict for _name, verdict in rows(preview)] == ["new", "wrong"]
    assert words(preview)[-1] == f"3 error: {CLASH}"


def test_a_known_person_who_sits_elsewhere_at_that_time_is_named(house: House) -> None:
    house.load(AN)
    meeting(house.classes["L2"], datetime(2020, 10, 5, 2, tzinfo=UTC))
    assert words(house.preview(changed(AN, code="L2"))) == [f"2 error: {CLASH}"]


def test_a_class_of_another_programme_counts_too(house: House) -> None:
    other = training_class(code="K1")
    meeting(other, datetime(2020, 10, 5, 2, tzinfo=UTC))
    enrolment(other, person("Nguyễn Văn An", at=house.wards["Long Bình"], birth_year=1985))
    assert words(house.preview(AN)) == [
        "2 error: Cannot enrol Nguyễn Văn An in class L1: at 08:00–12:00 05/10/2020 they are in class K1 "
        f"(Chuyển đổi số cho lãnh đạo, {other.programme.code}) (09:00–13:00 05/10/2020)."
    ]


def test_a_formula_without_a_result_is_named_in_its_row(house: House) -> None:
    formulas = (changed(AN, birth="=DATE(1985,10,5)"), changed(BINH, name='="Trần Thị "&"Bình"'))
    preview = house.preview(content=xlsx_of(HEADER, *formulas), name="ds.xlsx")
    empty = "holds a formula whose result was never saved; it is read as empty. Open the file in Excel and save it."
    assert [verdict for _name, verdict in rows(preview)] == ["new", "wrong"]
    assert words(preview) == [
        f"B2 warning: Cell B2 {empty}",
        f"A3 warning: Cell A3 {empty}",
        "A3 error: The name is missing.",
    ]


def test_a_wrong_birth_date_names_its_cell(house: House) -> None:
    preview = house.preview(changed(AN, birth="31/02/1980"))
    assert words(preview) == ['B2 error: "31/02/1980" is no date: month 2 of 1980 has no day 31.']


def test_an_identity_number_is_kept_as_a_hash_only(house: House) -> None:
    preview = house.preview(changed(AN, number="079085000123"))
    assert "079085000123" not in str(row(preview).values)


def test_title_rows_and_numbers_as_dates_are_read(house: House) -> None:
    content = xlsx_of(
        ["UBND QUẬN 9"],
        [],
        ["DANH SÁCH HỌC VIÊN LỚP L1"],
        ["TT", "Họ", "Tên", "Ngày sinh", "Đơn vị"],
        [1, "Nguyễn Văn", "An", datetime(1985, 10, 5), "P. Long Bình"],  # noqa: DTZ001 -- a day
        [2, "Trần Thị", "Bình", 1990, "UBND phường Tân Phú"],
    )
    preview = house.preview(content=content, name="ds.xlsx")
    assert rows(preview) == [("Nguyễn Văn An", "new"), ("Trần Thị Bình", "new")]


def test_a_later_post_is_no_stranger(house: House) -> None:
    known = person("Nguyễn Văn An", birth_year=1985, birth_month=10, birth_day=5)
    known.posts.create(
        unit=house.wards["Long Bình"],
        title="Chuyên viên",
        period=period_of(date(2021, 3, 1), None),
        source="test:1",
    )
    assert rows(house.preview(changed(AN, phone=""))) == [("Nguyễn Văn An", "changed")]


def test_a_file_that_is_no_list_is_refused_with_words(house: House) -> None:
    made = house.preview(content=b"a;b\n1;2\n")
    refusal = from_json(made.summary["refusal"])
    assert (made.state, str(refusal)) == (
        "refused",
        'Cannot find a table in sheet "CSV": no row among the first 60 looks like a header with full name.',
    )


def test_choices_are_those_offered(house: House) -> None:
    house.load(AN)
    preview = house.preview(changed(AN, unit="Phường Phú Hữu", phone=""))
    said: dict[int, Any] = {row(preview).pk: Person.objects.get().key}
    assert choose(by=BY, made=preview, choices=said) == 1


def test_a_roster_does_not_bring_back_somebody_whose_data_are_restricted(house: House) -> None:
    house.load(AN)
    restrict_person(by=BY, person=Person.objects.get(), at=AT)
    preview = house.preview(AN, changed(AN, birth="1985", phone=""), BINH)
    assert rows(preview) == [("Nguyễn Văn An", "wrong"), ("Nguyễn Văn An", "wrong"), ("Trần Thị Bình", "new")]
    said = "Cannot take Nguyễn Văn An: somebody of this name asked that their data not be used. Ask the privacy desk."
    assert words(preview) == [f"2 error: {said}", f"3 error: {said}"]


def test_a_roster_read_before_a_restriction_is_refused_after_it(house: House) -> None:
    someone = person("Nguyễn Văn An", at=house.wards["Long Bình"], birth_year=1985, birth_month=10, birth_day=5)
    preview = house.preview(AN)
    restrict_person(by=BY, person=someone, at=AT)
    with pytest.raises(Refused) as refused:
        apply_import(by=BY, made=preview, at=AT, wait=True)
    assert "their data are not to be used. Ask the privacy desk." in str(refused.value)
    assert not someone.enrolments.exists()
