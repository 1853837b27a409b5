"""`lantoa doctor`: is everything as it should be, line by line, with what to do where it is not."""

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.backup import LAST_BACKUP
from config.listening import is_loopback
from config.places import BACKUP_FAILED, RESTORING, data_folder, serving

OK, WARN, FAULT = "ok", "warn", "fault"
OLDEST_POSTGRES = 15
GIB = 1024**3
LITTLE_SPACE, NO_SPACE = 5 * GIB, GIB // 2
FEW_HANDLES = 1024
OLD_BACKUP, LOST_BACKUP = timedelta(hours=26), timedelta(days=8)
SOON_EXPIRED = timedelta(days=14)
OLD_SEAL = timedelta(minutes=5)
OLD_JOB = timedelta(minutes=15)
CLOCK_OFF, CLOCK_WRONG = 2.0, 60.0  # seconds


@dataclass(frozen=True)
class Line:
    """What was looked at, how it is (ok, warn, fault), in words, and what to do."""

    level: str
    about: str
    words: str
    todo: str = ""

    def __str__(self) -> str:
        mark = {OK: "ok   ", WARN: "WARN ", FAULT: "FAULT"}[self.level]
        return f"{mark} {self.about:<12} {self.words}" + (f"\n{'':19}-> {self.todo}" if self.todo else "")


# ---- what can be asked without the database


def check_restore(data: Path) -> Line:
    """Whether a restore was cut short."""
    if (data / RESTORING).exists():
        return Line(FAULT, "restore", "a restore was cut short", "run it again with --replace --apply")
    return Line(OK, "restore", "none is under way")


def check_space(data: Path) -> Line:
    """Room on the disk of the data folder."""
    found = shutil.disk_usage(data)
    words = f"{found.free / GIB:.1f} GiB free of {found.total / GIB:.1f} for {data}"
    if found.free < NO_SPACE:
        return Line(FAULT, "space", words, "make room at once: a full disk stops the database")
    if found.free < LITTLE_SPACE or found.free < found.total / 20:
        return Line(WARN, "space", words, "make room, or move the data folder to a larger disk")
    return Line(OK, "space", words)


def check_handles(running: dict[str, Any]) -> Line:
    """Of the running server where there is one, else of this account."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    words = f"{limit:,} files and connections at once"
    if pid := running.get("pid"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
            limit = int(next(line for line in lines if line.startswith("Max open files")).split()[3])
            words = f"the server may open {limit:,} files and connections at once"
    if limit < FEW_HANDLES:
        return Line(WARN, "handles", words, "raise it: LimitNOFILE=65536 in the unit, or ulimit -n 65536")
    return Line(OK, "handles", words)


def check_synchronised() -> Line:
    """Whether a time server keeps the clock right, as far as systemd knows."""
    answer = None
    if tool := shutil.which("timedatectl"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            answer = subprocess.run(
                [tool, "show", "-p", "NTPSynchronized", "--value"],
                capture_output=True,
                text=True,
                timeout=5,
                check=False,
            ).stdout.strip()
    if answer == "yes":
        return Line(OK, "clock", "kept right by a time server")
    if answer == "no":
        return Line(WARN, "clock", "not kept right by a time server", "timedatectl set-ntp true")
    return Line(OK, "clock", "whether a time server keeps it right is not known here")


def check_zone() -> Line:
    """Whether the house's zone is known, and as it should be."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        offset = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).utcoffset()
    except ZoneInfoNotFoundError:
        offset = None
    if offset != timedelta(hours=7):
        return Line(
            FAULT, "zone", "Asia/Ho_Chi_Minh is not UTC+7 here", "install the package tzdata, or run bin/setup"
        )
    return Line(OK, "zone", "Asia/Ho_Chi_Minh is UTC+7")


def check_keys(data: Path) -> Line:
    """Whether the keys can be read, by this account only."""
    folder = data / "keys"
    if not folder.is_dir():
        return Line(WARN, "keys", f"{folder} is not there", "start Lantoa once, or restore a backup")
    try:
        files = [path for path in sorted(folder.iterdir()) if path.is_file()]
        for path in files:
            path.read_bytes()
    except OSError as error:
        return Line(FAULT, "keys", f"{error.filename} cannot be read", "run this as the account that serves")
    open_to_others = [path.name for path in (folder, *files) if path.stat().st_mode & 0o077]
    if open_to_others:
        return Line(
            FAULT,
            "keys",
            f"open to other accounts: {', '.join(open_to_others)}",
            f"chmod -R go= '{folder}'; who has read them can sign certificates: consider new ones",
        )
    ledger = folder / "ledger.key"
    if ledger.exists() and ledger.stat().st_size != 32:
        return Line(FAULT, "keys", "ledger.key is damaged", "restore keys/ from a backup")
    return Line(OK, "keys", f"{len(files)} files, closed to others")


