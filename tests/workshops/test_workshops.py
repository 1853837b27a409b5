"""Planning a workshop: made, changed, announced, begun, ended; who sees it; what its pages are told."""

from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from workshops.held import BEFORE, T0, site, workshop

from lantoa.common.refused import Refused
from lantoa.directory.models import Person, Role, Unit
from lantoa.ledger.models import Entry
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.actions.workshops import change_state, change_workshop, create_workshop
from lantoa.workshops.models import Telling, Workshop
from lantoa.workshops.queries.access import answers_for, sites_of, workshops_seen

pytestmark = pytest.mark.django_db
FORM = {
    "code": "ht-1",
    "name": "Hội thảo chuyển đổi số",
    "name_en": "Workshop on digital transformation",
    "begins": "2026-12-01T08:00",
    "ends": "2026-12-01T11:30",
    "languages": ["vi", "en"],
}


def browser(role: str = "", on: Unit | None = None, who: Person | None = None) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(role, on=on, is_person=who))
    return client


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return str(refused.value)


def named(unit: Unit) -> str:
    placement = unit.placements.get()
    return placement.full_name


# ---- planned by pages


def test_a_workshop_is_made_and_changed_by_its_forms() -> None:
    unit = make.unit()
    client = browser(Role.PROGRAMME_OFFICER, unit)

    answer = client.post(reverse("workshops:new"), {**FORM, "unit": named(unit)})

    made = Workshop.objects.get()
    assert answer.url == reverse("workshops:workshop", args=[made.key])
    assert (made.code, made.unit, made.state, made.languages) == ("ht-1", unit, "draft", ["vi", "en"])
    assert made.during.upper - made.during.lower == timedelta(hours=3, minutes=30)

    answer = client.post(reverse("workshops:change", args=[made.key]), {**FORM, "name": "Hội thảo khác"})

    assert answer.status_code == 302
    assert Workshop.objects.get().name == "Hội thảo khác"
    page = client.get(reverse("workshops:workshop", args=[made.key])).content.decode()
    assert "Workshop on digital transformation" in page
    assert "Announce the workshop" in page


def test_a_form_says_what_is_wrong_with_it() -> None:
    unit = make.unit()
    client = browser(Role.PROGRAMME_OFFICER, unit)
    wrong = {"unit": named(unit), "ends": "2026-12-01T07:00", "stream_url": "http://example.org/a.m3u8"}

    answer = client.post(reverse("workshops:new"), {**FORM, **wrong})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The end is before the beginning." in page
    assert "The address of the stream begins with https://" in page


def test_nobody_plans_a_workshop_of_a_foreign_unit() -> None:
    client = browser(Role.PROGRAMME_OFFICER, make.unit())

    answer = client.post(reverse("workshops:new"), {**FORM, "unit": named(make.unit())})

    assert "You do not plan workshops of this unit." in answer.content.decode()
    assert not Workshop.objects.exists()


def test_a_code_is_used_once_in_a_unit() -> None:
    first = workshop()

    said = refusal(
        lambda: create_workshop(
            by=make.BY,
            unit=first.unit,
            code=first.code,
            name="Khác",
            begins=T0,
            ends=T0 + timedelta(hours=1),
            languages=["vi"],
            at=BEFORE,
        )
    )

    assert said == f"Cannot use the code {first.code}: another workshop of this unit has it."


def test_a_workshop_does_not_end_before_it_begins_nor_follow_itself() -> None:
    made = workshop()
    at = {"by": make.BY, "workshop": made, "at": BEFORE}

    assert refusal(lambda: change_workshop(**at, begins=T0, ends=T0)) == (
        "Cannot plan Hội thảo chuyển đổi số: it ends before it begins."
    )
    assert refusal(lambda: change_workshop(**at, begins=T0, ends=T0 + timedelta(hours=1), previous=made)) == (
        "Cannot make Hội thảo chuyển đổi số follow itself: choose another workshop."
    )


# ---- its state


