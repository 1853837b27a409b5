"""The streams of a web process: who listens to which workshop, and what each is told (decision 0032).

One subscription for the process, one reading of the database for all who listen to a workshop, one byte string for
all who hear a telling. A room keeps the last tellings in memory, and of each kind the last one: whoever comes or
comes back is answered from there, so that a storm of pages that come back asks the database nothing.

The server takes what is sent and never waits for a reader, so nobody holds up another; and what it keeps for a
reader who does not read is bounded by the lease: after so many bytes a stream ends with "again", and the page opens
another one from the number it knows. Whoever reads does so in a moment; whoever does not is given what stands then.
"""

import asyncio
import logging
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import Error, connection

from lantoa.workshops.doorbell import Doorbell
from lantoa.workshops.doorbell import doorbell as chosen_doorbell
from lantoa.workshops.queries.tellings import last_told, standing, told_after, workshop_id
from lantoa.workshops.rules.streams import (
    AGAIN,
    ALL,
    DESK,
    MOST_REPLAYED,
    MOST_REPLAYED_BYTES,
    Told,
    Waiting,
    beat,
    caught_up,
    hears,
    hello,
    written,
)

SLACK = 50  # tellings: so far may a page be ahead of what was read here
KEPT = 500  # tellings of a workshop, in memory
READ = 1_000  # tellings at a time
BEAT_SECONDS = 15.0
LEASE = (128 * 1024, 256 * 1024)  # bytes of a stream: somewhere between, so that not all end together
MOST_STREAMS = 12_000  # of a process
MOST_OF_ONE = 40  # streams of one signed-in account in a process: a class may share one
ROOM_SECONDS = 600.0  # a room in which nobody listens is forgotten

