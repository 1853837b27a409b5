"""The front of a web process: the hot path in its event loop, all pages by the framework in threads (decision 0024).

Granian speaks RSGI to it. What begins with the prefix of a room's door (`/hot/…`, `common.hot.Door`) is answered by
that door in the event loop, also with a stream that never ends; everything else becomes a WSGI call in one of a few
threads. The body of a request has arrived whole, on disk when it is large, before a thread is taken: a slow phone
holds none.
"""

import asyncio
import contextlib
import io
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, BinaryIO

MOST_WAITING = 100  # requests a thread that wait for one, a few seconds; more are asked to come again
IN_MEMORY = 1024 * 1024  # larger bodies go to disk
BUSY = (
    503,
    [("content-type", "text/plain; charset=utf-8"), ("retry-after", "2")],
    "Máy chủ đang bận. Hãy thử lại sau vài giây.\n\nThe server is busy. Try again in a few seconds.\n",
)

Start = tuple[int, list[tuple[str, str]]]


class Front:
    """One web process."""

    def __init__(self, pages: Callable[..., Iterable[bytes]], doors: Sequence[Any], *, threads: int) -> None:
        self._pages = pages
        self._doors = doors
        self._threads = ThreadPoolExecutor(threads, "pages")
        self._most = threads * MOST_WAITING
        self._waiting = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Before the first request. The word to stop must reach the doors as well: the server waits for every answer
        under way, and a stream would never end. (The event loop is woken by the signal whoever handles it.)"""

        def close(_number: int, _frame: FrameType | None) -> None:
            for door in self._doors:
                loop.call_soon_threadsafe(door.close)

        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, close)
        for door in self._doors:
            door.begin(loop)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """One request."""
        for door in self._doors:
            if scope.path.startswith(door.prefix):
                await door.serve(scope, proto)
                return
        if self._waiting >= self._most:
            proto.response_str(*BUSY)
            return
        self._waiting += 1
        try:
            await self._page(scope, proto)
        finally:
            self._waiting -= 1

    async def _page(self, scope: Any, proto: Any) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.closing(await _body(scope, proto)) as body:
            environ = environ_of(scope, body)
            await loop.run_in_executor(self._threads, self._in_thread, environ, proto, loop)

    def _in_thread(self, environ: dict[str, Any], proto: Any, loop: asyncio.AbstractEventLoop) -> None:
        """The whole of one page in one thread: a connection to the database belongs to its thread."""
        start: Start = (500, [])

        def start_response(status: str, headers: list[tuple[str, str]], _problem: Any = None) -> None:
            nonlocal start
            start = (int(status[:3]), headers)

        answer = self._pages(environ, start_response)
        try:
            chunks = iter(answer)
            first, second = next(chunks, b""), next(chunks, None)
            status, headers = start
            headers = [(name.lower(), value) for name, value in headers]
            if second is None:
                proto.response_bytes(status, headers, first)
                return
            stream = proto.response_stream(status, headers)

            def send(chunk: bytes) -> None:
                asyncio.run_coroutine_threadsafe(_send(stream, chunk), loop).result()

            send(first)
            send(second)
            for chunk in chunks:
                send(chunk)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()


async def _send(stream: Any, chunk: bytes) -> None:
    await stream.send_bytes(chunk)


async def _body(scope: Any, proto: Any) -> BinaryIO:
    """The body of the request: in memory when it says that it is small, else in a file that fills as it arrives."""
    length = scope.headers.get("content-length")
    if length is None and "transfer-encoding" not in scope.headers and scope.http_version.startswith("1"):
        return io.BytesIO()
    if length is not None and length.isdecimal() and int(length) <= IN_MEMORY:
        return io.BytesIO(await proto() if length != "0" else b"")
    spooled = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- closed by the caller
    async for chunk in proto:
        spooled.write(chunk)
    spooled.seek(0)
    return spooled  # type: ignore[return-value]


def environ_of(scope: Any, body: BinaryIO) -> dict[str, Any]:
    """The request as WSGI (PEP 3333) says it."""
    host, _colon, port = scope.server.rpartition(":")
    caller, _colon, caller_port = scope.client.rpartition(":")
    environ: dict[str, Any] = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SERVER_SOFTWARE": "Granian",
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": caller.strip("[]"),
        "REMOTE_PORT": caller_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}" if key in environ else value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ
