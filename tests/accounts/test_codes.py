"""One-time codes: RFC 6238, each taken once, rate limited, recovered, reset; asked after every way in."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from accounts.conftest import PASSWORD
from at_once import at_once
from cryptography.exceptions import InvalidTag
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import BY, unit, user

from lantoa.accounts import rules
from lantoa.accounts.actions import codes, issue_link
from lantoa.accounts.models import Authenticator, PersonalLink, RecoveryCode, User
from lantoa.common.refused import Refused
from lantoa.directory.models import Role
from lantoa.ledger.models import Entry

AT = datetime(2020, 10, 6, 3, tzinfo=UTC)
NOT_RIGHT = "Cannot go on: this code is not right, or was used already. Take the one your telephone shows now."


def code(secret: bytes, at: datetime) -> str:
    return rules.one_time_code(secret, rules.step_at(at.timestamp()))


def turned_on(who: User, at: datetime = AT) -> tuple[bytes, list[str]]:
    secret = codes.begin_codes(by=who, at=at)
    return secret, codes.confirm_codes(by=who, typed=code(secret, at), at=at)


@pytest.mark.parametrize(
    ("moment", "digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(moment: int, digits: str) -> None:
    """RFC 6238, appendix B."""
    assert rules.one_time_code(b"12345678901234567890", rules.step_at(moment), 8) == digits


def test_a_code_counts_half_a_minute_around_and_never_again() -> None:
    secret, now = b"1" * 20, 3000 * 30.0
    for around, after, found in (
        (0, 0, 3000),
        (-1, 0, 2999),
        (1, 0, 3001),
        (2, 0, None),
        (-2, 0, None),
        (0, 3000, None),
    ):
        typed = rules.one_time_code(secret, 3000 + around)
        assert rules.step_of_code(secret, typed, now, after=after) == found


def test_a_secret_is_read_with_its_key_and_for_its_account_only() -> None:
    sealed = rules.seal(b"k" * 32, "anna", b"secret", b"n" * 12)
    assert b"secret" not in sealed
    assert rules.unseal(b"k" * 32, "anna", sealed) == b"secret"
    with pytest.raises(InvalidTag):
        rules.unseal(b"k" * 32, "bela", sealed)


def test_the_picture_says_whose_it_is() -> None:
    assert rules.otpauth(b"12345", username="lan", issuer="Lantoa") == (
        "otpauth://totp/Lantoa%3Alan?secret=GEZDGNBV&issuer=Lantoa"
    )


@pytest.mark.django_db
def test_codes_ask_for_nothing_before_the_first_right_one(lan: User) -> None:
    secret = codes.begin_codes(by=lan, at=AT)
    assert codes.begin_codes(by=lan, at=AT) == secret
    with pytest.raises(Refused) as refused:
        codes.confirm_codes(by=lan, typed="000000", at=AT)
    assert str(refused.value) == NOT_RIGHT
    assert Authenticator.objects.get().confirmed_at is None
    assert secret not in bytes(Authenticator.objects.get().sealed)
    before = lan.get_session_auth_hash()
    shown = codes.confirm_codes(by=lan, typed=code(secret, AT), at=AT)
    assert (len(set(shown)), RecoveryCode.objects.count()) == (10, 10)
    assert lan.get_session_auth_hash() != before  # sessions that began without a code have ended
    with pytest.raises(Refused) as again:
        codes.begin_codes(by=lan, at=AT)
    with pytest.raises(Refused) as nothing:
        codes.confirm_codes(by=lan, typed=code(secret, AT), at=AT)
    assert [str(again.value), str(nothing.value)] == [
        "Cannot set up one-time codes: this account has them. Turn them off first.",
        "Cannot turn on one-time codes: begin again with a new picture.",
    ]


@pytest.mark.django_db
def test_the_same_code_is_not_taken_twice(lan: User) -> None:
    secret, _recovery = turned_on(lan)
    later = AT + timedelta(minutes=1)
    codes.check_code(user=lan, typed=f" {code(secret, later)[:3]} {code(secret, later)[3:]}", at=later)
    for at in (later, later + timedelta(seconds=30)):
        with pytest.raises(Refused) as refused:
            codes.check_code(user=lan, typed=code(secret, later), at=at)
        assert str(refused.value) == NOT_RIGHT


@pytest.mark.django_db
def test_a_recovery_code_counts_once_and_new_ones_end_the_old(lan: User) -> None:
    secret, recovery = turned_on(lan)
    codes.check_code(user=lan, typed=recovery[0].upper(), at=AT)
    later = AT + timedelta(minutes=1)
    fresh = codes.new_recovery_codes(by=lan, typed=code(secret, later), at=later)
    for used in (recovery[0], recovery[1]):
        with pytest.raises(Refused):
            codes.check_code(user=lan, typed=used, at=later)
    codes.check_code(user=lan, typed=fresh[0], at=later)
    assert [entry.about for entry in Entry.objects.filter(act="accounts.signed_in").order_by("pk")] == [
        {"way": "recovery code"},
        {"way": "code"},
        {"way": "recovery code"},
    ]


@pytest.mark.django_db
def test_too_many_wrong_codes_are_refused_and_a_right_one_with_them(lan: User) -> None:
    secret, _recovery = turned_on(lan)
    later = AT + timedelta(minutes=1)
    for _ in range(10):
        with pytest.raises(Refused):
            codes.check_code(user=lan, typed="000000", at=later)
    with pytest.raises(Refused) as refused:
        codes.check_code(user=lan, typed=code(secret, later), at=later)
    assert str(refused.value) == "Too many tries have failed: try again after 10:15."


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_twice_at_once_is_taken_once(lan: User) -> None:
    secret, _recovery = turned_on(lan)
    later = AT + timedelta(minutes=1)
    check = partial(codes.check_code, user=lan, typed=code(secret, later), at=later)
    assert sorted(at_once([check, check])) == [NOT_RIGHT, "done"]


@pytest.mark.django_db
def test_a_lost_telephone_is_reset_by_somebody_else_and_its_sessions_end(lan: User) -> None:
    turned_on(lan)
    said = []
    for by, who in ((lan, lan), (BY, user())):
        with pytest.raises(Refused) as refused:
            codes.reset_codes(by=by, user=who)
        said.append(str(refused.value).partition(": ")[2])
    before = lan.get_session_auth_hash()
    codes.reset_codes(by=BY, user=lan)
    lan.refresh_from_db()
    assert said == ["it is your own account. Use a recovery code.", "the account has none."]
    assert (Authenticator.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    assert lan.get_session_auth_hash() != before
    assert Entry.objects.filter(act="accounts.codes_reset").count() == 1


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.django_db
def test_a_password_alone_lets_nobody_in_who_has_codes(lan: User, browser: Client) -> None:
    now = timezone.now()
    secret, _recovery = turned_on(lan, now - timedelta(minutes=5))
    answer = browser.post(
        reverse("accounts:sign_in"), {"username": "lan", "password": PASSWORD, "next": reverse("directory:units")}
    )
    assert answer.headers["Location"] == reverse("accounts:code")
    assert browser.get(reverse("directory:units")).status_code == 302
    assert Entry.objects.filter(act="accounts.signed_in").count() == 0
    wrong = browser.post(answer.headers["Location"], {"code": "000000"})
    assert wrong.context["form"].errors == {"code": [NOT_RIGHT]}
    right = browser.post(answer.headers["Location"], {"code": code(secret, timezone.now())})
    assert right.headers["Location"] == reverse("directory:units")
    assert browser.get(reverse("directory:units")).status_code == 200
    assert Client().get(reverse("accounts:code")).headers["Location"] == reverse("accounts:sign_in")


@pytest.mark.django_db
def test_a_link_alone_lets_nobody_in_who_has_codes(lan: User, browser: Client) -> None:
    now = timezone.now()
    secret, _recovery = turned_on(lan, now - timedelta(minutes=5))
    issued = issue_link(by=BY, user=lan, kind=PersonalLink.Kind.LINK, at=now, expires_at=now + timedelta(hours=1))
    answer = browser.post(reverse("accounts:personal_link", args=[issued.token]))
    assert answer.headers["Location"] == reverse("accounts:code")
    assert browser.get(reverse("directory:units")).status_code == 302
    browser.post(reverse("accounts:code"), {"code": code(secret, timezone.now())})
    assert browser.get(reverse("directory:units")).status_code == 200
    assert 3500 < browser.session.get_expiry_age() <= 3600  # no longer than the link


@pytest.mark.django_db
def test_codes_are_set_up_used_and_turned_off_on_the_page(lan: User, browser: Client) -> None:
    browser.force_login(lan)
    other = Client()
    other.force_login(lan)
    here = reverse("accounts:own_codes")
    page = browser.get(here)
    assert "<svg" in page.text
    secret = codes.begin_codes(by=lan, at=timezone.now())
    assert rules.base32(secret).lower() == page.context["typed_secret"].replace("-", "")
    done = browser.post(here, {"code": code(secret, timezone.now() - timedelta(seconds=30))})
    assert len(done.context["shown"]) == 10
    assert (browser.get(here).context["left"], other.get(here).status_code) == (10, 302)
    fresh = browser.post(here, {"code": done.context["shown"][0], "act": "new"})
    assert len(fresh.context["shown"]) == 10
    browser.post(here, {"code": fresh.context["shown"][0], "act": "off"})
    assert browser.get(here).context["has"] is False


@pytest.mark.django_db
def test_a_role_that_needs_codes_sets_them_up_first(browser: Client, settings: Any) -> None:
    ward = unit()
    for role, needed in ((Role.PROGRAMME_OFFICER, True), (Role.AUDITOR, False)):
        settings.CODE_ROLES = ("programme_officer",)
        who = user(role, on=ward)
        browser.force_login(who)
        answer = browser.get(reverse("directory:units"))
        setup = reverse("accounts:own_codes")
        assert (answer.status_code, answer.headers.get("Location")) == ((302, setup) if needed else (200, None))
        assert browser.get(setup).status_code == 200
    settings.CODE_ROLES = ()
    browser.force_login(user(Role.PROGRAMME_OFFICER, on=ward))
    assert browser.get(reverse("directory:units")).status_code == 200


def test_a_role_that_does_not_exist_stops_the_start(settings: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from lantoa.directory.middleware import CodeRequiredMiddleware

    settings.CODE_ROLES = ("adminstrator",)
    with pytest.raises(ImproperlyConfigured, match="LANTOA_CODE_ROLES names no role: adminstrator"):
        CodeRequiredMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
