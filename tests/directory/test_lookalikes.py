"""The pairs that are remembered overnight, and what the desk shows of them by day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import factories
import pytest
from django.test import Client
from django.urls import reverse

from lantoa.directory import actions, queries
from lantoa.directory.models import Level, Lookalike, LookalikeRun, Person, Role, Unit
from lantoa.directory.rules.people import Birth
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 21, 19, tzinfo=UTC)
BORN = {"birth_year": 1985, "birth_month": 3, "birth_day": 14}


@pytest.fixture
def country() -> Unit:
    return factories.unit("Việt Nam", kind="", level=Level.COUNTRY)


@pytest.fixture
def ward(country: Unit) -> Unit:
    return factories.unit("Long Bình", under=country)


def somebody(name: str, ward: Unit, **values: Any) -> Person:
    return factories.person(name, at=ward, **{**BORN, **values})


def offered(people: Any = None, *, run: LookalikeRun | None) -> list[set[str]]:
    pairs, count = queries.duplicates(
        Person.objects.filter(restricted_at=None) if people is None else people, page=1, size=25, run=run
    )
    assert count == len(pairs)
    return [{pair.one.key, pair.other.key} for pair in pairs]


def remembered() -> LookalikeRun:
    actions.remember_lookalikes(by=factories.BY, at=NIGHT)
    found = queries.last_run()
    assert found is not None
    return found


def test_what_is_remembered_is_what_was_found(ward: Unit) -> None:
    one, other = somebody("Lê Thị Hoa", ward), somebody("Lê Thị Hoa", ward, birth_day=None)
    third, fourth = somebody("Vũ Văn Nam", ward, phone="0912345678"), somebody("Vũ Văn Năm", ward, phone="0912345678")
    somebody("Trần Thị Khác", ward)
    found = offered(run=None)

    run = remembered()

    assert found == [{third.key, fourth.key}, {one.key, other.key}]
    assert offered(run=run) == found
    assert Lookalike.objects.count() == 2
    (line,) = Entry.objects.filter(act="directory.remember_lookalikes")
    assert line.about == {"count": 2}


def test_it_is_one_run_that_is_remembered(ward: Unit) -> None:
    somebody("Lê Thị Hoa", ward)
    somebody("Lê Thị Hoa", ward)
    remembered()
    remembered()

    assert (Lookalike.objects.count(), LookalikeRun.objects.count()) == (1, 1)


def test_whoever_was_entered_since_is_looked_at_now(ward: Unit) -> None:
    one = somebody("Lê Thị Hoa", ward)
    run = remembered()
    assert offered(run=run) == []

    other = somebody("Lê Thị Hoà", ward)

    assert offered(run=run) == [{one.key, other.key}]


def test_whoever_was_corrected_since_is_looked_at_now(ward: Unit) -> None:
    one, other = somebody("Lê Thị Hoa", ward), somebody("Lê Thị Huệ", ward)
    run = remembered()
    assert offered(run=run) == []

    actions.correct_person(
        by=factories.BY, person=other, full_name="Lê Thị Hoa", birth=Birth(1985, 3, 14), at=NIGHT + timedelta(hours=8)
    )

    assert offered(run=run) == [{one.key, other.key}]


def test_how_sure_it_is_is_what_is_known_now(ward: Unit) -> None:
    one, other = somebody("Lê Thị Hoa", ward), somebody("Lê Thị Hoa", ward)
    run = remembered()
    Person.objects.filter(pk=other.pk).update(birth_year=1960)

    assert (offered(run=run), one.birth_year) == ([], 1985)


def test_what_people_decided_since_holds(ward: Unit) -> None:
    one, other, third = (somebody("Lê Thị Hoa", ward) for _ in range(3))
    run = remembered()
    assert len(offered(run=run)) == 3

    actions.say_not_same(by=factories.BY, one=one, other=other, at=NIGHT + timedelta(hours=8))
    actions.merge_people(
        by=factories.BY, survivor=one, merged=third, at=NIGHT + timedelta(hours=8), on=date(2026, 11, 22)
    )

    assert offered(run=run) == []


def test_a_number_of_an_office_says_nothing_also_by_day(ward: Unit) -> None:
    names = ["An", "Bình", "Cúc", "Dung", "Em", "Giang", "Hạnh"]
    for name in names:
        somebody(f"Lê Thị {name}", ward, phone="02838291000")
    run = remembered()

    somebody("Lê Thị Khanh", ward, phone="02838291000")

    assert offered(run=run) == []


def test_each_desk_sees_the_pairs_of_its_own_people(country: Unit, ward: Unit) -> None:
    far = factories.unit("Xa", under=country)
    near = {somebody("Lê Thị Hoa", ward).key, somebody("Lê Thị Hoa", ward).key}
    beyond = {somebody("Vũ Thị Mơ", far).key, somebody("Vũ Thị Mơ", far).key}
    run = remembered()
    mine = queries.in_care_of(Unit.objects.filter(pk=ward.pk), everywhere=False, on=date(2026, 11, 22))

    assert offered(mine, run=run) == [near]
    assert offered(run=run) == [near, beyond]


def test_the_page_says_when_all_were_looked_at(country: Unit, ward: Unit) -> None:
    somebody("Lê Thị Hoa", ward)
    somebody("Lê Thị Hoa", ward)
    client = Client()
    client.force_login(factories.user(Role.ADMINISTRATOR, on=country))
    said = "22/11/2026 02:00"
    assert said not in client.get(reverse("directory:duplicates")).content.decode()

    remembered()

    page = client.get(reverse("directory:duplicates")).content.decode()
    assert (said in page, page.count("Lê Thị Hoa") > 1) == (True, True)
