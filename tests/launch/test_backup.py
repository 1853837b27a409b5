"""The drill: a server with writers is backed up, restored on another machine, compared row by row, byte by byte."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config import archive, dumping
from config.archive import CannotDo, Opener
from config.backup import rotate
from config.cli import main
from config.places import NO_DEMONSTRATION, RESTORING
from config.postgres import hold
from config.processes import python

from .conftest import SECONDS, Served, free_port, new_home, running, until

PASSPHRASE = "mot hai ba bon nam sau"

# Keeps files and erases some, as fast as it can, and notes each only after it was committed.
WRITER = """
import json, os, sys, time
from django.utils import timezone
from lantoa.directory.models import Unit
from lantoa.ledger.rules import Machine
from lantoa.office.actions import keep_file, remove_content
by, unit, journal = Machine("writer"), Unit.objects.order_by("id").first(), open(os.environ["JOURNAL"], "a")
mine, number = [], 0
while not os.path.exists(os.environ["JOURNAL"] + ".stop"):
    number += 1
    began = time.time()
    content = b"%PDF-1.7\\n" + os.urandom(20_000) + b"\\n%%EOF"
    file = keep_file(by=by, name=f"{number}.pdf", content=content, unit=unit, at=timezone.now())
    mine.append(file)
    if number % 3 == 0:
        remove_content(mine.pop(0), at=timezone.now())
    print(json.dumps([began, time.time(), file.key]), file=journal, flush=True)
    time.sleep(0.005)
"""
CHECK = """
import json
from django.utils import timezone
from lantoa.ledger.queries import verify
from lantoa.office.queries.keys import current_key, private_key
from lantoa.training.models import Certificate
from lantoa.training.queries.certificates import verdict_on
today = timezone.localdate()
held = [verdict_on(row.payload, on=today) for row in Certificate.objects.all()]
print(json.dumps({
    "certificates": len(held),
    "genuine": sum(verdict.state == "valid" and row is not None for verdict, row in held),
    "ledger": verify().found,
    "signs": private_key(current_key(today).kid) is not None,
}))
"""


def command(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "LANTOA_"))}
    return subprocess.run(
        python("config.cli", *arguments),
        env=environment | {"LANTOA_DATA": str(data)} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def done(answer: subprocess.CompletedProcess[str]) -> str:
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def shell(data: Path, code: str) -> Any:
    return json.loads(done(command(data, "manage", "shell", "--no-imports", "-v0", "-c", code)).splitlines()[-1])


def rows_of(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with hold(data) as session, psycopg.connect(session.url) as connection:
        return {
            name: sorted(connection.execute(f'SELECT t::text FROM "{name}" t').fetchall())
            for name in dumping.table_names(connection)
        }


def acts_of(rows: dict[str, list[tuple[Any, ...]]]) -> set[tuple[str, str]]:
    """Act and line of each line of the ledger."""
    found = set()
    for (line,) in rows["ledger_entry"]:
        act = re.search(r",([a-z]+\.[a-z_]+),", line)
        found.add((act[1] if act else "", line))
    return found


def without_lines(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but the lines of the ledger that a backup and a restore write of themselves."""
    own = {line for act, line in acts_of(rows) if act in {"web.back_up", "web.restore"}}
    return {name: [row for row in found if row[0] not in own] for name, found in rows.items()}


def files_of(data: Path, folder: str) -> dict[str, bytes]:
    return {
        path.relative_to(data / folder).as_posix(): path.read_bytes()
        for path in sorted((data / folder).rglob("*"))
        if path.is_file() and "incoming" not in path.parts
    }


@contextlib.contextmanager
def writers(data: Path, journal: Path, how_many: int = 2) -> Iterator[None]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "LANTOA_"))}
    started = [
        subprocess.Popen(
            python("config.cli", "manage", "shell", "--no-imports", "-v0", "-c", WRITER),
            env=environment | {"LANTOA_DATA": str(data), "JOURNAL": str(journal)},
        )
        for _ in range(how_many)
    ]
    try:
        until(lambda: journal.exists() and len(journal.read_text().splitlines()) > 20)
        yield
    finally:
        Path(f"{journal}.stop").touch()
        for one in started:
            assert one.wait(SECONDS) == 0


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """Another machine: a folder of its own, with nothing in it."""
    folder = new_home()
    yield folder
    for data in folder.iterdir():
        until(lambda data=data: not running(data))  # type: ignore[misc]
    shutil.rmtree(folder)


