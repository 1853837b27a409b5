"""Personal links and printed cards."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from factories import BY, user

from lantoa.accounts import actions, throttle
from lantoa.accounts.actions import Issued
from lantoa.accounts.models import PersonalLink, Throttle, User
from lantoa.accounts.queries import running
from lantoa.accounts.rules import PER_ADDRESS, Device, subjects
from lantoa.accounts.sessions import SessionStore
from lantoa.common.keyring import secret
from lantoa.common.refused import Refused
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def learner() -> User:
    return user(full_name="Nguyễn Thị Lan")


def issue(of: User, kind: str = "link", **more: Any) -> Issued:
    return actions.issue_link(by=BY, user=of, kind=kind, at=timezone.now(), **more)


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:change_password")).status_code == 200


def words(response: Any) -> str:
    """The page's text without the csrf tokens, which differ each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|/l/\w+', "", response.content.decode())


def test_opening_a_link_asks_who_one_is_and_signs_nobody_in(learner: User, client: Client) -> None:
    issued = issue(learner)

    response = client.get(f"/l/{issued.token}")

    assert "You are Nguyễn Thị Lan?" in words(response)
    assert (response["X-Robots-Tag"], "no-store" in response["Cache-Control"]) == ("noindex", True)
    assert not is_signed_in(client)
    assert PersonalLink.objects.get().last_used_at is None


def test_the_title_of_a_links_page_names_nobody_so_that_a_preview_does_not(learner: User, client: Client) -> None:
    head = words(client.get(f"/l/{issue(learner).token}")).split("</head>")[0]

    assert "Nguyễn" not in head


def test_the_button_signs_in_and_is_recorded(learner: User, client: Client) -> None:
    issued = issue(learner)

    response = client.post(f"/l/{issued.token}")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert PersonalLink.objects.get().last_used_at is not None
    line = Entry.objects.latest("id")
    assert (line.actor, line.act, line.about) == (
        f"user:{learner.key}",
        "accounts.signed_in",
        {"way": "link", "link": issued.link.key},
    )


def test_only_the_hash_of_a_token_is_kept(learner: User) -> None:
    issued = issue(learner)

    row = PersonalLink.objects.values().get()
    assert len(bytes(row["token_hash"])) == 32
    assert [value for value in row.values() if issued.token in str(value)] == []


def test_a_link_that_is_unknown_revoked_expired_or_of_a_closed_account_says_the_same_to_a_stranger(
    learner: User, client: Client
) -> None:
    now = timezone.now()
    revoked, expired, closed = (issue(user()) for _ in range(3))
    actions.revoke_links(by=BY, user=revoked.link.user, at=now)
    PersonalLink.objects.filter(pk=expired.link.pk).update(expires_at=now)
    actions.deactivate(by=BY, user=closed.link.user)
    tokens = ["0" * 26, revoked.token, expired.token, closed.token]

    gotten = [client.get(f"/l/{token}") for token in tokens]
    posted = [client.post(f"/l/{token}") for token in tokens]

    assert {response.status_code for response in (*gotten, *posted)} == {404}
    assert len({words(response) for response in (*gotten, *posted)}) == 1
    assert "this link no longer opens anything. Ask the coordinator of your unit" in words(gotten[0])
    assert not is_signed_in(client)


def test_a_revoked_link_ends_the_sessions_it_began_at_once(learner: User, client: Client) -> None:
    client.post(f"/l/{issue(learner).token}")
    assert is_signed_in(client)

    revoked = actions.revoke_links(by=BY, user=learner, at=timezone.now())

    assert revoked == 1
    assert not is_signed_in(client)


def test_revoking_where_nothing_stands_ends_no_session(learner: User, client: Client) -> None:
    client.force_login(learner)

    assert actions.revoke_links(by=BY, user=learner, at=timezone.now()) == 0
    assert is_signed_in(client)


def test_a_new_link_takes_the_place_of_the_old_one(learner: User, client: Client) -> None:
    old = issue(learner)
    client.post(f"/l/{old.token}")

    new = issue(learner)

    assert not is_signed_in(client)
    assert client.post(f"/l/{old.token}").status_code == 404
    assert client.post(f"/l/{new.token}").status_code == 302
    assert list(running(timezone.now()).filter(user=learner)) == [new.link]
    assert Entry.objects.filter(act="accounts.link_issued").latest("id").about == {
        "link": new.link.key,
        "kind": "link",
        "revoked": [old.link.key],
    }


def test_a_card_and_a_link_stand_side_by_side(learner: User, client: Client) -> None:
    link, card = issue(learner), issue(learner, "card")

    assert client.post(f"/l/{link.token}").status_code == 302
    assert client.post(f"/l/{card.token}").status_code == 302


def test_a_session_does_not_outlive_its_link(learner: User, client: Client) -> None:
    issued = issue(learner, expires_at=timezone.now() + timedelta(minutes=10))

    client.post(f"/l/{issued.token}")

    assert 590 <= client.session.get_expiry_age() <= 600


