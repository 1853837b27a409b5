"""Each element of a paper, in .docx and in .pdf, against the table of Decree 30/2020/NĐ-CP (Article 8, Annex I).

The figures below are those of the Decree, written here once more and not taken from the code under test.
"""

import io
from dataclasses import replace
from typing import Any, NamedTuple

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from lantoa.office.rules.papers.docx import to_docx
from lantoa.office.rules.papers.model import Article, Part, Urgency
from lantoa.office.rules.papers.pdf import to_pdf

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, BOTTOM = 30 * MM, PAGE_WIDTH - 15 * MM, 20 * MM, PAGE_HEIGHT - 20 * MM
MIDDLE = (LEFT + RIGHT) / 2


class Element(NamedTuple):
    """A row of the Decree's table: paper, letters, sizes (least, most, sample), style, place."""

    cell: str
    paper: str
    text: str
    least: float
    most: float
    size: float
    bold: bool
    italic: bool
    place: str


TABLE = [
    # cell, paper, text (with the letters the Decree wants), sizes from-to, sample size, bold, italic, placement
    Element("1 quốc hiệu", "report", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, 13, 12, True, False, "head right"),
    Element("1 tiêu ngữ", "report", "Độc lập - Tự do - Hạnh phúc", 13, 14, 13, True, False, "head right"),
    Element("2 superior", "report", "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HỒ CHÍ MINH", 12, 13, 12, False, False, "head left"),
    Element("2 body", "report", "ỦY BAN NHÂN DÂN QUẬN 9", 12, 13, 12, True, False, "head left"),
    Element(
        "3 number, to be entered", "report", "Số: " + "\xa0" * 8 + "/BC-UBND", 13, 13, 13, False, False, "head left"
    ),
    Element("3 number, entered", "decision", "Số: 07/QĐ-UBND", 13, 13, 13, False, False, "head left"),
    Element("4 place and date", "report", "Quận 9, ngày 31 tháng 12 năm 2020", 13, 14, 13, False, True, "head right"),
    Element(
        "4 place and date", "decision", "Quận 9, ngày 05 tháng 02 năm 2020", 13, 14, 13, False, True, "head right"
    ),
    Element("5a type", "report", "BÁO CÁO", 13, 14, 14, True, False, "centred"),
    Element("5a type", "decision", "QUYẾT ĐỊNH", 13, 14, 14, True, False, "centred"),
    Element("5a abstract", "report", "Kết quả bồi dưỡng chuyển đổi số năm 2020", 13, 14, 14, True, False, "centred"),
    Element("6 authority", "decision", "CHỦ TỊCH ỦY BAN NHÂN DÂN QUẬN 9", 13, 14, 14, True, False, "centred"),
    Element(
        "6 first basis",
        "decision",
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
        13,
        14,
        14,
        False,
        True,
        "running",
    ),
    Element("6 last basis", "decision", "Theo đề nghị của Trưởng phòng Nội vụ.", 13, 14, 14, False, True, "running"),
    Element("6 decides", "decision", "QUYẾT ĐỊNH:", 13, 14, 14, True, False, "centred"),
    Element("6 article with title", "decision", "Điều 2. Tổ chức thực hiện", 14, 14, 14, True, False, "running"),
    Element("6 clause", "decision", "1. Cấp chứng nhận.", 14, 14, 14, False, False, "running"),
    Element(
        "6 text", "report", "Ủy ban nhân dân Quận 9 báo cáo kết quả như sau:", 13, 14, 14, False, False, "running"
    ),
    Element("6 part", "report", "Phần I", 13, 14, 14, True, False, "centred"),
    Element("6 part title", "report", "TỔNG KẾT", 13, 14, 14, True, False, "centred"),
    Element("6 section of a report", "report", "I. TÌNH HÌNH TỔ CHỨC", 13, 14, 14, True, False, "running"),
    Element("6 clause with title", "report", "1. Số lượng", 14, 14, 14, True, False, "running"),
    Element("6 point", "report", "đ) e", 14, 14, 14, False, False, "running"),
    Element("7a for the body", "decision", "TM. ỦY BAN NHÂN DÂN", 13, 14, 14, True, False, "foot right"),
    Element("7a for the head", "decision", "KT. CHỦ TỊCH", 13, 14, 14, True, False, "foot right"),
    Element("7a post", "decision", "PHÓ CHỦ TỊCH", 13, 14, 14, True, False, "foot right"),
    Element("7b name", "decision", "Nguyễn Văn Ví Dụ", 13, 14, 14, True, False, "foot right"),
    Element("9a to", "report", "Kính gửi:", 13, 14, 14, False, False, "own"),
    Element(
        "9a first of several", "report", "- Ủy ban nhân dân Thành phố Hồ Chí Minh;", 13, 14, 14, False, False, "own"
    ),
    Element("9a last of several", "report", "- Sở Thông tin và Truyền thông.", 13, 14, 14, False, False, "own"),
    Element("9b heading", "decision", "Nơi nhận:", 12, 12, 12, True, True, "foot left"),
    Element("9b line", "decision", "- Như Điều 3;", 11, 11, 11, False, False, "foot left"),
    Element("9b last line", "decision", "- Lưu: VT, NV.", 11, 11, 11, False, False, "foot left"),
]
NAMES = [f"{row.cell}: {row.text[:30]}" for row in TABLE]


