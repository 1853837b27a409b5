"""Signing in by password, and having to change it."""

import time
from typing import Any

import pytest
from accounts.conftest import PASSWORD
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import BY

from lantoa.accounts import actions, throttle
from lantoa.accounts.models import Throttle, User
from lantoa.accounts.rules import PER_NAME, Device, subjects
from lantoa.common.keyring import secret
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"
NOT_RIGHT = "Cannot sign in: the username or the password is not right."
TOO_MANY = "Too many tries have failed: try again after "


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def sign_in(client: Client, username: str = "lan", password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:change_password")).status_code == 200


def errors(response: Any) -> list[str]:
    return list(response.context["form"].non_field_errors())


def hammer(username: str = "lan", address: str = "198.51.100.9") -> None:
    """A stranger uses up all tries that strangers have for a name."""
    counted = subjects(secret("throttle"), device=Device(), address=address, username=username)
    for _ in range(PER_NAME.tries):
        throttle.count(counted, at=timezone.now())


def test_the_right_password_opens_home_and_leaves_a_line(lan: User, client: Client) -> None:
    response = sign_in(client, " LAN ")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)
    line = Entry.objects.get()
    assert (line.actor, line.act, line.about) == (
        f"user:{lan.key}",
        "accounts.signed_in",
        {"way": "password"},
    )


def test_a_wrong_password_an_unknown_name_and_a_closed_account_get_the_same_words(lan: User, client: Client) -> None:
    wrong, unknown = sign_in(client, password="wrong"), sign_in(client, "nobody")
    lan.is_active = False
    lan.save()
    closed = sign_in(client)

    assert errors(wrong) == errors(unknown) == errors(closed) == [NOT_RIGHT]
    assert not is_signed_in(client)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(lan: User) -> None:
    def spent(username: str) -> float:
        begin = time.process_time()
        with pytest.raises(actions.Refused):
            actions.sign_in_by_password(
                username=username, password="wrong", device=Device(), address="", at=timezone.now()
            )
        return time.process_time() - begin

    known, unknown = spent("lan"), spent("nobody")

    assert 0.5 < unknown / known < 2


def test_an_empty_form_says_what_is_missing(client: Client, db: None) -> None:
    response = sign_in(client, "", "")

    assert response.context["form"].errors == {
        "username": ["Enter your username"],
        "password": ["Enter your password"],
    }


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/password/?a=1", "/password/?a=1"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("units", "/"),
        (":::", "/"),
    ],
)
def test_signing_in_goes_on_to_where_one_wanted_but_never_elsewhere(
    asked: str, given: str, lan: User, client: Client
) -> None:
    client.force_login(lan)

    assert client.get(SIGN_IN, {"next": asked})["Location"] == given


def test_signing_out_is_a_button_not_a_link(lan: User, client: Client) -> None:
    client.force_login(lan)

    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert not is_signed_in(client)


@pytest.mark.parametrize(("loopback", "entered"), [(True, True), (False, False)])
def test_a_demonstration_password_works_on_loopback_only(
    loopback: bool, entered: bool, lan: User, client: Client, settings: Any
) -> None:
    settings.LOOPBACK = loopback
    User.objects.update(is_demonstration=True)

    response = sign_in(client)

    assert is_signed_in(client) is entered
    if not entered:
        assert errors(response) == [
            "Cannot sign in as “lan”: the passwords of demonstration accounts work only on a server that nobody"
            " else can reach."
        ]


def test_a_demonstration_password_opens_nothing_through_a_front_server(
    lan: User, client: Client, settings: Any
) -> None:
    settings.LOOPBACK = True
    User.objects.update(is_demonstration=True)

    client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"
    sign_in(client)

    assert not is_signed_in(client)


def test_strangers_who_hammer_a_name_are_refused_even_with_the_right_password(lan: User, client: Client) -> None:
    hammer()

    assert errors(sign_in(client))[0].startswith(TOO_MANY)
    assert not is_signed_in(client)


def test_the_owner_still_gets_in_on_a_known_device_while_strangers_hammer_the_name(lan: User, client: Client) -> None:
    sign_in(client)
    client.post("/sign-out/")
    hammer()

    sign_in(client)

    assert is_signed_in(client)


