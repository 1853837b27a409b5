"""Issuing, revoking and counting tokens."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lantoa.accounts.models import User
from lantoa.accounts.rules import new_token
from lantoa.api.models import Token
from lantoa.api.rules.scopes import (
    CALLS_A_MINUTE,
    LETTERS,
    LONGEST_DAYS,
    MOST_CALLS_A_MINUTE,
    PREFIX,
    SCOPES,
    SHOWN,
    token_hash,
)
from lantoa.common.keyring import secret
from lantoa.common.refused import N_, Refused
from lantoa.directory.access import may
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

MINUTE = timedelta(minutes=1)
# One statement: the call is counted, and the token noted as used.
COUNT = """
    UPDATE api_token SET
        minute_calls = CASE WHEN minute_began_at > %(before)s THEN minute_calls + 1 ELSE 1 END,
        minute_began_at = CASE WHEN minute_began_at > %(before)s THEN minute_began_at ELSE %(at)s END,
        last_used_at = %(at)s
     WHERE id = %(id)s
    RETURNING minute_calls, minute_began_at
"""


@dataclass(frozen=True)
class IssuedToken:
    """A token just made. `text` is known here and now only: what is kept is its hash."""

    token: Token
    text: str = field(repr=False)


@transaction.atomic
def issue_token(
    *,
    by: Actor,
    name: str,
    unit: Unit,
    scopes: Iterable[str],
    expires_at: datetime,
    at: datetime,
    calls_a_minute: int = CALLS_A_MINUTE,
) -> IssuedToken:
    """A new token for another system, with these permissions on the unit and everything under it.

    Refused for permissions that no token may have or that the giver does not hold there, for an end that is past or
    more than a year away, and for the name of another running token of the unit.
    """
    name, asked = name.strip(), set(scopes)
    wanted = [scope for scope in SCOPES if scope in asked]
    if unknown := asked - set(SCOPES):
        raise Refused(
            N_("Cannot issue the token “%(name)s”: no token may have the permission %(scope)s."),
            name=name,
            scope=min(unknown),
        )
    if not name or not wanted:
        raise Refused(N_("Cannot issue a token: it needs a name and at least one permission."))
    _refuse_more_than_own(by, name, wanted, unit, at)
    if not at < expires_at <= at + timedelta(days=LONGEST_DAYS):
        raise Refused(
            N_("Cannot issue the token “%(name)s”: it must expire within %(days)d days, and not before today."),
            name=name,
            days=LONGEST_DAYS,
        )
    if not 0 < calls_a_minute <= MOST_CALLS_A_MINUTE:
        raise Refused(
            N_("Cannot issue the token “%(name)s”: it may make 1 to %(most)d calls a minute, not %(calls)d."),
            name=name,
            most=MOST_CALLS_A_MINUTE,
            calls=calls_a_minute,
        )
    text = PREFIX + new_token(LETTERS, secrets.choice)
    token = Token(
        name=name[:80],
        unit=unit,
        scopes=wanted,
        token_hash=token_hash(secret("api"), text),
        begins=text[:SHOWN],
        calls_a_minute=calls_a_minute,
        made_at=at,
        made_by=by.actor_key,
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            token.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            N_("Cannot issue the token “%(name)s”: this unit has a token of this name. Revoke it first."), name=name
        ) from error
    about = {"unit": unit.key, "scopes": wanted, "expires": expires_at.isoformat()}
    record(by=by, act="api.issue_token", thing=token, about=about)
    return IssuedToken(token, text)


def _refuse_more_than_own(by: Actor, name: str, scopes: list[str], unit: Unit, at: datetime) -> None:
    """Nobody gives away more than they may do themselves."""
    if not isinstance(by, User):
        return
    for scope in scopes:
        if not may(by, scope, unit, on=timezone.localdate(at)):
            raise Refused(
                N_("Cannot issue the token “%(name)s”: it would allow %(scope)s, which you may not do there."),
                name=name,
                scope=scope,
            )


@transaction.atomic
def revoke_token(*, by: Actor, token: Token, at: datetime) -> Token:
    """From now on the token opens nothing. Revoking twice is revoking once."""
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        record(by=by, act="api.revoke_token", thing=token)
    return token


@dataclass(frozen=True)
class Counted:
    """A call of the running minute: how many are left after it (below 0: one too many), and when it ends."""

    limit: int
    left: int
    ends_at: datetime


def count_call(token: Token, *, at: datetime) -> Counted:
    """Counts a call before it is answered, whatever becomes of it; safe among many processes."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"id": token.pk, "at": at, "before": at - MINUTE})
        calls, began = cursor.fetchone()
    return Counted(token.calls_a_minute, token.calls_a_minute - calls, began + MINUTE)
