"""The form that Decree 30/2020/NĐ-CP prescribes, as data: the page, the style of each component, the
document types.

Sizes are those of the Decree's own example column (Annex I), which make one consistent set. Lengths are in points
unless a name says millimetres.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

POINTS_PER_MM: Final = 72 / 25.4

PAGE_MM: Final = (210.0, 297.0)
MARGIN_TOP_MM: Final = 20.0  # 20-25
MARGIN_BOTTOM_MM: Final = 20.0  # 20-25
MARGIN_LEFT_MM: Final = 30.0  # 30-35
MARGIN_RIGHT_MM: Final = 15.0  # 15-20
HEADER_MM: Final = 10.0  # the page number stands in the top margin

FONT_NAME: Final = "Times New Roman"  # named in the .docx
FONT_IN_PDF: Final = "Tinos"  # the metrics of Times New Roman, free to embed

NATIONAL_NAME: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"
ENDING: Final = "./."

BODY_SPACING: Final = 1.15  # single to 1.5
BODY_GAP: Final = 6.0  # at least 6 points
FIRST_LINE_MM: Final = 12.7  # 1 cm or 1.27 cm
SHORT_RULE: Final = 0.4  # the lines under issuing body and abstract: 1/3 to 1/2 of the text

HEAD_LEFT_MM: Final = 67.0  # wide enough for "ỦY BAN NHÂN DÂN QUẬN 9"
HEAD_RIGHT_MM: Final = 98.0  # wide enough for the national name and the longest usual place and date, on one line
FOOT_LEFT_MM: Final = 75.0
FOOT_RIGHT_MM: Final = 90.0
SIGNATURE_ROOM: Final = 64.0  # room for signature and seal, between post and name

STAMP_RED: Final = "FF0000"
STAMP_HEIGHT_MM: Final = 8.0

Align = Literal["left", "center", "right", "justify"]


@dataclass(frozen=True)
class Style:
    """How one component looks: size in points, letters, and its place in the paragraph."""

    vietnamese: str  # the name of the style in Word
    size: float
    bold: bool = False
    italic: bool = False
    align: Align = "center"
    before: float = 0.0
    spacing: float = 1.0
    first_line_mm: float = 0.0
    keep_with_next: bool = False


class Role(StrEnum):
    """The components of a paper, by their number in Article 8 and Annex I of the Decree."""

    NATIONAL_NAME = "national-name"  # 1
    MOTTO = "motto"  # 1
    SUPERIOR = "superior"  # 2
    BODY = "body"  # 2
    NUMBER = "number"  # 3
    PLACE_DATE = "place-date"  # 4
    TYPE = "type"  # 5a
    ABSTRACT = "abstract"  # 5a
    ABOUT = "about"  # 5b
    ISSUER = "issuer"  # 6, the authority line of a decision
    BASIS = "basis"  # 6
    RESOLVE = "resolve"  # 6, "QUYẾT ĐỊNH:"
    TEXT = "text"  # 6
    PART = "part"  # 6, "Phần", "Chương"
    PART_TITLE = "part-title"  # 6
    SECTION = "section"  # 6, "I. TITLE" of a report
    ARTICLE = "article"  # 6
    CLAUSE = "clause"  # 6
    POINT = "point"  # 6
    POST = "post"  # 7a
    OTHER_POST = "other-post"  # 7b
    SIGNER = "signer"  # 7b
    TO = "to"  # 9a
    TO_LIST = "to-list"  # 9a
    RECIPIENTS = "recipients"  # 9b
    RECIPIENT = "recipient"  # 9b
    DRAFTER = "drafter"  # 12
    STAMP = "stamp"  # 10b, 11
    CONTACT = "contact"  # 13
    ANNEX = "annex"
    ANNEX_TITLE = "annex-title"
    ANNEX_REFERENCE = "annex-reference"
    TABLE_CAPTION = "table-caption"
    TABLE_HEAD = "table-head"
    TABLE_CELL = "table-cell"
    PAGE_NUMBER = "page-number"


def _running(name: str, *, bold: bool = False, italic: bool = False, keep: bool = False) -> Style:
    return Style(
        name, 14, bold=bold, italic=italic, align="justify", before=BODY_GAP, spacing=BODY_SPACING,
        first_line_mm=FIRST_LINE_MM, keep_with_next=keep,
    )  # fmt: skip


STYLES: Final[dict[Role, Style]] = {
    Role.NATIONAL_NAME: Style("Quốc hiệu", 12, bold=True),
    Role.MOTTO: Style("Tiêu ngữ", 13, bold=True),
    Role.SUPERIOR: Style("Cơ quan chủ quản", 12),
    Role.BODY: Style("Cơ quan ban hành", 12, bold=True),
    Role.NUMBER: Style("Số và ký hiệu", 13, before=8),
    Role.PLACE_DATE: Style("Địa danh và thời gian", 13, italic=True, before=8),
    Role.TYPE: Style("Tên loại", 14, bold=True, before=18, keep_with_next=True),
    Role.ABSTRACT: Style("Trích yếu", 14, bold=True, keep_with_next=True),
    Role.ABOUT: Style("Trích yếu công văn", 12, before=6),
    Role.ISSUER: Style("Thẩm quyền ban hành", 14, bold=True, before=12, keep_with_next=True),
    Role.BASIS: _running("Căn cứ", italic=True),
    Role.RESOLVE: Style("Quyết định", 14, bold=True, before=12, keep_with_next=True),
    Role.TEXT: _running("Nội dung"),
    Role.PART: Style("Phần, chương", 14, bold=True, before=12, keep_with_next=True),
    Role.PART_TITLE: Style("Tiêu đề phần, chương", 14, bold=True, keep_with_next=True),
    Role.SECTION: _running("Mục báo cáo", bold=True, keep=True),
    Role.ARTICLE: _running("Điều"),
    Role.CLAUSE: _running("Khoản"),
    Role.POINT: _running("Điểm"),
    Role.POST: Style("Chức vụ người ký", 14, bold=True, keep_with_next=True),
    Role.OTHER_POST: Style("Chức vụ khác", 14, bold=True),
    Role.SIGNER: Style("Họ tên người ký", 14, bold=True),
    Role.TO: Style("Kính gửi", 14, align="left", before=12),
    Role.TO_LIST: Style("Danh sách kính gửi", 14, align="left"),
    Role.RECIPIENTS: Style("Nơi nhận", 12, bold=True, italic=True, align="left", keep_with_next=True),
    Role.RECIPIENT: Style("Danh sách nơi nhận", 11, align="left"),
    Role.DRAFTER: Style("Người soạn thảo", 11, align="left", before=6),
    Role.STAMP: Style("Dấu chỉ mức độ khẩn, phạm vi lưu hành", 13, bold=True),
    Role.CONTACT: Style("Thông tin liên hệ", 11),
    Role.ANNEX: Style("Phụ lục", 14, bold=True, keep_with_next=True),
    Role.ANNEX_TITLE: Style("Tiêu đề phụ lục", 14, bold=True, keep_with_next=True),
    Role.ANNEX_REFERENCE: Style("Kèm theo", 14, italic=True),
    Role.TABLE_CAPTION: Style("Tên bảng", 13, italic=True, before=6, keep_with_next=True),
    Role.TABLE_HEAD: Style("Tiêu đề cột", 12, bold=True),
    Role.TABLE_CELL: Style("Ô trong bảng", 12, align="left"),
    Role.PAGE_NUMBER: Style("Số trang", 14),
}


@dataclass(frozen=True)
class PaperType:
    """A type of administrative document: its name, and its abbreviation in codes (none for công văn, thư công)."""

    name: str
    abbreviation: str | None


# Article 7 and Annex III, part I: 29 types, of which 27 have abbreviations.
PAPER_TYPES: Final[dict[str, PaperType]] = {
    (abbreviation or name): PaperType(name, abbreviation)
    for abbreviation, name in (
        ("NQ", "Nghị quyết"),
        ("QĐ", "Quyết định"),
        ("CT", "Chỉ thị"),
        ("QC", "Quy chế"),
        ("QyĐ", "Quy định"),
        ("TC", "Thông cáo"),
        ("TB", "Thông báo"),
        ("HD", "Hướng dẫn"),
        ("CTr", "Chương trình"),
        ("KH", "Kế hoạch"),
        ("PA", "Phương án"),
        ("ĐA", "Đề án"),
        ("DA", "Dự án"),
        ("BC", "Báo cáo"),
        ("BB", "Biên bản"),
        ("TTr", "Tờ trình"),
        ("HĐ", "Hợp đồng"),
        ("CĐ", "Công điện"),
        ("BGN", "Bản ghi nhớ"),
        ("BTT", "Bản thỏa thuận"),
        ("GUQ", "Giấy ủy quyền"),
        ("GM", "Giấy mời"),
        ("GGT", "Giấy giới thiệu"),
        ("GNP", "Giấy nghỉ phép"),
        ("PG", "Phiếu gửi"),
        ("PC", "Phiếu chuyển"),
        ("PB", "Phiếu báo"),
        (None, "Công văn"),
        (None, "Thư công"),
    )
}
REPORT: Final = PAPER_TYPES["BC"]
DECISION: Final = PAPER_TYPES["QĐ"]
LETTER: Final = PAPER_TYPES["Công văn"]

# The order of điểm: the Vietnamese alphabet as legal texts use it, without ă â ê ô ơ ư.
POINT_LETTERS: Final = "abcdđeghiklmnopqrstuvxy"
