"""Signed tickets, and the bodies that devices send with them: pure functions, for the hot paths (decision 0024).

A page of somebody who is signed in gives a ticket to their device: the same right, without a session looked up for
each request. What stands in it is said by the room; here it is signed (HMAC-SHA-256, 128 bits) and read.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

SIGNATURE = 32  # hex letters: 128 bits
LONGEST = 300


class Malformed(ValueError):
    """A body that no page of ours has made. The text says which part, for the log of a developer."""


def signed(secret: bytes, said: str) -> str:
    """The words and their signature."""
    return f"{said}.{_signature(secret, said)}"


def read_signed(secret: bytes, shown: str) -> str | None:
    """The words; None when the signature is not ours."""
    said, _dot, signature = shown.rpartition(".")
    fits = hmac.compare_digest(_signature(secret, said).encode(), signature.encode("utf-8", "replace"))
    return said if fits else None


def _signature(secret: bytes, said: str) -> str:
    return hmac.digest(secret, said.encode("utf-8", "replace"), hashlib.sha256).hex()[:SIGNATURE]


def read_object(body: bytes, most: int) -> dict[str, Any]:
    """A JSON object of at most so many bytes. Raises Malformed for anything else."""
    if len(body) > most:
        raise Malformed("size")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("json") from None
    if not isinstance(said, dict):
        raise Malformed("object")
    return said


def ticket_in(said: Mapping[str, Any]) -> str:
    """The ticket that was shown. Raises Malformed when there is none."""
    shown = said.get("ticket")
    if not isinstance(shown, str) or not 0 < len(shown) < LONGEST:
        raise Malformed("ticket")
    return shown
