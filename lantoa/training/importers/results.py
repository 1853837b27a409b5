"""Presence sheets and mark lists that were kept in tables: a row a person, a column a meeting or an assessment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, Protocol

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.models import Import
from lantoa.office.rules.imports import CHANGED, KNOWN, NEW, WRONG, KeptRow, ReadRow, RowChange, RowFault
from lantoa.office.rules.sheets import Column, Table, TableRow, read_table_file
from lantoa.presence import actions as presence_act
from lantoa.presence.models import Attendance
from lantoa.programmes.models import Programme
from lantoa.training.actions import results as act
from lantoa.training.importers.roster import programme_of
from lantoa.training.models import Assessment, Certificate, Enrolment, Mark, Meeting, Submission
from lantoa.training.queries.exams import FROM_EXAM
from lantoa.training.rules.result_sheets import assessment_in, is_tick, mark_in, meeting_in, presence_in
from lantoa.training.rules.roster import RosterRow, read_roster

Found = tuple[Any, Column]  # what a column means, and the column


class _Reader(Protocol):
    """What the columns of a programme's lists mean; one for each reading."""

    def __init__(self, programme: Programme) -> None: ...

    def means(self, class_id: int, header: str) -> Any:
        """What a column of a class's list means; None for nothing."""

    def read(self, row: RosterRow, raw: TableRow, columns: list[Found], enrolment: Enrolment) -> ReadRow:
        """What the row says of the person."""


class _ResultsImporter(Importer):
    """What both kinds share: rows matched to the people of a class, columns to what they mean."""

    reader: ClassVar[type[_Reader]]

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        programme = programme_of(made)
        workbook = read_table_file(data, made.file.name)
        reading = read_roster(workbook, timezone.localdate(made.made_at))
        people, reader = _People(programme), self.reader(programme)
        rows = {(row.sheet, row.number): row for row in reading.rows}
        first: dict[int, RosterRow] = {}
        found_any, done = False, 0
        for table in reading.tables:
            by_class: dict[int, list[Found]] = {}
            for raw in table.rows:
                row = rows.get((table.sheet, raw.number))
                if row is None or not row.full_name:
                    continue
                done += 1
                if done % 1_000 == 0:
                    on_step(done, len(rows))
                enrolment, fault = people.match(row)
                if enrolment is None:
                    yield _row(row, WRONG, {}, faults=(fault,) if fault else ())
                    continue
                if first.setdefault(enrolment.pk, row) is not row:
                    yield _row(row, WRONG, {}, enrolment, (_again(row, first[enrolment.pk], enrolment),))
                    continue
                class_id = enrolment.training_class_id
                if class_id not in by_class:
                    by_class[class_id] = _columns(table, partial(reader.means, class_id))
                found_any = found_any or bool(by_class[class_id])
                yield reader.read(row, raw, by_class[class_id], enrolment)
        if first and not found_any:
            raise Refused(
                N_("Cannot read %(file)s: no column names a meeting or an assessment of these classes."),
                file=made.file.name,
            )

    def page_of(self, made: Import) -> str:
        return reverse("training:programme", args=[made.target.partition(":")[2]])

    def obstacle(self, made: Import) -> Refused | None:
        people = [row.values["_enrolment"] for row in made.rows.exclude(verdict__in=(WRONG, KNOWN))]
        issued = Certificate.objects.filter(enrolment__in=people).select_related("enrolment__person").first()
        if issued is None:
            return None
        return Refused(
            N_("Cannot undo: %(person)s has a certificate since (%(number)s)."),
            person=issued.enrolment.person.full_name,
            number=issued.number,
        )


