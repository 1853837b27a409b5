"""Rosters: who is in a programme, from which unit, in which class."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.directory.actions.agencies import add_agency, named_in
from lantoa.directory.actions.rosters import Listed, Taken, add_people, change_people, id_mark, take_back_people
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import unit_finder
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.models import Import
from lantoa.office.rules.imports import (
    CHANGED,
    DOUBTFUL,
    KNOWN,
    NEW,
    WRONG,
    Candidate,
    KeptRow,
    ReadRow,
    RowChange,
    RowFault,
    SheetColumn,
)
from lantoa.office.rules.sheets import read_table_file
from lantoa.programmes.models import Programme
from lantoa.training.actions.enrolments import enrol_listed, take_back_enrolments, what_depends
from lantoa.training.actions.plan_units import snapshot_slug
from lantoa.training.models import Enrolment, TrainingClass
from lantoa.training.rules.roster import (
    VOCABULARY,
    Birth,
    Judgement,
    KnownPerson,
    RosterRow,
    classify,
    read_roster,
)

FIELD_WORDS = {
    "full_name": N_("full name"),
    "birth": N_("birth date"),
    "post": N_("post"),
    "phone": N_("telephone"),
    "email": N_("e-mail"),
    "unit": N_("unit"),
    "id_number": N_("identity number"),
}
GENDERS = {"male": "m", "female": "f"}


@dataclass
class _Known:
    """A person on record, as the reading of a roster needs them."""

    facts: KnownPerson
    id: int
    units: dict[int, str] = field(default_factory=dict)  # unit id -> title of the post
    id_hash: bytes | None = None
    contact: tuple[str, str] = ("", "")


@importer("training.roster")
class RosterImporter(Importer):
    """People of a programme and the classes they are in. The same file twice changes nothing."""

    title: ClassVar[str] = N_("Roster")
    columns: ClassVar[Mapping[str, str]] = {
        "full_name": N_("Name"),
        "birth": N_("Born"),
        "unit": N_("Unit"),
        "post": N_("Post"),
        "class": N_("Class"),
    }
    fields: ClassVar[Mapping[str, str]] = {name: known.label for name, known in VOCABULARY.fields.items()}

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        programme = programme_of(made)
        since = programme.period.lower
        workbook = read_table_file(data, made.file.name)
        mapping = made.options.get("columns") or None
        reading = read_roster(workbook, timezone.localdate(made.made_at), mapping=mapping)
        rows = reading.rows
        total = len(rows)
        on_step(0, total)
        finder = unit_finder()
        within = _near(programme)
        marks = [id_mark(row.id_number) for row in rows]
        units = [_unit_of(finder, row, since, within) for row in rows]
        known = _people_like(rows, [mark[0] for mark in marks if mark], since)
        classes = {one.code: one for one in programme.classes.all()}
        folded = {fold(code): one for code, one in classes.items()}
        inside = set(
            Enrolment.objects.filter(training_class__programme=programme, withdrawn_at=None).values_list(
                "training_class", "person__key"
            )
        )
        taken = {one.pk: 0 for one in classes.values()}
        for class_id, _person in inside:
            taken[class_id] += 1
        keys = dict(Unit.objects.filter(pk__in={u for u, _ in units if u}).values_list("pk", "key"))
        add_units = bool(made.options.get("add_units"))
        for done, (row, mark, (unit, said)) in enumerate(zip(rows, marks, units, strict=True), 1):
            if done % 2_000 == 0:
                on_step(done, total)
            faults = [_fault(one) for one in row.faults]
            one = _class_of(row, folded, classes)
            if one is None:
                faults.append(_no_class(row, classes, made.options.get("class_optional")))
            if unit is None and said is not None:
                faults.append(said if not add_units or said.values.get("several") else _to_add(row, programme))
            candidates = known.of(row, mark)
            wrong = any(fault.severity == "error" for fault in faults)
            judgement = Judgement("new")
            if not wrong:
                judgement = classify(row, [c.facts for c in candidates], unit_key=keys.get(unit) if unit else None)
            person = next((c for c in candidates if c.facts.key == judgement.key), None)
            changes = _changes(row, judgement, person)
            verdict = {"new": NEW, "known": KNOWN, "changed": CHANGED, "doubtful": DOUBTFUL}[judgement.kind]
            enters = one is not None and (one.pk, judgement.key) not in inside
            if one is not None and verdict == KNOWN and enters:
                verdict = CHANGED
                changes = (*changes, RowChange(N_("class"), "", one.code))
            if not wrong and one is not None and enters:
                if taken[one.pk] >= one.capacity:
                    faults.append(
                        RowFault(
                            N_(
                                "Cannot enrol %(person)s: class %(code)s has no place left "
                                "(%(taken)d of %(capacity)d)."
                            ),
                            {
                                "person": row.full_name,
                                "code": one.code,
                                "taken": taken[one.pk],
                                "capacity": one.capacity,
                            },
                        )
                    )
                    wrong = True
                else:
                    taken[one.pk] += 1
            yield ReadRow(
                number=row.number,
                sheet=row.sheet,
                verdict=WRONG if wrong else verdict,
                values=_values(row, mark, unit, one, judgement.key),
                faults=tuple(faults),
                changes=changes if verdict == CHANGED else (),
                candidates=tuple(_candidate(c) for c in candidates) if verdict == DOUBTFUL and not wrong else (),
            )

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        programme = programme_of(made)
        since = programme.period.lower
        source = f"office.import:{made.key}"
        added: dict[str, int] = {}
        for chunk in chunks:
            if made.options.get("add_units"):
                _add_units(chunk, added, programme, by=by, since=since)
            new = [row for row in chunk if row.verdict == NEW or row.choice == NEW]
            old = [row for row in chunk if not (row.verdict == NEW or row.choice == NEW)]
            listed = {row.id: _listed(row, programme) for row in chunk}
            _refuse_doubles(new, listed)
            takens: dict[int, Taken] = {}
            made_people = add_people(by=by, people=[listed[row.id] for row in new], since=since, source=source)
            takens |= {row.id: one for row, one in zip(new, made_people, strict=True)}
            pairs = [(row.choice or row.values["_person"], listed[row.id]) for row in old]
            brought = change_people(by=by, people=pairs, since=since, source=source)
            takens |= {row.id: one for row, one in zip(old, brought, strict=True)}
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
                entered = enrolments.get((row.values["_class"], one.person))
                row.result = {"person": one.person, "undo": one.undo, "enrolment": entered}
            yield chunk

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        if refused := self.obstacle(made):
            raise refused
        source = f"office.import:{made.key}"
        for chunk in chunks:
            take_back_enrolments(
                by=by, keys=[row.result["enrolment"] for row in chunk if row.result.get("enrolment")]
            )
            take_back_people(by=by, undone=[row.result["undo"] for row in chunk if row.result], source=source)

    def obstacle(self, made: Import) -> Refused | None:
        return what_depends(f"office.import:{made.key}")

    def sheet_columns(self, made: Import, data: bytes) -> list[SheetColumn]:
        workbook = read_table_file(data, made.file.name)
        mapping = made.options.get("columns") or None
        reading = read_roster(workbook, timezone.localdate(made.made_at), mapping=mapping)
        columns = []
        for table in reading.tables:
            named = {column.letter: (name, column) for name, column in table.columns.items()}
            loose = [(column.letter, ("", column)) for column in table.unmapped]
            for letter, (name, column) in [*named.items(), *loose]:
                sample = next(
                    (
                        str(r.cells[column.index])
                        for r in table.rows
                        if column.index < len(r.cells) and r.cells[column.index]
                    ),
                    "",
                )
                columns.append(SheetColumn(letter, column.header, sample[:60], name, table.sheet))
        return columns

    def page_of(self, made: Import) -> str:
        return reverse("training:programme", args=[made.target.partition(":")[2]])


def programme_of(made: Import) -> Programme:
    """The programme an import goes into."""
    return Programme.objects.select_related("unit").get(key=made.target.partition(":")[2])


def _near(programme: Programme) -> set[int]:
    """The units meant first when a name fits several: the owner, and what stood under it on the programme's day."""
    day = programme.period.lower
    return {programme.unit_id, *Unit.objects.under(programme.unit, on=day).values_list("pk", flat=True)}


