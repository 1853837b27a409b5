"""Slides by their numbers, on every page: what is on, in which language, who may say so (decision 0049)."""

from typing import Any

import factories as make
import pytest
from django.utils import timezone
from workshops.held import refusal, workshop
from workshops.shown import deck, document, drawn, pptx, shown, told
from workshops.test_during import Held, browser, text_of

from lantoa.directory.models import Role
from lantoa.ledger.models import Entry
from lantoa.office.models import Job
from lantoa.workshops.actions.documents import remove_document
from lantoa.workshops.actions.places import take_place
from lantoa.workshops.actions.slides import take_slides_off, use_as_slides
from lantoa.workshops.actions.words import choose_rung
from lantoa.workshops.actions.workshops import change_state
from lantoa.workshops.models import Deck, Showing, Slide, Workshop, WorkshopFile
from lantoa.workshops.queries.slides import slide_said

pytestmark = pytest.mark.django_db


# ---- on


def test_everybody_is_told_of_the_slide_that_is_on_and_pressed_twice_it_is_shown_once() -> None:
    held = workshop(state="live")
    made = deck(held)

    for number in (1, 2, 2):
        shown(made, number)
    take_slides_off(by=make.BY, workshop=held, at=timezone.now())
    take_slides_off(by=make.BY, workshop=held, at=timezone.now())

    words = {"vi": {"deck": made.key, "title": "Chuyển đổi số ở xã"}}
    one, two, none = told(held)
    assert one == {"number": 1, "of": 3, "first": "vi", "in": words}
    assert (two["number"], none) == (2, {})
    assert slide_said(held) == {}
    acts = Entry.objects.filter(act__in=["workshops.show_slide", "workshops.take_slides_off"])
    assert acts.count() == 3


def test_the_same_slides_in_another_language_stand_in_as_far_as_they_go() -> None:
    held = workshop(state="live")
    first = deck(held)
    shown(first, 2)
    other = deck(held, 2, first, title="Digital communes", language="en")

    english = {"deck": other.key, "title": "Digital communes"}
    assert slide_said(held)["in"] == {"vi": {"deck": first.key, "title": "Chuyển đổi số ở xã"}, "en": english}
    assert shown(first, 3).said["in"] == {"vi": {"deck": first.key, "title": "Chuyển đổi số ở xã"}}
    assert shown(other, 1).said["first"] == "en"
    assert set(slide_said(held)["in"]) == {"vi", "en"}


def test_what_cannot_be_shown_is_refused_with_words() -> None:
    held, foreign = workshop(state="live"), workshop(state="live")
    made = deck(held)
    sheet = document(held, "bang.csv", b"a;b\n1;2\n", title="Bảng")
    twin = document(held, title="Cùng tiếng")

    def use(one: WorkshopFile, same_as: Deck | None = None) -> str:
        return refusal(lambda: use_as_slides(by=make.BY, document=one, same_as=same_as, at=timezone.now()))

    assert refusal(lambda: shown(made, 4)) == "Cannot show slide 4 of “Chuyển đổi số ở xã”: it has 3."
    assert refusal(lambda: shown(made, 0)) == "Cannot show slide 0 of “Chuyển đổi số ở xã”: it has 3."
    assert use(sheet) == "Cannot show “Bảng” page by page: only .pdf, .pptx can be. Save the slides as .pdf."
    not_one_of_ours = (
        "Cannot show “%s” for “Chuyển đổi số ở xã”: only slides of this workshop in another language stand in."
    )
    assert use(twin, made) == not_one_of_ours % "Cùng tiếng"
    assert use(document(foreign, language="en", title="Elsewhere"), made) == not_one_of_ours % "Elsewhere"
    change_state(by=make.BY, workshop=held, to="over", at=timezone.now())
    assert refusal(lambda: shown(made, 1)) == (
        "Cannot do this in “Hội thảo chuyển đổi số”: the workshop is not being held now."
    )
    unknown = deck(foreign, 0)
    assert refusal(lambda: shown(unknown, 10_000)) == "Cannot show slide 10000: there is no such number."


def test_slides_leave_the_screens_with_their_document_and_with_the_workshop() -> None:
    held = workshop(state="live")
    first, second = deck(held), deck(held, title="Bài hai")
    shown(first, 1)
    remove_document(by=make.BY, document=first.document, at=timezone.now())
    assert (slide_said(held), Slide.objects.filter(deck=first).count(), told(held)[-1]) == ({}, 0, {})

    shown(second, 1)
    change_state(by=make.BY, workshop=held, to="over", at=timezone.now())
    assert (slide_said(held), told(held)[-1]) == ({}, {})


def test_a_presentation_is_counted_and_not_drawn() -> None:
    made = use_as_slides(
        by=make.BY, document=document(workshop(state="live"), "bai.pptx", pptx(24)), at=timezone.now()
    )

    assert (made.pages, made.undrawn) == (24, "kind")
    assert Job.objects.count() == 0
    assert (shown(made, 24).said["of"], slide_said(made.document.workshop)["in"]["vi"]["deck"]) == (24, "")


# ---- pages