def check_backup(data: Path, at: datetime) -> Line:
    """How old the newest backup is, and whether it is locked and complete."""
    todo = "lantoa backup FOLDER --keep 14 --recipient FILE, once a day (deploy/lantoa-backup.timer)"
    if failed := last_failure(data):
        ago = _age(at - datetime.fromisoformat(failed["at"]))
        return Line(FAULT, "backup", f"the last one failed {ago} ago: {failed['words']}", todo)
    try:
        found = json.loads((data / LAST_BACKUP).read_text())
        age = at - datetime.fromisoformat(found["at"])
        words = f"{_age(age)} old, {found['size']:,} bytes in {found['path']}"
    except FileNotFoundError:
        return Line(WARN, "backup", "none was ever made", todo)
    except (OSError, ValueError, KeyError, TypeError):
        return Line(WARN, "backup", f"{data / LAST_BACKUP} cannot be read", todo)
    if age > LOST_BACKUP:
        return Line(FAULT, "backup", words, todo)
    if age > OLD_BACKUP:
        return Line(WARN, "backup", words, todo)
    if found.get("faults"):
        return Line(
            WARN,
            "backup",
            f"{words}; {found['faults']} files were missing or damaged",
            "see its words: lantoa restore FILE",
        )
    if not found.get("locked"):
        return Line(WARN, "backup", f"{words}; it is not encrypted", "lock it: --recipient FILE")
    return Line(OK, "backup", words)


def last_failure(data: Path) -> dict[str, str]:
    """When and why the last backup failed; empty when it stands, or is under way."""
    try:
        found = json.loads((data / BACKUP_FAILED).read_text())
        if pid := int(found["pid"]):
            os.kill(pid, 0)
            return {}
    except ProcessLookupError:
        pass
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {"at": str(found["at"]), "words": str(found["words"]).split("\n")[0]}


def check_address(running: dict[str, Any]) -> Line:
    """How people reach it, as the running server was told."""
    if not running:
        return Line(WARN, "address", "no server runs on this data folder", "lantoa serve, or systemctl start lantoa")
    address, host = str(running.get("address")), str(running.get("host"))
    if running.get("debug"):
        return Line(FAULT, "address", "LANTOA_DEBUG=1 shows the inside of errors to everybody", "unset LANTOA_DEBUG")
    if running.get("https"):
        return Line(OK, "address", f"{address}, cookies by HTTPS only")
    if is_loopback(host) and running.get("loopback"):
        return Line(OK, "address", f"{address}, this machine only")
    return Line(
        FAULT,
        "address",
        f"{address} is plain http: passwords and personal data can be read on the way",
        "HTTPS by --certificate and --key, or nginx or Caddy before it (docs/operate.md)",
    )


def check_certificate(running: dict[str, Any], at: datetime) -> Line | None:
    """How long the certificate still holds, where Lantoa itself serves HTTPS."""
    if not running.get("certificate"):
        return None
    from cryptography.x509 import load_pem_x509_certificate

    try:
        found = load_pem_x509_certificate(Path(running["certificate"]).read_bytes())
    except (OSError, ValueError):
        return Line(FAULT, "certificate", f"{running['certificate']} cannot be read", "put the certificate back")
    left = found.not_valid_after_utc - at
    words = f"holds until {found.not_valid_after_utc:%d/%m/%Y}"
    if left < timedelta(0):
        return Line(FAULT, "certificate", words, "renew it, then restart Lantoa")
    if left < SOON_EXPIRED:
        return Line(WARN, "certificate", words, "renew it, then restart Lantoa: it reads the file when it starts")
    return Line(OK, "certificate", words)


# ---- what the database tells


def check_database(at: datetime, running: dict[str, Any]) -> Iterator[Line]:
    """Whether it answers, its version, tables, clock; then all that is asked of the tables."""
    from django.db import Error

    from lantoa.web import queries_state as state

    try:
        found = state.database(at=datetime.now(UTC))
    except Error as error:
        yield Line(FAULT, "database", f"does not answer: {str(error).strip()}", "start it; look at DATABASE_URL")
        return
    words = f"PostgreSQL {found.version}, {found.size / 1024**2:,.0f} MiB"
    words += f", {found.connections} of {found.allowed} connections"
    if int(found.version.split(".")[0]) < OLDEST_POSTGRES:
        yield Line(FAULT, "database", words, f"PostgreSQL {OLDEST_POSTGRES} or newer is needed")
    elif found.connections > found.allowed * 0.8:
        yield Line(WARN, "database", words, "raise max_connections, or run fewer web processes")
    else:
        yield Line(OK, "database", words)
    ahead = abs(found.ahead)
    if ahead > CLOCK_OFF:
        level = FAULT if ahead > CLOCK_WRONG else WARN
        yield Line(level, "clocks", f"database and this machine differ by {ahead:.0f} s", "set both by a time server")
    if pending := state.pending_steps():
        yield Line(
            FAULT,
            "tables",
            f"{len(pending)} steps of this version are missing, first {pending[0]}",
            "lantoa upgrade --backup-to FOLDER --apply",
        )
        return
    yield Line(OK, "tables", "those of this version")
    yield from check_work(at, running)
    yield check_signing()


