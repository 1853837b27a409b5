"""Interpreters by name and their glossary: the booth without any role, and nothing else of the desk."""

import re

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from workshops.held import T0, refusal, workshop
from workshops.test_workshops import browser

from lantoa.accounts.models import User
from lantoa.common.keyring import secret
from lantoa.directory.models import Role
from lantoa.ledger.models import Entry
from lantoa.workshops.actions.interpreting import (
    add_term,
    carry_terms,
    name_interpreter,
    release_interpreter,
    remove_term,
)
from lantoa.workshops.hot import SECRET
from lantoa.workshops.models import Caption, Interpreter, Term, Workshop
from lantoa.workshops.queries.interpreting import MOST_TERMS
from lantoa.workshops.rules.streams import read_ticket

pytestmark = pytest.mark.django_db


def named(of: Workshop) -> tuple[User, Client]:
    """An account without any role that interprets."""
    user = make.user()
    name_interpreter(by=make.BY, workshop=of, username=user.username, at=T0)
    client = Client()
    client.force_login(user)
    return user, client


def test_an_interpreter_without_a_role_captions_and_hears_what_everybody_hears() -> None:
    made = workshop(state="live")
    _user, page = named(made)
    here = reverse("workshops:booth", args=[made.key]) + "?language=en"

    shown = page.get(here).content.decode()
    assert page.post(here, {"text": "Good morning."}).status_code == 302

    assert Caption.objects.get().text == "Good morning."
    ticket = re.search(r'data-ticket="([^"]+)"', shown)
    assert ticket is not None
    read = read_ticket(secret(SECRET), ticket[1], 0)
    assert read is not None
    assert read[0].audience == "all"
    assert (
        reverse("workshops:booth", args=[made.key])
        in page.get(reverse("workshops:workshop", args=[made.key])).content.decode()
    )
    assert made.name in page.get(reverse("workshops:workshops")).content.decode()


def test_an_interpreter_sees_nothing_else_of_the_desk_nor_another_workshop() -> None:
    made, other = workshop(state="live"), workshop(state="live")
    _user, page = named(made)

    for name in ("desk", "questions", "faults", "announcements", "interpreters", "chair"):
        assert page.get(reverse(f"workshops:{name}", args=[made.key])).status_code == 404
    for name in ("booth", "glossary"):
        assert page.get(reverse(f"workshops:{name}", args=[other.key])).status_code == 404


def test_before_it_is_announced_and_after_being_released_the_booth_is_closed() -> None:
    draft = workshop()
    user, page = named(draft)
    assert page.get(reverse("workshops:booth", args=[draft.key])).status_code == 404

    live = workshop(state="live")
    row = name_interpreter(by=make.BY, workshop=live, username=user.username, at=T0)
    assert name_interpreter(by=make.BY, workshop=live, username=user.username, at=T0) == row
    assert page.get(reverse("workshops:booth", args=[live.key])).status_code == 200
    for _twice in range(2):
        release_interpreter(by=make.BY, interpreter=row)
    assert page.get(reverse("workshops:booth", args=[live.key])).status_code == 404
    assert Entry.objects.filter(act="workshops.release_interpreter").count() == 1


def test_the_secretariat_names_and_releases_by_the_page() -> None:
    made, user = workshop(state="ready"), make.user()
    page = browser(Role.PROGRAMME_OFFICER, made.unit)
    here = reverse("workshops:interpreters", args=[made.key])

    assert page.post(here, {"username": "ai.do"}).status_code == 422
    assert page.post(here, {"username": user.username}).status_code == 302
    assert user.full_name in page.get(here).content.decode()
    assert page.post(here, {"release": Interpreter.objects.get().key}).status_code == 302
    assert not Interpreter.objects.exists()


def test_what_cannot_be_done_is_refused_with_words() -> None:
    over, ready = workshop(state="over", name="Hội thảo cũ"), workshop(state="ready", name="Hội thảo")
    closed = make.user(is_active=False)
    add_term(by=make.BY, workshop=ready, vi="điểm cầu", en="site")
    said = [
        refusal(lambda: name_interpreter(by=make.BY, workshop=over, username="x", at=T0)),
        refusal(lambda: add_term(by=make.BY, workshop=over, vi="a", en="b")),
        refusal(lambda: name_interpreter(by=make.BY, workshop=ready, username=closed.username, at=T0)),
        refusal(lambda: add_term(by=make.BY, workshop=ready, vi="điểm cầu", en="venue")),
        refusal(lambda: carry_terms(by=make.BY, workshop=ready)),
    ]
    assert said == [
        "Cannot change who interprets “Hội thảo cũ”, or its words: it is over.",
        "Cannot change who interprets “Hội thảo cũ”, or its words: it is over.",
        f"Cannot name the interpreter: there is no open account “{closed.username}”.",
        "Cannot add “điểm cầu”: it stands in the glossary already.",
        "Cannot carry the glossary over: no workshop before it is chosen.",
    ]
    Term.objects.bulk_create([Term(workshop=ready, vi=f"từ {one}", en="word") for one in range(MOST_TERMS - 1)])
    assert refusal(lambda: add_term(by=make.BY, workshop=ready, vi="một từ nữa", en="one more")) == (
        f"Cannot add the word: the glossary of “Hội thảo” is full ({MOST_TERMS})."
    )


def test_the_glossary_is_written_by_interpreters_stands_in_the_booth_and_is_taken_over() -> None:
    before = workshop(state="live")
    _user, page = named(before)
    here = reverse("workshops:glossary", args=[before.key])

    assert page.post(here, {"act": "add", "vi": "điểm cầu", "en": "site", "note": ""}).status_code == 302
    assert page.post(here, {"act": "add", "vi": "chuyển đổi số", "en": "digital transformation"}).status_code == 302
    assert page.post(here, {"act": "add", "vi": "", "en": "x"}).status_code == 422
    assert page.post(here, {"act": "nothing"}).status_code == 404
    assert "digital transformation" in page.get(reverse("workshops:booth", args=[before.key])).content.decode()
    gone = Term.objects.get(vi="điểm cầu")
    assert page.post(here, {"act": "remove", "term": gone.key}).status_code == 302
    remove_term(by=make.BY, term=gone)
    assert Entry.objects.filter(act="workshops.remove_term").count() == 1

    after = workshop(before.unit, state="ready", previous=before)
    add_term(by=make.BY, workshop=after, vi="xã", en="commune")
    assert [carry_terms(by=make.BY, workshop=after) for _twice in range(2)] == [1, 0]
    assert list(after.terms.order_by("pk").values_list("en", flat=True)) == ["commune", "digital transformation"]
