"""Real processes of our own, each with a data folder whose name has a space and Vietnamese letters."""

import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from config.places import Stamps
from config.postgres import hold, system_identifier
from config.processes import python
from config.programs import Account, account_for, find_programs, private_folder, run

SECONDS = 300.0  # a crowded machine is no fault


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def running(data: Path) -> dict[int, str]:
    """Every living process that was started for this data folder: its number and its command."""
    mark = b"LANTOA_DATA=" + os.fsencode(data) + b"\0"
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes() and int(entry.name) != os.getpid():
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                if command:  # a zombie has none
                    found[int(entry.name)] = " ".join(command.split("\0")[-8:])
        except OSError:
            continue
    return found


def until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


class Served:
    """A running `lantoa serve`."""

    def __init__(self, data: Path, *arguments: str, **surroundings: str) -> None:
        self.data = data
        self.port = free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "LANTOA_"))}
        self.process = subprocess.Popen(
            python("config.cli", "serve", "--port", str(self.port), *arguments),
            cwd="/",
            env=environment | {"LANTOA_DATA": str(data)} | surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.said = ""

    def wait_for(self, words: str, seconds: float = SECONDS) -> str:
        """Read what it says until `words` are among it."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.process.stdout, selectors.EVENT_READ)
            while words not in self.said:
                assert waiting.select(deadline - time.monotonic()), f"waited in vain for {words!r}:\n{self.said}"
                piece = os.read(self.process.stdout.fileno(), 65536).decode()
                assert piece, f"ended without saying {words!r}:\n{self.said}"
                self.said += piece
        return self.said

    def page(self, path: str = "/") -> int:
        """The status of a page."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
            answer = connection.recv(64).decode()
        return int(re.match(r"HTTP/1.. (\d+)", answer).group(1))  # type: ignore[union-attr]

    def the(self, part: str) -> int:
        """The process number of a part: the first whose command ends with these words."""
        return min(pid for pid, command in running(self.data).items() if part in command)

    def rest(self) -> str:
        """What it still says until it ends."""
        out, _ = self.process.communicate(timeout=SECONDS)
        return self.said + out.decode()

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def new_home() -> Path:
    """A folder that the account of the database can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="lantoa dự án Thủ Đức "))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def home() -> Iterator[Path]:
    folder = new_home()
    yield folder
    until(lambda: not running(folder / "data"))
    shutil.rmtree(folder)


@pytest.fixture
def data(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("LANTOA_DATA", str(home / "data"))
    return home / "data"


@pytest.fixture(scope="session")
def _cluster() -> Iterator[Path]:
    folder = new_home()
    hold(folder / "data").close()
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def made(_cluster: Path, data: Path) -> Path:
    """A data folder with an empty database in it, not running."""
    subprocess.run(["cp", "-a", str(_cluster), str(data)], check=True)
    return data


@pytest.fixture(scope="session")
def _prepared() -> Iterator[Path]:
    """An installation that was started once: its tables and static files are there, and nobody is asked for."""
    folder = new_home()
    first = Served(folder / "data", "--no-demo", "--no-worker")
    try:
        first.wait_for("Lantoa is at")
        first.process.send_signal(signal.SIGTERM)
        first.rest()
    finally:
        first.end()
    Stamps(folder / "data").keep("administrator", system_identifier(folder / "data"))
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def serve(_prepared: Path, data: Path) -> Iterator[Callable[..., Served]]:
    """Starts `lantoa serve` on a prepared data folder; whatever is left of it is ended."""
    started: list[Served] = []
    subprocess.run(["cp", "-a", str(_prepared), str(data)], check=True)

    def start(*, worker: bool = False) -> Served:
        started.append(Served(data, "--no-demo", *([] if worker else ["--no-worker"])))
        return started[-1]

    yield start
    for one in started:
        one.end()


class Cluster:
    """A PostgreSQL server of its own, stopped and started at the same place."""

    def __init__(self, home: Path) -> None:
        self.account: Account = account_for(home / "cluster")
        self.programs = find_programs(self.account, home / "cluster").folder
        self.folder = home / "cluster"
        self.sockets = private_folder(self.account)
        for folder in (self.folder, self.sockets):
            folder.mkdir(exist_ok=True)
            if self.account.uid is not None:
                shutil.chown(folder, self.account.uid, self.account.gid)
        self._do("initdb", "-D", str(self.folder), "-U", "lantoa", "-E", "UTF8", "-A", "trust", "--no-sync")
        self.start()
        self._do("createdb", "-h", str(self.sockets), "-U", "lantoa", "lantoa")
        self.url = f"postgresql://lantoa@/lantoa?host={quote(str(self.sockets), safe='')}"

    def start(self) -> None:
        own = f"-k '{self.sockets}' -c listen_addresses='' -c fsync=off"
        log = str(self.folder / "log")
        self._do("pg_ctl", "-D", str(self.folder), "-l", log, "-w", "-o", own, "start")

    def stop(self, how: str = "fast") -> None:
        """`fast`: everybody is sent away, all is written down; `immediate`: as a crash, mended at the next start."""
        self._do("pg_ctl", "-D", str(self.folder), "-w", "-m", how, "stop")

    def _do(self, program: str, *arguments: str) -> None:
        answer = run([str(self.programs / program), *arguments], self.account, timeout=SECONDS)
        assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.fixture
def cluster(data: Path) -> Iterator[Cluster]:
    home = new_home()
    made = Cluster(home)
    yield made
    run(
        [str(made.programs / "pg_ctl"), "-D", str(made.folder), "-m", "immediate", "stop"],
        made.account,
        timeout=SECONDS,
    )
    shutil.rmtree(home)
    shutil.rmtree(made.sockets)
