"""The rules of notices: templates and their places, quiet hours, digests, trying again, what an answer means."""

import datetime
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from lantoa.common.refused import N_, Refused

LANGUAGES: Final = ("vi", "en")
NAME, LINK = "name", "link"  # the person's name, always there; a value called link is an address of this house
MOST_SUBJECT, MOST_BODY, MOST_SHORT = 200, 5_000, 600
DIGEST_AT: Final = datetime.time(17)
BACKOFF: Final = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
LONGEST_WAIT: Final = datetime.timedelta(hours=12)  # however long a gateway asks to wait

REASONS: Final[dict[str, str]] = {
    "no_address": N_("no e-mail address and no telephone number known"),
    "wants_none": N_("wants no messages"),
    "not_configured": N_("sending is not configured for any address of this person"),
    "refused": N_("the address was refused"),
    "not_taken": N_("the message was refused"),
    "gave_up": N_("tried several times without success"),
    "doubtful": N_("broken off while sending: not known whether it arrived"),
    "came_back": N_("reported as returned"),
    "too_late": N_("its time was over"),
    "withdrawn": N_("no longer needed"),
    "by_hand": N_("cancelled by hand"),
    "invented": N_("invented person: nothing left this house"),
}


# ---- templates


@dataclass(frozen=True)
class Text:
    """What is said: subject and body of an e-mail, the short form for a phone."""

    subject: str
    body: str
    short: str


@dataclass(frozen=True)
class Place:
    """A place in a text: what it holds, by language, and an example."""

    words: Mapping[str, str]
    example: Any


@dataclass(frozen=True)
class Template:
    """A kind of notice as its file says: title, places and texts by language."""

    key: str
    title: Mapping[str, str]
    places: Mapping[str, Place]
    texts: Mapping[str, Text]
    urgent: bool = False
    own: frozenset[str] = field(default=frozenset())  # the places whoever notifies must fill


NAME_PLACE: Final = Place({"vi": "họ và tên người nhận", "en": "full name of the reader"}, "Nguyễn Thị An")


def read_template(key: str, source: str) -> Template:
    """The template that a TOML file holds (see docs/notices.md). A fault is a bug of the room: ValueError."""
    read = tomllib.loads(source)
    own = {
        name: Place({language: said[language] for language in LANGUAGES}, said["example"])
        for name, said in read.get("places", {}).items()
    }
    texts = {
        language: Text(
            read[language]["subject"].strip(), read[language]["body"].strip(), read[language]["short"].strip()
        )
        for language in LANGUAGES
    }
    places = {NAME: NAME_PLACE, **own}
    for text in texts.values():
        check_text(text, places)
    title = {language: read["title"][language] for language in LANGUAGES}
    return Template(key, title, places, texts, bool(read.get("urgent", False)), frozenset(own))


_PLACE = re.compile(r"\{([^{}\n]*)\}")


def check_text(text: Text, places: Collection[str]) -> None:
    """Refuses a text that is empty, too long, or has a place that this kind of notice does not fill."""
    parts = ((text.subject, MOST_SUBJECT), (text.body, MOST_BODY), (text.short, MOST_SHORT))
    for part, most in parts:
        if not part.strip() or len(part) > most:
            raise Refused(N_("Cannot keep the wording: each part needs 1 to %(most)d letters."), most=most)
        for name in _PLACE.findall(part):
            if name not in places:
                raise Refused(
                    N_("Cannot keep the wording: there is no place %(place)s. The places are: %(known)s."),
                    place=f"{{{name}}}",
                    known=", ".join(f"{{{known}}}" for known in sorted(places)),
                )
        rest = _PLACE.sub("", part)
        for at, letter in enumerate(rest):
            if letter in "{}":
                raise Refused(
                    N_("Cannot keep the wording: a brace stands alone at “%(near)s”."),
                    near=rest[max(0, at - 10) : at + 10].strip(),
                )
    if "\n" in text.subject:
        raise Refused(N_("Cannot keep the wording: the subject must be one line."))


def fill(text: str, said: Mapping[str, str]) -> str:
    """The text with its places filled; a place without a value stays empty."""
    return _PLACE.sub(lambda found: said.get(found[1], ""), text)


def kept_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them: text and numbers as they are, days and moments as any language can say them."""
    return {name: _kept(value) for name, value in values.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"day": value.isoformat()}
    return value if isinstance(value, int) else str(value)


# ---- phones


_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


def sms_parts(text: str) -> int:
    """How many SMS a text takes: 160 letters (153 when several) of the GSM alphabet, else 70 (67).

    Source: 3GPP TS 23.038 (alphabets) and 23.040 (concatenation).
    """
    plain = all(letter in _GSM for letter in text)
    units = len(text) if plain else len(text.encode("utf-16-be")) // 2
    one, each = (160, 153) if plain else (70, 67)
    return 1 if units <= one else -(-units // each)


def phone_number(text: str) -> str:
    """A telephone number as gateways take it (+84912345678); "" for what is none."""
    digits = re.sub(r"[\s.()-]", "", text)
    if digits.startswith("0"):
        digits = "+84" + digits[1:]
    elif digits.startswith("84"):
        digits = "+" + digits
    return digits if re.fullmatch(r"\+\d{9,15}", digits) else ""


def masked(address: str) -> str:
    """Enough of an address to see which one was meant: `n…@example.vn`, `…678`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}…@{host}"[:120] if at else f"…{address[-3:]}"


# ---- when


def quiet_end(now: datetime.datetime, start: datetime.time, end: datetime.time) -> datetime.datetime | None:
    """When the quiet hours [start, end) in which `now` (local) lies are over; None outside them."""
    time = now.time()
    across = end <= start
    inside = start != end and ((time >= start or time < end) if across else start <= time < end)
    if not inside:
        return None
    day = now.date() + datetime.timedelta(days=1) if across and time >= start else now.date()
    return datetime.datetime.combine(day, end, tzinfo=now.tzinfo)


def next_digest(now: datetime.datetime) -> datetime.datetime:
    """The next moment (local) at which digests go out."""
    today = datetime.datetime.combine(now.date(), DIGEST_AT, tzinfo=now.tzinfo)
    return today if now < today else today + datetime.timedelta(days=1)


def wait_after(attempts: int, asked: datetime.timedelta | None = None) -> datetime.timedelta | None:
    """How long to wait after that many tries, at least as long as was asked for; None: give up."""
    if attempts > len(BACKOFF):
        return None
    return min(max(BACKOFF[attempts - 1], asked or datetime.timedelta()), LONGEST_WAIT)


# ---- answers


class Outcome(Enum):
    """What came of one try."""

    SENT = "sent"
    BOUNCED = "bounced"  # this address reaches nobody
    FAILED = "failed"  # this message will never be taken
    AGAIN = "again"  # nothing was taken: try later
    DOUBTFUL = "doubtful"  # not known


@dataclass(frozen=True)
class Delivery:
    """The outcome, what the other side said, and how long it asks to wait."""

    outcome: Outcome
    words: str = ""
    wait: datetime.timedelta | None = None


@dataclass(frozen=True)
class Message:
    """What a channel is given. `key` stays the same when the same message is tried again."""

    key: str
    to: str
    subject: str
    body: str
    short: str
    language: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)


def gateway_outcome(status: int) -> Outcome:
    """What the status of a gateway's answer means (docs/notices.md is the contract)."""
    if 200 <= status < 300 or status == 409:  # 409: it has a message under this key already
        return Outcome.SENT
    if status in (404, 410):
        return Outcome.BOUNCED
    if status in (400, 413, 422):
        return Outcome.FAILED
    return Outcome.AGAIN