def check_work(at: datetime, running: dict[str, Any]) -> Iterator[Line]:
    """Worker, jobs, seals."""
    from lantoa.ledger.models import Seal
    from lantoa.ledger.queries import read_head
    from lantoa.web import queries_state as state

    jobs = state.jobs(at=at)
    if jobs.workers:
        yield Line(OK, "worker", f"{jobs.workers} connected")
    else:
        words = "none is connected: no job, no notice, no seal"
        yield Line(FAULT if running else WARN, "worker", words, "lantoa serve (without --no-worker)")
    words = f"{jobs.waiting} wait, {jobs.running} run, {jobs.failed} failed within a day"
    if jobs.oldest and at - jobs.oldest > OLD_JOB:
        yield Line(
            WARN, "jobs", f"{words}; the oldest waits for {_age(at - jobs.oldest)}", "look at the worker's log"
        )
    elif jobs.failed:
        yield Line(WARN, "jobs", words, "each has a code: lantoa find-error CODE")
    else:
        yield Line(OK, "jobs", words)
    oldest, head = state.oldest_unsealed(), read_head()
    last = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if head and head.number > last:
        yield Line(
            FAULT,
            "ledger",
            f"its end is missing: seal {head.number} was made, {last} is the last",
            "lantoa verify-ledger",
        )
    elif oldest and at - oldest > OLD_SEAL:
        yield Line(
            WARN, "ledger", f"lines wait for their seal for {_age(at - oldest)}", "the worker seals: is it running?"
        )
    else:
        yield Line(OK, "ledger", f"sealed up to now, {last:,} seals")


def check_signing() -> Line:
    """Is the private half of the current signing key here?"""
    from lantoa.common.refused import Refused
    from lantoa.office.models import SigningKey
    from lantoa.office.queries.keys import private_key

    current = SigningKey.objects.filter(retired_on=None).first()
    if current is None:
        return Line(OK, "signing", "no key yet: it is made with the first certificate")
    try:
        private_key(current.kid)
    except Refused as refused:
        return Line(FAULT, "signing", str(refused), "restore keys/ from a backup")
    return Line(OK, "signing", f"key {current.kid}")


def check_mail() -> Line:
    """Whether there is a way for notices."""
    from django.conf import settings

    ways = [*(["e-mail"] if settings.MAIL else []), *settings.GATEWAYS]
    if ways:
        return Line(OK, "notices", f"go out by {', '.join(ways)}")
    return Line(WARN, "notices", "no way is named: nobody is reminded", "LANTOA_SMTP, LANTOA_SMS (docs/notices.md)")


def examine(data: Path, *, database: Callable[[], Any]) -> list[Line]:
    """All lines, in the order in which one mends things."""
    at, running = datetime.now(UTC), serving(data)
    lines = [
        check_restore(data),
        check_space(data),
        check_handles(running),
        check_synchronised(),
        check_zone(),
        check_keys(data),
        check_backup(data, at),
        check_address(running),
        *filter(None, [check_certificate(running, at)]),
    ]
    try:
        with database():
            import django

            django.setup()
            lines += check_database(at, running)
            lines.append(check_mail())
    except Exception as error:
        from config.cli import expected

        if expected(error) is None:
            raise
        lines.append(Line(FAULT, "database", str(error).split("\n")[0], "see docs/operate.md"))
    return lines


def doctor_command(arguments: list[str]) -> int:
    """`lantoa doctor`; the exit code: 1 when something is a fault."""
    parser = argparse.ArgumentParser(
        prog="lantoa doctor",
        description="Look at everything an installation needs; each line is ok, WARN or FAULT and says what to do."
        " Exit code: 1 with a fault, 0 otherwise.",
    )
    parser.add_argument("--json", action="store_true", help="the lines for a machine")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.cli import database

    data = data_folder()
    if not data.exists():
        print(
            f"There is no installation in {data}. lantoa serve makes one; LANTOA_DATA names another folder.",
            file=sys.stderr,
        )
        return 1
    lines = examine(data, database=database)
    if options.json:
        print(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=2))
    else:
        for line in lines:
            print(line)
        counts = [sum(line.level == level for line in lines) for level in (WARN, FAULT)]
        print(f"\n{counts[1]} faults, {counts[0]} warnings.")
    return int(any(line.level == FAULT for line in lines))


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return (
        f"{hours / 24:.0f} days"
        if hours >= 48
        else f"{hours:.0f} hours"
        if hours >= 2
        else f"{hours * 60:.0f} minutes"
    )
