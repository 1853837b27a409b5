"""A programme file is loaded, loaded again, changed, and never loses what people did."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factories as make
import pytest
from django.utils import timezone
from exams.sat import paper
from training.plan.words import AT, load, refusals

from lantoa.competence.models import Material, Topic
from lantoa.directory.models import Person, Placement, Unit
from lantoa.ledger.models import Entry
from lantoa.office.models import DayChange
from lantoa.presence.models import Attendance, Gathering
from lantoa.programmes.models import Programme
from lantoa.training.actions.calls import open_call
from lantoa.training.actions.classes import plan_meeting
from lantoa.training.actions.exams import hold_exam
from lantoa.training.models import Assessment, Enrolment, Mark, Meeting, Room, TrainingClass

pytestmark = pytest.mark.django_db


def meetings() -> list[tuple[str, str, str, str | None]]:
    return [
        (m.training_class.code, f"{timezone.localtime(m.during.lower):%d/%m %H:%M}", m.topic.title,
         m.lecturer.full_name if m.lecturer else None)
        for m in Meeting.objects.order_by("during").select_related("training_class", "topic", "lecturer")
    ]  # fmt: skip


def test_nothing_stays_without_apply(district: Unit, small: str) -> None:
    report = load(small, apply=False)
    assert report.applied is False
    assert [(c.state, c.kind, c.name) for c in report.changes][:3] == [
        ("new", "agency", "Trung tâm Y tế Quận 9"),
        ("new", "programme", "Chuyển đổi số Quận 9"),
        ("new", "course", "Chuyển đổi số"),
    ]
    assert (Programme.objects.count(), Meeting.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_a_file_makes_the_whole_programme(district: Unit, small: str) -> None:
    report = load(small)
    assert report.applied is True
    programme = Programme.objects.get()
    assert (programme.unit, programme.decision.number) == (district, "2393/QĐ-UBND")  # type: ignore[union-attr]
    assert programme.papers["certificate"]["number"] == "{number}/CN-BQ9"
    assert meetings() == [
        ("Q9-1", "05/10 13:30", "Tổng quan", "Trịnh Bảo Lâm"),
        ("Q9-2", "06/10 13:30", "Tổng quan", "Trịnh Bảo Lâm"),
        ("Q9-1", "08/10 13:30", "Lãnh đạo số", "Phan Diệu Hiền"),
    ]
    rule = {"presence": {"at_least": 0.8}, "marks": [{"assessment": "bai", "at_least": 5}]}
    assert TrainingClass.objects.get(code="Q9-2").rule == rule
    assert Placement.objects.get(name="Trung tâm Y tế Quận 9").parent == district
    assert Gathering.objects.filter(source__startswith="training.meeting:").count() == 3
    assert Material.objects.get().url == "https://example.vn/749"


def test_a_meeting_planned_on_the_page_stays_when_the_same_file_comes_again(district: Unit, small: str) -> None:
    load(small)
    standing = TrainingClass.objects.get(code="Q9-1")
    starts = datetime(2020, 10, 9, 1, tzinfo=UTC)
    plan_meeting(
        by=make.BY, training_class=standing, topic=Topic.objects.earliest("position"), lecturer=None, starts=starts,
        ends=starts + timedelta(hours=3),
    )  # fmt: skip

    assert load(small).changes_nothing
    assert Meeting.objects.filter(during__startswith=starts).exists()

    less = load(small.replace("      - {date: 08/10/2020, time: 13:30-16:30, topic: 2, lecturer: gv-2}\n", ""))
    assert sorted((change.state, change.kind) for change in less.changes if change.kind == "meeting") == [
        ("removed", "meeting"),
        ("removed", "meeting"),
    ]


def test_the_same_file_twice_changes_nothing(district: Unit, small: str) -> None:
    load(small)
    lines, people = Entry.objects.count(), Person.objects.count()
    again = load(small)
    assert again.changes == []
    assert again.same["meeting"] == 3
    assert (Entry.objects.count(), Person.objects.count()) == (lines, people)


def test_a_changed_file_changes_exactly_that(district: Unit, small: str) -> None:
    load(small)
    key = Meeting.objects.get(during__startswith=datetime(2020, 10, 8, 6, 30, tzinfo=UTC)).key
    changed = small.replace("08/10/2020", "09/10/2020").replace(
        "capacity: 40\n    room: Phòng 2", "capacity: 50\n    room: Phòng 2"
    )
    report = load(changed)
    assert [(c.state, c.kind, c.name, c.fields) for c in report.changes] == [
        ("changed", "class", "Q9-2", ("capacity",)),
        ("changed", "meeting", "Q9-1, 13:30–16:30 09/10/2020", ("time",)),
    ]
    assert Meeting.objects.get(key=key).during.lower == datetime(2020, 10, 9, 6, 30, tzinfo=UTC)
    assert Meeting.objects.get(key=key).gathering.during == Meeting.objects.get(key=key).during


def test_two_meetings_can_change_lecturers_and_times_at_once(district: Unit, small: str) -> None:
    load(small)
    swapped = small.replace(
        "date: 05/10/2020, time: 13:30-16:30, topic: 1, lecturer: gv-1",
        "date: 05/10/2020, time: 13:00-16:00, topic: 2, lecturer: gv-2",
    ).replace(
        "date: 08/10/2020, time: 13:30-16:30, topic: 2, lecturer: gv-2",
        "date: 08/10/2020, time: 13:30-16:30, topic: 1, lecturer: gv-1",
    )
    load(swapped)
    assert meetings()[0] == ("Q9-1", "05/10 13:00", "Lãnh đạo số", "Phan Diệu Hiền")
    assert meetings()[2] == ("Q9-1", "08/10 13:30", "Tổng quan", "Trịnh Bảo Lâm")


def test_a_class_that_is_no_longer_named_goes_when_nobody_was_in_it(district: Unit, small: str) -> None:
    load(small)
    report = load(small[: small.index("  - code: Q9-2")] + small[small.index("certificate:") :])
    assert [(c.state, c.kind, c.name) for c in report.changes] == [("removed", "class", "Q9-2")]
    assert (TrainingClass.objects.count(), Meeting.objects.count(), Gathering.objects.count()) == (1, 2, 2)


def test_a_class_may_take_room_and_lecturer_of_one_that_goes(district: Unit, small: str) -> None:
    load(small)
    report = load(small.replace("code: Q9-2", "code: Q9-5"))
    assert [(c.state, c.kind, c.name) for c in report.changes if c.kind == "class"] == [
        ("new", "class", "Q9-5"),
        ("removed", "class", "Q9-2"),
    ]


def test_a_class_with_people_is_not_removed(district: Unit, small: str) -> None:
    load(small)
    make.enrolment(TrainingClass.objects.get(code="Q9-2"))
    text = small[: small.index("  - code: Q9-2")] + small[small.index("certificate:") :]
    assert refusals(text) == [
        "line 31, column 3: classes: Cannot remove class Q9-2, which the file no longer names: 1 people are in it."
    ]
    assert TrainingClass.objects.count() == 2


def test_a_class_that_units_are_asked_for_is_not_removed(district: Unit, small: str) -> None:
    load(small)
    found = TrainingClass.objects.get(code="Q9-2")
    open_call(
        by=make.BY, programme=found.programme, training_class=found, title="Cử", places=1, due_on=AT.date(), at=AT
    )
    text = small[: small.index("  - code: Q9-2")] + small[small.index("certificate:") :]
    assert refusals(text) == [
        "line 31, column 3: classes: Cannot remove class Q9-2, which the file no longer names: "
        "units are asked for people for it."
    ]


def mark_present(meeting: Meeting) -> None:
    Attendance.objects.create(
        gathering=meeting.gathering, person=make.person(), state="present", share=1, how="roll_call", at=AT, by="test"
    )


def test_a_meeting_at_which_someone_was_counted_keeps_its_time(district: Unit, small: str) -> None:
    load(small)
    mark_present(Meeting.objects.order_by("during")[0])
    assert refusals(small.replace("05/10/2020", "07/10/2020")) == [
        "line 36, column 9: classes[1].meetings[1]: Cannot move or remove the meeting of class Q9-1 at "
        "13:30–16:30 05/10/2020: presence is entered for 1 people."
    ]
    assert meetings()[0][1] == "05/10 13:30"


def test_a_meeting_at_which_someone_was_counted_may_get_another_lecturer(district: Unit, small: str) -> None:
    load(small)
    mark_present(Meeting.objects.order_by("during")[0])
    report = load(small.replace("topic: 1, lecturer: gv-1}", "topic: 1, lecturer: gv-2}", 1))
    assert [(c.kind, c.fields) for c in report.changes] == [("meeting", ("lecturer",))]
    assert Attendance.objects.count() == 1


def test_an_assessment_with_marks_is_not_removed(district: Unit, small: str) -> None:
    load(small)
    enrolment = make.enrolment(TrainingClass.objects.get(code="Q9-1"))
    bai = Assessment.objects.get(training_class__code="Q9-1")
    Mark.objects.create(enrolment=enrolment, assessment=bai, value=Decimal(8), at=AT, by="test", source="test:1")
    text = small.replace("code: bai,", "code: khac,").replace("assessment: bai", "assessment: khac")
    assert refusals(text) == [
        "line 31, column 5: classes[1].assessments: Cannot remove assessment Bài thu hoạch of class Q9-1: 1 marks "
        "and 0 pieces of work stand in it."
    ]


def hold(code: str) -> None:
    """An exam of the class that gives its marks."""
    of = TrainingClass.objects.get(code=code)
    make.enrolment(of)
    hold_exam(
        by=make.BY,
        training_class=of,
        paper=paper(),
        title="Kiểm tra",
        purpose="test",
        minutes=30,
        at=AT,
        assessment=of.assessments.get(code="bai"),
    )


def test_an_assessment_whose_marks_an_exam_gives_stays_as_it_is(district: Unit, small: str) -> None:
    load(small)
    hold("Q9-1")
    removed = small.replace("code: bai,", "code: khac,").replace("assessment: bai", "assessment: khac")
    assert refusals(removed) == [
        "line 31, column 5: classes[1].assessments: Cannot remove assessment Bài thu hoạch of class Q9-1: an exam "
        "gives its marks."
    ]
    assert refusals(small.replace("code: bai,", "code: bai, highest: 20,")) == [
        "line 31, column 5: classes[1].assessments: Cannot change kind or highest mark of Bài thu hoạch: an exam "
        "gives its marks."
    ]


def test_a_class_that_held_an_exam_is_not_removed(district: Unit, small: str) -> None:
    load(small)
    hold("Q9-2")
    Enrolment.objects.all().delete()  # as after the only learner was erased
    text = small[: small.index("  - code: Q9-2")] + small[small.index("certificate:") :]
    assert refusals(text) == [
        "line 31, column 3: classes: Cannot remove class Q9-2, which the file no longer names: it holds an exam."
    ]


def test_places_do_not_fall_below_those_enrolled(district: Unit, small: str) -> None:
    load(small)
    one = TrainingClass.objects.get(code="Q9-1")
    make.enrolment(one)
    make.enrolment(one)
    assert refusals(small.replace("capacity: 40", "capacity: 1", 1)) == [
        "line 33, column 15: classes[1].capacity: Cannot set the places of class Q9-1 to 1: 2 people are enrolled."
    ]


def test_a_topic_that_a_meeting_of_another_programme_treats_stays(district: Unit, small: str) -> None:
    load(small)
    other = make.training_class(course=Topic.objects.get(title="Lãnh đạo số").course)
    make.meeting(other, topic=Topic.objects.get(title="Lãnh đạo số"))
    text = small.replace(
        '      - {title: Lãnh đạo số, hours: 8, materials: [{title: Quyết định 749, url: "https://example.vn/749"}]}\n',
        "",
    ).replace("topic: 2", "topic: 1")
    assert refusals(text) == [
        "line 23, column 7: courses[1].topics: Cannot remove topic Lãnh đạo số of course Chuyển đổi số: "
        "1 meetings treat it."
    ]


# ---- refusals by name


def test_a_lecturer_in_two_places_of_the_file_is_named(district: Unit, small: str) -> None:
    text = small.replace("{date: 06/10/2020, time: 13:30-16:30", "{date: 05/10/2020, time: 15:00-18:00")
    assert refusals(text) == [
        "line 43, column 9: classes[2].meetings[1]: Cannot plan a meeting of class Q9-2 at 15:00–18:00 05/10/2020: "
        "lecturer Trịnh Bảo Lâm teaches class Q9-1 at 13:30–16:30 05/10/2020."
    ]


def test_a_lecturer_who_teaches_in_another_programme_is_named(district: Unit, small: str) -> None:
    load(small)
    second = (
        small.replace("code: quan-9-2020", "code: khac").replace("Q9-", "K-").replace("room: Phòng", "place: Phòng")
    )
    assert refusals(second)[0] == (
        "line 36, column 9: classes[1].meetings[1]: Cannot plan a meeting of class K-1 at 13:30–16:30 05/10/2020: "
        "lecturer Trịnh Bảo Lâm teaches class Q9-1 (Chuyển đổi số Quận 9, quan-9-2020) at 13:30–16:30 05/10/2020."
    )


def test_a_class_of_the_same_code_in_another_programme_is_named_with_it(district: Unit, small: str) -> None:
    load(small)
    second = small.replace("code: quan-9-2020", "code: khac").replace("name: Chuyển đổi số Quận 9", "name: Khóa mới")
    assert refusals(second.replace("room: Phòng", "place: Phòng"))[0] == (
        "line 36, column 9: classes[1].meetings[1]: Cannot plan a meeting of class Q9-1 at 13:30–16:30 05/10/2020: "
        "lecturer Trịnh Bảo Lâm teaches class Q9-1 (Chuyển đổi số Quận 9) at 13:30–16:30 05/10/2020."
    )


def test_a_room_that_is_taken_is_named(district: Unit, small: str) -> None:
    load(small)
    second = small.replace("code: quan-9-2020", "code: khac").replace("Q9-", "K-").replace("Trịnh Bảo", "Trịnh Quốc")
    assert refusals(second.replace("Phan Diệu", "Phan Ngọc"))[0] == (
        "line 36, column 9: classes[1].meetings[1]: Cannot plan a meeting of class K-1 at 13:30–16:30 05/10/2020: "
        "room Phòng 1 is taken by class Q9-1 (Chuyển đổi số Quận 9, quan-9-2020) at 13:30–16:30 05/10/2020."
    )
    assert Room.objects.count() == 2


def test_a_learner_in_two_classes_at_once_is_named(district: Unit, small: str) -> None:
    load(small)
    who = make.person("Lê Thị Học", at=district)
    make.enrolment(TrainingClass.objects.get(code="Q9-1"), who)
    make.enrolment(TrainingClass.objects.get(code="Q9-2"), who)
    text = small.replace(
        "{date: 06/10/2020, time: 13:30-16:30, topic: 1, lecturer: gv-1}",
        "{date: 05/10/2020, time: 15:00-18:00, topic: 1}",
    )
    assert refusals(text) == [
        "line 43, column 9: classes[2].meetings[1]: Cannot plan a meeting of class Q9-2 at 15:00–18:00 05/10/2020: "
        "Lê Thị Học is in class Q9-1 at 13:30–16:30 05/10/2020."
    ]


@pytest.mark.parametrize(
    ("day", "until", "holiday"),
    [("02/09/2020", "31/12/2020", "Quốc khánh"), ("27/01/2020", "31/12/2020", "Mùng ba Tết Nguyên Đán")],
)
def test_a_public_holiday_is_named_tet_included(
    district: Unit, small: str, day: str, until: str, holiday: str
) -> None:
    text = small.replace("from: 01/10/2020", "from: 02/01/2020").replace("06/10/2020", day)
    [said] = refusals(text)
    assert said.startswith(
        f"line 43, column 9: classes[2].meetings[1]: Cannot plan a meeting of class Q9-2 on {day}: it is a public holiday ("  # noqa: E501
    )
    assert holiday.lower() in said.lower()


def test_a_local_day_of_rest_is_named(district: Unit, small: str) -> None:
    DayChange.objects.create(day="2020-10-06", works=False, words="Lễ hội của quận")
    assert refusals(small) == [
        "line 43, column 9: classes[2].meetings[1]: Cannot plan a meeting of class Q9-2 on 06/10/2020: it is a "
        "public holiday (Lễ hội của quận)."
    ]


def test_a_day_outside_the_programme_is_named(district: Unit, small: str) -> None:
    assert refusals(small.replace("06/10/2020", "05/01/2021")) == [
        "line 43, column 9: classes[2].meetings[1]: Cannot plan a meeting of class Q9-2 on 05/01/2021: the "
        "programme runs from 01/10/2020 to 31/12/2020."
    ]


def test_units_that_were_not_there_and_names_that_mean_several_are_told_together(district: Unit, small: str) -> None:
    text = (
        small.replace('unit: "Quận 9, Thành phố Hồ Chí Minh"', "unit: Quận 9", 1)
        .replace("fields: [chinh-quyen-so]", "fields: [y-te, bien-ca]")
        .replace("role: teaching}", "role: teaching, unit: Viện Lạ}")
    )
    said = refusals(text)
    assert said[0] == (
        "line 6, column 9: programme.unit: Quận 9 can mean 2 units on 01/10/2020. Say under which unit it stands."
    )
    assert said[1].startswith(
        "line 8, column 18: programme.fields[2]: There is no field of work bien-ca. The fields are: "
    )
    assert said[2:] == [
        "line 10, column 60: programme.partners[1].unit: There was no unit Viện Lạ on 01/10/2020, the programme's "
        "first day."
    ]


def test_a_parent_that_is_not_here_is_refused(district: Unit, small: str) -> None:
    assert refusals(small.replace("  fields:", "  parent: thanh-pho\n  fields:")) == [
        "line 8, column 11: programme.parent: There is no programme thanh-pho here to stand under. Load that one first."  # noqa: E501
    ]


def test_the_unit_may_be_given_by_code(district: Unit, small: str) -> None:
    load(small.replace('unit: "Quận 9, Thành phố Hồ Chí Minh"', "unit: {code: 763, level: district}", 1))
    assert Programme.objects.get().unit == district


def test_old_and_new_spelling_mean_the_same_unit(district: Unit, small: str) -> None:
    make.unit("Hòa Bình", under=district, kind="Phường")
    text = small.replace(
        "  - code: Q9-2\n", '  - code: Q9-2\n    unit: "phường Hoà Bình, Quận 9, Thành phố Hồ Chí Minh"\n'
    )
    load(text)
    assert str(TrainingClass.objects.get(code="Q9-2").unit.placement(on=make.DAY)) == "Phường Hòa Bình"


def test_the_same_lecturer_of_the_same_body_is_one_person_everyone_else_a_new_one(district: Unit, small: str) -> None:
    make.person("Phan Diệu Hiền", at=district)
    load(small)
    second = (
        small.replace("code: quan-9-2020", "code: khac").replace("/2020, time", "/2020, time").replace("Q9-", "K-")
    )
    second = second.replace("05/10", "19/10").replace("08/10", "22/10").replace("06/10", "20/10")
    load(second.replace("organisation: Viện Nghiên cứu", "organisation: Trường khác"))
    assert Person.objects.filter(full_name="Trịnh Bảo Lâm").count() == 1
    assert Person.objects.filter(full_name="Phan Diệu Hiền").count() == 3
