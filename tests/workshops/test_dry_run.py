"""The dry run: operators read when it is, are reminded once if not ready, and the board says who came."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factories as make
import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import timezone
from workshops.held import BEFORE, T0, site, workshop
from workshops.test_workshops import browser

from lantoa.directory.models import Role
from lantoa.office.models import Notice
from lantoa.workshops.actions.checks import sign_check
from lantoa.workshops.actions.dry_run import remind_dry_run
from lantoa.workshops.actions.invitations import invite
from lantoa.workshops.actions.roll import call_the_roll, close_the_roll, enter_report
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.dry_run import count_part, dry_runs_until, sites_taking_part
from lantoa.workshops.rules.roll import Report

pytestmark = pytest.mark.django_db
DRY = T0 - timedelta(days=1)  # 30 November, 8 o'clock in Vietnam
THE_DAY_BEFORE = DRY - timedelta(days=1)
GOOD = {"camera": "ok", "microphone": "ok", "speaker": "ok", "down": "20"}


def trying(at: datetime = DRY, **values: Any) -> Workshop:
    """Announced, with a dry run of two hours."""
    return workshop(state="ready", dry_run=DateTimeTZRange(at, at + timedelta(hours=2), "[)"), **values)


def checked(of: Site, **results: Any) -> None:
    sign_check(by=make.BY, site=of, results={**GOOD, **results}, note="", at=BEFORE)


def reported(of: Site, state: str = "present") -> None:
    people = None if state == "absent" else 9
    enter_report(by=make.BY, site=of, report=Report(state, people, 0, 0, ""), reason="", at=DRY)


def told() -> list[Any]:
    rows = Notice.objects.filter(template="workshops.dry_run").order_by("pk")
    return list(rows.values_list("person", "values__site", "values__sites"))


# ---- who is told


def test_an_operator_reads_the_hour_by_the_clock_of_the_workshop_and_by_their_own() -> None:
    soon = datetime(timezone.now().year + 1, 6, 30, 1, tzinfo=UTC)
    made = trying(soon)
    near, far = make.person(), make.person()
    here = site(made, operator=near)
    there = site(made, operator=far, country="SG", zone="Asia/Singapore")
    day = f"30 June {soon.year}"

    page = browser(who=near).get(reverse("workshops:site_roll", args=[here.key])).content.decode()
    assert f"{day} 08:00–10:00" in page
    assert "Singapore" not in page
    page = browser(who=far).get(reverse("workshops:site_roll", args=[there.key])).content.decode()
    assert f"{day} 08:00–10:00 Vietnam · {day} 09:00–11:00 Singapore" in page


def test_the_page_of_a_site_names_no_dry_run_that_is_over() -> None:
    made = trying(timezone.now() - timedelta(hours=3))
    operator = make.person()
    one = site(made, operator=operator)

    assert "Dry run" not in browser(who=operator).get(reverse("workshops:site_roll", args=[one.key])).content.decode()


def test_the_invitation_names_the_dry_run_where_there_is_one() -> None:
    for made, template in (
        (trying(), "workshops.invited_with_dry_run"),
        (workshop(state="ready"), "workshops.invited"),
    ):
        site(made, operator=make.person(phone="0912000001"))
        invite(by=make.BY, workshop=made, at=BEFORE)
        assert Notice.objects.latest("pk").template == template
    assert Notice.objects.get(template="workshops.invited_with_dry_run").values["dry_run"] == {
        "moment": DRY.isoformat()
    }


def test_whoever_looks_after_a_site_that_is_not_ready_is_reminded_once() -> None:
    made = trying()
    one, other = make.person(phone="0912000001"), make.person(phone="0912000002")
    green, red = site(made, "A", operator=one), site(made, "B", operator=one)
    site(made, "C", operator=one, deputy=other)
    doubtful = site(made, "D", operator=other)
    checked(green)
    checked(red, microphone="bad")
    checked(doubtful, camera="bad")

    for _twice in range(2):
        remind_dry_run(by=make.BY, workshop=made, at=THE_DAY_BEFORE)

    assert told() == [(one.pk, red.name, 2), (other.pk, made.sites.get(code="C").name, 1)]
    assert set(Notice.objects.values_list("good_until", flat=True)) == {DRY}


def test_a_dry_run_at_another_hour_is_another_occasion() -> None:
    made = trying()
    site(made, operator=make.person(phone="0912000001"))
    remind_dry_run(by=make.BY, workshop=made, at=THE_DAY_BEFORE)
    made.dry_run = DateTimeTZRange(DRY + timedelta(hours=1), DRY + timedelta(hours=2), "[)")

    assert remind_dry_run(by=make.BY, workshop=made, at=THE_DAY_BEFORE) == 1


def test_it_is_near_the_day_before_and_until_it_begins() -> None:
    made = trying()
    workshop(dry_run=made.dry_run)  # not announced: nobody at its sites knows of it

    def near(at: datetime) -> list[Workshop]:
        return list(dry_runs_until(timezone.localdate(at) + timedelta(days=1), at=at))

    assert near(DRY - timedelta(days=2)) == []
    assert near(THE_DAY_BEFORE) == [made]
    assert near(DRY - timedelta(minutes=1)) == [made]
    assert near(DRY) == []


# ---- who took part


def test_who_was_there_when_the_roll_was_called_in_its_hours_took_part() -> None:
    made = trying()
    there, late, absent, silent = (site(made) for _each in range(4))
    assert count_part(made.sites.all(), made) == {}
    call_the_roll(by=make.BY, workshop=made, mode="together", at=DRY)
    reported(there)
    close_the_roll(by=make.BY, workshop=made, at=DRY + timedelta(minutes=9))
    call_the_roll(by=make.BY, workshop=made, mode="together", at=DRY + timedelta(hours=1))
    reported(late, "fault")
    reported(absent, "absent")
    close_the_roll(by=make.BY, workshop=made, at=DRY + timedelta(hours=1))
    call_the_roll(by=make.BY, workshop=made, mode="together", at=DRY + timedelta(hours=2))  # after its end
    reported(silent)

    assert count_part(made.sites.all(), made) == {"yes": 2, "no": 2}
    assert set(sites_taking_part(made.sites.all(), made, "no")) == {absent, silent}


def test_the_board_of_checks_says_how_many_came_and_opens_to_them() -> None:
    made = trying(timezone.now() - timedelta(minutes=5))
    here, away = site(made), site(made)
    officer = browser(Role.PROGRAMME_OFFICER, made.unit)
    address = reverse("workshops:checks", args=[made.key])
    assert "The roll was not called in it." in officer.get(address).content.decode()

    call_the_roll(by=make.BY, workshop=made, mode="together", at=timezone.now())
    reported(here)

    assert [(one["count"], one["url"]) for one in officer.get(address).context["took_part"]] == [
        (1, "?dry_run=yes"),
        (1, "?dry_run=no"),
    ]
    assert list(officer.get(address, {"dry_run": "yes"}).context["page"]) == [here]
    page = officer.get(address, {"dry_run": "no"})
    assert (list(page.context["page"]), page.context["show"]) == ([away], "Did not take part in the dry run")
    assert officer.get(address, {"dry_run": "maybe"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_asks_the_same_whatever_its_length(count: int, django_assert_num_queries: Any) -> None:
    made = trying(timezone.now() - timedelta(minutes=5))
    call_the_roll(by=make.BY, workshop=made, mode="together", at=timezone.now())
    for _more in range(count):
        reported(site(made))
    officer = browser(Role.PROGRAMME_OFFICER, made.unit)
    address = reverse("workshops:checks", args=[made.key])
    officer.get(address)
    with django_assert_num_queries(11):
        officer.get(address)
