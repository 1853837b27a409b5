"""Slides are drawn once, by a job that may be killed, and given to those who may hear the workshop (0049)."""

import asyncio
import io
from typing import Any

import factories as make
import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect
from workshops import test_pages_survive as pages
from workshops.held import site, workshop
from workshops.listening import Scope, run, ticket_of
from workshops.shown import deck, document, pdf, shown
from workshops.test_pages_survive import browses, live_now, session_of

from lantoa.office.actions.worker import Worker
from lantoa.office.models import Job
from lantoa.workshops.actions.documents import remove_document
from lantoa.workshops.actions.places import take_place
from lantoa.workshops.actions.slides import keep_slide, take_slides_off, use_as_slides
from lantoa.workshops.actions.words import choose_rung
from lantoa.workshops.hot import PREFIX, Door
from lantoa.workshops.models import Deck, Trespass, Workshop
from lantoa.workshops.pictures import Pictures

pytestmark = pytest.mark.django_db(transaction=True)
place, opens = pages._place, pages.opens


def locked() -> bytes:
    """A file that asks for a password before it says anything."""
    said = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 160 90]>>endobj\n"
        f"4 0 obj<</Filter/Standard/V 1/R 2/O<{'11' * 32}>/U<{'22' * 32}>/P -4>>endobj\n"
        f"trailer<</Root 1 0 R/Size 5/Encrypt 4 0 R/ID[<{'33' * 16}><{'33' * 16}>]>>\n%%EOF\n"
    )
    return said.encode()


def drawn_by_job(of: Workshop, content: bytes) -> Deck:
    made = use_as_slides(by=make.BY, document=document(of, content=content), at=timezone.now())
    worked()
    made.refresh_from_db()
    return made


def worked() -> None:
    Worker().run(until_idle=True, housekeeping=False)


# ---- drawn


def test_each_page_is_drawn_once_for_a_telephone_and_for_a_hall() -> None:
    made = drawn_by_job(workshop(state="live"), pdf(3))

    assert (made.pages, made.undrawn, made.drawn_at is not None) == (3, "", True)
    pictures = [(one.small, one.wide) for one in made.slides.order_by("number")]
    sizes = [tuple(Image.open(io.BytesIO(bytes(one))).size for one in both) for both in pictures]
    assert sizes == [((800, 450), (1600, 900))] * 3
    assert {Image.open(io.BytesIO(bytes(small))).format for small, _wide in pictures} == {"WEBP"}
    assert len({bytes(small) for small, _wide in pictures}) == 3

    use_as_slides(by=make.BY, document=made.document, at=timezone.now())
    assert Job.objects.filter(kind="workshops.draw_slides").count() == 1


def test_a_job_that_was_killed_goes_on_with_the_first_page_that_is_missing() -> None:
    made = use_as_slides(by=make.BY, document=document(workshop(state="live"), content=pdf(3)), at=timezone.now())
    keep_slide(deck=made, number=1, of=3, small=b"small", wide=b"wide")

    worked()

    first, *others = [bytes(one.small) for one in made.slides.order_by("number")]
    assert (first, [one[:4] for one in others]) == (b"small", [b"RIFF", b"RIFF"])
    assert keep_slide(deck=made, number=2, of=3, small=b"x", wide=b"x")
    assert bytes(made.slides.get(number=2).small)[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("content", "why"), [(b"%PDF-1.7\nnothing that a reader knows\n%%EOF\n", "broken"), (locked(), "locked")]
)
def test_what_cannot_be_drawn_is_said_and_its_numbers_can_be_shown(content: bytes, why: str) -> None:
    made = drawn_by_job(workshop(state="live"), content)

    assert (made.undrawn, made.drawn_at, made.pages) == (why, None, None)
    assert Job.objects.get(kind="workshops.draw_slides").state == "done"
    assert shown(made, 40).said["in"] == {"vi": {"deck": "", "title": "Chuyển đổi số ở xã"}}