logger = logging.getLogger("lantoa")


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream: as long as somebody holds it, the answer goes on. `send` takes at once, whoever reads; what it
    returns can be awaited, and raises when the reader has gone."""

    send: Callable[[bytes], Awaitable[None]]
    audience: str
    actor: str
    lease: int = field(default_factory=lambda: random.randint(*LEASE))

    def say(self, said: bytes) -> Awaitable[None]:
        """To the reader, sooner or later."""
        self.lease -= len(said)
        return self.send(said)


class Room:
    """One workshop in this process. Its methods are called in the event loop."""

    def __init__(self, key: str, pk: int) -> None:
        self.key, self.pk = key, pk
        self.streams: set[Stream] = set()
        self.of: Counter[str] = Counter()  # streams of each account
        self.number = 0  # of the last telling that was sent
        self.read = 0  # of the last telling that was read (by the reader, under `lock`)
        self.lock = threading.Lock()
        self.left_at = time.monotonic()
        self._first = 0  # every telling after this number is kept
        self._kept: deque[tuple[Told, bytes]] = deque()
        self._standing: dict[str, dict[str, tuple[int, bytes]]] = {}  # audience -> kind -> the last one
        self._before: dict[str, int] = {}  # audience -> number of the last one sent to it
        self._waiting = Waiting()
        self._shared: tuple[int, bytes] = (-1, b"")  # what stands, for all

    def load(self, standing_then: Iterable[Told], last: Iterable[Told]) -> None:
        """What the database holds when the room is opened."""
        for told in standing_then:
            self._stand(told, written(told, 0))
            self._first = max(self._first, told.number)
        for told in last:
            self._keep(told)
        self.number = self.read = max(self._first, self.number)

    def hear(self, tellings: Iterable[Told], now: float) -> float | None:
        """News. When to call `release`, if some of it has to wait."""
        self._send(self._waiting.take(tellings, now))
        return self._waiting.due_at() if self._waiting.held else None

    def release(self, now: float) -> None:
        """The counts that waited."""
        self._send(self._waiting.due(now))

    def _send(self, tellings: Iterable[Told]) -> None:
        for told in tellings:
            said = self._keep(told)
            for stream in self._listening(told.audience):
                stream.say(said)
                if stream.lease <= 0:
                    self.end(stream)

    def _keep(self, told: Told) -> bytes:
        said = written(told, self._before.get(told.audience, 0))
        self._before[told.audience] = self.number = told.number
        self._kept.append((told, said))
        if len(self._kept) > KEPT:
            self._first = self._kept.popleft()[0].number
        self._stand(told, said)
        return said

    def _stand(self, told: Told, said: bytes) -> None:
        self._standing.setdefault(told.audience, {})[told.kind] = (told.number, said)

    def _listening(self, audience: str) -> list[Stream]:
        if audience == ALL:
            return list(self.streams)
        return [stream for stream in self.streams if stream.audience in {audience, DESK}]

    def welcome(self, stream: Stream, after: int | None, now_ms: int) -> None:
        """A new stream: what it missed after that number, or what stands."""
        missed = self._missed(stream.audience, after)
        if missed is None:
            stream.say(hello(self.number, now_ms, snapshot=True) + self._standing_for(stream.audience))
        else:
            stream.say(hello(self.number, now_ms, snapshot=False) + missed)
        stream.say(caught_up(self.number))
        self.streams.add(stream)
        self.of[stream.actor] += 1

    def _missed(self, audience: str, after: int | None) -> bytes | None:
        """None: more than is kept. A page may know more than was sent until now, for it read the database itself."""
        if after is None or not self._first <= after <= self.read + SLACK:
            return None
        said: list[bytes] = []
        for told, event in reversed(self._kept):
            if told.number <= after:
                break
            if hears(audience, told.audience):
                said.append(event)
            if len(said) > MOST_REPLAYED:
                return None
        missed = b"".join(reversed(said))
        return missed if len(missed) <= MOST_REPLAYED_BYTES else None

    def _standing_for(self, audience: str) -> bytes:
        """The same bytes for all who are told nothing of their own."""
        own = self._standing.get(audience, {}) if audience != ALL else {}
        if own:
            every = [*self._standing.get(ALL, {}).values(), *own.values()]
            return b"".join(said for _number, said in sorted(every))
        if self._shared[0] != self.number:
            every = sorted(self._standing.get(ALL, {}).values())
            self._shared = (self.number, b"".join(said for _number, said in every))
        return self._shared[1]

    async def beat(self, now_ms: int) -> None:
        """A sign of life for all. Whoever has gone is found by it."""
        said = beat(now_ms, self.number)
        for stream in list(self.streams):
            try:
                await stream.say(said)
            except Exception:  # whatever the server calls it
                self.leave(stream)
            if stream.lease <= 0:
                self.end(stream)

    def end(self, stream: Stream) -> None:
        """Enough: its page opens another one."""
        if stream in self.streams:
            stream.say(AGAIN)
            self.leave(stream)

    def leave(self, stream: Stream) -> None:
        """Nothing more is sent to it."""
        if stream in self.streams:
            self.streams.remove(stream)
            self.of[stream.actor] -= 1
            if not self.of[stream.actor]:
                del self.of[stream.actor]
            self.left_at = time.monotonic()


class Hub:
    """All rooms of a process."""

    def __init__(self, doorbell: Doorbell | None = None) -> None:
        self._doorbell = doorbell or chosen_doorbell()
        self._rooms: dict[str, Room] = {}
        self._opening: dict[str, asyncio.Future[Room | None]] = {}
        self._readers = ThreadPoolExecutor(2, "workshops-reader")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listener: threading.Thread | None = None
        self._stale: set[Room] = set()  # their news could not be read: tried again
        self._closed = False

    @property
    def streams(self) -> int:
        """How many are open."""
        return sum(len(room.streams) for room in self._rooms.values())

    async def open(self, key: str) -> Room | None:
        """The room of a workshop; None when there is no such workshop. Raises the database's errors."""
        if room := self._rooms.get(key):
            return room
        self._begin()
        loop = asyncio.get_running_loop()
        if key not in self._opening:
            opening = loop.run_in_executor(self._readers, self._read_room, key)
            self._opening[key] = opening
            opening.add_done_callback(lambda _done: self._opening.pop(key, None))
        found = await asyncio.shield(self._opening[key])
        if found is None:
            return None
        if key not in self._rooms:
            self._rooms[key] = found
            await loop.run_in_executor(self._readers, self._read_on, found)  # told since it was read
        return self._rooms[key]

    def has_place(self, room: Room, actor: str) -> bool:
        """Whether one more may listen, in this process and for this account."""
        return not self._closed and self.streams < MOST_STREAMS and room.of[actor] < MOST_OF_ONE

    def listen(self, room: Room, stream: Stream, after: int | None) -> None:
        """From now on the stream is told what happens; first what it missed."""
        room.welcome(stream, after, _now_ms())

    def close(self) -> None:
        """All streams end; their pages come again."""
        self._closed = True
        self._doorbell.stop()
        for room in self._rooms.values():
            for stream in list(room.streams):
                room.end(stream)

    def _begin(self) -> None:
        if self._listener is None:
            self._loop = asyncio.get_running_loop()
            self._listener = threading.Thread(target=self._follow, name="workshops-hub", daemon=True)
            self._listener.start()
            self._beating = self._loop.create_task(self._beat())

    # ---- in the event loop

    def _hear(self, room: Room, tellings: list[Told]) -> None:
        loop = asyncio.get_running_loop()
        due = room.hear(tellings, loop.time())
        if due is not None:
            loop.call_at(due, self._release, room)

    def _release(self, room: Room) -> None:
        room.release(asyncio.get_running_loop().time())

    async def _beat(self) -> None:
        while not self._closed:
            await asyncio.sleep(BEAT_SECONDS)
            now = time.monotonic()
            for room in list(self._rooms.values()):
                await room.beat(_now_ms())
                if not room.streams and now - room.left_at > ROOM_SECONDS:
                    del self._rooms[room.key]

    # ---- in threads

    def _read_room(self, key: str) -> Room | None:
        try:
            pk = workshop_id(key)
            if pk is None:
                return None
            room = Room(key, pk)
            last = last_told(pk, KEPT)
            room.load(standing(pk, last[0].number - 1) if last else (), last)
            return room
        finally:
            connection.close()

    def _catch_up(self, room: Room) -> None:
        """Reads what was told since, and hands it over in its order."""
        with room.lock:
            while tellings := told_after(room.pk, room.read, READ):
                room.read = tellings[-1].number
                assert self._loop is not None
                self._loop.call_soon_threadsafe(self._hear, room, tellings)

    def _read_on(self, room: Room) -> None:
        try:
            self._catch_up(room)
        finally:
            connection.close()

    def _follow(self) -> None:
        """The subscription's own thread. Its connection is kept while news come, second after second."""
        try:
            self._follow_rings()
        finally:
            connection.close()

    def _follow_rings(self) -> None:
        for keys in self._doorbell.rings():
            rooms = list(self._rooms.values())
            wanted = rooms if keys is None else [room for room in rooms if room.key in keys or room in self._stale]
            if not wanted:
                connection.close()
            for room in wanted:
                try:
                    self._catch_up(room)
                    self._stale.discard(room)
                except Error as error:
                    connection.close()
                    self._stale.add(room)
                    logger.warning("the news of a workshop wait for the database", exc_info=error)
                except RuntimeError:  # the event loop has ended
                    return


def _now_ms() -> int:
    return round(time.time() * 1000)
