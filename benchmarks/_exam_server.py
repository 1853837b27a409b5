"""The server of `exam_hour.py` as `bin/run` starts it, what it costs, and a line to it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from _measure import ROOT

TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """`lantoa serve` on the data folder of this process: web process, worker and database, and what they cost."""

    def __init__(self, postmaster: int, *options: str, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        arguments = ["serve", "--no-demo", "--port", str(self.port), *options]
        surroundings = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | environment
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by `stop`
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "config.cli", *arguments],
            cwd=ROOT,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._roots = [self.process.pid, postmaster]
        deadline = time.monotonic() + 180
        while b"Stop it with" not in (said := self._what_it_says()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"The server does not answer.\n{said.decode()}")
            time.sleep(0.1)

    def _what_it_says(self) -> bytes:
        self._said.seek(0)
        return self._said.read()

    def cpu(self) -> float:
        """Seconds of CPU of all its processes and of those that have ended: web, worker, database."""
        return sum(_ticks(pid) for pid in self._all()) / TICKS

    def memory_mb(self) -> float:
        """Proportional memory (PSS) of all of them."""
        total = 0
        for pid in self._all():
            try:
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
            except OSError:
                pass
        return round(total / 1024, 1)

    def workers(self) -> list[int]:
        """The processes that answer: each has another of its kind above it."""
        web = {pid for pid in self._all() if b"config.web" in Path(f"/proc/{pid}/cmdline").read_bytes()}
        return [pid for pid in web if _parent(pid) in web]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self._said.close()

    def _all(self) -> Iterator[int]:
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
        for pid in parents:
            above: int | None = pid
            while above is not None:
                if above in self._roots:
                    yield pid
                    break
                above = parents.get(above)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(one) for one in fields[11:15])  # its own and of its children that have ended


class Line:
    """One kept connection, HTTP/1.1 written by hand: the driver shall take little of the two cores."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Both ends of a connection that has been used."""
        assert self._streams is not None
        return self._streams

    async def ask(self, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, str, bytes]:
        """Status, the head, the body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}{headers}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = 0
        for line in head.split("\r\n"):
            if line.lower().startswith("content-length:"):
                length = int(line[15:])
        return int(head[9:12]), head, await reader.readexactly(length)