class PresenceReader:
    """The columns of a presence sheet: the meetings of each class."""

    def __init__(self, programme: Programme) -> None:
        self._meetings: dict[int, list[Meeting]] = defaultdict(list)
        rows = Meeting.objects.filter(training_class__programme=programme).order_by("during")
        for meeting in rows:
            self._meetings[meeting.training_class_id].append(meeting)
        self._standing = set(
            Attendance.objects.filter(gathering__meeting__training_class__programme=programme).values_list(
                "gathering", "person"
            )
        )

    def means(self, class_id: int, header: str) -> Meeting | None:
        """The meeting of the class that a header names."""
        meetings = self._meetings[class_id]
        place = meeting_in(header, [timezone.localdate(m.during.lower) for m in meetings])
        return None if place is None else meetings[place]

    def read(self, row: RosterRow, raw: TableRow, columns: list[Found], enrolment: Enrolment) -> ReadRow:
        """Columns that stand already are left out."""
        lines, faults = [], []
        counts = dict.fromkeys(("present", "partial", "leave", "absent"), 0)
        for meeting, column in columns:
            try:
                said = presence_in(_cell(raw, column))
            except Refused as refused:
                faults.append(_fault(refused, raw, column))
                continue
            if said is None:
                continue
            counts[said[0]] += 1
            if (meeting.gathering_id, enrolment.person_id) not in self._standing:
                lines.append([meeting.gathering_id, said[0], str(said[1])])
        told = f"{counts['present'] + counts['partial']} / {counts['leave']} / {counts['absent']}"
        verdict = WRONG if faults else NEW if lines else KNOWN
        values = {"said": told, "_enrolment": enrolment.pk, "_person": enrolment.person_id, "_lines": lines}
        return _row(row, verdict, values, enrolment, tuple(faults))


@importer("training.presence")
class PresenceImporter(_ResultsImporter):
    """A presence sheet kept on paper or in a table. Lines that stand are left alone."""

    title: ClassVar[str] = N_("Presence sheet")
    columns: ClassVar[Mapping[str, str]] = {
        "full_name": N_("Name"),
        "class": N_("Class"),
        "said": N_("Present, on leave, absent"),
    }

    reader = PresenceReader

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        source = f"office.import:{made.key}"
        for chunk in chunks:
            sheets: dict[int, dict[int, tuple[str, Decimal]]] = defaultdict(dict)
            for row in chunk:
                for gathering, state, share in row.values["_lines"]:
                    sheets[gathering][row.values["_person"]] = (state, Decimal(share))
                row.result = {"lines": [[g, row.values["_person"]] for g, _s, _h in row.values["_lines"]]}
            meetings = {
                m.gathering_id: m for m in Meeting.objects.filter(gathering__in=sheets).select_related("gathering")
            }
            for gathering, states in sorted(sheets.items()):
                presence_act.enter_sheet(
                    by=by, gathering=meetings[gathering].gathering, states=states, source=source, at=at
                )
            yield chunk
        act.decide_programme(by=by, programme=programme_of(made), at=at)

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        if refused := self.obstacle(made):
            raise refused
        for chunk in chunks:
            lines = [(g, p) for row in chunk for g, p in (row.result or {}).get("lines", [])]
            presence_act.take_back_sheet(by=by, lines=lines, source=f"office.import:{made.key}")
        act.decide_programme(by=by, programme=programme_of(made), at=at, anew=True)


OF_EXAM = N_("The mark %(mark)s for %(title)s comes from an exam; a list does not change it.")


