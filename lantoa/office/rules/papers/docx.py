"""A paper as .docx: every component is a named Word style with the Decree's size and letters, so that a clerk can
correct the text and keep the form."""

import datetime
import io
import zipfile
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from . import decree
from .decree import STYLES, Align, Role
from .layout import Boxed, Columns, Flow, Gap, Grid, Line, Rule, lay_out, room
from .model import Paper
from .wording import clean

_ALIGNS: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_RULE_STYLE: Final = "Đường kẻ"
_ZIP_DAY: Final = (2020, 3, 5, 0, 0, 0)


def to_docx(paper: Paper) -> bytes:
    """The paper as a Word document. The same paper gives the same bytes."""
    document = docx.Document()
    _set_up(document, paper)
    for position, sheet in enumerate(lay_out(paper)):
        section = document.sections[0] if position == 0 else document.add_section()
        _page(section, sheet.landscape, first=position == 0)
        if position == 0:
            _contact(section, sheet.contact)
        else:
            section.first_page_footer.is_linked_to_previous = False
        for item in sheet.flow:
            _put(document, item, room(sheet.landscape))
        if isinstance(sheet.flow[-1], (Columns, Grid)):
            _last_paragraph(document)
    made = io.BytesIO()
    document.save(made)
    return _frozen(made.getvalue())


def _set_up(document: Document, paper: Paper) -> None:
    properties = document.core_properties
    properties.title = clean(f"{paper.kind.name} {paper.abstract}")
    properties.author = properties.last_modified_by = clean(paper.issuer.name)
    properties.language = "vi-VN"
    properties.comments = ""
    properties.created = properties.modified = datetime.datetime.combine(paper.dated, datetime.time())
    _font(document.styles["Normal"], Pt(14))
    for role, style in STYLES.items():
        word = document.styles.add_style(style.vietnamese, WD_STYLE_TYPE.PARAGRAPH)
        word.base_style = document.styles["Normal"]
        word.quick_style = True
        _font(word, Pt(style.size))
        word.font.bold, word.font.italic = style.bold, style.italic
        form = word.paragraph_format
        form.alignment = _ALIGNS[style.align]
        in_table = role in (Role.TABLE_HEAD, Role.TABLE_CELL)
        form.space_before, form.space_after = (Pt(2), Pt(2)) if in_table else (Pt(style.before), Pt(0))
        form.line_spacing = style.spacing
        form.first_line_indent = Mm(style.first_line_mm)
        form.keep_with_next = style.keep_with_next
        form.widow_control = role in (Role.TEXT, Role.ARTICLE, Role.CLAUSE, Role.POINT, Role.BASIS)
    line = document.styles.add_style(_RULE_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    line.base_style = document.styles["Normal"]
    _font(line, Pt(2))
    line.paragraph_format.space_after = Pt(0)
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    line.paragraph_format.line_spacing = Pt(3)


def _font(style: Any, size: Pt) -> None:
    style.font.name, style.font.size = decree.FONT_NAME, size
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), decree.FONT_NAME)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    style.element.get_or_add_rPr().append(language)


