"""An installation of its own: its data folder, its database server, its commands as processes that can be killed."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.postgres import Session, hold
from config.processes import python

SECONDS = 60.0


class Installation:
    """A data folder with a server that keeps what it promised (nothing here is `throwaway`)."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.folder = folder
        self.session: Session = hold(self.data)
        self.started: list[subprocess.Popen[bytes]] = []

    # ---- processes

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LANTOA_", "PYTEST_"))}
        return kept | {"DATABASE_URL": self.session.url, "LANTOA_DATA": str(self.data), "PYTHONUTF8": "1"}

    def prepare(self, *arguments: str) -> None:
        program = Path(__file__).with_name("prepare.py")
        ended = subprocess.run(
            [sys.executable, str(program), *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """`lantoa ARGUMENTS`, as a user starts it."""
        process = subprocess.Popen(
            python("config.cli", *arguments),
            env=self.environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.started.append(process)
        return process

    def finish(self, *arguments: str) -> str:
        """`lantoa ARGUMENTS` to its end; what it prints."""
        ended = subprocess.run(
            python("config.cli", *arguments),
            env=self.environment(),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
        self.settle()

    def kill_server(self, process: "subprocess.Popen[bytes]") -> None:
        """Kills the database server under the process, which ends by itself; starts the server again."""
        pid = int((self.data / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        process.wait(SECONDS)
        self.session.close()
        self.session = hold(self.data)
        self.settle()

    def settle(self) -> None:
        """Waits until the server has noticed that its client is gone."""
        until(
            lambda: (
                self.ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")[0][0] == 1
            )
        )

    # ---- looking from outside

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.session.url, autocommit=True) as connection:
            return connection.execute(sql).fetchall()  # type: ignore[arg-type]

    def dump(self, *but: str) -> dict[str, tuple[int, str]]:
        """How many rows each table has, and a sum of all of them."""
        tables = self.ask(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'django%' ORDER BY 1"
        )
        one = "SELECT '{0}', count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY t::text)), '') FROM {0} t"
        asked = " UNION ALL ".join(one.format(table) for (table,) in tables if table not in but)
        return {table: (count, total) for table, count, total in self.ask(asked)}

    def count(self, table: str) -> int:
        found: int = self.ask(f"SELECT count(*) FROM {table}")[0][0]
        return found

    def check_files(self) -> None:
        """Every file that the database knows is on the disk, whole."""
        for stored_as, digest in self.ask("SELECT stored_as, sha256 FROM office_file"):
            content = (self.data / "files" / stored_as).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest

    def on_disk(self) -> set[str]:
        folder = self.data / "files"
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    def check_ledger(self) -> None:
        assert json.loads(self.finish("verify-ledger", "--json"))["found"] == 0

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stderr:
                process.stderr.close()
        self.session.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = Path(tempfile.mkdtemp(prefix="lantoa kill "))
    folder.chmod(0o755)  # the account of the database passes through
    made = Installation(folder)
    yield made
    made.close()


def until(true: Callable[[], Any], seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
