"""The pages of feedback: what each reader sees of it, and what stays closed to them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import factories
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from training.feedback.saying import OPEN, SHORT, Ask, say
from training.held import meet, roll

from lantoa.directory.models import Person, Role
from lantoa.training.actions.feedback import answer, open_survey
from lantoa.training.models import Answer, FeedbackForm, Survey, TrainingClass
from lantoa.training.rules.feedback.occasions import Occasion

WORDS = "mong có thêm ví dụ"


def reader(client: Client, role: str, unit: Any, person: Person | None = None) -> Client:
    client.force_login(factories.user(role, on=unit, is_person=person))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


@pytest.fixture
def taught(training_class: TrainingClass, form: FeedbackForm) -> Person:
    """A lecturer of one of two meetings; six people said what they thought of each."""
    lecturer, other = factories.person("Trịnh Bảo Lâm"), factories.person("Phan Diệu Hiền")
    people = [factories.person() for _ in range(6)]
    for person in people:
        factories.enrolment(training_class, person)
    for meeting, who, words in zip(
        meet(training_class, [5, 6]), (lecturer, other), (WORDS, "quá nhanh"), strict=True
    ):
        meeting.lecturer = who
        meeting.save()
        roll(meeting, present=people)
        survey, _new = open_survey(
            by=factories.BY,
            training_class=training_class,
            occasion=Occasion.MEETING,
            form=form,
            on=OPEN,
            meeting=meeting,
        )
        say(survey, people, loi=words, hay="5" if who is lecturer else "2")
    return lecturer


def test_an_officer_sees_numbers_pictures_and_opens_rows_and_words(
    taught: Person, training_class: TrainingClass, client: Client
) -> None:
    programme = training_class.programme
    reader(client, Role.PROGRAMME_OFFICER, programme.unit)
    address = reverse("training:feedback", args=[programme.key])

    page = text(client.get(address, {"by": "lecturer"}))

    assert "3.5 of 5 on average, by 12 answers." in page
    assert page.count("<svg") >= 3
    rows_address = next(
        part.split('"')[0].replace("&amp;", "&")
        for part in page.split('href="')
        if "feedback/rows/" in part and "value=" in part
    )
    rows = text(client.get(rows_address))
    assert rows.count('<tr><th scope="row">') == 6
    words_address = next(
        part.split('"')[0].replace("&amp;", "&") for part in page.split('href="') if "feedback/words/" in part
    )
    assert text(client.get(words_address)).count(WORDS) == 6
    sheet = client.get(reverse("training:feedback_sheet", args=[programme.key]))
    assert sheet.content[:2] == b"PK"


def test_every_number_opens_to_as_many_rows(taught: Person, training_class: TrainingClass, client: Client) -> None:
    """Of the optional question only those who answered it are counted, and they are the rows."""
    programme = training_class.programme
    reader(client, Role.PROGRAMME_OFFICER, programme.unit)
    page = text(client.get(reverse("training:feedback", args=[programme.key]), {"by": "lecturer"}))
    links = re.findall(r'href="([^"]*feedback/rows/[^"]*)">(\d+)<', page)

    assert len(links) >= 4
    for address, figure in links:
        rows = text(client.get(address.replace("&amp;", "&")))
        assert rows.count('<tr><th scope="row">') == int(figure), address


def test_a_lecturer_sees_their_own_meetings_only(
    taught: Person, training_class: TrainingClass, client: Client
) -> None:
    programme = training_class.programme
    reader(client, Role.LECTURER, factories.unit(), taught)

    assert programme.name in text(client.get(reverse("training:feedback_taught")))
    page = text(client.get(reverse("training:feedback_mine", args=[programme.key])))
    assert "5.0 of 5 on average, by 6 answers." in page
    assert page.count(WORDS) == 6
    assert "quá nhanh" not in page
    for name in ("feedback", "feedback_rows", "feedback_words", "feedback_sheet"):
        assert client.get(reverse(f"training:{name}", args=[programme.key])).status_code == 404


def test_a_lecturer_of_another_programme_sees_nothing(taught: Person, client: Client) -> None:
    other = factories.programme()
    reader(client, Role.LECTURER, other.unit, taught)

    assert client.get(reverse("training:feedback_mine", args=[other.key])).status_code == 404


def test_a_coordinator_reads_numbers_and_nobody_s_words(
    taught: Person, training_class: TrainingClass, client: Client
) -> None:
    programme = training_class.programme
    reader(client, Role.UNIT_COORDINATOR, programme.unit)

    page = text(client.get(reverse("training:feedback", args=[programme.key])))

    assert "3.5 of 5 on average, by 12 answers." in page
    assert WORDS not in page
    assert "feedback/rows/" not in page
    assert "feedback/words/" not in page
    for name in ("feedback_rows", "feedback_words", "feedback_sheet"):
        address = reverse(f"training:{name}", args=[programme.key])
        assert client.get(address, {"question": "loi"}).status_code == 404


def test_the_results_ask_as_many_questions_for_three_classes_as_for_one(
    training_class: TrainingClass,
    ask: Ask,
    client: Client,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    programme = training_class.programme
    survey, people = ask(5)
    say(survey, people)
    reader(client, Role.PROGRAMME_OFFICER, programme.unit)
    address = reverse("training:feedback", args=[programme.key])
    with django_assert_num_queries(11):
        text(client.get(address))
    for code in ("Q9-2", "Q9-3"):
        other, more = ask(5, of=factories.training_class(programme, code=code))
        say(other, more)
    with django_assert_num_queries(11):
        assert text(client.get(address)).count("Q9-") >= 3


@pytest.fixture
def waiting(training_class: TrainingClass, form: FeedbackForm) -> tuple[Survey, Person]:
    """A form that asks a learner today."""
    person = factories.person()
    factories.enrolment(training_class, person)
    survey, _new = open_survey(
        by=factories.BY,
        training_class=training_class,
        occasion=Occasion.COURSE,
        form=form,
        on=timezone.localdate() - timedelta(days=1),
    )
    return survey, person


def test_a_learner_finds_the_form_and_answers_it_once(waiting: tuple[Survey, Person], client: Client) -> None:
    survey, person = waiting
    reader(client, Role.LEARNER, survey.training_class.unit, person)
    address = reverse("training:answer", args=[survey.key])

    assert address in text(client.get(reverse("training:me")))
    page = text(client.get(address))
    assert "Anonymous: your answer is kept without your name" in page
    assert "checked" not in page
    assert "Choose an answer" in text(client.post(address, {}), 422)
    assert "Choose one of them" in text(client.post(address, {"q0": "9"}), 422)
    assert client.post(address, {"q0": "5", "q2": "cảm ơn"}).status_code == 302
    assert address not in text(client.get(reverse("training:me")))
    assert [one.values for one in Answer.objects.all()] == [{"hay": "5", "loi": "cảm ơn"}]
    assert client.post(address, {"q0": "1"}).status_code == 302
    assert Answer.objects.count() == 1


def test_whoever_is_not_asked_finds_no_form(waiting: tuple[Survey, Person], client: Client) -> None:
    survey, _person = waiting
    reader(client, Role.LEARNER, survey.training_class.unit, factories.person())

    assert client.get(reverse("training:answer", args=[survey.key])).status_code == 404


def test_an_officer_takes_the_ready_made_forms_and_changes_one(training_class: TrainingClass, client: Client) -> None:
    programme = training_class.programme
    reader(client, Role.PROGRAMME_OFFICER, programme.unit)
    address = reverse("training:feedback_forms", args=[programme.key])

    assert "Take the ready-made forms" in text(client.get(address))
    client.post(reverse("training:feedback_ready_made", args=[programme.key]))
    page = text(client.get(address))
    assert page.count("selected") == 4
    new = reverse("training:new_feedback_form", args=[programme.key])
    wrong = text(client.post(new, {"text": SHORT.replace("kind: yesno", "kind: maybe")}), 422)
    assert "&quot;maybe&quot; is not one of: scale, choice, yesno, words." in wrong
    answer = client.post(new, {"text": SHORT})
    assert answer.status_code == 302
    form = FeedbackForm.objects.get(code="ngan")
    assert answer.headers["Location"] == reverse("training:feedback_form", args=[form.key])
    assert "A short form" in text(client.get(answer.headers["Location"]))
    assert client.get(reverse("training:feedback_form_file", args=[form.key])).content.decode() == SHORT
    client.post(address, {"meeting": form.key})
    asked = {row.occasion: row.form for row in programme.asked_forms.all()}
    assert asked == {"meeting": form}


def test_an_officer_asks_what_is_due(training_class: TrainingClass, form: FeedbackForm, client: Client) -> None:
    programme = training_class.programme
    programme.asked_forms.create(occasion="meeting", form=form)
    person = factories.person()
    factories.enrolment(training_class, person)
    meeting = factories.meeting(training_class, timezone.now() - timedelta(hours=5), hours=3)
    roll(meeting, present=[person])
    reader(client, Role.PROGRAMME_OFFICER, programme.unit)
    address = reverse("training:feedback_forms", args=[programme.key])

    assert "1 form is due and not asked yet." in text(client.get(address))
    client.post(reverse("training:feedback_ask", args=[programme.key]))
    page = text(client.get(address))
    assert "1 form is asked now." in page
    assert "is due and not asked yet" not in page
    assert Survey.objects.get().meeting == meeting


# ---- paper sheets


@pytest.fixture
def running(training_class: TrainingClass, form: FeedbackForm) -> tuple[Survey, list[Person]]:
    """A form that is answered now, by a class of three; the first has answered."""
    people = [factories.person(f"Kha Văn {name}") for name in ("An", "Bền", "Cảnh")]
    for person in people:
        factories.enrolment(training_class, person)
    survey, _new = open_survey(
        by=factories.BY, training_class=training_class, occasion=Occasion.COURSE, form=form, on=timezone.localdate()
    )
    answer(by=factories.BY, survey=survey, person=people[0], values={"hay": "5"}, on=timezone.localdate())
    return survey, people


def test_sheets_are_entered_as_from_a_ballot_box(client: Client, running: tuple[Survey, list[Person]]) -> None:
    survey, people = running
    officer = reader(client, Role.PROGRAMME_OFFICER, survey.training_class.unit)
    page = reverse("training:paper_sheets", args=[survey.key])
    first = text(officer.get(page))
    assert [one.full_name in first for one in people] == [False, True, True]
    chosen = [one.key for one in people[1:]]
    second = text(officer.post(page, {"chosen": chosen}))
    assert ["Sheet 1 of 2" in second, "Sheet 2 of 2" in second, "Kha Văn Bền" in second] == [True, True, False]
    values = {"act": "enter", "chosen": chosen, "s0-q0": "4"}
    text(officer.post(page, values), 422)  # the second sheet is empty
    assert Answer.objects.count() == 1
    done = officer.post(page, {**values, "s1-q0": "3", "s1-q2": WORDS})
    assert done.status_code == 302
    assert sorted(Answer.objects.values_list("values", flat=True), key=str) == [
        {"hay": "3", "loi": WORDS},
        {"hay": "4"},
        {"hay": "5"},
    ]
    assert "Everybody has answered" in text(officer.get(page))
    again = text(officer.post(page, {**values, "s1-q0": "3"}), 422)
    assert "is answered already, once for each person." in again
    assert Answer.objects.count() == 3


def test_one_to_ten_people_are_chosen(client: Client, running: tuple[Survey, list[Person]]) -> None:
    survey, _people = running
    for _ in range(11):
        factories.enrolment(survey.training_class, factories.person())
    officer = reader(client, Role.PROGRAMME_OFFICER, survey.training_class.unit)
    page = reverse("training:paper_sheets", args=[survey.key])
    everybody = [row.person.key for row in survey.training_class.enrolments.select_related("person")]
    for chosen in ([], everybody):
        assert "Choose 1 to 10 people." in text(officer.post(page, {"chosen": chosen}), 422)


def test_the_office_reminds_from_the_page_of_its_forms(client: Client, running: tuple[Survey, list[Person]]) -> None:
    survey, _people = running
    officer = reader(client, Role.PROGRAMME_OFFICER, survey.training_class.unit)
    said = [text(officer.post(reverse("training:remind_survey", args=[survey.key]), follow=True)) for _ in range(2)]
    assert "2 people are reminded." in said[0]
    assert "Nobody is left to be reminded: each is reminded once." in said[1]
    assert "1/3" in said[1]


def test_a_form_that_is_over_takes_no_sheets(client: Client, ask: Ask) -> None:
    survey, _people = ask(2)
    officer = reader(client, Role.PROGRAMME_OFFICER, survey.training_class.unit)
    for name in ("paper_sheets", "remind_survey"):
        assert officer.post(reverse(f"training:{name}", args=[survey.key])).status_code == 404
