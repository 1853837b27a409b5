"""Presence sheets and mark lists: what they say, applied, taken back."""

from decimal import Decimal

import pytest
from factories import BY, enrolment, person
from training.imports.conftest import AT, House, dump, row, rows, words, xlsx_of
from training.imports.test_roster_apply import certify, refused, undo

from lantoa.office.actions import apply_import
from lantoa.office.models import Import
from lantoa.presence.models import Attendance
from lantoa.training.actions.results import enter_marks
from lantoa.training.models import Assessment, Enrolment, Mark, Submission

pytestmark = pytest.mark.django_db

PRESENCE = ("Họ và tên", "Lớp", "Buổi 1", "12/10/2020")
MARKS = ("Họ và tên", "Ngày sinh", "Lớp", "Bài thi", "Kế hoạch")


@pytest.fixture
def filled(house: House) -> House:
    """Two people in L1, one in L2; a test and a plan in L1."""
    for name, code in (("Nguyễn Văn An", "L1"), ("Trần Thị Bình", "L1"), ("Lê Thị Cúc", "L2")):
        enrolment(house.classes[code], person(name))
    of = house.classes["L1"]
    Assessment.objects.create(training_class=of, code="bai-thi", title="Bài thi", kind="test")
    Assessment.objects.create(training_class=of, code="ke-hoach", title="Kế hoạch", kind="plan")
    return house


def presence(house: House, *lines: tuple[object, ...]) -> Import:
    return house.preview(content=xlsx_of(PRESENCE, *lines), name="diem-danh.xlsx", kind="presence")


def marks(house: House, *lines: tuple[object, ...]) -> Import:
    return house.preview(content=xlsx_of(MARKS, *lines), name="diem.xlsx", kind="marks")


def applied(made: Import) -> Import:
    return apply_import(by=BY, made=made, at=AT, wait=True)


def lines() -> list[tuple[str, int, str, Decimal]]:
    found = Attendance.objects.select_related("person", "gathering__meeting").order_by("person", "gathering__during")
    return [(one.person.full_name, one.gathering.during.lower.day, one.state, one.share) for one in found]


def given() -> list[tuple[str, Decimal]]:
    return list(Mark.objects.order_by("id").values_list("enrolment__person__full_name", "value"))


class TestPresence:
    AN = ("Nguyễn Văn An", "L1", "x", "p")
    BINH = ("Trần Thị Bình", "L1", "0,5", "v")

    def test_meetings_are_found_by_number_and_by_day(self, filled: House) -> None:
        applied(presence(filled, self.AN, self.BINH))
        assert lines() == [
            ("Nguyễn Văn An", 5, "present", Decimal(1)),
            ("Nguyễn Văn An", 12, "leave", Decimal(0)),
            ("Trần Thị Bình", 5, "partial", Decimal("0.5")),
            ("Trần Thị Bình", 12, "absent", Decimal(0)),
        ]

    def test_the_same_sheet_twice_changes_nothing(self, filled: House) -> None:
        applied(presence(filled, self.AN, self.BINH))
        before = dump()
        again = presence(filled, self.AN, self.BINH)
        applied(again)
        assert rows(again) == [("Nguyễn Văn An", "known"), ("Trần Thị Bình", "known")]
        assert dump() == before

    def test_a_sign_nobody_knows_names_its_cell(self, filled: House) -> None:
        assert words(presence(filled, ("Nguyễn Văn An", "L1", "?", ""))) == [
            "C2 error: Cannot read the presence «?»: write x (present), p (on leave), v (absent) or a part as 0,5."
        ]

    def test_whoever_is_not_in_the_class_is_named(self, filled: House) -> None:
        assert words(presence(filled, self.AN, ("Lê Thị Cúc", "L1", "x", "x"))) == [
            "3 error: Lê Thị Cúc is not in class L1."
        ]

    def test_a_sheet_of_strangers_says_who_they_are(self, filled: House) -> None:
        assert words(presence(filled, ("Người Lạ", "L1", "x", "x"))) == ["2 error: Người Lạ is not in class L1."]

    def test_a_person_twice_is_taken_once(self, filled: House) -> None:
        made = presence(filled, self.AN, ("Nguyễn Văn An", "L1", "v", "v"))
        applied(made)
        assert words(made) == ['3 error: Nguyễn Văn An of class L1 is already in row 2 of sheet "DS".']
        assert [line[2] for line in lines()] == ["present", "leave"]

    def test_two_namesakes_are_not_guessed(self, filled: House) -> None:
        enrolment(filled.classes["L1"], person("Nguyễn Văn An", birth_year=1970))
        assert words(presence(filled, self.AN)) == [
            "2 error: Nguyễn Văn An may be any of 2 people of class L1. Give the year of birth."
        ]

    def test_a_sheet_without_meetings_is_refused(self, filled: House) -> None:
        content = xlsx_of(("Họ và tên", "Lớp", "Ghi nhớ"), ("Nguyễn Văn An", "L1", "x"))
        made = filled.preview(content=content, name="diem-danh.xlsx", kind="presence")
        assert made.state == "refused"
        assert made.summary["refusal"]["message"] % made.summary["refusal"]["values"] == (
            "Cannot read diem-danh.xlsx: no column names a meeting or an assessment of these classes."
        )

    def test_undone_everything_stands_as_before(self, filled: House) -> None:
        before = dump()
        made = applied(presence(filled, ("Nguyễn Văn An", "L1", "x", "x"), self.BINH))
        completed = Enrolment.objects.filter(completed_at__isnull=False)
        assert [one.person.full_name for one in completed] == ["Nguyễn Văn An"]
        undo(made)
        assert dump() == before

    def test_no_undo_once_there_is_a_certificate(self, filled: House) -> None:
        made = applied(presence(filled, self.AN))
        certify(Enrolment.objects.get(person__full_name="Nguyễn Văn An"))
        assert refused(lambda: undo(made)) == "Cannot undo: Nguyễn Văn An has a certificate since (1)."


