"""How a line of the ledger is written down and marked, and how a batch of lines is sealed."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol


class Actor(Protocol):
    """Whoever acts: a signed-in user, or a machine under a name of its own."""

    @property
    def actor_key(self) -> str: ...


@dataclass(frozen=True)
class Machine:
    """A command or a job that acts without a person, e.g. `Machine("import-units")`."""

    name: str

    @property
    def actor_key(self) -> str:
        return f"machine:{self.name}"


def canonical(*, key: str, at: str, actor: str, act: str, thing: str, about: dict[str, Any]) -> bytes:
    """The one way to write a line as bytes; `at` is ISO 8601 in UTC with microseconds."""
    line = [key, at, actor, act, thing, about]
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def mark(secret: bytes, line: bytes) -> bytes:
    """The mark (HMAC-SHA-256) that only the installation can put on a line."""
    return hmac.digest(secret, line, "sha256")


def seal_mark(secret: bytes, *, number: int, previous: bytes, lines: Iterable[tuple[int, bytes]]) -> bytes:
    """The mark over a batch: its number, the seal before it and the (id, mark) of each line in it."""
    digest = hashlib.sha256(previous)
    digest.update(number.to_bytes(8, "big"))
    for line_id, line_mark in lines:
        digest.update(line_id.to_bytes(8, "big"))
        digest.update(line_mark)
    return hmac.digest(secret, digest.digest(), "sha256")
