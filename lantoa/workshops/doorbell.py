"""Who says that a workshop has news: a subscription, one for each web process (decision 0032).

A doorbell carries no news itself: what was told is read from the database, by number. So it may ring twice, late or
for nothing; and after it was away it rings for all. PostgreSQL's own (LISTEN, NOTIFY) is what an installation has;
`LANTOA_DOORBELL=valkey://…` is for one whose connections cannot LISTEN (decision 0038).
"""

import logging
import threading
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Protocol

import psycopg
from django.conf import settings
from django.db import connection, transaction

if TYPE_CHECKING:
    from lantoa.workshops.doorbell_valkey import Ringer

CHANNEL = "lantoa_workshops"
GLANCE_SECONDS = 1.0  # how soon it notices that it shall stop
LONGEST_PAUSE = 5.0  # between two tries to reach the database

logger = logging.getLogger("lantoa")


class Doorbell(Protocol):
    """Rings with the keys of workshops that have news, with none every second or so, and with None when it may have
    missed some."""

    def rings(self) -> Iterator[frozenset[str] | None]:
        """Ends after `stop`."""
        ...

    def stop(self) -> None:
        """From any thread."""
        ...


class PostgresDoorbell:
    """LISTEN on a connection of its own, made anew when it breaks."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def rings(self) -> Iterator[frozenset[str] | None]:
        pause = 0.2
        while not self._stopped.is_set():
            try:
                with psycopg.connect(**connection.get_connection_params(), autocommit=True) as line:
                    line.execute(f"LISTEN {CHANNEL}")
                    pause = 0.2
                    yield None  # what was told before this line stood
                    while not self._stopped.is_set():
                        yield frozenset(one.payload.split(" ")[0] for one in _heard(line))
            except psycopg.Error as error:
                if not self._stopped.is_set():
                    logger.warning("the subscription of workshops is made anew", exc_info=error)
                self._stopped.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)


def _heard(line: "psycopg.Connection[tuple[object, ...]]") -> Iterator[psycopg.Notify]:
    """All that came together."""
    return line.notifies(timeout=GLANCE_SECONDS, stop_after=1)


# ---- which one, by the setting


def doorbell() -> Doorbell:
    """The one that this installation has chosen."""
    if not settings.DOORBELL:
        return PostgresDoorbell()
    from lantoa.common.resp import Where  # late: few have it
    from lantoa.workshops.doorbell_valkey import ValkeyDoorbell

    return ValkeyDoorbell(Where.read(settings.DOORBELL))


def ring(key: str, number: int) -> None:
    """The workshop has news with this number. Inside the transaction that tells them: heard when it commits."""
    if settings.DOORBELL:
        transaction.on_commit(partial(_ringer(settings.DOORBELL).ring, key, number), robust=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{key} {number}"])


@cache
def _ringer(address: str) -> "Ringer":
    from lantoa.common.resp import Where
    from lantoa.workshops.doorbell_valkey import Ringer

    return Ringer(Where.read(address))
