"""The rotating code, and how much of a gathering someone attended."""

import hashlib
import hmac
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

CODE_DIGITS = 6
GRACE = timedelta(minutes=15)  # whoever comes this late was still there for all of it


def code_at(secret: bytes, moment: datetime, seconds: int) -> str:
    """The six digits shown on the wall at that moment; they change every `seconds` (after RFC 6238)."""
    return _digits(bytes(secret), int(moment.timestamp()) // seconds)


@lru_cache(maxsize=8192)
def _digits(secret: bytes, slot: int) -> str:
    digest = hmac.digest(secret, slot.to_bytes(8, "big"), hashlib.sha256)
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def code_fits(secret: bytes, digits: str, moment: datetime, seconds: int) -> bool:
    """Whether the digits are on the wall at that moment, or were until just now: the code before the present one
    counts too, for slow hands and slow lines. A photograph sent on is worth nothing after two changes."""
    said = "".join(filter(str.isascii, filter(str.isdigit, digits)))
    return any(
        hmac.compare_digest(said, code_at(secret, moment - timedelta(seconds=back), seconds)) for back in (0, seconds)
    )


def share_attended(arrived: datetime, starts: datetime, ends: datetime) -> Decimal:
    """The share of the gathering (0.01 to 1) for someone who arrived then and stayed."""
    if arrived <= starts + GRACE:
        return Decimal(1)
    left = max((ends - arrived) / (ends - starts), 0.0)
    return max(Decimal(left).quantize(Decimal("0.01"), ROUND_HALF_UP), Decimal("0.01"))
