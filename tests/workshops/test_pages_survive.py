"""The pages of the roll in a real browser before a real web process: a line that is dead loses nothing, and after a
storm every page shows what the database holds."""

import http.client
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exams.hall import SECONDS, Line, Web, hall
from playwright.sync_api import Browser, Page, expect
from workshops.held import site, workshop
from workshops.listening import ticket_of

from config.testing import find_browser
from lantoa.directory.models import Role
from lantoa.workshops.actions.log import Act, Kind, write
from lantoa.workshops.actions.roll import call_the_roll, close_the_roll, enter_report
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.models import Site, SiteReport, SiteState, Workshop
from lantoa.workshops.rules.roll import Report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def browses(test: Any) -> Any:
    """A test for a real browser."""
    missing = pytest.mark.skipif(not find_browser(), reason="NO BROWSER: install chromium to call the roll")
    return pytest.mark.browser(missing(test))


PATIENCE = 60_000.0  # milliseconds; a crowded machine is no fault
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module", name="place")
def _place(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Line]]:
    with hall(tmp_path_factory.mktemp("hall")) as found:
        yield found


def session_of(account: Any) -> str:
    client = Client()
    client.force_login(account)
    return str(client.cookies["sessionid"].value)


def live_now() -> Workshop:
    """A workshop of today whose roll is being called: pages read the clock."""
    made = workshop(state="live")
    now = timezone.now()
    Workshop.objects.filter(pk=made.pk).update(during=(now - timedelta(minutes=5), now + timedelta(hours=3)))
    made.refresh_from_db()
    return made


def called(made: Workshop) -> None:
    call_the_roll(by=make.BY, workshop=made, mode="together", at=timezone.now())


def secretary(made: Workshop) -> str:
    """The session of somebody who keeps the desk."""
    return session_of(make.user(Role.PROGRAMME_OFFICER, on=made.unit))


Opens = Callable[[str, str], Page]


@pytest.fixture
def opens(chromium: Browser, place: tuple[Web, Line]) -> Iterator[Opens]:
    """Opens an address on a phone of its own, signed in."""
    contexts, complaints = [], []

    def open_page(address: str, session: str) -> Page:
        context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
        contexts.append(context)
        cookies = (("sessionid", session), ("django_language", "vi"))
        context.add_cookies([{"name": name, "value": value, "url": place[1].address} for name, value in cookies])
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(place[1].address + address)
        return page

    place[1].put("open")
    place[0].wait_for_pages()
    yield open_page
    for context in contexts:
        context.close()
    place[1].put("open")
    assert complaints == []


