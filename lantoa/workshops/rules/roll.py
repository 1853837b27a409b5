"""What a site may report, read from a device or a form: values in, values out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lantoa.common.refused import N_
from lantoa.common.tickets import Malformed

PRESENT, LATE, FAULT, ABSENT = "present", "late", "fault", "absent"
STATES: Final = {
    PRESENT: N_("present"),
    LATE: N_("late"),
    FAULT: N_("technical fault"),
    ABSENT: N_("absent"),
}
LETTERS: Final = {PRESENT: N_("P|present"), LATE: N_("L|late"), FAULT: N_("F|fault"), ABSENT: N_("A|absent")}
KINDS: Final = {PRESENT: "ok", LATE: "wait", FAULT: "late", ABSENT: "none"}
MOST_PEOPLE: Final = 100_000  # at one site: a stadium
LATEST_MS: Final = 2**43
MOST_ROLLS: Final = 2**15 - 1

_NONCE = re.compile(r"[0-9a-z]{8,26}", re.ASCII)
_KEY = re.compile(r"[0-9a-z]{13}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says of a site."""

    state: str
    people: int | None
    leaders: int = 0
    guests: int = 0
    nonce: str = ""
    tapped_at: datetime | None = None
    roll: int = 0  # the number of the roll call that its page knew; 0: none


def read_report(said: Mapping[str, Any]) -> tuple[str, Report]:
    """The key of the site and the report: `{"site", "state", "people", "leaders", "guests", "nonce", "tapped",
    "roll"}`. Raises Malformed, and nothing else, whatever is said."""
    site, state, nonce = key_in(said, "site"), said.get("state"), said.get("nonce")
    if not isinstance(state, str) or state not in STATES:
        raise Malformed("state")
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise Malformed("nonce")
    people, leaders, guests = (
        _whole(said.get(name, 0), name, MOST_PEOPLE) for name in ("people", "leaders", "guests")
    )
    if leaders + guests > people or (state == ABSENT and people):
        raise Malformed("people")
    tapped = _whole(said.get("tapped", 0), "tapped", LATEST_MS)
    tapped_at = datetime.fromtimestamp(tapped / 1000, UTC) if tapped else None
    roll = _whole(said.get("roll", 0), "roll", MOST_ROLLS)
    return site, Report(state, people, leaders, guests, nonce, tapped_at, roll)


def key_in(said: Mapping[str, Any], name: str) -> str:
    """A key that is said under that name. Raises Malformed."""
    key = said.get(name)
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Malformed(name)
    return key


def _whole(value: Any, name: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise Malformed(name)
    return value


def row(state: str, people: int | None, at: datetime) -> list[Any]:
    """A site as the board is told of it: state, people, when (milliseconds since 1970)."""
    return [state, people, round(at.timestamp() * 1000)]
