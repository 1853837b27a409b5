"""A door of workshops as pages and devices meet it, without a server: what it streams, what it answers."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lantoa.common.hot import Said
from lantoa.common.keyring import secret
from lantoa.workshops.hot import PREFIX, SECRET, Door
from lantoa.workshops.models import Workshop
from lantoa.workshops.rules.streams import Ticket

SECONDS = 30.0


def run(asked: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: the browser of another test may hold the event loop of this one."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, asked).result()


def ticket_of(
    workshop: Workshop, audience: str = "all", actor: str = "user:0reader000000", until: int = 2**40
) -> str:
    return Ticket(workshop.key, audience, actor).written(secret(SECRET), until)


class Taken:
    """What a server gives for bytes it has taken."""

    def __await__(self) -> Iterator[None]:
        return iter(())


class Scope:
    """A request."""

    method = "GET"

    def __init__(self, path: str, query: str, headers: dict[str, str]) -> None:
        self.path, self.query_string, self.headers = path, query, headers


class Listener:
    """One page that listens: the other end of the server's protocol."""

    def __init__(self) -> None:
        self.status, self.said, self.body = 0, b"", b""

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Listener":
        self.status = status
        assert dict(headers)["content-type"] == "text/event-stream; charset=utf-8"
        return self

    def send_bytes(self, said: bytes) -> Taken:
        self.said += said
        return Taken()

    def response_bytes(self, status: int, _headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.body = status, body

    def told(self) -> list[dict[str, Any]]:
        found = re.findall(r"^id: \d+\ndata: (.*)$", self.said.decode(), re.M)
        return [json.loads(one) for one in found]

    def numbers(self) -> list[int]:
        return [one["n"] for one in self.told()]

    async def until(self, number: int) -> None:
        """Until it was told that number."""

        async def waits() -> None:
            while number not in self.numbers():
                await asyncio.sleep(0.01)

        await asyncio.wait_for(waits(), SECONDS)


async def listen(
    door: Door, workshop: Workshop, audience: str = "all", after: int | None = 0, *, ticket: str = "", last: str = ""
) -> Listener:
    """Opens a stream."""
    page = Listener()
    query = f"ticket={ticket or ticket_of(workshop, audience)}" + ("" if after is None else f"&after={after}")
    headers = {"last-event-id": last} if last else {}
    await door.serve(Scope(f"{PREFIX}{workshop.key}/stream", query, headers), page)
    return page


async def post(door: Door, path: str, said: dict[str, Any]) -> Said:
    """One act."""
    body = json.dumps(said).encode()

    async def read() -> bytes:
        return body

    answer: Callable[..., Awaitable[Said]] = door.answer
    return await answer("POST", PREFIX + path, str(len(body)), read)
