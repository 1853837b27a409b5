"""A fake receiver on loopback: takes messages, or answers as it is told, or hangs, or drips."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What it got, and how it answers: a status, "hang" or "drip"."""

    url: str = ""
    answer: Any = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiver(path: str = "/events") -> Iterator[Receiver]:
    """Runs one for the time of a test."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((dict(self.headers.items()), body))
            if told.answer == "hang":
                told.over.wait(30)
            elif told.answer == "drip":
                while not told.over.is_set():
                    self.wfile.write(b"H")
                    time.sleep(0.1)
            else:
                self.send_response(told.answer)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

        def log_message(self, *_said: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}{path}"
    try:
        yield told
    finally:
        told.over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