def test_a_forged_device_cookie_is_no_known_device(lan: User, client: Client) -> None:
    sign_in(client)
    client.post("/sign-out/")
    client.cookies["device"] = client.cookies["device"].value[:-1] + "x"
    hammer()

    assert errors(sign_in(client))[0].startswith(TOO_MANY)


def test_the_device_of_another_account_does_not_help(lan: User, client: Client) -> None:
    other = User.objects.create_user("binh", None, full_name="Trần Văn Bình")
    token = actions.issue_link(by=BY, user=other, kind="link", at=timezone.now()).token
    client.post(f"/l/{token}")
    client.post("/sign-out/")
    hammer()

    assert errors(sign_in(client))[0].startswith(TOO_MANY)


def test_a_success_takes_its_try_back(lan: User, client: Client) -> None:
    sign_in(client)

    assert set(Throttle.objects.values_list("tries", flat=True)) == {0}


def test_a_given_password_opens_nothing_but_the_page_to_change_it(lan: User, client: Client) -> None:
    User.objects.update(must_change_password=True)

    response = sign_in(client, next="/password/")

    assert response["Location"] == "/password/first/"
    assert not is_signed_in(client)
    assert Entry.objects.count() == 0
    same = client.post("/password/first/", {"new": PASSWORD, "again": PASSWORD})
    assert same.context["form"].errors["new"] == [
        "Cannot choose this password: it is the one you were given. Choose another one."
    ]
    chosen = client.post("/password/first/", {"new": "của riêng tôi thôi", "again": "của riêng tôi thôi"})
    assert chosen["Location"] == "/password/"
    assert is_signed_in(client)
    assert list(Entry.objects.order_by("id").values_list("act", flat=True)) == [
        "accounts.password_chosen",
        "accounts.signed_in",
    ]
    assert client.get("/password/first/")["Location"] == SIGN_IN


def test_a_password_given_anew_ends_the_page_that_waits_for_the_first_change(lan: User, client: Client) -> None:
    User.objects.update(must_change_password=True)
    sign_in(client)
    actions.reset_password(by=BY, user=lan)

    assert client.get("/password/first/")["Location"] == SIGN_IN


def test_nobody_chooses_a_first_password_without_having_given_the_old_one(lan: User, client: Client) -> None:
    User.objects.update(must_change_password=True)

    assert client.get("/password/first/")["Location"] == SIGN_IN


def test_a_changed_password_ends_all_other_sessions(lan: User, client: Client) -> None:
    elsewhere = Client()
    for each in (client, elsewhere):
        each.force_login(lan)

    new = "của riêng tôi thôi"
    response = client.post("/password/", {"current": PASSWORD, "new": new, "again": new})

    assert response.status_code == 302
    assert (is_signed_in(client), is_signed_in(elsewhere)) == (True, False)
    assert User.objects.get(pk=lan.pk).check_password(new)


def test_a_password_is_changed_by_whoever_knows_it_only(lan: User, client: Client) -> None:
    client.force_login(lan)

    response = client.post("/password/", {"current": "wrong", "new": "khác hẳn nhé", "again": "khác hẳn nhé"})

    assert response.context["form"].errors == {
        "current": ["Cannot change the password: the current one is not right."]
    }


def test_a_new_password_is_typed_twice_alike_and_strong(lan: User, client: Client) -> None:
    client.force_login(lan)

    unlike = client.post("/password/", {"current": "x", "new": "khác hẳn nhé", "again": "khác hẳn"})
    weak = client.post("/password/", {"current": "x", "new": "ngắn", "again": "ngắn"})

    assert unlike.context["form"].errors == {"again": ["Both passwords must be the same"]}
    assert weak.context["form"].errors == {
        "new": ["This password is too short. It must contain at least 10 characters."]
    }


def test_an_account_without_a_password_is_told_so(client: Client) -> None:
    user = actions.create_account(by=BY, full_name="Nguyễn Thị Lan")
    client.force_login(user)

    assert "Your account has no password" in client.get("/password/").content.decode()