class TestMarks:
    AN = ("Nguyễn Văn An", "", "L1", "8,5", "x")
    BINH = ("Trần Thị Bình", "", "L1", 7, "")

    def test_marks_and_what_was_handed_in(self, filled: House) -> None:
        applied(marks(filled, self.AN, self.BINH))
        assert given() == [("Nguyễn Văn An", Decimal("8.5")), ("Trần Thị Bình", Decimal(7))]
        assert [one.enrolment.person.full_name for one in Submission.objects.all()] == ["Nguyễn Văn An"]

    def test_the_same_list_twice_changes_nothing(self, filled: House) -> None:
        applied(marks(filled, self.AN, self.BINH))
        before = dump()
        applied(marks(filled, self.AN, self.BINH))
        assert dump() == before

    def test_another_mark_is_shown_as_a_change(self, filled: House) -> None:
        applied(marks(filled, self.AN))
        made = marks(filled, ("Nguyễn Văn An", "", "L1", 9, "x"))
        assert rows(made) == [("Nguyễn Văn An", "changed")]
        assert row(made).changes == [{"field": "Bài thi", "old": "8.5", "new": "9"}]

    def test_a_mark_out_of_range_names_its_cell(self, filled: House) -> None:
        assert words(marks(filled, ("Nguyễn Văn An", "", "L1", 11, ""))) == [
            "D2 error: Cannot read the mark «11»: marks go from 0 to 10."
        ]

    def test_a_tick_in_the_column_of_a_test_is_no_mark(self, filled: House) -> None:
        assert words(marks(filled, ("Nguyễn Văn An", "", "L1", "x", ""))) == [
            "D2 error: Cannot read the mark «x»: marks go from 0 to 10."
        ]

    def test_what_was_handed_in_since_the_list_was_read_stays(self, filled: House) -> None:
        made = marks(filled, self.AN)
        seat = Enrolment.objects.get(person__full_name="Nguyễn Văn An")
        plan = Assessment.objects.get(code="ke-hoach")
        Submission.objects.create(enrolment=seat, assessment=plan, problem="…", first_step="…", handed_in_at=AT)
        applied(made)
        undo(made)
        assert [one.problem for one in Submission.objects.all()] == ["…"]

    def test_undone_everything_stands_as_before(self, filled: House) -> None:
        before = dump()
        undo(applied(marks(filled, self.AN, self.BINH)))
        assert dump() == before

    def test_an_undo_gives_the_earlier_mark_back(self, filled: House) -> None:
        applied(marks(filled, self.AN))
        undo(applied(marks(filled, ("Nguyễn Văn An", "", "L1", 9, "x"))))
        assert given() == [("Nguyễn Văn An", Decimal("8.5"))]

    def test_no_undo_over_a_newer_mark(self, filled: House) -> None:
        made = applied(marks(filled, self.AN))
        Mark.objects.update(value=10)
        assert refused(lambda: undo(made)) == "Cannot undo: Nguyễn Văn An was given another mark in class L1 since."


class TestMarksOfAnExam:
    AN = ("Nguyễn Văn An", "", "L1", 7, "")

    def of_exam(self, value: int) -> None:
        row = Enrolment.objects.get(person__full_name="Nguyễn Văn An")
        item = Assessment.objects.get(code="bai-thi")
        enter_marks(by=BY, assessment=item, marks={row.pk: Decimal(value)}, source="exams.sitting:0abc", at=AT)

    def test_a_list_does_not_change_them(self, filled: House) -> None:
        self.of_exam(9)

        assert words(marks(filled, self.AN)) == [
            "D2 error: The mark 9 for Bài thi comes from an exam; a list does not change it."
        ]

    def test_a_list_that_says_the_same_is_known(self, filled: House) -> None:
        self.of_exam(7)

        assert rows(marks(filled, self.AN)) == [("Nguyễn Văn An", "known")]

    def test_a_list_is_not_undone_over_them_even_if_they_say_the_same(self, filled: House) -> None:
        made = applied(marks(filled, self.AN))
        self.of_exam(7)

        assert refused(lambda: undo(made)) == ("Cannot undo: Nguyễn Văn An was given another mark in class L1 since.")
        assert given() == [("Nguyễn Văn An", Decimal(7))]
