"""`lantoa serve`: the database, its preparation, the pages and the jobs, started and stopped together."""

import argparse
import contextlib
import json
import os
import selectors
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.listening import CannotServe, check, environment, is_loopback, parser
from config.places import (
    NO_DEMONSTRATION,
    RESTORING,
    data_folder,
    no_longer_serving,
    note_serving,
    serving,
    sign_ins_file,
)
from config.postgres import CannotStart, Session, hold
from config.prepare import has_demonstration, is_new, is_prepared, knows_administrator
from config.processes import ROOT, dying_with_parent, python
from config.secrets import secret_key
from lantoa.common.metering import clear

FIRST_PAGE_SECONDS = 60.0
STOP_SECONDS = 10.0  # after the word to stop, before a child is killed
RESTARTS = 5  # of one child within RESTART_WINDOW seconds: more than that ends everything
RESTART_WINDOW = 60.0


@dataclass
class Child:
    """A program of ours that must run as long as we do."""

    name: str
    command: list[str]
    on_our_death: signal.Signals
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)
    again_at: float | None = None

    def start(self, surroundings: dict[str, str]) -> None:
        self.again_at = None
        self.started.append(time.monotonic())
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # the terminal's Ctrl-C reaches us alone; we stop them in order
            preexec_fn=dying_with_parent(self.on_our_death),
        )

    def signal(self, sign: signal.Signals) -> None:
        """To the child and to everything it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if sign == signal.SIGKILL:
                os.killpg(self.process.pid, sign)
            else:
                self.process.send_signal(sign)

    def plan_restart(self) -> float | None:
        """Seconds until it is started again; None when it has ended too often."""
        now = time.monotonic()
        self.started = [moment for moment in self.started if now - moment < RESTART_WINDOW]
        if len(self.started) > RESTARTS:
            return None
        delay: float = 0.2 * 2 ** (len(self.started) - 1)
        self.again_at = now + delay
        return delay


class Server:
    """All that `lantoa serve` holds together."""

    def __init__(self, options: argparse.Namespace, say: Callable[[str], None]) -> None:
        self.options = options
        self.say = say
        self.data = data_folder()
        self.session: Session | None = None
        self.children: list[Child] = []
        self.preparation: Child | None = None
        self.asked_to_stop: signal.Signals | None = None
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)

    def run(self) -> int:
        """Serve until told to stop, or until something ends that cannot be mended. The exit code."""
        self._listen_for_signals()
        try:
            return self._run()
        except KeyboardInterrupt:
            return 130
        finally:
            self._stop()

    def _run(self) -> int:
        check(self.options)
        if (self.data / RESTORING).exists():
            raise CannotServe(
                "Cannot serve: a restore was cut short while it exchanged database, keys and files. Run it again:\n"
                f"  lantoa restore {(self.data / RESTORING).read_text().strip()} --replace --apply"
            )
        url = os.environ.get("DATABASE_URL", "")
        secret_key(self.data)
        if not url:
            self.say("starting the database")
            self.session = hold(self.data, say=lambda words: self.say(f"  {words}"), soon=self._begin_early)
            url = self.session.url
        without = self.options.no_demo or (self.data / NO_DEMONSTRATION).exists()
        demonstration = self.options.demo or (self.session is not None and not without)
        surroundings = environment(self.options, self.data, url)
        self._prepare(surroundings)
        if self.asked_to_stop:
            return 0
        if not self.children:
            self._start_web_server(surroundings)
        if not self._wait_for_first_page():
            return 1 if self.asked_to_stop is None else 0
        if not self.options.no_worker:  # second: the first page is what somebody waits for
            self._start(Child("worker", python("config.manage", "run_jobs"), signal.SIGKILL), surroundings)
        self.say(f"\nLantoa is at {surroundings['LANTOA_ADDRESS']}\n")
        if demonstration:
            self._show_demonstration(surroundings)
        else:
            self._ask_administrator(surroundings)
        if self.options.insecure_http and not is_loopback(self.options.host):
            self.say("Warning: plain http to other machines. What people send can be read on the way.\n")
        if not self.asked_to_stop:
            self.say("Stop it with Ctrl-C.")
        return self._watch(surroundings)

    def _begin_early(self, url: str) -> None:
        """While the database is made or starts, loads the pages, or what must prepare them first."""
        for child in self.children:  # of a server that ended before it was ready
            child.signal(signal.SIGKILL)
        self.children.clear()
        self.preparation = None
        surroundings = environment(self.options, self.data, url)
        if is_prepared(self.data, embedded=True):
            self._start_web_server(surroundings)
        elif not self.options.no_migrate:
            self.preparation = self._begin_preparation(surroundings)

    def _tell_doctor(self, surroundings: dict[str, str]) -> None:
        """What only this process knows, for `lantoa doctor`; and the counts of the pages begin anew."""
        if not serving(self.data):
            clear(self.data / "meters")
        note_serving(
            self.data,
            {
                "address": surroundings["LANTOA_ADDRESS"],
                "host": self.options.host,
                "port": self.options.port,
                "https": surroundings["LANTOA_HTTPS"] == "1",
                "loopback": surroundings["LANTOA_LOOPBACK"] == "1",
                "debug": os.environ.get("LANTOA_DEBUG") == "1",
                "certificate": str(self.options.certificate.absolute()) if self.options.certificate else "",
            },
        )

    def _prepare(self, surroundings: dict[str, str]) -> None:
        """Do what must be done once before there can be a page."""
        if self.preparation is None and is_prepared(self.data, embedded=self.session is not None):
            return
        if self.options.no_migrate and (code := self._run_preparation(surroundings, "--ask-steps")):
            raise CannotServe(
                "Cannot serve: the database lacks steps of this version. Bring it up to date:\n"
                "  lantoa upgrade --backup-to FOLDER --apply"
                if code == 3
                else "Cannot serve: see above."
            )
        self.say("preparing")
        work = self.preparation or self._begin_preparation(surroundings)
        if self.session is not None and is_new(self.data):  # nobody has served from it: nobody waits in vain
            self._start_web_server(surroundings, "--when-prepared")
        code = self._end_of(work)
        if code == 2:
            raise CannotServe("Cannot serve: see above.")
        if code:
            raise CannotServe(
                "Cannot serve: the preparation failed, see above. Nothing half-done is left in the tables."
            )

    def _show_demonstration(self, surroundings: dict[str, str]) -> None:
        """Its sign-ins. It is loaded while pages are served already: nobody has to wait for it to look around."""
        if self.session is None or not has_demonstration(self.data):
            self.say("loading the demonstration (this once); its sign-ins will stand here")
            if self._run_preparation(surroundings, "--demonstration"):
                self.say("The demonstration could not be loaded, see above. It is tried again at the next start.\n")
        if self.asked_to_stop:
            return
        table = _sign_ins(self.data)
        if table and surroundings["LANTOA_LOOPBACK"] != "1":
            table.append("These work on this machine only; this server is open to others, so they do not work now.")
        if table:
            table += ["", "To see a workshop of 80 sites move:  .venv/bin/lantoa simulate-workshop"]
        for line in [*table, ""] if table else []:
            self.say(line)

    def _ask_administrator(self, surroundings: dict[str, str]) -> None:
        """Say how to make the first one; asked after the first page, and no more once there was somebody."""
        if self.session is not None and knows_administrator(self.data):
            return
        if self._run_preparation(surroundings, "--ask-administrator") == 3:
            self.say(
                "There is no administrator yet. Load the units and make the first one:\n"
                "  lantoa import-units --apply\n"
                '  lantoa create-administrator USERNAME --name "FULL NAME"\n'
            )

    def _run_preparation(self, surroundings: dict[str, str], *arguments: str) -> int:
        return self._end_of(self._begin_preparation(surroundings, *arguments))

    def _begin_preparation(self, surroundings: dict[str, str], *arguments: str) -> Child:
        if not os.environ.get("DATABASE_URL"):
            arguments = ("--embedded", *arguments)
        work = Child("preparation", python("config.prepare", *arguments), signal.SIGTERM)
        self._start(work, surroundings)
        return work

    def _end_of(self, work: Child) -> int:
        """Its exit code; 0 when we are told to stop or the database goes meanwhile."""
        assert work.process is not None
        while work.process.poll() is None:
            self._sleep(0.5)
            if self.asked_to_stop or (self.session is not None and self.session.lost()):
                return 0
        self.children.remove(work)
        return int(work.process.returncode)

    def _start_web_server(self, surroundings: dict[str, str], *when: str) -> None:
        self._tell_doctor(surroundings)
        options = self.options
        arguments = [options.host.strip("[]"), str(options.port), "--threads", str(options.threads)]
        arguments += ["--processes", str(options.processes), *when]
        if options.certificate:
            arguments += [
                "--certificate",
                str(options.certificate.absolute()),
                "--key",
                str(options.key.absolute()),
            ]
        self._start(Child("web server", python("config.web", *arguments), signal.SIGTERM), surroundings)

    def _start(self, child: Child, surroundings: dict[str, str]) -> None:
        self.children.append(child)
        child.start(surroundings)

    def _wait_for_first_page(self) -> bool:
        """Until the first page is answered: then the address can be told, and that page is warm."""
        web = self.children[0]
        deadline = time.monotonic() + FIRST_PAGE_SECONDS
        while time.monotonic() < deadline and not self.asked_to_stop:
            if self._is_without_database():
                return False
            assert web.process is not None
            if web.process.poll() is not None:
                raise CannotServe(f"Cannot serve: the web server ended (code {web.process.returncode}), see above.")
            if status := self._answers():
                if status >= 500:
                    self.say(f"Warning: the first page is answered with error {status}; see the lines above.")
                return True
            self._sleep(0.03)
        if not self.asked_to_stop:
            raise CannotServe(f"Cannot serve: no page was answered in {FIRST_PAGE_SECONDS:.0f} s.")
        return False

    def _answers(self) -> int:
        """The status of the first page; 0 while nobody answers."""
        host = self.options.host.strip("[]")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        try:
            with socket.create_connection((host, self.options.port), timeout=5) as plain:
                with _encrypted(plain) if self.options.certificate else plain as connection:
                    connection.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                    answer = connection.recv(12)
                return int(answer[9:12]) if answer.startswith(b"HTTP/1.") else 0
        except (OSError, ValueError):
            return 0

    def _is_without_database(self) -> bool:
        """Has the one we hold gone? It is said, and everything ends."""
        if self.session is None or not (reason := self.session.lost()):
            return False
        self.say(f"Everything is stopped, because the database has gone: {reason}")
        return True

    def _watch(self, surroundings: dict[str, str]) -> int:
        """Until we are told to stop: restart what ends, and end everything when the database has gone."""
        while not self.asked_to_stop:
            if self._is_without_database():
                return 1
            for child in self.children:
                assert child.process is not None
                if child.again_at is not None:
                    if time.monotonic() >= child.again_at:
                        child.start(surroundings)
                elif child.process.poll() is not None:
                    code = child.process.returncode
                    child.signal(signal.SIGKILL)  # what it may have left
                    delay = child.plan_restart()
                    if delay is None:
                        self.say(f"Everything is stopped, because the {child.name} keeps ending (code {code}).")
                        return 1
                    self.say(f"The {child.name} ended (code {code}); it is started again.")
            waits = [child.again_at - time.monotonic() for child in self.children if child.again_at is not None]
            self._sleep(max(0.01, min([*waits, 60.0])))
        return 0

    def _stop(self) -> None:
        no_longer_serving(self.data)
        running = [child for child in self.children if child.process is not None and child.process.poll() is None]
        if running or self.session is not None:
            self.say("\nstopping")
        for child in running:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        first, self.asked_to_stop = self.asked_to_stop, None
        for child in running:
            assert child.process is not None
            while child.process.poll() is None and time.monotonic() < deadline and not self.asked_to_stop:
                self._sleep(0.2)
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
        self.asked_to_stop = first
        if self.session is not None:
            self.session.close()
            self.session = None

    def _listen_for_signals(self) -> None:
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = signal.Signals(number)

    def _sleep(self, seconds: float) -> None:
        """Wait, but not past a signal, the end of a child or the end of the database."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._wake, selectors.EVENT_READ)
            if self.session is not None and self.session.fileno() >= 0:
                waiting.register(self.session, selectors.EVENT_READ)
            for key, _ in waiting.select(seconds):
                if key.fileobj is self._wake:
                    with contextlib.suppress(BlockingIOError):
                        self._wake.recv(4096)


def _encrypted(plain: socket.socket) -> socket.socket:
    """To ourselves, whatever name the certificate says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain)


def _sign_ins(data: Path) -> list[str]:
    """The demonstration's sign-ins, one line each, aligned."""
    try:
        found = json.loads(sign_ins_file(data).read_text(encoding="utf-8"))
        rows = [
            (str(one["role"]), str(one["username"]), str(one["password"]), str(one.get("what", ""))) for one in found
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    heads = ("sign in as", "name", "password", "")
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(4)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [heads, *rows]
    ]


def serve(arguments: list[str]) -> int:
    """`lantoa serve`; the exit code."""
    options = parser().parse_args(arguments)

    def say(words: str) -> None:
        with contextlib.suppress(OSError):  # the terminal may have gone; we still have to stop in order
            print(f"{words}\n", end="", flush=True)

    try:
        return Server(options, say).run()
    except (CannotServe, CannotStart, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 1