def _unit_of(finder: Any, row: RosterRow, on: date, within: set[int]) -> tuple[int | None, RowFault | None]:
    """The unit the row speaks of, or what is wrong with its words."""
    text = row.unit_text or row.commune_text
    if not text:
        words = N_("Cannot place %(person)s: the list names no unit for them.")
        return None, RowFault(words, {"person": row.full_name})
    context = (row.commune_text if row.unit_text else "", row.district_text)
    found = finder.resolve(text, row.district_text, row.province_text, on=on, within=within)
    if found.unit is None and any(context):
        found = finder.resolve(", ".join(filter(None, (text, *context))), "", row.province_text, on=on, within=within)
    if found.unit is not None:
        return found.unit, None
    if len(found.candidates) > 1:
        words = N_(
            "Cannot place %(person)s: «%(unit)s» may be any of %(several)d units. Name the district or province."
        )
        return None, RowFault(words, {"person": row.full_name, "unit": text, "several": len(found.candidates)})
    words = N_("Cannot place %(person)s: no unit «%(unit)s» is known on %(day)s.")
    return None, RowFault(words, {"person": row.full_name, "unit": text, "day": f"{on:%d/%m/%Y}"})


def _to_add(row: RosterRow, programme: Programme) -> RowFault:
    words = N_("Unit «%(unit)s» is not known; it will be added as an office of the programme's owner.")
    return RowFault(words, {"unit": row.unit_text or row.commune_text}, severity="warning")


