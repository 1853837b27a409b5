"""The front of a web process when more ask than it can answer."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

from config.front import MOST_WAITING, Front


class Protocol:
    """What the server gives for one request: it keeps the answer."""

    status = 0
    headers: list[tuple[str, str]]
    body: bytes | str = b""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        self.status, self.headers, self.body = status, headers, body


SCOPE = SimpleNamespace(
    path="/", query_string="", method="GET", scheme="http", http_version="1.1", headers={}, authority="here",
    server="127.0.0.1:8000", client="127.0.0.1:9",
)  # fmt: skip


def test_a_burst_waits_its_turn_and_only_beyond_it_one_is_asked_to_come_again() -> None:
    free = threading.Event()

    def pages(_environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], None]) -> Iterable[bytes]:
        free.wait(60)
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"here"]

    async def burst() -> list[Protocol]:
        front = Front(pages, [], threads=1)
        asked = [Protocol() for _ in range(MOST_WAITING + 1)]
        tasks = [asyncio.ensure_future(front.__rsgi__(SCOPE, one)) for one in asked]
        while not tasks[-1].done():  # the last came too late; all others wait
            await asyncio.sleep(0)
        free.set()
        await asyncio.gather(*tasks)
        return asked

    with ThreadPoolExecutor(1) as own:
        *waited, turned_away = own.submit(asyncio.run, burst()).result()

    assert {(one.status, one.body) for one in waited} == {(200, b"here")}
    assert (turned_away.status, dict(turned_away.headers)["retry-after"]) == (503, "2")
    assert str(turned_away.body).split("\n")[0] == "Máy chủ đang bận. Hãy thử lại sau vài giây."
