"""An exam hall for tests: a real web process that can be killed and come back, a line that can be cut or can hang."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from exams.sat import body

from lantoa.exams.models import Attempt

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 180.0  # a crowded machine is no fault


class Web:
    """The web process as `lantoa serve` starts it, on the database of this test. It comes again at the same port."""

    def __init__(self, data: Path | None = None) -> None:
        self.data = data or settings.DATA_DIR
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.begin()

    def begin(self) -> None:
        of = connection.settings_dict
        options = {"host": of["HOST"], "port": of["PORT"]}
        where = urlencode({name: value for name, value in options.items() if value})
        account = quote(of["USER"], safe="") + (f":{quote(of['PASSWORD'], safe='')}" if of["PASSWORD"] else "")
        surroundings = {
            **os.environ,
            "DATABASE_URL": f"postgresql://{account}@/{of['NAME']}?{where}",
            "LANTOA_DATA": str(self.data),
            "LANTOA_LOOPBACK": "1",
            "LANTOA_DEBUG": "1",  # style and scripts as they lie in static/, without collecting them
        }
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "config.web", "127.0.0.1", str(self.port)],
            cwd=ROOT,
            env=surroundings,
            start_new_session=True,
        )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def post(self, path: str, sent: bytes) -> tuple[int, dict[str, object]]:
        """Raises OSError or HTTPException when nobody answers (any more)."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("POST", f"/hot/exam/{path}", sent)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()

    def wait_for(self, attempt: Attempt) -> None:
        self._until(lambda: self.post(f"{attempt.key}/state", body(attempt))[0])

    def wait_for_pages(self) -> None:
        self._until(self._page)

    def _page(self) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("GET", "/verify/")
            return line.getresponse().status
        finally:
            line.close()

    def _until(self, asked: Callable[[], int]) -> None:
        until = time.monotonic() + SECONDS
        while True:
            try:
                assert asked() == 200
                return
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < until, "the web process does not answer"
                time.sleep(0.1)


Way = Literal["open", "cut", "hung"]


class Line:
    """What lies between a browser and the web process. Cut: nobody is there. Hung: nothing is ever answered."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._way: Way = "open"
        self._ends: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, way: Way) -> None:
        """What was under way is lost, in every case."""
        self._way = way
        if way != "hung":
            for end in list(self._ends):
                _close(end)

    def close(self) -> None:
        self.put("cut")
        self._listening.close()

    def _take(self) -> None:
        while True:
            try:
                near, _whence = self._listening.accept()
            except OSError:
                return
            if self._way == "cut":
                _close(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
                far.settimeout(None)
            except OSError:  # the web process is not there
                _close(near)
                continue
            self._ends |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                while self._way == "hung":
                    if one.fileno() < 0:
                        return
                    time.sleep(0.02)
                other.sendall(data)
        for end in (one, other):
            self._ends.discard(end)
            _close(end)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextlib.contextmanager
def hall(data: Path) -> Iterator[tuple[Web, Line]]:
    """A web process and a line to it. Whoever is signed in by this process is signed in there."""
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "secret-key").write_text(settings.SECRET_KEY, encoding="ascii")
    web = Web(data)
    line = Line(web.port)
    try:
        yield web, line
    finally:
        line.close()
        web.kill()
