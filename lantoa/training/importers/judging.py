"""What each row of a list means for a programme: the person, the unit, the class, and what is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from lantoa.common.refused import N_
from lantoa.common.vietnamese import fold
from lantoa.directory.actions.rosters import id_mark
from lantoa.directory.models import Unit
from lantoa.directory.queries.people import barred_among
from lantoa.directory.queries.units import unit_finder
from lantoa.directory.rules.people import Birth
from lantoa.office.rules.imports import (
    CHANGED,
    DOUBTFUL,
    KNOWN,
    NEW,
    WRONG,
    Candidate,
    ReadRow,
    RowChange,
    RowFault,
)
from lantoa.programmes.models import Programme
from lantoa.training.actions.classes import ENROLLING
from lantoa.training.actions.enrolments import FULL, Timetable
from lantoa.training.importers.people import Known, people_like
from lantoa.training.models import Enrolment, TrainingClass
from lantoa.training.rules.roster import Judgement, RosterRow, classify

Twin = tuple[str, int]  # sheet and number of the first row about a person
FIELD_WORDS = {
    "full_name": N_("full name"),
    "birth": N_("birth date"),
    "post": N_("post"),
    "phone": N_("telephone"),
    "email": N_("e-mail"),
    "unit": N_("unit"),
    "id_number": N_("identity number"),
}
BARRED = N_("Cannot take %(person)s: somebody of this name asked that their data not be used. Ask the privacy desk.")
GENDERS = {"male": "m", "female": "f"}


class Judge:
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
        self.known = people_like(rows, self.since)
        self.barred, self.barred_names = barred_among(self.known.ids, (row.full_name for row in rows))
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
        verdict, person = WRONG, ""
        changes: tuple[RowChange, ...] = ()
        candidates: list[Known] = []
        if not _has_error(faults):
            key = self.keys[unit] if unit else None
            candidates = self.known.of(row, mark, key)
            if self.is_barred(row, candidates):
                faults.append(RowFault(BARRED, {"person": row.full_name}))
        if not _has_error(faults):
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

    def is_barred(self, row: RosterRow, candidates: list[Known]) -> bool:
        """Whether the row is about someone whose data are not to be used, as far as name and birth date tell."""
        if any(one.facts.key in self.barred for one in candidates):
            return True
        born = Birth(*row.birth) if row.birth else Birth()
        return any(born.fits(birth) for birth in self.barred_names.get(fold(row.full_name), ()))

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


def _classes_of(people: list[int]) -> dict[Any, list[int]]:
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


def _twin_of(row: RosterRow) -> Twin | None:
    """The earlier row about the same person in another class, as the reading has found it."""
    for fault in row.faults:
        if fault.severity == "warning" and "row" in fault.values and "sheet" in fault.values:
            return (str(fault.values["sheet"]), int(str(fault.values["row"])))
    return None


def _unit_of(finder: Any, row: RosterRow, on: date, within: set[int]) -> tuple[int | None, RowFault | None]:
    """The unit the row speaks of, or what is wrong with its words."""
    text = row.unit_text or row.commune_text
    if not text:
        words = N_("Cannot place %(person)s: the list names no unit for them.")
        return None, RowFault(words)
    context = (row.commune_text if row.unit_text else "", row.district_text)
    found = finder.resolve(text, row.district_text, row.province_text, on=on, within=within)
    if found.unit is None and any(context):
        found = finder.resolve(", ".join(filter(None, (text, *context))), "", row.province_text, on=on, within=within)
    if found.unit is None and "," in text and not found.candidates:
        # a name may hold what else parts two names: «Phường Cam Ly - Đà Lạt, Tỉnh Lâm Đồng»
        name, _, above = text.partition(",")
        found = finder.resolve(name, above, row.province_text, on=on, within=within)
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
    twin: Twin | None,
) -> dict[str, Any]:
    values: dict[str, Any] = {
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


def _changes(row: RosterRow, judgement: Judgement, person: Known | None) -> tuple[RowChange, ...]:
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


def _candidate(known: Known) -> Candidate:
    facts = known.facts
    words = " · ".join(filter(None, [facts.full_name, str(facts.birth or ""), facts.post]))
    return Candidate(facts.key, words)
