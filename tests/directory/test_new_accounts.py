"""Accounts made on the pages, with a first password shown once, and new first passwords for those who forgot."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from factories import BY, DAY, person, unit, user

from lantoa.accounts.models import User
from lantoa.common.refused import Refused
from lantoa.directory import actions
from lantoa.directory.models import Level, RoleGrant, Unit
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db

PASSWORD = re.compile(r'class="lt-code">([0-9a-z]{4}(?:-[0-9a-z]{4}){2})<')


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def city() -> Unit:
    country = unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    return unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE, under=country, code="79")


def browser(account: User | None = None) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    if account:
        client.force_login(account)
    return client


def typed(**fields: str) -> dict[str, str]:
    return {"full_name": "Lê Thị Hoa", "username": "Hoa.Le", "email": "", "role": "programme_officer", **fields}


def words(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return " ".join(answer.content.decode().split()).replace("&#x27;", "'")


def first_password(answer: object) -> str:
    found = PASSWORD.search(words(answer))
    assert found
    return found[1]


def test_an_account_is_made_and_asked_for_a_password_of_its_own(city: Unit) -> None:
    made = browser(user("administrator", on=city)).post(f"/units/{city.key}/accounts/new/", typed())
    hoa = User.objects.get(username="hoa.le")
    grant = hoa.grants.get()
    assert (hoa.full_name, hoa.must_change_password, grant.role, grant.unit) == (
        "Lê Thị Hoa",
        True,
        "programme_officer",
        city,
    )
    assert "It must be changed at the first sign-in." in words(made)

    came = browser()
    answer = came.post("/sign-in/", {"username": "hoa.le", "password": first_password(made)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/password/first/")
    answer = came.post("/password/first/", {"new": "mưa rơi trên lá", "again": "mưa rơi trên lá"})
    assert (answer.status_code, User.objects.get(pk=hoa.pk).must_change_password) == (302, False)


def test_a_first_password_is_shown_once_and_kept_nowhere(city: Unit, caplog: pytest.LogCaptureFixture) -> None:
    client = browser(user("administrator", on=city))
    made = client.post(f"/units/{city.key}/accounts/new/", typed())
    password = first_password(made)
    kept = [
        *(str(entry) for entry in Entry.objects.values()),
        *(str(account) for account in User.objects.values()),
        str(dict(client.session)),
        caplog.text,
        words(client.get(f"/units/{city.key}/roles/")),
    ]
    assert (made.headers["Cache-Control"], [text for text in kept if password in text]) == ("no-store", [])
    assert password not in repr(actions.FirstPassword(User(), password))


def test_what_was_done_stands_in_the_ledger(city: Unit) -> None:
    browser(user("administrator", on=city)).post(f"/units/{city.key}/accounts/new/", typed())
    assert list(Entry.objects.order_by("id").values_list("act", flat=True)) == [
        "accounts.created",
        "accounts.password_reset",
        "directory.grant_role",
    ]


def test_a_taken_name_is_refused_at_its_field_and_nothing_is_made(city: Unit) -> None:
    User.objects.create(username="hoa.le", full_name="Hoa Khác")
    page = words(browser(user("administrator", on=city)).post(f"/units/{city.key}/accounts/new/", typed()))
    assert "Cannot create the account “hoa.le”: there is one of this name." in page
    assert (PASSWORD.search(page), RoleGrant.objects.filter(role="programme_officer").count()) == (None, 0)


def test_what_is_no_username_no_name_or_no_role_is_said_so(city: Unit) -> None:
    answer = browser(user("administrator", on=city)).post(
        f"/units/{city.key}/accounts/new/", typed(full_name="", username="hoa lê", role="")
    )
    for said in (
        "Enter the person's full name",
        "Cannot create the account “hoa lê”: a username has 2 to 80 letters a-z without marks,",
        "Choose a role",
    ):
        assert said in words(answer)
    assert User.objects.count() == 1


def test_no_role_is_chosen_beforehand(city: Unit) -> None:
    page = words(browser(user("administrator", on=city)).get(f"/units/{city.key}/accounts/new/"))
    assert re.findall(r"<option[^>]* selected[^>]*>([^<]*)<", page) in ([], ["Choose a role"])


@pytest.mark.parametrize("role", ["programme_officer", "unit_coordinator", "lecturer", "auditor"])
def test_whoever_may_not_give_roles_finds_no_such_page(role: str, city: Unit) -> None:
    grant = RoleGrant.objects.get(user=user("lecturer", on=city))
    client = browser(user(role, on=city))
    addresses = (f"/units/{city.key}/accounts/new/", f"/roles/{grant.key}/new-password/")
    answers = [ask(address).status_code for address in addresses for ask in (client.get, client.post)]
    assert (answers, User.objects.count()) == ([404] * 4, 2)


def test_nobody_makes_an_account_above_or_beside_their_unit(city: Unit) -> None:
    ward, other = unit("Phước Long A", under=city), unit("Long Bình", under=city)
    client = browser(user("administrator", on=ward))
    answers = [client.post(f"/units/{place.key}/accounts/new/", typed()).status_code for place in (city, other)]
    assert (answers, User.objects.filter(username="hoa.le").count()) == ([404, 404], 0)


def test_nobody_makes_an_account_that_may_do_more_than_they(city: Unit) -> None:
    officer = user("programme_officer", on=city)
    with pytest.raises(Refused) as refused:
        actions.create_staff_account(
            by=officer, full_name="Lê Hoa", username="hoa.le", email="", role="administrator", unit=city, on=DAY
        )
    assert (str(refused.value), User.objects.count()) == (
        "Cannot create the account “hoa.le”: its role would allow more than you may do yourself.",
        1,
    )


def test_an_account_can_be_that_of_a_known_person(city: Unit) -> None:
    known = person("Trần Văn Giảng", at=city, email="giang@example.vn")
    client = browser(user("administrator", on=city))
    address = f"/units/{city.key}/accounts/new/?person={known.key}"
    assert address in words(client.get(f"/people/{known.key}/"))
    page = words(client.get(address))
    assert [said in page for said in ("It becomes the account of Trần Văn Giảng.", "giang@example.vn")] == [True] * 2
    client.post(address, typed(full_name="Trần Văn Giảng", username="giang", role="lecturer"))
    known.refresh_from_db()
    assert (known.user, address in words(client.get(f"/people/{known.key}/"))) == (
        User.objects.get(username="giang"),
        False,
    )


def test_a_person_with_an_account_gets_no_second_one_and_nothing_is_made(city: Unit) -> None:
    known = person("Trần Văn Giảng", at=city)
    user(is_person=known)
    client = browser(user("administrator", on=city))
    page = words(client.post(f"/units/{city.key}/accounts/new/?person={known.key}", typed()))
    assert "Cannot link Trần Văn Giảng to another account: they have one." in page
    assert User.objects.filter(username="hoa.le").count() == 0


def test_a_person_of_a_foreign_unit_is_not_found(city: Unit) -> None:
    ward, other = unit("Phước Long A", under=city), unit("Long Bình", under=city)
    stranger = person("Trần Văn Giảng", at=other)
    client = browser(user("administrator", on=ward))
    assert client.get(f"/units/{ward.key}/accounts/new/?person={stranger.key}").status_code == 404


def test_a_forgotten_password_is_replaced_by_a_new_first_one(city: Unit) -> None:
    hoa = actions.create_staff_account(
        by=BY, full_name="Lê Hoa", username="hoa.le", email="", role="lecturer", unit=city, on=DAY
    )
    signed_in = browser(hoa.user)
    client = browser(user("administrator", on=city))
    address = f"/roles/{hoa.user.grants.get().key}/new-password/"
    assert address in words(client.get(f"/units/{city.key}/roles/"))
    assert "Make a new first password for Lê Hoa?" in words(client.get(address))
    answer = client.post(address)
    password = first_password(answer)
    kept = User.objects.get(pk=hoa.user.pk)
    assert (answer.headers["Cache-Control"], kept.must_change_password, kept.check_password(password)) == (
        "no-store",
        True,
        True,
    )
    assert (kept.check_password(hoa.password), signed_in.get("/password/").status_code) == (False, 302)


def test_no_password_is_made_for_an_account_that_may_do_more(city: Unit) -> None:
    ward = unit("Phước Long A", under=city)
    high = user("programme_officer", on=city)
    grant = actions.grant_role(by=BY, user=high, role="lecturer", unit=ward, on=DAY)
    before = high.password
    client = browser(user("administrator", on=ward))
    asked, answer = client.get(f"/roles/{grant.key}/new-password/"), client.post(f"/roles/{grant.key}/new-password/")
    said = f"Cannot make a first password for “{high.username}”: the account may do more than yours."
    assert (asked.status_code, answer.status_code, said in words(asked), said in words(answer)) == (
        200,
        409,
        True,
        True,
    )
    assert ('<form method="post" class="lt-confirm"' in words(asked), User.objects.get(pk=high.pk).password) == (
        False,
        before,
    )


def test_a_role_that_was_taken_back_stands_in_nobodys_way(city: Unit) -> None:
    ward = unit("Phước Long A", under=city)
    once = user("programme_officer", on=city)
    actions.take_role_back(by=BY, grant=once.grants.get(), on=DAY)
    grant = actions.grant_role(by=BY, user=once, role="lecturer", unit=ward, on=DAY)
    assert first_password(browser(user("administrator", on=ward)).post(f"/roles/{grant.key}/new-password/"))


def test_ones_own_and_a_closed_account_get_no_first_password(city: Unit) -> None:
    own = user("administrator", on=city)
    closed = user("lecturer", on=city, is_active=False)
    client = browser(own)
    assert "/new-password/" not in words(client.get(f"/units/{city.key}/roles/"))
    said = [words(client.post(f"/roles/{one.grants.get().key}/new-password/")) for one in (own, closed)]
    start = "Cannot make a first password for “{}”: "
    assert start.format(own.username) + "it is your own account; change your password." in said[0]
    assert start.format(closed.username) + "the account is closed." in said[1]
