"""Answers: once for each, only when asked; of an anonymous form nothing in the database leads back to anyone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import factories
import pytest
from at_once import at_once
from django.apps import apps
from django.db import connection
from training.feedback.saying import NAMED, OPEN, Ask, complete, say
from training.held import meet, roll

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Role, Unit
from lantoa.ledger.models import Entry
from lantoa.office.models import Notice
from lantoa.training.actions.feedback import answer, choose_forms, enter_sheets, load_form, open_due, open_survey
from lantoa.training.actions.feedback_notices import remind_unanswered
from lantoa.training.models import Answer, AnswerGiven, FeedbackForm, NamedAnswer, TrainingClass
from lantoa.training.queries.feedback import asked, asked_of, counted, running, surveys_to_remind_of
from lantoa.training.rules.feedback.occasions import Occasion, is_due, months_after


def moment(day: date) -> datetime:
    """Noon of that day."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        act()
    return str(error.value)


def test_the_same_text_is_the_same_version_and_another_one_the_next(district: Unit, form: FeedbackForm) -> None:
    same, new = load_form(by=factories.BY, unit=district, text=form.text, on=OPEN)
    assert (same, new) == (form, False)

    other, new = load_form(by=factories.BY, unit=district, text=form.text.replace("hay,", "tot,"), on=OPEN)
    assert (other.version, new) == (2, True)
    form.refresh_from_db()
    assert form.form.questions[0].code == "hay"


def test_an_answer_is_kept_once(ask: Ask) -> None:
    survey, people = ask(2)
    say(survey, people[:1])

    words = "Cannot keep the answer: “Ý kiến ngắn” of class Q9-1 is answered already, once for each person."
    assert refused(lambda: say(survey, people[:1])) == words
    assert Answer.objects.count() == 1


def test_only_those_asked_may_answer(ask: Ask) -> None:
    survey, _people = ask(1)

    words = "Cannot keep the answer: “Ý kiến ngắn” of class Q9-1 does not ask this person."
    assert refused(lambda: say(survey, [factories.person()])) == words


@pytest.mark.parametrize("day", [OPEN - timedelta(days=1), OPEN + timedelta(days=7)])
def test_nobody_answers_before_or_after_its_days(ask: Ask, day: date) -> None:
    survey, people = ask(1)

    words = "Cannot keep the answer: “Ý kiến ngắn” of class Q9-1 could be answered from 06/10/2020 to 12/10/2020."
    assert words == refused(
        lambda: answer(by=factories.BY, survey=survey, person=people[0], values={"hay": "1"}, on=day)
    )


def test_paper_sheets_are_entered_all_or_none(ask: Ask) -> None:
    survey, people = ask(3)
    few = [{"hay": "1"}, {"hay": "2"}]
    words = "Cannot enter the sheets of class Q9-1: 2 sheets for 3 people."
    assert words == refused(lambda: enter_sheets(by=factories.BY, survey=survey, people=people, sheets=few, on=OPEN))
    assert AnswerGiven.objects.count() == 0

    assert enter_sheets(by=factories.BY, survey=survey, people=people, sheets=[*few, {"hay": "3"}], on=OPEN) == 3


def test_a_form_of_another_unit_is_not_asked(form: FeedbackForm) -> None:
    other = factories.programme(name="Khác")

    words = "Cannot ask the form ngan in programme Khác: it belongs to another unit."
    assert refused(lambda: choose_forms(by=factories.BY, programme=other, forms={"course": form})) == words


# ---- nobody can be found out


def test_an_answer_has_no_column_for_a_person_or_a_moment() -> None:
    """Nor has anything that points at an answer: there is no way round."""
    assert sorted(field.name for field in Answer._meta.get_fields()) == ["id", "key", "survey", "values"]
    pointing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is Answer
    ]
    assert pointing == []


def test_the_database_cannot_join_answers_to_those_who_gave_them(ask: Ask) -> None:
    """Twenty people answer in turn, each something only they say. Afterwards neither ids, keys, places on the disk
    nor the transactions at each row put the answers into the order of those who answered."""
    survey, people = ask(20)
    for number, person in enumerate(people):
        say(survey, [person], loi=f"{number:02d}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT values ->> 'loi', xmin::text, key FROM training_answer ORDER BY id")
        by_id = cursor.fetchall()
        cursor.execute("SELECT values ->> 'loi' FROM training_answer ORDER BY ctid")
        by_place = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT key FROM training_answergiven ORDER BY id")
        given = {row[0] for row in cursor.fetchall()}
    came = [f"{number:02d}" for number in range(20)]

    assert sorted(row[0] for row in by_id) == came
    assert [row[0] for row in by_id] != came
    assert by_place != came
    assert len({row[1] for row in by_id}) == 1  # one transaction, that of whoever came last, stands at all of them
    assert given.isdisjoint(row[2] for row in by_id)