def paragraphs(document: Document) -> list[Paragraph]:
    """Every paragraph in its order, those of tables included."""
    return [Paragraph(element, document._body) for element in document.element.body.iter(qn("w:p"))]


def paragraph(document: Document, text: str) -> Paragraph:
    return next(found for found in paragraphs(document) if found.text == text)


def of(request: pytest.FixtureRequest, row: Element, kind: str) -> Any:
    return request.getfixturevalue(f"{row.paper}_{kind}")


@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_the_sample_size_is_within_the_decrees_range(row: Element) -> None:
    assert row.least <= row.size <= row.most


@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_docx_element_has_the_decrees_font_size_and_style(row: Element, request: pytest.FixtureRequest) -> None:
    found = paragraph(of(request, row, "docx"), row.text)
    style: Any = found.style
    seen = {
        (
            run.font.name or style.font.name,
            (run.font.size or style.font.size).pt,
            bool(style.font.bold if run.bold is None else run.bold),
            bool(style.font.italic if run.italic is None else run.italic),
        )
        for run in found.runs
    }
    assert seen == {("Times New Roman", row.size, row.bold, row.italic)}


@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_docx_element_stands_where_the_decree_says(row: Element, request: pytest.FixtureRequest) -> None:
    document = of(request, row, "docx")
    found = paragraph(document, row.text)
    style: Any = found.style
    alignment = found.alignment or style.paragraph_format.alignment
    tables = [table for table in document.tables if any(found._p is p for p in table._tbl.iter(qn("w:p")))]
    cell = found._p.getparent()
    column = list(cell.getparent()).index(cell) - (0 if cell.getparent()[0].tag == qn("w:tc") else 1)
    expected = {
        "head left": (document.tables[0], 0, WD_ALIGN_PARAGRAPH.CENTER),
        "head right": (document.tables[0], 1, WD_ALIGN_PARAGRAPH.CENTER),
        "foot left": (document.tables[-1], 0, WD_ALIGN_PARAGRAPH.LEFT),
        "foot right": (document.tables[-1], 1, WD_ALIGN_PARAGRAPH.CENTER),
        "centred": (None, None, WD_ALIGN_PARAGRAPH.CENTER),
        "running": (None, None, WD_ALIGN_PARAGRAPH.JUSTIFY),
        "own": (None, None, WD_ALIGN_PARAGRAPH.LEFT),
    }[row.place]
    assert alignment == expected[2]
    if expected[0] is None:
        assert tables == []
    else:
        assert [table._tbl for table in tables] == [expected[0]._tbl]
        assert column == expected[1]
    if row.place == "running":
        assert style.paragraph_format.first_line_indent.mm == pytest.approx(12.7, abs=0.1)
        assert style.paragraph_format.space_before.pt >= 6
        assert 1.0 <= style.paragraph_format.line_spacing <= 1.5


