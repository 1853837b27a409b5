"""What waits on the desk: a line for each kind of work, with the number of rows of the page that it opens."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factories
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pilots import made
from readiness.held import campaign, province
from training.nominations.asking import NOW, make_town

from lantoa.accounts.models import User
from lantoa.common.templatetags.lantoa import vdate
from lantoa.directory.models import Level, Role, Unit, period_of
from lantoa.pilots.actions.measuring import correct_reading, decide_gate
from lantoa.pilots.models import Pilot
from lantoa.pilots.queries.late import late_pilots
from lantoa.pilots.queries.pilots import pilot_now, with_all
from lantoa.programmes.models import Due, Reporting, Review
from lantoa.readiness.models import Answer, Campaign, Sheet
from lantoa.training.actions.nominations import nominate

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 12, 2, tzinfo=UTC)
YEAR = 2025
COORDINATOR, OFFICER = 12, 13  # queries


def browser(user: User) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def waiting(client: Client) -> list[tuple[str, str, str, int]]:
    """The lines of a desk: label, link, note, number."""
    lines = client.get(reverse("web:home")).context["waiting"]
    return [(line.label, line.link, line.note, line.count) for line in lines]


def opened(client: Client) -> list[int]:
    """How many rows stand on the page that each line opens."""
    pages = [client.get(line.url).context for line in client.get(reverse("web:home")).context["waiting"]]
    return [len(page["late"] if "pilot" in page else page["rows"]) for page in pages]


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def said(day: date) -> str:
    with translation.override("en"):
        return str(vdate(day))


def asked(office: Unit, units: list[Unit], due: date) -> Reporting:
    """A campaign that asks each unit for one figure of 2025."""
    held = Reporting.objects.create(
        unit=office,
        title="Số liệu năm",
        period=period_of(date(YEAR, 1, 1), date(YEAR + 1, 1, 1)),
        due_on=due,
        opened_at=AT,
        opened_by=factories.BY.actor_key,
    )
    Due.objects.bulk_create(Due(reporting=held, target=factories.target(unit)) for unit in units)
    return held


def objected(held: Campaign) -> None:
    """Objections are open: the unit of the first sheet objected twice, the others once."""
    Campaign.objects.filter(pk=held.pk).update(state="appeal")
    sheets = list(held.sheets.order_by("id"))
    for sheet, component in [(sheets[0], "2"), *((one, "1") for one in sheets)]:
        Answer.objects.create(
            sheet=sheet,
            component=component,
            declared="yes",
            saved_at=AT,
            ruling="lowered",
            ruled="no",
            reason="không có văn bản",
            ruled_at=AT,
            appeal="made",
            appeal_words="có văn bản",
            appealed_at=AT,
        )


def test_a_coordinator_reads_which_figures_are_owed_and_by_when() -> None:
    top, wards = province(2)
    held = asked(top, [wards[0]] * 4 + [wards[1]], in_days(9))
    _missing, reported, returned, approved, _foreign = [due.target for due in held.dues.order_by("pk")]
    factories.figure(reported, YEAR, 5)
    line = factories.figure(returned, YEAR, 6)
    Review.objects.create(measurement=line, verdict="returned", reason="sai", by=factories.BY.actor_key, at=AT)
    factories.figure(approved, YEAR, 7, approved=True)
    held.dues.filter(target=returned).update(due_on=in_days(12))
    client = browser(factories.user(Role.UNIT_COORDINATOR, on=wards[0]))
    link = "2 of the 3 figures that are not approved yet"
    assert waiting(client) == [("To report:", link, f"due by {said(in_days(9))}", 3)]
    assert opened(client) == [3]
    factories.figure(held.dues.order_by("pk")[0].target, YEAR, 1)
    factories.figure(returned, YEAR, 8)
    assert waiting(client) == []  # all is reported, nobody has approved it yet


def test_a_figure_that_is_late_says_so() -> None:
    top, wards = province(1)
    held = asked(top, wards, in_days(-3))
    client = browser(factories.user(Role.UNIT_COORDINATOR, on=wards[0]))
    assert waiting(client) == [("To report:", "1 figure", f"was due on {said(in_days(-3))}", 1)]
    Reporting.objects.filter(pk=held.pk).update(closed_at=AT)
    assert waiting(client) == []


def test_an_officer_reads_which_figures_wait_for_review() -> None:
    top, wards = province(2)
    again, once, done = (factories.target(unit) for unit in (wards[0], wards[1], wards[0]))
    for _time in range(2):
        factories.figure(again, YEAR, 5)
    factories.figure(once, YEAR - 1, 5)
    factories.figure(done, YEAR, 5, approved=True)
    factories.figure(factories.target(), YEAR, 5)
    client = browser(factories.user(Role.PROGRAMME_OFFICER, on=top))
    assert waiting(client) == [("To review:", "2 figures", "waiting since 10 January 2025", 2)]
    assert opened(client) == [2]


def test_sheets_to_fill_in_stand_on_the_desk_until_their_last_day_and_returned_ones_longer() -> None:
    top, wards = province(4)
    held = campaign(top, due_on=in_days(9), appeal_until=in_days(40))
    held.sheets.filter(unit=wards[0]).update(state=Sheet.State.RETURNED, handed_in_at=AT)
    held.sheets.filter(unit=wards[1]).update(state=Sheet.State.HANDED_IN, handed_in_at=AT)
    client = browser(factories.user(Role.UNIT_COORDINATOR, on=top))
    assert waiting(client) == [
        ("To fill in:", "Chỉ số 2026", f"2 sheets · due by {said(in_days(9))}", 2),
        ("Returned, to correct:", "Chỉ số 2026", "1 sheet", 1),
    ]
    assert opened(client) == [2, 1]
    own = browser(factories.user(Role.UNIT_COORDINATOR, on=wards[3]))
    assert ([row[3] for row in waiting(own)], opened(own)) == ([1], [1])
    Campaign.objects.filter(pk=held.pk).update(due_on=in_days(-1))
    assert [row[0] for row in waiting(client)] == ["Returned, to correct:"]
    Campaign.objects.filter(pk=held.pk).update(state="draft")
    assert waiting(client) == []


def test_whoever_reviews_reads_which_objections_wait() -> None:
    top, _wards = province(2)
    held = campaign(top)
    objected(held)
    client = browser(factories.user(Role.PROGRAMME_OFFICER, on=top))
    assert waiting(client) == [
        ("Objections to decide:", "Chỉ số 2026", "2 sheets · waiting since 12 January 2026", 2)
    ]
    assert opened(client) == [2]


def test_an_officer_reads_which_nominations_wait() -> None:
    town = make_town(places=2, people=3)
    nominate(by=factories.BY, asked=town.asked[0], people=town.people[0], at=NOW)
    client = browser(factories.user(Role.PROGRAMME_OFFICER, on=town.district))
    assert waiting(client) == [
        ("Nominations to decide:", "Cử học viên", "2 people · waiting since 20 September 2020", 2)
    ]
    assert opened(client) == [2]


@pytest.mark.parametrize("role", [Role.UNIT_COORDINATOR, Role.PROGRAMME_OFFICER])
def test_what_is_late_in_a_pilot_stands_on_the_desk_of_its_unit(role: Role) -> None:
    ward = factories.unit()
    made.fixed(ward)
    client = browser(factories.user(role, on=ward))
    assert waiting(client) == [
        ("Late in a pilot:", "Thử khai một lần", "3 things are late · since 1 October 2020", 3)
    ]
    assert opened(client) == [3]


def test_late_pilots_are_those_that_their_own_pages_call_late() -> None:
    ward = factories.unit(since=date(2000, 1, 1))
    pilot, measure = made.fixed(ward)
    made.pilot(ward, code="td-2")  # its plan is not fixed
    other, _measure = made.fixed(ward, code="td-3")
    made.fixed(factories.unit(), code="td-4")
    first = made.read(measure, 30, date(2020, 9, 20))
    correct_reading(by=factories.BY, reading=first, value=Decimal(31), reason="nhầm", at=made.AT)
    made.read(measure, 20, date(2020, 10, 30))
    decide_gate(by=factories.BY, gate=pilot.gates.get(), passed=True, words="đạt", on=date(2020, 11, 5))
    Pilot.objects.filter(pk=other.pk).update(
        outcome="stop", outcome_reason="x", decided_on=date(2021, 1, 8), decided_by="x"
    )
    for day in [date(2020, 8, 1) + timedelta(days=days) for days in range(0, 200, 3)]:
        found = {row.key: row.many for row in late_pilots(Unit.objects.filter(pk=ward.pk), on=day)}
        now = {one.key: pilot_now(one, on=day).late for one in with_all(Pilot.objects.filter(unit=ward))}
        assert found == {key: late for key, late in now.items() if late}, day


def busy(count: int) -> tuple[Unit, Unit]:
    """Everything that can wait, so many times, in one town; the district and its first ward."""
    town = make_town(places=9, people=count)
    ward = town.asked[0].unit
    province_, district = Unit.objects.get(placements__level=Level.PROVINCE), town.district
    asked(district, [ward] * count, in_days(3))
    for _number in range(count):
        factories.figure(factories.target(ward), YEAR, 5)
    nominate(by=factories.BY, asked=town.asked[0], people=town.people[0], at=NOW)
    for number in range(count):
        made.fixed(ward, code=f"td-{number}")
        objected(campaign(province_, year=2030 + number, due_on=in_days(5), appeal_until=in_days(9)))
        campaign(province_, year=2040 + number, due_on=in_days(5), appeal_until=in_days(9))
    return province_, ward


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_asks_the_same_however_much_waits(count: int, django_assert_num_queries: Callable[..., Any]) -> None:
    top, ward = busy(count)
    coordinator, officer = (
        browser(factories.user(role, on=on))
        for role, on in ((Role.UNIT_COORDINATOR, ward), (Role.PROGRAMME_OFFICER, top))
    )
    for client in (coordinator, officer):
        client.get(reverse("web:home"))
    with django_assert_num_queries(COORDINATOR):
        found = coordinator.get(reverse("web:home"))
    assert [(line.label, line.count) for line in found.context["waiting"]] == [
        ("To report:", count),
        *[("To fill in:", 1)] * count,
        *[("Late in a pilot:", 3)] * count,
    ]
    with django_assert_num_queries(OFFICER):
        found = officer.get(reverse("web:home"))
    assert {line.label for line in found.context["waiting"]} == {
        "To review:",
        "Objections to decide:",
        "Nominations to decide:",
        "Late in a pilot:",
    }


def test_nobody_reads_what_waits_for_others() -> None:
    top, _ward = busy(1)
    stranger = factories.unit("Xa", kind="Tỉnh", level=Level.PROVINCE)
    for role in Role.values:
        assert waiting(browser(factories.user(role, on=stranger))) == []
    for role in (Role.LECTURER, Role.SITE_OPERATOR, Role.LEARNER, Role.AUDITOR):
        assert waiting(browser(factories.user(role, on=top))) == []
    assert waiting(browser(factories.user())) == []
