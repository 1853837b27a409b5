"""The first administrator of a new installation, from the command line."""

import io
from io import StringIO
from typing import Any

import pytest
from accounts.conftest import PASSWORD
from django.core.management import CommandError, call_command
from factories import unit

from lantoa.accounts.models import User
from lantoa.directory.models import Level, RoleGrant, Unit
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db


def run(*arguments: str, typed: str = f"{PASSWORD}\n", monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = StringIO()
    call_command("create_administrator", *arguments, "--name", "Nguyễn An", "--password-stdin", stdout=out)
    return out.getvalue()


@pytest.fixture
def country() -> Unit:
    return unit("Việt Nam", kind="", level=Level.COUNTRY)


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def test_the_administrator_of_the_country_is_made_and_recorded(
    country: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("An.Nguyen", monkeypatch=monkeypatch)

    assert said == "Nguyễn An (an.nguyen) is administrator of Việt Nam.\n"
    user = User.objects.get()
    assert (user.check_password(PASSWORD), user.must_change_password) == (True, False)
    assert list(RoleGrant.objects.values_list("role", "unit_id")) == [("administrator", country.pk)]
    assert list(Entry.objects.order_by("id").values_list("actor", "act")) == [
        ("machine:create-administrator", "accounts.created"),
        ("machine:create-administrator", "directory.grant_role"),
    ]


@pytest.mark.parametrize("by", ["key", "code"])
def test_the_unit_is_named_by_key_or_code(by: str, country: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    city = unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE, under=country, code="79")

    said = run("an", "--unit", city.key if by == "key" else "79", monkeypatch=monkeypatch)

    assert said == "Nguyễn An (an) is administrator of Thành phố Hồ Chí Minh.\n"


def test_a_second_run_with_the_same_name_is_refused(country: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    run("an", monkeypatch=monkeypatch)

    with pytest.raises(CommandError) as refusal:
        run("AN", monkeypatch=monkeypatch)

    assert str(refusal.value) == "Cannot create the account “an”: there is one of this name."
    assert RoleGrant.objects.count() == 1


def test_without_any_unit_the_command_says_what_to_run_first(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError) as refusal:
        run("an", monkeypatch=monkeypatch)

    assert str(refusal.value) == (
        "Cannot make an administrator: no unit stands yet. First load the units: lantoa import-units --apply"
    )


def test_an_unknown_unit_is_refused(country: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match=r"^Cannot make an administrator of '80': today no unit has this key"):
        run("an", "--unit", "80", monkeypatch=monkeypatch)


def test_a_code_that_two_units_have_asks_for_the_key(country: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    units = [unit(name, code="79") for name in ("A", "B")]

    with pytest.raises(CommandError) as refusal:
        run("an", "--unit", "79", monkeypatch=monkeypatch)

    assert all(f"Phường {name}: {one.key}" in str(refusal.value) for name, one in zip("AB", units, strict=True))


def test_a_weak_password_leaves_nothing_behind(country: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError) as refusal:
        run("an", typed="ngắn\n", monkeypatch=monkeypatch)

    assert str(refusal.value) == (
        "Cannot set the password: This password is too short. It must contain at least 10 characters."
    )
    assert (User.objects.count(), Entry.objects.count()) == (0, 0)


def test_an_empty_input_is_no_password(country: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="the input holds no password in its first line"):
        run("an", typed="", monkeypatch=monkeypatch)


def test_without_a_terminal_it_says_how_to_give_the_password(country: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    with pytest.raises(CommandError, match="there is no terminal here"):
        call_command("create_administrator", "an", "--name", "Nguyễn An")
