"""The hot path of workshops: streams down, head-counts and check-ins up (decisions 0024, 0032).

    GET  /hot/workshop/KEY/stream?ticket=…&after=N      text/event-stream; `Last-Event-ID` counts before `after`
    GET  /hot/workshop/KEY/slide/DECK/NUMBER/SIZE?ticket=…   image/webp: a page of slides, "small" or "wide"
    POST /hot/workshop/KEY/report      {"ticket", "site", "state", "people", "leaders", "guests", "nonce", "tapped",
                                        "roll"}
    POST /hot/workshop/KEY/check-in    {"ticket", "site", "code"}
    POST /hot/workshop/KEY/heard       {"ticket", "site"}

What the answers mean stands in `common.hot`. Pages of those who have the right give out the tickets: of the desk, of
a site (`site:KEY`), of a person in their seat (`seat:KEY`), of anybody who may watch (`all`). A ticket of a site acts
for that site, one of a seat for that person; whatever else is tried is refused and written down (`Trespass`).
"""

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from django.db import Error

from lantoa.common.hot import AGAIN_MS, GATHER_SECONDS, HEADERS, IDLE_SECONDS, KEY, MOST_WAITING, Busy, Said, Writer
from lantoa.common.hot import Door as AnyDoor
from lantoa.common.keyring import secret
from lantoa.common.metering import Meter
from lantoa.common.tickets import Malformed, read_object, ticket_in
from lantoa.workshops.actions.log import Act, Kind, Told, write
from lantoa.workshops.hub import Hub, Stream
from lantoa.workshops.pictures import Pictures
from lantoa.workshops.rules.roll import key_in, read_report
from lantoa.workshops.rules.streams import Ticket, audience_of, read_ticket

PREFIX = "/hot/workshop/"
SECRET = "workshop-tickets"
MOST_BYTES = 4 * 1024
SEAT = "seat:"
SLIDE = "slide/"
PICTURE = [
    ("content-type", "image/webp"),
    ("cache-control", "private, max-age=43200, immutable"),
    ("x-content-type-options", "nosniff"),
]
STATUS = {"": 200, "unknown": 404, "closed": 409, "over": 409, "code": 409}
STREAM = [("content-type", "text/event-stream; charset=utf-8"), ("x-accel-buffering", "no"), *HEADERS]


