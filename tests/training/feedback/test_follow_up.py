"""Months after a course: who is asked about a learner, by account or by a link that ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import factories
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from training.feedback.saying import OPEN, OVER, complete

from lantoa.common.refused import Refused
from lantoa.directory.models import Person, Role, Unit
from lantoa.office.models import Notice
from lantoa.training.actions.feedback import answer, open_survey
from lantoa.training.actions.follow_up import answer_by_link, choose_superior, make_superior_link
from lantoa.training.models import Answer, AnswerGiven, FeedbackForm, SuperiorAsk, Survey, TrainingClass
from lantoa.training.queries.feedback import series_of, surveys, telling
from lantoa.training.queries.follow_up import ask_of_link, asks_of, wanted_in
from lantoa.training.rules.feedback.occasions import Occasion


@pytest.fixture
def ward(district: Unit) -> Unit:
    return factories.unit("Hiệp Phú", under=district)


@pytest.fixture
def today_survey(training_class: TrainingClass, form: FeedbackForm) -> Survey:
    return asked_on(timezone.localdate(), training_class, form)


def asked_on(day: Any, training_class: TrainingClass, form: FeedbackForm) -> Survey:
    made, _new = open_survey(
        by=factories.BY,
        training_class=training_class,
        occasion=Occasion.SUPERIOR,
        form=form,
        months=3,
        on=day,
    )
    return made


@pytest.fixture
def learner(training_class: TrainingClass, ward: Unit) -> Person:
    person = factories.person("Trần Thị Bình", at=ward)
    complete([factories.enrolment(training_class, person, unit=ward)])
    return person


@pytest.fixture
def chair(ward: Unit) -> Person:
    person = factories.person("Lê Văn Chủ", at=ward, title="Chủ tịch")
    factories.user(is_person=person)
    return person


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        act()
    return str(error.value)


def test_the_superior_chosen_is_asked_and_answers_once(
    today_survey: Survey, learner: Person, chair: Person, client: Client
) -> None:
    choose_superior(by=factories.BY, survey=today_survey, person=learner, superior=chair, on=timezone.localdate())
    assert chair.user is not None
    client.force_login(chair.user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert "Asked of me as a superior" in client.get(reverse("web:home")).content.decode()
    page = client.get(reverse("training:superior")).content.decode()
    ask = SuperiorAsk.objects.get()
    address = reverse("training:superior_answer", args=[ask.key])
    assert address in page
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"q0": "4"}).status_code == 302
    assert address not in client.get(reverse("training:superior")).content.decode()
    assert client.post(address, {"q0": "1"}).status_code == 302
    assert [one.values for one in Answer.objects.all()] == [{"hay": "4"}]


def test_nobody_else_opens_the_superiors_form(
    today_survey: Survey, learner: Person, chair: Person, client: Client
) -> None:
    ask = choose_superior(
        by=factories.BY, survey=today_survey, person=learner, superior=chair, on=timezone.localdate()
    )
    client.force_login(factories.user(is_person=factories.person()))

    assert client.get(reverse("training:superior_answer", args=[ask.key])).status_code == 404


def test_a_link_opens_one_form_without_an_account(today_survey: Survey, learner: Person, client: Client) -> None:
    token = make_superior_link(by=factories.BY, survey=today_survey, person=learner, on=timezone.localdate())
    address = reverse("training:follow_up_link", args=[token])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    page = client.get(address)
    assert page.status_code == 200
    assert "Trần Thị Bình" in page.content.decode()
    # not "no-referrer": a browser would then send the form with the origin "null", which is refused as a stranger's
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "same-origin")
    assert client.post(address, {"q0": "9"}).status_code == 422
    assert client.post(address, {"q0": "5"}).status_code == 302
    assert "Thank you. Your answer is kept." in client.get(address).content.decode()
    assert (Answer.objects.count(), AnswerGiven.objects.get().person) == (1, learner)


@pytest.mark.parametrize("changed", ["x{}", "{}x", "abc", "{}:"])
def test_a_link_that_was_changed_opens_nothing(
    today_survey: Survey, learner: Person, client: Client, changed: str
) -> None:
    token = make_superior_link(by=factories.BY, survey=today_survey, person=learner, on=timezone.localdate())

    page = client.get(reverse("training:follow_up_link", args=[changed.format(token)]))
    assert page.status_code == 404
    assert "Trần Thị Bình" not in page.content.decode()


def test_a_new_link_ends_the_old_and_a_chosen_superior_ends_both(
    today_survey: Survey, learner: Person, chair: Person
) -> None:
    on = timezone.localdate()
    old = make_superior_link(by=factories.BY, survey=today_survey, person=learner, on=on)
    new = make_superior_link(by=factories.BY, survey=today_survey, person=learner, on=on)
    assert ask_of_link(old, on=on) is None
    assert ask_of_link(new, on=on) is not None

    choose_superior(by=factories.BY, survey=today_survey, person=learner, superior=chair, on=on)
    assert ask_of_link(new, on=on) is None


def test_a_link_ends_with_the_form(training_class: TrainingClass, form: FeedbackForm, learner: Person) -> None:
    survey = asked_on(OPEN, training_class, form)
    token = make_superior_link(by=factories.BY, survey=survey, person=learner, on=OPEN)

    assert ask_of_link(token, on=OPEN + timedelta(days=6)) is not None
    assert ask_of_link(token, on=OPEN + timedelta(days=7)) is None
    words = (
        "Cannot keep the answer: this link no longer opens anything. Ask the coordinator of the unit for a new one."
    )
    assert words == refused(lambda: answer_by_link(token=token, values={"hay": "1"}, on=OPEN + timedelta(days=7)))


def test_what_cannot_be_asked_is_refused_in_words(
    training_class: TrainingClass, form: FeedbackForm, learner: Person, chair: Person, ward: Unit
) -> None:
    survey = asked_on(OPEN, training_class, form)

    def choose(superior: Person, person: Person = learner, on: Any = OPEN) -> Callable[[], object]:
        return lambda: choose_superior(by=factories.BY, survey=survey, person=person, superior=superior, on=on)

    assert refused(choose(learner)) == ("Cannot ask Trần Thị Bình about Trần Thị Bình: choose their superior.")
    assert refused(choose(factories.person("Phạm Không"))) == (
        "Cannot ask Phạm Không about Trần Thị Bình: Phạm Không has no account. Make a link for them instead."
    )
    assert refused(choose(chair, factories.person("Võ Lạ"))) == (
        "Cannot ask a superior about Võ Lạ: class Q9-1 does not ask about them."
    )
    assert refused(choose(chair, on=OVER)) == (
        "Cannot ask a superior about Trần Thị Bình: the form was open until 12/10/2020."
    )
    answer_by_link(
        token=make_superior_link(by=factories.BY, survey=survey, person=learner, on=OPEN),
        values={"hay": "3"},
        on=OPEN,
    )
    assert refused(choose(chair)) == "Cannot ask a superior about Trần Thị Bình: the answer is there already."


def test_five_answers_of_one_superior_are_one_voice(
    training_class: TrainingClass, form: FeedbackForm, chair: Person
) -> None:
    """What one person says about five learners is not told as if five had spoken."""
    people = [factories.person() for _ in range(9)]
    complete([factories.enrolment(training_class, person) for person in people])
    survey = asked_on(OPEN, training_class, form)
    rows = surveys(training_class.programme)

    def answered_by(who: list[Person], superior: Person | None) -> None:
        for person in who:
            if superior is None:
                token = make_superior_link(by=factories.BY, survey=survey, person=person, on=OPEN)
                answer_by_link(token=token, values={"hay": "2"}, on=OPEN)
            else:
                choose_superior(by=factories.BY, survey=survey, person=person, superior=superior, on=OPEN)
                answer(by=factories.BY, survey=survey, person=person, values={"hay": "2"}, on=OPEN)

    answered_by(people[:5], chair)
    assert telling(rows, series_of(rows)[0], on=OVER).boxes == []
    answered_by(people[5:8], None)
    assert telling(rows, series_of(rows)[0], on=OVER).boxes == []
    answered_by(people[8:], None)
    assert telling(rows, series_of(rows)[0], on=OVER).answered == 9


def test_a_coordinator_chooses_for_their_own_people_only(
    today_survey: Survey, learner: Person, chair: Person, ward: Unit, client: Client
) -> None:
    other = factories.unit(under=None)
    client.force_login(factories.user(Role.UNIT_COORDINATOR, on=ward))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    address = reverse("training:choose_superior", args=[ward.key, today_survey.key, learner.key])

    page = client.get(reverse("training:follow_up", args=[ward.key])).content.decode()
    assert "Trần Thị Bình" in page
    assert "nobody chosen" in page
    assert client.get(reverse("training:follow_up", args=[other.key])).status_code == 404
    assert "Lê Văn Chủ" in client.get(address, {"name": "chu"}).content.decode()
    assert client.post(address, {"superior": factories.person().key}).status_code == 404
    made = client.post(address, {"link": "1"}).content.decode()
    assert "/f/" in made
    assert client.post(address, {"superior": learner.key}).status_code == 409
    assert client.post(address, {"superior": chair.key}).status_code == 302
    assert [one.person for one in asks_of(chair, on=timezone.localdate())] == [learner]
    assert [(one.template, one.person) for one in Notice.objects.all()] == [("training.superior_asked", chair)]


def test_the_list_asks_as_many_questions_for_three_learners_as_for_one(
    today_survey: Survey,
    learner: Person,
    ward: Unit,
    training_class: TrainingClass,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    on = timezone.localdate()
    with django_assert_num_queries(4):
        assert len(wanted_in([ward.pk], on=on)) == 1
    for _ in range(2):
        person = factories.person(at=ward)
        complete([factories.enrolment(training_class, person, unit=ward)])
        make_superior_link(by=factories.BY, survey=today_survey, person=person, on=on)
    with django_assert_num_queries(4):
        found = wanted_in([ward.pk], on=on)
    assert [one.ask is None for one in found] == [True, False, False]
