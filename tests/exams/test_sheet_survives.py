"""The page an exam is sat on, in a real browser before a real web process: whatever breaks, every acknowledged answer
is there, the points are right, and the candidate was told the truth."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import factories as make
import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from exams.hall import SECONDS, Line, Web, hall
from exams.sat import attempts, sitting, ticket_of
from exams.test_sittings import KINDS, all_kinds
from journeys.browser import AXE, FAULTS
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.testing import find_browser
from lantoa.directory.models import Role
from lantoa.exams.actions.dead_line import open_letters
from lantoa.exams.actions.sittings import mark_attempts, take_late
from lantoa.exams.models import Answer, Attempt, Incident, Sitting
from lantoa.exams.queries.log import log_of
from lantoa.exams.rules.answers import answers, findings
from lantoa.exams.rules.sealing import grouped
from lantoa.exams.rules.sheet_words import WORDS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not find_browser(), reason="NO BROWSER: install chromium to sit the exams"),
]
PATIENCE = 60_000.0  # milliseconds; a crowded machine is no fault
SHORT = [KINDS[0], KINDS[2], KINDS[6]]  # single ("b" is right), true or false ("true"), short ("Chữ ký số")
HALF_A_MINUTE = 30  # seconds
ALONE = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
expect.set_options(timeout=PATIENCE)


def says(name: str, **values: object) -> str:
    """The words of the page, in Vietnamese; without values up to the first place for one."""
    with translation.override("vi"):
        words = translation.gettext(WORDS[name])
    assert words != WORDS[name], f"nothing translates {WORDS[name]!r}"
    return words % values if values else words.split("%(")[0].strip()


class Candidate:
    """Somebody at a device of their own."""

    def __init__(self, context: BrowserContext, line: Line, attempt: Attempt, session: str) -> None:
        self.context, self.line, self.attempt = context, line, attempt
        self.address = line.address + reverse("exams:my_exam", args=[attempt.key])
        cookies = (("sessionid", session), ("django_language", "vi"))
        context.add_cookies([{"name": name, "value": value, "url": line.address} for name, value in cookies])
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.pages[0] if context.pages else context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def open(self) -> "Candidate":
        self.page.goto(self.address)
        return self

    def ready(self) -> "Candidate":
        """Opened, begun, and kept for a dead line."""
        self.open()
        expect(self.page.locator("#sheet-text")).to_be_visible()
        expect(self.page.locator("#sheet[data-kept=yes]")).to_be_attached()
        return self

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=says(name), exact=True).first.click()

    def turn(self, number: int) -> None:
        """To another question."""
        self.page.evaluate(f"location.hash = '{number}'")
        expect(self.page.locator(f"#sheet-state[data-question='{number - 1}']")).to_be_attached()

    def choose(self, letter: str) -> None:
        self.page.locator(f"#answer_{letter}").check(force=True)

    def told(self, name: str) -> None:
        """The state of the question that is open."""
        expect(self.page.locator("#sheet-state")).to_have_text(says(name))

    def line_says(self, name: str) -> None:
        expect(self.page.locator("#sheet-line")).to_contain_text(says(name))

    def reads(self, name: str) -> None:
        expect(self.page.locator("#sheet-screen")).to_contain_text(says(name))

    def learns(self, of: Sitting, starts_at: datetime) -> None:
        """The hour of the exam is another, and the page has heard of it. Nothing hangs on how fast the machine is."""
        Sitting.objects.filter(pk=of.pk).update(starts_at=starts_at)
        moment = round(starts_at.timestamp() * 1000)
        self.until(f"Sheet.all.line.asked = 0, Sheet.all.line.now(), Sheet.all.kept.exam.info.begins === {moment}")

    def until(self, condition: str) -> None:
        """The policy of the page lets no library wait in it."""
        end = time.monotonic() + PATIENCE / 1000
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, condition
            self.page.wait_for_timeout(50)

    def hand_in(self) -> None:
        self.page.evaluate("location.hash = 'hand-in'")
        self.press("hand_in")
        self.reads("handed_in")
        self.reads("all_there")

    def ends_with(self, earned: int) -> None:
        """Handed in: the candidate is told that all is there, the log is whole, and these are the points."""
        self.hand_in()
        self.attempt.refresh_from_db()
        sound(self.attempt)
        assert points(self.attempt) == earned

    def sound(self) -> None:
        """Whoever cannot see the screen can use it, and it is no wider than a phone."""
        if not self.page.evaluate("typeof axe !== 'undefined'"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        assert list(self.page.evaluate(FAULTS)) == []
        assert self.page.evaluate("document.scrollingElement.scrollWidth") == 360

    def events(self) -> list[dict[str, Any]]:
        """What the device itself holds, and what it was told of each."""
        return list(self.page.evaluate("Sheet.all.kept.events.map(one => ({...one}))"))


Sits = Callable[..., Candidate]


@pytest.fixture(scope="module", name="place")
def _place(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Line]]:
    with hall(tmp_path_factory.mktemp("hall")) as found:
        yield found


@pytest.fixture
def sits(chromium: Browser, place: tuple[Web, Line]) -> Iterator[Sits]:
    """Somebody of the list sits down; the same again is their second device."""
    made: list[Candidate] = []
    accounts: dict[int, Any] = {}

    def sit(attempt: Attempt, script: str = "", **options: Any) -> Candidate:
        if attempt.pk not in accounts:
            accounts[attempt.pk] = make.user(is_person=attempt.person)
        options = {"viewport": {"width": 360, "height": 740}, "locale": "vi-VN", **options}
        own = options.pop("context", None)
        context = own or chromium.new_context(**options)
        if script:
            context.add_init_script(script)
        sat = Candidate(context, place[1], attempt, session_of(accounts[attempt.pk]))
        if own is None:
            made.append(sat)
        return sat

    place[1].put("open")
    place[0].wait_for_pages()
    yield sit
    for one in made:
        one.context.close()
    place[1].put("open")
    assert [fault for one in made for fault in one.complaints] == []


def session_of(account: Any) -> str:
    client = Client()
    client.force_login(account)
    return str(client.cookies["sessionid"].value)


def exam(
    people: int = 1, *, begins: timedelta = -timedelta(minutes=1), of: list[Any] = SHORT, **fields: Any
) -> Sitting:
    """Begun a minute ago, by the real clock."""
    return sitting(people, paper=all_kinds(of=of), starts_at=timezone.now() + begins, **fields)


def there(attempt: Attempt) -> dict[str, Any]:
    """What the centre holds."""
    return answers(log_of([attempt]).get(attempt.pk, []))


def points(attempt: Attempt) -> Decimal:
    mark_attempts(by=make.BY, attempts=[attempt], at=timezone.now())
    attempt.refresh_from_db()
    assert attempt.points is not None
    return attempt.points


def sound(attempt: Attempt) -> None:
    """The log has no gap, no broken chain, no number used twice."""
    found = findings(
        log_of([attempt])[attempt.pk], attempt=attempt.key, ends=attempt.ends_at(), handed_in_at=attempt.handed_in_at
    )
    assert (found.missing, found.broken, found.forked) == (0, 0, 0)


# ---- a good line


def test_the_paper_waits_sealed_opens_by_itself_and_every_kind_of_question_is_answered_and_marked(sits: Sits) -> None:
    of = exam(begins=timedelta(hours=1), of=KINDS)
    (attempt,) = attempts(of)
    one = sits(attempt).open()
    one.reads("paper_here")
    one.reads("clock_right")
    one.reads("reopens")
    one.sound()
    one.learns(of, timezone.now() + timedelta(seconds=3))
    one.told("state_none")  # the start
    given: dict[str, Any] = {}
    page = one.page

    def answer(kind: str, act: Callable[[], object], value: Any) -> None:
        expect(page.locator(f"#sheet-state[data-question='{len(given)}']")).to_be_attached()
        if kind in {"single", "matching", "long"}:
            one.sound()
        act()
        given[f"0{kind}"] = value
        one.told("state_centre")
        if kind != "long":
            one.press("next")

    answer("single", lambda: one.choose("b"), "b")
    answer("multiple", lambda: [one.choose("a"), one.choose("b")], ["a", "b"])
    answer("truefalse", lambda: one.choose("true"), "true")
    answer(
        "matching",
        lambda: [page.select_option(f"#answer_{a}", b) for a, b in (("1", "c"), ("2", "a"))],
        {"1": "c", "2": "a"},
    )
    places = (("a", "2"), ("b", "3"), ("c", "1"))
    answer("ordering", lambda: [page.select_option(f"#answer_{a}", b) for a, b in places], ["c", "a", "b"])
    answer("numeric", lambda: page.fill("#answer", "3,14"), "3,14")
    answer("short", lambda: page.fill("#answer", " chữ ký số. "), "chữ ký số.")
    answer("long", lambda: page.fill("#answer", "Dòng một\nDòng hai"), "Dòng một\nDòng hai")
    one.press("all")
    expect(page.locator("td[data-question]")).to_have_text([says("state_centre")] * len(KINDS))
    one.sound()
    one.press("hand_in")
    one.reads("nothing_missing")
    one.sound()
    one.press("hand_in")
    one.reads("handed_in")
    one.reads("all_there")
    one.sound()

    assert there(attempt) == given
    attempt.refresh_from_db()
    sound(attempt)
    assert points(attempt) == Decimal(len(KINDS) - 1)  # people mark the long one
    page.get_by_role("link", name=says("result")).click()
    expect(page.locator("#plain")).to_be_visible()


def test_where_each_starts_by_themselves_nothing_starts_before_the_button(sits: Sits) -> None:
    now = timezone.now()
    fields = {"together": False, "closes_at": now + timedelta(hours=1)}
    (attempt,) = attempts(exam(**fields))
    one = sits(attempt).open()
    one.reads("own_time")
    attempt.refresh_from_db()
    assert attempt.started_at is None
    one.press("start")
    one.told("state_none")
    attempt.refresh_from_db()
    assert attempt.started_at is not None


# ---- lines


def test_a_line_that_is_cut_a_reload_without_it_and_its_return(sits: Sits, place: tuple[Web, Line]) -> None:
    (attempt,) = attempts(exam())
    one = sits(attempt).ready()
    one.choose("b")
    one.told("state_centre")
    place[1].put("cut")
    one.turn(2)
    one.choose("true")
    one.told("state_device")
    one.line_says("line_dead_pending")
    assert there(attempt) == {"0single": "b"}

    one.page.reload()
    expect(one.page.locator("#sheet[data-fresh=no]")).to_be_visible()
    one.told("state_device")
    expect(one.page.locator("#answer_true")).to_be_checked()
    expect(one.page.locator("#sheet-time")).to_contain_text(says("time_guessed"))
    one.turn(3)
    one.page.fill("#answer", "chữ ký số")
    one.told("state_device")
    one.page.evaluate("location.hash = 'hand-in'")
    one.press("hand_in")
    one.reads("not_yet_pending")

    place[1].put("open")
    one.press("try_now")
    one.reads("handed_in")
    one.reads("all_there")
    assert there(attempt) == {"0single": "b", "0truefalse": "true", "0short": "chữ ký số"}
    attempt.refresh_from_db()
    sound(attempt)
    assert points(attempt) == 3


@pytest.mark.parametrize("how", ["cut", "hung"])
def test_a_line_that_is_dead_for_half_a_minute_comes_back_by_itself(
    how: str, sits: Sits, place: tuple[Web, Line]
) -> None:
    (attempt,) = attempts(exam())
    one = sits(attempt).ready()
    one.choose("a")
    one.told("state_centre")
    dead = time.monotonic() + HALF_A_MINUTE
    place[1].put(how)
    one.choose("b")
    one.told("state_device")
    for number, act in ((2, lambda: one.choose("true")), (3, lambda: one.page.fill("#answer", "Chữ ký số"))):
        one.turn(number)
        act()
        one.told("state_device")
    one.line_says("line_dead_pending")
    one.page.wait_for_timeout(max(0.0, dead - time.monotonic()) * 1000)
    one.told("state_device")
    assert there(attempt) == {"0single": "a"}

    place[1].put("open")  # and nobody presses anything
    one.told("state_centre")
    one.line_says("line_all")
    assert there(attempt) == {"0single": "b", "0truefalse": "true", "0short": "Chữ ký số"}
    one.ends_with(3)


def test_a_line_that_hangs_is_a_dead_line(sits: Sits, place: tuple[Web, Line]) -> None:
    (attempt,) = attempts(exam())
    one = sits(attempt).ready()
    place[1].put("hung")
    one.choose("b")
    one.told("state_device")
    one.line_says("line_dead_pending")
    place[1].put("open")
    one.press("try_now")
    one.told("state_centre")
    one.line_says("line_all")
    assert there(attempt) == {"0single": "b"}
    one.ends_with(1)


def test_a_line_that_is_dead_until_after_the_end_makes_answers_late_and_a_person_decides(
    sits: Sits, place: tuple[Web, Line]
) -> None:
    of = exam()
    (attempt,) = attempts(of)
    one = sits(attempt).ready()
    one.choose("b")
    one.told("state_centre")
    one.learns(of, timezone.now() + timedelta(seconds=5, minutes=-30))
    place[1].put("cut")
    one.turn(2)
    one.choose("true")
    one.told("state_device")
    expect(one.page.locator("#sheet-time")).to_contain_text(says("time_over_here"))
    place[1].put("open")
    one.page.evaluate("Sheet.all.line.now()")
    one.reads("time_over")
    one.reads("some_late")
    assert there(attempt) == {"0single": "b", "0truefalse": "true"}
    assert points(attempt) == 1
    take_late(by=make.BY, attempt=attempt, at=timezone.now())
    attempt.refresh_from_db()
    assert attempt.points == 2


def test_a_ticket_of_somebody_else_is_refused_and_a_session_that_ended_is_told(sits: Sits) -> None:
    attempt, other = attempts(exam(people=2))
    one = sits(attempt).ready()
    one.page.evaluate("ticket => { Sheet.all.kept.exam.ticket = ticket; }", ticket_of(other))
    one.choose("a")
    one.told("state_centre")  # refused, and sent again with a ticket of one's own
    assert Incident.objects.filter(attempt=attempt, kind=Incident.Kind.FOREIGN).count() == 1

    Session.objects.all().delete()
    one.page.evaluate("Sheet.all.kept.exam.ticket = ''")
    one.choose("b")
    one.line_says("line_signin")
    one.told("state_device")
    account = attempt.person.user
    one.context.add_cookies([{"name": "sessionid", "value": session_of(account), "url": one.line.address}])
    one.press("try_now")
    one.told("state_centre")
    assert there(attempt) == {"0single": "b"}
    sound(attempt)


# ---- what is read out, and what is carried by hand


def test_letters_read_out_open_the_paper_while_the_line_is_dead(sits: Sits, place: tuple[Web, Line]) -> None:
    of = exam(begins=timedelta(hours=1))
    (attempt,) = attempts(of)
    one = sits(attempt).open()
    one.reads("paper_here")
    one.learns(of, timezone.now() + timedelta(seconds=3))
    place[1].put("cut")
    one.reads("starting")  # its own clock says so; nobody answers
    of.refresh_from_db()
    (seal,) = open_letters(by=make.BY, sitting=of, at=timezone.now() + timedelta(seconds=1))
    one.page.get_by_text(says("letters_title")).click()
    field = one.page.get_by_label(says("letters"))
    for typed, answer in (("abc", "letters_count"), ("0000 0000 0000 0000", "letters_wrong")):
        field.fill(typed)
        one.press("open_paper")
        one.reads(answer)
    field.fill(grouped(seal.letters).upper())
    one.press("open_paper")
    one.told("state_none")
    one.choose("b")
    one.told("state_device")
    attempt.refresh_from_db()
    assert (attempt.started_at, there(attempt)) == (None, {})
    place[1].put("open")
    one.page.evaluate("Sheet.all.line.now()")
    one.told("state_centre")
    attempt.refresh_from_db()
    assert attempt.started_at is not None
    assert there(attempt) == {"0single": "b"}


def test_a_file_of_answers_is_saved_without_a_line_and_handed_in_by_the_organiser(
    sits: Sits, place: tuple[Web, Line]
) -> None:
    of = exam()
    (attempt,) = attempts(of)
    one = sits(attempt).ready()
    place[1].put("cut")
    one.choose("b")
    one.told("state_device")
    one.page.evaluate("location.hash = 'list'")
    with one.page.expect_download() as coming:
        one.press("save_file")
    saved = Path(coming.value.path())
    officer = Client()
    officer.force_login(make.user(Role.PROGRAMME_OFFICER, on=of.unit))
    with saved.open("rb") as file:
        answer = officer.post(reverse("exams:sitting_file", args=[attempt.key]), {"file": file})
    assert answer.status_code == 302
    assert there(attempt) == {"0single": "b"}
    sound(attempt)
    place[1].put("open")
    one.page.evaluate("Sheet.all.line.now()")
    one.line_says("line_all")
    assert Answer.objects.count() == 1


# ---- devices


def test_a_browser_that_is_killed_has_kept_what_it_could_not_send(
    sits: Sits, place: tuple[Web, Line], chromium: Browser, tmp_path: Path
) -> None:
    (attempt,) = attempts(exam())
    process, context = own_browser(chromium, tmp_path)
    one = sits(attempt, context=context).ready()
    one.choose("b")
    one.told("state_centre")
    place[1].put("cut")
    one.turn(2)
    one.choose("true")
    one.told("state_device")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert there(attempt) == {"0single": "b"}

    process, context = own_browser(chromium, tmp_path)
    try:
        again = sits(attempt, context=context).open()  # without a line
        again.told("state_centre")
        again.turn(2)
        again.told("state_device")
        place[1].put("open")
        again.page.evaluate("Sheet.all.line.now()")
        again.told("state_centre")
        assert there(attempt) == {"0single": "b", "0truefalse": "true"}
        again.ends_with(2)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def own_browser(chromium: Browser, folder: Path) -> tuple["subprocess.Popen[bytes]", BrowserContext]:
    """A browser with a memory of its own, to be killed."""
    (folder / "DevToolsActivePort").unlink(missing_ok=True)
    process = subprocess.Popen(
        [find_browser(), *ALONE, f"--user-data-dir={folder}", "--remote-debugging-port=0", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + SECONDS
    while True:
        with_port = folder / "DevToolsActivePort"
        if with_port.exists() and (lines := with_port.read_text().splitlines()):
            break
        assert time.monotonic() < until and process.poll() is None, "the browser does not come up"
        time.sleep(0.05)
    found = chromium.browser_type.connect_over_cdp(f"http://127.0.0.1:{lines[0]}")
    return process, found.contexts[0]


def test_two_devices_keep_both_answers_and_show_which_counts(sits: Sits) -> None:
    (attempt,) = attempts(exam())
    one = sits(attempt).ready()
    one.choose("a")
    one.told("state_centre")
    two = sits(attempt).ready()
    expect(two.page.locator("#answer_a")).to_be_checked()
    two.told("state_other")
    two.choose("b")
    two.told("state_centre")
    assert there(attempt) == {"0single": "b"}

    one.page.evaluate("location.hash = 'list'")
    one.press("look")
    expect(one.page.locator("td[data-question='0']")).to_have_text(says("state_differs"))
    one.turn(1)
    expect(one.page.locator("#sheet-differs")).to_contain_text("B")
    one.press("keep_mine")
    one.told("state_centre")
    assert there(attempt) == {"0single": "a"}
    two.page.evaluate("Sheet.look()")
    two.told("state_differs")
    two.press("take_other")
    two.told("state_centre")
    expect(two.page.locator("#answer_a")).to_be_checked()
    assert there(attempt) == {"0single": "a"}
    assert Answer.objects.filter(attempt=attempt).values("device").distinct().count() == 2
    two.choose("b")
    two.told("state_centre")
    two.ends_with(1)


def test_a_second_window_of_the_same_device_waits_until_it_is_asked(sits: Sits) -> None:
    (attempt,) = attempts(exam())
    one = sits(attempt).ready()
    second = one.context.new_page()
    second.goto(one.address)
    expect(second.locator("#sheet-screen")).to_contain_text(says("elsewhere"))
    second.get_by_role("button", name=says("here")).click()
    expect(second.locator("#sheet-text")).to_be_visible()
    expect(one.page.locator("#sheet-screen")).to_contain_text(says("elsewhere"))


WRONG_CLOCK = """(() => {
    const Real = Date, ahead = HOURS * 3600 * 1000;
    window.Date = class extends Real {
        constructor(...given) { if (given.length) super(...given); else super(Real.now() + ahead); }
        static now() { return Real.now() + ahead; }
    };
})()"""


@pytest.mark.parametrize(("hours", "word"), [(3, "clock_ahead"), (-3, "clock_behind")])
def test_a_device_whose_clock_is_three_hours_wrong_starts_and_ends_with_the_centre(
    hours: int, word: str, sits: Sits
) -> None:
    of = exam(begins=timedelta(hours=1))
    (attempt,) = attempts(of)
    one = sits(attempt, WRONG_CLOCK.replace("HOURS", str(hours))).open()
    expect(one.page.locator("#sheet-checks")).to_contain_text(says(word, minutes=180))
    one.learns(of, timezone.now() + timedelta(seconds=2))
    one.told("state_none")
    expect(one.page.locator("#sheet-time")).to_contain_text(says("time_left") + " 29:")
    one.choose("b")
    one.told("state_centre")
    assert there(attempt) == {"0single": "b"}
    only = Answer.objects.get()
    told = datetime.fromtimestamp(only.device_ms / 1000, tz=only.received_at.tzinfo)
    assert abs(told - only.received_at - timedelta(hours=hours)) < timedelta(minutes=1)
    assert attempt.ends_at() is not None
    one.ends_with(1)


def test_a_full_storage_is_said_and_answers_go_to_the_centre_directly(sits: Sits, place: tuple[Web, Line]) -> None:
    (attempt,) = attempts(exam())
    one = sits(attempt)
    session = one.context.new_cdp_session(one.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": place[1].address, "quotaSize": 1})
    one.open()
    one.told("state_none")
    one.choose("b")
    one.told("state_centre")
    one.line_says("storage_full")
    place[1].put("cut")
    one.choose("a")
    one.told("state_bare")
    place[1].put("open")
    one.page.evaluate("Sheet.all.line.now()")
    one.told("state_centre")
    assert there(attempt) == {"0single": "a"}
    one.choose("b")
    one.told("state_centre")
    one.ends_with(1)


def test_without_javascript_the_plain_pages_work_and_the_organiser_sees_it(sits: Sits) -> None:
    of = exam()
    (attempt,) = attempts(of)
    one = sits(attempt, java_script_enabled=False).open()
    page = one.page
    page.locator("#plain button").click()
    page.locator("input[value=b]").check(force=True)
    page.locator("button[value=next]").click()
    expect(page.locator("h1")).to_contain_text("2")
    assert there(attempt) == {"0single": "b"}
    officer = Client()
    officer.force_login(make.user(Role.PROGRAMME_OFFICER, on=of.unit))
    assert "trang đơn giản" in officer.get(reverse("exams:sitting", args=[of.key])).content.decode()


# ---- the centre


def test_a_web_process_killed_while_answers_come_loses_none_that_it_acknowledged(
    sits: Sits, place: tuple[Web, Line]
) -> None:
    (attempt,) = attempts(exam())
    one = sits(attempt).ready()
    chance = random.Random(25)
    clicking = """() => { window.clicks = setInterval(() => {
        const at = window.turn = (window.turn || 0) + 1;
        Sheet.answered({id: "0single"}, "abc"[at % 3], true);
    }, 15); }"""
    for _turn in range(2):
        one.page.evaluate(clicking)
        one.until(f"Sheet.all.kept.events.filter(one => one.told).length > {Answer.objects.count()}")
        one.page.wait_for_timeout(chance.uniform(20, 300))
        place[0].kill()
        one.line_says("line_dead_pending")
        one.page.evaluate("clearInterval(window.clicks)")
        told = {(event["sequence"], event["value"]) for event in one.events() if event["told"]}
        assert told - set(Answer.objects.values_list("sequence", "value")) == set()
        place[0].begin()
        place[0].wait_for_pages()
        one.page.evaluate("Sheet.all.line.now()")
        one.line_says("line_all")
    own = [(event["sequence"], event["value"]) for event in one.events()]
    assert sorted(Answer.objects.values_list("sequence", "value")) == sorted(own)
    assert there(attempt) == {"0single": json.loads(own[-1][1])}
    one.page.evaluate("""Sheet.answered({id: "0single"}, "b", true)""")
    one.line_says("line_all")
    one.ends_with(1)


def test_a_database_that_goes_away_and_comes_back(sits: Sits, place: tuple[Web, Line]) -> None:
    (attempt,) = attempts(exam())
    one = sits(attempt).ready()
    with away():
        one.choose("b")
        one.told("state_device")
        one.line_says("line_dead_pending")
    one.page.evaluate("Sheet.all.line.now()")
    one.told("state_centre")
    one.hand_in()
    assert there(attempt) == {"0single": "b"}
    assert points(attempt) == 1


class away:  # noqa: N801 -- reads as a sentence
    """The database sends everybody away and lets nobody in, as while it is restarted; the test's own line stays."""

    def __enter__(self) -> None:
        connection.ensure_connection()
        self._lets(False)

    def __exit__(self, *_fault: object) -> None:
        self._lets(True)
        connection.close()
        connection.close_pool()  # its idle lines are dead: the next question opens a new one

    def _lets(self, allowed: bool) -> None:
        of = connection.settings_dict
        options = {"host": of["HOST"], "port": of["PORT"], "user": of["USER"], "password": of["PASSWORD"]}
        given = {name: value for name, value in options.items() if value}
        with psycopg.connect(dbname="postgres", autocommit=True, **given) as line:
            line.execute(f'ALTER DATABASE "{of["NAME"]}" ALLOW_CONNECTIONS {str(allowed).lower()}')
            line.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> %s AND backend_type = 'client backend'",
                [of["NAME"], connection.connection.info.backend_pid],
            )
