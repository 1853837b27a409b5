"""The page of a site that nothing is known of is rendered once for all: it says what the other way of making it says,
nobody is shown what is another one's, and where something is known it is not used."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from workshops.held import site, workshop

from lantoa.directory.models import Role
from lantoa.workshops.actions.documents import add_document
from lantoa.workshops.actions.floor import raise_hand
from lantoa.workshops.actions.roll import call_the_roll, close_the_roll, report_site
from lantoa.workshops.actions.slides import show_slide
from lantoa.workshops.actions.words import add_caption, announce, choose_rung, report_fault
from lantoa.workshops.models import Deck, Poll, Site, Workshop
from lantoa.workshops.queries.quiet import quiet
from lantoa.workshops.rules.roll import Report
from lantoa.workshops.views import site as pages

pytestmark = pytest.mark.django_db
OWN = re.compile(r'csrfmiddlewaretoken" value="[^"]+"|data-ticket="[^"]+"|data-after="[^"]+"|\?ticket=[^"]+"')


def live_now(**values: Any) -> Workshop:
    made = workshop(state="live", **values)
    now = timezone.now()
    Workshop.objects.filter(pk=made.pk).update(during=(now - timedelta(minutes=5), now + timedelta(hours=3)))
    made.refresh_from_db()
    return made


def operator_of(one: Site, language: str = "vi") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(make.user(is_person=one.operator, full_name=str(one.operator)))
    return client


def page_of(client: Client, one: Site) -> str:
    answer = client.get(reverse("workshops:site_roll", args=[one.key]))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    return OWN.sub("", answer.content.decode())


def nothing(_made: Workshop, _one: Site) -> None:
    """As it is."""


def called(made: Workshop, _one: Site) -> None:
    call_the_roll(by=make.BY, workshop=made, mode="together", at=timezone.now())


def closed(made: Workshop, one: Site) -> None:
    called(made, one)
    close_the_roll(by=make.BY, workshop=made, at=timezone.now())


def slides(_made: Workshop, one: Site) -> None:
    choose_rung(by=make.user(), site=one, rung="slides", at=timezone.now())


def on(made: Workshop, one: Site) -> None:
    """A slide is on, something is announced, the site reads what is said."""
    choose_rung(by=make.user(), site=one, rung="text", at=timezone.now())
    announce(by=make.BY, workshop=made, text="Nghỉ <b>mười</b> phút", text_en="A break", at=timezone.now())
    add_caption(by=make.BY, workshop=made, language="vi", text="Xin chào", at=timezone.now())
    content = b"%PDF-1.4\n%%EOF\n"
    document = add_document(
        by=make.BY, workshop=made, name="a.pdf", content=content, title="Bài <1>", language="vi", at=timezone.now()
    )
    deck = Deck.objects.create(document=document, pages=24, drawn_at=timezone.now())
    show_slide(by=make.BY, deck=deck, number=7, at=timezone.now())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("known", [nothing, called, closed, slides, on])
def test_it_says_what_the_ordinary_page_says(
    known: Callable[[Workshop, Site], None], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = live_now(name_en="Workshop <b>2026</b>")
    one = site(made, operator=make.person("Trần Thị <i>Lan</i>"), name="Xã Một & Hai", name_en="Commune")
    other = site(made, operator=make.person("Lê Văn Bình"), name="Xã <script>", language="en")
    known(made, one)
    own, others = operator_of(one, language), operator_of(other, language)

    shared = [page_of(own, one), page_of(others, other), page_of(own, one)]
    monkeypatch.setattr(pages, "quiet_page", lambda _request, _site: None)

    assert shared == [page_of(own, one), page_of(others, other), page_of(own, one)]
    assert "<script>" not in shared[1].replace("<script src", "")


@pytest.mark.parametrize("state", ["ready", "live"])
def test_before_and_during_the_workshop_and_for_whoever_has_other_doors(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workshop(state=state)
    one = site(made, operator=make.person())
    officer = Client()
    officer.force_login(make.user(Role.PROGRAMME_OFFICER, on=made.unit))
    readers = [operator_of(one), officer]

    shared = [page_of(reader, one) for reader in readers]
    monkeypatch.setattr(pages, "quiet_page", lambda _request, _site: None)

    assert shared == [page_of(reader, one) for reader in readers]
    assert shared[0] != shared[1]


def reported(made: Workshop, one: Site) -> None:
    called(made, one)
    report_site(by=make.user(), site=one, report=Report("present", 7, nonce="0nonce0000000"), at=timezone.now())


def its_turn(made: Workshop, one: Site) -> None:
    call_the_roll(by=make.BY, workshop=made, mode="order", at=timezone.now())
    made.roll_calls.update(calling=one)


def hand(_made: Workshop, one: Site) -> None:
    raise_hand(by=make.user(), site=one, about="", at=timezone.now())


def fault(_made: Workshop, one: Site) -> None:
    report_fault(by=make.user(), site=one, kind="sound", text="", at=timezone.now())


def poll(made: Workshop, _one: Site) -> None:
    options = [{"vi": "Có"}, {"vi": "Không"}]
    Poll.objects.create(
        workshop=made, position=1, title="Đồng ý?", options=options, voices="sites", state="open",
        opened_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("known", [reported, its_turn, hand, fault, poll])
def test_a_site_of_which_something_is_known_has_its_own_page(known: Callable[[Workshop, Site], None]) -> None:
    made = live_now()
    one, other = (site(made, operator=make.person()) for _ in range(2))
    before = quiet(one)
    known(made, one)

    assert before is not None
    assert quiet(one) is None
    assert (quiet(other) is None) == (known is poll)


def test_what_was_said_to_somebody_is_shown_to_them_alone() -> None:
    made = live_now()
    one = site(made, operator=make.person())
    client = operator_of(one, "en")
    said = {"act": "ask", "text": "Khi nào?", "language": "vi"}
    client.post(reverse("workshops:site_floor", args=[one.key]), said)

    first, second = page_of(client, one), page_of(client, one)

    assert "Your question has arrived" in first
    assert "Your question has arrived" not in second


def test_it_asks_six_questions_however_many_sites_there_are() -> None:
    made = live_now()
    one = site(made, operator=make.person())
    client = operator_of(one)
    page_of(client, one)
    counts = []
    for more in (1, 20):
        for _ in range(more):
            site(made)
        with CaptureQueriesContext(connection) as asked:
            page_of(client, one)
        counts.append(len(asked))

    assert counts == [6, 6]
