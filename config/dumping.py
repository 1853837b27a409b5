"""The database as a stream of bytes and back: pg_dump and pg_restore, of the embedded build or the server's own."""

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from config.archive import CannotDo
from config.places import serving
from config.programs import environment, program_folders

if TYPE_CHECKING:
    import psycopg

# A row as text must read the same on both machines, whatever their settings.
_SAME_WORDS = (
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO, YMD'",
    "SET intervalstyle = 'iso_8601'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET search_path = public",
)
_KEPT_COMPLAINTS = 16 * 1024  # bytes
_KNOWS_ITS_SETTINGS, _UNKNOWN_SETTING = 17, b"SET transaction_timeout"
_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
# The sum does not depend on the order of the rows, needs no memory, and changes when any letter of any row does.
_SUM = """
    SELECT count(*)::text, coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric), 0)::text FROM {} t
"""


@dataclass(frozen=True)
class Tools:
    """A folder with PostgreSQL's programs, and their version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def find_tools(server: int) -> Tools:
    """Programs that can read a server of this major version: the same version if there is one, else the next newer.

    Raises CannotDo.
    """
    found = []
    for folder, _package in program_folders():
        try:
            answer = subprocess.run(
                [str(folder / "pg_dump"), "--version"], capture_output=True, text=True, env=environment(), check=False
            )
        except OSError:
            continue
        version = re.search(r"(\d+(?:\.\d+)?)", answer.stdout)
        if answer.returncode == 0 and version and (folder / "pg_restore").exists():
            found.append(Tools(folder, version.group(1)))
    usable = sorted((tools for tools in found if tools.major >= server), key=lambda tools: tools.major)
    if usable:
        return usable[0]
    have = ", ".join(tools.version for tools in found) or "none"
    raise CannotDo(
        f"Cannot read the database: the server is PostgreSQL {server}, and pg_dump of that version or newer is needed"
        f" (found: {have}). Debian: apt-get install postgresql-client-{server}."
    )


def connect(url: str) -> "psycopg.Connection[Any]":
    """A connection that writes rows as every other one does. Raises NotReady."""
    from config.prepare import connect as plain

    connection = plain(url)
    for line in _SAME_WORDS:
        connection.execute(line)
    return connection


def major_of(connection: "psycopg.Connection[Any]") -> int:
    """The major version of the server."""
    return connection.info.server_version // 10_000


def table_names(connection: "psycopg.Connection[Any]") -> list[str]:
    """The tables of the database, in the order of their names."""
    return [str(name) for (name,) in connection.execute(_TABLES).fetchall()]


def sums_of_tables(connection: "psycopg.Connection[Any]") -> dict[str, list[str]]:
    """Of every table: how many rows, and a sum over all of them."""
    from psycopg import sql

    sums = {}
    for name in table_names(connection):
        row = connection.execute(sql.SQL(_SUM).format(sql.Identifier(name))).fetchone()
        assert row is not None
        sums[name] = [str(row[0]), str(row[1])]
    return sums


def used_by(connection: "psycopg.Connection[Any]", data: Path) -> str:
    """Who else works with the database, in words: a server of this data folder, or connections; empty for nobody."""
    if found := serving(data):
        return f"lantoa serve at {found.get('address')}"
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ).fetchone()
    return f"{row[0]} connections" if row and row[0] else ""


def with_database(url: str, name: str) -> str:
    """The same server, another database, as a connection string (not as an address)."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(url, dbname=name)


