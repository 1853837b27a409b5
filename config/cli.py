"""The command line: `lantoa COMMAND ...`. `lantoa --help` is a tour."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.places import Stamps, data_folder


@dataclass(frozen=True)
class Command:
    """A command of the tour: what it is for, an example, and the management command behind it, if any."""

    name: str
    purpose: str
    example: str
    management: str = ""


TOUR = (
    Command("serve", "Start everything and serve the pages.", "lantoa serve --port 8000"),
    Command(
        "run",
        "From a folder with a plan and Excel rosters to certificates, report and tables, in a scratch database.",
        "lantoa run examples/district-9 --out out/",
        "run_folder",
    ),
    Command(
        "import-units",
        "Load the administrative units of a day, with the decisions that changed them.",
        "lantoa import-units --apply",
        "import_units",
    ),
    Command(
        "load-programme",
        "Load a programme from its file: decision, courses, topics, classes.",
        "lantoa load-programme plan.yaml --apply",
        "load_programme",
    ),
    Command(
        "load-targets",
        "Load the targets of a decision with the evidence of each milestone; two files ship with the house.",
        "lantoa load-targets 2393-2020 --apply",
        "load_targets",
    ),
    Command(
        "load-playbook",
        "Load a playbook from its file for a unit, as a new version; one file ships with the house.",
        'lantoa load-playbook vi-huong-2020 --unit "Tỉnh Thái Nguyên" --apply',
        "load_playbook",
    ),
    Command(
        "export-playbook",
        "Write a playbook to a file, letter for letter, for another house.",
        "lantoa export-playbook vi-huong-2020 --to vi-huong-2020.toml",
        "export_playbook",
    ),
    Command(
        "import-roster",
        "Read an Excel roster as it came, say row by row what it would change, and change it.",
        "lantoa import-roster roster.xlsx --programme quan-9-2020 --apply",
        "import_roster",
    ),
    Command(
        "certificates",
        "Issue the certificates of those who completed, as PDF/A.",
        "lantoa certificates quan-9-2020 --out certificates/ --apply",
        "certificates",
    ),
    Command(
        "simulate-workshop",
        "Let the invented sites of the demonstration's workshop act at the running server, so that its board moves.",
        "lantoa simulate-workshop --minutes 10 --speed 2",
        "simulate_workshop",
    ),
    Command(
        "verify-ledger",
        "Check that no line of the ledger was changed, deleted or inserted.",
        "lantoa verify-ledger",
        "verify_ledger",
    ),
    Command(
        "create-administrator",
        "Make the first account that may do everything.",
        'lantoa create-administrator an.nguyen --name "Nguyễn An"',
        "create_administrator",
    ),
)
TOOLS = (
    Command(
        "backup",
        "Keep database, files and keys as one locked archive, while the server runs.",
        "lantoa backup /var/backups/lantoa --keep 14 --recipient backup.key.pub",
    ),
    Command(
        "restore",
        "Check such an archive; with --apply make it the installation here.",
        "lantoa restore lantoa-20261122T010000Z.tar.locked --identity backup.key --apply",
    ),
    Command(
        "upgrade",
        "Bring the tables to this version: on a copy first, then for real after a backup.",
        "lantoa upgrade --backup-to /var/backups/lantoa --apply",
    ),
    Command("doctor", "Is everything as it should be? What to do where it is not.", "lantoa doctor"),
    Command("find-error", "The lines of the log for the code on an error page.", "lantoa find-error 4f6e2a9c"),
    Command("compile-messages", "Compile the translations (bin/setup and serve do it).", "lantoa compile-messages"),
    Command("check-messages", "Compare the translations with the code.", "lantoa check-messages --missing training"),
    Command("manage", "Django's own commands.", "lantoa manage shell"),
)
_FRAMEWORK_ARGUMENTS = {
    "--version",
    "--verbosity",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
    "--skip-checks",
}
HEAD = """lantoa: the open-source office of a digital-transformation programme

