"""An installation of its own: its data folder, its database server, its commands as processes that can be killed."""

import hashlib
import json
import os
import selectors
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

SECONDS = 300.0  # a crowded machine is no fault


class Started:
    """A command that was started: a process that can be killed."""

    def __init__(self, launcher: "subprocess.Popen[bytes]", pid: int, words: Path) -> None:
        self.pid = pid
        self._launcher = launcher
        self._words = words
        self.code: int | None = None

    def words(self) -> str:
        """What it has said so far."""
        return self._words.read_text() if self._words.exists() else ""

    def runs(self) -> bool:
        return self.code is None and not self._says_more(0)

    def wait(self) -> int:
        """Its exit code, negative when it was killed."""
        if self.code is None:
            assert self._says_more(SECONDS), f"did not end:\n{self.words()}"
            assert self._launcher.stdout is not None
            self.code = int(self._launcher.stdout.readline())
        return self.code

    def _says_more(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._launcher.stdout, selectors.EVENT_READ)  # type: ignore[arg-type]
            return bool(waiting.select(seconds))


class Installation:
    """A data folder with a server that keeps what it promised (nothing here is `throwaway`)."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.folder = folder
        self.session: Session = hold(self.data)
        self.own = psycopg.connect(self.session.url, autocommit=True)
        self.last: Started | None = None
        self.launcher: subprocess.Popen[bytes] | None = None

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

    def start(self, *arguments: str) -> Started:
        """A command, in a process of its own; the one before must have ended."""
        if self.last is not None:
            self.last.wait()
        if self.launcher is None:
            self.launcher = subprocess.Popen(
                [sys.executable, "-u", str(Path(__file__).with_name("launcher.py"))],
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,  # a line must not wait in a buffer while we look for it
            )
        assert self.launcher.stdin is not None
        assert self.launcher.stdout is not None
        words = self.folder / "words"
        words.unlink(missing_ok=True)
        self.launcher.stdin.write(json.dumps({"arguments": arguments, "words": str(words)}).encode() + b"\n")
        self.last = Started(self.launcher, int(self.launcher.stdout.readline()), words)
        return self.last

    def finish(self, *arguments: str) -> str:
        """A command to its end; what it says."""
        process = self.start(*arguments)
        assert process.wait() == 0, process.words()
        self.settle()
        return process.words()

    def kill(self, process: Started) -> bool:
        """Kills the process; False when it had just ended by itself."""
        os.kill(process.pid, signal.SIGKILL)
        killed = process.wait() == -signal.SIGKILL
        self.settle()
        return killed

    def kill_server(self, process: Started) -> bool:
        """Kills the database server under the process, which ends by itself; starts the server again."""
        pid = int((self.data / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        process.wait()
        self.own.close()
        self.session.close()
        self.end_launcher()
        self.session = hold(self.data)
        self.own = psycopg.connect(self.session.url, autocommit=True)
        self.settle()
        return True

    def end_launcher(self) -> None:
        """It knows the old address of the database."""
        if self.launcher is not None:
            self.launcher.kill()
            self.launcher.communicate()
            self.launcher = None

    def settle(self) -> None:
        """Waits until the server has noticed that its client is gone."""
        until(
            lambda: self.ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")[0][0] == 1
        )

    # ---- looking from outside

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.own.execute(sql).fetchall()  # type: ignore[arg-type]

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
        assert json.loads(self.finish("verify_ledger", "--json"))["found"] == 0

    def close(self) -> None:
        self.end_launcher()
        self.own.close()
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