def _way(url: str, database: str = "") -> tuple[str, dict[str, str]]:
    """How a program of PostgreSQL is told where the database is; the password unseen by others."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    parts = conninfo_to_dict(url)
    password = str(parts.pop("password", "") or "")
    if database:
        parts["dbname"] = database
    return make_conninfo("", **parts), environment() | ({"PGPASSWORD": password} if password else {})


@contextmanager
def dump(url: str, tools: Tools, snapshot: str) -> Iterator[IO[bytes]]:
    """The database as it stood at an exported snapshot. Raises CannotDo at the end when pg_dump failed."""
    where, surroundings = _way(url)
    command = [str(tools.folder / "pg_dump"), "--format=custom", "--compress=gzip:4", "--no-owner", "--no-privileges"]
    if tools.major < 16:
        command[2] = "--compress=4"
    command += [f"--snapshot={snapshot}", "--dbname", where]
    running = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings, cwd="/"
    )
    assert running.stdout is not None
    complaints = _Complaints(running)
    try:
        yield running.stdout
        running.stdout.close()
        if running.wait():
            raise CannotDo(f"Cannot back up the database: {_last(complaints.end())}")
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
        running.stdout.close()
        complaints.end()


def restore(url: str, database: str, tools: Tools, server: int, blocks: Iterable[bytes]) -> None:
    """Fills an empty database from a dump, all or nothing. Raises CannotDo."""
    where, surroundings = _way(url, database)
    command = [str(tools.folder / "pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error"]
    if server >= _KNOWS_ITS_SETTINGS:
        _feed([*command, "--single-transaction", "--dbname", where], surroundings, blocks)
        return
    # Newer programs begin with a setting that an older server does not know.
    psql = [str(tools.folder / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d", where]
    with subprocess.Popen(
        psql, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=surroundings, cwd="/"
    ) as reader:
        assert reader.stdin is not None
        complaints = _Complaints(reader)

        def pass_on(script: IO[bytes]) -> None:
            assert reader.stdin is not None
            try:
                for line in script:
                    if not line.startswith(_UNKNOWN_SETTING):
                        reader.stdin.write(line)
                    if line.startswith(b"SET row_security"):
                        break
                shutil.copyfileobj(script, reader.stdin, 1024 * 1024)
            except BrokenPipeError:
                while script.read(1024 * 1024):  # psql has failed and will say why; nobody else may wait
                    pass

        try:
            _feed([*command, "--file=-"], surroundings, blocks, pass_on)
        except BaseException:
            reader.kill()  # an unfinished script must not be committed
            with contextlib.suppress(OSError):
                reader.stdin.close()
            complaints.end()
            raise
        with contextlib.suppress(BrokenPipeError):  # it has said why
            reader.stdin.close()
        words = complaints.end()
        if reader.wait():
            raise CannotDo(f"Cannot restore the database: {_last(words)}")


def _feed(
    command: list[str],
    surroundings: dict[str, str],
    blocks: Iterable[bytes],
    take: Callable[[IO[bytes]], None] | None = None,
) -> None:
    """Runs a program on these blocks; `take` gets what it says. Raises CannotDo when it fails."""
    running = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if take else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=surroundings,
        cwd="/",
    )
    assert running.stdin is not None
    complaints = _Complaints(running)
    taker = threading.Thread(target=take, args=[running.stdout], daemon=True) if take else None
    try:
        if taker:
            taker.start()
        with contextlib.suppress(BrokenPipeError):  # it has said why
            for block in blocks:
                running.stdin.write(block)
        with contextlib.suppress(BrokenPipeError):
            running.stdin.close()
        words = complaints.end()
        if taker:
            taker.join()
        if running.wait():
            raise CannotDo(f"Cannot restore the database: {_last(words)}")
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
        complaints.end()
        for stream in (running.stdin, running.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class _Complaints(threading.Thread):
    """Reads what a program complains of while it runs, so that it never waits for us; keeps the end of it."""

    def __init__(self, running: "subprocess.Popen[bytes]") -> None:
        super().__init__(daemon=True)
        assert running.stderr is not None
        self._stream = running.stderr
        self._kept = b""
        self.start()

    def run(self) -> None:
        while piece := os.read(self._stream.fileno(), 64 * 1024):
            self._kept = (self._kept + piece)[-_KEPT_COMPLAINTS:]

    def end(self) -> bytes:
        """The last of them; waits until the program has said all."""
        self.join()
        self._stream.close()
        return self._kept


def _last(words: bytes) -> str:
    lines = [line for line in os.fsdecode(words).strip().splitlines() if line.strip()]
    return " ".join(lines[-3:]) or "the program of PostgreSQL ended without a word"