def test_a_running_installation_with_writers_stands_again_on_another_machine(data: Path, elsewhere: Path) -> None:
    passphrase = data.parent / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n")
    journal = data.parent / "journal"
    server = Served(data)
    try:
        server.wait_for("kiemtra")  # the demonstration is there
        with writers(data, journal):
            began = time.time()
            said = json.loads(
                done(command(data, "backup", str(data.parent), "--passphrase-file", str(passphrase), "--json"))
            )
            ended = time.time()
            until(lambda: time.time() > ended + 0.3)
        server.process.send_signal(signal.SIGTERM)
        server.rest()
    finally:
        server.end()
    assert said["faults"] == []
    assert said["locked"]
    key = data.parent / "backup.key"
    done(command(data, "backup", "--make-key", str(key)))
    quiet = data.parent / "quiet.tar.locked"
    done(command(data, "backup", str(quiet), "--recipient", f"{key}.pub"))

    # the quiet one, on another machine: every row and every byte
    there = elsewhere / "máy khác"
    done(command(there, "restore", str(quiet), "--identity", str(key), "--apply"))
    here, back = rows_of(data), rows_of(there)
    assert {act for act, _ in acts_of(back) - acts_of(here)} == {"web.restore"}
    assert {act for act, _ in acts_of(here) - acts_of(back)} == {"web.back_up"}
    assert without_lines(back) == without_lines(here)
    assert files_of(there, "files") == files_of(data, "files")
    assert files_of(there, "keys") == files_of(data, "keys")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (there / "keys").iterdir())
    found = shell(there, CHECK)
    assert found["certificates"] > 0
    assert found == {
        "certificates": found["certificates"],
        "genuine": found["certificates"],
        "ledger": 0,
        "signs": True,
    }
    assert json.loads(done(command(there, "verify-ledger", "--json")))["sound"]

    # the one taken in the middle of the writing: one moment
    third = elsewhere / "third"
    done(command(third, "restore", said["path"], "--passphrase-file", str(passphrase), "--apply"))
    assert json.loads(done(command(third, "verify-ledger", "--json")))["sound"]
    with hold(third) as session, psycopg.connect(session.url) as connection:
        kept = connection.execute("SELECT key, stored_as, sha256, removed_at FROM office_file").fetchall()
        lines = connection.execute(
            "SELECT split_part(thing, ':', 2) FROM ledger_entry WHERE act = 'office.keep_file'"
        ).fetchall()
    here = files_of(third, "files")
    standing = {stored_as: digest for _key, stored_as, digest, removed_at in kept if removed_at is None}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in here.items()} == standing
    assert {key for key, *_ in kept} == {key for (key,) in lines}  # an act and its line, or neither
    journalled = [json.loads(line) for line in journal.read_text().splitlines()]
    keys = {key for key, *_ in kept}
    assert {key for _began, at, key in journalled if at < began} - keys == set()  # what was acknowledged is there
    assert {key for at, _ended, key in journalled if at > ended} & keys == set()
    assert len(journalled) > len([1 for _began, at, _key in journalled if at < began]) + 5  # they did write meanwhile


def an_account(data: Path, username: str) -> None:
    code = (
        "from lantoa.accounts.actions import create_account; from lantoa.directory.models import Unit;"
        "from lantoa.ledger.rules import Machine; Unit.objects.get_or_create(key='unit0000000');"
        f"create_account(by=Machine('test'), full_name='Nguyễn An', username={username!r}); print(1)"
    )
    shell(data, code)


@pytest.fixture
def kept(serve: Callable[..., Served], data: Path) -> Path:
    """A small archive in the clear of an installation with one account in it."""
    an_account(data, "an.nguyen")
    target = data.parent / "kept.tar"
    done(command(data, "backup", str(target), "--unencrypted"))
    return target


def test_without_apply_an_archive_is_only_checked(kept: Path, elsewhere: Path) -> None:
    said = done(command(elsewhere / "data", "restore", str(kept)))
    assert said.endswith("\n\nNothing was changed. Restore it: --apply\n")
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("fault", ["cut", "changed"])
def test_a_damaged_archive_is_refused_before_anything_is_touched(kept: Path, elsewhere: Path, fault: str) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if fault == "cut" else whole[:9000] + b"?????" + whole[9005:])
    answer = command(elsewhere / "data", "restore", str(kept), "--apply")
    assert answer.returncode == 1
    assert answer.stderr.startswith("The archive")
    assert list(elsewhere.iterdir()) == []


def test_an_installation_in_use_is_not_overwritten_unless_told_and_then_set_aside(kept: Path, data: Path) -> None:
    before = rows_of(data)
    kept_lines = acts_of(before)
    an_account(data, "khac")
    answer = command(data, "restore", str(kept), "--apply")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Cannot restore: this installation is in use (2 accounts).\n")
    answer = command(data, "restore", str(kept), "--apply", "--replace")
    assert answer.returncode == 0, answer.stderr
    after = rows_of(data)
    assert without_lines(after) == without_lines(before)
    assert {act for act, _ in acts_of(after) - kept_lines} == {"web.restore"}
    assert {act for act, _ in kept_lines - acts_of(after)} == {"web.back_up"}  # written when the archive stood
    with hold(data) as session, psycopg.connect(session.url) as connection:
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()]
        (aside,) = (name for name in names if name.startswith("lantoa_before_"))
        with psycopg.connect(dumping.with_database(session.url, aside)) as old:
            assert old.execute("SELECT count(*) FROM accounts_user").fetchone() == (2,)
    assert len([*data.glob("keys.before-*")]) == 1