def until(found: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def stands(of: Site) -> tuple[str, int | None] | None:
    row = SiteState.objects.filter(site=of).first()
    return (row.state, row.people) if row else None


# ---- the page of a site


@browses
def test_an_operator_whose_line_is_dead_through_the_whole_roll_loses_nothing(
    opens: Opens, place: tuple[Web, Line]
) -> None:
    made, who = live_now(), make.person()
    one = site(made, operator=who)
    page = opens(reverse("workshops:site_roll", args=[one.key]), session_of(make.user(is_person=who)))
    expect(page.locator("[data-line]")).to_be_hidden()
    place[1].put("cut")
    called(made)

    page.locator("[name=people]").fill("34")
    page.locator("button[value=present]").click()

    expect(page.locator("[data-said=kept]")).to_be_visible()
    expect(page.locator("[data-line]")).to_be_visible()
    assert stands(one) is None
    close_the_roll(by=make.BY, workshop=made, at=timezone.now())
    place[1].put("open")
    expect(page.locator("[data-said=sent]")).to_be_visible()
    assert stands(one) == ("present", 34)
    assert SiteReport.objects.count() == 1
    expect(page.locator("[data-line]")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


@browses
def test_what_is_kept_on_the_device_is_sent_when_its_page_is_opened_again_and_counts_once(
    opens: Opens, place: tuple[Web, Line]
) -> None:
    made, who = live_now(), make.person()
    one = site(made, operator=who)
    called(made)
    address = reverse("workshops:site_roll", args=[one.key])
    page = opens(address, session_of(make.user(is_person=who)))
    place[1].put("hung")  # it may have arrived, and nobody said so
    page.locator("[name=people]").fill("21")
    page.locator("button[value=late]").click()
    expect(page.locator("[data-said=kept]")).to_be_visible()
    page.goto("about:blank")  # else it sends by itself as soon as the line is back
    place[1].put("cut")
    place[1].put("open")

    page.goto(place[1].address + address)

    expect(page.locator("[data-said=sent]")).to_be_visible()
    assert (stands(one), SiteReport.objects.count()) == (("late", 21), 1)
    expect(page.locator("main")).to_contain_text("muộn")


# ---- the board


TILES = """() => Object.fromEntries([...document.querySelectorAll('[data-row]')].map(one => [one.dataset.row,
    [one.querySelector('[data-word]').textContent, one.querySelector('[data-people]').textContent]]))"""
WORDS = {"present": "có mặt", "late": "muộn", "fault": "sự cố kỹ thuật", "absent": "vắng"}


def on_the_board(made: Workshop) -> dict[str, list[str]]:
    rows = SiteState.objects.filter(site__workshop=made).values_list("site__key", "state", "people")
    return {key: [WORDS[state], "–" if people is None else str(people)] for key, state, people in rows}


@browses
def test_after_a_storm_the_board_shows_what_the_database_holds_and_a_reloaded_one_too(
    opens: Opens, place: tuple[Web, Line]
) -> None:
    made = live_now()
    sites = [site(made) for _ in range(80)]
    called(made)
    page = opens(reverse("workshops:desk", args=[made.key]), secretary(made))
    expect(page.locator("[data-row]")).to_have_count(80)

    def say(round_: int) -> None:
        acts = []
        for number, one in enumerate(sites):
            state = ("present", "late", "fault")[(number + round_) % 3]
            said = Report(state, number + round_, nonce=f"0round{round_:04}")
            acts.append(Act(Kind.REPORT, made.key, "user:0x", timezone.now(), site=one.key, report=said))
        for begin in range(0, 80, 20):
            write(acts[begin : begin + 20])

    for round_ in range(5):
        say(round_)
        if round_ == 2:
            place[1].put("cut")
        if round_ == 3:
            place[1].put("open")
    enter_report(
        by=make.BY, site=sites[7], report=Report("absent", 0), reason="Báo qua điện thoại", at=timezone.now()
    )

    expected = on_the_board(made)
    until(lambda: page.evaluate(TILES) == expected, "the board is not what the database holds")
    total = sum(people or 0 for people in SiteState.objects.values_list("people", flat=True))
    shown = page.locator(".lt-number", has_text="người có mặt").locator(".lt-number__figure")
    expect(shown).to_have_text(f"{total:,}".replace(",", "."))
    page.reload()
    until(lambda: page.evaluate(TILES) == expected, "the board is not what the database holds")
    expect(shown).to_have_text(f"{total:,}".replace(",", "."))


# ---- the streams themselves, over real lines


class Reader(threading.Thread):
    """A page without a browser: reads its stream, and comes again from the number it knows."""

    def __init__(self, web: Web, made: Workshop, ticket: str, after: int) -> None:
        super().__init__(daemon=True)
        self.web, self.made, self.ticket = web, made, ticket
        self.numbers: list[int] = []
        self.after, self.comes, self.stopped = after, 0, threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                with closing(stream(self.web, self.made, self.ticket, self.after)) as line:
                    line.settimeout(1)  # soon enough sees that it shall stop
                    self.comes += 1
                    self._read(line)
            except OSError:
                time.sleep(0.1)

    def stop(self) -> None:
        """Closes its line."""
        self.stopped.set()
        if self.is_alive():
            self.join(SECONDS)

    def _read(self, line: socket.socket) -> None:
        kept = b""
        while said := self._next(line):
            kept += said
            *whole, kept = kept.split(b"\n\n")
            for block in whole:
                if found := re.search(rb"^id: (\d+)\ndata: ", block, re.M):
                    self.after = int(found[1])
                    self.numbers.append(self.after)
                if b"event: again" in block:
                    return

    def _next(self, line: socket.socket) -> bytes:
        while not self.stopped.is_set():
            with suppress(TimeoutError):
                return line.recv(65536)
        return b""


def stream(web: Web, made: Workshop, ticket: str, after: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", web.port), timeout=SECONDS)
    path = f"/hot/workshop/{made.key}/stream?ticket={ticket}&after={after}"
    try:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    except OSError:
        line.close()
        raise
    return line


def ticket_from(web: Web, made: Workshop) -> str:
    """As a page gives it out."""
    line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=SECONDS)
    with closing(line):
        line.request(
            "GET", reverse("workshops:desk", args=[made.key]), headers={"Cookie": f"sessionid={secretary(made)}"}
        )
        found = re.search(r'data-ticket="([^"]+)"', line.getresponse().read().decode())
    assert found
    return found[1]


def test_a_page_that_does_not_read_holds_up_nobody_and_is_cut(place: tuple[Web, Line]) -> None:
    web, made = place[0], live_now()
    web.wait_for_pages()
    ticket = ticket_from(web, made)
    before = made.told
    slow = stream(web, made, ticket, before)
    quick = Reader(web, made, ticket, before)
    quick.start()
    until(lambda: quick.comes == 1, "nobody answers")

    for _ in range(12):  # no faster than a reader under load comes back, else it is given what stands
        last = say_many(made, 5, "x" * 10_000)
        until(lambda: last in quick.numbers, "the quick one was held up")  # noqa: B023 -- asked at once
    assert quick.numbers == list(range(before + 1, last + 1))
    assert quick.comes >= 3  # after each lease it came again, and missed nothing
    said = b""
    while more := slow.recv(65536):  # what was kept for it, and the end
        said += more
    assert b"event: again" in said
    assert len(said) < 300_000
    slow.close()
    quick.stop()


def say_many(made: Workshop, count: int, words: str) -> int:
    for _ in range(count):
        with transaction.atomic():
            last = tell(workshop=made, kind="announcement", about={"text": words}, at=timezone.now())
    return last


def test_a_process_that_is_told_to_stop_stops_at_once_and_one_that_is_killed_is_missed_by_nobody() -> None:
    made = live_now()
    web = Web()
    before = made.told
    reader = Reader(web, made, ticket_of(made), before)
    try:
        web.wait_for_pages()
        reader.start()
        until(lambda: reader.comes == 1, "nobody answers")
        said = [say_many(made, 1, "")]
        until(lambda: said[-1] in reader.numbers, "not told")

        begun = time.monotonic()
        web.process.terminate()
        web.process.wait(SECONDS)
        took = time.monotonic() - begun
        said.append(say_many(made, 1, ""))
        web.begin()
        until(lambda: said[-1] in reader.numbers, "not told after the stop")
        web.kill()
        said.append(say_many(made, 1, ""))
        web.begin()
        until(lambda: said[-1] in reader.numbers, "not told after the kill")

        assert reader.numbers == said
        assert took < 6  # the server would wait 8 seconds for an answer, and then give it up
    finally:
        web.kill()
        reader.stop()
