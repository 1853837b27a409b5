"""`lantoa upgrade`: the tables of this version, tried on a copy first, then for real after a backup.

The copy is made from a snapshot of the running database, in a database of its own, with the keys. All steps are
taken there and the ledger is verified. Only when that went well, and the backup stands, are the real tables changed.
The code itself is exchanged before (git, a package, an image): this command is what comes after.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from config import backup, dumping
from config.archive import CannotDo, Lock, Opener
from config.places import data_folder
from config.prepare import tell
from config.processes import python
from config.scratch import scratch_database

Say = Callable[[str], None]
_CHECK = """
from django.core.management import call_command
from django.db import connection
from lantoa.ledger.queries import verify
call_command("check", verbosity=0)
report = verify(looks="ledger_look" in connection.introspection.table_names())
print(f"{report.found} {report.lines}")
"""


def say(words: str) -> None:
    """A line for whoever watches."""
    print(words, flush=True)


def pending(url: str, data: Path) -> list[str]:
    """Steps that the database lacks. Raises CannotDo when it cannot be asked."""
    code = (
        "from lantoa.web.queries_state import pending_steps\n"
        "print('\\n'.join(f'step {one}' for one in pending_steps()))"
    )
    return [line.removeprefix("step ") for line in _shell(url, data, code).splitlines() if line.startswith("step ")]


def rehearse(url: str, data: Path) -> None:
    """All steps on a copy, and the ledger verified in it. Raises CannotDo; the copy is gone afterwards."""
    os.environ["DATABASE_URL"] = url  # the copy stands on the same server
    started = time.monotonic()
    with dumping.connect(url) as connection:
        before = _sound(url, data) if "ledger_entry" in dumping.table_names(connection) else ""
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        server = dumping.major_of(connection)
        tools = dumping.find_tools(server)
        with scratch_database() as folder:
            copy = os.environ["DATABASE_URL"]
            shutil.copytree(data / "keys", folder / "keys", dirs_exist_ok=True)
            with dumping.dump(url, tools, str(row[0])) as stream:
                dumping.restore(copy, "", tools, server, iter(lambda: stream.read(1024 * 1024), b""))
            say(f"  a copy was made in {time.monotonic() - started:.1f} s")
            migrate(copy, folder)
            if left := pending(copy, folder):
                raise CannotDo(f"Cannot upgrade: the copy still lacks {left[0]}. Nothing was changed.")
            after = _sound(copy, folder)
            if before and after.split(" ")[0] != before.split(" ")[0]:
                raise CannotDo(
                    f"Cannot upgrade: in the copy the ledger has {after.split(' ')[0]} faults, before it had"
                    f" {before.split(' ')[0]}. Nothing was changed."
                )
            seconds = time.monotonic() - started
            say(f"  the copy was brought up to date and its ledger verified, {seconds:.1f} s in all")


def migrate(url: str, data: Path) -> None:
    """All steps, in a process of its own that sees these and no other database and keys. Raises CannotDo."""
    _manage(url, data, "migrate", "--no-input", "-v0", failed="a step failed")


def _sound(url: str, data: Path) -> str:
    """Faults and lines of the ledger, as the code of this version reads it."""
    return _shell(url, data, _CHECK).strip().splitlines()[-1]


def _shell(url: str, data: Path, code: str) -> str:
    return _manage(url, data, "shell", "--no-imports", "-v0", "-c", code, failed="the database cannot be read")


def _manage(url: str, data: Path, *command: str, failed: str) -> str:
    done = subprocess.run(
        python("config.manage", *command),
        env=os.environ | {"DATABASE_URL": url, "LANTOA_DATA": str(data), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotDo(f"Cannot upgrade: {failed}.\n{done.stderr.strip()[-2000:]}")
    return done.stdout


def upgrade_command(arguments: list[str]) -> int:
    """`lantoa upgrade`; the exit code. Raises CannotDo."""
    parser = argparse.ArgumentParser(
        prog="lantoa upgrade",
        description="Bring the tables to this version: first on a copy, then, with --apply, for real after a backup."
        " Without --apply nothing is changed, and the server may go on running.",
    )
    parser.add_argument("--backup-to", type=Path, metavar="FOLDER", help="where the backup before it goes")
    backup.add_lock_arguments(parser)
    parser.add_argument(
        "--unencrypted", action="store_true", help="leave that backup open to whoever can read the file"
    )
    parser.add_argument("--apply", action="store_true", help="after the rehearsal: back up, then change the tables")
    options = parser.parse_args(arguments)
    if options.apply and options.backup_to is None:
        raise CannotDo("Cannot upgrade: say where the backup before it goes: --backup-to FOLDER.", 2)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.cli import database

    data = data_folder()
    with database():
        url = os.environ["DATABASE_URL"]
        steps = pending(url, data)
        if not steps:
            say("The tables are those of this version: there is nothing to do.")
            return 0
        say(f"{len(steps)} steps are missing:")
        for step in steps:
            say(f"  {step}")
        if options.apply:
            _refuse_served(url, data)
        say("rehearsing on a copy")
        rehearse(url, data)
        if not options.apply:
            say("Nothing was changed. Stop the server, then: lantoa upgrade --backup-to FOLDER --apply")
            return 0
        made = _back_up(url, data, options)
        say("bringing the tables up to date")
        migrate(url, data)
        backup.note(url, data, made, "upgrade", say)
        taken = tell(url, data, "--take-over")  # of an older archive that was restored just before
        if taken.returncode:
            raise CannotDo(f"The tables are up to date, but a restore is not ended:\n{taken.stderr.strip()[-2000:]}")
        if taken.stdout.strip():
            say(taken.stdout.strip("\n"))
        say("Done. Start the server, and look: lantoa doctor")
        return 0


def _back_up(url: str, data: Path, options: argparse.Namespace) -> backup.Made:
    """Raises CannotDo, and then nothing is upgraded."""
    lock, opener = (Lock(), Opener()) if options.unencrypted else backup.lock_of(options)
    if not lock and not options.unencrypted:
        raise CannotDo(
            "Cannot upgrade: the backup before it must be locked (--recipient FILE or --passphrase-file FILE),"
            " or --unencrypted said. Nothing was changed."
        )
    target = backup.target_of(options.backup_to, keep=None, locked=bool(lock))
    say(f"backing up to {target}")
    try:
        made = backup.back_up(url, data, target, lock, opener=opener, say=lambda words: print(words, file=sys.stderr))
    except CannotDo as fault:
        raise CannotDo(
            f"Cannot upgrade, because the backup before it failed; nothing was changed.\n{fault}"
        ) from fault
    say(f"  {made.size:,} bytes in {made.seconds:.1f} s")
    return made


def _refuse_served(url: str, data: Path) -> None:
    with dumping.connect(url) as connection:
        used = dumping.used_by(connection, data)
    if used:
        raise CannotDo(
            f"Cannot upgrade: the database is in use ({used}). Stop lantoa serve first (systemctl stop lantoa)."
            " Without --apply it may run."
        )
