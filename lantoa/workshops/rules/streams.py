"""What goes down a stream of a workshop, as values: who hears what, how it is written, what may wait (0032)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lantoa.common.tickets import read_signed, signed

ALL: Final = "all"
DESK: Final = "desk"
COUNTED: Final = frozenset(
    {"roll", "hands", "poll", "questions", "seats"}
)  # of these the last one counts: they may wait
EVERY: Final = 0.5  # seconds: counts are told no more often
MOST_REPLAYED: Final = 200  # tellings; whoever missed more is given what stands now
MOST_REPLAYED_BYTES: Final = 64 * 1024

RETRY = b"retry: 3000\n\n"
AGAIN = b"event: again\ndata: {}\n\n"


def audience_of(site: str) -> str:
    """The audience that a site is, by its key."""
    return f"site:{site}"


def hears(own: str, audience: str) -> bool:
    """Whether a stream given to `own` is told what is meant for `audience`. The desk is told everything."""
    return audience in {ALL, own} or own == DESK


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may listen to (or act in) what: signed, given out by pages of those who have the right."""

    workshop: str
    audience: str
    actor: str

    def written(self, secret: bytes, until: int) -> str:
        """To be shown until then (seconds since 1970)."""
        return signed(secret, f"{self.workshop}.{self.audience}.{self.actor}.{until}")


def read_ticket(secret: bytes, shown: str, now: float) -> tuple[Ticket, bool] | None:
    """The ticket, and whether its time has not passed; None when it is not ours."""
    said = read_signed(secret, shown)
    if said is None or said.count(".") != 3:
        return None
    workshop, audience, actor, until = said.split(".")
    return Ticket(workshop, audience, actor), now < int(until)


@dataclass(frozen=True, slots=True)
class Told:
    """A telling as it stands in the database. `about["rows"]`, if it is there, are rows by key: those of two tellings
    of one kind add up."""

    number: int
    kind: str
    audience: str
    about: dict[str, Any]
    at: int  # milliseconds since 1970

    def after(self, earlier: "Told") -> "Told":
        """Both in one: this one, with the rows of the earlier one that it does not tell itself."""
        rows = {**earlier.about.get("rows", {}), **self.about.get("rows", {})}
        return replace(self, about={**self.about, "rows": rows}) if rows else self


def written(told: Told, before: int) -> bytes:
    """The telling as one event: the same bytes for everybody who hears it. `before`: the number of the last event
    that was sent to the same audience, so that a page finds a gap."""
    said = {"n": told.number, "p": before, "k": told.kind, "a": told.audience, "at": told.at, "about": told.about}
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f"id: {told.number}\ndata: {body}\n\n".encode()


def beat(now_ms: int, last: int) -> bytes:
    """A sign of life with the centre's clock."""
    return b'event: beat\ndata: {"now":%d,"n":%d}\n\n' % (now_ms, last)


def hello(number: int, now_ms: int, *, snapshot: bool) -> bytes:
    """The first event of a stream: up to which number it is good."""
    body = b'{"n":%d,"now":%d,"snapshot":%s}' % (number, now_ms, b"true" if snapshot else b"false")
    return RETRY + b"event: hello\ndata: " + body + b"\n\n"


def caught_up(number: int) -> bytes:
    """The end of what was missed. From here on a gap is a gap."""
    return b"id: %d\nevent: caught-up\ndata: {}\n\n" % number


@dataclass(slots=True)
class Waiting:
    """Counts that may wait half a second for newer ones. Whatever else is told takes them along: nothing is told out
    of its order, so that a number a page knows always means that it knows everything before it."""

    sent_at: float = float("-inf")
    held: list[Told] = field(default_factory=list)

    def take(self, tellings: Iterable[Told], now: float) -> Sequence[Told]:
        """What is to be sent at once."""
        urgent = False
        for told in tellings:
            if told.kind in COUNTED:
                self._hold(told)
            else:
                self.held.append(told)
                urgent = True
        return self.due(now, urgent=urgent)

    def due(self, now: float, *, urgent: bool = False) -> Sequence[Told]:
        """What has waited long enough."""
        if not self.held or (not urgent and now < self.due_at()):
            return ()
        self.sent_at, ready = now, self.held
        self.held = []
        return ready

    def due_at(self) -> float:
        """When the held ones are to be sent."""
        return self.sent_at + EVERY

    def _hold(self, told: Told) -> None:
        for place, one in enumerate(self.held):
            if (one.kind, one.audience) == (told.kind, told.audience):
                told = told.after(one)
                del self.held[place]
                break
        self.held.append(told)
