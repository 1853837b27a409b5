"""How a line of the ledger is written down and marked, how a batch is sealed, and what can be wrong."""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from lantoa.common.refused import N_

MARK_BYTES = 32
LOOK_AGAIN = timedelta(minutes=10)  # the same look within this time is one look: a reload, a step back
LOOKS_SETTLE = timedelta(hours=1)  # a day's looks are sealed when it has been over for so long
LOOKS_SEALED, LOOKS_FORGOTTEN = "ledger.seal_looks", "ledger.forget_looks"  # acts


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


@dataclass(frozen=True)
class Named:
    """Somebody who was signed in when their page was given a ticket: the ticket says who."""

    actor_key: str


def plain(value: Any, *, where: str = "about") -> Any:
    """The value as it will come back from the database: text in NFC, whole numbers, yes and no, nothing, and
    lists and dicts of them.

    Raises TypeError or ValueError, naming the place, for what would not come back the same: fractions, days and
    moments (write them as text), bytes, text that no database keeps.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return _plain_text(value, where)
    if isinstance(value, list | tuple):
        return [plain(item, where=f"{where}[{at}]") for at, item in enumerate(value)]
    if isinstance(value, dict):
        return _plain_dict(value, where)
    raise TypeError(
        f"{where} is a {type(value).__name__} ({value!r}): the ledger keeps text, whole numbers, yes or no,"
        " nothing, and lists and dicts of them; write anything else as text"
    )


def _plain_text(value: str, where: str) -> str:
    text = unicodedata.normalize("NFC", str(value))
    if "\0" in text or not _encodes(text):
        raise ValueError(f"{where} holds a character that the database cannot keep: {text!r}")
    return text


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain_dict(value: dict[Any, Any], where: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, item in value.items():
        if not isinstance(name, str):
            raise TypeError(f"{where} has the key {name!r}: keys in the ledger are text")
        key = _plain_text(name, where)
        if key in made:
            raise ValueError(f"{where} has the key {key!r} twice")
        made[key] = plain(item, where=f"{where}.{key}")
    return made


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(*, key: str, at: str, actor: str, act: str, thing: str, about: dict[str, Any]) -> bytes:
    """The one way to write a line as bytes; `at` is ISO 8601 in UTC with microseconds."""
    return _CANONICAL([key, at, actor, act, thing, about]).encode(errors="surrogatepass")


def mark(secret: bytes, line: bytes) -> bytes:
    """The mark (HMAC-SHA-256) that only the installation can put on a line."""
    return hmac.digest(secret, line, "sha256")


def seal_mark(secret: bytes, *, number: int, previous: bytes, lines: Iterable[tuple[int, bytes]]) -> bytes:
    """The mark over a batch: its number, the seal before it and the (id, mark) of each line in it."""
    digest = hashlib.sha256(previous)
    digest.update(number.to_bytes(8, "big"))
    for line_id, line_mark in lines:
        digest.update(line_id.to_bytes(8, "big", signed=True))
        digest.update(line_mark)
    return hmac.digest(secret, digest.digest(), "sha256")


def look_mark(
    secret: bytes, *, at: datetime, actor: str, page: str, whom: str, part: int, people: int | None
) -> bytes:
    """The mark on a look, which only the installation can make."""
    line = ["look", at.astimezone(UTC).isoformat(timespec="microseconds"), actor, page, whom, part, people]
    return mark(secret, json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode())


def day_mark(secret: bytes, marks: Iterable[bytes]) -> tuple[int, str]:
    """How many looks a day had, and one mark over all of them in their order: what the ledger keeps of the day."""
    digest, count = hashlib.sha256(), 0
    for one in marks:
        digest.update(one)
        count += 1
    return count, hmac.digest(secret, b"looks" + count.to_bytes(8, "big") + digest.digest(), "sha256").hex()


def marks_of(marks: bytes) -> list[bytes]:
    """The single marks of a seal's `marks`."""
    return [marks[at : at + MARK_BYTES] for at in range(0, len(marks), MARK_BYTES)]


@dataclass(frozen=True)
class Head:
    """What is remembered beside the database of the last seal: so a cut tail is noticed."""

    number: int
    mark: bytes

    def text(self) -> str:
        """The one line of the file."""
        return f"{self.number} {self.mark.hex()}\n"

    @classmethod
    def read(cls, text: str) -> "Head":
        """From the file's line. Raises ValueError when it is none."""
        number, mark_hex = text.split()
        return cls(int(number), bytes.fromhex(mark_hex))


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: what kind, at which line or seal, and a sentence with its values."""

    kind: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values


@dataclass
class Report:
    """What a check of the ledger found. `faults` holds the first ones, `found` counts all of them."""

    lines: int = 0
    seals: int = 0
    unsealed: int = 0
    looks: int = 0
    found: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.found == 0


EDITED = N_(
    "Line %(line)d was edited: %(act)s of %(thing)s by %(actor)s at %(at)s"
    " is not what was written down (key %(key)s)."
)
MOVED = N_(
    "Line %(line)d was exchanged: it now reads %(act)s of %(thing)s by %(actor)s at %(at)s (key %(key)s),"
    " a genuine line but not the one that seal %(seal)d holds here."
)
DELETED = N_("Line %(line)d was deleted: seal %(seal)d holds it, made at %(sealed_at)s.")
INSERTED = N_(
    "Line %(line)d was inserted: %(act)s of %(thing)s by %(actor)s at %(at)s (key %(key)s)"
    " says it is in seal %(seal)d, which does not hold it."
)
UNSEALED_WRONG = N_(
    "Line %(line)d was inserted or edited: %(act)s of %(thing)s by %(actor)s at %(at)s (key %(key)s)"
    " is not sealed yet and its mark is wrong."
)
OUT_OF_SEAL = N_("Line %(line)d was taken out of its seal: seal %(seal)d holds it, the line itself says %(says)s.")
ORPHANED = N_("%(count)d lines from line %(line)d on say they are in seal %(seal)d, which is not there.")
SEAL_EDITED = N_("Seal %(seal)d, made at %(sealed_at)s, was edited: its mark does not fit its lines.")
SEALS_MISSING = N_(
    "Seals %(first)d to %(last)d are missing; the lines they held may be gone, and the mark of seal %(seal)d after"
    " them cannot be checked."
)
TAIL_CUT = N_(
    "The end was cut off: seal %(head)d was made, but the last one in the database is %(last)d."
    " After restoring an older backup on purpose, run: lantoa verify-ledger --accept-restore"
)
HEAD_DIFFERS = N_("Seal %(head)d was replaced: its mark is not the one remembered in %(file)s.")
HEAD_MISSING = N_("The file %(file)s, which remembers the last seal, is missing or cannot be read.")
LOOK_EDITED = N_(
    "Look %(line)d was inserted or edited: %(actor)s at %(whom)s on %(page)s, %(at)s; its mark is wrong."
)
LOOKS_DIFFER = N_(
    "The looks of %(day)s are not those of that day: %(sealed)d were sealed, %(found)d are there"
    " (a look was deleted, inserted or exchanged)."
)
