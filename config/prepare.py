"""What must be done once before pages can be served: translations, tables, static files, the demonstration.

Runs as a process of its own under `lantoa serve`, and inside the commands that need tables. Two at once wait for
each other in the database. Each step is stamped with a checksum of what it depends on, and skipped while it holds.
"""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

from config.keeper import START_SECONDS
from config.places import (
    RESTORED,
    Stamps,
    data_folder,
    messages_state,
    migrations_state,
    sign_ins_file,
    static_state,
)
from config.postgres import system_identifier
from config.processes import ROOT, die_with_parent, python

_LOCK = 0x6C616E746F61  # "lantoa": the advisory lock that one preparation holds
_DEMONSTRATION_LOCK = _LOCK + 1
CONNECT_SECONDS = 8  # for a server of others to answer
Say = Callable[[str], None]


class NotReady(Exception):
    """The installation cannot be used yet; the text says what to do, and is shown as it is."""


def is_prepared(data: Path, *, embedded: bool) -> bool:
    """Is there nothing to do? Known without loading the framework; never for a server that others may change."""
    stamps = Stamps(data)
    database = system_identifier(data)
    return (
        embedded
        and bool(database)
        and not (data / RESTORED).exists()
        and _has_messages()
        and stamps.holds("messages", messages_state())
        and stamps.holds("migrations", migrations_state(database))
        and _has_static(data)
        and stamps.holds("static", static_state())
    )


def is_new(data: Path) -> bool:
    """Was nothing ever prepared here to its end, so that nobody can have been served?"""
    return not Stamps(data).has("static")  # the last step


def has_demonstration(data: Path) -> bool:
    """Was the demonstration loaded into the embedded database, to its end?"""
    return sign_ins_file(data).exists() and Stamps(data).holds("demonstration", system_identifier(data))


def prepare(data: Path, *, embedded: bool, say: Say) -> None:
    """Do what is missing. The settings must already point at the database. Raises NotReady."""
    stamps = Stamps(data)
    compile_messages(stamps, say)
    if embedded:
        wait_for_database(START_SECONDS)
    database = system_identifier(data) if embedded else ""
    with _alone(_LOCK, say):
        migrate(stamps, database, say)
        take_over(data, say)
        _collect_static(data, stamps, say)


def wait_for_database(seconds: float) -> None:
    """Until it takes questions: we were loaded while it started. One that stays away is told by whoever asks next."""
    from django.db import OperationalError, connection

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection.ensure_connection()
        except OperationalError:
            time.sleep(0.02)
            continue
        connection.close()
        return


def compile_messages(stamps: Stamps, say: Say) -> None:
    """Compile the translations when they have changed."""
    state = messages_state()
    if _has_messages() and stamps.holds("messages", state):
        return
    if _has_newest_messages():  # bin/setup has compiled them; the code may be closed to this account
        stamps.keep("messages", state)
        return
    from config.messages import MessageFault, compile_all

    try:
        compile_all(ROOT / "locale")
    except MessageFault as fault:
        raise NotReady(str(fault)) from fault
    except OSError as error:
        raise NotReady(
            f"Cannot compile the translations: {error.filename} cannot be written by this account."
            " Do it as the owner of the code: lantoa compile-messages"
        ) from error
    stamps.keep("messages", state)


def migrate(stamps: Stamps, database: str, say: Say) -> None:
    """Bring the tables up to date. An empty `database` means a server of others: looked at every time."""
    state = migrations_state(database)
    if database and stamps.holds("migrations", state):
        return
    from django.core.management import call_command

    if pending := pending_migrations():
        started = time.monotonic()
        say(f"bringing the tables up to date ({pending} steps)")
        call_command("migrate", verbosity=0, interactive=False, stdout=io.StringIO())
        say(f"tables ready in {time.monotonic() - started:.1f} s")
    if database:
        stamps.keep("migrations", state)


def take_over(data: Path, say: Say) -> None:
    """After a restore, before the first page: erasures since the backup are done again, the ledger says it."""
    file = data / RESTORED
    if not file.exists():
        return
    if pending_migrations():
        say("erasures since the backup are done again when the tables are brought up to date, before the first page")
        return
    from django.utils import timezone

    from lantoa.common import erasures
    from lantoa.common.keyring import secret
    from lantoa.ledger.rules import Machine
    from lantoa.web.actions_installation import take_over_restored

    known, _ = erasures.read(erasures.text_of(data / "keys" / erasures.NAME), secret("ledger"))
    about = json.loads(file.read_text())
    made = take_over_restored(by=Machine("restore"), about=about, erased=known, at=timezone.now())
    file.unlink()
    if made.erased:
        say(f"{made.erased} people who were erased after the backup were erased again")
    if made.left:
        say(
            "NOT erased again, because the backup holds them as part of somebody else (separate and erase them by"
            f" hand): {', '.join(made.left)}"
        )


