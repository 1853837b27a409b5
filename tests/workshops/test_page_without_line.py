"""The page of a site in a real browser: its ticket is renewed, it opens and works with a dead line, and the technical
check plays the stream or says that it cannot."""

import io
import time
import wave
from pathlib import Path
from typing import Any

import factories as make
import pytest
from django.urls import reverse
from exams.hall import Line, Web, hall
from playwright.sync_api import Browser, Page, Route, expect
from workshops import test_pages_survive as survive
from workshops.held import site
from workshops.listening import ticket_of
from workshops.test_pages_survive import Opens, browses, called, live_now, session_of, stands, until

from lantoa.workshops.models import Site, SiteReport, Workshop
from lantoa.workshops.rules.streams import Ticket, audience_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
place, opens = survive._place, survive.opens


def operated(made: Workshop) -> tuple[Site, str, str]:
    """A site, the address of its page, and a session of its operator."""
    who = make.person()
    one = site(made, operator=who)
    return one, reverse("workshops:site_roll", args=[one.key]), session_of(make.user(is_person=who))


def ticket_until(web: Web, one: Site, until: float) -> str:
    """A ticket of this very installation."""
    kept = (Path(web.data) / "keys" / "workshop-tickets.key").read_bytes()
    return Ticket(one.workshop.key, audience_of(one.key), "user:0operator0000").written(kept, round(until))


def show(page: Page, ticket: str) -> None:
    page.evaluate("shown => { document.querySelector('[data-stream]').dataset.ticket = shown; }", ticket)


def report(page: Page, people: str, state: str = "present") -> None:
    page.locator("[name=people]").fill(people)
    page.locator(f"button[value={state}]").click()


# ---- the ticket


@browses
def test_a_ticket_that_has_grown_old_or_is_not_known_any_more_is_renewed_and_the_report_sent(
    opens: Opens, place: tuple[Web, Line]
) -> None:
    made = live_now()
    called(made)
    one, address, session = operated(made)
    page = opens(address, session)
    expect(page.locator("[data-line]")).to_be_hidden()

    show(page, ticket_until(place[0], one, time.time() - 60))
    report(page, "34")
    expect(page.locator("[data-said=sent]")).to_be_visible()
    assert stands(one) == ("present", 34)

    show(page, ticket_of(made, audience_of(one.key)))  # signed with another key: the keys were restored, say
    report(page, "35")
    until(lambda: stands(one) == ("present", 35), "not sent")
    expect(page.locator("[data-said=signin]")).to_be_hidden()


@browses
def test_whoever_is_signed_out_is_told_so_and_what_they_reported_is_sent_when_they_have_signed_in(
    opens: Opens, place: tuple[Web, Line]
) -> None:
    made = live_now()
    called(made)
    one, address, session = operated(made)
    page = opens(address, session)
    page.context.clear_cookies(name="sessionid")
    show(page, ticket_until(place[0], one, time.time() - 60))

    report(page, "34")

    expect(page.locator("[data-said=signin]")).to_be_visible()
    assert stands(one) is None
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": place[1].address}])
    page.reload()
    expect(page.locator("[data-said=sent]")).to_be_visible()
    assert (stands(one), SiteReport.objects.count()) == (("present", 34), 1)


