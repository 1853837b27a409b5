"""A paper as lines with measures: numbered, broken, ended and placed once, so that .docx and .pdf say the same.

Lengths are in points. Nothing here knows of a file format.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from . import decree
from .decree import POINTS_PER_MM, STYLES, Role
from .model import (
    Annex,
    Article,
    Block,
    Cell,
    Clause,
    Column,
    ColumnKind,
    Paper,
    Part,
    Point,
    Section,
    Signature,
    Table,
)
from .widths import width, wrap
from .wording import clean, ended, figure, number_and_code, place_and_day, point_letter, roman, short_day

_INDENT: Final = 36.0
_CELL_PADDING: Final = 4.0
_RULE_GAP: Final = 3.0


@dataclass(frozen=True)
class Run:
    """A stretch of text; `bold` and `italic` override the style of the line when they are not None."""

    text: str
    bold: bool | None = None


@dataclass(frozen=True)
class Line:
    """A paragraph: its component, its runs ("\\n" is a line break) and its indents from the left margin."""

    role: Role
    runs: tuple[Run, ...]
    left: float = 0.0
    hanging: float = 0.0
    before: float | None = None
    keep_with_next: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Rule:
    """A solid line, centred, of this length."""

    length: float
    gap: float = _RULE_GAP


@dataclass(frozen=True)
class Gap:
    """Empty height."""

    height: float


@dataclass(frozen=True)
class Boxed:
    """A stamp: words in a centred box of this size in points, bright red or black."""

    words: str
    width: float
    height: float
    red: bool


@dataclass(frozen=True)
class Columns:
    """Two borderless columns side by side, row by row, each (left, right)."""

    rows: tuple[tuple[tuple["Small", ...], tuple["Small", ...]], ...]
    left_width: float
    right_width: float
    before: float = 0.0


@dataclass(frozen=True)
class Grid:
    """A bordered table: heads, rows of words, alignments ("left", "center", "right") and widths for each
    column.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    aligns: tuple[decree.Align, ...]
    widths: tuple[float, ...]


Small = Line | Rule | Gap | Boxed
Flow = Small | Columns | Grid


@dataclass(frozen=True)
class Sheet:
    """A run of pages with page numbers of its own: the paper itself, then each annex."""

    flow: tuple[Flow, ...]
    landscape: bool = False
    contact: tuple[str, ...] = ()  # 13, at the foot of the first page


def room(landscape: bool) -> float:
    """The width between the margins."""
    page = decree.PAGE_MM[1] if landscape else decree.PAGE_MM[0]
    return (page - decree.MARGIN_LEFT_MM - decree.MARGIN_RIGHT_MM) * POINTS_PER_MM


def lay_out(paper: Paper) -> tuple[Sheet, ...]:
    """The sheets of the paper: the document, then each annex."""
    space = room(paper.landscape)
    flow: list[Flow] = [_head(paper, space), *_title(paper, space), *_addressees(paper, space), *_bases(paper)]
    flow.extend(_ended(list(_blocks(paper.parts, space))))
    flow.append(_foot(paper, space))
    many = len(paper.annexes) > 1
    annexes = [_annex(paper, annex, position if many else 0) for position, annex in enumerate(paper.annexes, start=1)]
    contact = tuple(clean(line) for line in paper.contact)
    return (Sheet(tuple(flow), paper.landscape, contact), *annexes)