def _class_of(
    row: RosterRow, folded: dict[str, TrainingClass], classes: dict[str, TrainingClass]
) -> TrainingClass | None:
    """The class the row names; where the programme has only one and the row names none, that one."""
    if row.class_code:
        return folded.get(fold(row.class_code))
    return next(iter(classes.values())) if len(classes) == 1 else None


def _no_class(row: RosterRow, classes: dict[str, TrainingClass], optional: Any) -> RowFault:
    known = ", ".join(list(classes)[:10]) or "–"
    if row.class_code:
        words = N_("Cannot enrol %(person)s: the programme has no class «%(code)s» (it has %(known)s).")
        return RowFault(words, {"person": row.full_name, "code": row.class_code, "known": known})
    words = N_("Cannot enrol %(person)s: the list names no class for them (the programme has %(known)s).")
    return RowFault(words, {"person": row.full_name, "known": known}, severity="warning" if optional else "error")


def _fault(fault: Any) -> RowFault:
    cell = f"{fault.column}{fault.row}" if fault.column else ""
    return RowFault(fault.message, dict(fault.values), cell, fault.severity)


def _values(
    row: RosterRow, mark: tuple[str, str] | None, unit: int | None, one: TrainingClass | None, person: str
) -> dict[str, Any]:
    return {
        "full_name": row.full_name,
        "birth": str(row.birth) if row.birth else "",
        "unit": row.unit_text or row.commune_text,
        "post": row.post,
        "class": one.code if one else row.class_code,
        "_birth": list(row.birth) if row.birth else None,
        "_gender": GENDERS.get(row.gender, ""),
        "_phone": row.phone,
        "_email": row.email,
        "_id": list(mark) if mark else None,
        "_unit": unit,
        "_class": one.pk if one else None,
        "_person": person,
    }


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


def _changes(row: RosterRow, judgement: Judgement, person: _Known | None) -> tuple[RowChange, ...]:
    if person is None:
        return ()
    facts = person.facts
    old = {
        "full_name": facts.full_name,
        "birth": str(facts.birth or ""),
        "post": facts.post,
        "phone": facts.phone,
        "email": facts.email,
    }
    new = {
        "full_name": row.full_name,
        "birth": str(row.birth or ""),
        "post": row.post,
        "phone": row.phone,
        "email": row.email,
        "unit": row.unit_text or row.commune_text,
        "id_number": f"…{row.id_number[-3:]}",
    }
    return tuple(RowChange(FIELD_WORDS[name], old.get(name, ""), new[name]) for name in judgement.changes)