@browses
def test_a_ticket_is_renewed_before_its_time_has_passed(opens: Opens, place: tuple[Web, Line]) -> None:
    made = live_now()
    one, address, session = operated(made)
    page = opens("/verify/", session)
    early: list[str] = []

    def soon(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        if not early:
            given = text.split('data-ticket="')[1].split('"')[0]
            early.append(ticket_until(place[0], one, time.time() + 1_800))
            text = text.replace(given, early[0])
        route.fulfill(response=answer, body=text)

    page.route(f"**{address}", soon)
    page.goto(place[1].address + address)
    until(lambda: bool(early), "not asked")

    until(lambda: page.locator("[data-stream]").get_attribute("data-ticket") != early[0], "not renewed")
    expect(page.locator("[data-line]")).to_be_hidden()


# ---- the line


@browses
def test_the_page_opens_without_a_line_and_what_is_reported_there_counts_for_the_roll_that_was_called_since(
    opens: Opens, place: tuple[Web, Line]
) -> None:
    made = live_now()
    one, address, session = operated(made)
    page = opens(address, session)
    expect(page.locator("html[data-kept=yes]")).to_be_attached()
    expect(page.locator("[data-from-memory]")).to_be_hidden()
    place[1].put("cut")
    called(made)

    page.reload()

    expect(page.locator("[data-from-memory]")).to_be_visible()
    expect(page.locator("h1")).to_contain_text(one.name)
    report(page, "34")
    expect(page.locator("[data-said=kept]")).to_be_visible()
    assert stands(one) is None
    place[1].put("open")
    until(lambda: stands(one) == ("present", 34), "not sent")
    expect(page.locator("[data-from-memory]")).to_be_hidden()  # asked for anew, now that nothing waits
    assert (SiteReport.objects.count(), page.evaluate("localStorage.length")) == (1, 0)


@browses
def test_the_worker_keeps_pages_of_sites_alone_and_forgets_them_when_the_workshop_is_over(
    opens: Opens, place: tuple[Web, Line]
) -> None:
    made = live_now()
    _one, address, session = operated(made)
    page = opens(address, session)
    expect(page.locator("html[data-kept=yes]")).to_be_attached()
    page.goto(place[1].address + reverse("workshops:workshop", args=[made.key]))
    held = "async () => (await (await caches.open('lantoa-sites-1')).keys()).map(one => new URL(one.url).pathname)"
    kept = [one for one in page.evaluate(held) if not one.startswith("/static/")]
    assert kept == [address]

    Workshop.objects.filter(pk=made.pk).update(state="over")
    page.goto(place[1].address + address)

    until(lambda: address not in page.evaluate(held), "not forgotten")


# ---- the stream in the technical check


def silence(seconds: int) -> bytes:
    """A sound that every browser plays."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(bytes([128]) * 8_000 * seconds)
    return made.getvalue()


@browses
@pytest.mark.parametrize(
    ("stream", "chosen", "said"),
    [
        ("plays", "ok", "Luồng phát đang phát"),
        ("missing", "bad", "Luồng phát không phát được"),
        ("foreign", "unknown", "Trình duyệt này không tự phát được"),
    ],
)
def test_the_check_plays_the_stream_or_says_that_it_cannot(
    stream: str, chosen: str, said: str, chromium: Browser, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("LANTOA_STREAM_ORIGINS", "https://stream.example.vn")
    made = live_now()
    Workshop.objects.filter(pk=made.pk).update(stream_url="https://stream.example.vn/live.m3u8")
    one, _address, session = operated(made)
    with hall(tmp_path / "data") as (web, line):
        web.wait_for_pages()
        context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
        try:
            context.add_cookies(
                [
                    {"name": name, "value": value, "url": line.address}
                    for name, value in (("sessionid", session), ("django_language", "vi"))
                ]
            )
            if stream == "foreign":
                context.add_init_script("HTMLMediaElement.prototype.canPlayType = () => ''")
            sound, open_to_all = silence(8), {"access-control-allow-origin": "*"}
            context.route(
                "https://stream.example.vn/**",
                lambda route: (
                    route.fulfill(body=sound, content_type="audio/wav", headers=open_to_all)
                    if "sound" in route.request.url
                    else route.fulfill(status=404)
                ),
            )
            page = context.new_page()
            page.goto(line.address + reverse("workshops:check_site", args=[one.key]))
            if stream == "plays":  # what it plays here is a sound: no list of pieces is at hand
                page.evaluate("document.querySelector('[data-hls]').dataset.hls = 'https://stream.example.vn/sound'")
            page.locator("[data-try=stream]").click()
            expect(page.locator("[data-said=stream]")).to_contain_text(said, timeout=survive.PATIENCE)
            expect(page.locator(f"[name=stream][value={chosen}]")).to_be_checked()
        finally:
            context.close()


@browses
def test_a_stream_that_no_setting_names_stays_a_link(opens: Opens, place: tuple[Web, Line]) -> None:
    made = live_now()
    Workshop.objects.filter(pk=made.pk).update(stream_url="https://elsewhere.example.vn/live.m3u8")
    one, _address, session = operated(made)

    page = opens(reverse("workshops:check_site", args=[one.key]), session)

    expect(page.get_by_role("link", name="Mở luồng phát ở cửa sổ mới")).to_be_visible()
    expect(page.locator("[data-try=stream]")).to_have_count(0)
