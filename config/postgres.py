"""PostgreSQL for a checkout without a database server: our own small launcher.

Whoever needs the database holds a `Session`: a connection to a *keeper* (config/keeper.py), one small process
per data folder that is the parent of the server. The first session starts it, every further one finds it, and
when the last one is closed (a killed process closes its own) the keeper stops the server and ends. So a
command works beside a running `lantoa serve` and also alone, and nothing is left when any of us is killed.
See docs/decisions/0002.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from config.keeper import START_SECONDS, STOP_SECONDS
from config.processes import python
from config.programs import CannotStart

__all__ = ["CannotStart", "Session", "hold", "system_identifier"]


class Session:
    """A running database, held until `close()` or the end of this process.

    `url` is what `DATABASE_URL` means; `lost()` is the reason when the server has gone, else empty.
    """

    def __init__(self, connection: socket.socket, url: str, keeper: subprocess.Popen[bytes] | None) -> None:
        self.url = url
        self._connection = connection
        self._keeper = keeper
        self._reason = ""

    def fileno(self) -> int:
        """For waiting with a selector: readable means that the server has gone."""
        return self._connection.fileno()

    def lost(self) -> str:
        if self._reason:
            return self._reason
        self._connection.setblocking(False)
        try:
            line = self._connection.recv(65536)
        except BlockingIOError:
            return ""
        except OSError as error:
            line = str(error).encode()
        words = line.decode("utf-8", "replace").split("\n")[0].removeprefix("lost ").strip()
        self._reason = words or "its keeper has ended"
        return self._reason

    def close(self) -> None:
        """Let go; when nobody else holds the server, wait until it has stopped."""
        try:
            self._connection.shutdown(socket.SHUT_WR)
            self._connection.setblocking(True)
            self._connection.settimeout(STOP_SECONDS + 10)
            words = b""
            while piece := self._connection.recv(65536):
                words += piece
        except OSError:
            words = b""
        self._connection.close()
        _let_go(self._keeper, wait=b"stopped" in words)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def hold(
    data: Path,
    *,
    throwaway: bool = False,
    say: Callable[[str], None] = lambda _: None,
    soon: Callable[[str], None] = lambda _: None,
) -> Session:
    """The database of a data folder: found running, or started, or made and started. Raises CannotStart.

    `soon` is called with its address before the server is made or begins to start.
    `throwaway` is for tests and scratch work: nothing is forced to disk, and when the last session ends the
    whole folder `data` is deleted.
    """
    data = data.absolute()
    _prepare_folder(data)
    deadline = time.monotonic() + START_SECONDS + STOP_SECONDS
    keeper: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        connection = _knock(data)
        if connection is not None:
            line = _listen(connection, deadline, {"say": say, "soon": soon})
            if line.startswith("ready "):
                return Session(connection, line.removeprefix("ready "), keeper)
            connection.close()
            if line.startswith("error "):
                _let_go(keeper, wait=True)
                raise CannotStart(line.removeprefix("error ").replace("\x1f", "\n"))
        if keeper is None:
            keeper = _start_keeper(data, throwaway)
        elif keeper.poll() is not None:
            words = keeper.stderr.read().decode("utf-8", "replace").strip() if keeper.stderr else ""
            _let_go(keeper, wait=True)
            if keeper.returncode:
                raise CannotStart(words or f"Cannot start the database: its keeper ended ({keeper.returncode}).")
            keeper = None  # another keeper was first: knock at its door
        time.sleep(0.02)
    raise CannotStart(f"Cannot start the database: no answer in {START_SECONDS:.0f} s. See {data / 'postgres.log'}.")


def _let_go(keeper: subprocess.Popen[bytes] | None, *, wait: bool) -> None:
    """Our end of a keeper we started: waited for when it ends, else left to the sessions of others."""
    if keeper is None:
        return
    if keeper.stderr is not None:
        keeper.stderr.close()
    if wait:
        keeper.wait(STOP_SECONDS)
    elif keeper.poll() is None:
        keeper.returncode = 0


def _prepare_folder(data: Path) -> None:
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
        if os.geteuid() == 0 and not data.stat().st_mode & 0o001 and data.stat().st_uid == 0:
            data.chmod(data.stat().st_mode | 0o011)  # the database's account must pass through it
    except OSError as error:
        raise CannotStart(f"Cannot make the data folder {data}: {error.strerror}.") from error
    if not os.access(data, os.W_OK):
        raise CannotStart(f"Cannot write in the data folder {data}: it belongs to another account.")


def _start_keeper(data: Path, throwaway: bool) -> subprocess.Popen[bytes]:
    arguments = [str(data), *(["--throwaway"] if throwaway else [])]
    return subprocess.Popen(
        python("config.keeper", *arguments),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is for us, not for it
    )


def _knock(data: Path) -> socket.socket | None:
    try:
        door = str(json.loads((data / "postgres.place").read_text())["door"])
    except (OSError, ValueError, KeyError):
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(door)
    except OSError:
        connection.close()
        return None
    return connection


def _listen(connection: socket.socket, deadline: float, told: dict[str, Callable[[str], None]]) -> str:
    """The keeper's last word: `ready URL` or `error WORDS`; empty when it is just ending."""
    buffer = b""
    while True:
        while b"\n" in buffer:
            line, _, buffer = buffer.partition(b"\n")
            kind, _, words = line.decode("utf-8", "replace").partition(" ")
            if kind not in told:
                return f"{kind} {words}"
            told[kind](words)
        connection.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            piece = connection.recv(65536)
        except OSError:
            return ""
        if not piece:
            return ""
        buffer += piece


def system_identifier(data: Path) -> str:
    """The number PostgreSQL gave this cluster when it was made; empty when there is none yet."""
    try:
        with open(data / "postgres" / "global" / "pg_control", "rb") as file:
            return file.read(8).hex()
    except OSError:
        return ""
