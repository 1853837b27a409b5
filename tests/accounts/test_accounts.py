"""Accounts are made, closed and given passwords by acts that leave a line."""

from typing import Any

import pytest
from accounts.conftest import PASSWORD
from factories import BY

from lantoa.accounts import actions
from lantoa.accounts.models import User
from lantoa.accounts.queries import user_named
from lantoa.common.refused import Refused
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db


def lines() -> list[tuple[str, str, str]]:
    return list(Entry.objects.order_by("id").values_list("actor", "act", "thing"))


def account(username: str = "lan", **fields: Any) -> User:
    fields.setdefault("full_name", "Nguyễn Thị Lan")
    return actions.create_account(by=BY, username=username, **fields)


def test_an_account_without_a_password_opens_by_links_only() -> None:
    user = account(username="")

    assert (user.has_usable_password(), user.must_change_password) == (False, False)
    assert user.username.startswith("p-")
    assert lines() == [("machine:test", "accounts.created", f"accounts.user:{user.key}")]


def test_a_password_given_by_somebody_else_has_to_be_changed() -> None:
    user = account(password=PASSWORD)

    assert (user.must_change_password, user.password.split("$")[0]) == (True, "pbkdf2_sha256")


def test_a_username_is_taken_in_any_spelling() -> None:
    account("lan")

    with pytest.raises(Refused) as refusal:
        account(" LAN ")

    assert str(refusal.value) == "Cannot create the account “lan”: there is one of this name."


def test_a_weak_password_is_refused_with_the_reason(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    with pytest.raises(Refused) as refusal:
        account(password="12345")

    assert str(refusal.value) == (
        "Cannot set the password: This password is too short. It must contain at least 10 characters."
        " This password is too common. This password is entirely numeric."
    )
    assert User.objects.count() == 0


def test_accounts_are_found_by_name_however_typed() -> None:
    user = account("lan.nguyen")
    account("binh", full_name="Trần Văn Bình")

    assert user_named(" Lan.Nguyen ") == user


def test_nobody_closes_their_own_account() -> None:
    user = account()

    with pytest.raises(Refused) as refusal:
        actions.deactivate(by=user, user=user)

    assert str(refusal.value) == "Cannot close the account “lan”: it is your own."


def test_a_closed_account_can_be_opened_again() -> None:
    user = account()

    actions.deactivate(by=BY, user=user)
    assert User.objects.get(pk=user.pk).is_active is False
    actions.reactivate(by=BY, user=user)

    assert User.objects.get(pk=user.pk).is_active is True
    assert [act for _, act, _ in lines()] == [
        "accounts.created",
        "accounts.deactivated",
        "accounts.reactivated",
    ]


def test_a_reset_password_is_told_once_and_has_to_be_changed() -> None:
    user = account()

    password = actions.reset_password(by=BY, user=user)

    kept = User.objects.get(pk=user.pk)
    assert (kept.check_password(password), kept.must_change_password) == (True, True)
    assert lines()[-1] == ("machine:test", "accounts.password_reset", f"accounts.user:{user.key}")


def test_no_line_of_the_ledger_holds_a_name_or_a_password() -> None:
    user = account(password=PASSWORD)
    token = actions.issue_link(by=BY, user=user, kind="link", at=user.joined_at).token
    actions.use_link(token=token, at=user.joined_at)

    written = " ".join(entry.written().decode() for entry in Entry.objects.all())
    assert [word for word in ("Lan", "lan.", PASSWORD, token) if word in written] == []
