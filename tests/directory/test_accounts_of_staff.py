"""The page of an account: its name, open or closed, a lost telephone, who it is for a provider; cards for many."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import person, unit, user

from lantoa.accounts import rules
from lantoa.accounts.actions import codes
from lantoa.accounts.models import PersonalLink, User
from lantoa.accounts.queries import has_codes, user_named
from lantoa.directory.models import Level, Role, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward() -> Unit:
    return unit("Một", under=unit(kind="Quận", level=Level.DISTRICT))


def browser_of(role: str, on: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user(role, on=on))
    return client


def post(client: Client, who: User, **form: str) -> Any:
    return client.post(reverse("directory:account", args=[who.key]), form)


def test_an_administrator_changes_the_username_closes_opens_and_resets(ward: Unit) -> None:
    client, who = browser_of(Role.ADMINISTRATOR, ward), user(Role.UNIT_COORDINATOR, on=ward)
    secret = codes.begin_codes(by=who, at=timezone.now())
    step = rules.step_at(timezone.now().timestamp())
    codes.confirm_codes(by=who, typed=rules.one_time_code(secret, step), at=timezone.now())
    seen = []
    for form in (
        {"act": "rename", "username": "Tran.Ba"},
        {"act": "close"},
        {"act": "open"},
        {"act": "reset_codes"},
    ):
        assert post(client, who, **form).status_code == 302
        who.refresh_from_db()
        seen.append((who.username, who.is_active, has_codes(who)))
    assert seen == [
        ("tran.ba", True, True),
        ("tran.ba", False, True),
        ("tran.ba", True, True),
        ("tran.ba", True, False),
    ]


def test_whoever_is_renamed_stays_signed_in_and_signs_in_by_the_new_name_next_time(ward: Unit) -> None:
    who = user(Role.UNIT_COORDINATOR, on=ward)
    theirs = Client()
    theirs.force_login(who)
    post(browser_of(Role.ADMINISTRATOR, ward), who, act="rename", username="Tran.Ba")
    assert theirs.get(reverse("web:home")).status_code == 200
    assert (user_named("tran.ba"), user_named(who.username)) == (who, None)


def test_what_cannot_be_done_with_an_account_is_said(ward: Unit) -> None:
    client, who = browser_of(Role.ADMINISTRATOR, ward), user(Role.UNIT_COORDINATOR, on=ward)
    taken = user(Role.AUDITOR, on=ward)
    both = user(Role.UNIT_COORDINATOR, on=ward)
    both.grants.create(role=Role.AUDITOR, unit=unit(), since="2020-01-01", granted_by="test")
    me = User.objects.get(grants__role=Role.ADMINISTRATOR)
    said = [
        post(client, who, act="rename", username=taken.username).context["refusal"],
        post(client, both, act="close").context["refusal"],
        post(client, me, act="close").context["refusal"],
        post(client, who, act="reset_codes").context["refusal"],
    ]
    assert said == [
        f"Cannot rename the account “{who.username}”: there is one named “{taken.username}”.",
        f"Cannot change the account “{both.username}”: it may do more than yours.",
        f"Cannot close the account “{me.username}”: nobody else administers its unit.",
        f"Cannot reset the one-time codes of “{who.username}”: the account has none.",
    ]
    assert post(client, user(Role.AUDITOR, on=unit()), act="close").status_code == 404
    assert post(browser_of(Role.UNIT_COORDINATOR, ward), who, act="close").status_code == 404


def test_an_administrator_binds_an_identity_and_takes_it_back(ward: Unit, settings: Any) -> None:
    client, who = browser_of(Role.ADMINISTRATOR, ward), user(Role.UNIT_COORDINATOR, on=ward)
    settings.OPENID = {"issuer": "https://id.example", "client_id": "x", "client_secret": "y", "name": "Cổng thử"}
    assert post(client, who, act="bind", subject="").context["subject"].errors != {}
    post(client, who, act="bind", subject="abc-1")
    made = who.identities.get()
    assert (made.issuer, made.subject) == ("https://id.example", "abc-1")
    assert "abc-1" in client.get(reverse("directory:account", args=[who.key])).text
    post(client, who, act="unbind", identity=made.key)
    assert who.identities.count() == 0


def test_cards_and_links_for_many_chosen_people_at_once(ward: Unit) -> None:
    client = browser_of(Role.UNIT_COORDINATOR, ward)
    people = [person(f"Nguyễn {name}", at=ward) for name in ("An", "Bình", "Chi")]
    stranger = person("Lê Xa", at=unit())
    address = reverse("web:unit_cards", args=[ward.key])
    assert client.get(address).status_code == 200
    none = client.post(address, {"kind": "card"})
    assert (none.status_code, none.context["refusal"]) == (409, "Cannot make cards or links: nobody was chosen.")
    made = client.post(address, {"kind": "card", "chosen": [people[0].key, people[2].key, stranger.key]})
    assert [one.full_name for one, _shown in made.context["printed"]] == ["Nguyễn An", "Nguyễn Chi"]
    again = client.post(address, {"kind": "card", "chosen": [people[0].key]})
    assert len(again.context["printed"]) == 1
    links = client.post(address, {"kind": "link", "chosen": [one.key for one in people]})
    assert len(links.context["printed"]) == 3
    running = PersonalLink.objects.filter(revoked_at=None)
    assert [running.filter(kind=kind).count() for kind in ("card", "link")] == [2, 3]
    assert all("@" not in one.user.email for one in running)  # none of these accounts has an address
    assert made.headers["Cache-Control"] == "no-store"
