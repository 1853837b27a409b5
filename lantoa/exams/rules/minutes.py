"""What the minutes of a room hold, how they are written down to be signed, and what has changed since."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

NUMBERS: Final = ("listed", "present", "absent", "handed_in", "not_handed_in", "checked", "late", "odd")


def written(content: Mapping[str, Any]) -> bytes:
    """The one way to write the content as bytes: what is signed."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(content: Mapping[str, Any]) -> str:
    """The hash that whoever signs, signs; it stands in the ledger and on the paper."""
    return hashlib.sha256(written(content)).hexdigest()


def text_mark(text: str) -> str:
    """How the minutes hold the words of a remark, which erasure may empty: by their hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def changed(signed: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """The numbers that are other than they were signed: (name, signed, now). Answers may come later."""
    return [(name, signed[name], now[name]) for name in NUMBERS if signed[name] != now[name]]
