"""The Excel sheet of answers from paper: a row a candidate, a column a question. Its words are Vietnamese."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.office.rules.sheets import Cell, Workbook, column_letter

HEADS: Final[dict[str, str]] = {
    "code": "Mã phiếu",
    "number": "Số báo danh",
    "name": "Họ và tên",
    "born": "Ngày sinh",
    "unit": "Đơn vị",
    "variant": "Mã đề",
}
QUESTION: Final = "Câu"
_WIDTHS: Final = {"code": 15, "number": 9, "name": 28, "born": 11, "unit": 26, "variant": 7}
_FIELDS: Final = {fold(words): name for name, words in HEADS.items()}
HELP: Final = (
    ("Mỗi dòng", "Một thí sinh. Không sửa cột Mã phiếu: hệ thống nhận ra thí sinh theo cột này."),
    ("Một lựa chọn", "Một chữ cái: A"),
    ("Nhiều lựa chọn", "Các chữ cái đã tô: BD"),
    ("Đúng sai", "Đ hoặc S"),
    ("Sắp xếp", "Các chữ cái theo thứ tự: CAB"),
    ("Ghép đôi", "Chữ cái cho từng số bên trái, theo thứ tự; bỏ trống ghi dấu -: CA-B"),
    ("Điền số, trả lời ngắn, tự luận", "Ghi đúng như trên phiếu."),
    ("Bỏ trống", "Để ô trống, hoặc ghi dấu -. Dòng không có câu nào: thí sinh chưa nhập, hệ thống bỏ qua."),
    ("Khi nạp tệp", "Người nạp xác nhận các thí sinh có câu trả lời đã làm bài trên giấy và nộp đúng giờ."),
)


@dataclass(frozen=True)
class SheetRow:
    """A row of a file: its number from 1, the code of the sheet of paper, the variant as it stands there ("" if not),
    and what stands under each question, by its number. `cells` names the cell of each question."""

    number: int
    code: str
    candidate: str
    name: str
    variant: str
    said: Mapping[int, str]
    cells: Mapping[int, str]


def write(rows: Sequence[Mapping[str, str]], answers: Sequence[Sequence[str]], questions: int) -> bytes:
    """The sheet: `rows` by the names of HEADS, `answers` by question, "" where none is entered."""
    import xlsxwriter  # late: it costs every start a tenth of a second

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("Bài làm")
        sheet.freeze_panes(1, 3)
        for place, (name, words) in enumerate(HEADS.items()):
            sheet.set_column(place, place, _WIDTHS[name], text)
            sheet.write_string(0, place, words, bold)
        sheet.set_column(len(HEADS), len(HEADS) + max(questions, 1) - 1, 7, text)
        for number in range(1, questions + 1):
            sheet.write_string(0, len(HEADS) + number - 1, f"{QUESTION} {number}", bold)
        for at, (row, said) in enumerate(zip(rows, answers, strict=True), 1):
            for place, name in enumerate(HEADS):
                sheet.write_string(at, place, row[name], text)
            for number, one in enumerate(said):
                if one:
                    sheet.write_string(at, len(HEADS) + number, one[:32_000], text)
        told = book.add_worksheet("Hướng dẫn")
        told.set_column(0, 0, 30)
        told.set_column(1, 1, 100)
        for at, (name, words) in enumerate(HELP):
            told.write_string(at, 0, name, bold)
            told.write_string(at, 1, words)
    return made.getvalue()


def read(workbook: Workbook, name: str) -> Iterator[tuple[str, SheetRow]]:
    """The rows of the first sheet that has our head, with the name of the sheet. Refused when none has."""
    for sheet in workbook.sheets:
        for at, row in enumerate(sheet.rows[:30]):
            places, questions = _columns(row)
            if "code" in places and questions:
                yield from (
                    (sheet.name, _row(number, cells, places, questions))
                    for number, cells in enumerate(sheet.rows[at + 1 :], at + 2)
                    if any(_said(cell) for cell in cells)
                )
                return
    raise Refused(
        N_('Cannot read the file "%(name)s": no sheet has the columns %(columns)s. Use the sheet of this exam.'),
        name=name,
        columns=f"{HEADS['code']}, {QUESTION} 1",
    )


def _columns(row: Sequence[Cell]) -> tuple[dict[str, int], dict[int, int]]:
    """The places of the named columns, and of the question columns by their number."""
    places: dict[str, int] = {}
    questions: dict[int, int] = {}
    for place, cell in enumerate(row):
        words = fold(_said(cell))
        if words in _FIELDS:
            places.setdefault(_FIELDS[words], place)
        elif found := re.fullmatch(r"cau (\d{1,3})", words):
            questions.setdefault(int(found[1]), place)
    return places, questions


def _row(number: int, cells: Sequence[Cell], places: Mapping[str, int], questions: Mapping[int, int]) -> SheetRow:
    def at(place: int | None) -> str:
        return _said(cells[place]) if place is not None and place < len(cells) else ""

    return SheetRow(
        number,
        at(places["code"]).lower(),
        at(places.get("number")),
        at(places.get("name")),
        at(places.get("variant")),
        {question: at(place) for question, place in questions.items()},
        {question: f"{column_letter(place)}{number}" for question, place in questions.items()},
    )


def _said(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Đ" if cell else "S"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
