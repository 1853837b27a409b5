"""The ledger and the looks as tables to take away: .csv and .xlsx, in parts that any programme opens."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from lantoa.accounts.models import User
from lantoa.ledger.models import Entry, Look
from lantoa.ledger.queries import newer, place
from lantoa.office.queries.people import names_of
from lantoa.office.rules.sheets import safe_cell
from lantoa.web.acts import ACTS
from lantoa.web.queries.audit import Chosen, lines_for, looks_for
from lantoa.web.queries.things import seen

LINES, LOOKS = "lines", "looks"
FILE_NAMES = {LINES: "nhat-ky", LOOKS: "luot-xem-du-lieu"}
FORMATS = ("csv", "xlsx")
CHUNK = 2_000
CSV_PART = 20 * 1024 * 1024  # bytes of one file; the file store takes 30 MB
XLSX_PART = 200_000  # lines of one file


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: lines or looks, which, for whom, up to which moment, the words of the pages."""

    what: str
    chosen: Chosen
    reader: User
    on: date
    until: datetime
    pages: dict[str, str]

    def rows(self) -> Any:
        """The lines or looks, not in any order yet."""
        if self.what == LINES:
            return lines_for(self.reader, self.chosen, on=self.on, acts=ACTS).filter(at__lt=self.until)
        return looks_for(self.reader, self.chosen, on=self.on).filter(at__lt=self.until)


class Part(Protocol):
    """A file that is being filled."""

    def add(self, row: Sequence[str]) -> None: ...

    @property
    def is_full(self) -> bool: ...

    def content(self) -> bytes: ...


class CsvPart:
    """A .csv that spreadsheets read as UTF-8, and in which nothing is a formula."""

    def __init__(self, heads: Sequence[str]) -> None:
        self._text = io.StringIO()
        self._text.write("\ufeff")
        self._writer = csv.writer(self._text)
        self._writer.writerow(heads)

    def add(self, row: Sequence[str]) -> None:
        self._writer.writerow([safe_cell(cell) for cell in row])

    @property
    def is_full(self) -> bool:
        return self._text.tell() >= CSV_PART

    def content(self) -> bytes:
        return self._text.getvalue().encode()


class XlsxPart:
    """A workbook of one sheet of texts, made in constant memory."""

    def __init__(self, heads: Sequence[str]) -> None:
        import xlsxwriter  # heavy: loaded when the first one is made

        self._out = io.BytesIO()
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self._out, options)
        self._sheet = self._book.add_worksheet()
        self._rows = 0
        bold = self._book.add_format({"bold": True, "bottom": 1})
        self._sheet.set_column(0, len(heads) - 1, 24)
        self._sheet.freeze_panes(1, 0)
        for at, head in enumerate(heads):
            self._sheet.write_string(0, at, head, bold)

    def add(self, row: Sequence[str]) -> None:
        self._rows += 1
        for at, cell in enumerate(row):
            self._sheet.write_string(self._rows, at, cell)

    @property
    def is_full(self) -> bool:
        return self._rows >= XLSX_PART

    def content(self) -> bytes:
        self._book.close()
        return self._out.getvalue()


@dataclass(frozen=True)
class Filled:
    """A part that is done: its content, how many lines, where it ended, whether there may be more."""

    content: bytes
    lines: int
    last: str
    more: bool


def filled(wanted: Wanted, kind: str, *, after: str, on_chunk: Any = None) -> Filled:
    """The next part after a place ("": from the first line), oldest first, in the current language."""
    part: Part = (CsvPart if kind == "csv" else XlsxPart)(heads(wanted.what))
    count, last = 0, after
    while not part.is_full:
        rows: list[Any] = list(newer(wanted.rows(), last)[:CHUNK])
        for cells in _cells(wanted, rows):
            part.add(cells)
        count += len(rows)
        if rows:
            last = place(rows[-1])
        if on_chunk:
            on_chunk(count)
        if len(rows) < CHUNK:
            return Filled(part.content(), count, last, more=False)
    return Filled(part.content(), count, last, more=True)


def heads(what: str) -> list[str]:
    """The columns, in the current language."""
    if what == LINES:
        return [
            _("When"),
            _("Key of the actor"),
            _("Who"),
            _("Act"),
            _("Act in words"),
            _("Key of the thing"),
            _("Thing"),
            _("Values"),
            _("Seal"),
            _("Key of the line"),
        ]
    return [_("When"), _("Key of the actor"), _("Who"), _("Address"), _("Page"), _("Key"), _("Whom"), _("People")]


def _cells(wanted: Wanted, rows: list[Any]) -> Iterator[list[str]]:
    names = names_of(row.actor for row in rows)
    things = [row.thing if wanted.what == LINES else row.whom for row in rows]
    shown = seen(things, wanted.reader, on=wanted.on)
    for row, thing in zip(rows, things, strict=True):
        at = timezone.localtime(row.at).isoformat(sep=" ", timespec="seconds")
        what = shown.get(thing)
        words = " ".join(filter(None, [what.kind, what.words])) if what else ""
        if isinstance(row, Entry):
            said = _(ACTS[row.act]) if row.act in ACTS else ""
            about = json.dumps(row.about, ensure_ascii=False, sort_keys=True)
            seal = str(row.seal_id or "")
            yield [at, row.actor, names[row.actor], row.act, said, thing, words, about, seal, row.key]
        elif isinstance(row, Look):
            people = "" if row.people is None else str(row.people)
            yield [at, row.actor, names[row.actor], row.page, wanted.pages.get(row.page, ""), thing, words, people]
