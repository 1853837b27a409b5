"""The doorbell by Valkey or Redis, for machines that share no LISTEN (LANTOA_DOORBELL, decision 0038).

PUBLISH comes after the commit, and may be lost with the process or the server: so whoever listens also looks into
the database every few seconds, with or without a ring. What was told is read there by number, as ever.
"""

import logging
import threading
import time
from collections.abc import Iterator

from lantoa.common.resp import Line, Spoken, Where
from lantoa.workshops.doorbell import CHANNEL, GLANCE_SECONDS, LONGEST_PAUSE

LOOK_SECONDS = 5.0  # without a ring: what was told may be this late when a ring was lost
PING_SECONDS = 15.0
SILENT_SECONDS = 35.0  # two pings without an answer: the line is dead
PATIENCE = 2.0  # to connect, to be answered
RING_PATIENCE = 0.5  # whoever rings has an act to answer
REST_SECONDS = 5.0  # after a ring that failed nobody waits for the next ones

logger = logging.getLogger("lantoa")


class ValkeyDoorbell:
    """SUBSCRIBE on a connection of its own, made anew when it breaks."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def rings(self) -> Iterator[frozenset[str] | None]:
        pause = 0.2
        while not self._stopped.is_set():
            try:
                with Line(self._where, PATIENCE) as line:
                    line.say("SUBSCRIBE", CHANNEL)
                    for keys in self._listen(line):
                        pause = 0.2
                        yield keys
            except (OSError, Spoken) as error:
                if not self._stopped.is_set():
                    logger.warning("the subscription of workshops is made anew", exc_info=error)
                self._stopped.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                yield None  # what is told meanwhile is read without a ring

    def _listen(self, line: Line) -> Iterator[frozenset[str] | None]:
        heard_at = looked_at = pinged_at = time.monotonic()
        subscribed = False
        while not self._stopped.is_set():
            found = line.told(GLANCE_SECONDS)
            keys = set()
            while found is not None:
                heard_at = time.monotonic()
                match found[0]:
                    case ["message", str(), str(said)]:
                        keys.add(said.split(" ")[0])
                    case ["subscribe", *_rest]:
                        subscribed, looked_at = True, heard_at
                        yield None  # what was told before this line stood
                    case Spoken() as refused:
                        raise refused
                found = line.told(0)
            now = time.monotonic()
            if now - heard_at > SILENT_SECONDS:
                raise TimeoutError("the server is silent")
            if now - pinged_at > PING_SECONDS:
                pinged_at = now
                line.say("PING")
            if subscribed and now - looked_at > LOOK_SECONDS:
                looked_at = now
                yield None
            else:
                yield frozenset(keys)


class Ringer:
    """Whoever tells something: one kept connection of the process. It never fails an act and seldom makes it wait."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._rests_until = 0.0

    def ring(self, key: str, number: int) -> None:
        """After the commit."""
        with self._lock:
            if time.monotonic() < self._rests_until:
                return
            kept = self._line is not None
            if not self._rung(key, number, quiet=kept) and kept:
                self._rung(key, number, quiet=False)  # the line had been cut

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _rung(self, key: str, number: int, *, quiet: bool) -> bool:
        try:
            if self._line is None:
                self._line = Line(self._where, RING_PATIENCE)
            self._line.ask("PUBLISH", CHANNEL, f"{key} {number}")
        except (OSError, Spoken) as error:
            self.close()
            if not quiet:
                self._rests_until = time.monotonic() + REST_SECONDS
                logger.warning("the doorbell of workshops does not ring; pages hear a little later", exc_info=error)
            return False
        return True
