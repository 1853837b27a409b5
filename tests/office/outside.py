"""The world outside, on loopback: a gateway and a mail server that can misbehave as real ones do."""

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Gateway:
    """What a gateway was asked, and what it kept: a key once, however often it is asked.

    `script` holds how it behaves to the next requests, then it answers 200: a status, or "hang", "drip", "twice",
    "die" (keeps the message and drops the line), "garbage".
    """

    url: str = ""
    script: list[int | str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Event = field(default_factory=threading.Event)

    @property
    def keys(self) -> list[str]:
        return [request["key"] for request in self.asked]


class _GatewayHandler(BaseHTTPRequestHandler):
    server: "_GatewayServer"

    def do_POST(self) -> None:
        gateway = self.server.gateway
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = json.loads(body)
        with gateway.lock:
            gateway.asked.append({**message, "headers": dict(self.headers), "body": body})
            how = gateway.script.pop(0) if gateway.script else 200
        if how == "hang":
            gateway.ending.wait(30)
            return
        if isinstance(how, str) or 200 <= how < 300:
            with gateway.lock:
                gateway.kept.setdefault(message["key"], message)
        time.sleep(gateway.pause)
        if how == "die":
            self.connection.close()
            return
        if how == "drip":
            self._drip()
            return
        if how == "garbage":
            self.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
            return
        for _ in range(2 if how == "twice" else 1):
            self._answer(how if isinstance(how, int) else 200, message["key"])

    def _answer(self, status: int, key: str) -> None:
        content = json.dumps({"id": f"g-{key}"} if status < 300 else {"error": f"no {status}"}).encode()
        self.send_response(status)
        for name, value in self.server.gateway.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self) -> None:
        """A byte now and then, for ever: no single read ever times out."""
        try:
            while not self.server.gateway.ending.wait(0.05):
                self.wfile.write(b"H")
                self.wfile.flush()
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        pass


class _GatewayServer(ThreadingHTTPServer):
    daemon_threads = True
    gateway: Gateway

    def handle_error(self, request: object, client_address: object) -> None:
        """A line that was cut is what some tests want."""


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway on loopback."""
    made = Gateway()
    with _GatewayServer(("127.0.0.1", 0), _GatewayHandler) as server:
        server.gateway = made
        made.url = f"http://127.0.0.1:{server.server_address[1]}/send"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        made.ending.set()
        server.shutdown()
        thread.join(5)


@dataclass
class MailServer:
    """A mail server: the letters it took, by recipient. `refuse` maps an address to the answer to RCPT; `after_data`
    is the answer to a letter, or "die" to take it and drop the line."""

    host: str = "127.0.0.1"
    port: int = 0
    letters: list[tuple[str, str]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    after_data: list[str] = field(default_factory=list)
    pause: float = 0.0


class _MailHandler(socketserver.StreamRequestHandler):
    server: "_MailServer"

    def handle(self) -> None:
        mail, to = self.server.mail, ""
        self._say("220 here")
        while line := self.rfile.readline().decode(errors="replace").strip():
            word = line.upper()
            if word.startswith(("EHLO", "HELO")):
                self._say("250 here")
            elif word.startswith("RCPT"):
                to = line[line.index("<") + 1 : line.index(">")]
                self._say(mail.refuse.get(to, "250 known"))
            elif word == "DATA":
                self._say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode(errors="replace"), ".\r\n")
                mail.letters.append((to, "".join(lines)))
                time.sleep(mail.pause)
                how = mail.after_data.pop(0) if mail.after_data else "250 taken"
                if how == "die":
                    return
                if not how.startswith("250"):
                    mail.letters.pop()
                self._say(how)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    mail: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A line that was cut is what some tests want."""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on loopback."""
    made = MailServer()
    with _MailServer(("127.0.0.1", 0), _MailHandler) as server:
        server.mail = made
        made.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join(5)