@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_pdf_element_has_the_decrees_size_style_and_place(row: Element, request: pytest.FixtureRequest) -> None:
    pdf = of(request, row, "pdf")
    nth = 1 if row.text == "CHỦ TỊCH" else 0
    found = pdf.find(row.text, nth=nth)
    face = {(False, False): "Tinos", (True, False): "Tinos-Bold", (False, True): "Tinos-Italic"}
    name = face.get((row.bold, row.italic), "Tinos-BoldItalic")
    assert {font.replace("-Regular", "") for font in found.fonts} == {name}
    assert found.sizes == {row.size}
    assert found.left >= LEFT - 0.5
    assert found.right <= RIGHT + 0.5
    head_split, foot_split = LEFT + 67 * MM, LEFT + 75 * MM
    match row.place:
        case "head left":
            assert found.middle == pytest.approx((LEFT + head_split) / 2, abs=1)
        case "head right":
            assert found.middle == pytest.approx((head_split + RIGHT) / 2, abs=1)
        case "foot left":
            assert found.left == pytest.approx(LEFT, abs=1)
        case "foot right":
            assert found.middle == pytest.approx((foot_split + RIGHT) / 2, abs=1)
        case "centred":
            assert found.middle == pytest.approx(MIDDLE, abs=1)
        case "running":
            assert found.left == pytest.approx(LEFT + 12.7 * MM, abs=1)


@pytest.mark.parametrize("kind", ["report", "decision"])
def test_docx_page_is_a4_with_the_decrees_margins(kind: str, request: pytest.FixtureRequest) -> None:
    section = request.getfixturevalue(f"{kind}_docx").sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm, 1) <= 25
    assert 20 <= round(section.bottom_margin.mm, 1) <= 25
    assert 30 <= round(section.left_margin.mm, 1) <= 35
    assert 15 <= round(section.right_margin.mm, 1) <= 20


@pytest.mark.parametrize("kind", ["report", "decision"])
def test_pdf_page_is_a4_and_no_letter_stands_in_the_margins(kind: str, request: pytest.FixtureRequest) -> None:
    pdf = request.getfixturevalue(f"{kind}_pdf")
    first = pdf.pages[0]
    assert (float(first.width), float(first.height)) == pytest.approx((PAGE_WIDTH, PAGE_HEIGHT), abs=0.1)
    assert min(letter["x0"] for letter in first.chars) >= LEFT - 0.5
    assert max(letter["x1"] for letter in first.chars if letter["text"].strip()) <= RIGHT + 0.5
    assert min(letter["top"] for letter in first.chars) >= TOP - 1.5
    assert max(letter["bottom"] for letter in first.chars) <= BOTTOM + 0.5


def test_docx_names_times_new_roman_for_every_script(report_docx: Document) -> None:
    fonts = report_docx.styles["Normal"].element.find(qn("w:rPr")).find(qn("w:rFonts"))
    assert {name.split("}")[1]: value for name, value in fonts.attrib.items()} == dict.fromkeys(
        ("ascii", "hAnsi", "cs", "eastAsia"), "Times New Roman"
    )


def test_text_is_black(report_docx: Document, report_pdf: Any) -> None:
    colours = {
        str(style.font.color.rgb) for style in report_docx.styles if style.name in ("Nội dung", "Tên loại", "Normal")
    }
    assert colours == {"000000"}
    assert {letter["non_stroking_color"] for letter in report_pdf.pages[0].chars} <= {(0,), (0, 0, 0), 0}


def test_pdf_national_name_stays_on_one_line(report_pdf: Any) -> None:
    assert len(report_pdf.find("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").baselines) == 1


def test_pdf_line_under_the_motto_is_as_long_as_the_motto(report_pdf: Any) -> None:
    motto = report_pdf.find("Độc lập - Tự do - Hạnh phúc")
    lines = [(left, right) for left, right, _ in report_pdf.rules() if left > LEFT + 67 * MM]
    assert lines[0] == pytest.approx((motto.left, motto.right), abs=1.5)


@pytest.mark.parametrize(
    ("text", "row"), [("ỦY BAN NHÂN DÂN QUẬN 9", 0), ("Kết quả bồi dưỡng chuyển đổi số năm 2020", 1)]
)
def test_pdf_line_under_body_and_abstract_is_a_third_to_a_half_and_centred(
    text: str, row: int, report_pdf: Any
) -> None:
    found = report_pdf.find(text)
    under = [
        (left, right)
        for left, right, top in report_pdf.rules()
        if (left + right) / 2 == pytest.approx(found.middle, abs=1) and top > found.letters[0]["top"]
    ]
    left, right = under[0]
    assert 1 / 3 <= (right - left) / (found.right - found.left) <= 1 / 2