def test_a_deck_that_is_taken_away_while_it_is_drawn_ends_the_job_in_peace() -> None:
    made = document(workshop(state="live"), content=pdf(3))
    use_as_slides(by=make.BY, document=made, at=timezone.now())
    remove_document(by=make.BY, document=made, at=timezone.now())

    worked()

    assert Job.objects.get(kind="workshops.draw_slides").state == "done"
    assert not keep_slide(deck=Deck(pk=0), number=1, of=1, small=b"x", wide=b"x")


# ---- pictures


class Answer:
    """What a server was told to say."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, {}, b""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body


async def asked(door: Door, of: Workshop, path: str, ticket: str = "") -> Answer:
    answer = Answer()
    await door.serve(Scope(f"{PREFIX}{of.key}/slide/{path}", f"ticket={ticket or ticket_of(of)}", {}), answer)
    return answer


def test_a_picture_is_sent_to_whoever_may_hear_the_workshop_and_to_nobody_else() -> None:
    held, foreign = workshop(state="live"), workshop(state="live")
    made = deck(held)
    door = Door(gather=0.001)

    async def meeting() -> list[Answer]:
        return [
            await asked(door, held, f"{made.key}/2/small"),
            await asked(door, held, f"{made.key}/9/small"),
            await asked(door, held, f"{made.key}/2/huge"),
            await asked(door, foreign, f"{made.key}/2/small"),  # their own workshop has no such deck
            await asked(door, held, f"{made.key}/2/small", ticket_of(foreign)),
            await asked(door, held, f"{made.key}/2/small", ticket_of(held, until=1)),
        ]

    answers = run(meeting())
    door.close()
    door.rest()

    assert [one.status for one in answers] == [200, 404, 404, 404, 403, 401]
    assert answers[0].body == bytes(made.slides.get(number=2).small)
    assert answers[0].headers["content-type"] == "image/webp"
    assert answers[0].headers["cache-control"] == "private, max-age=43200, immutable"
    assert Trespass.objects.get().workshop_id == held.pk


def test_a_picture_that_thousands_want_at_once_is_read_once_and_the_oldest_ones_go() -> None:
    made = deck(workshop(state="live"))
    of = made.document.workshop.key
    sizes = {n: len(made.slides.get(number=n).small) for n in (1, 2, 3)}
    pictures = Pictures(most=sizes[1] + sizes[2])

    async def storm() -> list[int]:
        found = await asyncio.gather(*(pictures.get(of, f"{made.key}/1/small") for _ in range(500)))
        await pictures.get(of, f"{made.key}/2/small")
        await pictures.get(of, f"{made.key}/3/small")
        return [len(one or b"") for one in found]

    assert run(storm()) == [sizes[1]] * 500
    assert f"{made.key}/1/small" not in {asked_for for _of, asked_for in pictures._kept}
    assert run(pictures.get(of, "../../secret")) is None


# ---- in a browser


@browses
def test_a_seat_follows_the_slides_without_being_loaded_again(opens: pages.Opens, place: Any) -> None:
    made = live_now()
    ward = make.unit()
    here = site(made, unit=ward)
    choose_rung(by=make.user(), site=here, rung="slides", at=timezone.now())
    who = make.person(at=ward)
    take_place(by=make.BY, workshop=made, person=who, site=here, at=timezone.now())
    slides = drawn_by_job(made, pdf(3))
    page = opens(reverse("workshops:seat", args=[made.key]), session_of(make.user(is_person=who)))
    box = page.locator("[data-slides]")
    expect(box).to_be_hidden()

    shown(slides, 1)
    expect(box).to_contain_text("1/3 Chuyển đổi số ở xã")
    expect(box.locator("img")).to_have_js_property("naturalWidth", 800)
    shown(slides, 2)
    expect(box.locator("img")).to_have_attribute("alt", "Chuyển đổi số ở xã, 2")
    expect(box.locator("img")).to_have_js_property("complete", True)
    take_slides_off(by=make.BY, workshop=made, at=timezone.now())
    expect(box).to_be_hidden()
