"""Tokens: whose is this, where does it reach, what are they called."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from lantoa.api.models import Token
from lantoa.api.rules.scopes import PREFIX, token_hash
from lantoa.common.keyring import secret
from lantoa.directory.access import Granted
from lantoa.directory.models import Level, Placement, UnitQuerySet


def token_of(text: str, *, at: datetime) -> Token | None:
    """The token that this text is at that moment; None alike for one unknown, revoked or expired."""
    if not text.startswith(PREFIX):
        return None
    found = Token.objects.select_related("unit").filter(token_hash=token_hash(secret("api"), text))
    return found.filter(revoked_at=None, expires_at__gt=at).first()


def granted_to(token: Token, permission: str) -> Granted:
    """Where the token holds the permission: on its unit, and if that is the country, everywhere."""
    if permission not in token.scopes:
        return Granted([], False)
    country = Placement.objects.filter(unit=token.unit_id, level=Level.COUNTRY).exists()
    return Granted([token.unit_id], country)


def tokens_in(units: UnitQuerySet) -> "QuerySet[Token]":
    """The tokens of these units, those that run first, the newest first."""
    return Token.objects.filter(unit__in=units).select_related("unit").order_by("-revoked_at", "-id")


def names_of_tokens(keys: Iterable[str]) -> dict[str, str]:
    """The names of tokens by their keys. One query."""
    return dict(Token.objects.filter(key__in=list(keys)).values_list("key", "name"))
