"""A town to walk through: the demonstration in a database of its own, served by the real web server.

Loading it takes half a minute, so it is loaded once for all test processes, and every file of journeys walks through
a copy of its own: what one file does there (ends a session, moves somebody, issues certificates) no other one finds.
`LANTOA_TOWN=/a/folder` keeps it there between runs, for whoever writes journeys.
"""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import psycopg
from accounts.fake_provider import CLIENT, SECRET, Provider, provider
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.processes import dying_with_parent, python

HERE = Path(__file__).resolve().parent
SECONDS = 180  # a crowded machine is no fault
PROVIDER_NAME = "Cổng đăng nhập của tỉnh"
SEND = """
from django.utils import timezone
from lantoa.ledger.rules import Machine
from lantoa.office.actions.sending import wake_sender
wake_sender(by=Machine("walk"), at=timezone.now())
"""


@dataclass(frozen=True)
class Town:
    """A server with the demonstration: its address, its files, and the pages that were found in it.

    `found` is what `pages.py` has found: `{"pages": [...], "sessions": {account: cookie}, "things": {...}}`.
    """

    address: str
    data: Path
    url: str
    found: dict[str, Any]
    provider: Provider  # of OpenID Connect: says of whoever comes what `claims` says

    def work(self) -> None:
        """Runs the jobs that wait, until none is left; fails when the worker complains."""
        said = _run(python("config.manage", "run_jobs", "--until-idle"), self.url, self.data)
        assert said == "", said

    def make(self, module: str) -> None:
        """Runs `made()` of a module of these tests in the town: what people would need an hour for."""
        code = f"from tests.{module} import made; made()"
        _run(python("config.manage", "shell", "-v0", "-c", code), self.url, self.data)

    def send(self) -> None:
        """Sends the messages that are due, as the worker's clock does within a minute; letters lie in `mail`."""
        _run(python("config.manage", "shell", "-v0", "-c", SEND), self.url, self.data)
        self.work()


@dataclass(frozen=True)
class Founded:
    """The town that is copied: where its files lie, the name of its database, and what was found in it."""

    data: Path
    database: str
    found: dict[str, Any]


@contextmanager
def founded(shared: Path) -> Iterator[Founded]:
    """The town that stands in the shared folder.

    Whoever is first builds it there, whoever is last takes it down: the others still read its files.
    """
    kept = os.environ.get("LANTOA_TOWN")
    folder = Path(kept) if kept else shared / "town"
    folder.mkdir(exist_ok=True)
    name = f"lantoa_town_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    with (folder / "lived-in").open("w") as lived_in:
        with _alone(folder):
            fcntl.flock(lived_in, fcntl.LOCK_SH)
            if not (folder / "pages.json").exists():
                _build(folder, name)
        try:
            yield Founded(folder, name, json.loads((folder / "pages.json").read_text(encoding="utf-8")))
        finally:
            with _alone(folder):
                if not kept and _nobody_else(lived_in):
                    _drop(name)
                    (folder / "pages.json").unlink(missing_ok=True)


@contextmanager
def town(of: Founded) -> Iterator[Town]:
    """A town of one's own, copied from the one that was founded."""
    copy = f"{of.database}_{os.getpid()}"
    with _alone(of.data):  # the database that is copied has one visitor at a time
        _make(copy, like=of.database)
    try:
        with provider() as outside, _serve(copy, of.data, of.found, outside) as served:
            yield served
    finally:
        _drop(copy)


def _build(folder: Path, name: str) -> None:
    for old in folder.iterdir():
        if old.name not in ("lock", "lived-in"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    _drop(name)
    _make(name)
    for command in (
        python("config.prepare"),
        python("config.prepare", "--demonstration"),
        python("tests.journeys.pages", str(folder / "draft.json")),
    ):
        _run(command, _url(name), folder)
    (folder / "draft.json").rename(folder / "pages.json")


def _run(command: list[str], url: str, data: Path) -> str:
    done = subprocess.run(command, env=_surroundings(url, data), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command[-3:])} has failed:\n{done.stdout[-2000:]}{done.stderr[-6000:]}"
    return done.stdout + done.stderr


@contextmanager
def _serve(database: str, data: Path, found: dict[str, Any], outside: Provider) -> Iterator[Town]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address, url = f"http://127.0.0.1:{port}", _url(database)
    log = data / f"server-{port}.log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            python("config.web", "127.0.0.1", str(port)),
            env=_surroundings(url, data) | _provided(outside) | {"LANTOA_ADDRESS": address},
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=dying_with_parent(signal.SIGTERM),
        )
        try:
            _wait_for(port, server, log)
            yield Town(address, data, url, found, outside)
        finally:
            server.terminate()
            try:
                server.wait(SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def _provided(outside: Provider) -> dict[str, str]:
    return {
        "LANTOA_OPENID_ISSUER": outside.issuer,
        "LANTOA_OPENID_CLIENT": CLIENT,
        "LANTOA_OPENID_SECRET": SECRET,
        "LANTOA_OPENID_NAME": PROVIDER_NAME,
    }


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, f"the server has ended:\n{log.read_text()}"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as line:
                line.sendall(b"GET /verify/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if line.recv(12).endswith(b"200"):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"no page was answered within {SECONDS} s:\n{log.read_text()}")


def _surroundings(url: str, data: Path) -> dict[str, str]:
    ours = {"DATABASE_URL": url, "LANTOA_DATA": str(data), "LANTOA_LOOPBACK": "1", "LANTOA_SMTP": "file"}
    return {k: v for k, v in os.environ.items() if not k.startswith("LANTOA_")} | ours


# ---- databases


def _url(name: str) -> str:
    """DATABASE_URL with another database."""
    before, mark, rest = _server().partition("?")
    start = before.rpartition("/")[0]
    return f"{start}/{name}{mark}{rest}"


def _server() -> str:
    return os.environ.get("DATABASE_URL") or "postgresql:///lantoa"


def _connect() -> "psycopg.Connection[Any]":
    try:
        return psycopg.connect(_server(), autocommit=True)
    except psycopg.OperationalError:  # pytest makes test_lantoa; lantoa itself need not stand
        return psycopg.connect(make_conninfo(**conninfo_to_dict(_server()) | {"dbname": "postgres"}), autocommit=True)


def _make(name: str, like: str = "template1") -> None:
    with _connect() as line:
        line.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like)))


def _drop(name: str) -> None:
    with _connect() as line:
        line.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _nobody_else(lived_in: TextIO) -> bool:
    try:
        fcntl.flock(lived_in, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
