"""What stands in people's way: said beside the name before they are nominated, and in the year ahead."""

from datetime import UTC, date, datetime, timedelta

import factories
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.nominations.asking import BY, NOW, Town, make_town

from lantoa.directory.models import Person
from lantoa.training.actions.nominations import nominate
from lantoa.training.models import Call, TrainingClass
from lantoa.training.queries import year
from lantoa.training.queries.notes import notes
from lantoa.training.rules.year import Engagement, clash, near, twice_in_a_week

# ---- the rules

START = datetime(2020, 10, 5, 8, tzinfo=UTC)
moments = st.builds(
    lambda days, hour: START + timedelta(days=days, hours=hour), st.integers(0, 40), st.integers(0, 9)
)
engagements = st.lists(
    st.builds(
        lambda source, starts, hours: Engagement(source, source, starts, starts + timedelta(hours=hours)),
        st.sampled_from("abc"),
        moments,
        st.integers(1, 4),
    ),
    max_size=12,
)


def at(source: str, day: int, hour: int = 8, hours: int = 3) -> Engagement:
    starts = datetime(2020, 10, day, hour, tzinfo=UTC)
    return Engagement(source, source, starts, starts + timedelta(hours=hours))


@given(engagements, engagements)
def test_what_is_at_the_same_time_is_also_within_a_week(mine: list[Engagement], others: list[Engagement]) -> None:
    if clash(mine, others):
        assert near(mine, others) is not None


@given(engagements)
def test_somebody_is_called_twice_exactly_when_two_classes_are_within_a_week(every: list[Engagement]) -> None:
    expected = any(
        one.source != other.source and abs(one.day - other.day) < timedelta(days=7)
        for one in every
        for other in every
    )
    assert bool(twice_in_a_week(every)) == expected


@given(engagements)
def test_each_second_call_is_told_with_an_earlier_one_of_another_class(every: list[Engagement]) -> None:
    for before, after in twice_in_a_week(every):
        assert before.source != after.source
        assert before.starts <= after.starts
        assert after.day - before.day < timedelta(days=7)


def test_the_same_weekday_a_week_later_is_another_week() -> None:
    assert twice_in_a_week([at("a", 5), at("b", 12)]) == []
    assert twice_in_a_week([at("a", 5), at("b", 11)]) == [(at("a", 5), at("b", 11))]


def test_the_same_class_twice_a_week_is_one_call() -> None:
    assert twice_in_a_week([at("a", 5), at("a", 7)]) == []


def test_one_after_the_other_on_one_day_is_near_and_no_clash() -> None:
    morning, afternoon = at("a", 5), at("b", 5, hour=11)
    assert (clash([morning], [afternoon]), near([morning], [afternoon])) == (None, (morning, afternoon))


# ---- beside the name


@pytest.fixture
def town(db: None) -> Town:
    """The class of the call meets on 5 October 2020, 08:00 to 12:00."""
    return make_town()


def other_class(town: Town, code: str, day: int, hour: int = 1, person: Person | None = None) -> TrainingClass:
    """A class of another course that meets on a day of October; the hour in UTC."""
    made = factories.training_class(town.programme, code=code)
    factories.meeting(made, datetime(2020, 10, day, hour, tzinfo=UTC))
    if person:
        factories.enrolment(made, person)
    return made


def said(town: Town, person: Person, at: datetime = NOW) -> list[tuple[str, str]]:
    """What is said beside the name: (how grave, words)."""
    return [(note.shape, str(note)) for note in notes(town.call, [person.pk], at=at).get(person.pk, [])]


def test_nothing_is_said_of_someone_who_is_free(town: Town) -> None:
    who = town.people[0][0]
    other_class(town, "Q9-2", 12, person=who)
    assert said(town, who) == []


def test_another_class_at_the_same_time_is_said(town: Town) -> None:
    who = town.people[0][0]
    other_class(town, "Q9-2", 5, hour=3, person=who)
    assert said(town, who) == [("late", "class Q9-2 at the same time: 10:00–14:00 05/10/2020")]


def test_another_class_within_a_week_is_said(town: Town) -> None:
    who = town.people[0][0]
    other_class(town, "Q9-2", 9, person=who)
    assert said(town, who) == [("wait", "class Q9-2 within a week: 08:00–12:00 09/10/2020")]


def test_teaching_within_a_week_is_said(town: Town) -> None:
    who = town.people[0][0]
    taught = other_class(town, "Q9-2", 7)
    taught.meetings.update(lecturer=who)
    assert said(town, who) == [("wait", "teaches class Q9-2 within a week: 08:00–12:00 07/10/2020")]


def test_a_nomination_for_another_open_call_is_said(town: Town) -> None:
    who = town.people[0][0]
    other = other_class(town, "Q9-2", 5)
    second = Call.objects.create(
        programme=town.programme, course=other.course, training_class=other, unit=town.district, title="Khác",
        places=1, due_on=town.call.due_on, opened_at=NOW, opened_by="machine:test",
    )  # fmt: skip
    asked = second.asked.create(unit=town.asked[0].unit)
    nominate(by=BY, asked=asked, people=[who], at=NOW)
    assert said(town, who) == [("late", "nominated for class Q9-2 at the same time: 08:00–12:00 05/10/2020")]
    Call.objects.filter(pk=second.pk).update(closed_at=NOW)
    assert said(town, who) == []


