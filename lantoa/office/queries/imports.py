"""What the preview of an import shows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from lantoa.common.words import fill, say
from lantoa.office.models import Import, ImportRow
from lantoa.office.queries.files import read_file
from lantoa.office.rules.imports import CHANGED, DOUBTFUL, NEW, SKIP
from lantoa.office.rules.refusals import from_json
from lantoa.office.rules.sheets import Fault, column_number, mark_faults, read_table_file


@dataclass(frozen=True)
class Outlook:
    """How many rows an apply would take, by what happens to them, and how many it would leave out."""

    new: int
    changed: int
    same: int  # doubtful rows said to be someone known
    skipped: int  # doubtful rows left out
    undecided: int
    known: int
    wrong: int
    results: int  # rows that an undo would take back

    @property
    def taken(self) -> int:
        return self.new + self.changed + self.same

    @property
    def total(self) -> int:
        return self.taken + self.skipped + self.undecided + self.known + self.wrong


def outlook(made: Import) -> Outlook:
    """What applying the import now would do; one query."""
    doubtful = Q(verdict=DOUBTFUL)
    counted = made.rows.aggregate(
        new=Count("id", filter=Q(verdict=NEW) | doubtful & Q(choice=NEW)),
        changed=Count("id", filter=Q(verdict=CHANGED)),
        same=Count("id", filter=doubtful & ~Q(choice__in=["", NEW, SKIP])),
        skipped=Count("id", filter=doubtful & Q(choice=SKIP)),
        undecided=Count("id", filter=doubtful & Q(choice="")),
        known=Count("id", filter=Q(verdict="known")),
        wrong=Count("id", filter=Q(verdict="wrong")),
        results=Count("id", filter=~Q(result={})),
    )
    return Outlook(**counted)


def rows_of(made: Import, verdict: str = "") -> QuerySet[ImportRow]:
    """The rows in the order of the file; those of one verdict when it is named."""
    rows = made.rows.order_by("id")
    return rows.filter(verdict=verdict) if verdict else rows


def said_faults(row: ImportRow) -> list[dict[str, str]]:
    """The faults of a row in the reader's language: cell, words, severity."""
    return [
        {
            "cell": fault["cell"],
            "words": say(from_json(fault)),
            "severity": fault["severity"],
        }
        for fault in row.faults
    ]


def marked_name(made: Import) -> str:
    """What the marked sheet is called: days-faults.xlsx, in the reader's language."""
    return f"{made.file.name.rpartition('.')[0]}-{gettext('faults')}.xlsx"


def marked_file(made: Import) -> bytes:
    """The file as .xlsx with its faults marked and said in the reader's language; texts stay texts."""
    workbook = read_table_file(read_file(made.file), made.file.name)
    rows = made.rows.exclude(faults=[]).values_list("sheet", "number", "faults").order_by("id")
    only = workbook.sheets[0].name if workbook.sheets else ""
    faults = [
        _fault(sheet or only, number, fault)
        for sheet, number, found in rows.iterator(chunk_size=2000)
        for fault in found
    ]
    return mark_faults(workbook, faults, say=fill)


def _fault(sheet: str, number: int, kept: dict[str, Any]) -> Fault:
    letters = kept["cell"].rstrip("0123456789")
    digits = kept["cell"][len(letters) :]
    if letters:
        column_number(letters)
    return Fault(
        sheet=sheet,
        row=int(digits) if digits else number,
        column=letters,
        header="",
        field="",
        severity="warning" if kept["severity"] == "warning" else "error",
        message=kept["message"],
        values=from_json(kept).values,
    )
