"""Planning classes and meetings, enrolling people: what is done and what is refused, with its words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factories
import pytest

from lantoa.common.refused import Refused
from lantoa.training.actions import classes as act
from lantoa.training.models import Enrolment, Meeting, Room, TrainingClass

pytestmark = pytest.mark.django_db
BY = factories.BY
MORNING = datetime(2020, 10, 5, 1, 30, tzinfo=UTC)  # 08:30 in the place
NOW = datetime(2020, 9, 20, 3, tzinfo=UTC)


@pytest.fixture
def q9() -> TrainingClass:
    return factories.training_class(code="Q9-1", capacity=2)


def plan(of: TrainingClass, starts: datetime = MORNING, **values: Any) -> Meeting:
    topic = of.course.topics.first()
    assert topic is not None
    return act.plan_meeting(
        by=BY, training_class=of, topic=topic, starts=starts, ends=starts + timedelta(hours=3), **values
    )


def enrol(of: TrainingClass, *people: Any) -> list[Enrolment]:
    return act.enrol(by=BY, training_class=of, places=[act.Place(p, of.unit) for p in people], source="test", at=NOW)


def words(refused: Any) -> str:
    return str(refused.value)


def test_a_class_cannot_meet_twice_at_once(q9: TrainingClass) -> None:
    plan(q9)
    with pytest.raises(Refused) as refused:
        plan(q9, MORNING + timedelta(hours=2))
    assert words(refused) == (
        "Cannot plan a meeting of class Q9-1 at 10:30–13:30 05/10/2020: "
        "the class already meets at 08:30–11:30 05/10/2020."
    )


def test_a_lecturer_cannot_teach_two_classes_at_once(q9: TrainingClass) -> None:
    lecturer = factories.person("Trần Giảng")
    plan(q9, lecturer=lecturer)
    other = factories.training_class(q9.programme, code="Q9-2")
    with pytest.raises(Refused) as refused:
        plan(other, lecturer=lecturer)
    assert words(refused) == (
        "Cannot plan a meeting of class Q9-2 at 08:30–11:30 05/10/2020: "
        "lecturer Trần Giảng teaches class Q9-1 at 08:30–11:30 05/10/2020."
    )


def test_a_room_cannot_hold_two_classes_at_once(q9: TrainingClass) -> None:
    room = Room.objects.create(unit=q9.unit, name="Phòng 2")
    plan(q9, room=room)
    other = factories.training_class(q9.programme, code="Q9-2")
    with pytest.raises(Refused) as refused:
        plan(other, room=room)
    assert words(refused) == (
        "Cannot plan a meeting of class Q9-2 at 08:30–11:30 05/10/2020: "
        "room Phòng 2 is taken by class Q9-1 at 08:30–11:30 05/10/2020."
    )


def test_meetings_may_follow_each_other_without_a_gap(q9: TrainingClass) -> None:
    plan(q9)
    plan(q9, MORNING + timedelta(hours=3))
    assert q9.meetings.count() == 2


def test_no_meeting_on_a_public_holiday(q9: TrainingClass) -> None:
    of = factories.training_class(
        factories.programme(period=factories.period_of(NOW.date(), NOW.date().replace(year=2021))), code="T-1"
    )
    with pytest.raises(Refused) as refused:
        plan(of, datetime(2021, 2, 12, 1, 30, tzinfo=UTC))
    assert words(refused).startswith("Cannot plan a meeting of class T-1 on 12/02/2021: it is a public holiday (")


def test_no_meeting_outside_the_programme(q9: TrainingClass) -> None:
    with pytest.raises(Refused) as refused:
        plan(q9, datetime(2021, 1, 4, 1, 30, tzinfo=UTC))
    assert words(refused) == (
        "Cannot plan a meeting of class Q9-1 on 04/01/2021: the programme runs from 01/10/2020 to 31/12/2020."
    )


def test_a_meeting_with_presence_cannot_be_moved_or_cancelled(q9: TrainingClass) -> None:
    meeting = plan(q9)
    meeting.gathering.held = True
    meeting.gathering.save()
    with pytest.raises(Refused) as refused:
        act.cancel_meeting(by=BY, meeting=meeting)
    assert words(refused) == "Cannot cancel the meeting of class Q9-1 on 05/10/2020: presence is entered."


def test_a_cancelled_meeting_frees_its_time(q9: TrainingClass) -> None:
    act.cancel_meeting(by=BY, meeting=plan(q9))
    plan(q9)
    assert q9.meetings.count() == 1


def test_the_last_place_is_the_last(q9: TrainingClass) -> None:
    enrol(q9, factories.person(), factories.person())
    with pytest.raises(Refused) as refused:
        enrol(q9, factories.person("Nguyễn An"))
    assert words(refused) == "Cannot enrol Nguyễn An: class Q9-1 has no place left (2 of 2)."


def test_enrolling_twice_is_once(q9: TrainingClass) -> None:
    person = factories.person()
    assert [len(enrol(q9, person)), len(enrol(q9, person))] == [1, 0]


def test_all_are_enrolled_or_none(q9: TrainingClass) -> None:
    with pytest.raises(Refused):
        enrol(q9, factories.person(), factories.person(), factories.person())
    assert q9.enrolments.count() == 0


def test_a_learner_cannot_be_in_two_classes_at_once(q9: TrainingClass) -> None:
    person = factories.person("Lê Hai Nơi")
    plan(q9)
    enrol(q9, person)
    other = factories.training_class(q9.programme, code="Q9-2")
    plan(other, MORNING + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        enrol(other, person)
    assert words(refused) == (
        "Cannot enrol Lê Hai Nơi in class Q9-2: at 09:30–12:30 05/10/2020 "
        "they are in class Q9-1 (08:30–11:30 05/10/2020)."
    )


def test_a_meeting_cannot_be_planned_over_another_class_of_a_learner(q9: TrainingClass) -> None:
    person = factories.person("Lê Hai Nơi")
    plan(q9)
    other = factories.training_class(q9.programme, code="Q9-2")
    enrol(q9, person)
    enrol(other, person)
    with pytest.raises(Refused) as refused:
        plan(other)
    assert words(refused) == (
        "Cannot plan a meeting of class Q9-2 at 08:30–11:30 05/10/2020: "
        "Lê Hai Nơi is in class Q9-1 at 08:30–11:30 05/10/2020."
    )


def test_places_cannot_fall_below_those_taken(q9: TrainingClass) -> None:
    enrol(q9, factories.person(), factories.person())
    with pytest.raises(Refused) as refused:
        act.change_class(by=BY, training_class=q9, capacity=1)
    assert words(refused) == "Cannot set the places of class Q9-1 to 1: 2 people are enrolled."


def test_whoever_is_taken_out_keeps_their_place_in_history(q9: TrainingClass) -> None:
    (enrolment,) = enrol(q9, factories.person())
    act.withdraw(by=BY, enrolment=enrolment, reason="chuyển công tác", at=NOW)
    assert act.enrolled(q9).count() == 0
    assert q9.enrolments.get().withdrawal_reason == "chuyển công tác"


def test_taking_someone_out_needs_a_reason(q9: TrainingClass) -> None:
    (enrolment,) = enrol(q9, factories.person("Nguyễn An"))
    with pytest.raises(Refused) as refused:
        act.withdraw(by=BY, enrolment=enrolment, reason="", at=NOW)
    assert words(refused) == "Cannot take Nguyễn An out of class Q9-1: say why."
