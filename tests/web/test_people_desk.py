"""People recorded twice: found with the reasons, within the reader's care, decided, merged and separated on pages."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from factories import enrolment, person, training_class, unit, user

from lantoa.accounts.models import User
from lantoa.directory import queries
from lantoa.directory.models import Level, Merge, NotSame, Person, Role, Unit
from lantoa.directory.rules.merging import score

pytestmark = pytest.mark.django_db

DAY = date(2020, 10, 6)
BORN = {"birth_year": 1985, "birth_month": 3, "birth_day": 8}


@pytest.fixture
def ward() -> Unit:
    return unit(under=unit(kind="Quận", level=Level.DISTRICT))


@pytest.fixture
def coordinator(ward: Unit) -> User:
    return user(Role.UNIT_COORDINATOR, on=ward)


@pytest.fixture
def browser(coordinator: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(coordinator)
    return client


def pairs(**more: int) -> list[tuple[set[str], tuple[str, ...]]]:
    found, _count = queries.duplicates(Person.objects.all(), page=more.get("page", 1), size=more.get("size", 25))
    assert all(pair.points == score(pair.signs) for pair in found)
    return [({pair.one.full_name, pair.other.full_name}, pair.signs) for pair in found]


def test_a_pair_is_found_with_what_speaks_for_it_and_against_it(ward: Unit) -> None:
    person("Nguyễn Văn Hòa", at=ward, **BORN, gender="m")
    person("Nguyễn Văn Hoà", at=unit(), **BORN, gender="m")
    person("Trần Thị Lý", phone="0903111222", birth_year=None)
    person("Trần Thị Lý", phone="0903111222", birth_year=1990)
    person("Lê Ba", birth_year=1970)
    person("Lê Ba", birth_year=1971)
    person("Đỗ Tư", at=ward, **BORN, id_hash=b"1" * 32, id_last3="111")
    person("Đỗ Tư", at=ward, **BORN, id_hash=b"2" * 32, id_last3="222")
    assert pairs() == [
        ({"Nguyễn Văn Hòa", "Nguyễn Văn Hoà"}, ("alike_name", "same_birth")),
        ({"Trần Thị Lý"}, ("same_name", "same_phone")),
        ({"Đỗ Tư"}, ("same_name", "same_birth", "same_unit", "other_number")),
    ]


def test_the_same_address_under_two_names_is_shown_and_an_offices_number_is_not() -> None:
    person("Nguyễn Thị Mai", email="mai@x.vn", phone="0903111222", **BORN)
    person("Phạm Thị Mai", email="Mai@x.vn", phone="0903111222", **BORN)
    for number in range(7):
        person(f"Lê Văn {'ABCDEGH'[number]}", phone="02838291234", birth_year=1960 + number)
    assert pairs() == [({"Nguyễn Thị Mai", "Phạm Thị Mai"}, ("same_birth", "same_phone", "same_email"))]


def test_namesakes_of_one_unit_without_a_birth_date_are_a_pair_and_of_two_units_are_not(ward: Unit) -> None:
    person("Lê Ba", at=ward, birth_year=None)
    person("Lê Ba", at=ward, birth_year=1971)
    person("Lê Ba", at=unit(), birth_year=1972)
    assert pairs() == [({"Lê Ba"}, ("same_name", "same_unit"))]


def test_only_pairs_in_the_readers_care_are_shown_and_only_those_are_decided(browser: Client, ward: Unit) -> None:
    elsewhere = unit()
    mine = [person("Nguyễn An", at=ward, **BORN) for _ in range(2)]
    theirs = [person("Trần Bình", at=elsewhere, **BORN) for _ in range(2)]
    half = [person("Lê Chi", at=ward, **BORN), person("Lê Chi", at=elsewhere, **BORN)]
    page = browser.get(reverse("directory:duplicates"))
    assert [{one["person"] for one in row["people"]} for row in page.context["rows"]] == [set(mine)]
    for pair in (theirs, half):
        address = reverse("directory:duplicates")
        assert browser.post(address, {"one": pair[0].key, "other": pair[1].key}).status_code == 404
        address = reverse("web:merge", args=[pair[0].key])
        assert browser.post(address, {"other": pair[1].key}).status_code == 404
    assert (NotSame.objects.count(), Merge.objects.count()) == (0, 0)


def test_not_the_same_is_remembered_also_after_a_merge_and_can_be_taken_back(browser: Client, ward: Unit) -> None:
    one, two = (person("Nguyễn An", at=ward, **BORN) for _ in range(2))
    here = reverse("directory:duplicates")
    browser.post(here, {"one": one.key, "other": two.key})
    assert browser.get(here).context["rows"] == []
    third = person("Nguyễn Án", at=ward, **BORN)
    browser.post(reverse("web:merge", args=[third.key]), {"other": two.key})
    assert browser.get(here).context["rows"] == []  # the third is the second, who is not the first
    listed = browser.get(f"{here}?state=said").context["rows"]
    assert [[one["person"] for one in row["people"]] for row in listed] == [[one, third]]
    said = NotSame.objects.get()
    browser.post(here, {"said": said.key})
    assert [{one["person"] for one in row["people"]} for row in browser.get(here).context["rows"]] == [{one, third}]


def test_merging_on_the_page_shows_what_passes_over_and_asks_what_has_to_be_said(browser: Client, ward: Unit) -> None:
    one, two = (person("Nguyễn An", at=ward, **BORN) for _ in range(2))
    for who in (one, two):
        user(Role.LEARNER, on=ward, is_person=who)
    of = training_class(code="Q9-1")
    first, second = enrolment(of, one), enrolment(of, two)
    address = f"{reverse('web:merge', args=[one.key])}?other={two.key}"
    page = browser.get(address)
    assert page.context["consequences"] == [
        "Passing over to the record that stays: posts (1).",
        "Passing over to the record that stays: classes (1).",
    ]
    assert Merge.objects.count() == 0  # what would happen was asked, and nothing of it stays
    unsaid = browser.post(address, {"other": two.key})
    assert unsaid.status_code == 409
    assert unsaid.context["form"].errors == {
        "account": ["Say which account stays"],
        "place-0": ["Say which place in the class stays"],
    }
    done = browser.post(
        address, {"other": two.key, "account": "survivor", "place-0": second.key, "reason": "one person"}
    )
    assert done.headers["Location"] == reverse("directory:person", args=[one.key])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.withdrawn_at is None, second.person, second.withdrawn_at) == (False, one, None)
    assert browser.get(reverse("directory:person", args=[two.key])).headers["Location"] == done.headers["Location"]
    merge = Merge.objects.get()
    assert "Other records of this person" in browser.get(done.headers["Location"]).text
    separate = reverse("web:separate", args=[merge.key])
    assert browser.get(separate).status_code == 200
    assert browser.post(separate).headers["Location"] == done.headers["Location"]
    second.refresh_from_db()
    assert second.person == two


def test_the_other_record_is_found_by_name_in_ones_care(browser: Client, ward: Unit) -> None:
    one, two = person("Nguyễn An", at=ward), person("Nguyễn Ân", at=ward)
    person("Nguyễn An", at=unit())
    other = person("Lê Thị Ba", at=ward)
    address = reverse("web:merge", args=[one.key])
    assert [row["person"] for row in browser.get(address).context["rows"]] == [two]
    assert [row["person"] for row in browser.get(address, {"q": "thi ba"}).context["rows"]] == [other]


def test_the_list_takes_as_many_queries_for_three_pairs_as_for_one(browser: Client, ward: Unit) -> None:
    asked = []
    for name in ("Nguyễn An", "Trần Bình", "Lê Chi"):
        for _ in range(2):
            person(name, at=ward, **BORN)
        with CaptureQueriesContext(connection) as counted:
            assert browser.get(reverse("directory:duplicates")).status_code == 200
        asked.append(len(counted))
    assert asked[0] == asked[2]


def test_a_refusal_names_whose_number_it_is_only_to_whoever_looks_after_them(browser: Client, ward: Unit) -> None:
    from lantoa.directory.actions import set_id_number
    from lantoa.ledger.rules import Machine

    near, far = person("Nguyễn Gần", at=ward), person("Trần Xa", at=unit())
    for who, number in ((near, "079085001234"), (far, "079085005678")):
        set_id_number(by=Machine("test"), person=who, number=number)
    this = person("Lê Ba", at=ward, birth_year=1985)
    said = [
        browser.post(
            reverse("directory:correct_person", args=[this.key]),
            {"full_name": "Lê Ba", "birth_year": "1985", "id_number": number},
        )
        .context["form"]
        .non_field_errors()
        for number in ("079085001234", "079085005678")
    ]
    assert said == [
        ["Cannot give Lê Ba this citizen's number: Nguyễn Gần has it."],
        ["Cannot give Lê Ba this citizen's number: somebody else on record has it."],
    ]
    added = [
        browser.post(
            reverse("directory:add_person", args=[ward.key]),
            {"full_name": "Võ Tư", "id_number": number, "since": "2020-10-01", "although_known": "on"},
        )
        .context["form"]
        .non_field_errors()
        for number in ("079085001234", "079085005678")
    ]
    assert added == [
        ["Cannot add this person: Nguyễn Gần is known already by the same citizen's number (…234)."],
        ["Cannot add this person: somebody on record has the same citizen's number (…678)."],
    ]


def test_a_correction_keeps_what_stood_there_before_with_its_reason(browser: Client, ward: Unit) -> None:
    this = person("Lê Ba", at=ward, birth_year=1985)
    browser.post(
        reverse("directory:correct_person", args=[this.key]),
        {"full_name": "Lê Văn Ba", "birth_year": "1986", "birth_month": "2", "reason": "theo căn cước"},
    )
    change = this.changes.get()
    assert (change.before, change.reason) == (
        {"full_name": "Lê Ba", "birth_year": 1985, "birth_month": None, "birth_day": None},
        "theo căn cước",
    )
    shown = browser.get(reverse("directory:person", args=[this.key])).text
    assert "Full name: Lê Ba; Date of birth: –/–/1985" in shown
