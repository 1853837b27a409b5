"""The office's tests: a unit, files, and real worker processes that can be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection
from factories import BY, unit

from lantoa.directory.models import Unit
from lantoa.office.models import Job

SECONDS = 300.0  # a crowded machine is no fault


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"
    return tmp_path / "keys"


@pytest.fixture
def ward(db: None) -> Unit:
    return unit("Phước Long A")


def database_url() -> str:
    """The database of this test, for another process."""
    parts = connection.settings_dict
    options = {"host": parts["HOST"], "port": parts["PORT"]}
    query = urlencode({name: value for name, value in options.items() if value})
    password = f":{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else ""
    return f"postgresql://{quote(parts['USER'])}{password}@/{quote(parts['NAME'])}?{query}"


class Workers:
    """Worker processes of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "LANTOA_DATA": str(self.folder),
            "PGAPPNAME": "worker",
        }
        program = Path(__file__).with_name("worker_process.py")
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, str(program), *arguments], env=environment, stdout=log, stderr=log
            )
        self.started.append(process)
        return process

    def finish(self) -> None:
        """A last worker takes what is left and ends by itself."""
        assert self.start("--until-idle").wait(timeout=SECONDS) == 0, self.log()

    def log(self) -> str:
        return (self.folder / "worker.log").read_text()

    def end_all(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


@pytest.fixture
def workers(transactional_db: None, tmp_path: Path) -> Iterator[Workers]:
    assert Path(settings.FILES_DIR) == tmp_path / "files"
    made = Workers(tmp_path)
    yield made
    made.end_all()


def until(true: Callable[[], Any], what: str, seconds: float = SECONDS) -> None:
    """Waits until it is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def row(job: Job) -> Job:
    """The job as it stands in the database."""
    return Job.objects.get(pk=job.pk)


__all__ = ["BY", "Workers", "row", "until"]
