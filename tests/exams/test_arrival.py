"""Who signs in by a link or a card to sit an exam comes straight to its page; signing in and looking are cheap."""

from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from exams.sat import QUESTIONS, act, attempts, events, paper, sitting
from exams.test_sittings import candidate, text_of

from lantoa.accounts.actions import issue_link
from lantoa.accounts.models import User
from lantoa.directory.models import Person
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.marking import mark_sitting, publish_results
from lantoa.exams.actions.sittings import end_sitting, make_sitting
from lantoa.exams.models import Attempt, Sitting
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def sits(person: Person, **fields: Any) -> Sitting:
    of = paper()
    given = {"together": True, "starts_at": None, "minutes": 30, **fields}
    return make_sitting(by=make.BY, unit=of.unit, paper=of, title="Thi", people=[person], at=timezone.now(), **given)


def led_to(account: User, kind: str = "link") -> str:
    """Where the button of a new link (or card) leads."""
    issued = issue_link(by=make.BY, user=account, kind=kind, at=timezone.now())
    if kind == "card":
        return str(Client().post("/card/", {"code": issued.code})["Location"])
    return str(Client().post(f"/l/{issued.token}")["Location"])


@pytest.mark.parametrize("kind", ["link", "card"])
@pytest.mark.parametrize(
    ("begins", "led"),
    [(None, True), (59 * MINUTE, True), (-5 * MINUTE, True), (61 * MINUTE, False), (-31 * MINUTE, False)],
)
def test_who_signs_in_within_an_hour_before_an_exam_comes_to_its_page(
    kind: str, begins: timedelta | None, led: bool
) -> None:
    person = make.person()
    account = make.user(is_person=person)
    of = sits(person, starts_at=None if begins is None else timezone.now() + begins)

    page = reverse("exams:my_exam", args=[attempts(of)[0].key])
    assert led_to(account, kind) == (page if led else "/")


def test_an_exam_of_ones_own_time_is_come_to_only_while_one_is_at_work() -> None:
    person = make.person()
    account = make.user(is_person=person)
    now = timezone.now()
    of = sits(person, together=False, starts_at=now - 5 * MINUTE, closes_at=now + timedelta(days=2))
    assert led_to(account) == "/"

    (one,) = attempts(of)
    write([act(Kind.START, one, now)])
    assert led_to(account) == reverse("exams:my_exam", args=[one.key])

    write([act(Kind.HAND_IN, one, now)])
    assert led_to(account) == "/"


def test_what_is_over_leads_nobody_and_of_two_exams_one_chooses() -> None:
    person = make.person()
    account = make.user(is_person=person)
    first, _second = sits(person), sits(person)
    assert led_to(account) == reverse("exams:my_exams")

    end_sitting(by=make.BY, sitting=first, at=timezone.now())
    (left,) = Attempt.objects.filter(person=person, sitting__ended_at=None)
    assert led_to(account) == reverse("exams:my_exam", args=[left.key])


def test_the_page_of_the_exam_opens_for_whoever_was_led_there() -> None:
    person = make.person()
    account = make.user(is_person=person)
    sits(person)
    issued = issue_link(by=make.BY, user=account, kind="link", at=timezone.now())

    client = Client()
    client.cookies["django_language"] = "en"
    page = text_of(client.post(f"/l/{issued.token}", follow=True))

    assert "The exam has not begun yet." in page
    assert "sheet-words" in page


@pytest.mark.django_db(transaction=True)
def test_signing_in_by_a_link_is_one_transaction_with_its_line_and_its_session() -> None:
    account = make.user()
    issued = issue_link(by=make.BY, user=account, kind="link", at=timezone.now())

    client = Client()
    with CaptureQueriesContext(connection) as seen:
        assert client.post(f"/l/{issued.token}").status_code == 302

    said = [one["sql"].split()[0] for one in seen.captured_queries]
    assert said == ["BEGIN", "SELECT", "UPDATE", "INSERT", "SELECT", "UPDATE", "INSERT", "COMMIT"]
    assert Entry.objects.filter(act="accounts.signed_in", actor=account.actor_key).count() == 1
    account.refresh_from_db()
    assert account.last_login is not None
    assert client.get(reverse("exams:my_exams")).status_code == 200


def test_the_result_costs_the_same_few_queries_whatever_was_answered(django_assert_num_queries: Any) -> None:
    for given in (1, 3):
        of = sitting(starts_at=timezone.now() - MINUTE)
        attempt, client = candidate(of)
        now = timezone.now()
        chosen = [(question, "b") for question in QUESTIONS[:given]]
        write([act(Kind.START, attempt, now), act(Kind.ANSWERS, attempt, now, events(attempt, *chosen))])
        write([act(Kind.HAND_IN, attempt, now)])
        mark_sitting(by=make.BY, sitting=of, at=now)
        publish_results(by=make.BY, sitting=of, at=now)
        address = reverse("exams:my_exam", args=[attempt.key])
        client.get(address)  # what the variant asks is read once in a process

        with django_assert_num_queries(4):  # session, account, the attempt, its log
            page = text_of(client.get(address))

        assert f"{given} of 3 points" in page
        assert page.count("saved at the centre") == given
