"""Whole rooms as files: what is in them, what never is, and how a system fetches one."""

import csv
import io
import sys
import zipfile
from datetime import timedelta
from typing import Any

import pyarrow.parquet
import pytest
from api.caller import System, system
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from house.world import Corner, World

from lantoa.api.actions.exports import forget_exports, start_export
from lantoa.api.queries.export import ROWS, rows_of
from lantoa.api.queries.tables import NO_PYARROW, check_format
from lantoa.api.rules.dictionary import ROOMS, TABLES
from lantoa.common.refused import Refused
from lantoa.directory.models import Person, Unit
from lantoa.ledger.rules import Machine
from lantoa.office.actions.worker import Worker
from lantoa.office.models import File, Job

KEPT_BACK = ("hash", "secret", "token", "password", "last3", "reason", "payload", "facts", "problem", "first_step")


def fetch(caller: System, room: str, form: str = "csv") -> zipfile.ZipFile:
    """The export as another system gets it; the worker works in between."""
    made = caller.add("exports", {"room": room, "format": form})
    where = made["Location"].removeprefix("/api/v1/")
    Worker().run(until_idle=True, housekeeping=False)
    seen = caller.read(where)
    assert (seen["state"], seen["done"]) == ("done", seen["total"]), seen
    answer = caller.call("GET", seen["file"].removeprefix("/api/v1/"))
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))


@pytest.mark.django_db
def test_the_dictionary_leads_only_to_columns_that_are_there_and_may_leave() -> None:
    assert {one.name for one in TABLES} == set(ROWS)
    wrong = []
    for one in TABLES:
        care, on = Unit.objects.none(), timezone.localdate()
        list(rows_of(one, care, on=on))  # a path that leads nowhere fails here
        wrong += [
            f"{one.name}.{column.name}" for column in one.columns if any(word in column.path for word in KEPT_BACK)
        ]
    assert wrong == []


@pytest.mark.django_db
def test_no_hash_or_secret_stands_behind_a_column() -> None:
    binary = {
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "get_internal_type", str)() == "BinaryField"
    }
    assert [c.path for one in TABLES for c in one.columns if c.path.rpartition("__")[2] in binary] == []
    with pytest.raises(FieldDoesNotExist):
        Person._meta.get_field("id_number")  # a citizen's number is not even kept


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_every_room_is_packed_with_its_dictionary(form: str) -> None:
    world = World.make()
    own = world.own(Corner(world.own_province).person)
    assert own.certificate and own.assignment and own.material
    caller = system(world.own_province)
    for room in ROOMS:
        with fetch(caller, room, form) as archive:
            tables = [one for one in TABLES if one.room == room]
            assert sorted(archive.namelist()) == sorted([f"{one.name}.{form}" for one in tables] + ["dictionary.csv"])
            said = table(archive, "dictionary")
            assert [(row["table"], row["column"]) for row in said] == [
                (one.name, column.name) for one in tables for column in one.columns
            ]
            for one in tables if form == "parquet" else ():
                read = pyarrow.parquet.read_table(io.BytesIO(archive.read(f"{one.name}.parquet")))
                assert read.column_names == [column.name for column in one.columns]
                assert read.schema.field(0).metadata[b"says"] == one.columns[0].says.encode()


@pytest.mark.django_db(transaction=True)
def test_only_what_is_in_care_leaves_and_no_cell_is_a_formula() -> None:
    world = World.make()
    own, foreign = Corner(world.own_province), Corner(world.other_province)
    Person.objects.filter(pk=own.person.pk).update(full_name="=1+1", id_hash=b"\x01" * 32, id_last3="789")
    assert foreign.person
    with fetch(system(world.own_province), "directory") as archive:
        rows = table(archive, "people")
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert [(row["key"], row["full_name"], row["birth_year"]) for row in rows] == [(own.person.key, "'=1+1", "1985")]
    assert b"789" not in archive.comment and foreign.person.key.encode() not in whole
    assert (b"\x01" * 8).hex().encode() not in whole


@pytest.mark.django_db(transaction=True)
def test_a_file_is_erased_after_a_week() -> None:
    world = World.make()
    caller = system(world.own_province)
    fetch(caller, "competence").close()
    now = timezone.now()
    assert forget_exports(at=now + timedelta(days=6)) == 0
    assert forget_exports(at=now + timedelta(days=8)) == 1
    assert File.objects.get().removed_at is not None
    answer = caller.call("GET", f"exports/{Job.objects.get().key}/file")
    assert (answer.status_code, answer.json()["detail"]) == (409, "The file is not there yet, or no longer.")


@pytest.mark.django_db
def test_an_export_of_no_room_is_refused(world: World) -> None:
    asked: dict[str, Any] = {"unit": world.own_province, "language": "vi", "at": timezone.now()}
    with pytest.raises(Refused) as refused:
        start_export(by=Machine("test"), room="ledger", form="csv", **asked)
    assert str(refused.value) == "Cannot export ledger as csv: there is no such room or format."


def test_parquet_without_pyarrow_is_refused_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(Refused) as refused:
        check_format("parquet")
    assert str(refused.value) == NO_PYARROW
