"""Sign-in by OpenID Connect against a provider on loopback: what it lets in, and all that it does not."""

import base64
import hashlib
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from accounts.fake_provider import CLIENT, SECRET, Provider, provider
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import BY, user
from joserfc.jwk import RSAKey

from lantoa.accounts.actions import deactivate
from lantoa.accounts.actions.openid import bind_identity, unbind_identity
from lantoa.accounts.models import Identity, User
from lantoa.common.refused import Refused
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db

NOT_VERIFIED = "Cannot sign in with Cổng thử: its answer could not be verified. Try again."
NOT_BOUND = (
    "Cannot sign in with Cổng thử: no account here is bound to this identity. Sign in with your password, or ask"
    " your administrator to bind it."
)


@pytest.fixture
def fake(settings: Any) -> Iterator[Provider]:
    with provider() as server:
        settings.OPENID = {
            "issuer": server.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "name": "Cổng thử",
        }
        yield server


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def bound(server: Provider, who: User | None = None) -> User:
    who = who or user()
    bind_identity(by=BY, user=who, issuer=server.issuer, subject="sub-1", at=timezone.now())
    return who


def asked(browser: Client) -> dict[str, str]:
    """What the browser takes to the provider."""
    answer = browser.get(reverse("accounts:openid"))
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def come_back(browser: Client, server: Provider, *, state: str | None = None, **claims: Any) -> Any:
    """Goes to the provider and comes back with a code; its token says `claims` too."""
    took = asked(browser)
    server.claims = {"nonce": took["nonce"], **claims}
    return browser.get(reverse("accounts:openid_back"), {"code": "c", "state": state or took["state"]})


def who_is_in(browser: Client) -> str:
    return browser.session.get("_auth_user_id", "")


def test_a_bound_subject_opens_its_account_with_state_nonce_and_pkce(browser: Client, fake: Provider) -> None:
    who = bound(fake)
    took = asked(browser)
    fake.claims = {"nonce": took["nonce"]}
    answer = browser.get(reverse("accounts:openid_back"), {"code": "c", "state": took["state"]})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("web:home"))
    assert who_is_in(browser) == str(who.pk)
    assert (took["scope"], took["code_challenge_method"], took["client_id"]) == (
        "openid email profile",
        "S256",
        CLIENT,
    )
    digest = hashlib.sha256(fake.asked["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == took["code_challenge"]
    assert Entry.objects.get(act="accounts.signed_in").about == {"way": "openid"}
    assert not who.grants.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 600},
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another"},
        {"aud": ["another"], "azp": CLIENT},
        {"sub": ""},
    ],
    ids=["wrong nonce", "no nonce", "expired", "wrong issuer", "wrong audience", "other audience", "no subject"],
)
def test_a_token_that_is_not_for_us_now_lets_nobody_in(
    claims: dict[str, Any], browser: Client, fake: Provider
) -> None:
    bound(fake)
    answer = come_back(browser, fake, **claims)
    assert (answer.status_code, answer.context["reason"], who_is_in(browser)) == (403, NOT_VERIFIED, "")


def test_a_token_signed_by_somebody_else_lets_nobody_in(browser: Client, fake: Provider) -> None:
    bound(fake)
    fake.signs_with = RSAKey.generate_key(2048, parameters={"kid": "one"})
    answer = come_back(browser, fake)
    assert (answer.context["reason"], who_is_in(browser)) == (NOT_VERIFIED, "")


def test_a_discovery_document_of_another_issuer_lets_nobody_in(browser: Client, fake: Provider) -> None:
    bound(fake)
    fake.named = "https://elsewhere.example"
    answer = come_back(browser, fake)
    assert (answer.context["reason"], who_is_in(browser)) == (NOT_VERIFIED, "")


def test_a_state_that_was_not_given_out_here_lets_nobody_in(browser: Client, fake: Provider) -> None:
    bound(fake)
    assert come_back(browser, fake, state="another").context["reason"] == NOT_VERIFIED
    assert come_back(Client(), fake).status_code == 302  # its own browser
    took = asked(browser)
    fake.claims = {"nonce": took["nonce"]}
    stranger = Client()
    stranger.get(reverse("accounts:openid_back"), {"code": "c", "state": took["state"]})
    assert who_is_in(stranger) == ""


def test_an_answer_counts_once(browser: Client, fake: Provider) -> None:
    bound(fake)
    took = asked(browser)
    fake.claims = {"nonce": took["nonce"]}
    address = reverse("accounts:openid_back")
    assert browser.get(address, {"code": "c", "state": took["state"]}).status_code == 302
    browser.post(reverse("accounts:sign_out"))
    assert browser.get(address, {"code": "c", "state": took["state"]}).status_code == 403
    assert who_is_in(browser) == ""


