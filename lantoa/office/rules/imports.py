"""What an import is made of: rows with a verdict, what is wrong with them, what they would change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lantoa.office.rules.sheets import Table

NEW: Final = "new"
KNOWN: Final = "known"
CHANGED: Final = "changed"
DOUBTFUL: Final = "doubtful"
WRONG: Final = "wrong"
VERDICTS: Final = (NEW, CHANGED, KNOWN, DOUBTFUL, WRONG)

NAMED: Final = 20  # so many names stand in a sentence, the rest as …
SKIP: Final = "skip"  # the choice that leaves a doubtful row out; NEW is the one that makes a new thing of it


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row, or worth a look. `cell` is as Excel names it ("C12"; "" for the whole row).

    `message` is an English sentence with %(name)s places, the key of its translation; `values` fills them.
    `severity` is "error" (the row cannot be taken) or "warning".
    """

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    cell: str = ""
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Note:
    """What an import does besides its rows, as a sentence with %(name)s places; `names` are those it speaks of."""

    message: str
    names: tuple[str, ...]

    @property
    def values(self) -> Mapping[str, Any]:
        """What fills the sentence: how many, and the first of them."""
        more = ", …" if len(self.names) > NAMED else ""
        return {"count": len(self.names), "names": ", ".join(self.names[:NAMED]) + more}


@dataclass(frozen=True, slots=True)
class RowChange:
    """A value that a row would change. `field` is the name people know (a msgid)."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone known whom a doubtful row may mean: the key, and the words that tell them apart."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as an importer has read it. `number` is the row's number in the sheet, from 1, unique in its sheet.

    `values` are the clean values, JSON only, by the names of `Importer.columns`; names beginning with "_" are not
    shown. An identity number belongs here as a keyed hash, never in clear.
    """

    number: int
    verdict: str
    values: Mapping[str, Any]
    faults: tuple[RowFault, ...] = ()
    changes: tuple[RowChange, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    sheet: str = ""


@dataclass(slots=True)
class KeptRow:
    """A row as it was kept: what `apply` and `undo` work with. Applying puts into `result` what undoing needs.

    `choice` of a doubtful row is NEW or the key of the candidate it means; rows to be skipped never arrive.
    """

    id: int
    sheet: str
    number: int
    verdict: str
    values: dict[str, Any]
    choice: str
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the file for the form that corrects the mapping: its letter, its title there, some of what
    stands in it, and the field it is taken for ("" for none)."""

    letter: str
    title: str
    sample: str
    field: str
    sheet: str = ""


def columns_in(tables: Iterable[Table]) -> list[SheetColumn]:
    """The columns of the tables of a file, in the order of recognised and loose ones of each."""
    found = []
    for table in tables:
        named = {column.letter: (name, column) for name, column in table.columns.items()}
        for name, column in (*named.values(), *(("", one) for one in table.unmapped)):
            cells = (row.cells[column.index] for row in table.rows if column.index < len(row.cells))
            sample = next((str(cell) for cell in cells if cell), "")
            found.append(SheetColumn(column.letter, column.header, sample[:60], name, table.sheet))
    return found
