"""The hot path of exams: paper, start, answers, hand-in and state, without sessions or pages (decision 0024).

    POST /hot/exam/ATTEMPT/{state,paper,start,answers,hand-in}     {"ticket": "…", "device": "…", "events": […]}

A request is checked here (ticket, shape), waits a few milliseconds for others, and is answered when the one
transaction of them all has been committed by the writing thread (`exams.actions.log.write`). What the answers mean
stands in `common.hot`; here 200 says that all events of the batch are at the centre, and 409 too early, or over. To
`paper` the sealed paper itself is the answer.
"""

from datetime import UTC, datetime
from typing import Any

from lantoa.common.hot import AGAIN_MS, GATHER_SECONDS, IDLE_SECONDS, MOST_WAITING, Said, Writer
from lantoa.common.hot import Door as AnyDoor
from lantoa.common.keyring import secret
from lantoa.common.metering import Meter
from lantoa.common.tickets import read_object, ticket_in
from lantoa.exams.actions.log import Act, Kind, Told, write
from lantoa.exams.rules.answers import MOST_BYTES, read_batch
from lantoa.exams.rules.sealing import read_ticket

PREFIX = "/hot/exam/"
KINDS = [str(one) for one in (Kind.STATE, Kind.PAPER, Kind.START, Kind.ANSWERS, Kind.HAND_IN)]
STATUS = {"": 200, "unknown": 404, "early": 409, "over": 409}


class Door(AnyDoor):
    """Answers the devices of an exam."""

    def __init__(
        self,
        gather: float = GATHER_SECONDS,
        idle: float = IDLE_SECONDS,
        most: int = MOST_WAITING,
        meter: Meter | None = None,
    ) -> None:
        super().__init__(PREFIX, "exams", KINDS, MOST_BYTES, meter)
        self._writer: Writer[Act, Told] = Writer("exams", write, gather, idle, most)

    def rest(self) -> None:
        """Commits what waits, and lets the thread and its connection go."""
        self._writer.rest()

    async def reply(self, word: str, key: str, body: bytes, now: float) -> Said:
        kind = Kind(word)
        if kind is Kind.ANSWERS:
            batch = read_batch(body)
            shown, events = batch.ticket, batch.events
        else:
            shown, events = ticket_in(read_object(body, MOST_BYTES)), ()
        ticket = read_ticket(_secret(), shown, now)
        at = datetime.fromtimestamp(now, UTC)
        if ticket is None and shown.startswith(f"{key}.") and read_ticket(_secret(), shown, 0):
            return Said(401, {"refused": "expired"})
        if ticket is None or ticket[0] != key:
            await self._writer.committed(Act(Kind.FOREIGN, key, ticket[1] if ticket else "", at))
            return Said(403, {"refused": "foreign"})
        told = await self._writer.committed(Act(kind, key, ticket[1], at, events))
        if told is None:
            return Said(503, {"refused": "database", "again": AGAIN_MS})
        return Said(STATUS[told.refused], _body(told), told.sealed)


def _secret() -> bytes:
    return secret("exam-tickets")


def _body(told: Told) -> dict[str, Any]:
    body: dict[str, Any] = {
        "phase": str(told.phase),
        "now": _ms(datetime.now(UTC)),
        "begins": _ms(told.begins),
        "started": _ms(told.started),
        "ends": _ms(told.ends),
        "handed_in": _ms(told.handed_in),
    }
    if told.letters:
        body["letters"] = told.letters
    if told.stored:
        body["stored"] = told.stored
    if told.refused:
        body["refused"] = told.refused
    return body


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