def _note_backup(about: str) -> None:
    from lantoa.ledger.rules import Machine
    from lantoa.web.actions_installation import note_backup

    note_backup(by=Machine("backup"), about=json.loads(about))


def tell(url: str, data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs this module on a database and a data folder, whatever this process itself has loaded."""
    return subprocess.run(
        python("config.prepare", *arguments),
        env=os.environ | {"DATABASE_URL": url, "LANTOA_DATA": str(data), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def pending_migrations() -> int:
    """How many migrations the database still lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _collect_static(data: Path, stamps: Stamps, say: Say) -> None:
    state = static_state()
    if _has_static(data) and stamps.holds("static", state):
        return
    from django.core.management import call_command

    say("compressing the static files")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, stdout=io.StringIO())
    stamps.keep("static", state)


def load_demonstration(data: Path, *, embedded: bool, say: Say) -> None:
    """Load it when it is not there; begun again from its start when the last time was cut short."""
    from django.core.management import call_command

    with _alone(_DEMONSTRATION_LOCK, say):
        if embedded and has_demonstration(data):
            return
        started = time.monotonic()
        call_command("load_demonstration", apply=True)
        say(f"demonstration ready in {time.monotonic() - started:.1f} s")
        if embedded:
            Stamps(data).keep("demonstration", system_identifier(data))


def _ask_steps() -> int:
    """3 when a database that is in use lacks steps; a new one lacks them all, and may be made."""
    from django.db import connection

    return 3 if "django_migrations" in connection.introspection.table_names() and pending_migrations() else 0


def has_administrator() -> bool:
    """Is there an active account with the role of administrator?"""
    from lantoa.directory.models import Role, RoleGrant

    running = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, until__isnull=True)
    return running.filter(user__is_active=True).exists()


def knows_administrator(data: Path) -> bool:
    """Was there an administrator in the embedded database when it was last asked?"""
    return Stamps(data).holds("administrator", system_identifier(data))


def _ask_administrator(data: Path, *, embedded: bool) -> int:
    if not has_administrator():
        return 3
    if embedded:
        Stamps(data).keep("administrator", system_identifier(data))
    return 0


def _has_messages() -> bool:
    return (ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.mo").exists()


def _has_newest_messages() -> bool:
    compiled = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.mo"
    sources = [file.stat().st_mtime for file in ROOT.glob("locale/*/*.po")]
    return compiled.exists() and compiled.stat().st_mtime > max(sources, default=0.0)


def _has_static(data: Path) -> bool:
    return (data / "static" / "staticfiles.json").exists()


def connect(url: str) -> "psycopg.Connection[Any]":
    """A connection of its own to the server that DATABASE_URL names. Raises NotReady with the server's words."""
    import psycopg

    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.Error as error:
        raise NotReady(
            f"Cannot use the database that DATABASE_URL names: {str(error).strip()}\n"
            "It must look like postgresql://NAME:PASSWORD@HOST:5432/DATABASE, and the server must be running;"
            " without DATABASE_URL Lantoa brings a database of its own."
        ) from error


@contextmanager
def _alone(lock: int, say: Say) -> Iterator[None]:
    """Hold the advisory lock in a connection of its own, given back when it closes, however that happens."""
    with connect(os.environ["DATABASE_URL"]) as connection:
        found = connection.execute("SELECT pg_try_advisory_lock(%s)", [lock]).fetchone()
        if not (found and found[0]):
            say("another Lantoa is being prepared; waiting for it")
            connection.execute("SELECT pg_advisory_lock(%s)", [lock])
        yield


def main() -> int:
    """`prepare` as a process: `[--embedded] [--demonstration | --ask-administrator]`, in the server's environment.

    Ends with 2 when something must be done first. `--demonstration` loads that alone, into prepared tables.
    `--ask-administrator` does nothing, and ends with 3 when nobody can be administrator yet; `--ask-steps` so
    when the tables are those of an older version. `--take-over` ends a restore, `--note-backup FACTS` writes the
    line of a backup.
    """
    die_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.db import OperationalError, connections

    embedded = "--embedded" in sys.argv

    def say(words: str) -> None:
        print(f"  {words}", flush=True)

    try:
        django.setup()
        if "--ask-administrator" in sys.argv:
            return _ask_administrator(data_folder(), embedded=embedded)
        if "--ask-steps" in sys.argv:
            return _ask_steps()
        if "--take-over" in sys.argv:
            take_over(data_folder(), say)
            return 0
        if "--note-backup" in sys.argv:
            _note_backup(sys.argv[-1])
            return 0
        step = load_demonstration if "--demonstration" in sys.argv else prepare
        step(data_folder(), embedded=embedded, say=say)
        return 0
    except NotReady as fault:
        print(fault, file=sys.stderr)
        return 2
    except OperationalError as error:
        print(f"Cannot use the database: {str(error).strip()}", file=sys.stderr)
        return 2
    finally:
        connections.close_all()
