"""What a paper is: its head, its text, its tables and annexes, its foot. Values only; `forms` builds the
usual ones.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum

from lantoa.common.refused import N_, Refused

from .decree import PaperType

type_of_cell = str | int | float | Decimal | datetime.date | None
Cell = type_of_cell


class ColumnKind(StrEnum):
    """What a column of a table holds: numbers stand right, orders and days in the middle, words left."""

    WORDS = "words"
    NUMBER = "number"
    ORDER = "order"
    DAY = "day"
    MARK = "mark"


@dataclass(frozen=True)
class Column:
    """A column of a table inside a paper or of a sheet. `weight` is its share of the width (0: as its text
    needs).
    """

    title: str
    kind: ColumnKind = ColumnKind.WORDS
    weight: float = 0.0


@dataclass(frozen=True)
class Table:
    """A table inside the text; its header row is repeated on each page. Each row has one cell for each column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        for position, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise Refused(
                    N_("Cannot make the table: row %(row)d has %(cells)d cells for %(columns)d columns."),
                    row=position, cells=len(row), columns=len(self.columns),
                )  # fmt: skip


@dataclass(frozen=True)
class Point:
    """Điểm: "a) ..."."""

    text: str


@dataclass(frozen=True)
class Clause:
    """Khoản: "1. ..."; with a title, the title is bold on its own line and the text follows."""

    text: str = ""
    title: str = ""
    parts: tuple["Point | Table | str", ...] = ()


@dataclass(frozen=True)
class Article:
    """Điều: "Điều 1. Title" in bold, or "Điều 1." in bold with its text on the same line."""

    text: str = ""
    title: str = ""
    parts: tuple["Clause | Point | Table | str", ...] = ()


@dataclass(frozen=True)
class Section:
    """A section of a report: "I. TITLE"."""

    title: str
    parts: tuple["Clause | Point | Table | str", ...] = ()


@dataclass(frozen=True)
class Part:
    """Phần, Chương (Roman numerals) or Mục (Arabic): `word` and number on one line, the title in capitals
    below.
    """

    word: str
    title: str
    parts: tuple["Part | Section | Article | Clause | Table | str", ...] = ()


Block = Part | Section | Article | Clause | Point | Table | str


@dataclass(frozen=True)
class Annex:
    """An annex: numbered I, II ... when there are several, with page numbers of its own.

    `landscape` turns the page. Annex I of the Decree speaks of landscape for tables that are *not* a
    separate annex,
    so an annex stands upright unless the table cannot be read so.
    """

    title: str
    parts: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True)
class Issuer:
    """The body that issues: its superior body if any, its full name, its abbreviation in codes, and the place."""

    name: str
    code: str
    place: str
    superior: str = ""


class Capacity(StrEnum):
    """In which right somebody signs (Decree 30/2020/NĐ-CP, Article 13)."""

    FOR_THE_BODY = "TM."  # thay mặt: the head of a collective body
    ACTING = "Q."  # quyền: an acting head
    FOR_THE_HEAD = "KT."  # ký thay: a deputy
    BY_ORDER = "TL."  # thừa lệnh
    BY_MANDATE = "TUQ."  # thừa ủy quyền


@dataclass(frozen=True)
class Signature:
    """Who signs: lines such as ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), then the full name.

    No academic title belongs to the name. `other_post` is another post of the signer, above the name.
    """

    lines: tuple[str, ...]
    name: str
    other_post: str = ""


def signature(
    post: str,
    name: str,
    *,
    body: str = "",
    head: str = "",
    capacity: Capacity | None = None,
    other_post: str = "",
) -> Signature:
    """The signature block from who stands behind it.

    `body` gives the line "TM. BODY"; `head` with a capacity (KT., TL., TUQ.) gives "KT. HEAD"; the post is
    the last line, with "Q. " before it when the capacity is acting.
    """
    lines = [f"{Capacity.FOR_THE_BODY} {body.upper()}"] if body else []
    if capacity in (Capacity.FOR_THE_HEAD, Capacity.BY_ORDER, Capacity.BY_MANDATE):
        if not head:
            raise Refused(
                N_('Cannot write the signature "%(capacity)s": the post signed for is missing.'),
                capacity=capacity.value,
            )
        lines.append(f"{capacity} {head.upper()}")
    lines.append(f"{Capacity.ACTING} {post.upper()}" if capacity is Capacity.ACTING else post.upper())
    return Signature(tuple(lines), name, other_post)


@dataclass(frozen=True)
class Recipients:
    """Nơi nhận: the lines in order, then "- Lưu: VT, UNIT (copies).": `unit` drafted the paper."""

    lines: tuple[str, ...] = ()
    unit: str = ""
    copies: int | None = None


class Urgency(Enum):
    """10b: the stamp of urgency, with its width in millimetres (all are 8 mm high)."""

    URGENT = ("KHẨN", 20.0)
    VERY_URGENT = ("THƯỢNG KHẨN", 40.0)
    AT_ONCE = ("HỎA TỐC", 30.0)

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def width_mm(self) -> float:
        return self.value[1]


@dataclass(frozen=True)
class Paper:
    """One administrative document. `number` and `day` are the clerk's: None leaves room for the pen.

    `opening` is the text between the head and the first block. `resolve` is the authority line of a decision
    ("CHỦ TỊCH ỦY BAN NHÂN DÂN QUẬN 9"), which brings "QUYẾT ĐỊNH:" after the legal bases.
    """

    kind: PaperType
    issuer: Issuer
    abstract: str
    signature: Signature
    recipients: Recipients
    day: datetime.date | None = None
    number: int | None = None
    to: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    resolve: str = ""
    parts: tuple[Block, ...] = ()
    annexes: tuple[Annex, ...] = ()
    landscape: bool = False
    drafter: str = ""  # 12, the drafter's code and number of copies, "PL.(300)"
    unit_code: str = ""  # of a công văn
    urgency: Urgency | None = None  # 10b
    circulation: str = ""  # 11, "LƯU HÀNH NỘI BỘ", "XEM XONG TRẢ LẠI"
    beside: Signature | None = None  # a second signature, left of the first: minutes have two
    contact: tuple[str, ...] = ()  # 13, lines of address, e-mail, website, telephone, fax at the foot of page 1
    made_on: datetime.date = datetime.date(2020, 3, 5)  # the date in the file's own data when `day` is not known

    @property
    def dated(self) -> datetime.date:
        return self.day or self.made_on


def cells(rows: Sequence[Sequence[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows as the tables want them."""
    return tuple(tuple(row) for row in rows)
