"""Rosters: who is in a programme, from which unit, in which class."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold, sort_key
from lantoa.directory.actions.agencies import add_agency, named_in, take_back_agencies
from lantoa.directory.actions.rosters import Listed, add_people, change_people, take_back_people
from lantoa.directory.models import Unit
from lantoa.directory.queries.agencies import agency_names, needed_beside
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.models import Import
from lantoa.office.rules.imports import CHANGED, DOUBTFUL, NEW, SKIP, KeptRow, Note, ReadRow, SheetColumn, columns_in
from lantoa.office.rules.sheets import read_table_file
from lantoa.programmes.models import Programme
from lantoa.training.actions.enrolments import (
    enrol_listed,
    lock_classes,
    take_back_enrolments,
    what_depends,
    who_withdrew,
)
from lantoa.training.actions.plan_units import snapshot_slug
from lantoa.training.importers.judging import Judge, Twin
from lantoa.training.rules.roster import (
    VOCABULARY,
    read_roster,
)


@importer("training.roster")
class RosterImporter(Importer):
    """People of a programme and the classes they are in. The same file twice changes nothing."""

    title: ClassVar[str] = N_("Roster")
    columns: ClassVar[Mapping[str, str]] = {
        "full_name": N_("Name"),
        "birth": N_("Date of birth"),
        "unit": N_("Unit"),
        "post": N_("Post"),
        "class": N_("Class"),
    }
    fields: ClassVar[Mapping[str, str]] = {name: known.label for name, known in VOCABULARY.fields.items()}

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        programme = programme_of(made)
        workbook = read_table_file(data, made.file.name)
        mapping = made.options.get("columns") or None
        rows = read_roster(workbook, timezone.localdate(made.made_at), mapping=mapping).rows
        total = len(rows)
        on_step(0, total)
        judge = Judge(programme, rows, made.options)
        for done, row in enumerate(rows, 1):
            if done % 2_000 == 0:
                on_step(done, total)
            yield judge.read(row)

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        programme = programme_of(made)
        since = programme.period.lower
        source = f"office.import:{made.key}"
        _lock_all(made, programme)
        added: dict[str, int] = {}
        brought: dict[Twin, str] = {}
        for chunk in chunks:
            adds = made.options.get("add_units")
            offices = _add_units(chunk, added, programme, by=by, since=since) if adds else {}
            listed = {row.id: _listed(row, programme) for row in chunk}
            new, old = _sorted(chunk, brought)
            people = add_people(by=by, people=[listed[row.id] for row in new], since=since, source=source)
            takens = {row.id: one for row, one in zip(new, people, strict=True)}
            brought |= {_twin(row): one.undo["made_person"] for row, one in zip(new, people, strict=True)}
            pairs = [(_key_of(row, brought), listed[row.id]) for row in old]
            changed = change_people(by=by, people=pairs, since=since, source=source)
            takens |= {row.id: one for row, one in zip(old, changed, strict=True)}
            enrolments = enrol_listed(
                by=by,
                places=[
                    (row.values["_class"], takens[row.id].person, listed[row.id].unit, listed[row.id].title)
                    for row in chunk
                    if row.values["_class"]
                ],
                source=source,
                at=at,
            )
            for row in chunk:
                one = takens[row.id]
                row.result = {"person": one.person, "undo": one.undo}
                if entered := enrolments.pop((row.values["_class"], one.person), None):
                    row.result["enrolment"] = entered
                if office := offices.get(row.id):
                    row.result["office"] = office
            yield chunk

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        _lock_all(made, programme_of(made))
        if refused := self.obstacle(made):
            raise refused
        source = f"office.import:{made.key}"
        undone: list[dict[str, Any]] = []
        enrolments: list[str] = []
        offices: list[str] = []
        for chunk in chunks:
            undone += [row.result["undo"] for row in chunk]
            enrolments += [row.result["enrolment"] for row in chunk if "enrolment" in row.result]
            offices += [row.result["office"] for row in chunk if "office" in row.result]
            on_step(len(undone), None)
        take_back_enrolments(by=by, keys=enrolments)
        take_back_people(by=by, undone=undone, source=source)
        take_back_agencies(by=by, keys=offices, source=source)

    def obstacle(self, made: Import) -> Refused | None:
        return what_depends(f"office.import:{made.key}")

    def applying_also(self, made: Import) -> list[Note]:
        offices = offices_to_add(made)
        return [Note(TO_ADD, tuple(offices))] if offices else []

    def undoing_also(self, made: Import) -> list[Note]:
        source = f"office.import:{made.key}"
        said = {TO_FORGET: who_withdrew(source)}
        if called := offices_added(made):
            keys = dict(Unit.objects.filter(key__in=called).values_list("pk", "key"))
            stay = {keys[pk] for pk in needed_beside(keys, source)}
            said[TO_TAKE_AWAY] = [name for key, name in called.items() if key not in stay]
            said[TO_STAY] = [name for key, name in called.items() if key in stay]
        return [Note(message, tuple(found)) for message, found in said.items() if found]

    def sheet_columns(self, made: Import, data: bytes) -> list[SheetColumn]:
        workbook = read_table_file(data, made.file.name)
        mapping = made.options.get("columns") or None
        return columns_in(read_roster(workbook, timezone.localdate(made.made_at), mapping=mapping).tables)

    def page_of(self, made: Import) -> str:
        return reverse("training:programme", args=[made.target.partition(":")[2]])


TO_ADD = N_("Offices added under the owner of the programme, which no list of units names: %(count)d (%(names)s)")
TO_FORGET = N_("Withdrawn since; that they were ever in the class is deleted too: %(count)d (%(names)s)")
TO_TAKE_AWAY = N_("Offices that came with the list and are taken away: %(count)d (%(names)s)")
TO_STAY = N_("Offices that came with the list and stay, since something else names them now: %(count)d (%(names)s)")


def offices_to_add(made: Import) -> list[str]:
    """The offices that applying would add, as the list first writes each."""
    if not made.options.get("add_units"):
        return []
    taken = made.rows.filter(verdict__in=(NEW, CHANGED, DOUBTFUL), values___unit=None).exclude(choice=SKIP)
    found: dict[str, str] = {}
    for name in taken.order_by("id").values_list("values__unit", flat=True).iterator(chunk_size=5_000):
        found.setdefault(fold(name), name)
    return sorted(found.values(), key=sort_key)


def offices_added(made: Import) -> dict[str, str]:
    """The offices that came with an applied list, by key, in the order of names."""
    if not made.options.get("add_units"):
        return {}
    return agency_names(list(made.rows.filter(result__has_key="office").values_list("result__office", flat=True)))


def programme_of(made: Import) -> Programme:
    """The programme an import goes into."""
    return Programme.objects.select_related("unit").get(key=made.target.partition(":")[2])


def _listed(row: KeptRow, programme: Programme) -> Listed:
    values = row.values
    birth = values["_birth"] or (None, None, None)
    return Listed(
        full_name=values["full_name"],
        unit=values["_unit"],
        title=values["post"][:200],
        birth=(birth[0], birth[1], birth[2]),
        gender=values["_gender"],
        phone=values["_phone"],
        email=values["_email"],
        id_mark=(values["_id"][0], values["_id"][1]) if values["_id"] else None,
        is_demonstration=programme.is_demonstration,
    )


def _twin(row: KeptRow) -> Twin:
    """Under which row its person is brought: the first row about them."""
    sheet, number = row.values.get("_twin") or (row.sheet, row.number)
    return (sheet, number)


def _is_new(row: KeptRow) -> bool:
    return row.verdict == NEW or row.choice == NEW


def _sorted(chunk: list[KeptRow], brought: Mapping[Twin, str]) -> tuple[list[KeptRow], list[KeptRow]]:
    """The rows that bring a new person, and those about someone known, or brought by another row of the list."""
    new: dict[Twin, KeptRow] = {}
    for row in chunk:
        if _is_new(row) and _twin(row) not in brought:
            new.setdefault(_twin(row), row)
    first = {row.id for row in new.values()}
    return list(new.values()), [row for row in chunk if row.id not in first]


def _key_of(row: KeptRow, brought: Mapping[Twin, str]) -> str:
    return brought[_twin(row)] if _is_new(row) else row.choice or row.values["_person"]


def _lock_all(made: Import, programme: Programme) -> None:
    """Locks the classes and then everybody known whom the list speaks of, each in the order of their ids: whoever
    needs some of them meanwhile waits, and nobody waits for each other."""
    lock_classes(programme.classes.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (
                   SELECT p.id FROM directory_person p
                    WHERE p.key IN (SELECT coalesce(nullif(r.choice, ''), r.values ->> '_person')
                                      FROM office_importrow r WHERE r.source_id = %s)
                    ORDER BY p.id FOR NO KEY UPDATE) locked""",
            [made.pk],
        )


def _add_units(
    chunk: list[KeptRow], added: dict[str, int], programme: Programme, *, by: Actor, since: date
) -> dict[int, str]:
    """Adds the offices that the list names and the house does not know, under the programme's owner: the key of
    each by the row (id) that brings it."""
    snapshot = None
    brought: dict[int, str] = {}
    for row in chunk:
        if row.values["_unit"] is None:
            name = row.values["unit"]
            if fold(name) not in added:
                snapshot = snapshot or named_in(
                    slug=snapshot_slug(programme.code), title=programme.name, as_of=since, publisher=programme.name
                )
                unit = add_agency(by=by, name=name, under=programme.unit, since=since, snapshot=snapshot)
                added[fold(name)] = unit.pk
                brought[row.id] = unit.key
            row.values["_unit"] = added[fold(name)]
    return brought
