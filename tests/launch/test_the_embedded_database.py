"""The embedded database: found, started, shared, stopped, and never left behind."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import scratch
from config.postgres import CannotStart, Session, hold
from config.processes import python
from config.secrets import secret_key

from .conftest import running, until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its rights")
HOLD_AND_WAIT = "from config.postgres import hold; import sys, time; from pathlib import Path; \
s = hold(Path(sys.argv[2]), throwaway=len(sys.argv) > 3); print(s.url, flush=True); time.sleep(60)"


def another_process(data: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """Another process that holds the database of a folder."""
    code = f"import sys; sys.path.insert(0, sys.argv[1]); {HOLD_AND_WAIT}"
    root = python("x")[-2]
    process = subprocess.Popen([sys.executable, "-c", code, root, str(data), *arguments], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"postgresql://")
    process.stdout.close()
    return process


def ask(session: Session, question: str) -> object:
    with psycopg.connect(session.url) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def keeper_of(session: Session) -> int:
    assert session._keeper is not None
    return session._keeper.pid


def server_of(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def test_it_starts_in_a_folder_with_a_space_and_vietnamese_letters_and_forces_to_disk(data: Path) -> None:
    with hold(data) as session:
        assert ask(session, "SHOW fsync") == "on"
        assert ask(session, "SHOW listen_addresses") == ""
        assert ask(session, "SELECT upper('đặng ước')") == "ĐẶNG ƯỚC"
        assert ask(session, "SELECT current_database() || ' of ' || current_user") == "lantoa of lantoa"
    until(lambda: running(data) == {})


def test_who_comes_second_finds_the_same_server_and_who_leaves_last_stops_it(made: Path) -> None:
    first = hold(made)
    second = hold(made)
    assert second.url == first.url
    first.close()
    assert ask(second, "SELECT 1") == 1
    second.close()
    until(lambda: running(made) == {})


def test_two_starts_at_once_make_one_server(data: Path) -> None:
    found: list[Session] = []
    starts = [threading.Thread(target=lambda: found.append(hold(data))) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(found) == 3
    assert len({session.url for session in found}) == 1
    for session in found:
        session.close()
    until(lambda: running(data) == {})


def test_nothing_is_left_when_its_only_user_is_killed(made: Path) -> None:
    other = another_process(made)
    until(lambda: len(running(made)) == 3)  # the user, the keeper, the server; nobody else for longer than a fork
    other.kill()
    other.wait()
    until(lambda: running(made) == {})
    with hold(made) as again:
        assert ask(again, "SELECT 1") == 1


def test_a_server_stays_for_the_others_when_one_user_is_killed(made: Path) -> None:
    other = another_process(made)
    with hold(made) as session:
        other.kill()
        other.wait()
        assert ask(session, "SELECT 1") == 1
        assert session.lost() == ""


def test_when_the_keeper_is_killed_the_server_goes_too_and_the_next_start_mends_it(made: Path) -> None:
    session = hold(made)
    os.kill(keeper_of(session), signal.SIGKILL)
    until(session.lost)
    assert session.lost() == "its keeper has ended"
    until(lambda: running(made) == {})
    session.close()
    with hold(made) as again:
        assert ask(again, "SELECT 1") == 1


def test_when_the_server_is_killed_its_users_are_told(made: Path) -> None:
    session = hold(made)
    os.kill(server_of(made), signal.SIGKILL)
    reasons: list[str] = []
    until(lambda: reasons.append(session.lost()) or reasons[-1])
    assert reasons[-1] == f"the server ended (code -9); see {made / 'postgres.log'}"
    session.close()
    with hold(made) as again:
        assert ask(again, "SELECT 1") == 1


def test_a_stale_pid_file_that_names_a_living_program_does_not_hinder(made: Path) -> None:
    hold(made).close()
    file = made / "postgres" / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{made / 'postgres'}\n1700000000\n5432\n\n\n\nready\n")
    shutil.chown(file, (made / "postgres").stat().st_uid, (made / "postgres").stat().st_gid)
    with hold(made) as session:
        assert ask(session, "SELECT 1") == 1


def test_data_of_another_version_is_refused_with_what_to_do(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(CannotStart) as refusal:
        hold(data)
    assert "the data was made by version 12" in str(refusal.value)
    assert f"The data in {data / 'postgres'} needs PostgreSQL 12: install that version" in str(refusal.value)
    until(lambda: running(data) == {})


def test_a_folder_that_cannot_be_made_is_refused(home: Path) -> None:
    (home / "file").write_text("")
    with pytest.raises(CannotStart) as refusal:
        hold(home / "file" / "data")
    assert str(refusal.value) == f"Cannot make the data folder {home / 'file' / 'data'}: File exists."


@as_root
def test_root_drops_its_rights_for_the_server(made: Path) -> None:
    with hold(made) as session:
        assert Path(f"/proc/{server_of(made)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert stat.S_IMODE((made / "postgres").stat().st_mode) == 0o700
        assert ask(session, "SELECT 1") == 1


@as_root
def test_a_folder_closed_to_the_server_holds_a_link_to_one_it_can_reach(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTOA_SHARED_HOME", str(home / "shared"))
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with hold(closed / "data") as session:
        assert ask(session, "SELECT 1") == 1
    assert (closed / "data" / "postgres").is_symlink()
    assert (closed / "data" / "postgres").resolve().is_relative_to(home / "shared")
    with hold(closed / "data") as session:
        assert ask(session, "SELECT 1") == 1


@pytest.fixture
def own_temporary_folder(monkeypatch: pytest.MonkeyPatch, data: Path) -> Iterator[Path]:
    folder = data.parent / "t"
    folder.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder


def test_a_throwaway_database_leaves_nothing(own_temporary_folder: Path, data: Path) -> None:
    with scratch.scratch_database() as folder:
        assert folder.parent == own_temporary_folder
        assert os.environ["LANTOA_DATA"] == str(folder)
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
    assert list(own_temporary_folder.iterdir()) == []
    assert os.environ["LANTOA_DATA"] == str(data)
    assert "DATABASE_URL" not in os.environ


def test_a_throwaway_database_leaves_nothing_when_its_owner_is_killed(home: Path, data: Path) -> None:
    other = another_process(data, "throwaway")
    other.kill()
    other.wait()
    until(lambda: running(data) == {})
    until(lambda: not data.exists())


def test_a_later_run_sweeps_what_a_killed_one_left_and_nothing_else(own_temporary_folder: Path) -> None:
    names = ("lantoa-scratch-run-old", "lantoa-scratch-run-young", "lantoa-tests-of-others")
    for name in names:
        (own_temporary_folder / name).mkdir()
        if not name.endswith("young"):
            os.utime(own_temporary_folder / name, (1, 1))
    used = own_temporary_folder / "lantoa-scratch-run-used"
    with hold(used, throwaway=True):
        os.utime(used, (1, 1))
        assert scratch.sweep(own_temporary_folder) == [own_temporary_folder / "lantoa-scratch-run-old"]
    assert sorted(one.name for one in own_temporary_folder.iterdir()) == [names[1], names[2]]


def test_a_scratch_database_on_a_server_is_dropped_and_abandoned_ones_are_swept(
    home: Path, own_temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def databases() -> list[str]:
        with psycopg.connect(server.url) as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'lantoa%'").fetchall()
        return sorted(name for (name,) in rows)

    with hold(home / "server", throwaway=True) as server:
        monkeypatch.setenv("DATABASE_URL", server.url)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE lantoa_scratch_1700000000_1_abandoned")
        with scratch.scratch_database() as folder:
            assert [name.rsplit("_", 3)[0] for name in databases()] == ["lantoa", "lantoa_scratch"]
            assert os.environ["DATABASE_URL"] != server.url
        assert not folder.exists()
        assert os.environ["DATABASE_URL"] == server.url
        assert databases() == ["lantoa"]


def test_the_signing_secret_is_made_once_and_is_for_its_owner_only(data: Path) -> None:
    made: list[str] = []
    makers = [threading.Thread(target=lambda: made.append(secret_key(data))) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert stat.S_IMODE((data / "keys" / "secret-key").stat().st_mode) == 0o600
    assert [one.name for one in (data / "keys").iterdir()] == ["secret-key"]


def test_a_damaged_signing_secret_is_refused_with_what_to_do(data: Path) -> None:
    secret_key(data)
    (data / "keys" / "secret-key").write_text("short")
    with pytest.raises(ValueError) as refusal:
        secret_key(data)
    assert str(refusal.value) == (
        f"Cannot start: the signing secret in {data / 'keys' / 'secret-key'} is damaged (5 of 50 letters)."
        " Delete the file to make a new one; everybody will have to sign in again."
    )
