"""A workshop in real browsers, role by role, while its server is killed: nothing acknowledged is lost, every page
goes on by itself, and whoever takes the chair over chairs."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import factories as make
import pytest
from django.urls import reverse
from django.utils import timezone
from exams.hall import SECONDS, Line, Web
from playwright.sync_api import Locator, Page, expect
from workshops import test_pages_survive as pages
from workshops.held import agenda, site
from workshops.test_pages_survive import browses, live_now, secretary, session_of, until

from lantoa.directory.models import Person, Role
from lantoa.workshops.actions.floor import start_item
from lantoa.workshops.actions.polls import close_poll, make_poll, open_poll, show_poll
from lantoa.workshops.models import Ballot, Caption, Conduct, Hand, SiteBallot, Workshop
from lantoa.workshops.queries.polls import told_of
from lantoa.workshops.visitor import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
place, opens = pages._place, pages.opens
VOTERS = 8
OPTIONS = [("Đồng ý", "I agree"), ("Không đồng ý", "I do not agree")]


def act_on(page: Page, act: str) -> Locator:
    """The button of an act, wherever on the page it stands."""
    return page.locator(f"form:has(input[name=act][value={act}]) button").first


def killed_and_back(web: Web) -> None:
    web.kill()
    web.begin()
    web.wait_for_pages()


def whoever_sits_there(made: Workshop, count: int) -> list[Person]:
    """People of the unit of a site: they may take a seat."""
    ward = make.unit()
    site(made, unit=ward)
    return [make.person(at=ward) for _one in range(count)]


@dataclass(eq=False)
class Voter(threading.Thread):
    """Somebody in their seat, who presses again until the centre has the vote."""

    address: str
    session: str
    seat: str
    poll: str
    chosen: str
    tries: int = 0
    told: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        end = time.monotonic() + SECONDS
        while 302 not in self.told and time.monotonic() < end:
            visitor = Visitor(self.address, self.session)
            if visitor.get(self.seat)[0] == 200:
                self.tries += 1
                self.told.append(visitor.post(self.seat, act="ballot", poll=self.poll, chosen=self.chosen))
            else:
                time.sleep(0.1)
            visitor.close()


# ---- a poll


@browses
def test_a_server_killed_during_a_poll_loses_no_vote_that_was_acknowledged_and_counts_none_twice(
    opens: Callable[[str, str], Page], place: tuple[Web, Line]
) -> None:
    web, line = place
    made = live_now()
    people = whoever_sits_there(made, VOTERS + 1)
    sessions = [session_of(make.user(is_person=one)) for one in people]
    poll = open_poll(
        by=make.BY, poll=make_poll(by=make.BY, workshop=made, title="Đồng ý?", options=OPTIONS), at=timezone.now()
    )
    seat = reverse("workshops:seat", args=[made.key])
    hall = opens(reverse("workshops:hall", args=[made.key]), secretary(made))
    phone = opens(seat, sessions[0])
    expect(act_on(phone, "ballot")).to_be_visible()
    voters = [
        Voter(line.address, session, seat, poll.key, str(number % 2)) for number, session in enumerate(sessions[1:])
    ]

    for one in voters[: VOTERS // 2]:
        one.start()
    until(lambda: Ballot.objects.filter(poll=poll).exists(), "nobody has voted")
    for one in voters[VOTERS // 2 :]:
        one.start()
    web.kill()  # votes are under way
    acknowledged = sum(302 in one.told for one in voters)
    assert Ballot.objects.filter(poll=poll).count() >= acknowledged
    web.begin()
    web.wait_for_pages()
    for one in voters:
        one.join(SECONDS)

    phone.goto(line.address + seat)  # the page of somebody who had not voted yet
    phone.locator("input[name=chosen][value='0']").check()
    act_on(phone, "ballot").click()
    expect(phone.locator("input[name=chosen][value='0']")).to_be_checked()
    expect(act_on(phone, "ballot")).to_be_visible()
    assert all(302 in one.told for one in voters)
    close_poll(by=make.BY, poll=poll, at=timezone.now())
    show_poll(by=make.BY, poll=poll, at=timezone.now())

    assert Ballot.objects.filter(poll=poll).count() == VOTERS + 1
    told = told_of(poll)
    assert (told.voices, told.counts) == (VOTERS + 1, (VOTERS // 2 + 1, VOTERS // 2))
    for page in (hall, phone):  # both go on by themselves and show what the database holds
        shown = page.locator("[data-live=poll]")
        expect(shown).to_contain_text("Không đồng ý")
        expect(shown.locator("input[name=chosen]")).to_have_count(0)
        for count in (VOTERS // 2 + 1, VOTERS // 2):
            expect(shown).to_contain_text(str(count))


@browses
def test_a_site_votes_again_after_the_kill_and_counts_once(
    opens: Callable[[str, str], Page], place: tuple[Web, Line]
) -> None:
    made, who = live_now(), make.person()
    here = site(made, operator=who, expected=30)
    poll = make_poll(by=make.BY, workshop=made, title="Nghe rõ không?", options=OPTIONS, voices="sites")
    open_poll(by=make.BY, poll=poll, at=timezone.now())
    page = opens(reverse("workshops:site_floor", args=[here.key]), session_of(make.user(is_person=who)))
    page.locator("input[name=chosen][value='1']").check()
    act_on(page, "ballot").click()
    until(lambda: SiteBallot.objects.filter(poll=poll).exists(), "the site has not voted")

    killed_and_back(place[0])
    page.reload()
    expect(page.locator("input[name=chosen][value='1']")).to_be_checked()
    page.locator("input[name=chosen][value='0']").check()
    act_on(page, "ballot").click()
    expect(page.locator("input[name=chosen][value='0']")).to_be_checked()

    until(lambda: SiteBallot.objects.filter(poll=poll, chosen=[0]).exists(), "the change was not taken")
    assert SiteBallot.objects.filter(poll=poll).count() == 1


# ---- every role


@browses
def test_the_chair_reloads_and_is_lost_and_the_deputy_goes_on_while_all_others_see_it(
    opens: Callable[[str, str], Page], place: tuple[Web, Line]
) -> None:
    web, line = place
    made, who = live_now(), make.person()
    here = site(made, name="UBND xã Vi Hương", operator=who)
    first, _second = agenda(made, 30, 30)
    sitting = whoever_sits_there(made, 1)[0]
    chairs = [make.user(Role.PROGRAMME_OFFICER, on=made.unit, full_name=name) for name in ("Bà Chủ", "Ông Phó")]
    start_item(by=chairs[0], item=first, at=timezone.now())
    chair_page = reverse("workshops:chair", args=[made.key])
    operator = opens(reverse("workshops:site_floor", args=[here.key]), session_of(make.user(is_person=who)))
    chair, deputy = (opens(chair_page, session_of(one)) for one in chairs)
    desk = opens(reverse("workshops:desk", args=[made.key]), secretary(made))
    hall = opens(reverse("workshops:hall", args=[made.key]), secretary(made))
    booth = opens(reverse("workshops:booth", args=[made.key]) + "?language=en", secretary(made))
    seat = opens(
        reverse("workshops:seat", args=[made.key]) + "?captions=en", session_of(make.user(is_person=sitting))
    )

    act_on(operator, "raise").click()  # the operator asks, the chair gives
    expect(act_on(chair, "give_floor")).to_be_visible()
    act_on(chair, "give_floor").click()
    expect(act_on(chair, "end_speaking")).to_be_visible()
    for page in (hall, seat):
        expect(page.locator("[data-live-value^=speaking]").first).to_have_text("UBND xã Vi Hương")

    killed_and_back(web)
    chair.reload()  # the same page again: who chairs, who speaks
    expect(act_on(chair, "end_speaking")).to_be_visible()
    expect(act_on(chair, "take_chair")).to_have_count(0)

    booth.locator("input[name=text]").fill("The commune has the floor.")
    booth.locator("form:has(input[name=text]) button").click()
    until(lambda: Caption.objects.filter(workshop=made).count() == 1, "the caption was not taken")
    expect(seat.get_by_text("The commune has the floor.")).to_be_visible()

    act_on(deputy, "take_chair").click()  # the chair's machine is lost
    expect(act_on(deputy, "take_chair")).to_have_count(0)
    until(lambda: Conduct.objects.get(workshop=made).chaired_by == chairs[1].actor_key, "the deputy does not chair")
    expect(act_on(chair, "take_chair")).to_be_visible()  # by itself
    act_on(chair, "end_speaking").click()  # it is there after all: refused, and the site goes on speaking
    expect(chair.get_by_text("Ông Phó")).to_be_visible()
    assert Hand.objects.get(workshop=made).state == "speaking"
    act_on(deputy, "end_speaking").click()
    expect(act_on(deputy, "end_speaking")).to_have_count(0)
    assert Hand.objects.get(workshop=made).state == "spoken"
    for page in (hall, seat):
        expect(page.locator("[data-live-value^=speaking]").first).to_have_text("–")

    desk_roll(desk)
    roll = operator.context.new_page()
    roll.goto(line.address + reverse("workshops:site_roll", args=[here.key]))
    roll.locator("[name=people]").fill("21")
    roll.locator("button[value=present]").click()
    expect(roll.locator("[data-said=sent]")).to_be_visible()
    tile = desk.locator(f"[data-row='{here.key}']")
    expect(tile.locator("[data-people]")).to_have_text("21")


def desk_roll(desk: Any) -> None:
    """The secretariat calls the roll: all at once."""
    desk.locator("form[action$='/call-the-roll/together/'] button").click()
    expect(desk.locator("form[action$='/close-the-roll/']")).to_be_visible()
