"""The hot path: paper, start, answers, hand-in and state of an exam, without sessions or pages (decision 0024).

    POST /hot/exam/ATTEMPT/{state,paper,start,answers,hand-in}     {"ticket": "…", "device": "…", "events": […]}

It runs in the event loop of the web process, beside the framework's threads and on the same port. A request is
checked here (ticket, shape), waits a few milliseconds for others, and is answered when the one transaction of them
all has been committed by the writing thread (`exams.actions.log.write`).

| answer | means |
|---|---|
| 200 | done and committed; all events of the batch are at the centre. To `paper`: the sealed paper itself |
| 400, 411, 413 | malformed or too much: nothing of it is stored |
| 401 | the ticket is too old: open the page again |
| 403 | the ticket is not this attempt's: refused, and written down |
| 404, 405 | no such attempt; only POST |
| 409 | too early, or over |
| 503 | busy, or no database: nothing is lost, send it again after `again` milliseconds |
"""

import asyncio
import json
import logging
import queue
import re
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from lantoa.common.keyring import secret
from lantoa.common.metering import Meter
from lantoa.exams.actions.log import Act, Kind, Told, write
from lantoa.exams.rules.answers import MOST_BYTES, Malformed, read_batch, read_object, ticket_in
from lantoa.exams.rules.sealing import read_ticket

PREFIX = "/hot/exam/"
GATHER_SECONDS = 0.1  # how long a group waits for more: nobody notices, and few groups cost little
ENOUGH = 64  # acts: with so many it waits no longer
GLANCE_SECONDS = 0.005
LARGEST_GROUP = 500  # acts committed together
MOST_WAITING = 5_000  # acts; more are sent away to come again
LONGEST_SECONDS = 15.0  # then the device is told to come again, whatever became of it
IDLE_SECONDS = 5.0  # then the connection to the database is given back
TRIES = 4  # over a second: a pool may hold several connections that a restart has cut
AGAIN_MS = 1_000
SAID_SECONDS = 60.0  # a line of the log for all requests of this time

