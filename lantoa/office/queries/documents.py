"""Official documents: what they say, as a paper; the next free number."""

import json
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max

from lantoa.directory.models import Unit
from lantoa.office.models import Document
from lantoa.office.rules.paper_json import from_json
from lantoa.office.rules.papers.decree import PAPER_TYPES, STYLES
from lantoa.office.rules.papers.layout import Columns, Grid, Line, lay_out
from lantoa.office.rules.papers.model import Paper

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def paper_of(document: Document) -> Paper:
    """The document as a paper, with the clerk's number and day when they are entered."""
    paper = from_json(document.content)
    return replace(paper, number=document.number, day=document.dated, made_on=document.as_of)


def rendered(document: Document, extension: str) -> bytes:
    """The document as .docx or .pdf; the same document gives the same bytes."""
    # heavy libraries, loaded when the first paper is made and not when the server starts
    from lantoa.office.rules.papers.docx import to_docx
    from lantoa.office.rules.papers.pdf import to_pdf

    return {"docx": to_docx, "pdf": to_pdf}[extension](paper_of(document))


def file_name(document: Document, extension: str) -> str:
    """`05-BC-UBND-2020.docx`; before it has a number `BC-UBND-du-thao.docx` (a draft)."""
    symbol = document.symbol.replace("/", "-")
    if document.number is None:
        return f"{symbol}-du-thao.{extension}"
    return f"{document.number:02d}-{symbol}-{document.year}.{extension}"


def code_of(document: Document) -> str:
    """`05/BC-UBND`, as the Decree writes it; "" while it has no number."""
    return with_number(document, document.number) if document.number else ""


def with_number(document: Document, number: int) -> str:
    """The code it would have with this number, or had."""
    return f"{number:02d}/{document.symbol}"


def type_name(document: Document) -> str:
    """Báo cáo, Quyết định …"""
    kind = PAPER_TYPES.get(document.kind)
    return kind.name if kind else document.kind


def lists_people(document: Document) -> bool:
    """Whether it holds a list of people: a column of full names."""
    return "Họ và tên" in json.dumps(document.content, ensure_ascii=False)


def next_number(*, issuer: Unit, symbol: str, year: int) -> int:
    """The number after the highest one given to this issuer and symbol in that year; 1 in a new year.

    A proposal only: the clerk's own book may be further (Decree 30/2020/NĐ-CP, Article 15: one series a year).
    """
    last = Document.objects.filter(issuer=issuer, symbol=symbol, year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


@dataclass(frozen=True)
class Readable:
    """A piece of a paper for a page: a paragraph, two columns side by side, or a table."""

    kind: str  # "line", "columns", "table"
    role: str = ""
    runs: tuple[tuple[str, bool], ...] = ()  # (text, bold)
    columns: tuple[tuple["Readable", ...], ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()  # each cell: (text, align)


def readable(paper: Paper) -> list[list[Readable]]:
    """The paper for reading on a page: its sheets (the document, then each annex), each a list of pieces."""
    return [[piece for item in sheet.flow for piece in _pieces(item)] for sheet in lay_out(paper)]


def _pieces(item: Any) -> list[Readable]:
    if isinstance(item, Line):
        usual = STYLES[item.role].bold
        runs = tuple((run.text.replace("\n", " "), usual if run.bold is None else run.bold) for run in item.runs)
        return [Readable("line", role=item.role.value, runs=runs)]
    if isinstance(item, Columns):
        sides = zip(*item.rows, strict=True)
        return [
            Readable(
                "columns",
                columns=tuple(tuple(p for cell in side for i in cell for p in _pieces(i)) for side in sides),
            )
        ]
    if isinstance(item, Grid):
        rows = tuple(tuple(zip(row, item.aligns, strict=True)) for row in item.rows)
        return [Readable("table", heads=item.heads, rows=rows)]
    return []  # rules and gaps are for paper