def test_a_session_by_link_costs_no_more_queries_than_any_other(learner: User, client: Client) -> None:
    by_link, other = client, Client()
    by_link.post(f"/l/{issue(learner).token}")
    other.force_login(learner)

    counts = []
    for each in (by_link, other):
        with CaptureQueriesContext(connection) as queries:
            each.get("/password/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_somebody_elses_session_on_the_device_is_ended_and_one_is_told(learner: User, client: Client) -> None:
    client.force_login(user(full_name="Trần Văn Bình"))
    token = issue(learner).token

    asked = words(client.get(f"/l/{token}"))
    client.post(f"/l/{token}")

    assert "On this device Trần Văn Bình is signed in, and will be signed out." in asked
    assert client.session["_auth_user_id"] == str(learner.pk)


def test_no_link_is_issued_for_a_closed_account(learner: User) -> None:
    actions.deactivate(by=BY, user=learner)

    with pytest.raises(Refused) as refusal:
        issue(learner)

    assert str(refusal.value) == (
        f"Cannot issue a link for Nguyễn Thị Lan: the account “{learner.username}” is closed."
    )


def test_no_link_is_issued_that_has_expired_already(learner: User) -> None:
    with pytest.raises(Refused) as refusal:
        issue(learner, expires_at=timezone.now() - timedelta(seconds=1))

    assert str(refusal.value) == ("Cannot issue a link for Nguyễn Thị Lan: it would have expired before it is made.")


def test_the_cards_of_a_class_are_issued_all_or_none() -> None:
    open_one, closed = user(), user(is_active=False)

    with pytest.raises(Refused):
        actions.issue_links(by=BY, users=[open_one, closed], kind="card", at=timezone.now())

    assert PersonalLink.objects.count() == 0


def test_a_card_signs_in_by_its_code_however_it_is_typed(learner: User, client: Client) -> None:
    card = issue(learner, "card")
    written = card.code.upper().replace("0", "O").replace("1", "l").replace("-", "  ")

    response = client.post("/card/", {"code": written})

    assert response["Location"] == "/"
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "Enter the code of your card"),
        ("k7m2-9qxd", "The code must have 16 letters and digits; this one has 8"),
        (
            "k7m2-9qxd-04hn-w3pz",
            "Cannot sign in: no card has this code, or it no longer counts. Compare it letter by letter with"
            " the card, or ask the coordinator of your unit for a new one.",
        ),
    ],
)
def test_a_wrong_code_is_told_what_is_wrong(code: str, says: str, client: Client) -> None:
    assert client.post("/card/", {"code": code}).context["form"].errors == {"code": [says]}


def test_wrong_codes_from_one_address_are_limited(client: Client) -> None:
    counted = subjects(secret("throttle"), device=Device(), address="203.0.113.7")
    for _ in range(PER_ADDRESS.tries):
        throttle.count(counted, at=timezone.now())

    response = client.post("/card/", {"code": "k7m2-9qxd-04hn-w3pz"}, REMOTE_ADDR="203.0.113.7")

    assert response.context["form"].errors["code"][0].startswith("Too many tries have failed: try again after ")


def test_forty_phones_behind_one_address_sign_in_by_their_links_within_two_minutes() -> None:
    """The hall's address has used up its failures already, by somebody else's doing: that changes nothing."""
    counted = subjects(secret("throttle"), device=Device(), address="203.0.113.7")
    for _ in range(PER_ADDRESS.tries):
        throttle.count(counted, at=timezone.now())
    learners = [user() for _ in range(40)]
    cards = actions.issue_links(by=BY, users=learners, kind="card", at=timezone.now())
    begin = timezone.now()

    phones = [Client(REMOTE_ADDR="203.0.113.7") for _ in learners]
    for phone, card in zip(phones, cards, strict=True):
        assert phone.get(f"/l/{card.token}").status_code == 200
        assert phone.post(f"/l/{card.token}").status_code == 302

    assert all(is_signed_in(phone) for phone in phones)
    assert timezone.now() - begin < timedelta(minutes=2)
    assert Throttle.objects.count() == 1


def test_a_sign_in_writes_its_session_once(learner: User, client: Client) -> None:
    issued = issue(learner)

    with CaptureQueriesContext(connection) as seen:
        client.post(f"/l/{issued.token}")

    written = [one["sql"].split()[0] for one in seen.captured_queries if "django_session" in one["sql"]]
    assert (written, is_signed_in(client)) == (["INSERT"], True)


def test_a_session_that_was_ended_meanwhile_is_not_written_again(learner: User, client: Client) -> None:
    client.force_login(learner)
    session = client.session
    session["something"] = 1

    client.session.flush()
    with pytest.raises(UpdateError):
        session.save()

    assert not is_signed_in(client)


def test_a_session_without_a_key_is_written_with_what_it_holds() -> None:
    session = SessionStore()
    session["way"] = "link"
    session.save()

    assert SessionStore(session.session_key)["way"] == "link"