HEADERS = [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
KINDS = {str(one): one for one in (Kind.STATE, Kind.PAPER, Kind.START, Kind.ANSWERS, Kind.HAND_IN)}
ATTEMPT = re.compile(r"[0-9a-z]{13}", re.ASCII)
STATUS = {"": 200, "unknown": 404, "early": 409, "over": 409}

logger = logging.getLogger("lantoa")


@dataclass(frozen=True)
class Said:
    """An answer: its status and what stands in it."""

    status: int
    body: dict[str, Any]
    sealed: bytes = b""

    def headers(self) -> list[tuple[str, str]]:
        return [("content-type", "application/octet-stream" if self.sealed else "application/json"), *HEADERS]

    def written(self) -> bytes:
        return self.sealed or json.dumps(self.body, separators=(",", ":")).encode()


class Busy(Exception):
    """More waits than can be worked on soon."""


class Writer:
    """One thread that commits what arrives, group by group. It is started by the first act and lives on."""

    def __init__(self, gather: float, idle: float, most: int) -> None:
        self._gather, self._idle, self._most = gather, idle, most
        self._waiting: queue.SimpleQueue[tuple[Act, asyncio.Future[Told | None]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def committed(self, act: Act) -> Told | None:
        """What the device is told after the commit; None when it could not be. Raises Busy, TimeoutError."""
        if self._waiting.qsize() >= self._most:
            raise Busy
        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="exam-log", daemon=True, args=(loop,))
            self._thread.start()
        future: asyncio.Future[Told | None] = loop.create_future()
        self._waiting.put((act, future))
        return await asyncio.wait_for(future, LONGEST_SECONDS)

    def rest(self) -> None:
        """Ends the thread when everything that waits is committed."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while (first := self._next()) is not None:
                self._wait_for_more()
                group = [first]
                while len(group) < LARGEST_GROUP and not self._waiting.empty():
                    one = self._waiting.get()  # nobody else takes from it
                    if one is None:
                        self._waiting.put(None)
                        break
                    group.append(one)
                told = committed([act for act, _future in group])
                loop.call_soon_threadsafe(_tell, [future for _act, future in group], told)
        finally:
            connection.close()

    def _wait_for_more(self) -> None:
        until = time.monotonic() + self._gather
        while self._waiting.qsize() < ENOUGH and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, GLANCE_SECONDS))

    def _next(self) -> "tuple[Act, asyncio.Future[Told | None]] | None":
        try:
            return self._waiting.get(timeout=self._idle)
        except queue.Empty:
            connection.close()
            return self._waiting.get()


def _tell(futures: Sequence["asyncio.Future[Told | None]"], told: Sequence[Told | None]) -> None:
    for future, one in zip(futures, told, strict=True):
        if not future.done():  # its device may have gone, or waited too long
            future.set_result(one)


def committed(acts: Sequence[Act]) -> list[Told | None]:
    """What each is told after the commit; None where there was none.

    A connection that broke is made anew and the group written again: every act may be written twice. An act that the
    database does not take spoils none of the others.
    """
    for turn in range(TRIES):
        try:
            return list(write(acts))
        except (OperationalError, InterfaceError) as error:
            logger.warning("acts of exams wait for the database", exc_info=error)
            connection.close()
            time.sleep(0.2 * turn)
        except Exception:
            if len(acts) > 1:
                return [one for act in acts for one in committed([act])]
            logger.exception("an act of an exam could not be committed")
            break
    return [None] * len(acts)


class Door:
    """Answers the requests of the hot path."""

    def __init__(
        self,
        gather: float = GATHER_SECONDS,
        idle: float = IDLE_SECONDS,
        most: int = MOST_WAITING,
        meter: Meter | None = None,
    ) -> None:
        self._writer = Writer(gather, idle, most)
        self._meter = meter
        self._tally: Counter[str] = Counter()
        self._slowest = 0.0
        self._said_at = time.monotonic()

    def rest(self) -> None:
        """Commits what waits, and lets the thread and its connection go."""
        self._writer.rest()

    async def answer(self, method: str, path: str, length: str | None, body: Callable[[], Awaitable[bytes]]) -> Said:
        """Whatever is asked, an answer in words of the table above. `body` is read only when it is worth it."""
        began = time.monotonic()
        attempt, _slash, word = path.removeprefix(PREFIX).partition("/")
        kind = KINDS.get(word)
        said = await self._checked(method, kind, attempt, length, body)
        self._count(kind or "unknown", method, said.status, began)
        return said

    def _count(self, kind: str, method: str, status: int, began: float) -> None:
        """Counts: no line of the log for each, but one a minute for all (decision 0029)."""
        now = time.monotonic()
        if self._meter is not None:
            self._meter.count(f"exams:hot_{kind}", method if method == "POST" else "OTHER", status, now - began)
        self._tally[f"{kind} {status}"] += 1
        self._slowest = max(self._slowest, now - began)
        if now - self._said_at >= SAID_SECONDS:
            counts, self._tally = dict(sorted(self._tally.items())), Counter()
            told = {
                "counts": counts,
                "slowest_ms": round(self._slowest * 1000),
                "seconds": round(now - self._said_at),
            }
            self._slowest, self._said_at = 0.0, now
            logger.info("requests of exams: %s", json.dumps(told))

    async def _checked(
        self,
        method: str,
        kind: Kind | None,
        attempt: str,
        length: str | None,
        body: Callable[[], Awaitable[bytes]],
    ) -> Said:
        if kind is None or not ATTEMPT.fullmatch(attempt):
            return Said(404, {"refused": "unknown"})
        if method != "POST":
            return Said(405, {"refused": "method"})
        if length is None or not length.isdecimal():
            return Said(411, {"refused": "length"})
        if len(length) > 9 or int(length) > MOST_BYTES:
            return Said(413, {"refused": "size", "most": MOST_BYTES})
        try:
            content = await body()
            return await self._answer(kind, attempt, content, time.time())  # received is what has arrived whole
        except Malformed as malformed:
            return Said(400, {"refused": "malformed", "part": str(malformed)})
        except (Busy, TimeoutError):
            return Said(503, {"refused": "busy", "again": AGAIN_MS})

    async def _answer(self, kind: Kind, attempt: str, body: bytes, now: float) -> Said:
        if kind is Kind.ANSWERS:
            batch = read_batch(body)
            shown, events = batch.ticket, batch.events
        else:
            shown, events = ticket_in(read_object(body)), ()
        ticket = read_ticket(_secret(), shown, now)
        at = datetime.fromtimestamp(now, UTC)
        if ticket is None and shown.startswith(f"{attempt}.") and read_ticket(_secret(), shown, 0):
            return Said(401, {"refused": "expired"})
        if ticket is None or ticket[0] != attempt:
            await self._writer.committed(Act(Kind.FOREIGN, attempt, ticket[1] if ticket else "", at))
            return Said(403, {"refused": "foreign"})
        told = await self._writer.committed(Act(kind, attempt, ticket[1], at, events))
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