def _candidate(known: _Known) -> Candidate:
    facts = known.facts
    words = " · ".join(filter(None, [facts.full_name, str(facts.birth or ""), facts.post]))
    return Candidate(facts.key, words)


class _People:
    """People on record who may be in the list, by what a row can be recognised by."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[_Known]] = {}
        self.by_id: dict[bytes, _Known] = {}

    def of(self, row: RosterRow, mark: tuple[str, str] | None) -> list[_Known]:
        found = list(self.by_name.get(fold(row.full_name), ()))
        same = self.by_id.get(bytes.fromhex(mark[0])) if mark else None
        if same is not None:
            found = [one for one in found if one.id != same.id]
            facts = same.facts
            found.append(
                _Known(
                    KnownPerson(
                        facts.key, facts.full_name, facts.birth, facts.unit_keys, True, True,
                        facts.phone, facts.email, facts.post,
                    ),
                    same.id,
                    same.units,
                    same.id_hash,
                )
            )  # fmt: skip
        return found


# One pass over the people for any length of list: the names and numbers go to the database as a table.
_LIKE = """
    SELECT p.id, p.key, p.full_name, p.folded, p.birth_year, p.birth_month, p.birth_day, p.phone, p.email, p.id_hash,
           coalesce(array_agg(u.key ORDER BY t.id) FILTER (WHERE t.id IS NOT NULL), '{}'),
           coalesce(max(t.title), '')
      FROM directory_person p
      LEFT JOIN directory_post t ON t.person_id = p.id AND t.period @> %(on)s::date
      LEFT JOIN directory_unit u ON u.id = t.unit_id
     WHERE p.folded = ANY(%(names)s) OR p.id_hash = ANY(%(ids)s)
     GROUP BY p.id
"""


def _people_like(rows: Sequence[RosterRow], ids: Sequence[str], on: date) -> _People:
    people = _People()
    names = list({fold(row.full_name) for row in rows if row.full_name})
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"on": on, "names": names, "ids": [bytes.fromhex(one) for one in set(ids)]})
        for pk, key, name, folded, year, month, day, phone, email, id_hash, units, title in cursor.fetchall():
            birth = Birth(year, month, day) if year else None
            facts = KnownPerson(key, name, birth, frozenset(units), False, id_hash is not None, phone, email, title)
            known = _Known(facts, pk, id_hash=bytes(id_hash) if id_hash else None)
            people.by_name.setdefault(folded, []).append(known)
            if known.id_hash:
                people.by_id[known.id_hash] = known
    return people


def _refuse_doubles(new: list[KeptRow], listed: dict[int, Listed]) -> None:
    """Two rows with one identity number cannot both be new people."""
    seen: dict[str, KeptRow] = {}
    for row in new:
        mark = listed[row.id].id_mark
        if mark and mark[0] in seen:
            raise Refused(
                N_("Cannot load row %(number)d: row %(other)d has the same identity number (…%(last3)s)."),
                number=row.number,
                other=seen[mark[0]].number,
                last3=mark[1],
            )
        if mark:
            seen[mark[0]] = row


def _add_units(chunk: list[KeptRow], added: dict[str, int], programme: Programme, *, by: Actor, since: date) -> None:
    """Adds the offices that the list names and the house does not know, under the programme's owner."""
    snapshot = None
    for row in chunk:
        if row.values["_unit"] is None:
            name = row.values["unit"]
            if fold(name) not in added:
                snapshot = snapshot or named_in(
                    slug=snapshot_slug(programme.code), title=programme.name, as_of=since, publisher=programme.name
                )
                unit = add_agency(by=by, name=name, under=programme.unit, since=since, snapshot=snapshot)
                added[fold(name)] = unit.pk
            row.values["_unit"] = added[fold(name)]
