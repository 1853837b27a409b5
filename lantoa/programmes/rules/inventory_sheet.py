"""A sheet of what units run: each row as clean values."""

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
from lantoa.programmes.rules.checking import BIGGEST, shown
from lantoa.programmes.rules.figure_sheet import cell_day, cell_figure, cell_text, cell_texts, fault_at, tables_of
from lantoa.programmes.rules.inventory import BROKEN, PLANNED, RUNNING, STOPPED, TRIAL, Kind, kind_called

HEADINGS: Final = {  # as the sheet is sent out, in its order
    "key": "Mã dòng",
    "unit": "Đơn vị",
    "kind": "Loại",
    "name": "Tên hệ thống",
    "state": "Tình trạng",
    "since": "Từ ngày",
    "owner": "Chủ sở hữu",
    "supplier": "Nhà cung cấp",
    "users": "Số người dùng",
    "cost": "Chi phí một năm (đồng)",
    "links": "Kết nối với",
    "note": "Ghi chú",
    "reason": "Lý do sửa",
}
_WORDS: Final = {
    "key": (N_("code of the row"), "ma dong|row code"),
    "unit": (N_("unit"), "don vi|ten don vi|unit"),
    "kind": (N_("kind of system"), "loai|loai he thong|kind"),
    "name": (N_("name of the system"), "ten he thong|ten nen tang|he thong|nen tang|system"),
    "state": (N_("state"), "tinh trang|trang thai|state"),
    "since": (N_("since when"), "tu ngay|thoi diem|since"),
    "owner": (N_("whose it is"), "chu so huu|chu quan|owner"),
    "supplier": (N_("supplier"), "nha cung cap|don vi cung cap|supplier"),
    "users": (N_("users"), "so nguoi dung|nguoi dung|users"),
    "cost": (N_("cost a year"), "chi phi mot nam|chi phi|kinh phi|cost"),
    "links": (N_("connected to"), "ket noi voi|ket noi|lien thong|connected to"),
    "note": (N_("note"), "ghi chu|note"),
    "reason": (N_("reason of the correction"), "ly do sua|ly do|reason"),
}
VOCABULARY: Final = Vocabulary(
    fields={name: Field(label, words.split("|"), exact=True) for name, (label, words) in _WORDS.items()},
    needed=[frozenset({"kind", "name"})],
    named_by=["name"],
)
_GROUPED: Final = re.compile(r"\d{1,3}([., \u00a0])\d{3}(?:\1\d{3})*")
TEXTS: Final = {"unit": 300, "name": 200, "owner": 200, "supplier": 200, "note": 500, "reason": 500}
STATE_TEXTS: Final = {  # as the sheet is sent out
    RUNNING: "Đang vận hành",
    TRIAL: "Thử nghiệm",
    PLANNED: "Dự kiến",
    BROKEN: "Hỏng, ngừng tạm thời",
    STOPPED: "Đã dừng",
}
_STATES: Final = {
    **{fold(words): state for state, words in STATE_TEXTS.items()},
    **{state: state for state in STATE_TEXTS},
    "hong": BROKEN,
    "dung": STOPPED,
    "dang dung": RUNNING,
    "dang su dung": RUNNING,
}


@dataclass(slots=True)
class SystemRow:
    """A row of the sheet. `since` is None, `kind` and `state` are "" where the row does not say."""

    sheet: str
    number: int
    key: str
    texts: dict[str, str]
    kind: str
    state: str
    since: date | None
    numbers: dict[str, int | None]
    links: tuple[str, ...]
    faults: list[RowFault] = field(default_factory=list)


def read_inventory_sheet(
    workbook: Workbook, kinds: Mapping[str, Kind], *, mapping: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[list[SystemRow], list[Table]]:
    """Every row of every sheet that names systems. SheetRefused when none does."""
    missing = N_("Cannot read %(file)s: no sheet holds an inventory.")
    tables = tables_of(workbook, VOCABULARY, missing, mapping=mapping)
    return [_row(table, row, kinds) for table in tables for row in table.rows], tables


def _row(table: Table, row: TableRow, kinds: Mapping[str, Kind]) -> SystemRow:
    faults: list[RowFault] = []
    texts = cell_texts(table, row, TEXTS, faults)
    kind = _known(table, row, "kind", lambda text: kind_called(text, kinds), faults)
    state = _known(table, row, "state", lambda text: _STATES.get(fold(text), ""), faults)
    links = []
    for part in cell_text(table.value(row, "links")).replace(";", "\n").splitlines():
        if not part.strip():
            continue
        code = kind_called(part, kinds)
        if code:
            links.append(code)
        else:
            faults.append(fault_at(table, row, "links", N_("“%(text)s” is no kind of system."), text=part[:40]))
    since = cell_day(table, row, "since", faults)
    if since is None and not faults:
        faults.append(fault_at(table, row, "since", N_("The row does not say since when.")))
    if not kind and not faults:
        faults.append(fault_at(table, row, "kind", N_("The row does not say which kind of system it is.")))
    numbers = {name: whole_number(table, row, name, faults) for name in ("users", "cost")}
    key = clean(cell_text(table.value(row, "key"))).lower()
    return SystemRow(
        table.sheet, row.number, key, texts, kind, state or RUNNING, since, numbers, tuple(links), faults
    )


def _known(table: Table, row: TableRow, name: str, means: Any, faults: list[RowFault]) -> str:
    text = clean(cell_text(table.value(row, name)))
    code: str = means(text) if text else ""
    if text and not code:
        words = N_("“%(text)s” is no kind of system.") if name == "kind" else N_("“%(text)s” is no state.")
        faults.append(fault_at(table, row, name, words, text=text[:40]))
    return code


def whole_number(table: Table, row: TableRow, name: str, faults: list[RowFault]) -> int | None:
    """The whole number of a cell, from nothing up; one that is none becomes a fault."""
    cell = table.value(row, name)
    if isinstance(cell, str) and _GROUPED.fullmatch(cell.strip()):  # of whole numbers a point parts thousands
        number: Decimal | None = Decimal(re.sub(r"\D", "", cell))
    else:
        number = cell_figure(table, row, name, faults)
    if number is None:
        return None
    if not -BIGGEST < number < BIGGEST:
        words = N_("%(value)s has more digits than are kept: 18 before the comma, 6 after it.")
        faults.append(fault_at(table, row, name, words, value=shown(number)))
        return None
    if number != number.to_integral_value() or number < 0:
        faults.append(fault_at(table, row, name, N_("“%(text)s” is no whole number."), text=f"{number:f}"[:40]))
        return None
    return int(number)