def test_an_unverified_address_binds_nothing(browser: Client, fake: Provider) -> None:
    user(email="lan@x.vn")
    for verified in (False, None, "true"):
        answer = come_back(browser, fake, email="lan@x.vn", email_verified=verified)
        assert (answer.status_code, answer.context["reason"]) == (403, NOT_BOUND)
    assert (Identity.objects.count(), who_is_in(browser)) == (0, "")


def test_a_verified_address_binds_after_one_confirmation(browser: Client, fake: Provider) -> None:
    who = user(email="Lan@x.vn")
    answer = come_back(browser, fake, email="lan@x.vn", email_verified=True)
    assert answer.headers["Location"] == reverse("accounts:openid_bind")
    assert (Identity.objects.count(), who_is_in(browser)) == (0, "")
    assert who.username in browser.get(answer.headers["Location"]).text
    browser.post(answer.headers["Location"])
    assert who_is_in(browser) == str(who.pk)
    made = Identity.objects.get()
    assert (made.user, made.subject, made.bound_by) == (who, "sub-1", who.actor_key)
    browser.post(reverse("accounts:sign_out"))
    assert come_back(browser, fake).status_code == 302
    assert who_is_in(browser) == str(who.pk)


def test_an_address_of_two_accounts_of_a_closed_one_or_of_a_bound_one_binds_nothing(
    browser: Client, fake: Provider
) -> None:
    for _ in range(2):
        user(email="hai@x.vn")
    user(email="dong@x.vn", is_active=False)
    user(email="minh-hoa@x.vn", is_demonstration=True)
    other = user(email="khac@x.vn")
    bind_identity(by=BY, user=other, issuer=fake.issuer, subject="sub-2", at=timezone.now())
    for address in ("hai@x.vn", "dong@x.vn", "minh-hoa@x.vn", "khac@x.vn", "la@x.vn"):
        answer = come_back(browser, fake, email=address, email_verified=True)
        assert answer.context["reason"] == NOT_BOUND
    assert Identity.objects.count() == 1


def test_a_closed_account_is_not_opened(browser: Client, fake: Provider) -> None:
    deactivate(by=BY, user=bound(fake))
    answer = come_back(browser, fake)
    assert answer.context["reason"] == "Cannot sign in: your account is closed. Ask your administrator."
    assert who_is_in(browser) == ""


def test_a_provider_that_refuses_or_does_not_answer_is_said(browser: Client, fake: Provider, settings: Any) -> None:
    took = asked(browser)
    answer = browser.get(reverse("accounts:openid_back"), {"error": "access_denied", "state": took["state"]})
    assert answer.context["reason"] == "Cannot sign in with Cổng thử: it was cancelled there, or it refused."
    settings.OPENID = {**settings.OPENID, "issuer": "http://127.0.0.1:9"}
    assert browser.get(reverse("accounts:openid")).context["reason"] == NOT_VERIFIED


def test_without_settings_there_is_no_such_way_in(browser: Client, settings: Any) -> None:
    assert settings.OPENID is None
    names = ("openid", "openid_back", "openid_bind")
    assert [browser.get(reverse(f"accounts:{name}")).status_code for name in names] == [404, 404, 404]
    assert "openid" not in browser.get(reverse("accounts:sign_in")).text


def test_the_sign_in_page_offers_it_and_it_leads_on_to_where_one_wanted_to_go(
    browser: Client, fake: Provider
) -> None:
    bound(fake)
    page = browser.get(reverse("accounts:sign_in"), {"next": "/units/"})
    assert "Sign in with Cổng thử" in page.text
    for wanted, led in (("/units/", "/units/"), ("https://evil.example/", "/")):
        answer = browser.get(reverse("accounts:openid"), {"next": wanted})
        took = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
        fake.claims = {"nonce": took["nonce"]}
        back = browser.get(reverse("accounts:openid_back"), {"code": "c", "state": took["state"]})
        assert back.headers["Location"] == led


def test_what_cannot_be_bound_is_refused_in_words(fake: Provider) -> None:
    who, other = bound(fake), user()
    said = []
    for account, subject in ((other, "sub-1"), (who, "sub-3"), (user(is_active=False), "sub-4")):
        with pytest.raises(Refused) as refused:
            bind_identity(by=BY, user=account, issuer=fake.issuer, subject=subject, at=timezone.now())
        said.append(str(refused.value).partition(": ")[2])
    assert said == [
        "the identity opens another account, or the account is bound already. Take that back first.",
        "the identity opens another account, or the account is bound already. Take that back first.",
        "it is closed or a demonstration's.",
    ]
    assert bind_identity(by=BY, user=who, issuer=fake.issuer, subject="sub-1", at=timezone.now()).user == who
    unbind_identity(by=BY, identity=who.identities.get())
    assert bound(fake, other) == other
