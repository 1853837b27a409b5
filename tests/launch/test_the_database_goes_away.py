"""A server of others that is stopped and started again: a page that says so meanwhile, and nothing started anew."""

import json
import re
import signal
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path

import psycopg
import pytest
from django.db import DataError, InterfaceError, OperationalError

from lantoa.common.outage import is_away

from .conftest import SECONDS, Cluster, Served, running, until
from .test_backup import command, done

Answer = tuple[int, HTTPMessage, str]


def ours(data: Path) -> set[int]:
    """The processes of Lantoa; those of the database know its folder as well."""
    return {pid for pid, command in running(data).items() if "config." in command}


def ask(server: Served, path: str, **headers: str) -> Answer:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def test_while_the_database_is_away_a_page_says_so_and_when_it_is_back_all_goes_on(
    data: Path, cluster: Cluster
) -> None:
    signed_in = "sessionid=abcdefghijklmnopqrstuvwxyz012345"  # whose it is must be asked of the database
    server = Served(data, "--no-demo", DATABASE_URL=cluster.url)
    try:
        server.wait_for("Stop it")
        until(lambda: any("run_jobs" in command for command in running(data).values()))
        before = ours(data)
        assert ask(server, "/", Cookie=signed_in)[0] == 302
        cluster.stop()

        for _ in range(6):  # more than there are threads: nobody is held up for ever
            status, headers, page = ask(server, "/", Cookie=signed_in)
            assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "30", "no-store")
            assert "Hệ thống tạm thời không hoạt động" in page
        code = re.search(r'<strong class="lt-code">([0-9a-f]{8})</strong>', page)
        assert code
        assert "status 503" in done(command(data, "find-error", code[1]))
        status, headers, page = ask(server, "/", Cookie=f"{signed_in}; django_language=en")
        assert (status, headers["Content-Language"]) == (503, "en")
        assert "Not available at the moment" in page
        status, headers, page = ask(server, "/api/v1/units", Accept="application/json")
        assert (status, headers["Content-Type"]) == (503, "application/problem+json")
        assert json.loads(page)["status"] == 503
        assert ask(server, "/health/live/")[0] == 200
        status, _, page = ask(server, "/health/ready/")
        assert (status, json.loads(page)) == (503, {"ready": False, "database": False, "tables": False})
        assert "lantoa_database_up 0" in ask(server, "/metrics")[2]

        cluster.start()
        until(lambda: ask(server, "/", Cookie=signed_in)[0] == 302)
        assert ask(server, "/health/ready/")[0] == 200
        assert ours(data) == before  # the same processes
        server.process.send_signal(signal.SIGTERM)
        server.rest()
    finally:
        server.end()


class Refused(psycopg.Error):
    """An answer of the database with a state of its own."""

    def __init__(self, state: str | None) -> None:
        super().__init__("said")
        self.sqlstate = state


@pytest.mark.parametrize(
    ("state", "away"),
    [
        (None, True),  # no answer at all
        ("08006", True),
        ("57P01", True),
        ("57P03", True),
        ("53300", True),
        ("57014", False),  # the question was cancelled
        ("40P01", False),  # a deadlock
        ("53100", False),  # the disk is full
        ("25006", False),
    ],
)
def test_only_a_database_that_cannot_be_reached_is_away(state: str | None, away: bool) -> None:
    error = OperationalError("said")
    error.__cause__ = Refused(state)
    assert is_away(error) is away


def test_what_is_wrong_with_a_question_is_a_fault_of_ours() -> None:
    assert is_away(None) is False
    assert is_away(DataError("x")) is False
    assert is_away(InterfaceError("the cursor is closed")) is False
    assert is_away(InterfaceError("connection already closed")) is True
