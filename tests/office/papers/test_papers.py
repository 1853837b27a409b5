"""What holds for every paper: nothing overflows, the file is an archive file, and it is the same file each time."""

import io
import re
import subprocess
import sys
import zipfile
from typing import Any

import docx
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.office.rules.papers.decree import LETTER, PAPER_TYPES
from lantoa.office.rules.papers.docx import to_docx
from lantoa.office.rules.papers.model import Column, ColumnKind, Issuer, Paper, Recipients, Signature, Table
from lantoa.office.rules.papers.pdf import to_pdf
from lantoa.office.rules.papers.widths import width, wrap

MM = 72 / 25.4
LETTERS = "aAăĂâbcdđĐeêghiklmnoôơpqrstuưvxyƯỮữẵẴễỄộỘwW"
words = st.text(LETTERS, min_size=1, max_size=25)
names = st.lists(words, min_size=1, max_size=25).map(" ".join) | st.text("WỮẴm", min_size=60, max_size=200)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=names, superior=names, abstract=names, signer=names, to=names, cell=names, place=words)
def test_names_of_any_length_never_leave_the_text_area(
    body: str, superior: str, abstract: str, signer: str, to: str, cell: str, place: str, a_report: Any, measured: Any
) -> None:
    table = Table((Column("TT", ColumnKind.ORDER), Column("Họ và tên"), Column("Đơn vị")), ((1, cell, body),))
    paper = a_report(
        issuer=Issuer(body, "UBND", place, superior), abstract=abstract, to=(to,), parts=(cell, table),
        signature=Signature(("GIÁM ĐỐC",), signer), annexes=(), recipients=Recipients((to,), "VT"),
    )  # fmt: skip
    for page in measured(to_pdf(paper)).pages:
        letters = [letter for letter in page.chars if letter["text"].strip()]
        assert min(letter["x0"] for letter in letters) >= 30 * MM - 1
        assert max(letter["x1"] for letter in letters) <= 195 * MM + 1
        assert max(letter["bottom"] for letter in letters) <= 277 * MM + 1


@settings(max_examples=200, deadline=None)
@given(text=names, room=st.floats(60, 400))
def test_wrapping_keeps_every_letter_and_fits_every_line(text: str, room: float) -> None:
    lines = wrap(text, room, 12, bold=True)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, 12, bold=True) <= room for line in lines)


def test_the_measures_are_those_of_the_typeface_in_the_pdf(a_report: Any, measured: Any) -> None:
    text = "Đặng Thị Ước, Hữu Nghĩa ỷ ỹ ẵ ữ Ễ Ơ “x” – 0123456789 KQWZ fjkw"
    found = measured(to_pdf(a_report(parts=(text,), annexes=()))).find(text)
    assert found.right - found.left == pytest.approx(width(text, 14), abs=0.3)


def test_issuing_body_breaks_after_the_peoples_committee() -> None:
    name = "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH"
    assert wrap(name, 186, 12) == ["ỦY BAN NHÂN DÂN", "THÀNH PHỐ HỒ CHÍ MINH"]


def test_pdf_is_tagged_archive_pdf_with_title_and_language(a_report: Any) -> None:
    data = to_pdf(a_report())
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in data
    document = pypdfium2.PdfDocument(data)
    assert document.get_metadata_dict()["Title"] == "Báo cáo Kết quả bồi dưỡng chuyển đổi số năm 2020"
    assert re.search(rb"/Lang ?\(vi(-VN)?\)", data)


def test_the_same_paper_is_the_same_file(a_report: Any, a_decision: Any) -> None:
    for make in (a_report, a_decision):
        assert to_pdf(make()) == to_pdf(make())
        assert to_docx(make()) == to_docx(make())


def test_docx_is_dated_by_the_paper_and_not_by_the_clock(a_decision: Any) -> None:
    data = to_docx(a_decision())
    assert {member.date_time for member in zipfile.ZipFile(io.BytesIO(data)).infolist()} == {(2020, 3, 5, 0, 0, 0)}
    properties = docx.Document(io.BytesIO(data)).core_properties
    assert (f"{properties.created:%Y-%m-%d}", properties.language) == ("2020-02-05", "vi-VN")
    assert properties.title == "Quyết định Công nhận học viên hoàn thành chương trình"