class MarksReader:
    """The columns of a list of marks: the assessments of each class."""

    def __init__(self, programme: Programme) -> None:
        self._assessments: dict[int, dict[str, Assessment]] = defaultdict(dict)
        for item in Assessment.objects.filter(training_class__programme=programme):
            self._assessments[item.training_class_id][item.code] = item
        of_programme = {"assessment__training_class__programme": programme}
        marks = Mark.objects.filter(**of_programme)
        self._standing = {(e, a): value for e, a, value in marks.values_list("enrolment", "assessment", "value")}
        of_exams = marks.filter(source__startswith=FROM_EXAM)
        self._of_exams = set(of_exams.values_list("enrolment", "assessment"))
        self._handed_in = set(Submission.objects.filter(**of_programme).values_list("enrolment", "assessment"))

    def means(self, class_id: int, header: str) -> Assessment | None:
        """The assessment of the class that a header names."""
        items = self._assessments[class_id]
        code = assessment_in(header, {code: item.title for code, item in items.items()})
        return items.get(code) if code else None

    def read(self, row: RosterRow, raw: TableRow, columns: list[Found], enrolment: Enrolment) -> ReadRow:
        """x in the column of an assignment or a plan: handed in."""
        marks, faults, changes, told, handed_in = [], [], [], [], []
        for item, column in columns:
            cell = _cell(raw, column)
            if item.kind != Assessment.Kind.TEST and is_tick(cell):
                told.append(f"{item.title}: ✓")
                if (enrolment.pk, item.pk) not in self._handed_in:
                    handed_in.append(item.pk)
                continue
            try:
                value = mark_in(cell, item.highest)
            except Refused as refused:
                faults.append(_fault(refused, raw, column))
                continue
            if value is None:
                continue
            told.append(f"{item.title}: {value.normalize():f}")
            standing = self._standing.get((enrolment.pk, item.pk))
            if standing == value:
                continue
            if standing is not None and (enrolment.pk, item.pk) in self._of_exams:
                faults.append(
                    _fault(Refused(OF_EXAM, title=item.title, mark=f"{standing.normalize():f}"), raw, column)
                )
                continue
            marks.append([item.pk, str(value), None if standing is None else str(standing)])
            if standing is not None:
                changes.append(RowChange(item.title, f"{standing.normalize():f}", f"{value.normalize():f}"))
        verdict = WRONG if faults else CHANGED if changes else NEW if marks or handed_in else KNOWN
        values = {
            "said": "; ".join(told),
            "_enrolment": enrolment.pk,
            "_marks": marks,
            "_handed_in": handed_in,
        }
        return _row(row, verdict, values, enrolment, tuple(faults), tuple(changes))


@importer("training.marks")
class MarksImporter(_ResultsImporter):
    """A list of marks. A mark that stands gives way to another one; the same list twice changes nothing. In the
    column of an assignment or a plan, x means handed in on paper."""

    title: ClassVar[str] = N_("Marks")
    columns: ClassVar[Mapping[str, str]] = {"full_name": N_("Name"), "class": N_("Class"), "said": N_("Marks")}

    reader = MarksReader

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        source = f"office.import:{made.key}"
        for chunk in chunks:
            given: dict[int, dict[int, Decimal]] = defaultdict(dict)
            papers = [(row.values["_enrolment"], item) for row in chunk for item in row.values["_handed_in"]]
            since = Submission.objects.filter(enrolment__in={enrolment for enrolment, _item in papers})
            there = set(since.values_list("enrolment", "assessment"))  # handed in since the list was read
            papers = [paper for paper in papers if paper not in there]
            kept = act.note_handed_in(by=by, papers=papers, source=source, at=at)
            for row in chunk:
                for item, value, _before in row.values["_marks"]:
                    given[item][row.values["_enrolment"]] = Decimal(value)
                row.result = {
                    "marks": [[item, before] for item, _value, before in row.values["_marks"]],
                    "handed_in": [
                        kept[row.values["_enrolment"], item]
                        for item in row.values["_handed_in"]
                        if (row.values["_enrolment"], item) in kept
                    ],
                }
            items = Assessment.objects.select_related("training_class").in_bulk(list(given))
            for pk, marks in sorted(given.items()):
                act.enter_marks(by=by, assessment=items[pk], marks=marks, source=source, at=at)
            yield chunk
        act.decide_programme(by=by, programme=programme_of(made), at=at)

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        if refused := self.obstacle(made):
            raise refused
        for chunk in chunks:
            _refuse_marked_since(chunk)
            before = {
                (row.values["_enrolment"], item): None if old is None else Decimal(old)
                for row in chunk
                for item, old in (row.result or {}).get("marks", [])
            }
            source = f"office.import:{made.key}"
            act.restore_marks(by=by, before=before, source=source, at=at)
            papers = [key for row in chunk for key in (row.result or {}).get("handed_in", [])]
            act.take_back_handed_in(by=by, keys=papers, source=source)
        act.decide_programme(by=by, programme=programme_of(made), at=at, anew=True)