def test_the_course_done_before_is_said(town: Town) -> None:
    who = town.people[0][0]
    before = factories.training_class(town.programme, code="Q9-0", course=town.training_class.course)
    factories.enrolment(before, who, completed_at=datetime(2020, 3, 1, tzinfo=UTC))
    assert said(town, who) == [("late", "completed this course on 01/03/2020 (class Q9-0)")]


def test_the_course_begun_or_left_unfinished_is_said(town: Town) -> None:
    begun, left = town.people[0][:2]
    course = town.training_class.course
    over = factories.training_class(town.programme, code="Q9-0", course=course)
    factories.meeting(over, datetime(2020, 9, 1, 1, tzinfo=UTC))
    factories.enrolment(over, left)
    coming = factories.training_class(town.programme, code="Q9-3", course=course)
    factories.meeting(coming, datetime(2020, 11, 2, 1, tzinfo=UTC))
    factories.enrolment(coming, begun)
    assert said(town, begun) == [("late", "is in class Q9-3 of this course")]
    assert said(town, left) == [("wait", "was in class Q9-0 of this course and did not complete it")]


def test_a_call_for_a_course_looks_at_the_class_that_suits_best(town: Town) -> None:
    who = town.people[0][0]
    other_class(town, "Q8-1", 5, person=who)
    second = factories.training_class(town.programme, code="Q9-2", course=town.training_class.course)
    factories.meeting(second, datetime(2020, 10, 26, 1, tzinfo=UTC))
    assert [shape for shape, _words in said(town, who)] == ["late"]
    Call.objects.update(training_class=None)
    town.call.refresh_from_db()
    assert said(town, who) == []


def test_as_many_questions_for_three_as_for_one(town: Town, django_assert_num_queries: object) -> None:
    people = town.people[0]
    for number, who in enumerate(people):
        other_class(town, f"Q8-{number}", 6 + number, person=who)
    for count in (1, 3):
        with django_assert_num_queries(6):  # type: ignore[operator]
            assert len(notes(town.call, [who.pk for who in people[:count]], at=NOW)) == count


# ---- the year ahead


def test_the_weeks_of_a_unit_count_learners_and_nominated(town: Town) -> None:
    who, second, third = town.people[0]
    nominate(by=BY, asked=town.asked[0], people=[second, third], at=NOW)
    factories.meeting(town.training_class, datetime(2020, 10, 9, 1, tzinfo=UTC))
    factories.enrolment(town.training_class, who)
    factories.enrolment(town.training_class, town.people[1][0])  # of another ward
    span = year.Ahead(NOW.date())
    (week,) = year.weeks_of([town.asked[0].unit_id], span)
    assert (week.monday, week.training_class, week.people, week.nominated) == (
        date(2020, 10, 5), town.training_class, 1, 2,
    )  # fmt: skip
    assert week.days == [date(2020, 10, 5), date(2020, 10, 9)]
    assert year.people_of_class([town.asked[0].unit_id], span, town.training_class.key) == [
        (who, False), (second, True), (third, True),
    ]  # fmt: skip


def test_a_year_ends_after_a_year(town: Town) -> None:
    factories.enrolment(town.training_class, town.people[0][0])
    units = [town.asked[0].unit_id]
    days = [date(2019, 10, 6), date(2019, 10, 7), date(2020, 10, 5), date(2020, 10, 6)]  # 2020 has a leap day
    assert [len(year.weeks_of(units, year.Ahead(day))) for day in days] == [0, 1, 1, 0]


def test_whoever_is_called_twice_in_a_week_stands_in_the_unit_s_list(town: Town) -> None:
    twice, once, later = town.people[0]
    for who in (twice, once, later):
        factories.enrolment(town.training_class, who)
    other_class(town, "Q9-2", 8, person=twice)
    other_class(town, "Q9-3", 12, person=later)
    found = year.called_twice([town.asked[0].unit_id], year.Ahead(NOW.date()))
    assert [(one.person, one.before.code, one.after.code) for one in found] == [(twice, "Q9-1", "Q9-2")]
    assert year.called_twice([town.asked[1].unit_id], year.Ahead(NOW.date())) == []


def test_a_person_s_year_is_what_they_learn_teach_and_are_nominated_for(town: Town) -> None:
    who = town.people[0][0]
    nominate(by=BY, asked=town.asked[0], people=[who], at=NOW)
    other_class(town, "Q9-2", 8, person=who)
    taught = other_class(town, "Q9-3", 20)
    taught.meetings.update(lecturer=who)
    rows = year.year_of(who, year.Ahead(NOW.date()))
    assert [(row.why, row.what.code, row.after.code if row.after else "") for row in rows] == [
        ("nominated", "Q9-1", ""),
        ("learns", "Q9-2", "Q9-1"),
        ("teaches", "Q9-3", ""),
    ]
    assert [row.call for row in year.open_nominations(who)] == [town.call]
