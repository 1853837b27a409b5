"""The keeper: the parent process of one database server, which lives as long as somebody needs it.

Started by config/postgres.py as a process of its own (standard library only), in a session of its own, so
that Ctrl-C in a terminal does not reach it. What it says to a session: `say WORDS`, `soon URL` (the server will
be there), `ready URL`, `error WORDS`, `lost WORDS`, `stopped`.
"""

import fcntl
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from config.processes import dying_with_parent
from config.programs import (
    CannotStart,
    Programs,
    account_for,
    cluster_folder,
    environment,
    find_programs,
    private_folder,
    run,
)

NAME = "lantoa"  # of the database and of its owner
START_SECONDS = 60.0
STOP_SECONDS = 30.0
LOG_LIMIT = 10 * 1024 * 1024  # bytes; a longer log is set aside at the next start

_SETTINGS = {
    "listen_addresses": "",  # the socket only: nothing is opened to the network
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # our questions are short
    "max_parallel_workers_per_gather": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
}
_THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class Keeper:
    """The parent of one server, and its one reader of the door where sessions knock."""

    def __init__(self, data: Path, throwaway: bool) -> None:
        self.data = data
        self.throwaway = throwaway
        self.server: subprocess.Popen[bytes] | None = None
        self.folder: Path | None = None
        self.sessions: set[socket.socket] = set()
        self.ending = False

    def main(self) -> int:
        lock = os.open(self.data / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0  # another keeper was first
        self._watch_signals()
        self.account = account_for(self.data / "postgres")
        self.remove_leftovers()
        self.folder = private_folder(self.account)
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            door.bind(str(self.folder / "door"))
            os.chmod(self.folder / "door", 0o600)
            door.listen(64)
            self._write_place()
            self._move_errors_to_log()
            return self._serve(door)
        finally:
            # A session that knocks from here on finds nobody and starts a keeper of its own
            (self.data / "postgres.place").unlink(missing_ok=True)
            door.close()
            self._stop_server()
            shutil.rmtree(self.folder, ignore_errors=True)
            if self.throwaway:
                shutil.rmtree(self.data, ignore_errors=True)
            self._tell_all("stopped")

    def _serve(self, door: socket.socket) -> int:
        door.settimeout(10)
        try:
            self._accept(door)  # whoever started us, or another one
        except TimeoutError:
            return 0
        try:
            url = self._start_server()
        except CannotStart as error:
            self._tell_all(f"error {str(error).replace(chr(10), chr(31))}")
            return 0
        self._tell_all(f"ready {url}")
        door.settimeout(0)
        return self._keep(door, url)

    def _keep(self, door: socket.socket, url: str) -> int:
        assert self.server is not None
        waiting = selectors.DefaultSelector()
        waiting.register(door, selectors.EVENT_READ)
        waiting.register(self._wake, selectors.EVENT_READ)
        for session in self.sessions:
            waiting.register(session, selectors.EVENT_READ)
        while self.sessions and not self.ending:
            for key, _ in waiting.select():
                if key.fileobj is door:
                    try:
                        session = self._accept(door)
                    except OSError:
                        continue
                    if self._tell(session, f"ready {url}"):
                        waiting.register(session, selectors.EVENT_READ)
                elif key.fileobj is self._wake:
                    self._wake.recv(4096)
                else:
                    session = key.fileobj  # type: ignore[assignment]
                    if not self._is_open(session):
                        waiting.unregister(session)
                        self._forget(session)
            if self.server.poll() is not None:
                self._tell_all(f"lost the server ended (code {self.server.returncode}); see {self._log}")
                return 0
        return 0

    def _accept(self, door: socket.socket) -> socket.socket:
        session, _ = door.accept()
        session.setblocking(True)
        session.settimeout(5)
        self.sessions.add(session)
        return session

    @staticmethod
    def _is_open(session: socket.socket) -> bool:
        try:
            return bool(session.recv(4096))
        except OSError:
            return False

    def _forget(self, session: socket.socket) -> None:
        """Let a session go; the last one stays open until the server has stopped: its owner waits."""
        if len(self.sessions) > 1:
            session.close()
            self.sessions.discard(session)
        else:
            self.ending = True

    def _tell(self, session: socket.socket, line: str) -> bool:
        try:
            session.sendall(line.encode() + b"\n")
        except OSError:
            self.sessions.discard(session)
            session.close()
            return False
        return True

    def _tell_all(self, line: str) -> None:
        for session in list(self.sessions):
            self._tell(session, line)

    def _watch_signals(self) -> None:
        self._wake, waker = socket.socketpair()
        self._waker = waker
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self._end)

    def _end(self, *_: object) -> None:
        self.ending = True

    @property
    def _log(self) -> Path:
        return self.data / "postgres.log"

    def _write_place(self) -> None:
        assert self.folder is not None
        draft = self.data / f".postgres.place.{os.getpid()}"
        draft.write_text(json.dumps({"door": str(self.folder / "door"), "folder": str(self.folder)}))
        draft.replace(self.data / "postgres.place")

    def _move_errors_to_log(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 2)
        os.close(log)

    def remove_leftovers(self) -> None:
        """What a killed keeper left: its socket folder, a half-made cluster, a server still ending."""
        try:
            old = Path(json.loads((self.data / "postgres.place").read_text())["folder"])
            if old.name.startswith("lantoa-") and not old.is_symlink() and old.stat().st_uid == os.geteuid():
                shutil.rmtree(old, ignore_errors=True)
        except (OSError, ValueError, KeyError, TypeError):
            pass
        real = (self.data / "postgres").resolve().parent
        for draft in real.glob("postgres.new-*") if real.exists() else ():
            shutil.rmtree(draft, ignore_errors=True)
        self._end_orphan()

    def _end_orphan(self) -> None:
        """Stop a server whose keeper was killed; delete a pid file that by now names another program."""
        file = self.data / "postgres" / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not _is_server_of(pid, self.data / "postgres"):
            if _is_alive(pid):
                file.unlink(missing_ok=True)  # the number belongs to another program by now
            return
        for sign, seconds in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 2.0)):
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                return
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                if not _is_server_of(pid, self.data / "postgres"):
                    return
                time.sleep(0.05)

    def _start_server(self) -> str:
        assert self.folder is not None
        cluster = cluster_folder(self.data, self.account)
        programs = find_programs(self.account, cluster)
        sockets = self.folder / "db"
        url = f"postgresql://{NAME}@/{NAME}?host={quote(str(sockets), safe='')}"
        self._tell_all(f"soon {url}")
        if not (cluster / "PG_VERSION").exists():
            self._tell_all("say making the database (first time only)")
            self._make_cluster(programs, cluster)
        sockets.mkdir(mode=0o700)
        if self.account.uid is not None:
            os.chown(sockets, self.account.uid, self.account.gid or -1)
        settings = _SETTINGS | {"unix_socket_directories": str(sockets)}
        if self.throwaway:
            settings |= _THROWAWAY_SETTINGS
        command = [str(programs.folder / "postgres"), "-D", str(cluster.resolve())]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._launch(command, cluster)
        if not (cluster / ".lantoa").exists():
            answer = run(
                [str(programs.folder / "createdb"), "-h", str(sockets), "-U", NAME, NAME],
                self.account,
                timeout=30,
            )
            if answer.returncode and "already exists" not in answer.stderr:
                raise CannotStart(f"Cannot make the database {NAME}: {answer.stderr.strip()}")
            (cluster / ".lantoa").touch()
        return url

    def _make_cluster(self, programs: Programs, cluster: Path) -> None:
        """Aside first, then renamed: a half-made cluster never stands under the real name."""
        real = cluster.resolve()
        draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=real.parent))
        if self.account.uid is not None:
            os.chown(draft, self.account.uid, self.account.gid or -1)
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if programs.major >= 17 else ["--locale=C.UTF-8"]
        command = [str(programs.folder / "initdb"), "-D", str(draft), "-U", NAME, "-E", "UTF8", "-A", "trust"]
        command += [*locale, "--no-instructions", *(["--no-sync"] if self.throwaway else [])]
        answer = run(command, self.account, timeout=START_SECONDS)
        if answer.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            words = answer.stderr.strip()
            advice = "\nThe disk is full: make room and start again." if "No space left" in words else ""
            raise CannotStart(f"Cannot make the database in {cluster}:\n{words}{advice}")
        if real.exists() and not any(real.iterdir()):
            real.rmdir()
        draft.rename(real)

    def _launch(self, command: list[str], cluster: Path) -> None:
        """Start the server, wait until it takes questions; again while an old one is still letting go."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            begins = self._log.stat().st_size
            self.server = subprocess.Popen(  # type: ignore[call-overload]
                command,
                cwd="/",
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=2,
                stderr=2,
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGINT),
                **self.account.for_subprocess(),
            )
            while self.server.poll() is None and time.monotonic() < deadline and not self.ending:
                if _is_ready(cluster, self.server.pid):
                    return
                time.sleep(0.01)
            with open(self._log, "rb") as log:
                log.seek(begins)
                words = log.read()[-4000:].decode("utf-8", "replace").strip()
            still = "is still in use" in words or 'lock file "postmaster.pid" already exists' in words
            if self.server.poll() is None or not still or time.monotonic() > deadline or self.ending:
                self._stop_server()
                advice = "\nThe disk is full: make room and start again." if "No space left" in words else ""
                raise CannotStart(f"Cannot start the database in {cluster}:\n{words}{advice}")
            time.sleep(0.3)

    def _stop_server(self) -> None:
        if self.server is None:
            return
        first = signal.SIGQUIT if self.throwaway else signal.SIGINT  # immediate, or fast and clean
        for sign, seconds in ((first, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self.server.poll() is not None:
                return
            self.server.send_signal(sign)
            try:
                self.server.wait(seconds)
            except subprocess.TimeoutExpired:
                continue


def _is_ready(cluster: Path, pid: int) -> bool:
    try:
        lines = (cluster / "postmaster.pid").read_text(errors="replace").split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_server_of(pid: int, cluster: Path) -> bool:
    """Is this process the server of this cluster? The server stands in its data folder."""
    if sys.platform.startswith("linux"):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state != "Z" and os.path.samefile(f"/proc/{pid}/cwd", cluster)
        except OSError:
            return False
    answer = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    return answer.stdout.strip().endswith("postgres")


def main() -> NoReturn:
    """The keeper's process: `DATA [--throwaway]`."""
    os.umask(0o077)
    arguments = sys.argv[1:]
    try:
        sys.exit(Keeper(Path(arguments[0]), "--throwaway" in arguments).main())
    except (CannotStart, OSError) as error:
        print(
            error if isinstance(error, CannotStart) else f"Cannot start the database: {error}",
            file=sys.stderr,
        )
        sys.exit(1)
