"""`lantoa serve`: what it says, what it refuses, what it restarts, and that it leaves nothing behind."""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.listening import CannotServe, check, environment, parser
from config.postgres import hold
from config.prepare import is_new
from config.processes import ROOT, python

from .conftest import SECONDS, Served, free_port, running, until

Serve = Callable[..., Served]


def asked(*arguments: str) -> argparse.Namespace:
    return parser().parse_args(["--port", str(free_port()), *arguments])


def refusal(*arguments: str) -> str:
    with pytest.raises(CannotServe) as found:
        check(asked(*arguments))
    return str(found.value)


def is_answered(server: Served) -> bool:
    try:
        return server.page("/static/favicon.svg") == 200
    except OSError:
        return False


def test_it_says_its_address_answers_and_ctrl_c_stops_everything(serve: Serve, data: Path) -> None:
    server = serve()
    said = server.wait_for("Stop it with Ctrl-C.\n")
    assert said == (f"starting the database\n\nLantoa is at http://127.0.0.1:{server.port}\n\nStop it with Ctrl-C.\n")
    assert server.page("/static/favicon.svg") == 200
    assert server.page() < 500
    server.process.send_signal(signal.SIGINT)
    assert server.rest() == f"{said}\nstopping\n"
    assert server.process.returncode == 0
    until(lambda: running(data) == {})


def test_when_the_terminal_is_closed_it_stops_everything(serve: Serve, data: Path) -> None:
    server = serve()
    server.wait_for("Stop it")
    server.process.send_signal(signal.SIGHUP)
    assert server.rest().endswith("Stop it with Ctrl-C.\n\nstopping\n")
    until(lambda: running(data) == {})


def test_when_it_is_killed_nothing_is_left_and_it_starts_again(serve: Serve, data: Path) -> None:
    server = serve(worker=True)
    server.wait_for("Stop it")
    until(lambda: any("run_jobs" in command for command in running(data).values()))
    server.process.kill()
    until(lambda: running(data) == {})
    again = serve()
    again.wait_for("Lantoa is at")
    again.process.send_signal(signal.SIGTERM)
    again.rest()
    assert again.process.returncode == 0


@pytest.fixture
def first(made: Path) -> Iterator[Served]:
    """Started for the first time on an empty database."""
    server = Served(made, "--no-demo", "--no-worker")
    yield server
    server.end()


def test_when_it_is_killed_in_the_middle_of_its_first_preparation_the_next_start_finishes_it(made: Path) -> None:
    first = Served(made, "--no-demo", "--no-worker")
    try:
        first.wait_for("bringing the tables up to date")
        first.process.kill()
        until(lambda: running(made) == {})
    finally:
        first.end()
    second = Served(made, "--no-demo", "--no-worker")
    try:
        said = second.wait_for("Stop it")
        assert (
            "\nThere is no administrator yet. Load the units and make the first one:\n"
            "  lantoa import-units --apply\n"
            '  lantoa create-administrator USERNAME --name "FULL NAME"\n'
        ) in said
        assert second.page("/static/favicon.svg") == 200
    finally:
        second.end()


def test_who_asks_while_the_first_tables_are_made_is_answered_once_all_stands(first: Served) -> None:
    first.wait_for("bringing the tables up to date")
    until(lambda: is_answered(first))
    assert not is_new(first.data)
    assert first.page() < 500


def test_ctrl_c_while_the_first_tables_are_made_ends_everything_at_once(first: Served) -> None:
    first.wait_for("bringing the tables up to date")
    until(lambda: any("--when-prepared" in command for command in running(first.data).values()))
    first.process.send_signal(signal.SIGINT)
    assert first.rest().endswith("\nstopping\n")  # and nobody refused to
    assert first.process.returncode == 0
    until(lambda: running(first.data) == {})


