"""The money of a programme in a sheet, on its way into the house."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import spell
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.models import Import
from lantoa.office.rules.imports import KNOWN, NEW, WRONG, KeptRow, ReadRow, RowFault, SheetColumn, columns_in
from lantoa.office.rules.sheets import read_table_file
from lantoa.programmes.actions.budget import (
    EntryText,
    add_budget_line,
    check_amount,
    enter_amount,
    named,
    take_back_amounts,
    why_not_take_back,
)
from lantoa.programmes.models import BudgetEntry, Programme
from lantoa.programmes.rules import last_day
from lantoa.programmes.rules.budget import LineText, check_line
from lantoa.programmes.rules.budget_sheet import (
    KIND_TEXTS,
    SOURCE_TEXTS,
    VOCABULARY,
    MoneyRow,
    as_values,
    of_values,
    read_budget_sheet,
)

KIND: Final = "programmes.budget"


def programme_of(made: Import) -> Programme:
    """The programme whose money the sheet says."""
    return Programme.objects.select_related("unit").get(key=made.target.partition(":")[2])


@importer(KIND)
class BudgetImporter(Importer):
    """Amounts of a programme. One that says the same as an amount that stands is known; none is ever changed: a wrong
    one is countered on its page, and all of a file when it is undone."""

    title: ClassVar[str] = N_("Amounts of a budget")
    columns: ClassVar[Mapping[str, str]] = {
        "line": N_("Budget line"),
        "kind": N_("Which amount"),
        "day": N_("Day of the amount"),
        "amount": N_("Amount of money"),
        "document": N_("Source document"),
    }
    fields: ClassVar[Mapping[str, str]] = {name: known.label for name, known in VOCABULARY.fields.items()}

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        rows, _tables = _sheet(made, data)
        on_step(0, len(rows))
        judge = _Judge(programme_of(made), on=timezone.localdate(made.made_at))
        for row in rows:
            yield judge.row(row)

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        programme = Programme.objects.select_for_update(no_key=True, of=("self",)).get(pk=programme_of(made).pk)
        (standing, _countered), count = _entered(programme), 0
        lines = {named(one): one for one in programme.budget_lines.select_related("partner")}
        for chunk in chunks:
            for row in chunk:
                text, said = _text(row.values["_line"]), _said(row.values["_said"])
                if _same(text, said) in standing:
                    raise Refused(
                        N_("Cannot take row %(row)d: its amount was entered since. Read the file again."),
                        row=row.number,
                    )
                if text not in lines:
                    lines[text] = add_budget_line(by=by, programme=programme, text=text)
                row.result = {"entry": enter_amount(by=by, line=lines[text], text=said, at=at).key}
            count += len(chunk)
            yield chunk
        about = {"import": made.key, "amounts": count}
        record(by=by, act="programmes.load_budget", thing=programme, about=about)

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        entries = [row.result["entry"] for chunk in chunks for row in chunk]
        take_back_amounts(by=by, entries=entries, reason=f"Hoàn tác bảng tính đã nạp: {made.file.name}", at=at)
        about = {"import": made.key, "amounts": len(entries)}
        record(by=by, act="programmes.take_budget_back", thing=programme_of(made), about=about)

    def obstacle(self, made: Import) -> Refused | None:
        return why_not_take_back(
            list(made.rows.filter(result__has_key="entry").values_list("result__entry", flat=True))
        )

    def sheet_columns(self, made: Import, data: bytes) -> list[SheetColumn]:
        return columns_in(_sheet(made, data)[1])

    def page_of(self, made: Import) -> str:
        return reverse("programmes:budget", args=[made.target.partition(":")[2]])


def _sheet(made: Import, data: bytes) -> tuple[list[MoneyRow], Any]:
    return read_budget_sheet(read_table_file(data, made.file.name), mapping=made.options.get("columns"))


def _entered(programme: Programme) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """What every amount of the programme says: those that stand, and those that were countered."""
    rows = BudgetEntry.objects.filter(line__programme=programme, counters=None)
    stand: set[tuple[Any, ...]] = set()
    countered: set[tuple[Any, ...]] = set()
    for one in rows.select_related("line__partner", "countered"):
        said = (
            named(one.line), one.kind, one.day, one.amount, one.currency, one.foreign, one.rate, one.document_number,
            one.document_date, one.note,
        )  # fmt: skip
        (countered if hasattr(one, "countered") else stand).add(said)
    return stand, countered


def _same(line: LineText, text: EntryText) -> tuple[Any, ...]:
    return (
        line, text.kind, text.day, check_amount(text, on=text.day), text.amount.currency, text.amount.foreign,
        text.amount.rate, text.document_number, text.document_date, text.note,
    )  # fmt: skip


def _text(kept: Mapping[str, Any]) -> LineText:
    return LineText(**kept)


def _said(kept: Mapping[str, Any]) -> EntryText:
    """What a row kept of an amount."""
    return EntryText(
        kept["kind"],
        date.fromisoformat(kept["day"]),
        of_values(kept),
        kept["document_number"],
        date.fromisoformat(kept["document_date"]) if kept["document_date"] else None,
        kept["note"],
    )


class _Judge:
    """What each row means for the programme as it stands."""

    def __init__(self, programme: Programme, *, on: date) -> None:
        self.on, self.programme = on, programme
        self.partners = {spell(one): one for one in programme.partners.values_list("name", flat=True)}
        self.standing, self.countered = _entered(programme)
        self.seen: dict[tuple[Any, ...], int] = {}

    def row(self, row: MoneyRow) -> ReadRow:
        """The row of the preview."""
        line = row.line
        words = [str(line.year or ""), SOURCE_TEXTS.get(line.source, ""), line.purpose, line.partner]
        values: dict[str, Any] = {
            "line": ", ".join(word for word in words if word),
            "kind": KIND_TEXTS.get(row.kind, ""),
            "day": f"{row.day:%d/%m/%Y}" if row.day else "",
            "amount": "",
            "document": row.texts["document_number"],
        }
        if row.faults:
            return ReadRow(row.number, WRONG, values, tuple(row.faults), sheet=row.sheet)
        if row.is_empty:
            return ReadRow(row.number, KNOWN, values, sheet=row.sheet)
        try:
            return self._judged(row, values)
        except Refused as refused:
            return ReadRow(row.number, WRONG, values, (RowFault(refused.message, refused.values),), sheet=row.sheet)

    def _judged(self, row: MoneyRow, values: dict[str, Any]) -> ReadRow:
        assert row.day is not None
        period = self.programme.period
        line = replace(row.line, partner=self.partners.get(spell(row.line.partner), row.line.partner))
        check_line(
            line,
            first=period.lower,
            last=last_day(period.upper),
            partners=frozenset(self.partners.values()),
        )
        texts = row.texts
        said = EntryText(row.kind, row.day, row.amount, texts["document_number"], row.document_date, texts["note"])
        values["amount"] = f"{check_amount(said, on=self.on):,}".replace(",", ".")
        same = _same(line, said)
        if same in self.seen:
            raise Refused(N_("This row stands in row %(row)d already."), row=self.seen[same])
        self.seen[same] = row.number
        values |= {
            "_line": asdict(line),
            "_said": {
                "kind": said.kind,
                "day": said.day.isoformat(),
                "document_number": said.document_number,
                "document_date": said.document_date.isoformat() if said.document_date else "",
                "note": said.note,
                **as_values(said.amount),
            },
        }
        if same in self.standing:
            return ReadRow(row.number, KNOWN, values, sheet=row.sheet)
        again = RowFault(N_("This amount was entered before and countered."), severity="warning")
        faults = (again,) if same in self.countered else ()
        return ReadRow(row.number, NEW, values, faults, sheet=row.sheet)