usage: lantoa COMMAND [arguments]      lantoa COMMAND --help says more
"""
TAIL = """\
Commands that change the installed database say what they would do, and do it with --apply; --json is for machines.
The installed database is the one in data/ beside the code (another folder: LANTOA_DATA), or the server that
DATABASE_URL names. It is started for a command when it is not running, and stopped afterwards.
"""


class Stop(Exception):
    """Ends a command with a text for the user and an exit code."""

    def __init__(self, words: str, code: int = 1) -> None:
        super().__init__(words)
        self.code = code


def tour() -> str:
    """The text of `lantoa --help`."""
    lines = [HEAD]
    for heading, commands in (("", TOUR), ("For those who keep it running or work on it:\n", TOOLS)):
        if heading:
            lines.append(heading)
        for command in commands:
            lines.append(f"  {command.name:<22}{command.purpose}\n{'':24}$ {command.example}\n")
    return "\n".join([*lines, TAIL])


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    try:
        code = _run(name, rest)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        words = expected(error)
        if words is None:
            raise
        print(words, file=sys.stderr)
        return getattr(error, "code", 1)


def expected(error: Exception) -> str | None:
    """The words of an error that is no fault of ours, else None."""
    from config.postgres import CannotStart
    from config.prepare import NotReady

    expected: tuple[type[Exception], ...] = (CannotStart, NotReady, Stop)
    if kept := getattr(sys.modules.get("config.archive"), "CannotDo", None):
        expected += (kept,)
    if refused := getattr(sys.modules.get("lantoa.common.refused"), "Refused", None):
        expected += (refused,)
    if operational := getattr(sys.modules.get("django.db"), "OperationalError", None):
        expected += (operational,)
    return str(error).strip() if isinstance(error, expected) else None


def _run(name: str, rest: list[str]) -> int:
    if name in {"-h", "--help", "help"}:
        print(tour())
        return 0
    if name == "serve":
        from config.serve import serve

        return serve(rest)
    if name == "backup":
        from config.backup import backup_command

        return backup_command(rest)
    if name == "restore":
        from config.restoring import restore_command

        return restore_command(rest)
    if name == "upgrade":
        from config.upgrading import upgrade_command

        return upgrade_command(rest)
    if name == "doctor":
        from config.doctor import doctor_command

        return doctor_command(rest)
    if name == "find-error":
        from config.finding import find_command

        return find_command(rest)
    if name == "compile-messages":
        from config.messages import compile_command

        return compile_command(rest)
    if name == "check-messages":
        from config.messages import check_command

        return check_command(rest)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    if name == "manage":
        return _manage(rest)
    command = next((command for command in TOUR if command.name == name), None)
    if command is None:
        import difflib

        near = difflib.get_close_matches(name, [c.name for c in (*TOUR, *TOOLS)], 1)
        raise Stop(
            f"There is no command {name!r}." + (f" Did you mean {near[0]!r}?" if near else " See lantoa --help."),
            2,
        )
    if "-h" in rest or "--help" in rest:
        return _management(command, rest)
    if name == "run":
        with _scratch():
            return _management(command, rest)
    with database() as embedded:
        _ready(embedded)
        return _management(command, rest)


def _management(command: Command, rest: list[str]) -> int:
    """Run the management command behind a command of ours, under our own name."""
    import django
    from django.core.management import BaseCommand, CommandError, get_commands, load_command_class

    django.setup()
    room = get_commands().get(command.management)
    if room is None:
        raise Stop(f"Cannot run {command.name!r}: this version of Lantoa does not have it yet.")
    found = room if isinstance(room, BaseCommand) else load_command_class(room, command.management)
    found.suppressed_base_arguments = _FRAMEWORK_ARGUMENTS
    execute = found.execute

    def plainly(*args: Any, **options: Any) -> Any:
        """Runs it; what it refuses is said without the English name of the error before it."""
        try:
            return execute(*args, **options)
        except CommandError as error:
            raise Stop(str(error), error.returncode) from error

    found.execute = plainly  # type: ignore[method-assign]
    try:
        found.run_from_argv(["lantoa", command.name, *rest])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _manage(rest: list[str]) -> int:
    from config import manage

    needs_none = not rest or rest[0] in {
        "help",
        "--help",
        "-h",
        "version",
        "--version",
        "startapp",
        "diffsettings",
    }
    sys.argv = ["lantoa manage", *rest]
    if needs_none or "--help" in rest or "-h" in rest:
        manage.main()
        return 0
    with database():
        manage.main()
    return 0


@contextmanager
def database() -> Iterator[bool]:
    """The installed database for the duration, named in DATABASE_URL. True when it is the embedded one."""
    if url := os.environ.get("DATABASE_URL"):
        from config.prepare import connect

        connect(url).close()  # says at once what is wrong with it
        yield False
        return
    from config.postgres import hold

    with hold(data_folder(), say=lambda words: print(words, file=sys.stderr)) as session:
        os.environ["DATABASE_URL"] = session.url
        try:
            yield True
        finally:
            _close_connections()


def _ready(embedded: bool) -> None:
    """The tables are there: made in the embedded database; in a server of others only looked at."""
    import django

    from config.places import migrations_state
    from config.postgres import system_identifier
    from config.prepare import compile_messages, migrate, pending_migrations

    data = data_folder()
    stamps = Stamps(data)
    identifier = system_identifier(data) if embedded else ""
    if embedded and stamps.holds("migrations", migrations_state(identifier)):
        return
    data.mkdir(parents=True, exist_ok=True)
    compile_messages(stamps, _say)
    django.setup()
    if embedded:
        migrate(stamps, identifier, _say)
    elif pending := pending_migrations():
        raise Stop(f"The database lacks {pending} steps of this version. Bring it up to date: lantoa manage migrate")


@contextmanager
def _scratch() -> Iterator[Path]:
    """A database of its own for one command, with its own files and keys; removed whatever happens."""
    from config.scratch import scratch_database

    with scratch_database(_say) as folder:
        import django

        from config.prepare import compile_messages, migrate

        compile_messages(Stamps(folder), _say)
        django.setup()
        migrate(Stamps(folder), "", lambda _: None)
        try:
            yield folder
        finally:
            _close_connections()


def _close_connections() -> None:
    if "django.db" in sys.modules:
        from django.conf import settings
        from django.db import connections

        if settings.configured:
            for connection in connections.all(initialized_only=True):
                connection.close()
                if hasattr(connection, "close_pool"):
                    connection.close_pool()


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
