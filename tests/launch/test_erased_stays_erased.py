"""An older backup does not bring back who was erased since; the ledger says of every backup and restore."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config import doctor
from lantoa.common.erasures import BESIDE, NAME, Erased, append, not_in, read, text_of

from .conftest import Served
from .test_backup import command, done, elsewhere, shell

__all__ = ["elsewhere"]
KEY = b"k" * 32
PREPARE = """
import json
from lantoa.directory.models import Person, Unit
from lantoa.accounts.actions import create_account
from lantoa.ledger.rules import Machine
Unit.objects.get_or_create(key="unit0000000")
create_account(by=Machine("test"), full_name="Nguyễn An", username="an")  # a line of the ledger, and so its key
names = ("Đặng Thị Thuỷ", "Lê Văn Ở Lại")
made = [Person.objects.create(full_name=name, folded=name.lower(), sort_key=name) for name in names]
Person.objects.filter(pk=made[0].pk).update(phone="0987612345")
print(json.dumps([one.key for one in made]))
"""
ERASE = """
import json
from django.utils import timezone
from lantoa.directory.models import Person, Unit
from lantoa.ledger.rules import Machine
from lantoa.web.actions_privacy import erase_person
erase_person(by=Machine("test"), person=Person.objects.get(key=KEY), unit=Unit.objects.get(), at=timezone.now())
print(json.dumps(1))
"""
LOOK = """
import json
from lantoa.directory.models import Person
from lantoa.ledger.models import Entry
from lantoa.office.models import Erasure
from lantoa.office.queries.traces import Needles, search_database, search_files
needles = Needles.of(["Đặng Thị Thuỷ", "0987612345"], [])
lines = Entry.objects.filter(act__in=["web.back_up", "web.restore"]).order_by("id")
print(json.dumps({
    "names": sorted(Person.records.values_list("full_name", flat=True)),
    "traces": [one.where for one in (*search_database(needles), *search_files(needles))],
    "erasures": list(Erasure.objects.values_list("person_key", flat=True)),
    "lines": [[one.act, one.about] for one in lines],
}))
"""


def test_whoever_was_erased_is_not_in_an_older_backup_restored_here_or_elsewhere(
    serve: Callable[..., Served], data: Path, elsewhere: Path
) -> None:
    folder = data.parent / "backups"
    folder.mkdir()
    gone, stays = shell(data, PREPARE)
    older = json.loads(done(command(data, "backup", str(folder / "older.tar"), "--unencrypted", "--json")))
    shell(data, ERASE.replace("KEY", repr(gone)))
    here = shell(data, LOOK)
    assert (here["names"], here["traces"], here["erasures"]) == (["Lê Văn Ở Lại"], [], [gone])
    ((act, about),) = here["lines"]
    assert (act, about["archive"], about["bytes"]) == ("web.back_up", older["sha256"], older["size"])
    assert about["rows"]["directory_person"] == 2
    listed, _ = read(text_of(data / "keys" / NAME), (data / "keys" / "ledger.key").read_bytes())
    assert [one.people for one in listed] == [(gone,)]

    # on the same machine, in the place of the newer state
    answer = command(data, "restore", older["path"], "--replace", "--apply")
    assert answer.returncode == 0, answer.stderr
    assert "1 people who were erased after the backup were erased again" in answer.stderr
    back = shell(data, LOOK)
    assert (back["names"], back["traces"], back["erasures"]) == (["Lê Văn Ở Lại"], [], [gone])
    ((act, about),) = back["lines"]
    assert (act, about["archive"], about["erased_again"]) == ("web.restore", older["sha256"], 1)
    assert json.loads(done(command(data, "verify-ledger", "--json")))["sound"]

    # on another machine, with the folder of archives: the list of a newer backup lies beside the older archive
    done(command(data, "backup", str(folder), "--unencrypted"))
    assert (folder / BESIDE).exists()
    third = elsewhere / "third"
    done(command(third, "restore", older["path"], "--apply"))
    assert shell(third, LOOK)["names"] == ["Lê Văn Ở Lại"]

    # with the older archive alone, the list is lost: it says so in the manual, and the person is there
    (folder / BESIDE).unlink()
    fourth = elsewhere / "fourth"
    done(command(fourth, "restore", older["path"], "--apply"))
    assert len(shell(fourth, LOOK)["names"]) == 2
    assert stays != gone


def test_a_line_that_the_installation_has_not_written_erases_nobody(tmp_path: Path) -> None:
    file, one = tmp_path / "keys" / NAME, Erased(("a" * 13, "b" * 13), "u" * 13, "2026-11-22T01:00:00+00:00")
    append(file, [one], KEY)
    append(file, [Erased(("c" * 13,), "u" * 13, one.at)], b"x" * 32)
    with file.open("a") as out:
        out.write('{"people": ["d')  # a power cut
    append(file, [Erased(("e" * 13,), "u" * 13, one.at)], KEY)
    found, foreign = read(text_of(file), KEY)
    assert ([each.people for each in found], foreign) == ([one.people, ("e" * 13,)], 2)
    assert not_in(text_of(file), [one], KEY) == []
    changed = text_of(file).replace("a" * 13, "f" * 13)
    assert read(changed, KEY)[1] == 3
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("pid", [0, 2**22 + 1])
def test_a_backup_that_failed_or_was_cut_short_is_a_fault(tmp_path: Path, pid: int) -> None:
    said: dict[str, Any] = {"at": "2026-11-22T01:00:00+00:00", "words": "the disk is full", "pid": pid}
    (tmp_path / "backup-failed.json").write_text(json.dumps(said))
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    found = doctor.check_backup(tmp_path, at)
    assert (found.level, found.words) == (doctor.FAULT, "the last one failed 3 hours ago: the disk is full")
    (tmp_path / "backup-failed.json").write_text(json.dumps(said | {"pid": os.getpid()}))
    assert doctor.check_backup(tmp_path, at).words == "none was ever made"  # one is under way


def test_a_backup_that_cannot_be_made_is_remembered_until_one_stands(
    serve: Callable[..., Served], data: Path
) -> None:
    assert command(data, "backup", "/nowhere/at/all", "--unencrypted").returncode == 1
    assert doctor.last_failure(data)["words"] == "Cannot write /nowhere/at/all: there is no folder /nowhere/at."
    shell(data, PREPARE)
    done(command(data, "backup", str(data.parent / "b.tar"), "--unencrypted"))
    assert doctor.last_failure(data) == {}
