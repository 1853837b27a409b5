"""The token itself: for a system that wants to know whether it is let in, and how far."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from lantoa.api.rules.shapes import Key, Says
from lantoa.api.views.calling import Call
from lantoa.api.views.operations import ANY_TOKEN, get
from lantoa.common.refused import N_


@dataclass(frozen=True)
class TokenSeen:
    """A token as its holder sees it."""

    key: Key
    name: str
    unit: Annotated[Key, Says(N_("The unit it reaches, with everything under it."))]
    scopes: Annotated[tuple[str, ...], Says(N_("The permissions it has there."))]
    calls_a_minute: int
    expires_at: datetime


@get("token", needs=ANY_TOKEN, says=N_("The token that asks: what it allows, where, until when"))
def show_token(call: Call) -> TokenSeen:
    """Answers for every token that counts."""
    token = call.token
    return TokenSeen(
        token.key, token.name, token.unit.key, tuple(token.scopes), token.calls_a_minute, token.expires_at
    )