def test_a_running_server_is_not_pulled_away(kept: Path, data: Path) -> None:
    server = Served(data, "--no-demo", "--no-worker")
    try:
        server.wait_for("Stop it")
        answer = command(data, "restore", str(kept), "--apply", "--replace")
        assert answer.returncode == 1
        assert answer.stderr == (
            f"Cannot restore: the database is in use (lantoa serve at http://127.0.0.1:{server.port})."
            " Stop lantoa serve and everything else that works with it first.\n"
        )
    finally:
        server.process.send_signal(signal.SIGTERM)
        server.rest()
        server.end()


def test_a_restored_installation_gets_no_demonstration_and_one_cut_short_does_not_start(
    kept: Path, elsewhere: Path
) -> None:
    there = elsewhere / "data"
    done(command(there, "restore", str(kept), "--apply"))
    assert (there / NO_DEMONSTRATION).exists()
    (there / RESTORING).write_text(str(kept))
    answer = command(there, "serve", "--port", str(free_port()))
    assert (answer.returncode, answer.stderr) == (
        1,
        "Cannot serve: a restore was cut short while it exchanged database, keys and files. Run it again:\n"
        f"  lantoa restore {kept} --replace --apply\n",
    )
    (there / RESTORING).unlink()


def test_the_archive_of_a_newer_version_is_refused(kept: Path, data: Path, elsewhere: Path) -> None:
    with hold(data) as session, psycopg.connect(session.url) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('training', '0999_of_tomorrow', now())"
        )
    newer = data.parent / "newer.tar"
    done(command(data, "backup", str(newer), "--unencrypted"))
    answer = command(elsewhere / "data", "restore", str(newer), "--apply")
    assert answer.stderr == (
        "Cannot restore: the archive was made by a newer Lantoa (0.1.0); this one does not know training"
        " 0999_of_tomorrow. Restore it with that version or a newer one.\n"
    )


def test_a_lost_file_is_named_and_the_backup_stands(kept: Path, data: Path) -> None:
    code = (
        "from django.utils import timezone; from lantoa.directory.models import Unit;"
        "from lantoa.ledger.rules import Machine; from lantoa.office.actions import keep_file;"
        "from lantoa.office.queries.files import path_of; import json;"
        "unit, at = Unit.objects.first(), timezone.now();"
        "f = keep_file(by=Machine('x'), name='a.pdf', content=b'%PDF-1.7 x', unit=unit, at=at);"
        "path_of(f).unlink(); print(json.dumps(f.stored_as))"
    )
    lost = shell(data, code)
    answer = command(data, "backup", str(data.parent / "b.tar"), "--unencrypted", "--json")
    assert answer.returncode == 3
    assert json.loads(answer.stdout)["faults"] == [f"the content of the file {lost} is missing from the disk"]
    assert archive.check(data.parent / "b.tar", Opener()).faults == json.loads(answer.stdout)["faults"]


def test_a_backup_in_the_clear_must_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTOA_DATA", str(tmp_path))
    assert main(["backup", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(
        "Cannot back up: the archive would hold the keys and all personal data in the clear.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere/a.tar"], "Cannot write nowhere/a.tar: there is no folder nowhere."),
        (
            ["a.tar", "--keep", "3"],
            "Cannot keep the newest archives: --keep wants a number from 1 on, and a folder to write to.",
        ),
        (["pyproject.toml"], "Cannot write pyproject.toml: there is a file already. Name another one, or a folder."),
        ([], "Cannot back up: say the file or the folder to write to. lantoa backup --help says more."),
    ],
)
def test_a_target_that_cannot_be_is_refused_first(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANTOA_DATA", str(tmp_path))
    assert main(["backup", *arguments, "--unencrypted"]) > 0
    assert capsys.readouterr().err == f"{words}\n"


def test_only_the_oldest_archives_are_deleted(tmp_path: Path) -> None:
    names = [f"lantoa-2026112{day}T010000Z.tar.locked" for day in range(5)]
    for name in [*names, "lantoa-notes.tar", "other.tar"]:
        (tmp_path / name).touch()
    assert rotate(tmp_path, 2) == tuple(names[:3])
    left = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert left == [*names[3:], "lantoa-notes.tar", "other.tar"]


def test_a_server_that_is_too_new_for_the_programs_here_is_named() -> None:
    with pytest.raises(CannotDo, match="Cannot read the database: the server is PostgreSQL 99, and pg_dump of that"):
        dumping.find_tools(99)