def test_the_order_of_answers_is_of_chance(ask: Ask) -> None:
    """The last answer does not stand last more often than chance has it: 1 in 6, of 60 boxes less than half."""
    last = 0
    survey, people = ask(6)
    for _turn in range(60):
        Answer.objects.all().delete()
        AnswerGiven.objects.all().delete()
        for number, person in enumerate(people):
            say(survey, [person], loi=str(number))
        newest = Answer.objects.latest("id")
        last += newest.values["loi"] == "5"

    assert last < 30


def test_the_ledger_does_not_name_who_answered_anonymously(ask: Ask) -> None:
    survey, people = ask(1)
    reader = factories.user(is_person=people[0])
    answer(by=reader, survey=survey, person=people[0], values={"hay": "2", "loi": "bí mật"}, on=OPEN)

    line = Entry.objects.get(act="training.answer")
    assert (line.actor, line.about) == ("machine:anonymous", {"answers": 1})


def test_a_form_with_names_keeps_them(district: Unit, ask: Ask) -> None:
    named, _new = load_form(by=factories.BY, unit=district, text=NAMED, on=OPEN)
    survey, people = ask(1, form=named)
    say(survey, people)

    assert list(NamedAnswer.objects.values_list("person", "values")) == [(people[0].pk, {"hay": "4"})]
    assert Answer.objects.count() == 0


# ---- who is asked when


def test_those_who_were_there_are_asked_after_a_meeting(training_class: TrainingClass, form: FeedbackForm) -> None:
    from training.held import at, meet, roll

    there, away = factories.person(), factories.person()
    for person in (there, away):
        factories.enrolment(training_class, person)
    (meeting,) = meet(training_class, [5])
    roll(meeting, present=[there], absent=[away])
    choose_forms(by=factories.BY, programme=training_class.programme, forms={"meeting": form})

    (survey,) = open_due(by=factories.BY, at=at(6))
    assert open_due(by=factories.BY, at=at(6)) == []
    assert [(one.template, one.person) for one in Notice.objects.all()] == [("training.feedback_asked", there)]
    assert asked_of(there, on=OPEN) == [survey]
    assert asked_of(away, on=OPEN) == []
    assert asked_of(there, on=OPEN + timedelta(days=7)) == []
    say(survey, [there])
    assert asked_of(there, on=OPEN) == []


def test_what_was_over_long_before_the_form_was_chosen_is_not_asked(
    training_class: TrainingClass, form: FeedbackForm
) -> None:
    from training.held import at, meet, roll

    person = factories.person()
    factories.enrolment(training_class, person)
    (meeting,) = meet(training_class, [5])
    roll(meeting, present=[person])
    choose_forms(by=factories.BY, programme=training_class.programme, forms={"meeting": form, "course": form})

    assert open_due(by=factories.BY, at=at(30)) == []


def test_months_later_those_who_completed_are_asked(training_class: TrainingClass, form: FeedbackForm) -> None:
    from training.held import at, meet, roll

    done, gave_up = factories.person(), factories.person()
    rows = [factories.enrolment(training_class, person) for person in (done, gave_up)]
    complete(rows[:1])
    (meeting,) = meet(training_class, [5])
    roll(meeting, present=[done, gave_up])
    choose_forms(by=factories.BY, programme=training_class.programme, forms={"learner": form})

    assert open_due(by=factories.BY, at=at(5, month=12)) == []
    (survey,) = open_due(by=factories.BY, at=at(5).replace(year=2021, month=1))
    assert (survey.occasion, survey.months) == ("learner", 3)
    assert asked_of(done, on=date(2021, 1, 6)) == [survey]
    assert asked_of(gave_up, on=date(2021, 1, 6)) == []


