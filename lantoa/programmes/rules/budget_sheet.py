"""A sheet of money of a programme: each row as clean values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lantoa.common.refused import N_
from lantoa.common.vietnamese import clean, fold
from lantoa.office.rules.imports import RowFault
from lantoa.office.rules.sheets import Field, Table, TableRow, Vocabulary, Workbook
from lantoa.programmes.rules.budget import (
    ALLOCATED,
    CENTRAL,
    IN_KIND,
    LOCAL,
    ODA,
    OTHER,
    OWN,
    PLANNED,
    SPENT,
    Amount,
    LineText,
)
from lantoa.programmes.rules.figure_sheet import cell_day, cell_figure, cell_text, cell_texts, fault_at, tables_of
from lantoa.programmes.rules.inventory_sheet import whole_number

HEADINGS: Final = {  # as the sheet is sent out, in its order
    "year": "Năm",
    "source": "Nguồn kinh phí",
    "partner": "Ai tài trợ",
    "purpose": "Nội dung",
    "kind": "Khoản",
    "day": "Ngày ghi nhận",
    "amount": "Số tiền (đồng)",
    "currency": "Ngoại tệ",
    "foreign": "Số tiền ngoại tệ",
    "rate": "Tỷ giá",
    "document_number": "Số văn bản",
    "document_date": "Ngày văn bản",
    "note": "Ghi chú",
}
_WORDS: Final = {
    "year": (N_("year"), "nam|nam ngan sach|year"),
    "source": (N_("source of money"), "nguon kinh phi|nguon|nguon von|source"),
    "partner": (N_("who gives it"), "ai tai tro|nha tai tro|don vi tai tro|doi tac|donor"),
    "purpose": (N_("what it is for"), "noi dung|noi dung chi|muc chi|purpose"),
    "kind": (N_("which amount"), "khoan|loai so tien|kind"),
    "day": (N_("as of which day"), "ngay ghi nhan|tinh den ngay|ngay|day"),
    "amount": (N_("amount in đồng"), "so tien dong|so tien|amount"),
    "currency": (N_("currency"), "ngoai te|loai tien|currency"),
    "foreign": (N_("amount in the currency"), "so tien ngoai te|so ngoai te|foreign amount"),
    "rate": (N_("rate"), "ty gia|rate"),
    "document_number": (N_("number of the source document"), "so van ban|so ky hieu|document number"),
    "document_date": (N_("date of the source document"), "ngay van ban|ngay ban hanh|document date"),
    "note": (N_("note"), "ghi chu|note"),
}
VOCABULARY: Final = Vocabulary(
    fields={name: Field(label, words.split("|"), exact=True) for name, (label, words) in _WORDS.items()},
    needed=[frozenset({"year", "source", "kind"})],
    named_by=["year"],
)
TEXTS: Final = {"partner": 300, "purpose": 300, "document_number": 60, "note": 500}
SOURCE_TEXTS: Final = {  # as the sheet is sent out
    CENTRAL: "Ngân sách trung ương",
    LOCAL: "Ngân sách địa phương",
    ODA: "ODA, nhà tài trợ",
    IN_KIND: "Đối tác góp bằng hiện vật",
    OWN: "Vốn tự có",
    OTHER: "Nguồn khác",
}
KIND_TEXTS: Final = {PLANNED: "Kế hoạch", ALLOCATED: "Đã cấp", SPENT: "Đã chi"}
_SOURCES: Final = {fold(words): code for code, words in SOURCE_TEXTS.items()} | {
    "nstw": CENTRAL,
    "trung uong": CENTRAL,
    "nsdp": LOCAL,
    "dia phuong": LOCAL,
    "oda": ODA,
    "hien vat": IN_KIND,
}
_KINDS: Final = {fold(words): code for code, words in KIND_TEXTS.items()} | {
    "du toan": PLANNED,
    "cap": ALLOCATED,
    "chi": SPENT,
}


MISSING: Final = {
    "year": N_("The row does not say of which year."),
    "source": N_("The row does not say from which source."),
    "kind": N_("The row does not say whether it is planned, allocated or spent."),
    "day": N_("The row does not say as of which day."),
}


@dataclass(slots=True)
class MoneyRow:
    """A row of the sheet: its line, and the amount. `kind` is "" and `day` None where nothing is said."""

    sheet: str
    number: int
    line: LineText
    kind: str
    day: date | None
    amount: Amount
    texts: dict[str, str]
    document_date: date | None
    faults: list[RowFault] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the row names a line and says no amount of it."""
        return not self.faults and not self.kind and self.amount == Amount(None)


def read_budget_sheet(
    workbook: Workbook, *, mapping: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[list[MoneyRow], list[Table]]:
    """Every row of every sheet that names years, sources and amounts. SheetRefused when none does."""
    missing = N_("Cannot read %(file)s: no sheet holds amounts of money.")
    tables = tables_of(workbook, VOCABULARY, missing, mapping=mapping)
    return [_row(table, row) for table in tables for row in table.rows], tables


def _row(table: Table, row: TableRow) -> MoneyRow:
    faults: list[RowFault] = []
    texts = cell_texts(table, row, TEXTS, faults)
    year = whole_number(table, row, "year", faults)
    source = _code(table, row, "source", _SOURCES, N_("“%(text)s” is no source of money."), faults)
    kind = _code(table, row, "kind", _KINDS, N_("“%(text)s” is no kind of amount."), faults)
    day = cell_day(table, row, "day", faults)
    amount = Amount(
        whole_number(table, row, "amount", faults),
        _currency(table, row, faults),
        cell_figure(table, row, "foreign", faults),
        cell_figure(table, row, "rate", faults),
    )
    made = MoneyRow(
        table.sheet,
        row.number,
        LineText(year or 0, source, texts["partner"], texts["purpose"]),
        kind,
        day,
        amount,
        texts,
        cell_day(table, row, "document_date", faults),
        faults,
    )
    if not made.is_empty and not faults:
        for name, said in (("year", year), ("source", source), ("kind", kind), ("day", day)):
            if not said:
                faults.append(fault_at(table, row, name, MISSING[name]))
                break
    return made


def _currency(table: Table, row: TableRow, faults: list[RowFault]) -> str:
    text = clean(cell_text(table.value(row, "currency"))).upper()
    if text and not re.fullmatch("[A-Z]{3}", text):
        words = N_("%(value)s is no currency: three capital letters, as in USD.")
        faults.append(fault_at(table, row, "currency", words, value=text[:40]))
        return ""
    return text


def _code(
    table: Table, row: TableRow, name: str, known: Mapping[str, str], message: str, faults: list[RowFault]
) -> str:
    text = clean(cell_text(table.value(row, name)))
    code = known.get(fold(text), "") if text else ""
    if text and not code:
        faults.append(fault_at(table, row, name, message, text=text[:40]))
    return code


def as_values(amount: Amount) -> dict[str, Any]:
    """An amount as a row of an import keeps it."""
    return {
        "amount": amount.amount,
        "currency": amount.currency,
        "foreign": None if amount.foreign is None else str(amount.foreign),
        "rate": None if amount.rate is None else str(amount.rate),
    }


def of_values(said: Mapping[str, Any]) -> Amount:
    """The amount of such values."""
    foreign, rate = (Decimal(said[name]) if said[name] is not None else None for name in ("foreign", "rate"))
    return Amount(said["amount"], said["currency"], foreign, rate)
