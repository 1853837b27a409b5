"""Files that an exam asks for: what the log says of one. See decision 0035.

The answer is `{"sha256": "…", "size": 12345, "kind": "pdf"}`: the event names the file by its checksum, so that it is
told before the content has made its way, and a content that arrives later is known to be the same.
"""

import re
from typing import Any, Final

from lantoa.exams.rules.content import MOST_MEGABYTES

MOST_FILES: Final = 10  # of one candidate for one question: it may be replaced so often
MB: Final = 1024 * 1024

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def value_of(sha256: str, size: int, kind: str) -> dict[str, Any]:
    """The answer that names this file."""
    return {"sha256": sha256, "size": size, "kind": kind}


def digest_in(answer: Any) -> str:
    """The checksum of the file that an answer names; "" when it names none."""
    said = answer.get("sha256") if isinstance(answer, dict) else None
    return said if isinstance(said, str) and _SHA256.fullmatch(said) else ""


def most_megabytes(asked: int) -> int:
    """How large a file may be, whatever a paper of earlier days says."""
    return min(asked, MOST_MEGABYTES)


def said_of(answer: Any) -> tuple[str, int]:
    """The kind of the file and its size in KB, as whoever announced it said; "" and 0 where that is nonsense."""
    kind, size = (answer.get("kind"), answer.get("size")) if isinstance(answer, dict) else ("", 0)
    known = kind if isinstance(kind, str) and re.fullmatch(r"[a-z0-9]{2,5}", kind, re.ASCII) else ""
    return known, -(-size // 1024) if type(size) is int and 0 < size < 2**40 else 0