def _page(section: Section, landscape: bool, *, first: bool) -> None:
    wide, high = decree.PAGE_MM
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(high), Mm(wide)) if landscape else (Mm(wide), Mm(high))
    section.top_margin, section.bottom_margin = Mm(decree.MARGIN_TOP_MM), Mm(decree.MARGIN_BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(decree.MARGIN_LEFT_MM), Mm(decree.MARGIN_RIGHT_MM)
    section.header_distance = section.footer_distance = Mm(decree.HEADER_MM)
    section.different_first_page_header_footer = True
    for old in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(old)
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    columns = section._sectPr.find(qn("w:cols"))
    columns.addprevious(numbers) if columns is not None else section._sectPr.append(numbers)
    if first:
        header = section.header.paragraphs[0]
        header.style = STYLES[Role.PAGE_NUMBER].vietnamese
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        header._p.append(field)


def _contact(section: Section, lines: tuple[str, ...]) -> None:
    """13: at the foot of the first page, under a line as wide as the text."""
    for position, text in enumerate(lines):
        foot = section.first_page_footer
        paragraph = foot.add_paragraph() if position else foot.paragraphs[0]
        paragraph.style = STYLES[Role.CONTACT].vietnamese
        paragraph.add_run(text)
        if position == 0:
            _borders(paragraph, ("top",))


def _put(where: Document | _Cell, item: Flow, space: float) -> None:
    match item:
        case Line():
            _line(where.add_paragraph(style=STYLES[item.role].vietnamese), item)
        case Rule():
            paragraph = where.add_paragraph(style=_RULE_STYLE)
            paragraph.paragraph_format.space_before = Pt(item.gap)
            side = Pt(max(0.0, (space - item.length) / 2))
            paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
            paragraph.paragraph_format.keep_with_next = True
            _borders(paragraph, ("top",))
        case Boxed():
            paragraph = where.add_paragraph(style=STYLES[Role.STAMP].vietnamese)
            side = Pt(max(0.0, (space - item.width) / 2))
            form = paragraph.paragraph_format
            form.left_indent = form.right_indent = side
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(item.height)
            _borders(paragraph, ("top", "left", "bottom", "right"), decree.STAMP_RED if item.red else "000000")
            run = paragraph.add_run(item.words)
            if item.red:
                run.font.color.rgb = RGBColor.from_string(decree.STAMP_RED)
        case Gap():
            paragraph = where.add_paragraph(style=_RULE_STYLE)
            paragraph.paragraph_format.line_spacing = Pt(item.height)
            paragraph.paragraph_format.keep_with_next = True
        case Columns():
            _columns(where, item)
        case Grid():
            _grid(where, item)


def _line(paragraph: Paragraph, line: Line) -> None:
    form = paragraph.paragraph_format
    if line.left:
        form.left_indent = Pt(line.left)
        form.first_line_indent = Pt(-line.hanging)
    if line.before is not None:
        form.space_before = Pt(line.before)
    if line.keep_with_next:
        form.keep_with_next = True
    for run in line.runs:
        made = paragraph.add_run(run.text)
        if run.bold is not None:
            made.bold = run.bold


def _borders(paragraph: Paragraph, sides: tuple[str, ...], colour: str = "000000") -> None:
    borders = OxmlElement("w:pBdr")
    for side in sides:
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", colour)):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _bare_table(where: Document | _Cell, rows: int, widths: list[float], padding: float) -> Table:
    if isinstance(where, _Cell):
        raise TypeError("a cell of a paper holds no table")
    table: Table = where.add_table(rows, len(widths))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    properties = table._tbl.tblPr
    whole = properties.find(qn("w:tblW"))
    whole.set(qn("w:type"), "dxa")
    whole.set(qn("w:w"), str(round(sum(widths) * 20)))
    indent = OxmlElement("w:tblInd")  # Word hangs the cells' padding outside the margin; this takes it back
    indent.set(qn("w:w"), str(round(padding * 20)))
    indent.set(qn("w:type"), "dxa")
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(padding * 20)))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    layout, look = properties.find(qn("w:tblLayout")), properties.find(qn("w:tblLook"))
    layout.addprevious(indent)
    look.addprevious(margins) if look is not None else properties.append(margins)
    for column, size in zip(table.columns, widths, strict=True):
        column.width = Pt(size)
    return table


def _columns(where: Document | _Cell, item: Columns) -> None:
    table = _bare_table(where, len(item.rows), [item.left_width, item.right_width], 0)
    sizes = (item.left_width, item.right_width)
    for row, pair in zip(table.rows, item.rows, strict=True):
        tall = max(map(len, pair)) > 40
        _row_property(row, "w:cantSplit") if not tall else None
        for cell, parts, size in zip(row.cells, pair, sizes, strict=True):
            cell.width = Pt(size)
            for part in parts:
                _put(cell, part, size)
            cell._tc.remove(cell.paragraphs[0]._p)
            if item.before:
                first = cell.paragraphs[0].paragraph_format
                first.space_before = Pt(item.before)


def _grid(where: Document | _Cell, item: Grid) -> None:
    table = _bare_table(where, 1 + len(item.rows), list(item.widths), 4)
    table.style = "Table Grid"
    _row_property(table.rows[0], "w:tblHeader")
    columns = len(item.heads)
    boxes = table._cells
    aligns: list[Align] = ["center"] * columns
    for position, texts in enumerate((item.heads, *item.rows)):
        role = Role.TABLE_CELL if position else Role.TABLE_HEAD
        for column, text in enumerate(texts):
            box = boxes[position * columns + column]
            box.width = Pt(item.widths[column])
            paragraph = box.paragraphs[0]
            paragraph.style = STYLES[role].vietnamese
            paragraph.alignment = _ALIGNS[(item.aligns if position else aligns)[column]]
            paragraph.add_run(text)
    for row in table.rows:
        _row_property(row, "w:cantSplit")


def _row_property(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    element = OxmlElement(name)
    if name == "w:cantSplit":
        properties.insert(0, element)
    else:
        properties.append(element)


def _last_paragraph(document: Document) -> None:
    """Word wants a paragraph after a table; this one takes no room."""
    paragraph = document.add_paragraph(style=_RULE_STYLE)
    paragraph.paragraph_format.line_spacing = Pt(1)


def _frozen(made: bytes) -> bytes:
    """The same archive with one fixed day on every member, so that the same paper is the same file."""
    frozen = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(frozen, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(zipfile.ZipInfo(member.filename, _ZIP_DAY), old.read(member), zipfile.ZIP_DEFLATED)
    return frozen.getvalue()