def line_lengths(document: Document) -> list[float]:
    """The lengths of the drawn lines of the .docx in the order they stand, in points."""
    lengths = []
    for found in paragraphs(document):
        if found._p.pPr is not None and found._p.pPr.find(qn("w:pBdr")) is not None:
            room = 165 * MM
            cell = found._p.getparent()
            if cell.tag == qn("w:tc"):
                room = int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) / 20
            form: Any = found.paragraph_format
            lengths.append(room - form.left_indent.pt - form.right_indent.pt)
    return lengths


def test_docx_lines_are_as_long_as_those_of_the_pdf(report_docx: Document, report_pdf: Any) -> None:
    head_and_abstract = sorted(right - left for left, right, top in report_pdf.rules() if top < 250)[:3]
    assert sorted(line_lengths(report_docx)) == pytest.approx(head_and_abstract, abs=1)


@pytest.mark.parametrize("kind", ["report", "decision"])
def test_number_and_date_stand_on_one_level(kind: str, request: pytest.FixtureRequest) -> None:
    pdf, document = request.getfixturevalue(f"{kind}_pdf"), request.getfixturevalue(f"{kind}_docx")
    assert pdf.find("Số:").letters[0]["y0"] == pytest.approx(pdf.find("Quận 9, ngày").letters[0]["y0"], abs=0.1)
    left, right = document.tables[0].rows[1].cells
    assert (left.paragraphs[0].text[:3], right.paragraphs[0].text[:12]) == ("Số:", "Quận 9, ngày")


def test_recipients_stand_level_with_the_authority(decision_pdf: Any, decision_docx: Document) -> None:
    heading, authority = decision_pdf.find("Nơi nhận:").letters[0], decision_pdf.find("TM. ỦY BAN").letters[0]
    assert heading["top"] == pytest.approx(authority["top"], abs=2.5)
    left, right = decision_docx.tables[-1].rows[0].cells
    assert (left.paragraphs[0].text, right.paragraphs[0].text) == ("Nơi nhận:", "TM. ỦY BAN NHÂN DÂN")


def test_there_is_room_for_signature_and_seal(decision_pdf: Any) -> None:
    post, name = decision_pdf.find("PHÓ CHỦ TỊCH"), decision_pdf.find("Nguyễn Văn Ví Dụ")
    assert post.letters[0]["y0"] - name.letters[0]["y0"] >= 20 * MM


def test_dashes_of_several_addressees_stand_under_the_colon(report_pdf: Any) -> None:
    colon = report_pdf.find("Kính gửi:").letters[-1]
    dashes = [report_pdf.find(text).letters[0] for text in ("- Ủy ban nhân dân Thành phố", "- Sở Thông tin")]
    assert [dash["x0"] for dash in dashes] == pytest.approx([colon["x0"]] * 2, abs=1)


def test_one_addressee_stands_on_the_same_line_in_the_middle(a_report: Any, measured: Any) -> None:
    found = measured(to_pdf(a_report(to=("Ủy ban nhân dân Thành phố Hồ Chí Minh",)))).find(
        "Kính gửi: Ủy ban nhân dân Thành phố Hồ Chí Minh"
    )
    assert len(found.baselines) == 1
    assert found.middle == pytest.approx(MIDDLE, abs=1)


def test_body_is_justified_with_the_decrees_spacing(report_pdf: Any) -> None:
    text = report_pdf.find(
        "Có 160 học viên tham gia bốn lớp, mỗi lớp 40 người; trong đó có các lãnh đạo phòng, ban và"
    )
    assert text.right == pytest.approx(RIGHT, abs=1)
    whole = report_pdf.find(
        "Có 160 học viên tham gia bốn lớp, mỗi lớp 40 người; trong đó có các lãnh đạo phòng, ban và phường, cùng"
    )
    between = whole.baselines[0] - whole.baselines[1]
    single = 14 * (0.891 + 0.216 + 0.042)
    assert single - 0.2 <= between <= 1.5 * single
    title = report_pdf.find("1. Số lượng")
    assert title.baselines[0] - whole.baselines[0] >= between + 6 - 0.2


