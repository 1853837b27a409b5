"""`lantoa doctor`: each line says how it is, and what to do."""

import json
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config import doctor
from config.doctor import FAULT, OK, WARN, Line
from config.places import RESTORING

from .conftest import Served, until
from .test_backup import command, done
from .test_front_servers import certificate

NOW = datetime.now(UTC)


def backup_of(data: Path, **facts: Any) -> Line:
    said = {"at": NOW.isoformat(), "path": "/b/a.tar.locked", "size": 7, "locked": True, "faults": 0} | facts
    (data / "last-backup.json").write_text(json.dumps(said))
    return doctor.check_backup(data, NOW)


def test_the_age_of_the_backup_is_judged(tmp_path: Path) -> None:
    assert doctor.check_backup(tmp_path, NOW).words == "none was ever made"
    assert backup_of(tmp_path) == Line(OK, "backup", "0 minutes old, 7 bytes in /b/a.tar.locked")
    for days, level in ((1, OK), (2, WARN), (9, FAULT)):
        assert backup_of(tmp_path, at=(NOW - timedelta(days=days)).isoformat()).level == level
    assert backup_of(tmp_path, faults=2).words.endswith("; 2 files were missing or damaged")
    assert backup_of(tmp_path, locked=False).words.endswith("; it is not encrypted")


def test_keys_that_others_can_read_are_a_fault(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    (keys / "ledger.key").write_bytes(b"k" * 32)
    (keys / "ledger.key").chmod(0o640)
    found = doctor.check_keys(tmp_path)
    assert (found.level, found.words) == (FAULT, "open to other accounts: ledger.key")
    (keys / "ledger.key").chmod(0o600)
    assert doctor.check_keys(tmp_path) == Line(OK, "keys", "1 files, closed to others")
    (keys / "ledger.key").write_bytes(b"k")
    assert doctor.check_keys(tmp_path).words == "ledger.key is damaged"


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({}, WARN),
        ({"address": "http://127.0.0.1:8000", "host": "127.0.0.1", "loopback": True, "https": False}, OK),
        ({"address": "http://10.0.0.7:8000", "host": "0.0.0.0", "loopback": False, "https": False}, FAULT),
        ({"address": "https://daotao.example.vn", "host": "127.0.0.1", "loopback": False, "https": True}, OK),
        ({"address": "https://x.vn", "host": "127.0.0.1", "loopback": False, "https": True, "debug": True}, FAULT),
    ],
)
def test_an_address_in_the_clear_is_a_fault(facts: dict[str, Any], level: str) -> None:
    assert doctor.check_address(facts).level == level


@pytest.mark.parametrize(("days", "level"), [(30, OK), (5, WARN), (-0.5, FAULT)])
def test_a_certificate_is_renewed_in_time(tmp_path: Path, days: float, level: str) -> None:
    chain, _key = certificate(tmp_path, days=days)
    found = doctor.check_certificate({"certificate": str(chain)}, NOW)
    assert found is not None
    assert found.level == level
    assert doctor.check_certificate({}, NOW) is None


def test_a_restore_that_was_cut_short_is_a_fault(tmp_path: Path) -> None:
    assert doctor.check_restore(tmp_path).level == OK
    (tmp_path / RESTORING).write_text("/b/a.tar")
    assert doctor.check_restore(tmp_path).level == FAULT


def test_a_running_installation_is_well_and_one_whose_worker_ended_is_not(
    serve: Callable[..., Served], data: Path
) -> None:
    server = serve(worker=True)
    server.wait_for("Stop it")
    until(lambda: _worker(data)["level"] == OK)
    found = {line["about"]: line for line in json.loads(command(data, "doctor", "--json").stdout)}
    assert {about for about, line in found.items() if line["level"] == FAULT} == set()
    for about in ("restore", "space", "zone", "keys", "address", "database", "tables", "worker", "jobs", "ledger"):
        assert found[about]["level"] == OK, found[about]
    assert found["backup"]["words"] == "none was ever made"
    server.process.send_signal(signal.SIGTERM)
    server.rest()
    again = serve()
    again.wait_for("Stop it")
    assert _worker(data)["level"] == FAULT
    assert command(data, "doctor").stdout.splitlines()[-1].startswith("1 faults, ")


def _worker(data: Path) -> dict[str, str]:
    lines = json.loads(command(data, "doctor", "--json").stdout)
    return next(line for line in lines if line["about"] == "worker")


def test_it_makes_no_installation_where_none_is(tmp_path: Path) -> None:
    answer = command(tmp_path / "data", "doctor")
    assert answer.returncode == 1
    folder = tmp_path / "data"
    assert answer.stderr == (
        f"There is no installation in {folder}. lantoa serve makes one; LANTOA_DATA names another folder.\n"
    )
    assert not (tmp_path / "data").exists()


def test_a_database_that_does_not_answer_is_a_line_among_others(serve: Callable[..., Served], data: Path) -> None:
    answer = command(data, "doctor", "--json", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    lines = json.loads(answer.stdout)
    assert answer.returncode == 1
    assert [line["about"] for line in lines if line["level"] == FAULT] == ["database"]
    assert len(lines) > 7
    assert done(command(data, "find-error", "--help")).startswith("usage: lantoa find-error")
    assert os.environ["LANTOA_DATA"] == str(data)
