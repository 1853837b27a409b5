"""Sheets for offices as .xlsx: participants, presence to sign, results, and any table; printed on A4 as they
stand.

Words are always written as text cells: a name that begins with "=" is a name, never a formula or a link.
Numbers and days are real numbers and days, which a Vietnamese Excel shows as 1.234,5 and 05/10/2020.
"""

import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from lantoa.common.refused import N_, Refused

from . import decree
from .model import Cell, Column, ColumnKind
from .wording import clean

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS: Final = 1_000_000  # a sheet of .xlsx ends at 1,048,576
_CM: Final = 2.54
_SIGNING_HEIGHT: Final = 26.25
_DEFAULT_WIDTH: Final[dict[ColumnKind, float]] = {
    ColumnKind.WORDS: 24, ColumnKind.NUMBER: 10, ColumnKind.ORDER: 6, ColumnKind.DAY: 12, ColumnKind.MARK: 11,
}  # fmt: skip


@dataclass(frozen=True)
class SheetHead:
    """Who makes the sheet: superior and issuing body on the left, the state's name on the right, as on a paper."""

    issuer: str
    superior: str = ""


@dataclass(frozen=True)
class Participant:
    """A row of the lists. `born` is text, because a birth date may be partial."""

    name: str
    born: str = ""
    post: str = ""
    unit: str = ""
    group: str = ""
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """A row of the results: presence in percent, mark if there is one, whether completed, the certificate's
    number.
    """

    participant: Participant
    presence: Decimal | float | None = None
    mark: Decimal | float | None = None
    completed: bool | None = None
    certificate: str = ""