@pytest.mark.parametrize(("page", "number"), [(0, None), (1, "2"), (2, "3")])
def test_pdf_page_number_is_centred_in_the_top_margin_from_page_2(
    page: int, number: str | None, report_pdf: Any
) -> None:
    letters = [letter for letter in report_pdf.pages[page].chars if letter["bottom"] < TOP]
    assert "".join(letter["text"] for letter in letters) == (number or "")
    for letter in letters:
        assert (round(letter["size"], 2), letter["fontname"].split("+")[-1].replace("-Regular", "")) == (14, "Tinos")
        assert (letter["x0"] + letter["x1"]) / 2 == pytest.approx(MIDDLE, abs=1)


def test_docx_page_number_is_a_field_in_the_header_and_not_on_page_1(report_docx: Document) -> None:
    section = report_docx.sections[0]
    header: Any = section.header.paragraphs[0]
    fields = [field.get(qn("w:instr")) for field in header._p.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE"]
    style = header.style
    assert (style.font.size.pt, style.font.bold, style.paragraph_format.alignment) == (
        14,
        False,
        WD_ALIGN_PARAGRAPH.CENTER,
    )
    assert section.different_first_page_header_footer is True
    assert section.first_page_header.paragraphs[0].text == ""


@pytest.mark.parametrize(
    ("text", "size", "style"),
    [
        ("Phụ lục I", 14, "Tinos-Bold"),
        ("DANH SÁCH HỌC VIÊN", 14, "Tinos-Bold"),
        ("(Kèm theo Báo cáo số", 14, "Tinos-Italic"),
    ],
)
def test_pdf_annex_has_the_decrees_heading(text: str, size: float, style: str, report_pdf: Any) -> None:
    page = next(n for n, page in enumerate(report_pdf.pages) if "Phụ lục I" in (page.extract_text() or ""))
    found = report_pdf.find(text, page)
    assert (found.sizes, found.fonts) == ({size}, {style})
    if "Kèm" not in text:
        assert found.middle == pytest.approx(MIDDLE, abs=1)


def test_each_annex_counts_its_own_pages(report_pdf: Any) -> None:
    seen, inside = [], []
    for page in report_pdf.pages:
        text = page.extract_text() or ""
        if text.startswith("Phụ lục"):
            inside = []
            seen.append(inside)
        inside.append("".join(letter["text"] for letter in page.chars if letter["bottom"] < TOP))
    assert [pages[:2] for pages in seen] == [["", "2"], ["", "2"]]


def test_docx_annexes_are_sections_with_page_numbers_of_their_own(report_docx: Document) -> None:
    assert [
        (
            section.orientation,
            section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")),
            section.different_first_page_header_footer,
        )
        for section in report_docx.sections
    ] == [(WD_ORIENT.PORTRAIT, "1", True), (WD_ORIENT.PORTRAIT, "1", True), (WD_ORIENT.LANDSCAPE, "1", True)]


def test_an_only_annex_has_no_number(a_report: Any, measured: Any) -> None:
    paper = a_report()
    pdf = measured(to_pdf(a_report(annexes=paper.annexes[:1])))
    heads = [page.extract_text().split("\n")[0] for page in pdf.pages if "Phụ lục" in page.extract_text()]
    assert heads == ["Phụ lục"]


def test_table_head_is_repeated_on_every_page(report_pdf: Any, report_docx: Document) -> None:
    with_rows = [page.extract_text() for page in report_pdf.pages if "Học Viên Thứ" in page.extract_text()]
    assert len(with_rows) > 3
    assert all("TT Họ và tên Ngày sinh Điểm" in text for text in with_rows)
    first_row = report_docx.tables[1].rows[0]._tr
    assert first_row.trPr.find(qn("w:tblHeader")) is not None


def test_table_numbers_stand_right_and_are_written_the_vietnamese_way(report_pdf: Any, report_docx: Document) -> None:
    rights = {round(report_pdf.find(f"05/01/1980{value}", 1).right, 1) for value in ("18,5", "19,5")}
    assert len(rights) == 1
    row = report_docx.tables[1].rows[2]
    assert [cell.text for cell in row.cells] == ["2", "Học Viên Thứ 2", "05/01/1980", "10,5"]
    assert [cell.paragraphs[0].alignment for cell in row.cells] == [
        WD_ALIGN_PARAGRAPH.CENTER,
        WD_ALIGN_PARAGRAPH.LEFT,
        WD_ALIGN_PARAGRAPH.CENTER,
        WD_ALIGN_PARAGRAPH.RIGHT,
    ]


def test_article_without_title_has_only_its_number_in_bold(decision_docx: Document, decision_pdf: Any) -> None:
    found = paragraph(decision_docx, "Điều 1. Công nhận 160 học viên hoàn thành chương trình.")
    assert [(run.text, run.bold) for run in found.runs] == [
        ("Điều 1. ", True),
        ("Công nhận 160 học viên hoàn thành chương trình.", None),
    ]
    assert decision_pdf.find("Điều 1.").fonts == {"Tinos-Bold"}
    assert {font.replace("-Regular", "") for font in decision_pdf.find("Công nhận 160").fonts} == {"Tinos"}


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        ("report", "Đề nghị tiếp tục tổ chức./."),
        ("decision", "Điều 3. Chánh Văn phòng chịu trách nhiệm thi hành Quyết định này./."),
    ],
)
def test_the_text_ends_with_the_end_mark(kind: str, ending: str, request: pytest.FixtureRequest) -> None:
    texts = [found.text for found in paragraphs(request.getfixturevalue(f"{kind}_docx"))]
    assert [text for text in texts if text.endswith("./.")] == [ending]
    pages = request.getfixturevalue(f"{kind}_pdf").pages
    assert sum((page.extract_text() or "").count("./.") for page in pages) == 1


