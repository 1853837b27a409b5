"""From the last released state to this one: rehearsed on a copy, refused without a backup, then for real."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from config.postgres import hold

from .conftest import Served
from .test_backup import command, done

RELEASED = Path(__file__).parent / "released" / "0.1.0.tar"  # made by `lantoa backup` of that version's tables
COUNTED = ("directory_person", "training_enrolment", "training_certificate", "ledger_entry", "accounts_user")


def counts(data: Path) -> dict[str, int]:
    with hold(data) as session, psycopg.connect(session.url) as connection:
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # type: ignore[index]
            for name in COUNTED
        }


def steps(data: Path) -> int:
    with hold(data) as session, psycopg.connect(session.url) as connection:
        return int(connection.execute("SELECT count(*) FROM django_migrations").fetchone()[0])  # type: ignore[index]


def databases(data: Path) -> list[str]:
    with hold(data) as session, psycopg.connect(session.url) as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()]


@pytest.fixture
def released(data: Path) -> Path:
    """An installation as the last release left it."""
    done(command(data, "restore", str(RELEASED), "--apply"))
    return data


def test_the_released_installation_is_rehearsed_backed_up_and_brought_up_to_date(released: Path) -> None:
    before, had = counts(released), steps(released)
    assert before["training_certificate"] > 0
    said = done(command(released, "upgrade"))
    assert "rehearsing on a copy\n" in said
    assert said.endswith("Nothing was changed. Stop the server, then: lantoa upgrade --backup-to FOLDER --apply\n")
    assert steps(released) == had
    assert [name for name in databases(released) if "scratch" in name] == []

    folder = released.parent / "backups"
    folder.mkdir()
    said = done(command(released, "upgrade", "--backup-to", str(folder), "--unencrypted", "--apply"))
    assert said.endswith("Done. Start the server, and look: lantoa doctor\n")
    assert steps(released) > had
    told = {"ledger_entry": before["ledger_entry"] + 2}  # that it was restored here, and backed up
    assert counts(released) == before | told
    assert json.loads(done(command(released, "verify-ledger", "--json")))["sound"]
    assert done(command(released, "upgrade")) == "The tables are those of this version: there is nothing to do.\n"

    (archive,) = folder.iterdir()  # the way back
    done(command(released, "restore", str(archive), "--replace", "--apply"))
    assert steps(released) == had
    assert counts(released) == before


def test_without_a_backup_nothing_is_changed(released: Path) -> None:
    had = steps(released)
    answer = command(released, "upgrade", "--apply")
    assert answer.stderr == "Cannot upgrade: say where the backup before it goes: --backup-to FOLDER.\n"
    answer = command(released, "upgrade", "--backup-to", "/nowhere/at/all", "--unencrypted", "--apply")
    assert (answer.returncode, steps(released)) == (1, had)
    assert answer.stderr.endswith("Cannot write /nowhere/at/all: there is no folder /nowhere/at.\n")
    answer = command(released, "upgrade", "--backup-to", str(released.parent), "--apply")
    assert (answer.returncode, steps(released)) == (1, had)
    assert answer.stderr.startswith("Cannot upgrade: the backup before it must be locked")


def test_a_step_that_fails_fails_on_the_copy_only(released: Path) -> None:
    """A table of the same name stands in the way of a new one: the copy shows it, the real tables stay."""
    missing = done(command(released, "upgrade")).split("\n")[1:3]
    assert missing[0].startswith("  ")
    with hold(released) as session, psycopg.connect(session.url) as connection:
        connection.execute("ALTER TABLE office_file RENAME COLUMN removed_at TO gone_at")
        connection.execute("ALTER TABLE office_file RENAME TO office_notice")
        connection.execute("CREATE TABLE ledger_access (id int); CREATE TABLE directory_purpose (id int)")
    had = steps(released)
    answer = command(released, "upgrade", "--backup-to", str(released.parent), "--unencrypted", "--apply")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Cannot upgrade: a step failed.\n")
    assert steps(released) == had
    assert [name for name in databases(released) if "scratch" in name] == []
    assert [*released.parent.glob("*.tar")] == []


def test_the_unit_does_not_change_tables_by_being_started(released: Path) -> None:
    answer = command(released, "serve", "--no-migrate", "--no-worker", "--port", "8999")
    assert answer.returncode == 1
    assert answer.stderr == (
        "Cannot serve: the database lacks steps of this version. Bring it up to date:\n"
        "  lantoa upgrade --backup-to FOLDER --apply\n"
    )


def test_a_running_server_is_upgraded_by_nobody(serve: Callable[..., Served], data: Path) -> None:
    server = serve()
    server.wait_for("Stop it")
    with hold(data) as session, psycopg.connect(session.url) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    answer = command(data, "upgrade", "--backup-to", str(data.parent), "--unencrypted", "--apply")
    assert answer.stderr == (
        f"Cannot upgrade: the database is in use (lantoa serve at http://127.0.0.1:{server.port})."
        " Stop lantoa serve first (systemctl stop lantoa). Without --apply it may run.\n"
    )


POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.mark.skipif(not (POSTGRES_15 / "initdb").exists(), reason="NO POSTGRESQL 15: it was NOT TESTED")
def test_an_archive_of_a_newer_server_is_restored_into_the_oldest_that_will_do(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTOA_POSTGRES_BIN", str(POSTGRES_15))
    with hold(data) as session:
        done(command(data, "restore", str(RELEASED), "--apply", DATABASE_URL=session.url))
        with psycopg.connect(session.url) as connection:
            assert connection.info.server_version // 10_000 == 15
            found = connection.execute("SELECT count(*) FROM training_certificate").fetchone()
            assert found and found[0] > 0
        folder = data.parent / "again.tar"
        done(command(data, "backup", str(folder), "--unencrypted", DATABASE_URL=session.url))