class Door(AnyDoor):
    """Answers the pages and the devices of workshops."""

    def __init__(
        self,
        gather: float = GATHER_SECONDS,
        idle: float = IDLE_SECONDS,
        most: int = MOST_WAITING,
        meter: Meter | None = None,
        hub: Hub | None = None,
    ) -> None:
        super().__init__(PREFIX, "workshops", [Kind.REPORT, Kind.CHECK_IN, Kind.HEARD], MOST_BYTES, meter)
        self._writer: Writer[Act, Told] = Writer("workshops", write, gather, idle, most)
        self.hub = hub or Hub()
        self._pictures = Pictures()

    def close(self) -> None:
        self.hub.close()

    def rest(self) -> None:
        """Commits what waits, and lets the thread and its connection go."""
        self._writer.rest()

    async def serve(self, scope: Any, proto: Any) -> None:
        key, _slash, word = scope.path.removeprefix(PREFIX).partition("/")
        if word.startswith(SLIDE) and scope.method == "GET":
            await self._show(key, word.removeprefix(SLIDE), scope, proto)
            return
        if word != "stream" or scope.method != "GET":
            await super().serve(scope, proto)
            return
        began = time.monotonic()
        asked = {name: values[-1] for name, values in parse_qs(scope.query_string).items()}
        after = scope.headers.get("last-event-id") or asked.get("after", "")
        ticket, refused = await self._ticket(key, asked.get("ticket", ""))
        if ticket is not None:
            try:
                room = await self.hub.open(key)
            except Error:
                room, refused = None, Said(503, {"refused": "database", "again": AGAIN_MS})
            else:
                refused = Said(404 if room is None else 503, {"refused": "unknown" if room is None else "busy"})
            if room is not None and self.hub.has_place(room, ticket.actor):
                transport = proto.response_stream(200, STREAM)
                self.hub.listen(room, Stream(transport.send_bytes, ticket.audience, ticket.actor), _number(after))
                self.count("stream", "GET", 200, began)
                return
        self.count("stream", "GET", refused.status, began)
        proto.response_bytes(refused.status, refused.headers(), refused.written())

    async def _show(self, key: str, asked: str, scope: Any, proto: Any) -> None:
        """A page of slides, to whoever may hear the workshop. Its address means it for ever."""
        began = time.monotonic()
        shown = {name: values[-1] for name, values in parse_qs(scope.query_string).items()}.get("ticket", "")
        ticket, said = await self._ticket(key, shown)
        picture = None
        if ticket is not None:
            try:
                picture = await self._pictures.get(key, asked)
            except Error:
                said = Said(503, {"refused": "database", "again": AGAIN_MS})
            else:
                said = Said(200, {}) if picture else Said(404, {"refused": "unknown"})
        self.count("slide", "GET", said.status, began)
        if picture is None:
            proto.response_bytes(said.status, said.headers(), said.written())
        else:
            proto.response_bytes(200, PICTURE, picture)

    async def _ticket(self, key: str, shown: str) -> tuple[Ticket | None, Said]:
        """Who may listen to this workshop; or what is said instead."""
        if not KEY.fullmatch(key):
            return None, Said(404, {"refused": "unknown"})
        now = time.time()
        found = read_ticket(secret(SECRET), shown, now)
        if found is None or found[0].workshop != key:
            actor = found[0].actor if found else ""
            try:
                await self._foreign(key, actor, "stream", datetime.fromtimestamp(now, UTC))
            except (Busy, TimeoutError):
                return None, Said(503, {"refused": "busy", "again": AGAIN_MS})
            return None, Said(403, {"refused": "foreign"})
        ticket, good = found
        return (ticket, Said(200, {})) if good else (None, Said(401, {"refused": "expired"}))

    async def _foreign(self, key: str, actor: str, what: str, at: datetime) -> None:
        await self._writer.committed(Act(Kind.FOREIGN, key, actor, at, what=what))

    async def reply(self, word: str, key: str, body: bytes, now: float) -> Said:
        said, at = read_object(body, MOST_BYTES), datetime.fromtimestamp(now, UTC)
        found = read_ticket(secret(SECRET), ticket_in(said), now)
        act = _act(Kind(word), key, said, found[0] if found else None, at)
        if found is None or act is None:
            await self._foreign(key, found[0].actor if found else "", word, at)
            return Said(403, {"refused": "foreign"})
        if not found[1]:
            return Said(401, {"refused": "expired"})
        told = await self._writer.committed(act)
        if told is None:
            return Said(503, {"refused": "database", "again": AGAIN_MS})
        body_said: dict[str, Any] = {"now": round(time.time() * 1000), "roll": told.number}
        if told.refused:
            body_said["refused"] = told.refused
        return Said(STATUS[told.refused], body_said)


def _act(kind: Kind, key: str, said: dict[str, Any], ticket: Ticket | None, at: datetime) -> Act | None:
    """What is asked for; None when the ticket is not for it. Raises Malformed."""
    if kind is Kind.REPORT:
        site, report = read_report(said)
        if ticket is None or ticket.workshop != key or ticket.audience != audience_of(site):
            return None
        return Act(kind, key, ticket.actor, at, site=site, report=report)
    site = key_in(said, "site")
    if ticket is None or ticket.workshop != key:
        return None
    if kind is Kind.HEARD:
        return Act(kind, key, ticket.actor, at, site=site) if ticket.audience == audience_of(site) else None
    code = said.get("code")
    if not isinstance(code, str) or not 0 < len(code) < 20:
        raise Malformed("code")
    if not ticket.audience.startswith(SEAT):
        return None
    return Act(kind, key, ticket.actor, at, site=site, person=ticket.audience.removeprefix(SEAT), code=code)


def _number(after: str) -> int | None:
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else None