def test_recipients_of_a_report_begin_as_above_and_end_with_the_file_copies(report_docx: Document) -> None:
    foot = next(table for table in report_docx.tables if table.rows[0].cells[0].text.startswith("Nơi nhận"))
    assert foot.rows[0].cells[0].text.split("\n") == [
        "Nơi nhận:",
        "- Như trên;",
        "- Thường trực Quận ủy;",
        "- Lưu: VT, VX (05).",
    ]


def test_points_follow_the_vietnamese_alphabet(report_docx: Document) -> None:
    texts = [found.text for found in paragraphs(report_docx)]
    assert [text for text in texts if len(text) == 4 and text[1] == ")"] == [
        "a) a", "b) b", "c) c", "d) d", "đ) e", "e) f", "g) g",
    ]  # fmt: skip


STAMPS = [(Urgency.AT_ONCE, "HỎA TỐC", 30), (Urgency.VERY_URGENT, "THƯỢNG KHẨN", 40), (Urgency.URGENT, "KHẨN", 20)]


@pytest.mark.parametrize(("urgency", "words", "wide"), STAMPS)
def test_10b_stamp_of_urgency_is_boxed_bright_red_and_of_the_decrees_size(
    urgency: Urgency, words: str, wide: float, a_report: Any, measured: Any
) -> None:
    paper = replace(a_report(annexes=()), urgency=urgency)
    pdf, document = measured(to_pdf(paper)), docx.Document(io.BytesIO(to_docx(paper)))
    found = pdf.find(words)
    assert (found.sizes, found.fonts) == ({13}, {"Tinos-Bold"})
    assert {letter["non_stroking_color"] for letter in found.letters} == {(1, 0, 0)}
    boxes = [box for box in pdf.pages[0].rects if box["stroking_color"] == (1, 0, 0)]
    assert [(round(box["width"] / MM), round(box["height"] / MM)) for box in boxes] == [(wide, 8)]
    in_word = paragraph(document, words)
    style: Any = in_word.style
    assert (style.font.size.pt, style.font.bold) == (13, True)
    assert [str(run.font.color.rgb) for run in in_word.runs] == ["FF0000"]
    form = in_word.paragraph_format
    assert round((67 * MM - form.left_indent.pt - form.right_indent.pt) / MM) == wide
    assert form.line_spacing.mm == pytest.approx(8, abs=0.1)
    borders = in_word._p.pPr.find(qn("w:pBdr"))
    assert {(border.tag.split("}")[1], border.get(qn("w:color"))) for border in borders} == {
        (side, "FF0000") for side in ("top", "left", "bottom", "right")
    }