def _refuse_marked_since(chunk: list[KeptRow]) -> None:
    """Refuses when a mark of the list has given way to another one since."""
    given = {
        (row.values["_enrolment"], item): Decimal(value)
        for row in chunk
        for item, value, _before in row.values.get("_marks", ())
    }
    marks = Mark.objects.filter(enrolment__in={enrolment for enrolment, _item in given})
    marks = marks.exclude(source__startswith=FROM_EXAM)  # the same value by an exam is another mark, too
    now = {(e, a): value for e, a, value in marks.values_list("enrolment", "assessment", "value")}
    for (enrolment, item), value in given.items():
        if now.get((enrolment, item)) != value:
            row = Enrolment.objects.select_related("person", "training_class").get(pk=enrolment)
            raise Refused(
                N_("Cannot undo: %(person)s was given another mark in class %(code)s since."),
                person=row.person.full_name,
                code=row.training_class.code,
            )


def _again(row: RosterRow, first: RosterRow, enrolment: Enrolment) -> RowFault:
    words = N_('%(person)s of class %(code)s is already in row %(row)d of sheet "%(sheet)s".')
    values = {
        "person": row.full_name,
        "code": enrolment.training_class.code,
        "row": first.number,
        "sheet": first.sheet,
    }
    return RowFault(words, values)


class _People:
    """The people of a programme's classes, by what a row says of them."""

    def __init__(self, programme: Programme) -> None:
        self._by_name: dict[str, list[Enrolment]] = defaultdict(list)
        rows = Enrolment.objects.filter(training_class__programme=programme, withdrawn_at=None)
        for row in rows.select_related("person", "training_class"):
            self._by_name[row.person.folded].append(row)

    def match(self, row: RosterRow) -> tuple[Enrolment | None, RowFault | None]:
        """The one enrolment meant, or what is wrong."""
        found = self._by_name.get(fold(row.full_name), [])
        if row.class_code:
            found = [one for one in found if fold(one.training_class.code) == fold(row.class_code)]
        if len(found) > 1 and row.birth:
            found = [one for one in found if one.person.birth_year == row.birth.year]
        if len(found) > 1:
            found = [one for one in found if one.person.full_name == row.full_name]
        if len(found) == 1:
            return found[0], None
        where = row.class_code or "–"
        if not found:
            words = N_("%(person)s is not in class %(code)s.")
        else:
            words = N_("%(person)s may be any of %(count)d people of class %(code)s. Give the year of birth.")
        return None, RowFault(words, {"person": row.full_name, "code": where, "count": len(found)})


def _columns(table: Table, means: Callable[[str], Any]) -> list[Found]:
    found = [(means(column.header), column) for column in table.unmapped]
    return [(meant, column) for meant, column in found if meant is not None]


def _cell(raw: TableRow, column: Column) -> Any:
    return raw.cells[column.index] if column.index < len(raw.cells) else None


def _fault(refused: Refused, raw: TableRow, column: Column) -> RowFault:
    return RowFault(refused.message, refused.values, f"{column.letter}{raw.number}")


def _row(
    row: RosterRow,
    verdict: str,
    values: dict[str, Any],
    enrolment: Enrolment | None = None,
    faults: tuple[RowFault, ...] = (),
    changes: tuple[RowChange, ...] = (),
) -> ReadRow:
    code = enrolment.training_class.code if enrolment else row.class_code
    return ReadRow(
        number=row.number,
        sheet=row.sheet,
        verdict=verdict,
        values={"full_name": row.full_name, "class": code, "said": "", **values},
        faults=faults,
        changes=changes,
    )