def test_a_workshop_is_announced_begun_and_ended_in_this_order() -> None:
    made = workshop()
    assert refusal(lambda: change_state(by=make.BY, workshop=made, to="live", at=T0)) == (
        "Cannot set Hội thảo chuyển đổi số to “live now”: it is “being prepared”."
    )

    for to in ("ready", "draft", "ready", "live", "over"):
        change_state(by=make.BY, workshop=made, to=to, at=T0)

    assert Workshop.objects.get().state == "over"
    assert list(Telling.objects.values_list("number", "kind", "audience")) == [
        (number, "state", "all") for number in range(1, 6)
    ]
    assert refusal(lambda: change_workshop(by=make.BY, workshop=made, begins=T0, ends=T0, at=T0)) == (
        "Cannot change Hội thảo chuyển đổi số: it is over."
    )
    assert Entry.objects.filter(act="workshops.change_state").count() == 5


def test_planning_and_chairing_are_two_pages() -> None:
    made = workshop(state="ready")
    client = browser(Role.PROGRAMME_OFFICER, made.unit)

    assert client.get(reverse("workshops:hold", args=[made.key, "ready"])).status_code == 404
    assert client.get(reverse("workshops:hold", args=[made.key, "live"])).status_code == 200
    assert client.post(reverse("workshops:hold", args=[made.key, "live"])).status_code == 302
    assert Workshop.objects.get().state == "live"
    assert client.post(reverse("workshops:announce", args=[made.key, "ready"])).status_code == 409


# ---- what pages are told


def test_tellings_are_numbered_without_a_gap_also_when_an_act_is_undone() -> None:
    made = workshop()
    for undone in (False, True, False):
        with transaction.atomic():
            tell(workshop=made, kind="test", about={"n": 1}, at=T0)
            transaction.set_rollback(undone)

    assert list(Telling.objects.values_list("number", flat=True)) == [1, 2]
    assert Workshop.objects.get().told == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_outside_the_transaction_of_an_act() -> None:
    made = workshop()

    with pytest.raises(RuntimeError, match="test is told outside the transaction of its action"):
        tell(workshop=made, kind="test", about={}, at=T0)


# ---- who sees what


def test_whoever_answers_for_a_site_answers_for_all_under_it() -> None:
    made = workshop(state="ready")
    province, commune, hamlet = make.unit(), make.unit(), make.unit()
    coordinator = make.user(Role.UNIT_COORDINATOR, on=province)
    operator, deputy = make.person(), make.person()
    users = {one.pk: make.user(is_person=one) for one in (operator, deputy)}
    top = site(made, "P", unit=province)
    middle = site(made, "P.1", unit=commune, above=top, operator=operator)
    low = site(made, "P.1.1", unit=hamlet, above=middle, deputy=deputy)
    other = site(made, "Q")

    def held(user: Any) -> list[str]:
        return sorted(sites_of(user, on=make.DAY).values_list("code", flat=True))

    assert held(coordinator) == ["P", "P.1", "P.1.1"]
    assert held(users[operator.pk]) == ["P.1", "P.1.1"]
    assert held(users[deputy.pk]) == ["P.1.1"]
    assert [answers_for(users[operator.pk], one, on=make.DAY) for one in (top, middle, low, other)] == [
        False,
        True,
        True,
        False,
    ]
    assert (middle.root, low.root, other.root) == (top, top, other)


def test_an_operator_sees_the_workshop_from_the_day_it_is_announced() -> None:
    made = workshop()
    operator = make.person()
    client = browser(who=operator)
    site(made, operator=operator)
    assert operator.user is not None
    address = reverse("workshops:workshop", args=[made.key])

    assert client.get(address).status_code == 404
    assert list(workshops_seen(operator.user, on=make.DAY)) == []

    change_state(by=make.BY, workshop=made, to="ready", at=BEFORE)

    assert client.get(address).status_code == 200
    assert list(workshops_seen(operator.user, on=make.DAY)) == [made]
    assert "Hội thảo chuyển đổi số" in client.get(reverse("workshops:workshops")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_questions_for_any_number_of_workshops(
    count: int, django_assert_num_queries: Any
) -> None:
    unit = make.unit()
    for _ in range(count):
        site(workshop(unit))
    client = browser(Role.PROGRAMME_OFFICER, unit)
    connection.queries_log.clear()

    with django_assert_num_queries(8):
        client.get(reverse("workshops:workshops"))