@pytest.mark.parametrize("words", ["LƯU HÀNH NỘI BỘ", "XEM XONG TRẢ LẠI"])
def test_11_circulation_is_boxed_upper_case_bold(words: str, a_report: Any, measured: Any) -> None:
    paper = replace(a_report(annexes=()), circulation=words.lower())
    found = measured(to_pdf(paper)).find(words)
    assert (found.sizes, found.fonts) == ({13}, {"Tinos-Bold"})
    in_word = paragraph(docx.Document(io.BytesIO(to_docx(paper))), words)
    style: Any = in_word.style
    assert (style.font.size.pt, style.font.bold) == (13, True)
    assert len(in_word._p.pPr.find(qn("w:pBdr"))) == 4


def test_12_drafters_code_is_upright_11_under_the_recipients(a_report: Any, measured: Any) -> None:
    paper = replace(a_report(annexes=()), drafter="PL.(300)")
    pdf = measured(to_pdf(paper))
    last = len(pdf.pages) - 1
    found, above = pdf.find("PL.(300)", last), pdf.find("- Lưu: VT, VX (05).", last)
    assert (found.sizes, {font.replace("-Regular", "") for font in found.fonts}) == ({11}, {"Tinos"})
    assert (found.left, found.baselines[0] < above.baselines[0]) == (pytest.approx(above.left, abs=0.5), True)
    style: Any = paragraph(docx.Document(io.BytesIO(to_docx(paper))), "PL.(300)").style
    assert (style.font.size.pt, style.font.bold, style.font.italic) == (11, False, False)


def test_13_contact_stands_at_the_foot_of_page_1_under_a_full_line(a_report: Any, measured: Any) -> None:
    contact = ("Địa chỉ: Số 2, đường 390, Quận 9", "Thư điện tử: vi.du@quan9.example")
    paper = replace(a_report(annexes=()), contact=contact)
    pdf = measured(to_pdf(paper))
    for text in contact:
        found = pdf.find(text)
        assert (found.sizes, {font.replace("-Regular", "") for font in found.fonts}) == ({11}, {"Tinos"})
        assert found.letters[0]["top"] >= PAGE_HEIGHT - 20 * MM
        assert found.letters[0]["bottom"] <= PAGE_HEIGHT - 3 * MM
    assert pdf.rules()[-1][:2] == pytest.approx((LEFT, RIGHT), abs=1)
    assert [page.extract_text().count("vi.du@quan9") for page in pdf.pages] == [1] + [0] * (len(pdf.pages) - 1)
    document = docx.Document(io.BytesIO(to_docx(paper)))
    foot = document.sections[0].first_page_footer.paragraphs
    style: Any = foot[0].style
    assert ([found.text for found in foot], style.font.size.pt) == (list(contact), 11)
    assert [border.tag.split("}")[1] for border in foot[0]._p.pPr.find(qn("w:pBdr"))] == ["top"]


@pytest.mark.parametrize(
    ("word", "numbers"), [("Chương", ["I", "II"]), ("Mục", ["1", "2"]), ("Tiểu mục", ["1", "2"])]
)
def test_parts_have_roman_and_muc_arabic_numbers(word: str, numbers: list[str], a_report: Any) -> None:
    paper = a_report(parts=(Part(word, "một", ("x",)), Part(word, "hai", ("y",))), annexes=())
    texts = [found.text for found in paragraphs(docx.Document(io.BytesIO(to_docx(paper))))]
    assert [text for text in texts if text.startswith(word)] == [f"{word} {number}" for number in numbers]
    assert [text for text in texts if text in ("MỘT", "HAI")] == ["MỘT", "HAI"]


def test_muc_count_anew_in_each_chapter_and_articles_run_on(a_report: Any) -> None:
    chapters = tuple(
        Part("Chương", title, (Part("Mục", "một", (Article("x"),)), Part("Mục", "hai", (Article("y"),))))
        for title in "ab"
    )
    paper = a_report(parts=chapters, annexes=())
    texts = [found.text for found in paragraphs(docx.Document(io.BytesIO(to_docx(paper))))]
    assert [text.split(".")[0] for text in texts if text.startswith(("Chương", "Mục", "Điều"))] == [
        "Chương I", "Mục 1", "Điều 1", "Mục 2", "Điều 2", "Chương II", "Mục 1", "Điều 3", "Mục 2", "Điều 4",
    ]  # fmt: skip