def test_when_the_database_goes_while_the_first_tables_are_made_everything_ends_and_says_why(first: Served) -> None:
    first.wait_for("bringing the tables up to date")
    os.kill(int((first.data / "postgres" / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)
    assert "Everything is stopped, because the database has gone: the server ended (code -9)" in first.rest()
    assert first.process.returncode == 1


def test_a_web_server_that_is_killed_is_started_again_with_a_word(serve: Serve) -> None:
    server = serve()
    server.wait_for("Stop it")
    os.kill(server.the("config.web"), signal.SIGKILL)
    server.wait_for("The web server ended (code -9); it is started again.\n")

    until(lambda: is_answered(server))


def test_when_the_database_is_killed_everything_ends_and_says_why(serve: Serve, data: Path) -> None:
    server = serve()
    server.wait_for("Stop it")
    os.kill(int((data / "postgres" / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)
    said = server.rest()
    assert (
        "Everything is stopped, because the database has gone: the server ended (code -9);"
        f" see {data / 'postgres.log'}\n"
    ) in said
    assert server.process.returncode == 1
    until(lambda: running(data) == {})


def test_two_servers_at_once_share_one_database(serve: Serve, data: Path) -> None:
    one, two = serve(), serve()
    one.wait_for("Stop it")
    two.wait_for("Stop it")
    assert sum("config.keeper" in command for command in running(data).values()) == 1
    one.process.send_signal(signal.SIGINT)
    one.rest()
    assert two.page("/static/favicon.svg") == 200


def test_a_command_works_beside_a_running_server_and_alone(serve: Serve, data: Path) -> None:
    def command() -> str:
        code = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT 7'); print(k.fetchone()[0])"
        done = subprocess.run(
            python("config.cli", "manage", "shell", "--no-imports", "-v0", "-c", code),
            env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip() or done.stderr

    server = serve()
    server.wait_for("Stop it")
    assert command() == "7"
    assert server.page("/static/favicon.svg") == 200
    server.process.send_signal(signal.SIGINT)
    server.rest()
    assert command() == "7"
    until(lambda: running(data) == {})


def test_a_port_in_use_is_named_with_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotServe) as found:
            check(parser().parse_args(["--port", str(port)]))
    words, advice = str(found.value).split("\n")
    assert words == f"Cannot listen on 127.0.0.1 port {port}: another program is using it."
    proposed = int(advice.removeprefix("Stop that program, or take another port: --port "))
    assert port < proposed < port + 50


def test_plain_http_to_other_machines_is_refused_unless_it_is_asked_for() -> None:
    assert refusal("--host", "0.0.0.0") == (
        "Cannot serve plain http on 0.0.0.0: passwords and personal data could be read on the way, and browsers"
        " allow neither the camera nor offline pages.\n"
        "Either give a certificate (--certificate FILE --key FILE), or put a proxy with HTTPS in front of"
        " 127.0.0.1 (--address https://NAME), or say --insecure-http if you want it all the same."
    )
    check(asked("--host", "0.0.0.0", "--insecure-http"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--certificate", "a.pem"],
            "Cannot serve HTTPS: --certificate and --key belong together, and one of them is missing.",
        ),
        (
            ["--certificate", "/nowhere/a.pem", "--key", "/nowhere/b.pem"],
            "Cannot serve HTTPS: the file /nowhere/a.pem cannot be read.",
        ),
        (
            ["--address", "example.vn"],
            "Cannot use the address 'example.vn': it must begin with https:// or http://.",
        ),
        (["--port", "70000"], "Cannot listen on port 70000: a port is a number from 1 to 65535."),
        (
            ["--host", "nowhere.invalid", "--insecure-http"],
            "Cannot listen on nowhere.invalid: there is no such address here.",
        ),
    ],
)
def test_what_cannot_work_is_refused_in_words(arguments: list[str], words: str) -> None:
    assert refusal(*arguments) == words


@pytest.mark.parametrize(
    ("arguments", "loopback", "https"),
    [
        ([], "1", "0"),
        (["--host", "::1"], "1", "0"),
        (["--host", "192.0.2.7", "--insecure-http"], "0", "0"),
        (["--address", "https://daotao.example.vn"], "0", "1"),
        (["--certificate", "a.pem", "--key", "b.pem"], "1", "1"),
    ],
)
def test_the_settings_are_told_who_can_reach_the_server(
    arguments: list[str], loopback: str, https: str, tmp_path: Path
) -> None:
    told = environment(asked(*arguments), tmp_path, "postgresql:///x")
    assert (told["LANTOA_LOOPBACK"], told["LANTOA_HTTPS"]) == (loopback, https)


def test_the_names_of_a_public_address_are_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANTOA_HOSTS", raising=False)
    told = environment(asked("--address", "https://daotao.example.vn/"), tmp_path, "postgresql:///x")
    assert (told["LANTOA_HOSTS"], told["LANTOA_ADDRESS"]) == ("daotao.example.vn", "https://daotao.example.vn")


def test_the_web_server_is_also_a_program_of_its_own(serve: Callable[..., Served], data: Path) -> None:
    """`python -m config.web`, for whoever looks after the processes with something of their own."""
    with hold(data) as session:
        port = free_port()
        web = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "config.web", "127.0.0.1", str(port), "--threads", "2"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
            | {"DATABASE_URL": session.url, "LANTOA_DATA": str(data)},
        )
        try:
            until(lambda: web.poll() is not None or _answers(port))
            assert web.poll() is None
        finally:
            web.terminate()
            web.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready/", timeout=SECONDS) as answer:
            return bool(json.loads(answer.read())["ready"])
    except OSError:
        return False
