"""A hot path: small requests of many devices, without sessions or pages, beside the pages' threads (decision 0024).

A room has a `Door`: what begins with its prefix is checked in the event loop of the web process (method, shape,
ticket), handed to the room's `Writer`, one thread that commits what arrives group by group, and answered when the
one transaction of the group has been committed.

    POST /hot/ROOM/KEY/WORD     {"ticket": "…", …}

| answer | means |
|---|---|
| 200 | done and committed |
| 400, 411, 413 | malformed or too much: nothing of it is stored |
| 401 | the ticket is too old: open the page again |
| 403 | the ticket is not for this thing: refused, and written down by the room |
| 404, 405 | no such thing or word; only POST |
| 409 | not now: the body says why |
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
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import InterfaceError, OperationalError, connection

from lantoa.common.metering import Meter
from lantoa.common.tickets import Malformed

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
KEY = re.compile(r"[0-9a-z]{13}", re.ASCII)

A = TypeVar("A")
T = TypeVar("T")
logger = logging.getLogger("lantoa")


@dataclass(frozen=True)
class Said:
    """An answer: its status and what stands in it, as JSON or, `raw`, as it is."""

    status: int
    body: dict[str, Any]
    raw: bytes = b""

    def headers(self) -> list[tuple[str, str]]:
        return [("content-type", "application/octet-stream" if self.raw else "application/json"), *HEADERS]

    def written(self) -> bytes:
        return self.raw or json.dumps(self.body, separators=(",", ":")).encode()


class Busy(Exception):
    """More waits than can be worked on soon."""


class Writer(Generic[A, T]):
    """One thread that commits what arrives, group by group. It is started by the first act and lives on.

    `write` works on many acts in one transaction and says what each is told; every act may be written twice.
    """

    def __init__(
        self,
        room: str,
        write: Callable[[Sequence[A]], Iterable[T]],
        gather: float = GATHER_SECONDS,
        idle: float = IDLE_SECONDS,
        most: int = MOST_WAITING,
    ) -> None:
        self._room, self._write = room, write
        self._gather, self._idle, self._most = gather, idle, most
        self._waiting: queue.SimpleQueue[tuple[A, asyncio.Future[T | None]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def committed(self, act: A) -> T | None:
        """What the device is told after the commit; None when it could not be. Raises Busy, TimeoutError."""
        if self._waiting.qsize() >= self._most:
            raise Busy
        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=f"{self._room}-log", daemon=True, args=(loop,))
            self._thread.start()
        future: asyncio.Future[T | None] = loop.create_future()
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
                told = self._committed([act for act, _future in group])
                loop.call_soon_threadsafe(_tell, [future for _act, future in group], told)
        finally:
            connection.close()

    def _wait_for_more(self) -> None:
        until = time.monotonic() + self._gather
        while self._waiting.qsize() < ENOUGH and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, GLANCE_SECONDS))

    def _next(self) -> "tuple[A, asyncio.Future[T | None]] | None":
        try:
            return self._waiting.get(timeout=self._idle)
        except queue.Empty:
            connection.close()
            return self._waiting.get()

    def _committed(self, acts: Sequence[A]) -> list[T | None]:
        """What each is told after the commit; None where there was none.

        A connection that broke is made anew and the group written again: every act may be written twice. An act that
        the database does not take spoils none of the others.
        """
        for turn in range(TRIES):
            try:
                return list(self._write(acts))
            except (OperationalError, InterfaceError) as error:
                logger.warning("acts of %s wait for the database", self._room, exc_info=error)
                connection.close()
                time.sleep(0.2 * turn)
            except Exception:
                if len(acts) > 1:
                    return [one for act in acts for one in self._committed([act])]
                logger.exception("an act of %s could not be committed", self._room)
                break
        return [None] * len(acts)


def _tell(futures: "Sequence[asyncio.Future[T | None]]", told: "Sequence[T | None]") -> None:
    for future, one in zip(futures, told, strict=True):
        if not future.done():  # its device may have gone, or waited too long
            future.set_result(one)


class Door:
    """Answers the requests below one prefix; a room says how, in a class of its own."""

    def __init__(
        self, prefix: str, room: str, words: Collection[str], most_bytes: int, meter: Meter | None = None
    ) -> None:
        self.prefix = prefix
        self._room, self._words, self._most_bytes = room, frozenset(words), most_bytes
        self._meter = meter
        self._tally: Counter[str] = Counter()
        self._slowest = 0.0
        self._said_at = time.monotonic()

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """The web process begins to serve."""

    def close(self) -> None:
        """The web process was told to stop: what is endless must end. Called in its event loop."""

    async def serve(self, scope: Any, proto: Any) -> None:
        """One request, as the server gives it (RSGI)."""
        said = await self.answer(scope.method, scope.path, scope.headers.get("content-length"), proto)
        proto.response_bytes(said.status, said.headers(), said.written())

    async def answer(self, method: str, path: str, length: str | None, body: Callable[[], Awaitable[bytes]]) -> Said:
        """Whatever is asked, an answer in words of the table above. `body` is read only when it is worth it."""
        began = time.monotonic()
        key, _slash, word = path.removeprefix(self.prefix).partition("/")
        known = word in self._words
        said = await self._checked(method, word if known else "", key, length, body)
        self.count(word if known else "unknown", method, said.status, began)
        return said

    def count(self, word: str, method: str, status: int, began: float) -> None:
        """Counts: no line of the log for each, but one a minute for all (decision 0029)."""
        now = time.monotonic()
        if self._meter is not None:
            asked = method if method in {"GET", "POST"} else "OTHER"
            self._meter.count(f"{self._room}:hot_{word}", asked, status, now - began)
        self._tally[f"{word} {status}"] += 1
        self._slowest = max(self._slowest, now - began)
        if now - self._said_at >= SAID_SECONDS:
            counts, self._tally = dict(sorted(self._tally.items())), Counter()
            told = {
                "counts": counts,
                "slowest_ms": round(self._slowest * 1000),
                "seconds": round(now - self._said_at),
            }
            self._slowest, self._said_at = 0.0, now
            logger.info("requests of %s: %s", self._room, json.dumps(told))

    async def _checked(
        self, method: str, word: str, key: str, length: str | None, body: Callable[[], Awaitable[bytes]]
    ) -> Said:
        if not word or not KEY.fullmatch(key):
            return Said(404, {"refused": "unknown"})
        if method != "POST":
            return Said(405, {"refused": "method"})
        if length is None or not length.isdecimal():
            return Said(411, {"refused": "length"})
        if len(length) > 9 or int(length) > self._most_bytes:
            return Said(413, {"refused": "size", "most": self._most_bytes})
        try:
            content = await body()
            return await self.reply(word, key, content, time.time())  # received is what has arrived whole
        except Malformed as malformed:
            return Said(400, {"refused": "malformed", "part": str(malformed)})
        except (Busy, TimeoutError):
            return Said(503, {"refused": "busy", "again": AGAIN_MS})

    async def reply(self, word: str, key: str, body: bytes, now: float) -> Said:
        """What is said to one act. Raises Malformed, Busy, TimeoutError."""
        raise NotImplementedError
