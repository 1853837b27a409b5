"""Whole rooms as files: what is in them, what never is, and how a system fetches one."""

import csv
import io
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import factories
import pyarrow.parquet
import pytest
from api.caller import System, system
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from house.world import Corner, World

from lantoa.api.actions.exports import start_export
from lantoa.api.queries.export import ROWS, rows_of
from lantoa.api.queries.tables import NO_PYARROW, check_format, formats_here
from lantoa.api.rules.dictionary import ROOMS, TABLES
from lantoa.common.refused import Refused
from lantoa.directory.models import Person, Role, Unit
from lantoa.ledger.models import Entry, Look
from lantoa.ledger.rules import Machine
from lantoa.office.actions.jobs import forget_files_of_jobs
from lantoa.office.actions.worker import Worker
from lantoa.office.models import File, Job
from lantoa.web.actions_privacy import erase_person

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
    assert forget_files_of_jobs(at=now + timedelta(days=6)) == 0
    assert forget_files_of_jobs(at=now + timedelta(days=8)) == 1
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


@pytest.mark.django_db(transaction=True)
def test_whoever_fetches_a_file_through_a_token_leaves_a_look() -> None:
    world = World.make()
    caller = system(world.own_province)
    fetch(caller, "directory").close()
    look = Look.objects.get(page="api:exports_key_file")
    assert (look.actor, look.whom, look.people) == (
        caller.token.actor_key, f"office.file:{File.objects.get().key}", None,
    )  # fmt: skip


@pytest.mark.django_db
def test_asking_again_while_it_waits_starts_nothing_else(world: World) -> None:
    asked: dict[str, Any] = {"unit": world.own_province, "language": "vi", "at": timezone.now()}
    first = start_export(by=Machine("test"), room="training", form="csv", **asked)
    again = start_export(by=Machine("test"), room="training", form="csv", **asked)
    other = start_export(by=Machine("other"), room="training", form="csv", **asked)
    assert (again.pk, other.pk == first.pk, Job.objects.count()) == (first.pk, False, 2)


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_start_one() -> None:
    world = World.make()

    def ask(_turn: int) -> int:
        try:
            by, at = Machine("test"), timezone.now()
            return start_export(by=by, room="training", form="csv", unit=world.own_province, language="vi", at=at).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_stands_in_no_file_that_is_kept() -> None:
    world = World.make()
    one = Corner(world.own_province).person
    fetch(system(world.own_province), "directory").close()
    made = erase_person(by=Machine("test"), person=one, unit=world.own_province, at=timezone.now())
    (gone,) = [one for one in made.gone if one["table"] == "Files made to be taken away"]
    assert (gone["count"], gone["fate"], made.traces) == (1, "deleted", [])
    assert File.objects.get().removed_at is not None


# ---- the page


@pytest.fixture
def officer(world: World, client: Client) -> Client:
    client.force_login(factories.user(Role.PROGRAMME_OFFICER, on=world.own_province))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.mark.django_db(transaction=True)
def test_an_officer_asks_for_a_room_and_fetches_its_file(officer: Client, world: World) -> None:
    own, foreign = Corner(world.own_province), Corner(world.other_province)
    assert own.person and foreign.person
    answer = officer.post(reverse("api:take_away"), {"room": "directory", "format": "csv", "unit": ""})
    assert (answer.status_code, answer["Location"]) == (302, reverse("api:take_away"))
    (row,) = officer.get(reverse("api:take_away")).context["rows"]
    assert (row["what"], row["unit"], row["state"], row["file"]) == (
        "Units and people", "Tỉnh Một", ("none", "waiting"), None,
    )  # fmt: skip
    Worker().run(until_idle=True, housekeeping=False)
    page = officer.get(reverse("api:take_away"))
    (row,) = page.context["rows"]
    job = Job.objects.get()
    assert (row["rows"], row["state"], row["who"]) == (job.total, ("ok", "done"), row["who"])
    assert row["until"] == timezone.localdate(job.finished_at) + timedelta(days=7)
    fetched = officer.get(reverse("office:file", args=[row["file"].key]))
    with zipfile.ZipFile(io.BytesIO(b"".join(fetched))) as archive:  # type: ignore[arg-type]
        assert [person["key"] for person in table(archive, "people")] == [own.person.key]
    assert Look.objects.filter(page="office:file").count() == 1
    assert Entry.objects.get(act="api.export").about == {
        "room": "directory", "format": "csv", "unit": world.own_province.key,
    }  # fmt: skip
    forget_files_of_jobs(at=timezone.now() + timedelta(days=8))
    (row,) = officer.get(reverse("api:take_away")).context["rows"]
    assert (row["state"], row["file"]) == (("none", "deleted"), None)


@pytest.mark.django_db
def test_another_unit_is_named_and_one_that_is_not_in_care_is_refused(officer: Client, world: World) -> None:
    ward = factories.unit("Phước Long A", under=world.own_province)
    factories.unit("Phước Long B", under=world.other_province)

    def ask(unit: str) -> Any:
        return officer.post(reverse("api:take_away"), {"room": "training", "format": "parquet", "unit": unit})

    assert ask("Phường Phước Long A").status_code == 302
    assert Job.objects.get().unit == ward
    foreign = ask("Phường Phước Long B")
    assert (foreign.status_code, foreign.context["form"].errors["unit"]) == (422, ["This unit is not in your care"])
    unknown = ask("Phường Không Có")
    day = f"{timezone.localdate():%d/%m/%Y}"
    assert unknown.context["form"].errors["unit"] == [f"There was no unit Phường Không Có on {day}."]
    nothing = officer.post(reverse("api:take_away"), {"unit": ""})
    assert nothing.context["form"].errors == {
        "room": ["Choose what is to be taken"], "format": ["Choose how it is written"],
    }  # fmt: skip
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_what_another_unit_asked_for_is_not_on_the_page(officer: Client, world: World) -> None:
    asked: dict[str, Any] = {"room": "training", "form": "csv", "language": "vi", "at": timezone.now()}
    start_export(by=Machine("test"), unit=world.other_province, **asked)
    assert officer.get(reverse("api:take_away")).context["rows"] == []


@pytest.mark.django_db
def test_the_list_of_exports_asks_the_same_number_of_questions_whatever_its_length(
    officer: Client, world: World, django_assert_num_queries: Any
) -> None:
    for number, room in enumerate(ROOMS[:3], 1):
        start_export(
            by=Machine("test"), room=room, form="csv", unit=world.own_province, language="vi", at=timezone.now()
        )
        if number in (1, 3):
            with django_assert_num_queries(7):
                assert len(officer.get(reverse("api:take_away")).context["rows"]) == number


@pytest.mark.django_db
def test_the_dictionary_shows_every_column(officer: Client) -> None:
    page = officer.get(reverse("api:dictionary")).content.decode()
    assert [one.name for table in TABLES for one in table.columns if one.name not in page] == []


def test_without_pyarrow_only_csv_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert formats_here() == ["csv", "parquet"]
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert formats_here() == ["csv"]
