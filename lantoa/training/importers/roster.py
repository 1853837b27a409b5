"""Rosters: who is in a programme, from which unit, in which class."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.directory.actions.agencies import add_agency, named_in
from lantoa.directory.actions.rosters import Listed, add_people, change_people, id_mark, take_back_people
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
from lantoa.training.actions.classes import ENROLLING
from lantoa.training.actions.enrolments import (
    FULL,
    Timetable,
    enrol_listed,
    lock_classes,
    take_back_enrolments,
    what_depends,
)
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
_Twin = tuple[str, int]  # sheet and number of the first row about a person
GENDERS = {"male": "m", "female": "f"}


@dataclass(slots=True)
class _Known:
    """A person on record, as the reading of a roster needs them: `posts` is title by the key of the unit."""

    facts: KnownPerson
    id: int
    posts: dict[str, str]
    id_hash: bytes | None

    def at(self, unit_key: str | None) -> "_Known":
        """The same person with the post that they hold in this unit."""
        title = self.posts.get(unit_key or "", self.facts.post)
        if title == self.facts.post:
            return self
        return dataclasses.replace(self, facts=dataclasses.replace(self.facts, post=title))


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
        workbook = read_table_file(data, made.file.name)
        mapping = made.options.get("columns") or None
        rows = read_roster(workbook, timezone.localdate(made.made_at), mapping=mapping).rows
        total = len(rows)
        on_step(0, total)
        judge = _Judge(programme, rows, made.options)
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
        brought: dict[_Twin, str] = {}
        for chunk in chunks:
            if made.options.get("add_units"):
                _add_units(chunk, added, programme, by=by, since=since)
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
            yield chunk

    def undo(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> None:
        _lock_all(made, programme_of(made))
        if refused := self.obstacle(made):
            raise refused
        source = f"office.import:{made.key}"
        undone: list[dict[str, Any]] = []
        enrolments: list[str] = []
        for chunk in chunks:
            undone += [row.result["undo"] for row in chunk]
            enrolments += [row.result["enrolment"] for row in chunk if "enrolment" in row.result]
            on_step(len(undone), None)
        take_back_enrolments(by=by, keys=enrolments)
        take_back_people(by=by, undone=undone, source=source)

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


class _Judge:
    """What each row of a list means for the programme: the person, the unit, the class, and what is wrong."""

    def __init__(self, programme: Programme, rows: Sequence[RosterRow], options: Mapping[str, Any]) -> None:
        self.programme = programme
        self.since = programme.period.lower
        self.add_units = bool(options.get("add_units"))
        self.class_optional = bool(options.get("class_optional"))
        self.finder = unit_finder()
        self.near = _near(programme)
        self.units: dict[tuple[str, ...], tuple[int | None, RowFault | None]] = {}
        self.keys = _UnitKeys()
        self.known = _people_like(rows, self.since)
        self.classes = {one.code: one for one in programme.classes.order_by("code")}
        self.folded = {fold(code): one for code, one in self.classes.items()}
        self.taken = Counter(
            Enrolment.objects.filter(training_class__programme=programme, withdrawn_at=None).values_list(
                "training_class", flat=True
            )
        )
        self.inside = _classes_of(self.known.ids)
        self.timetable = Timetable({one.pk for one in self.classes.values()}.union(*self.inside.values()))

    def read(self, row: RosterRow) -> ReadRow:
        """The row with its verdict."""
        faults = [_fault(one) for one in row.faults]
        twin = _twin_of(row)
        one = self.class_of(row)
        if one is None:
            faults.append(_no_class(row, self.classes, self.class_optional))
        unit = self.unit_of(row, faults)
        mark = id_mark(row.id_number)
        verdict, person, changes = WRONG, "", ()
        candidates: list[_Known] = []
        if not _has_error(faults):
            key = self.keys[unit] if unit else None
            candidates = self.known.of(row, mark, key)
            judgement = classify(row, [c.facts for c in candidates], unit_key=key)
            verdict, person = VERDICT_OF[judgement.kind], judgement.key
            changes = _changes(row, judgement, next((c for c in candidates if c.facts.key == person), None))
        if one is not None and verdict != WRONG:
            who = person if person and verdict != DOUBTFUL else twin or (row.sheet, row.number)
            inside = self.inside.setdefault(who, [])
            if one.pk not in inside:
                if refused := self.enter(row, one, inside):
                    faults.append(refused)
                    verdict = WRONG
                elif verdict in (KNOWN, CHANGED):
                    verdict = CHANGED
                    changes = (*changes, RowChange(N_("class"), "", one.code))
        return ReadRow(
            number=row.number,
            sheet=row.sheet,
            verdict=verdict,
            values=_values(row, mark, unit, one, person, twin),
            faults=tuple(faults),
            changes=changes if verdict == CHANGED else (),
            candidates=tuple(_candidate(c) for c in candidates) if verdict == DOUBTFUL else (),
        )

    def class_of(self, row: RosterRow) -> TrainingClass | None:
        """The class the row names; where the programme has only one and the row names none, that one."""
        if row.class_code:
            return self.classes.get(row.class_code) or self.folded.get(fold(row.class_code))
        return next(iter(self.classes.values())) if len(self.classes) == 1 else None

    def unit_of(self, row: RosterRow, faults: list[RowFault]) -> int | None:
        """The unit the row names; what is wrong with its words goes to the faults."""
        texts = (row.unit_text, row.commune_text, row.district_text, row.province_text)
        if texts not in self.units:
            self.units[texts] = _unit_of(self.finder, row, self.since, self.near)
        unit, said = self.units[texts]
        if said is not None:
            if self.add_units and not said.values.get("several") and (row.unit_text or row.commune_text):
                faults.append(_to_add(row))
            else:
                faults.append(RowFault(said.message, {**said.values, "person": row.full_name}))
        return unit

    def enter(self, row: RosterRow, one: TrainingClass, inside: list[int]) -> RowFault | None:
        """Seats the person of the row in the class; why not, when there is no place or they sit elsewhere then."""
        if self.taken[one.pk] >= one.capacity:
            values = {"person": row.full_name, "code": one.code, "taken": one.capacity, "capacity": one.capacity}
            return RowFault(FULL, values)
        for other in inside:
            if clash := self.timetable.clash(one.pk, other):
                return RowFault(ENROLLING, self.timetable.said(row.full_name, one.pk, other, clash))
        self.taken[one.pk] += 1
        inside.append(one.pk)
        return None


VERDICT_OF = {"new": NEW, "known": KNOWN, "changed": CHANGED, "doubtful": DOUBTFUL}


class _UnitKeys(dict[int, str]):
    """The public ids of units, asked once."""

    def __missing__(self, unit: int) -> str:
        self.update(Unit.objects.values_list("pk", "key"))
        return self[unit]


def _has_error(faults: list[RowFault]) -> bool:
    return any(fault.severity == "error" for fault in faults)


def _near(programme: Programme) -> set[int]:
    """The units meant first when a name fits several: the owner, and what stood under it on the programme's day."""
    day = programme.period.lower
    return {programme.unit_id, *Unit.objects.under(programme.unit, on=day).values_list("pk", flat=True)}


