"""A paper as PDF/A: typst sets the lines of `layout` in Tinos, which has the widths of Times New Roman."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from . import decree
from .decree import POINTS_PER_MM, STYLES, Role
from .layout import Boxed, Columns, Flow, Gap, Grid, Line, Rule, Sheet, lay_out, room
from .model import Paper
from .press import FONTS, compiler, pdf
from .widths import cut_long_words
from .wording import clean

TEMPLATE: Final = (Path(__file__).parent / "paper.typ").read_bytes()
_ZERO_WIDTH: Final = "\u200b"


def to_pdf(paper: Paper, *, fonts: Path = FONTS) -> bytes:
    """The paper as a tagged PDF/A-2a. The same paper gives the same bytes."""
    title = clean(f"{paper.kind.name} {paper.abstract}")
    day = paper.dated
    data = {
        "title": title,
        "author": clean(paper.issuer.name),
        "year": day.year, "month": day.month, "day": day.day,
        "font": decree.FONT_IN_PDF,
        "margins": [decree.MARGIN_TOP_MM, decree.MARGIN_RIGHT_MM, decree.MARGIN_BOTTOM_MM, decree.MARGIN_LEFT_MM],
        "header": decree.HEADER_MM,
        "styles": {role.value: asdict(style) for role, style in STYLES.items()},
        "sheets": [_sheet(sheet) for sheet in lay_out(paper)],
    }  # fmt: skip
    return pdf(compiler(fonts), TEMPLATE, data, day=day)


def _sheet(sheet: Sheet) -> dict[str, Any]:
    space = room(sheet.landscape)
    return {
        "landscape": sheet.landscape,
        "contact": list(sheet.contact),
        "flow": [_item(item, space) for item in sheet.flow],
    }


def _item(item: Flow, space: float) -> dict[str, Any]:
    match item:
        case Line():
            return _line(item, space)
        case Rule():
            return {"is": "rule", "length": item.length, "gap": item.gap}
        case Boxed():
            colour = f"#{decree.STAMP_RED}" if item.red else "#000000"
            size = {"width": item.width, "height": item.height}
            return {"is": "boxed", "role": Role.STAMP.value, "words": item.words, "colour": colour, **size}
        case Gap():
            return {"is": "gap", "height": item.height}
        case Columns():
            rows = [
                [
                    [_item(part, item.left_width) for part in left],
                    [_item(part, item.right_width) for part in right],
                ]
                for left, right in item.rows
            ]
            return {
                "is": "columns",
                "rows": rows,
                "left": item.left_width,
                "right": item.right_width,
                "before": item.before,
            }
        case Grid():
            return _grid(item)


def _line(line: Line, space: float) -> dict[str, Any]:
    style = STYLES[line.role]
    indent = max(line.left, style.first_line_mm * POINTS_PER_MM)
    runs = [
        {"text": _fitting(run.text, space - indent, style.size, style.bold or bool(run.bold)), "bold": run.bold}
        for run in line.runs
    ]
    return {
        "is": "line", "role": line.role.value, "runs": runs, "left": line.left, "hanging": line.hanging,
        "before": line.before, "keep": style.keep_with_next or line.keep_with_next,
    }  # fmt: skip


def _fitting(text: str, space: float, size: float, bold: bool) -> str:
    """The text with places to break inside words that are wider than the room (typst breaks no word by itself)."""
    if max(map(len, text.split(" "))) * size < space:  # no letter is wider than the size
        return text
    whole = []
    for word in text.split(" "):
        whole.append(_ZERO_WIDTH.join(cut_long_words(word, space, size, bold=bold)))
    return " ".join(whole)


def _grid(grid: Grid) -> dict[str, Any]:
    size = STYLES[Role.TABLE_CELL].size
    rows = [
        [_fitting(cell, space - 9, size, False) for cell, space in zip(row, grid.widths, strict=True)]
        for row in grid.rows
    ]
    heads = [_fitting(head, space - 9, size, True) for head, space in zip(grid.heads, grid.widths, strict=True)]
    return {"is": "grid", "heads": heads, "rows": rows, "aligns": list(grid.aligns), "widths": list(grid.widths)}