def cell_text(cell: Cell) -> str:
    """What a cell shows: numbers as 1.234,5, days as 05/10/2020, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, datetime.date):
        return short_day(cell)
    return figure(cell if isinstance(cell, (int, Decimal)) else Decimal(str(cell)))


def _wrapped(role: Role, text: str, space: float) -> tuple[Line, float]:
    """The text broken evenly in this room, and the length of its longest line."""
    style = STYLES[role]
    lines = wrap(clean(text), space, style.size, bold=style.bold)
    return Line(role, (Run("\n".join(lines)),)), max(width(line, style.size, bold=style.bold) for line in lines)


def _head(paper: Paper, space: float) -> Columns:
    left_width = decree.HEAD_LEFT_MM * POINTS_PER_MM
    right_width = decree.HEAD_RIGHT_MM * POINTS_PER_MM
    if paper.landscape:
        left_width, right_width = space * 0.45, space * 0.55
    inner = left_width - 4
    names: list[Small] = []
    if paper.issuer.superior:
        names.append(_wrapped(Role.SUPERIOR, paper.issuer.superior.upper(), inner)[0])
    body, length = _wrapped(Role.BODY, paper.issuer.name.upper(), inner)
    names += [body, Rule(length * decree.SHORT_RULE)]
    motto = STYLES[Role.MOTTO]
    state: list[Small] = [
        Line(Role.NATIONAL_NAME, (Run(decree.NATIONAL_NAME),)),
        Line(Role.MOTTO, (Run(decree.MOTTO),)),
        Rule(width(decree.MOTTO, motto.size, bold=True)),
    ]
    number = number_and_code(paper.number, paper.kind, paper.issuer.code, paper.unit_code)
    below: list[Small] = [Line(Role.NUMBER, (Run(number),))]
    if paper.kind.abbreviation is None and paper.abstract:
        below.append(_wrapped(Role.ABOUT, f"V/v {clean(paper.abstract)}", inner)[0])
    below += _stamps(paper)
    when = Line(Role.PLACE_DATE, (Run(place_and_day(paper.issuer.place, paper.day)),))
    return Columns(((tuple(names), tuple(state)), (tuple(below), (when,))), left_width, right_width)


def _stamps(paper: Paper) -> Iterator[Small]:
    height = decree.STAMP_HEIGHT_MM * POINTS_PER_MM
    if paper.urgency:
        yield Gap(8)
        yield Boxed(paper.urgency.words, paper.urgency.width_mm * POINTS_PER_MM, height, red=True)
    if paper.circulation:
        words = clean(paper.circulation).upper()
        yield Gap(8)
        yield Boxed(words, width(words, STYLES[Role.STAMP].size, bold=True) + 16, height, red=False)


def _title(paper: Paper, space: float) -> Iterator[Flow]:
    if paper.kind.abbreviation is None:
        return
    yield Line(Role.TYPE, (Run(paper.kind.name.upper()),))
    if paper.abstract:
        abstract, length = _wrapped(Role.ABSTRACT, paper.abstract, space * 0.9)
        yield abstract
        yield Rule(length * decree.SHORT_RULE)


def _addressees(paper: Paper, space: float) -> Iterator[Flow]:
    """9a: one on the same line; several one per line, their dashes under the colon."""
    size = STYLES[Role.TO].size
    names = [clean(name).rstrip(" .;") for name in paper.to]
    colon = width("Kính gửi", size)
    if len(names) == 1:
        text = f"Kính gửi: {names[0]}"
        length = width(text, size)
        hanging = width("Kính gửi: ", size)
        left = (space - length) / 2 if length <= space else hanging
        yield Line(Role.TO, (Run(text),), left=left, hanging=0 if length <= space else hanging)
    elif names:
        longest = max(width(f"- {name};", size) for name in names)
        left = max(_INDENT, (space - colon - longest) / 2)
        dash = width("- ", size)
        yield Line(Role.TO, (Run("Kính gửi:"),), left=left, keep_with_next=True)
        for position, name in enumerate(names, start=1):
            end = "." if position == len(names) else ";"
            yield Line(Role.TO_LIST, (Run(f"- {name}{end}"),), left=left + colon + dash, hanging=dash)


def _bases(paper: Paper) -> Iterator[Flow]:
    if paper.resolve:
        lines = wrap(clean(paper.resolve).upper(), room(paper.landscape), STYLES[Role.ISSUER].size, bold=True)
        yield Line(Role.ISSUER, (Run("\n".join(lines)),))
    for position, basis in enumerate(paper.bases, start=1):
        gap = 12.0 if position == 1 else None
        yield Line(Role.BASIS, (Run(ended(basis, "." if position == len(paper.bases) else ";")),), before=gap)
    if paper.resolve:
        yield Line(Role.RESOLVE, (Run(f"{paper.kind.name.upper()}:"),))


class _Counters:
    def __init__(self) -> None:
        self.section = self.article = 0


def _blocks(parts: Sequence[Block], space: float, count: _Counters | None = None) -> Iterator[Flow]:
    """The text numbered: articles run through the paper, sections through their part, clauses and points
    restart.
    """
    count = count or _Counters()
    clause = point = 0
    heads: dict[str, int] = {}
    for part in parts:
        match part:
            case str():
                yield Line(Role.TEXT, (Run(clean(part)),))
            case Table():
                yield from _table(part, space)
            case Part():
                word = clean(part.word).lower()
                heads[word], count.section = heads.get(word, 0) + 1, 0
                number = str(heads[word]) if word.endswith("mục") else roman(heads[word])
                yield Line(Role.PART, (Run(f"{clean(part.word)} {number}"),))
                yield _wrapped(Role.PART_TITLE, part.title.upper(), space)[0]
                yield from _blocks(part.parts, space, count)
            case Section():
                count.section += 1
                yield Line(Role.SECTION, (Run(f"{roman(count.section)}. {clean(part.title).upper()}"),))
                yield from _blocks(part.parts, space, count)
            case Article():
                count.article += 1
                yield from _article(part, count.article)
                yield from _blocks(part.parts, space, count)
            case Clause():
                clause, point = clause + 1, 0
                if part.title:
                    yield Line(Role.CLAUSE, (Run(f"{clause}. {clean(part.title)}", bold=True),), keep_with_next=True)
                    if part.text:
                        yield Line(Role.TEXT, (Run(clean(part.text)),))
                else:
                    yield Line(Role.CLAUSE, (Run(f"{clause}. {clean(part.text)}"),))
                yield from _blocks(part.parts, space, count)
            case Point():
                point += 1
                yield Line(Role.POINT, (Run(f"{point_letter(point)}) {clean(part.text)}"),))


def _article(article: Article, number: int) -> Iterator[Line]:
    if article.title:
        yield Line(Role.ARTICLE, (Run(f"Điều {number}. {clean(article.title)}", bold=True),), keep_with_next=True)
        if article.text:
            yield Line(Role.TEXT, (Run(clean(article.text)),))
    else:
        yield Line(Role.ARTICLE, (Run(f"Điều {number}. ", bold=True), Run(clean(article.text))))


def _ended(flow: list[Flow]) -> list[Flow]:
    """The text with its end mark "./."; after a table it stands on a line of its own."""
    last = flow[-1] if flow else None
    if isinstance(last, Line):
        runs = (*last.runs[:-1], replace(last.runs[-1], text=ended(last.runs[-1].text, decree.ENDING)))
        flow[-1] = replace(last, runs=runs, keep_with_next=True)
    elif last is not None:
        flow.append(Line(Role.TEXT, (Run(decree.ENDING),), keep_with_next=True))
    return flow


def _foot(paper: Paper, space: float) -> Columns:
    left_width = decree.FOOT_LEFT_MM * POINTS_PER_MM
    right_width = space - left_width
    signature, recipients = paper.signature, paper.recipients
    names: list[Small] = [Line(Role.RECIPIENTS, (Run("Nơi nhận:"),))]
    dash = width("- ", STYLES[Role.RECIPIENT].size)
    keep = [f"Lưu: VT{', ' + clean(recipients.unit) if recipients.unit else ''}"]
    if recipients.copies:
        keep[0] += f" ({recipients.copies:02d})"
    given = [clean(line).removeprefix("- ").rstrip(" .;") for line in recipients.lines]
    lines = [*(f"- {line};" for line in given), f"- {keep[0]}."]
    names += [Line(Role.RECIPIENT, (Run(line),), left=dash, hanging=dash) for line in lines]
    if paper.drafter:
        names.append(Line(Role.DRAFTER, (Run(clean(paper.drafter)),)))
    signer = _signer(signature, right_width - 4)
    if paper.beside is not None:
        rows = ((_signer(paper.beside, left_width - 4), signer), (tuple(names), (Gap(1),)))
        return Columns(rows, left_width, right_width, before=12)
    return Columns(((tuple(names), signer),), left_width, right_width, before=12)


def _signer(signature: Signature, space: float) -> tuple[Small, ...]:
    signer: list[Small] = [_wrapped(Role.POST, line, space)[0] for line in signature.lines]
    signer.append(Gap(decree.SIGNATURE_ROOM))
    if signature.other_post:
        signer.append(_wrapped(Role.OTHER_POST, signature.other_post.upper(), space)[0])
    signer.append(_wrapped(Role.SIGNER, signature.name, space)[0])
    return tuple(signer)


def _annex(paper: Paper, annex: Annex, number: int) -> Sheet:
    space = room(annex.landscape)
    title, _ = _wrapped(Role.ANNEX_TITLE, annex.title.upper(), space * 0.9)
    code = number_and_code(paper.number, paper.kind, paper.issuer.code, paper.unit_code).removeprefix("Số: ")
    reference = (
        f"(Kèm theo {paper.kind.name} số {code} {day} của {clean(paper.issuer.name)})"
        if (day := place_and_day("", paper.day).removeprefix(", "))
        else ""
    )
    flow: list[Flow] = [
        Line(Role.ANNEX, (Run(f"Phụ lục {roman(number)}".strip()),)),
        title,
        _wrapped(Role.ANNEX_REFERENCE, reference, space * 0.95)[0],
        *_blocks(annex.parts, space),
    ]
    return Sheet(tuple(flow), annex.landscape)


_ALIGNS: Final[dict[ColumnKind, decree.Align]] = {
    ColumnKind.WORDS: "left",
    ColumnKind.NUMBER: "right",
    ColumnKind.ORDER: "center",
    ColumnKind.DAY: "center",
    ColumnKind.MARK: "center",
}


def _table(table: Table, space: float) -> Iterator[Flow]:
    if table.caption:
        yield _wrapped(Role.TABLE_CAPTION, table.caption, space)[0]
    rows = tuple(tuple(cell_text(cell) for cell in row) for row in table.rows)
    widths = column_widths(table.columns, rows, space)
    yield Grid(
        tuple(clean(column.title) for column in table.columns),
        rows,
        tuple(_ALIGNS[column.kind] for column in table.columns),
        widths,
    )


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], space: float) -> tuple[float, ...]:
    """The widths of the columns, in points, filling the space: by weight, or by what the text needs."""
    if any(column.weight for column in columns):
        total = sum(column.weight or 1 for column in columns)
        return tuple(space * (column.weight or 1) / total for column in columns)
    size = STYLES[Role.TABLE_CELL].size
    least, wish = [], []
    for position, column in enumerate(columns):
        words = [width(word, size, bold=True) for word in clean(column.title).split(" ")]
        texts = [width(row[position], size) for row in rows]
        longest = max((width(word, size) for row in rows for word in row[position].split(" ")), default=0.0)
        least.append(max(*words, min(longest, space / 3)) + 2 * _CELL_PADDING + 6)
        wish.append(max(least[-1], min(max(texts, default=0.0), space * 0.45) + 2 * _CELL_PADDING + 6))
    if sum(least) >= space:
        return tuple(space * part / sum(least) for part in least)
    spare = space - sum(least)
    more = [want - have for want, have in zip(wish, least, strict=True)]
    if not sum(more):
        more = [1.0 if column.kind is ColumnKind.WORDS else 0.0 for column in columns]
        more = more if sum(more) else [1.0] * len(columns)
    return tuple(have + spare * part / sum(more) for have, part in zip(least, more, strict=True))