def _classes_of(people: Sequence[int]) -> dict[Any, list[int]]:
    """The running classes of people, by the person's key."""
    found: dict[Any, list[int]] = {}
    if people:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT p.key, e.training_class_id FROM training_enrolment e
                     JOIN directory_person p ON p.id = e.person_id
                    WHERE e.person_id = ANY(%s) AND e.withdrawn_at IS NULL""",
                [people],
            )
            for key, class_id in cursor.fetchall():
                found.setdefault(key, []).append(class_id)
    return found


def _unit_of(finder: Any, row: RosterRow, on: date, within: set[int]) -> tuple[int | None, RowFault | None]:
    """The unit the row speaks of, or what is wrong with its words."""
    text = row.unit_text or row.commune_text
    if not text:
        words = N_("Cannot place %(person)s: the list names no unit for them.")
        return None, RowFault(words)
    context = (row.commune_text if row.unit_text else "", row.district_text)
    found = finder.resolve(text, row.district_text, row.province_text, on=on, within=within)
    if found.unit is None and any(context):
        found = finder.resolve(
            ", ".join(filter(None, (text, *context))), "", row.province_text, on=on, within=within
        )
    if found.unit is not None:
        return found.unit, None
    if len(found.candidates) > 1:
        words = N_(
            "Cannot place %(person)s: «%(unit)s» may be any of %(several)d units. Name the district or province."
        )
        return None, RowFault(words, {"unit": text, "several": len(found.candidates)})
    words = N_("Cannot place %(person)s: no unit «%(unit)s» is known on %(day)s.")
    return None, RowFault(words, {"unit": text, "day": f"{on:%d/%m/%Y}"})


def _to_add(row: RosterRow) -> RowFault:
    words = N_("Unit «%(unit)s» is not known; it will be added as an office of the programme's owner.")
    return RowFault(words, {"unit": row.unit_text or row.commune_text}, severity="warning")


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
    row: RosterRow,
    mark: tuple[str, str] | None,
    unit: int | None,
    one: TrainingClass | None,
    person: str,
    twin: _Twin | None,
) -> dict[str, Any]:
    values = {
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
    if twin:
        values["_twin"] = list(twin)
    return values


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
        self.ids: list[int] = []
        self._by_id: dict[bytes, _Known] = {}
        self._like: dict[tuple[str, Any], list[_Known]] = defaultdict(list)

    def add(self, folded: str, known: _Known) -> None:
        """Notes a person by everything that `classify` looks at besides the name."""
        self.ids.append(known.id)
        if known.id_hash:
            self._by_id[known.id_hash] = known
        facts = known.facts
        for sign in {facts.birth, *(facts.unit_keys or ("",)), facts.phone or "-", facts.email.casefold() or "-"}:
            self._like[folded, sign].append(known)
        if facts.birth:
            self._like[folded, facts.birth.year].append(known)

    def of(self, row: RosterRow, mark: tuple[str, str] | None, unit_key: str | None) -> list[_Known]:
        """Those who may be the person of the row; a namesake with nothing else in common is none of them."""
        found: dict[int, _Known] = {}
        folded = fold(row.full_name)
        signs = [row.birth, unit_key or "", row.phone, row.email.casefold(), row.birth.year if row.birth else ""]
        for sign in signs:
            if (folded, sign) in self._like:
                found |= {one.id: one for one in self._like[folded, sign]}
        same = self._by_id.get(bytes.fromhex(mark[0])) if mark else None
        if same is not None:
            found[same.id] = dataclasses.replace(same, facts=dataclasses.replace(same.facts, id_matches=True))
        return [one.at(unit_key) for one in found.values()]


# One pass over the people for any length of list: the names and numbers go to the database as a table. A post that
# begins later than the day counts too: someone listed for the autumn is no stranger to a list of the spring.
_LIKE = """
    SELECT p.id, p.key, p.full_name, p.folded, p.birth_year, p.birth_month, p.birth_day, p.phone, p.email, p.id_hash,
           array_agg(u.key ORDER BY t.id) FILTER (WHERE t.id IS NOT NULL),
           array_agg(t.title ORDER BY t.id) FILTER (WHERE t.id IS NOT NULL)
      FROM directory_person p
      LEFT JOIN directory_post t ON t.person_id = p.id AND t.period && daterange(%(on)s::date, NULL)
      LEFT JOIN directory_unit u ON u.id = t.unit_id
     WHERE p.folded = ANY(%(names)s) OR p.id_hash = ANY(%(ids)s)
     GROUP BY p.id
