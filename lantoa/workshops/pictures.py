"""The pages of slides in the memory of a web process: thousands of pages ask for the same one in the same second, and
the database is asked once (decision 0049)."""

import asyncio
import re
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.db import connection

from lantoa.workshops.queries.slides import picture_of
from lantoa.workshops.rules.slides import SIZES

KEPT_BYTES: Final = 16 * 1024 * 1024
ADDRESS: Final = re.compile(rf"([0-9a-z]{{13}})/([1-9][0-9]{{0,3}})/({'|'.join(SIZES)})", re.ASCII)


class Pictures:
    """Those asked for last. Its methods are called in the event loop."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most, self._held = most, 0
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._reading: dict[tuple[str, str], asyncio.Future[bytes | None]] = {}
        self._reader: ThreadPoolExecutor | None = None

    async def get(self, workshop: str, asked: str) -> bytes | None:
        """A picture by "DECK/NUMBER/SIZE"; None where there is none. Raises the database's errors."""
        if not ADDRESS.fullmatch(asked):
            return None
        place = (workshop, asked)
        if place in self._kept:
            self._kept.move_to_end(place)
            return self._kept[place]
        if place not in self._reading:
            self._reader = self._reader or ThreadPoolExecutor(1, "workshops-pictures")
            reading = asyncio.get_running_loop().run_in_executor(self._reader, _read, place)
            self._reading[place] = reading
            reading.add_done_callback(lambda _done: self._reading.pop(place, None))
        found = await asyncio.shield(self._reading[place])
        if found is not None and place not in self._kept:
            self._keep(place, found)
        return found

    def _keep(self, place: tuple[str, str], picture: bytes) -> None:
        self._kept[place] = picture
        self._held += len(picture)
        while self._held > self._most:
            _place, gone = self._kept.popitem(last=False)
            self._held -= len(gone)


def _read(place: tuple[str, str]) -> bytes | None:
    deck, number, size = place[1].split("/")
    try:
        return picture_of(place[0], deck, int(number), size)
    finally:
        connection.close()
