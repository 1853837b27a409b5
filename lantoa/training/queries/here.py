"""A code that was read on the wall by someone who had yet to sign in."""

from datetime import datetime, timedelta
from typing import Any

SEEN_CODE = "presence.seen_code"  # in the session: the key of the gathering and the moment of reading
SIGN_IN_TIME = timedelta(minutes=10)  # a code read at the door is kept this long for someone who has yet to sign in


def read_at(seen: Any, gathering_key: str, *, now: datetime) -> datetime | None:
    """When the code of that gathering was read, if that is not too long ago."""
    key, moment = seen or ("", "")
    if key != gathering_key:
        return None
    read = datetime.fromisoformat(moment)
    return read if now - read <= SIGN_IN_TIME else None


def awaited(seen: Any, *, now: datetime) -> str:
    """The key of the gathering whose code was read and not yet counted; "" for none."""
    key, _moment = seen or ("", "")
    return key if key and read_at(seen, key, now=now) else ""
