"""Answers from paper in an Excel sheet, on their way into the log of a sitting."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.on_paper import enter_paper, why_not_withdraw, withdraw_paper
from lantoa.exams.models import Attempt, Sitting
from lantoa.exams.queries.log import log_of
from lantoa.exams.queries.printing import numbers_of, variants_of
from lantoa.exams.rules.answers import PAPER, answers
from lantoa.exams.rules.by_letters import IN_WORDS, is_odd, letters_said, read_answer
from lantoa.exams.rules.formats.answers_sheet import SheetRow, read
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.models import Import
from lantoa.office.rules.imports import CHANGED, KNOWN, NEW, WRONG, KeptRow, ReadRow, RowChange, RowFault
from lantoa.office.rules.sheets import read_table_file

KIND = "exams.answers"


def sitting_of(made: Import) -> Sitting:
    """The sitting that an import goes into."""
    return Sitting.objects.get(key=made.target.partition(":")[2])


@importer(KIND)
class AnswersImporter(Importer):
    """Answers from paper, known again by the code of the sheet. A row without any answer is left out."""

    title: ClassVar[str] = N_("Answers from paper")
    columns: ClassVar[Mapping[str, str]] = {
        "number": N_("Candidate number"),
        "name": N_("Name"),
        "said": N_("What the sheet says"),
    }

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        judge = _Judge(sitting_of(made))
        for count, (sheet, row) in enumerate(read(read_table_file(data, made.file.name), made.file.name), 1):
            if count % 500 == 0:
                on_step(count, None)
            yield judge.row(sheet, row)

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        for chunk in chunks:
            rows = _attempts(row.values["_attempt"] for row in chunk)
            for row in chunk:
                given: dict[str, Any] = row.values["_given"]
                done = enter_paper(by=by, attempt=rows[row.values["_attempt"]], answers_given=given, at=at)
                row.result = {"again": done.again, "before": dict(done.before), "given": given}
            yield chunk

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        if refused := self.obstacle(made):
            raise refused
        for chunk in chunks:
            rows = _attempts(row.values["_attempt"] for row in chunk)
            for row in chunk:
                attempt = rows[row.values["_attempt"]]
                if row.result["again"]:
                    enter_paper(by=by, attempt=attempt, answers_given=row.result["before"], at=at)
                else:
                    withdraw_paper(by=by, attempt=attempt)

    def obstacle(self, made: Import) -> Refused | None:
        applied = list(made.rows.filter(verdict__in=(NEW, CHANGED)).values_list("values", "result"))
        rows = _attempts(values["_attempt"] for values, _result in applied)
        logs = log_of(rows.values())
        for values, result in applied:
            row = rows[values["_attempt"]]
            standing = answers(one for one in logs.get(row.pk, ()) if one.device == PAPER)
            given = result.get("given", {})
            if row.on_paper_at is None or any(standing.get(one) != value for one, value in given.items()):
                return Refused(N_("Cannot undo: the sheet of %(code)s was changed since."), code=row.key)
            if not result.get("again") and (refused := why_not_withdraw(row)):
                return refused
        return None

    def page_of(self, made: Import) -> str:
        return reverse("exams:sitting_paper", args=[made.target.partition(":")[2]])


def _attempts(keys: Iterable[str]) -> dict[str, Attempt]:
    found = Attempt.objects.filter(key__in=list(keys)).select_related("sitting", "variant", "person")
    return {row.key: row for row in found}


class _Judge:
    """What each row of the file means for the sitting as it stands."""

    def __init__(self, sitting: Sitting) -> None:
        content = {one.pk: one for one in variants_of(sitting)}
        self.rows = {
            row.key: row for row in sitting.sat.select_related("person").defer("variant__content", "variant__keys")
        }
        self.variants = {row.key: content[row.variant_id] for row in self.rows.values()}
        self.numbers = numbers_of(sitting)
        self.logs = log_of(row for row in self.rows.values() if row.on_paper_at is not None)
        self.seen: dict[str, int] = {}

    def row(self, sheet: str, read_row: SheetRow) -> ReadRow:
        """The row of the preview."""
        values: dict[str, Any] = {"number": read_row.candidate, "name": read_row.name, "said": ""}
        row = self.rows.get(read_row.code)
        if row is None:
            fault = RowFault(
                N_("No candidate of this exam has the code %(code)s."), {"code": read_row.code[:20] or "–"}
            )
            return ReadRow(read_row.number, WRONG, values, (fault,), sheet=sheet)
        values |= {"number": self.numbers[row.pk], "name": row.person.full_name}
        if not any(read_row.said.values()):
            return ReadRow(read_row.number, KNOWN, values, sheet=sheet)
        faults = list(self._faults_of_row(row, read_row))
        given, said, more = self._answers(row, read_row)
        faults += more
        values["said"] = said
        if any(fault.severity == "error" for fault in faults):
            return ReadRow(read_row.number, WRONG, values, tuple(faults), sheet=sheet)
        verdict, changes = self._against(row, given)
        values |= {"_attempt": row.key, "_given": given}
        return ReadRow(read_row.number, verdict, values, tuple(faults), changes, sheet=sheet)

    def _faults_of_row(self, row: Attempt, read_row: SheetRow) -> Iterator[RowFault]:
        if row.key in self.seen:
            yield RowFault(N_("The candidate stands in row %(row)d already."), {"row": self.seen[row.key]})
        self.seen.setdefault(row.key, read_row.number)
        if row.handed_in_at is not None and row.on_paper_at is None:
            yield RowFault(N_("This candidate has handed in on a device."))
        number = self.variants[row.key].number
        if read_row.variant and read_row.variant.lstrip("0") != str(number):
            yield RowFault(
                N_("The sheet says variant %(said)s, this candidate has %(number)03d."),
                {"said": read_row.variant[:10], "number": number},
            )

    def _answers(self, row: Attempt, read_row: SheetRow) -> tuple[dict[str, Any], str, list[RowFault]]:
        """The answers of a row by the id of the question, in words, and what is wrong with them."""
        given: dict[str, Any] = {}
        said: list[str] = []
        faults: list[RowFault] = []
        content = self.variants[row.key].content
        for number, words in read_row.said.items():
            cell = read_row.cells[number]
            if number > len(content):
                if words:
                    faults.append(
                        RowFault(
                            N_("There is no question %(number)d: the variant has %(count)d."),
                            {"number": number, "count": len(content)},
                            cell,
                        )
                    )
                continue
            asked = content[number - 1]
            if asked["kind"] == "file" and not words:
                continue
            try:
                value = _value(words, asked, number)
            except Refused as refused:
                faults.append(RowFault(refused.message, refused.values, cell))
                continue
            given[asked["id"]] = value
            if is_odd(asked, value):
                faults.append(RowFault(N_("%(text)s is no number."), {"text": words[:40]}, cell, severity="warning"))
            if value is not None:
                said.append(f"{number}{letters_said(asked, value)[:30]}")
        return given, " ".join(said), faults

    def _against(self, row: Attempt, given: Mapping[str, Any]) -> tuple[str, tuple[RowChange, ...]]:
        if row.on_paper_at is None:
            return NEW, ()
        before = answers(one for one in self.logs.get(row.pk, ()) if one.device == PAPER)
        changes = tuple(
            RowChange(
                N_("Question"),
                f"{number}: {letters_said(asked, before.get(asked['id']))[:60]}",
                f"{number}: {letters_said(asked, given[asked['id']])[:60]}",
            )
            for number, asked in enumerate(self.variants[row.key].content, 1)
            if asked["id"] in given and before.get(asked["id"]) != given[asked["id"]]
        )
        return (CHANGED, changes) if changes else (KNOWN, ())


def _value(words: str, asked: Mapping[str, Any], number: int) -> Any:
    if not words:
        return None
    if asked["kind"] in IN_WORDS:
        return None if words == "-" else words
    return read_answer(words, asked, number=number)
