"""Somebody invented with a browser of their own: pages, forms and cookies over HTTP, as a real operator has them."""

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from lantoa.workshops.rules.simulating import PageForm, read_page

SECONDS: Final = 30.0  # a stream beats every 15
AWAY: Final = (OSError, http.client.HTTPException)


class Visitor:
    """One browser. Acts come one after another; every answer is a status, never an exception of the line."""

    def __init__(self, address: str, session: str = "") -> None:
        self.address = address.rstrip("/")
        self._at = urlsplit(self.address)
        self._cookies = {"sessionid": session} if session else {}
        self._line: http.client.HTTPConnection | None = None
        self._one_at_a_time = threading.Lock()

    def enter(self, token: str) -> bool:
        """Signs in by a personal link, whose page asks who one is first."""
        self.get(f"/l/{token}")
        return self.post(f"/l/{token}") == 302

    def get(self, path: str) -> tuple[int, list[PageForm], dict[str, str], str]:
        """A page: status, its forms, what it says to its scripts, its text."""
        status, text = self._ask("GET", path)
        forms, marks = read_page(text)
        return status, forms, marks, text

    def post(self, path: str, **fields: str) -> int:
        """Sends a form; the status, 0 where nothing answers."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self._cookies.get("csrftoken", "")})
        return self._ask("POST", path, body, "application/x-www-form-urlencoded")[0]

    def send(self, path: str, said: dict[str, Any]) -> int:
        """Sends what a device sends to the hot path."""
        return self._ask("POST", path, json.dumps(said), "application/json")[0]

    def listen(self, path: str) -> Iterator[dict[str, Any]]:
        """What a stream tells until it ends or nothing is heard of it any more."""
        line = self._new_line()
        try:
            line.request("GET", path, headers={"Accept": "text/event-stream"})
            answer = line.getresponse()
            for raw in answer if answer.status == 200 else ():
                if raw.startswith(b"data: ") and raw.startswith(b'data: {"n"'):
                    yield json.loads(raw[6:])
                else:
                    yield {}
        except AWAY:
            return
        finally:
            line.close()

    def close(self) -> None:
        """Hangs up."""
        if self._line is not None:
            self._line.close()

    def _new_line(self) -> http.client.HTTPConnection:
        host, port = self._at.hostname or "127.0.0.1", self._at.port
        if self._at.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=SECONDS)

    def _ask(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        headers |= {"Referer": f"{self.address}/", **({"Content-Type": kind} if kind else {})}
        with self._one_at_a_time:
            for fresh in (self._line is None, True):  # a line that was kept open may have been closed meanwhile
                try:
                    if self._line is None:
                        self._line = self._new_line()
                    self._line.request(method, path, body.encode() or None, headers)
                    answer = self._line.getresponse()
                    text = answer.read().decode(errors="replace")
                except AWAY:
                    if self._line is not None:
                        self._line.close()
                    self._line = None
                    if fresh:
                        return 0, ""
                    continue
                for one in answer.headers.get_all("Set-Cookie") or []:
                    self._cookies.update({name: crumb.value for name, crumb in SimpleCookie(one).items()})
                return answer.status, text
        return 0, ""