@pytest.mark.parametrize(
    ("rung", "streamed", "seen"),
    [
        ("video", True, False),
        ("video", False, True),
        ("sound", True, True),
        ("slides", True, True),
        ("text", False, False),
    ],
)
def test_a_site_sees_the_slide_itself_where_it_does_not_see_the_picture(
    rung: str, streamed: bool, seen: bool
) -> None:
    held = Held()
    stream = "https://hop.example.vn/phong/1" if streamed else ""
    Workshop.objects.filter(pk=held.workshop.pk).update(stream_url=stream)
    made = deck(held.workshop)
    shown(made, 2)
    choose_rung(by=make.user(), site=held.site, rung=rung, at=timezone.now())
    take_place(by=make.BY, workshop=held.workshop, person=held.participant, site=held.site, at=timezone.now())

    seated, found = held.seat(), []
    for client, page, size in (
        (seated, held.page("seat"), "small"),
        (seated, held.page("hall"), "wide"),
        (held.at_site(), held.page("site_roll", held.site), "small"),
    ):
        answer = client.get(page)
        assert "Slide 2 /3 Chuyển đổi số ở xã" in text_of(answer)
        found.append(
            f'src="/hot/workshop/{held.workshop.key}/slide/{made.key}/2/{size}?ticket=' in answer.content.decode()
        )
    assert found == [seen] * 3


def test_captions_and_announcements_stand_on_the_page_of_a_site() -> None:
    held = Held()
    held.desk.post(held.page("announcements"), {"text": "Nghỉ mười phút", "text_en": "A break of ten minutes"})
    held.desk.post(held.page("booth") + "?language=en", {"text": "Good morning"})
    page = held.page("site_roll", held.site)

    before = text_of(held.at_site().get(page))
    choose_rung(by=make.user(), site=held.site, rung="text", at=timezone.now())
    after = text_of(held.at_site().get(page))

    assert ("A break of ten minutes" in before, "Good morning" in before) == (True, False)
    assert ("A break of ten minutes" in after, "Good morning" in after) == (True, True)


def test_the_page_of_a_site_plays_the_stream_of_the_set_origin_on_its_rung(settings: Any) -> None:
    settings.STREAM_ORIGINS = ("https://stream.example.vn",)
    held = Held()
    Workshop.objects.filter(pk=held.workshop.pk).update(stream_url="https://stream.example.vn/live.m3u8")
    client, page = held.at_site(), held.page("site_roll", held.site)
    found = []
    for rung in ("video", "sound", "slides"):
        client.post(held.page("site_floor", held.site), {"act": "rung", "rung": rung})
        client.get(page)  # what was said to them is said once; the next one is the page of all
        answer = client.get(page)
        body = answer.content.decode()
        policy = "media-src https://stream.example.vn blob:" in answer["Content-Security-Policy"]
        found.append(("<video" in body, "<audio" in body, policy))
    assert found == [(True, False, True), (False, True, True), (False, False, False)]


def test_the_secretariat_makes_slides_of_a_document_and_moves_them_by_buttons() -> None:
    held = Held()
    one = document(held.workshop)
    page = held.page("slides")
    assert "Show it page by page" in text_of(held.desk.get(page))

    held.desk.post(page, {"act": "use", "document": one.key})
    assert "being drawn" in text_of(held.desk.get(page))
    made = Deck.objects.get()
    drawn(made, 3)
    held.desk.post(page, {"act": "show", "deck": made.key, "number": "1"})
    first = text_of(held.desk.get(page))
    held.desk.post(page, {"act": "show", "deck": made.key, "number": "3"})
    last = text_of(held.desk.get(page + "?part=now"))
    refused = held.desk.post(page, {"act": "show", "deck": made.key, "number": "ba"})

    assert ("Next slide" in first, "Slide before" in first) == (True, False)
    assert ("Next slide" in last, "Slide before" in last, "Slide 3/3" in last) == (False, True, True)
    assert "Cannot show the slide: “ba” is no number." in refused.content.decode()
    held.desk.post(page, {"act": "off"})
    assert "No slide is on." in text_of(held.desk.get(page))
    held.desk.post(page, {"act": "drop", "deck": made.key})
    assert (Deck.objects.count(), WorkshopFile.objects.count()) == (0, 1)
    assert held.desk.post(page, {"act": "show", "deck": made.key, "number": "1"}).status_code == 404


def test_nobody_but_the_secretariat_moves_the_slides() -> None:
    held = Held()
    made = deck(held.workshop)
    stranger = browser(make.user(Role.PROGRAMME_OFFICER, on=make.unit()))
    for client in (held.seat(), held.at_site(), stranger):
        for asked in (
            client.get,
            lambda page, c=client: c.post(page, {"act": "show", "deck": made.key, "number": "1"}),
        ):
            assert asked(held.page("slides")).status_code == 404
    assert Showing.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(count: int, django_assert_num_queries: Any) -> None:
    held = Held()
    for n in range(count):
        use_as_slides(by=make.BY, document=document(held.workshop, title=f"Bài {n}"), at=timezone.now())
    client, page = held.desk, held.page("slides")
    client.get(page)

    with django_assert_num_queries(QUERIES):
        client.get(page)


QUERIES = 8
