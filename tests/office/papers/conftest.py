"""A report and a decision as .docx and .pdf, read back as XML and as measured letters. The people are invented."""

import datetime
import io
import unicodedata
from dataclasses import dataclass
from typing import Any

import docx
import pdfplumber
import pytest
from docx.document import Document

from lantoa.office.rules.papers.docx import to_docx
from lantoa.office.rules.papers.forms import decision, report
from lantoa.office.rules.papers.model import (
    Annex,
    Article,
    Capacity,
    Clause,
    Column,
    ColumnKind,
    Issuer,
    Paper,
    Part,
    Point,
    Recipients,
    Section,
    Table,
    signature,
)
from lantoa.office.rules.papers.pdf import to_pdf

ISSUER = Issuer("Ủy ban nhân dân Quận 9", "UBND", "Quận 9", "Ủy ban nhân dân Thành phố Hồ Chí Minh")
SIGNATURE = signature(
    "Phó Chủ tịch", "Nguyễn Văn Ví Dụ", body="Ủy ban nhân dân", head="Chủ tịch", capacity=Capacity.FOR_THE_HEAD
)
COLUMNS = (
    Column("TT", ColumnKind.ORDER),
    Column("Họ và tên"),
    Column("Ngày sinh", ColumnKind.DAY),
    Column("Điểm", ColumnKind.NUMBER),
)
ROWS = tuple((n, f"Học Viên Thứ {n}", datetime.date(1980, 1, 5), 8.5 + n) for n in range(1, 61))
TABLE = Table(COLUMNS, ROWS, "Kết quả của học viên")
LONG = (
    "Có 160 học viên tham gia bốn lớp, mỗi lớp 40 người; trong đó có các lãnh đạo phòng, ban và phường, "
    "cùng các công chức phụ trách chuyển đổi số của từng đơn vị trên địa bàn."
)


def make_report(**changes: Any) -> Paper:
    values: dict[str, Any] = {
        "issuer": ISSUER,
        "abstract": "Kết quả bồi dưỡng chuyển đổi số năm 2020",
        "to": ("Ủy ban nhân dân Thành phố Hồ Chí Minh", "Sở Thông tin và Truyền thông"),
        "parts": (
            "Ủy ban nhân dân Quận 9 báo cáo kết quả như sau:",
            Part("Phần", "Tổng kết", (Section("Tình hình tổ chức", (Clause(title="Số lượng", text=LONG),)),)),
            Section("Kết quả", (Clause(text="Kết quả gồm:", parts=tuple(map(Point, "abcdefg"))), TABLE)),
            Section("Kiến nghị", ("Đề nghị tiếp tục tổ chức",)),
        ),
        "annexes": (Annex("Danh sách học viên", (TABLE,)), Annex("Bảng rộng", (TABLE,), landscape=True)),
        "signature": SIGNATURE,
        "recipients": Recipients(("Thường trực Quận ủy",), "VX", 5),
        "day": datetime.date(2020, 12, 31),
    }
    return report(**{**values, **changes})


def make_decision(**changes: Any) -> Paper:
    values: dict[str, Any] = {
        "issuer": ISSUER,
        "authority": "Chủ tịch Ủy ban nhân dân Quận 9",
        "abstract": "Công nhận học viên hoàn thành chương trình",
        "bases": (
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015",
            "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;",
            "Theo đề nghị của Trưởng phòng Nội vụ;",
        ),
        "articles": (
            Article("Công nhận 160 học viên hoàn thành chương trình."),
            Article(title="Tổ chức thực hiện", parts=(Clause("Cấp chứng nhận."), Clause("Lưu hồ sơ."))),
            Article("Chánh Văn phòng chịu trách nhiệm thi hành Quyết định này."),
        ),
        "signature": SIGNATURE,
        "recipients": Recipients((), "NV"),
        "day": datetime.date(2020, 2, 5),
        "number": 7,
    }
    return decision(**{**values, **changes})


@dataclass(frozen=True)
class Found:
    """A text as it stands on a page: the letters in points from the page's top left corner."""

    page: int
    letters: list[dict[str, Any]]

    @property
    def fonts(self) -> set[str]:
        return {letter["fontname"].split("+")[-1] for letter in self.letters}

    @property
    def sizes(self) -> set[float]:
        return {round(letter["size"], 2) for letter in self.letters}

    @property
    def baselines(self) -> list[float]:
        return sorted({round(letter["y0"], 1) for letter in self.letters}, reverse=True)

    @property
    def left(self) -> float:
        return min(letter["x0"] for letter in self.letters)

    @property
    def right(self) -> float:
        return max(letter["x1"] for letter in self.letters)

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


class Measured:
    """A PDF as pages of letters that can be found by their text."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pdfplumber.open(io.BytesIO(data))
        self.pages = self.pdf.pages

    def find(self, text: str, page: int = 0, nth: int = 0) -> Found:
        letters = [letter for letter in self.pages[page].chars if letter["text"].strip()]
        whole = "".join(letter["text"] for letter in letters)
        needle = "".join(unicodedata.normalize("NFC", text).split())
        place = -1
        for _ in range(nth + 1):
            place = whole.find(needle, place + 1)
            assert place >= 0, f"{text!r} is not on page {page + 1}: {whole}"
        return Found(page, letters[place : place + len(needle)])

    def rules(self, page: int = 0) -> list[tuple[float, float, float]]:
        """The level lines of a page: left, right, and distance from its top."""
        lines = [*self.pages[page].lines, *self.pages[page].curves, *self.pages[page].rects]
        return sorted(
            {(line["x0"], line["x1"], line["top"]) for line in lines if line["height"] < 1}, key=lambda r: r[2]
        )


@pytest.fixture(scope="session")
def report_docx() -> Document:
    return docx.Document(io.BytesIO(to_docx(make_report())))


@pytest.fixture(scope="session")
def decision_docx() -> Document:
    return docx.Document(io.BytesIO(to_docx(make_decision())))


@pytest.fixture(scope="session")
def report_pdf() -> Measured:
    return Measured(to_pdf(make_report()))


@pytest.fixture(scope="session")
def decision_pdf() -> Measured:
    return Measured(to_pdf(make_decision()))


@pytest.fixture(scope="session")
def measured() -> type[Measured]:
    return Measured


@pytest.fixture(scope="session")
def a_report() -> Any:
    return make_report


@pytest.fixture(scope="session")
def a_decision() -> Any:
    return make_decision