@pytest.mark.parametrize("above", [False, True])
def test_coordinators_of_the_unit_or_of_the_nearest_above_are_told_that_superiors_are_to_be_chosen(
    training_class: TrainingClass, form: FeedbackForm, above: bool
) -> None:
    from training.held import at, meet, roll

    city = factories.unit("Thủ Đức", level=Level.DISTRICT)
    ward = factories.unit("Hiệp Phú", under=city)
    coordinator = factories.user(Role.UNIT_COORDINATOR, on=city if above else ward)
    factories.user(Role.UNIT_COORDINATOR, on=factories.unit("Khác"))
    person = factories.person(at=ward)
    complete([factories.enrolment(training_class, person, unit=ward)])
    (meeting,) = meet(training_class, [5])
    roll(meeting, present=[person])
    choose_forms(by=factories.BY, programme=training_class.programme, forms={"superior": form})

    open_due(by=factories.BY, at=at(5).replace(year=2021, month=4))

    (notice,) = Notice.objects.all()
    assert (notice.template, notice.user) == ("training.superiors_wanted", coordinator)
    assert notice.values["link"] == f"/units/{ward.key}/follow-up/"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2020, 10, 5), 3, date(2021, 1, 5)),
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2020, 8, 31), 6, date(2021, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2020, 12, 31), 6, date(2021, 6, 30)),
        (date(2020, 12, 31), 0, date(2020, 12, 31)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later
    assert is_due(day, months, on=later)
    assert not is_due(day, months, on=later - timedelta(days=1))
    assert is_due(day, months, on=later + timedelta(days=13))
    assert not is_due(day, months, on=later + timedelta(days=14))


# ---- at the same moment


@pytest.mark.django_db(transaction=True)
def test_many_answer_at_the_same_moment_and_one_person_twice() -> None:
    district = factories.unit("9", kind="Quận")
    found = factories.training_class(factories.programme(district))
    people = [factories.person() for _ in range(8)]
    for person in people:
        factories.enrolment(found, person)
    from training.feedback.saying import SHORT

    form, _new = load_form(by=factories.BY, unit=district, text=SHORT, on=OPEN)
    survey, _new = open_survey(by=factories.BY, training_class=found, occasion=Occasion.COURSE, form=form, on=OPEN)
    came = at_once([partial(say, survey, [person]) for person in people * 2])

    words = f"Cannot keep the answer: “Ý kiến ngắn” of class {found.code} is answered already, once for each person."
    assert sorted(came) == [words] * 8 + ["done"] * 8
    assert (Answer.objects.count(), AnswerGiven.objects.count()) == (8, 8)


def test_whoever_has_not_answered_is_reminded_once(ask: Ask) -> None:
    survey, people = ask(3)
    say(survey, people[:1])
    at = moment(OPEN + timedelta(days=4))
    assert [remind_unanswered(by=factories.BY, survey=survey, at=at) for _ in range(2)] == [2, 0]
    told = Notice.objects.order_by("pk")
    assert {(one.template, one.person) for one in told} == {
        ("training.feedback_reminded", people[1]),
        ("training.feedback_reminded", people[2]),
    }
    assert told[0].values == {
        "class": "Q9-1",
        "course": survey.training_class.course.title,
        "last": {"day": "2020-10-12"},
        "link": f"/me/feedback/{survey.key}/",
    }
    say(survey, people[1:])  # and answers once reminded
    assert Answer.objects.count() == 3


def test_nobody_is_reminded_of_a_form_that_is_over(ask: Ask) -> None:
    survey, _people = ask(2)
    assert remind_unanswered(by=factories.BY, survey=survey, at=moment(OPEN + timedelta(days=7))) == 0


def test_a_form_is_due_for_reminding_in_its_last_three_days(ask: Ask) -> None:
    survey, _people = ask(1)
    days = [OPEN + timedelta(days=number) for number in range(8)]
    assert [day for day in days if survey in surveys_to_remind_of(on=day)] == days[4:7]


def test_those_asked_and_those_who_answered_are_counted_as_they_are_asked(
    ask: Ask, training_class: TrainingClass, form: FeedbackForm
) -> None:
    _survey, people = ask(4)
    say(_survey, people[:1])
    (meeting,) = meet(training_class, [5])
    roll(meeting, present=people[:2])
    complete(training_class.enrolments.filter(person__in=people[:3]))
    for occasion, months, of in ((Occasion.MEETING, 0, meeting), (Occasion.LEARNER, 3, None)):
        open_survey(
            by=factories.BY,
            training_class=training_class,
            occasion=occasion,
            form=form,
            on=OPEN,
            meeting=of,
            months=months,
        )
    found = counted(running(on=OPEN, programme=training_class.programme))
    assert [(one.occasion, one.asks, one.answered) for one in found] == [
        ("course", 4, 1),
        ("meeting", 2, 0),
        ("learner", 3, 0),
    ]
    assert [one.asks for one in found] == [asked(one).count() for one in found]