"""


def _people_like(rows: Sequence[RosterRow], on: date) -> _People:
    people = _People()
    names = list({fold(row.full_name) for row in rows if row.full_name})
    ids = [bytes.fromhex(mark[0]) for number in {row.id_number for row in rows} if (mark := id_mark(number))]
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"on": on, "names": names, "ids": ids})
        for pk, key, name, folded, year, month, day, phone, email, id_hash, units, titles in cursor.fetchall():
            birth = Birth(year, month, day) if year else None
            posts = dict(zip(units or (), titles or (), strict=True))
            title = next(iter(posts.values()), "")
            facts = KnownPerson(
                key, name, birth, frozenset(posts), False, id_hash is not None, phone, email, title
            )
            people.add(folded, _Known(facts, pk, posts, bytes(id_hash) if id_hash else None))
    return people


def _twin_of(row: RosterRow) -> _Twin | None:
    """The earlier row about the same person in another class, as the reading has found it."""
    for fault in row.faults:
        if fault.severity == "warning" and "row" in fault.values and "sheet" in fault.values:
            return (str(fault.values["sheet"]), int(str(fault.values["row"])))
    return None


def _twin(row: KeptRow) -> _Twin:
    """Under which row its person is brought: the first row about them."""
    sheet, number = row.values.get("_twin") or (row.sheet, row.number)
    return (sheet, number)


def _is_new(row: KeptRow) -> bool:
    return row.verdict == NEW or row.choice == NEW


def _sorted(chunk: list[KeptRow], brought: Mapping[_Twin, str]) -> tuple[list[KeptRow], list[KeptRow]]:
    """The rows that bring a new person, and those about someone known, or brought by another row of the list."""
    new: dict[_Twin, KeptRow] = {}
    for row in chunk:
        if _is_new(row) and _twin(row) not in brought:
            new.setdefault(_twin(row), row)
    first = {row.id for row in new.values()}
    return list(new.values()), [row for row in chunk if row.id not in first]


def _key_of(row: KeptRow, brought: Mapping[_Twin, str]) -> str:
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
) -> None:
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
