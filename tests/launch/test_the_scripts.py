"""bin/setup, bin/check and the command line: what they say, and what they refuse."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.checks import check_licences, check_lock, kind_of, licence_of, packages_of
from config.cli import TOOLS, TOUR, tour
from config.processes import ROOT, python

from .conftest import new_home


def run(*command: str, **surroundings: str) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "LANTOA_DATA")}
    return subprocess.run(
        command,
        env=environment | surroundings,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a checkout as bin/setup needs before it installs: with a lock of one package."""
    folder = tmp_path / "dự án"
    (folder / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "bin" / "setup", folder / "bin")
    (folder / "vendor").symlink_to(ROOT / "vendor")
    (folder / "requirements.txt").write_text(f"nothing-of-that-name==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    return folder


def only(folder: Path, **programs: str) -> str:
    """A PATH with the shell's tools and these programs alone."""
    folder.mkdir()
    for tool in ("sh", "dirname", "cksum", "mkdir", "rm", "cat", "id", "date", "df", "awk", "sed", "tail"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def test_setup_without_python_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    done = run(str(checkout / "bin/setup"), PATH=only(tmp_path / "path"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "setup: cannot go on: there is no Python.\n"
        "       Install Python 3.11 or newer, for example: apt-get install python3\n"
        "       (or set PYTHON to the program's path)\n"
    )
    assert not (checkout / ".venv-setup").exists()


def test_setup_with_an_old_python_names_its_version(checkout: Path, tmp_path: Path) -> None:
    old = 'case "$2" in *print*) echo 3.9.2 ;; *) exit 1 ;; esac'
    done = run(str(checkout / "bin/setup"), PATH=only(tmp_path / "path", python3=old))
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "setup: cannot go on: the newest Python here is 3.9.2, and Lantoa needs 3.11 or newer."
    )


def test_setup_without_room_says_how_much_it_needs(checkout: Path, tmp_path: Path) -> None:
    path = only(tmp_path / "path", python3=f'exec {sys.executable} "$@"')
    (tmp_path / "path" / "df").unlink()
    (tmp_path / "path" / "df").write_text('#!/bin/sh\necho header\necho "/dev/x 1 1 51200 1% /"\n')
    (tmp_path / "path" / "df").chmod(0o755)
    done = run(str(checkout / "bin/setup"), PATH=path)
    assert done.stderr == (
        f"setup: cannot go on: the disk of {checkout} has 50 MB free, and 700 MB are needed.\n"
        "       Make room and start again.\n"
    )


def test_setup_without_network_says_what_to_check_and_begins_afresh_next_time(checkout: Path) -> None:
    nowhere = {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "1",
    }
    done = run(str(checkout / "bin/setup"), **nowhere)
    assert done.returncode == 1
    assert "setup: cannot go on: the package registry cannot be reached.\n       Check the network." in done.stderr
    again = run(str(checkout / "bin/setup"), **nowhere)
    assert "setup: removing an environment that was left half made, or whose Python has gone\n" in again.stdout
    assert not (checkout / ".venv-setup").exists()


def test_setup_does_not_know_other_arguments(checkout: Path) -> None:
    done = run(str(checkout / "bin/setup"), "--fast")
    assert done.stderr.splitlines()[0] == "setup: cannot go on: bin/setup does not know '--fast'."


def test_the_tour_names_every_command_with_an_example() -> None:
    said = tour()
    for command in (*TOUR, *TOOLS):
        assert f"\n  {command.name:<22}{command.purpose}\n" in said
        assert f"\n{'':24}$ {command.example}\n" in said
    assert [command.name for command in TOUR] == [
        "serve",
        "run",
        "import-units",
        "load-programme",
        "load-targets",
        "load-playbook",
        "export-playbook",
        "import-roster",
        "certificates",
        "simulate-workshop",
        "verify-ledger",
        "create-administrator",
    ]


def test_the_tour_is_shown_without_database_or_framework(tmp_path: Path) -> None:
    done = run(*python("config.cli", "--help"), LANTOA_DATA=str(tmp_path / "data"))
    assert (done.returncode, done.stdout, done.stderr) == (0, tour() + "\n", "")
    assert not (tmp_path / "data").exists()


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    done = run(*python("config.cli", "import-unit"))
    assert (done.returncode, done.stderr) == (
        2,
        "There is no command 'import-unit'. Did you mean 'import-units'?\n",
    )


def test_the_help_of_a_command_needs_no_database(tmp_path: Path) -> None:
    done = run(*python("config.cli", "verify-ledger", "--help"), LANTOA_DATA=str(tmp_path / "data"))
    assert done.stdout.startswith("usage: lantoa verify-ledger"), done.stderr
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_server_that_cannot_be_reached_is_named_with_what_to_do() -> None:
    done = run(*python("config.cli", "verify-ledger"), DATABASE_URL="postgresql://an@127.0.0.1:9/lantoa")
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot use the database that DATABASE_URL names: connection failed: ")
    assert done.stderr.endswith(
        "It must look like postgresql://NAME:PASSWORD@HOST:5432/DATABASE, and the server must be running;"
        " without DATABASE_URL Lantoa brings a database of its own.\n"
    )


def test_the_lock_of_the_repository_names_no_host() -> None:
    assert check_lock().words == ""


def test_a_lock_with_a_host_or_without_a_checksum_is_found(tmp_path: Path) -> None:
    good = f"a==1 \\\n    --hash=sha256:{'0' * 64}\n"
    (tmp_path / "requirements.txt").write_text(f"--index-url https://example.org/simple\n{good}")
    (tmp_path / "requirements-dev.txt").write_text(f"{good}b==2\n")
    assert check_lock(tmp_path).words == (
        "requirements.txt:1: names a host: --index-url https://example.org/simple\n"
        "requirements-dev.txt:3: has no checksum: b==2"
    )


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("MIT", "free"),
        ("BSD-3-Clause AND Apache-2.0", "free"),
        ("LGPL-3.0-only", "lesser"),
        ("GNU Lesser General Public License v3 (LGPLv3)", "lesser"),
        ("GPL-3.0-or-later", "forbidden"),
        ("GNU General Public License v2 (GPLv2)", "forbidden"),
        ("GNU Affero General Public License v3", "forbidden"),
        ("AGPL-3.0-only", "forbidden"),
        ("MIT OR GPL-2.0-only", "free"),
        ("LGPL-3.0-only AND GPL-2.0-only", "forbidden"),
        ("", "unknown"),
    ],
)
def test_licences_are_told_apart(licence: str, kind: str) -> None:
    assert kind_of(licence) == kind


def test_what_runs_with_lantoa_is_free_and_the_lesser_licences_are_listed() -> None:
    found = check_licences()
    assert found.well, found.words
    assert found.words == (
        "LGPL, used as unchanged libraries: psycopg (LGPL-3.0-only), psycopg-binary (LGPL-3.0-only),"
        " psycopg-pool (LGPL-3.0-only)"
    )
    assert "django" in packages_of(ROOT / "requirements.txt")
    assert licence_of("django") == "BSD-3-Clause"


def test_the_command_works_from_anywhere_through_a_link() -> None:
    if not (ROOT / ".venv" / "bin" / "lantoa").exists():
        pytest.skip("the environment was not made by bin/setup")
    home = new_home()
    try:
        (home / "lantoa").symlink_to(ROOT / ".venv" / "bin" / "lantoa")
        (home / "config").mkdir()
        (home / "config" / "__init__.py").write_text("raise SystemExit('the wrong code')")
        done = subprocess.run(["./lantoa"], cwd=home, capture_output=True, text=True, check=False)
        assert done.stdout == tour() + "\n"
    finally:
        shutil.rmtree(home)
