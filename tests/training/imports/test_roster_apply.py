"""Applying a roster, and taking it back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from factories import BY, enrolment, meeting, person, training_class, unit, user
from training.imports.conftest import AN, AT, BINH, CUC, House, changed, dump, rows

from lantoa.common.refused import Refused
from lantoa.directory.models import Person, Role, Unit
from lantoa.office.actions import apply_import, choose, undo_import
from lantoa.office.models import Import
from lantoa.office.rules.imports import Note
from lantoa.presence.models import Attendance
from lantoa.training.actions.classes import withdraw
from lantoa.training.importers.roster import RosterImporter, offices_added
from lantoa.training.models import Assessment, Certificate, Enrolment, Mark, Submission

pytestmark = pytest.mark.django_db


def refused(work: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return str(caught.value)


def notes(also: list[Note]) -> list[str]:
    return [one.message % one.values for one in also]


def undo(made: Import) -> Import:
    return undo_import(by=BY, made=made, at=AT, wait=True)


def seats() -> list[tuple[str, str, str]]:
    return [
        (one.person.full_name, one.training_class.code, one.post_title)
        for one in Enrolment.objects.select_related("person", "training_class").order_by("id")
    ]


def test_people_posts_and_places_are_made(house: House) -> None:
    house.load(AN, CUC)
    assert seats() == [("Nguyễn Văn An", "L1", "Chuyên viên"), ("Lê Thị Cúc", "L2", "Phó Chủ tịch")]
    an = Person.objects.get(full_name="Nguyễn Văn An")
    post = an.posts.get()
    assert (an.folded, an.phone, an.birth_year, an.birth_month, an.birth_day) == (
        "nguyen van an", "+84912345678", 1985, 10, 5,
    )  # fmt: skip
    assert (post.unit_id, post.title, post.period.lower) == (
        house.wards["Long Bình"].pk,
        "Chuyên viên",
        date(2020, 10, 1),
    )


def test_whoever_is_loaded_late_is_in_the_class_from_its_first_meeting(house: House) -> None:
    preview = house.preview(AN)
    apply_import(by=BY, made=preview, at=AT + timedelta(days=400), wait=True)
    assert Enrolment.objects.get().enrolled_at == datetime(2020, 10, 5, 1, tzinfo=UTC)


def test_the_same_file_twice_changes_nothing(house: House) -> None:
    house.load(AN, BINH, CUC)
    before = dump()
    house.load(AN, BINH, CUC)
    assert dump() == before


def test_wrong_rows_are_left_out(house: House) -> None:
    house.load(AN, changed(BINH, birth="31/02/1990"))
    assert seats() == [("Nguyễn Văn An", "L1", "Chuyên viên")]


def test_a_new_telephone_is_taken_and_an_empty_one_is_not(house: House) -> None:
    house.load(AN, BINH)
    house.load(changed(AN, phone="0987654321"), changed(BINH, email=""))
    assert list(Person.objects.order_by("id").values_list("phone", "email")) == [
        ("+84987654321", ""),
        ("", "binh@example.vn"),
    ]


def test_another_post_from_a_later_day_ends_the_earlier_one(house: House) -> None:
    known = person("Nguyễn Văn An", at=house.wards["Long Bình"], birth_year=1985, birth_month=10, birth_day=5)
    house.load(changed(AN, post="Trưởng phòng"))
    posts = [(post.title, post.period.lower, post.period.upper) for post in known.posts.order_by("period")]
    assert posts == [
        ("Chuyên viên", date(2000, 1, 1), date(2020, 10, 1)),
        ("Trưởng phòng", date(2020, 10, 1), None),
    ]


def test_a_person_in_two_classes_is_one_person(house: House) -> None:
    house.load(AN, changed(AN, code="L2", email="an@example.vn"))
    assert [one.email for one in Person.objects.all()] == ["an@example.vn"]
    assert seats() == [("Nguyễn Văn An", "L1", "Chuyên viên"), ("Nguyễn Văn An", "L2", "Chuyên viên")]


def test_a_person_in_two_classes_is_known_in_both_afterwards(house: House) -> None:
    both = (changed(AN, number="079085000123"), changed(AN, number="079085000123", code="L2"))
    house.load(*both)
    assert rows(house.preview(*both)) == [("Nguyễn Văn An", "known")] * 2


def test_two_rows_about_one_new_post_make_one_post(house: House) -> None:
    known = person("Nguyễn Văn An", birth_year=1985, birth_month=10, birth_day=5, phone="+84912345678")
    house.load(AN, changed(AN, code="L2"))
    assert [post.title for post in known.posts.all()] == ["Chuyên viên"]


class TestDoubtful:
    OTHER_UNIT = changed(AN, unit="Phường Phú Hữu", phone="", code="L2")

    def test_they_wait_for_a_persons_decision(self, house: House) -> None:
        house.load(AN)
        preview = house.preview(self.OTHER_UNIT)
        assert refused(lambda: apply_import(by=BY, made=preview, at=AT, wait=True)) == (
            "Cannot apply the import: 1 doubtful rows still wait for a choice."
        )

    def decided(self, house: House, choice: str) -> None:
        house.load(AN)
        preview = house.preview(self.OTHER_UNIT)
        choice = choice or Person.objects.get().key
        choose(by=BY, made=preview, choices={preview.rows.get().pk: choice})
        apply_import(by=BY, made=preview, at=AT, wait=True)

    def test_said_to_be_known_they_are_that_person_with_a_second_post(self, house: House) -> None:
        self.decided(house, "")
        posts = Person.objects.get().posts.order_by("id")
        assert [post.unit_id for post in posts] == [house.wards["Long Bình"].pk, house.wards["Phú Hữu"].pk]
        assert Enrolment.objects.count() == 2

    def test_said_to_be_new_they_are_someone_else(self, house: House) -> None:
        self.decided(house, "new")
        assert Person.objects.count() == 2

    def test_left_out_they_change_nothing(self, house: House) -> None:
        self.decided(house, "skip")
        assert (Person.objects.count(), Enrolment.objects.count()) == (1, 1)

    def test_a_number_of_somebody_else_makes_no_new_person(self, house: House) -> None:
        house.load(changed(AN, number="079085000123"))
        preview = house.preview(changed(BINH, number="079085000123"))
        choose(by=BY, made=preview, choices={}, others="new")
        assert refused(lambda: apply_import(by=BY, made=preview, at=AT, wait=True)) == (
            "Cannot load Trần Thị Bình: somebody else on record has the identity number (…123)."
        )


class TestRefusedAtTheLastMoment:
    """What was true in the preview and no longer is when the button is pressed."""

    def test_the_place_is_gone(self, house: House) -> None:
        house.classes["L1"].capacity = 1
        house.classes["L1"].save()
        preview = house.preview(AN)
        enrolment(house.classes["L1"])
        before = dump()
        assert refused(lambda: apply_import(by=BY, made=preview, at=AT, wait=True)) == (
            "Cannot enrol Nguyễn Văn An: class L1 has no place left (1 of 1)."
        )
        assert dump() == before

    def test_the_person_sits_elsewhere(self, house: House) -> None:
        known = person("Nguyễn Văn An", at=house.wards["Long Bình"], birth_year=1985, birth_month=10, birth_day=5)
        preview = house.preview(AN)
        other = training_class(code="K1")
        meeting(other, datetime(2020, 10, 5, 2, tzinfo=UTC))
        enrolment(other, known)
        assert refused(lambda: apply_import(by=BY, made=preview, at=AT, wait=True)) == (
            "Cannot enrol Nguyễn Văn An in class L1: at 08:00–12:00 05/10/2020 they are in class K1 "
            f"(Chuyển đổi số cho lãnh đạo, {other.programme.code}) (09:00–13:00 05/10/2020)."
        )

    def test_another_list_was_applied_in_between(self, house: House) -> None:
        preview = house.preview(AN, name="first.csv")
        house.load(BINH, name="second.csv")
        assert refused(lambda: apply_import(by=BY, made=preview, at=AT, wait=True)) == (
            "Cannot apply the import: since this preview was made the file second.csv was applied or undone, so the "
            "preview may no longer be true. Read the file again."
        )

    def test_the_person_is_no_longer_there(self, house: House) -> None:
        known = person("Nguyễn Văn An", birth_year=1985, birth_month=10, birth_day=5, phone="+84912345678")
        preview = house.preview(AN)
        known.delete()
        assert refused(lambda: apply_import(by=BY, made=preview, at=AT, wait=True)) == (
            "Cannot load Nguyễn Văn An: they were on record when the list was read and are no longer."
        )


class TestAddedUnits:
    CENTRE = changed(AN, unit="Trung tâm Thử nghiệm")

    def test_an_office_is_added_once_under_the_owner(self, house: House) -> None:
        house.load(self.CENTRE, changed(BINH, unit="trung tâm thử nghiệm"), add_units=True)
        centre = Unit.objects.get(placements__name="Trung tâm Thử nghiệm")
        assert centre.placements.get().parent_id == house.district.pk
        assert set(Enrolment.objects.values_list("unit", flat=True)) == {centre.pk}

    def test_the_same_file_finds_it_known(self, house: House) -> None:
        house.load(self.CENTRE, add_units=True)
        assert rows(house.preview(self.CENTRE)) == [("Nguyễn Văn An", "known")]

    def test_what_would_be_added_is_said_before(self, house: House) -> None:
        preview = house.preview(
            self.CENTRE, changed(BINH, unit="trung tâm thử nghiệm"), changed(CUC, unit="Phòng Nội vụ"), add_units=True
        )
        assert notes(RosterImporter().applying_also(preview)) == [
            "Offices added under the owner of the programme, which no list of units names: "
            "2 (Phòng Nội vụ, Trung tâm Thử nghiệm)"
        ]
        assert RosterImporter().applying_also(house.preview(AN, add_units=True)) == []

    def test_an_undo_takes_the_office_away_and_says_so_before(self, house: House) -> None:
        before = dump()
        made = house.load(self.CENTRE, add_units=True)
        assert list(offices_added(made).values()) == ["Trung tâm Thử nghiệm"]
        assert notes(RosterImporter().undoing_also(made)) == [
            "Offices that came with the list and are taken away: 1 (Trung tâm Thử nghiệm)"
        ]
        undo(made)
        assert dump() == before

    @pytest.mark.parametrize("what", ["person", "list", "role", "office under it"])
    def test_an_office_that_something_else_names_by_now_stays(self, house: House, what: str) -> None:
        made = house.load(self.CENTRE, add_units=True)
        centre = Unit.objects.get(placements__name="Trung tâm Thử nghiệm")
        if what == "person":
            person("Hoàng Văn Dũng", at=centre)
        if what == "list":
            house.load(changed(BINH, unit="Trung tâm Thử nghiệm"), name="second.csv")
        if what == "role":
            user(Role.UNIT_COORDINATOR, on=centre)
        if what == "office under it":
            unit("Tổ 1", under=centre)
        assert notes(RosterImporter().undoing_also(made)) == [
            "Offices that came with the list and stay, since something else names them now: 1 (Trung tâm Thử nghiệm)"
        ]
        undo(made)
        assert Unit.objects.filter(pk=centre.pk).exists()
        assert not Person.objects.filter(full_name="Nguyễn Văn An").exists()

    def test_an_office_of_a_list_that_was_undone_can_come_again(self, house: House) -> None:
        undo(house.load(self.CENTRE, add_units=True))
        house.load(self.CENTRE, add_units=True)
        assert Unit.objects.filter(placements__name="Trung tâm Thử nghiệm").count() == 1


class TestUndo:
    def test_who_was_withdrawn_since_is_said_before(self, house: House) -> None:
        made = house.load(AN, BINH)
        withdraw(by=BY, enrolment=Enrolment.objects.get(person__full_name="Trần Thị Bình"), reason="ốm", at=AT)
        assert notes(RosterImporter().undoing_also(made)) == [
            "Withdrawn since; that they were ever in the class is deleted too: 1 (Trần Thị Bình (L1))"
        ]
        undo(made)
        assert Enrolment.objects.count() == 0

    def test_everything_stands_as_before(self, house: House) -> None:
        house.load(AN, BINH)
        person("Lê Thị Cúc", at=house.wards["Long Bình"], birth_year=1979, birth_month=12, birth_day=7)
        before = dump()
        made = house.load(
            changed(AN, phone="0987654321", number="079085000123"),
            changed(AN, phone="0987654322", number="079085000123", code="L2"),
            changed(BINH, post="Trưởng phòng", email="other@example.vn"),
            changed(CUC, post="Chủ tịch"),
            changed(AN, name="Hoàng Văn Dũng", birth="1988", phone=""),
            changed(AN, name="Hoàng Văn Dũng", birth="1988", phone="0911111111", code="L2"),
        )
        assert dump() != before
        assert undo(made).state == "undone"
        assert dump() == before

    def test_undone_twice_is_undone_once(self, house: House) -> None:
        made = house.load(AN)
        undo(made)
        before = dump()
        undo(made)
        assert dump() == before

    def test_applied_again_after_an_undo(self, house: House) -> None:
        undo(house.load(AN))
        house.load(AN)
        assert seats() == [("Nguyễn Văn An", "L1", "Chuyên viên")]

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("presence", "Cannot undo: Nguyễn Văn An was counted at a meeting of class L1 since."),
            ("mark", "Cannot undo: Nguyễn Văn An has a mark in class L1 since."),
            ("submission", "Cannot undo: Nguyễn Văn An has handed something in, in class L1, since."),
            ("certificate", "Cannot undo: Nguyễn Văn An has a certificate of class L1 since."),
            ("account", "Cannot undo: Nguyễn Văn An has an account since."),
            ("class", "Cannot undo: Nguyễn Văn An is named elsewhere since."),
            ("post", "Cannot undo: Nguyễn Văn An is named elsewhere since."),
            ("lecturer", "Cannot undo: Nguyễn Văn An is named elsewhere since."),
        ],
    )
    def test_it_is_refused_when_something_depends_on_it(self, house: House, what: str, said: str) -> None:
        made = house.load(AN)
        depend(what, house)
        before = dump()
        assert refused(lambda: undo(made)) == said
        assert dump() == before

    def test_a_person_changed_since_is_named(self, house: House) -> None:
        house.load(AN)
        made = house.load(changed(AN, phone="0987654321"))
        house.load(changed(AN, phone="0911111111"))
        assert refused(lambda: undo(made)) == "Cannot undo: Nguyễn Văn An was changed since."

    def test_a_later_list_that_changed_nothing_else_is_no_obstacle(self, house: House) -> None:
        house.load(AN)
        made = house.load(changed(AN, phone="0987654321"))
        house.load(changed(AN, phone="", email="an@example.vn"))
        undo(made)
        assert list(Person.objects.values_list("phone", "email")) == [("+84912345678", "an@example.vn")]


def depend(what: str, house: House) -> None:
    seat = Enrolment.objects.select_related("person", "training_class").get()
    an, one = seat.person, house.classes["L1"]
    if what == "presence":
        gathering = one.meetings.order_by("during")[0].gathering
        Attendance.objects.create(
            gathering=gathering, person=an, state="present", share=1, how="roll_call", at=AT, by="machine:test"
        )
    if what in ("mark", "submission"):
        test = Assessment.objects.create(training_class=one, code="test", title="Bài thi", kind="test")
        if what == "mark":
            Mark.objects.create(enrolment=seat, assessment=test, value=8, at=AT, by="machine:test", source="test:1")
        else:
            Submission.objects.create(enrolment=seat, assessment=test, text="…", handed_in_at=AT)
    if what == "certificate":
        certify(seat)
    if what == "account":
        user(is_person=an)
    if what == "class":
        enrolment(training_class(), an)
    if what == "post":
        an.posts.create(
            unit=house.wards["Phú Hữu"], title="Ủy viên", period=an.posts.get().period, source="directory:by-hand"
        )
    if what == "lecturer":
        meeting(training_class(), lecturer=an)


def certify(seat: Enrolment) -> Certificate:
    from lantoa.office.actions import ensure_key

    key = ensure_key(by=BY, on=date(2020, 12, 1))
    return Certificate.objects.create(
        enrolment=seat, number="1", issued_on=date(2020, 12, 31), facts={}, payload="", signing_key=key,
        issued_by="machine:test",
    )  # fmt: skip
