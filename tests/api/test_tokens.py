"""Tokens: what may be issued, by whom, how long it counts, and that only its hash is kept."""

from datetime import timedelta
from typing import Any

import factories
import pytest
from api.caller import System, system
from django.db import IntegrityError, transaction
from django.utils import timezone
from house.world import World

from lantoa.api.actions.tokens import issue_token, revoke_token
from lantoa.api.models import Token
from lantoa.common.refused import Refused
from lantoa.directory.models import Role
from lantoa.ledger.models import Entry
from lantoa.office.queries.people import names_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MONTH = NOW + timedelta(days=30)


def issue(world: World, **options: Any) -> Any:
    said = {
        "by": factories.BY, "name": "Nhân sự", "unit": world.own_province, "scopes": ["programmes.view"],
        "expires_at": MONTH, "at": NOW,
    }  # fmt: skip
    return issue_token(**{**said, **options})  # type: ignore[arg-type]


def test_a_token_is_kept_as_a_hash_only(world: World) -> None:
    issued = issue(world)
    row = Token.objects.values().get()
    assert issued.text.startswith("lantoa_") and len(issued.text) == 39
    assert issued.text[7:] not in str({name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()})
    assert row["begins"] == issued.text[:11]


def test_issuing_and_revoking_stand_in_the_ledger(world: World) -> None:
    token = issue(world).token
    revoke_token(by=factories.BY, token=token, at=NOW)
    revoke_token(by=factories.BY, token=token, at=NOW)
    acts = list(Entry.objects.filter(thing=f"api.token:{token.key}").order_by("id").values_list("act", flat=True))
    assert acts == ["api.issue_token", "api.revoke_token"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"scopes": ["ledger.view"]},
            "Cannot issue the token “Nhân sự”: no token may have the permission ledger.view.",
        ),
        ({"scopes": []}, "Cannot issue a token: it needs a name and at least one permission."),
        ({"name": " "}, "Cannot issue a token: it needs a name and at least one permission."),
        (
            {"expires_at": NOW + timedelta(days=367)},
            "Cannot issue the token “Nhân sự”: it must expire within 366 days, and not before today.",
        ),
        (
            {"expires_at": NOW},
            "Cannot issue the token “Nhân sự”: it must expire within 366 days, and not before today.",
        ),
        (
            {"calls_a_minute": 0},
            "Cannot issue the token “Nhân sự”: it may make 1 to 100000 calls a minute, not 0.",
        ),
    ],
)
def test_what_no_token_may_be_is_refused(world: World, options: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refused:
        issue(world, **options)
    assert str(refused.value) == words


def test_a_unit_has_one_running_token_of_a_name(world: World) -> None:
    first = issue(world).token
    with pytest.raises(Refused) as refused:
        issue(world)
    assert (
        str(refused.value) == "Cannot issue the token “Nhân sự”: this unit has a token of this name. Revoke it first."
    )
    revoke_token(by=factories.BY, token=first, at=NOW)
    assert issue(world).token.name == "Nhân sự"


def test_nobody_gives_away_more_than_they_may_do(world: World) -> None:
    coordinator = factories.user(Role.UNIT_COORDINATOR, on=world.own_province)
    with pytest.raises(Refused) as refused:
        issue(world, by=coordinator, scopes=["training.manage"])
    assert str(refused.value) == (
        "Cannot issue the token “Nhân sự”: it would allow training.manage, which you may not do there."
    )
    with pytest.raises(Refused):
        issue(world, by=coordinator, unit=world.other_province)
    assert issue(world, by=coordinator, scopes=["directory.view_people"]).token.scopes == ["directory.view_people"]


def test_the_database_keeps_a_token_from_expiring_before_it_is_made(world: World) -> None:
    token = issue(world).token
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.filter(pk=token.pk).update(expires_at=NOW - timedelta(days=1))


def test_a_token_is_called_by_its_name(world: World) -> None:
    token = issue(world).token
    assert names_of([token.actor_key, "machine:walk", "token:gone"]) == {
        token.actor_key: "Nhân sự",
        "machine:walk": "walk",
        "token:gone": "token:gone",
    }


# ---- at the door


def test_a_token_that_counts_is_let_in_and_noted(hr: System) -> None:
    seen = hr.read("token")
    hr.token.refresh_from_db()
    assert (seen["name"], seen["unit"]) == (hr.token.name, hr.token.unit.key)
    assert hr.token.last_used_at is not None


def test_without_a_token_that_counts_nobody_is_let_in(hr: System, world: World) -> None:
    revoked, expired = system(world.own_province), system(world.own_province)
    revoke_token(by=factories.BY, token=revoked.token, at=timezone.now())
    past = {"made_at": NOW - timedelta(days=9), "expires_at": NOW - timedelta(seconds=1)}
    Token.objects.filter(pk=expired.token.pk).update(**past)
    texts = [
        "",
        "Basic abc",
        "Bearer",
        "Bearer lantoa_" + "0" * 32,
        f"Bearer {revoked.text}",
        f"Bearer {expired.text}",
    ]
    answers = [hr.call("GET", "token", authorization=text) for text in texts]
    assert [answer.status_code for answer in answers] == [401] * 6
    assert {answer["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert len({answer.content for answer in answers}) == 1


def test_a_session_is_no_token(world: World, hr: System) -> None:
    hr.client.force_login(factories.user(Role.ADMINISTRATOR, on=world.country))
    answers = [hr.call("GET", "people", authorization=""), hr.call("POST", "people", {}, authorization="")]
    assert [answer.status_code for answer in answers] == [401, 401]


def test_a_token_without_the_permission_is_told_which_one_it_lacks(world: World) -> None:
    reader = system(world.own_province, "programmes.view")
    answer = reader.call("GET", "people")
    assert (answer.status_code, answer.json()["detail"]) == (403, "It needs the permission directory.view_people.")


def test_more_calls_than_the_token_may_make_are_told_when_to_come_back(world: World) -> None:
    slow = system(world.own_province, calls_a_minute=2)
    answers = [slow.call("GET", "token") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    Token.objects.update(minute_began_at=timezone.now() - timedelta(seconds=61))
    assert slow.call("GET", "token").status_code == 200