def table_workbook(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], notes: Sequence[str] = (), *,
    head: SheetHead | None = None, subtitles: Sequence[str] = (), signers: Sequence[str] = (), landscape:
    bool = False,
    row_height: float | None = None, made_on: datetime.date = datetime.date(2020, 3, 5),
) -> bytes:  # fmt: skip
    """Any table as a workbook of one sheet: head, title, subtitles, table, notes and lines to sign.

    The header row is repeated on each printed page and the width fits one page. A column's weight, when
    given, is its width in letters. The same values give the same bytes; `made_on` is the date in the file's
    own data.
    """
    if not columns:
        raise Refused(N_('Cannot make the sheet "%(title)s": it has no columns.'), title=title)
    made = io.BytesIO()
    import xlsxwriter  # late: it costs every start a tenth of a second

    book = xlsxwriter.Workbook(
        made,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties(
        {
            "title": clean(title),
            "author": clean(head.issuer) if head else "",
            "created": datetime.datetime.combine(made_on, datetime.time(), datetime.UTC),
        }
    )
    sheet = book.add_worksheet(_sheet_name(title))
    formats = _Formats(book)
    for position, column in enumerate(columns):
        sheet.set_column(position, position, column.weight or _DEFAULT_WIDTH[column.kind])
    place = _write_head(sheet, formats, head, len(columns)) if head else 0
    for text, style in ((title.upper(), formats.title), *((line, formats.subtitle) for line in subtitles)):
        _across(sheet, place, 0, len(columns) - 1, clean(text), style)
        place += 1
    place += 1
    header = place
    sheet.set_row(header, 32)
    for position, column in enumerate(columns):
        sheet.write_string(header, position, clean(column.title), formats.header)
    place = _write_rows(sheet, formats, columns, rows, header + 1, row_height, title)
    place += 1
    for note in notes:
        _across(sheet, place, 0, len(columns) - 1, clean(note), formats.note)
        place += 1
    _write_signers(sheet, formats, signers, place + 1, len(columns))
    _print_set_up(sheet, header, landscape)
    book.close()
    return made.getvalue()


def participants_list(
    title: str, participants: Iterable[Participant], *, head: SheetHead, subtitles: Sequence[str] = (),
    notes: Sequence[str] = (), made_on: datetime.date = datetime.date(2020, 3, 5),
) -> bytes:  # fmt: skip
    """Danh sách học viên."""
    columns = (*_PERSON, Column("Lớp", ColumnKind.MARK), Column("Ghi chú", weight=14))
    rows: Iterable[Sequence[Cell]] = (
        [n, p.name, p.born, p.post, p.unit, p.group, p.note] for n, p in enumerate(participants, start=1)
    )
    return table_workbook(
        title, columns, rows, notes, head=head, subtitles=subtitles, landscape=True, made_on=made_on
    )


def presence_sheet(
    title: str, participants: Iterable[Participant], *, head: SheetHead, meetings: Sequence[str] = ("Ký tên",),
    subtitles: Sequence[str] = (), signers: Sequence[str] = ("Giảng viên", "Người lập"), spare_rows: int = 3,
    made_on: datetime.date = datetime.date(2020, 3, 5),
) -> bytes:  # fmt: skip
    """Bảng điểm danh to print and sign: one column to sign for each meeting (at most 6), high rows, spare rows."""
    if not 1 <= len(meetings) <= 6:
        raise Refused(
            N_('Cannot make the presence sheet "%(title)s": it has room for 1 to 6 meetings, not %(count)d.'),
            title=title, count=len(meetings),
        )  # fmt: skip
    columns = (
        Column("TT", ColumnKind.ORDER),
        Column("Họ và tên", weight=26),
        Column("Đơn vị", weight=30),
        *(Column(meeting, ColumnKind.MARK, weight=16) for meeting in meetings),
    )
    blank = [""] * len(meetings)
    rows: list[list[Cell]] = [[n, p.name, p.unit, *blank] for n, p in enumerate(participants, start=1)]
    rows += [[len(rows) + n, "", "", *blank] for n in range(1, spare_rows + 1)]
    return table_workbook(
        title, columns, rows, ("Tổng số có mặt: ........ Vắng có lý do: ........ Vắng không lý do: ........",),
        head=head, subtitles=subtitles, signers=signers, landscape=len(meetings) > 1, row_height=_SIGNING_HEIGHT,
        made_on=made_on,
    )  # fmt: skip


def results_sheet(
    title: str, outcomes: Iterable[Outcome], *, head: SheetHead, subtitles: Sequence[str] = (),
    notes: Sequence[str] = (), signers: Sequence[str] = (), made_on: datetime.date = datetime.date(2020, 3, 5),
) -> bytes:  # fmt: skip
    """Bảng kết quả: presence in percent, mark, "Đạt" or "Chưa đạt" (empty while not decided), certificate
    number.
    """
    columns = (
        *_PERSON,
        Column("Chuyên cần (%)", ColumnKind.NUMBER),
        Column("Điểm", ColumnKind.NUMBER),
        Column("Kết quả", ColumnKind.MARK),
        Column("Số chứng nhận", ColumnKind.MARK, weight=20),
    )
    words = {True: "Đạt", False: "Chưa đạt", None: ""}
    rows = (
        [n, p.name, p.born, p.post, p.unit, o.presence, o.mark, words[o.completed], o.certificate]
        for n, (o, p) in enumerate(((o, o.participant) for o in outcomes), start=1)
    )
    return table_workbook(
        title,
        columns,
        rows,
        notes,
        head=head,
        subtitles=subtitles,
        signers=signers,
        landscape=True,
        made_on=made_on,
    )


_PERSON: Final = (
    Column("TT", ColumnKind.ORDER),
    Column("Họ và tên", weight=26),
    Column("Ngày sinh", ColumnKind.MARK, weight=12),
    Column("Chức vụ", weight=24),
    Column("Đơn vị", weight=34),
)


class _Formats:
    def __init__(self, book: Any) -> None:
        def made(size: float, **more: Any) -> Any:
            return book.add_format({"font_name": decree.FONT_NAME, "font_size": size, "valign": "vcenter", **more})

        centred: dict[str, Any] = {"align": "center", "text_wrap": True}
        self.state = made(12, bold=True, align="center")
        self.motto = made(13, bold=True, underline=1, align="center")
        self.superior = made(12, **centred)
        self.body = made(12, bold=True, **centred)
        self.title = made(14, bold=True, **centred)
        self.subtitle = made(13, **centred)
        self.header = made(12, bold=True, border=1, **centred)
        self.note = made(12, italic=True, text_wrap=True)
        self.signer = made(13, bold=True, align="center")
        words = {"border": 1, "text_wrap": True}
        self.cells = {
            ColumnKind.WORDS: made(12, **words),
            ColumnKind.MARK: made(12, align="center", **words),
            ColumnKind.ORDER: made(12, align="center", num_format="0", **words),
            ColumnKind.NUMBER: made(12, align="right", num_format="#,##0", **words),
            ColumnKind.DAY: made(12, align="center", num_format="dd/mm/yyyy", **words),
        }
        self.fraction = made(12, align="right", num_format="#,##0.0#", **words)


def _sheet_name(title: str) -> str:
    name = "".join(" " if letter in "[]:*?/\\'" else letter for letter in clean(title))
    return clean(name)[:31].strip() or "Bảng"


def _across(sheet: "Worksheet", row: int, first: int, last: int, text: str, style: Any) -> None:
    if last > first:
        sheet.merge_range(row, first, row, last, "", style)
    sheet.write_string(row, first, text, style)


def _write_head(sheet: "Worksheet", formats: _Formats, head: SheetHead, columns: int) -> int:
    half = max(columns // 2 - 1, 0)
    right = min(half + 1, columns - 1)
    left = [(head.superior, formats.superior)] if head.superior else []
    left.append((head.issuer, formats.body))
    for row, (text, style) in enumerate(left):
        _across(sheet, row, 0, half, clean(text).upper(), style)
    if columns == 1:
        return len(left) + 1
    for row, (text, style) in enumerate(((decree.NATIONAL_NAME, formats.state), (decree.MOTTO, formats.motto))):
        _across(sheet, row, right, columns - 1, text, style)
    return max(len(left), 2) + 1


def _write_rows(
    sheet: "Worksheet", formats: _Formats, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], place: int,
    height: float | None, title: str,
) -> int:  # fmt: skip
    first = place
    for row in rows:
        if len(row) != len(columns):
            raise Refused(
                N_('Cannot make the sheet "%(title)s": row %(row)d has %(cells)d cells for %(columns)d columns.'),
                title=title, row=place - first + 1, cells=len(row), columns=len(columns),
            )  # fmt: skip
        if place - first >= MOST_ROWS:
            raise Refused(
                N_('Cannot make the sheet "%(title)s": it would have more than %(most)d rows.'),
                title=title, most=MOST_ROWS,
            )  # fmt: skip
        if height:
            sheet.set_row(place, height)
        for position, (cell, column) in enumerate(zip(row, columns, strict=True)):
            _write_cell(sheet, formats, place, position, cell, column.kind)
        place += 1
    return place


def _write_cell(sheet: "Worksheet", formats: _Formats, row: int, place: int, cell: Cell, kind: ColumnKind) -> None:
    style = formats.cells[kind]
    match cell:
        case None | "":
            sheet.write_blank(row, place, None, style)
        case str():
            sheet.write_string(row, place, clean(cell), style)
        case datetime.date():
            day = datetime.datetime.combine(cell, datetime.time())
            sheet.write_datetime(row, place, day, formats.cells[ColumnKind.DAY])
        case _:
            whole = kind is not ColumnKind.NUMBER or cell == int(cell)
            sheet.write_number(row, place, float(cell), style if whole else formats.fraction)


def _write_signers(sheet: "Worksheet", formats: _Formats, signers: Sequence[str], row: int, columns: int) -> None:
    for position, signer in enumerate(signers):
        first = position * columns // len(signers)
        last = max(first, (position + 1) * columns // len(signers) - 1)
        _across(sheet, row, first, last, clean(signer).upper(), formats.signer)


def _print_set_up(sheet: "Worksheet", header: int, landscape: bool) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape() if landscape else sheet.set_portrait()
    sheet.set_margins(
        left=decree.MARGIN_LEFT_MM / 10 / _CM, right=decree.MARGIN_RIGHT_MM / 10 / _CM,
        top=decree.MARGIN_TOP_MM / 10 / _CM, bottom=decree.MARGIN_BOTTOM_MM / 10 / _CM,
    )  # fmt: skip
    sheet.set_header(f'&C&"{decree.FONT_NAME},Regular"&14&P', {"margin": decree.HEADER_MM / 10 / _CM})
    sheet.repeat_rows(header)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(header + 1, 0)
