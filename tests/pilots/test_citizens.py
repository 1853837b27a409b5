"""What citizens write: no account, no name unless they want an answer, nothing shown before the unit has looked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import factories as make
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pilots.made import refusal

from lantoa.common.personal import Subject, perishables
from lantoa.directory.models import Level, Role, Unit
from lantoa.ledger.models import Entry, Look
from lantoa.office.models import Notice
from lantoa.pilots.actions.citizens import (
    PER_ADDRESS,
    decline_word,
    hear,
    note_answered,
    take_back,
    take_back_token,
    take_over_word,
)
from lantoa.pilots.models import CitizenWord, PainPoint
from lantoa.pilots.personal import CITIZENS, erase
from lantoa.pilots.queries.citizens import word_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ON = date(2026, 3, 2)
PHONE = "0912000111"


@pytest.fixture
def ward() -> Unit:
    return make.unit("Bến", under=make.unit("Một", kind="Tỉnh", level=Level.PROVINCE))


def heard(of: Unit, **more: Any) -> CitizenWord:
    said = {"unit": of, "text": "Phải đi lại ba lần", "address": "", "at": AT, "on": ON, **more}
    return hear(**said)


def waiting(of: Unit) -> CitizenWord:
    return heard(of, name="Lê Văn Dân", contact=PHONE, consent="Tôi đồng ý")


def english(user: Any = None) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    if user:
        client.force_login(user)
    return client


# ---- writing


def test_anybody_writes_without_an_account_and_nothing_of_them_is_kept(ward: Unit) -> None:
    client = english()
    page = reverse("pilots:say")
    assert "checked" not in client.get(page).content.decode()

    answer = client.post(page, {"unit": "Phường Bến", "text": "Phải đi lại ba lần", "name": "Dân", "contact": PHONE})

    word = CitizenWord.objects.get()
    assert (word.unit, word.text, word.name, word.contact, word.consent) == (ward, "Phải đi lại ba lần", "", "", "")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert "Link to take the consent back" not in answer.content.decode()
    entry = Entry.objects.get(act="pilots.hear_citizen")
    assert (entry.actor, entry.about) == ("machine:citizen", {"unit": ward.key, "contact": False})
    assert PainPoint.objects.count() == 0


def test_whoever_wants_an_answer_agrees_and_gets_a_link_to_take_it_back(ward: Unit) -> None:
    client, page = english(), reverse("pilots:say")
    said = {"unit": "Phường Bến", "text": "x", "wants": "on", "name": "Dân"}
    refused = client.post(page, said)
    assert (refused.status_code, CitizenWord.objects.count()) == (422, 0)
    assert "Enter a telephone number or an e-mail address" in refused.content.decode()
    assert "Tick the box if you agree" in client.post(page, {**said, "contact": PHONE}).content.decode()

    answer = client.post(page, {**said, "contact": PHONE, "consent": "on"})

    word = CitizenWord.objects.get()
    assert (word.name, word.contact, word.consent[:31]) == ("Dân", PHONE, "I agree that the office I write")
    back = reverse("pilots:unsay", args=[take_back_token(word)])
    assert back in answer.content.decode()
    assert "you get no answer" in client.get(back).content.decode()
    assert "Nothing is kept" in client.post(back).content.decode()
    word.refresh_from_db()
    assert (word.name, word.contact, word.consent, word.text) == ("", "", "", "x")
    take_back(word=word)
    assert Entry.objects.filter(act="pilots.take_citizen_back").count() == 1


def test_a_link_that_was_never_made_belongs_to_nothing(ward: Unit) -> None:
    assert word_of("khong-phai") is None
    answer = english().get(reverse("pilots:unsay", args=["khong-phai"]))
    assert (answer.status_code, "belongs to nothing" in answer.content.decode()) == (404, True)


def test_the_commune_is_filled_in_from_the_address(ward: Unit) -> None:
    page = english().get(reverse("pilots:say"), {"unit": ward.key}).content.decode()
    assert "Phường Bến" in page
    assert english().get(reverse("pilots:say"), {"unit": "khong-co"}).status_code == 200


def test_what_cannot_be_taken_in_is_refused_with_its_reason(ward: Unit) -> None:
    old = make.unit("Cũ", until=date(2025, 7, 1))
    for unit in (make.unit(level=Level.PROVINCE, kind="Tỉnh"), old):
        assert refusal(lambda unit=unit: heard(unit)) == (  # type: ignore[misc]
            "Cannot take this in: choose the commune, ward or special zone that it concerns."
        )
    assert refusal(lambda: heard(ward, text="  ")) == "Cannot take this in: write what hurts."
    assert refusal(lambda: heard(ward, contact=PHONE)) == (
        "Cannot take this in: you have not agreed to the use of your data for an answer."
    )


def test_one_address_writes_so_often_an_hour(ward: Unit) -> None:
    for _turn in range(PER_ADDRESS.tries):
        heard(ward, address="203.0.113.7")

    words = refusal(lambda: heard(ward, address="203.0.113.7"))

    assert words.startswith("Cannot take this in: too many have written from your network. Try again after ")
    heard(ward, address="203.0.113.8")


def test_the_coordinator_is_told_once_a_day(ward: Unit) -> None:
    make.user(Role.UNIT_COORDINATOR, on=ward)
    for day in (0, 0, 1):
        heard(ward, at=AT + timedelta(days=day))
    assert [row.template for row in Notice.objects.all()] == ["pilots.citizen_heard"] * 2
    assert "ba lần" not in str([row.values for row in Notice.objects.all()])


def test_the_database_keeps_nobody_who_has_not_agreed(ward: Unit) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CitizenWord.objects.create(unit=ward, text="x", contact=PHONE, said_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        CitizenWord.objects.create(unit=ward, text="x", name="Dân", said_at=AT)


# ---- looking at it


def test_it_is_taken_over_in_the_offices_words_and_the_list_never_learns_who_said_it(ward: Unit) -> None:
    keeper = english(make.user(Role.UNIT_COORDINATOR, on=ward, is_person=make.person(at=ward)))
    word = waiting(ward)
    assert "Phải đi lại ba lần" in keeper.get(reverse("pilots:citizens")).content.decode()
    page = reverse("pilots:citizen", args=[word.key])
    assert PHONE in keeper.get(page).content.decode()
    assert (Look.objects.get().whom, Look.objects.get().people) == (f"pilots.citizenword:{word.key}", 1)

    keeper.post(page, {"title": "Đi lại nhiều lần", "text": "Hộ tịch"})

    pain = PainPoint.objects.get()
    assert (pain.title, pain.source, pain.unit) == ("Đi lại nhiều lần", f"pilots.citizen:{word.key}", ward)
    assert PHONE not in keeper.get(reverse("pilots:pain", args=[pain.key])).content.decode()
    keeper.post(reverse("pilots:citizen_answered", args=[word.key]))
    word.refresh_from_db()
    assert (word.name, word.contact, word.answered_at is not None) == ("", "", True)
    assert "Answered on" in keeper.get(page).content.decode()


def test_it_is_decided_on_once(ward: Unit) -> None:
    word = heard(ward)
    assert refusal(lambda: decline_word(by=make.BY, word=word, reason=" ", at=AT)) == (
        "Cannot set this aside: say why."
    )
    decline_word(by=make.BY, word=word, reason="Đã giải quyết", at=AT)

    again = "Cannot decide on this again: somebody of the unit has looked at it. Load the page again."
    assert refusal(lambda: decline_word(by=make.BY, word=word, reason="x", at=AT)) == again
    over = {"by": make.BY, "word": word, "title": "x", "text": "", "fields": [], "where": "", "at": AT}
    assert refusal(lambda: take_over_word(**over)) == again  # type: ignore[arg-type]
    assert refusal(lambda: note_answered(by=make.BY, word=word, at=AT)) == (
        "Cannot note an answer: nobody waits for one."
    )


def test_it_is_set_aside_with_its_reason_on_a_page(ward: Unit) -> None:
    keeper = english(make.user(Role.UNIT_COORDINATOR, on=ward))
    word = heard(ward)

    keeper.post(reverse("pilots:decline_citizen", args=[word.key]), {"reason": "Đã giải quyết"})

    shown = keeper.get(reverse("pilots:citizens"), {"show": "decided"}).content.decode()
    assert "set aside" in shown
    assert "Đã giải quyết" in keeper.get(reverse("pilots:citizen", args=[word.key])).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_three(
    ward: Unit, count: int, django_assert_num_queries: Any
) -> None:
    keeper = english(make.user(Role.UNIT_COORDINATOR, on=ward))
    for _ in range(count):
        heard(ward)
    keeper.get(reverse("pilots:citizens"))
    with django_assert_num_queries(8):
        keeper.get(reverse("pilots:citizens"))


# ---- forgetting


def test_how_they_are_reached_goes_after_its_time_and_what_nobody_took_over_later() -> None:
    ward = make.unit()
    word, taken = waiting(ward), waiting(ward)
    over = {"title": "x", "text": "", "fields": [], "where": "", "at": AT}
    take_over_word(by=make.BY, word=taken, **over)  # type: ignore[arg-type]
    kinds = {one.kind: one for one in perishables()}
    contacts, words = kinds["pilots.citizen_contacts"], kinds["pilots.citizen_words"]
    later = AT + timedelta(seconds=1)
    assert (contacts.due(AT), contacts.due(later)) == (0, 2)

    assert contacts.forget(by=make.BY, before=later, at=timezone.now()) == 2
    assert (contacts.due(later), words.due(later)) == (0, 1)
    assert words.forget(by=make.BY, before=later, at=timezone.now()) == 1
    assert list(CitizenWord.objects.all()) == [taken]
    assert not CitizenWord.objects.filter(pk=word.pk).exists()


def test_whoever_is_erased_is_found_by_the_number_they_left(ward: Unit) -> None:
    waiting(ward)
    heard(ward)
    person = make.person(at=ward, phone=PHONE)
    subject = Subject(person.pk, person.key, None, "", person.full_name, person.folded, (PHONE, ""))
    assert CITIZENS.rows(subject).count() == 1

    gone = erase(by=make.BY, subject=subject, at=AT)

    assert [(one.table, one.count) for one in gone if one.count] == [("What was written by the public page", 1)]
    assert CitizenWord.objects.exclude(contact="").count() == 0