def test_text_of_the_pdf_is_composed_vietnamese(a_report: Any) -> None:
    paper = a_report(parts=("Đặng Thị Hường, ữ ẵ Ễ, viết rời: Hu\u031bo\u031b\u0300ng",), annexes=())
    text = pypdfium2.PdfDocument(to_pdf(paper))[0].get_textpage().get_text_bounded()
    assert "Đặng Thị Hường, ữ ẵ Ễ, viết rời: Hường./." in text


def test_a_letter_has_its_abstract_under_the_number_and_no_type(a_report: Any, measured: Any) -> None:
    report = a_report()
    paper = Paper(
        kind=LETTER, issuer=report.issuer, abstract="cử học viên", signature=report.signature, unit_code="VX",
        recipients=report.recipients, to=("Ủy ban nhân dân phường Phước Long A",), parts=("Đề nghị cử học viên",),
        day=report.day, number=3,
    )  # fmt: skip
    pdf = measured(to_pdf(paper))
    about, number = pdf.find("V/v cử học viên"), pdf.find("Số: 03/UBND-VX")
    assert about.sizes == {12}
    assert {font.replace("-Regular", "") for font in about.fonts} == {"Tinos"}
    assert about.middle == pytest.approx(number.middle, abs=1)
    assert number.baselines[0] - about.baselines[0] >= 6
    assert "CÔNG VĂN" not in pdf.pages[0].extract_text()


def test_a_wide_list_is_a_landscape_paper_with_the_same_margins(a_report: Any, measured: Any) -> None:
    report = a_report()
    columns = tuple(Column(f"Cột {n}") for n in range(12))
    rows = tuple(tuple(f"ô {n}.{m}" for m in range(12)) for n in range(40))
    paper = Paper(
        kind=PAPER_TYPES["TB"], issuer=report.issuer, abstract="Danh sách", signature=report.signature,
        recipients=report.recipients, parts=(Table(columns, rows),), landscape=True, day=report.day,
    )  # fmt: skip
    pdf = measured(to_pdf(paper))
    assert {(round(float(page.width)), round(float(page.height))) for page in pdf.pages} == {(842, 595)}
    assert max(letter["x1"] for page in pdf.pages for letter in page.chars) <= (297 - 15) * MM + 1
    section = docx.Document(io.BytesIO(to_docx(paper))).sections[0]
    assert (round(section.page_width.mm), round(section.left_margin.mm), round(section.right_margin.mm)) == (
        297,
        30,
        15,
    )


def test_a_paper_that_ends_with_a_table_has_the_end_mark_below_it(a_report: Any) -> None:
    table = Table((Column("A"),), (("b",),))
    document = docx.Document(io.BytesIO(to_docx(a_report(parts=("Như sau:", table), annexes=()))))
    assert [found.text for found in document.paragraphs if found.text][-2:] == ["Như sau:", "./."]


def test_24_points_are_refused_with_their_reason(a_report: Any) -> None:
    from lantoa.office.rules.papers.model import Clause, Point

    with pytest.raises(Refused) as refused:
        to_pdf(a_report(parts=(Clause("x", parts=(Point("y"),) * 24),)))
    assert str(refused.value) == "Cannot letter point 24: a clause has at most 23 points."


def test_markup_of_the_typesetter_in_a_text_stays_text(a_report: Any) -> None:
    text = '#panic("x") $x$ *đậm* _nghiêng_ @ref <nhãn> = đề mục // chú thích \\ `mã` ~ -- ...'
    page = pypdfium2.PdfDocument(to_pdf(a_report(parts=(text, "hết"), annexes=())))[0]
    assert "".join(text.split()) in "".join(page.get_textpage().get_text_bounded().split())


def test_rules_of_papers_need_no_django() -> None:
    code = (
        "import sys; import lantoa.office.rules.papers.forms, lantoa.office.rules.papers.docx, "
        "lantoa.office.rules.papers.pdf, lantoa.office.rules.papers.tables, lantoa.training.rules.certificate.pdf, "
        "lantoa.training.rules.certificate.offline; print('django' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
    )
