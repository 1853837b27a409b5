"""A text of a variant, cleaned HTML with MathML and pictures as data: addresses, as plain data that typst sets.

Blocks are {"is": "p" | "maths" | "list" | "table" | "pre" | "quote", …}; what runs within a line {"t": "text" | "b" |
"i" | "u" | "s" | "sub" | "sup" | "code" | "br" | "picture" | "maths", …}. What cannot be set stands there in words of
its own, and its name in `Setter.lost`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from lantoa.common.refused import N_
from lantoa.common.vietnamese import nfc
from lantoa.exams.rules.pictures import kind_of_picture
from lantoa.exams.rules.printing.formulas import CannotSet, formula
from lantoa.exams.rules.printing.measures import size_of_picture

PICTURE: Final = N_("a picture that cannot be printed (%(what)s)")
FORMULA: Final = N_("a formula that stays as TeX: %(what)s")
LETTER: Final = N_("a letter that the typeface lacks: %(what)s")

_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_VOID: Final = frozenset({"br", "img", "lt-math"})
_BLOCKS: Final = frozenset({"p", "ul", "ol", "table", "pre", "blockquote"})
_STYLES: Final = {"b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "s": "s", "sub": "sub", "sup": "sup"}
_EXTENSIONS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
LONG_WORD: Final = 25  # letters; typst breaks no word by itself
ZERO_WIDTH: Final = "\u200b"
MOST_COLUMNS: Final = 40

Item = dict[str, Any]


@dataclass
class _Tag:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[_Tag | str]" = field(default_factory=list)


class _Tree(HTMLParser):
    """The tags of a cleaned text. A tag that nobody closed ends with the one around it."""

    def __init__(self) -> None:
        super().__init__()
        self.root = _Tag("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = _Tag(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(made)
        if tag not in _VOID and len(self._open) < 200:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(_Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        names = [one.name for one in self._open]
        if tag in names[1:]:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@dataclass(frozen=True)
class Lost:
    """What of a question cannot be set as it is: which, and its name as a message with its value."""

    question: int
    message: str
    what: str


class Setter:
    """Turns texts into data; keeps the pictures they show (name -> bytes), and what was lost.

    `tex` has the TeX of formulas by their MathML; `spoilt` names pictures that typst could not read.
    """

    def __init__(self, tex: Mapping[str, str] | None = None, spoilt: frozenset[str] = frozenset()) -> None:
        self.pictures: dict[str, bytes] = {}
        self.lost: list[Lost] = []
        self.question = 0
        self._spoilt = spoilt
        self._tex = tex or {}
        self._maths: list[str] = []

    def blocks(self, text: str) -> list[Item]:
        """The text as blocks."""
        self._maths = []
        tree = _Tree()
        tree.feed(_MATH.sub(self._held, nfc(text)))
        tree.close()
        return self._blocks(tree.root.children)

    def _held(self, found: re.Match[str]) -> str:
        self._maths.append(found.group())
        return f'<lt-math at="{len(self._maths) - 1}">'

    def _lose(self, message: str, what: str) -> None:
        self.lost.append(Lost(self.question, message, what[:120]))

    # ---- blocks

    def _blocks(self, children: "Sequence[_Tag | str]") -> list[Item]:
        made: list[Item] = []
        line: list[Item] = []

        def close() -> None:
            if any(one["t"] != "text" or one["s"].strip() for one in line):
                made.append({"is": "p", "c": _trimmed(line)})
            line.clear()

        for child in children:
            if isinstance(child, _Tag) and child.name in _BLOCKS:
                close()
                made.extend(self._block(child))
            else:
                for one in self._inline(child):
                    if one["t"] == "maths" and one["block"]:  # typst has no block within a line
                        close()
                        made.append({"is": "maths", "m": one["m"]})
                    else:
                        line.append(one)
        close()
        return made

    def _block(self, tag: _Tag) -> list[Item]:
        if tag.name == "p":
            return self._blocks(tag.children)
        if tag.name == "pre":
            return [{"is": "pre", "s": _text_of(tag).strip("\n").replace("\t", "    ")}]
        if tag.name == "blockquote":
            return [{"is": "quote", "c": self._blocks(tag.children)}]
        if tag.name == "table":
            return self._table(tag)
        items = [one for one in tag.children if isinstance(one, _Tag)]
        listed = [self._blocks(one.children if one.name == "li" else [one]) for one in items]
        return [{"is": "list", "ordered": tag.name == "ol", "items": listed}] if listed else []

    def _table(self, tag: _Tag) -> list[Item]:
        rows, captions = _rows_of(tag)
        placed, width = _placed(rows)
        before = [block for one in captions for block in self._blocks(one.children)]
        if not placed:
            return before
        if width > MOST_COLUMNS:  # no sheet of paper is so wide: a row a line, nothing left out
            lines = [self._blocks([*_joined(row)]) for row in rows]
            return [*before, {"is": "list", "ordered": False, "items": lines}]
        cells = [{**where, "head": cell.name == "th", "c": self._blocks(cell.children)} for cell, where in placed]
        return [*before, {"is": "table", "columns": width, "cells": cells}]

    # ---- within a line

    def _inline(self, child: "_Tag | str") -> list[Item]:
        if isinstance(child, str):
            said = _SPACES.sub(" ", child)
            return [{"t": "text", "s": breakable(said)}] if said else []
        if child.name == "br":
            return [{"t": "br"}]
        if child.name == "img":
            return [self._picture(child)]
        if child.name == "lt-math":
            return [self._formula(self._maths[int(child.attributes["at"])])]
        if child.name == "code":
            said = _text_of(child)
            if re.fullmatch(r"\\[(\[].*\\[)\]]", said, re.DOTALL):
                self._lose(FORMULA, said)
            return [{"t": "code", "s": breakable(said)}]
        inner = [one for part in child.children for one in self._inline(part)]
        if child.name in _STYLES:
            return [{"t": _STYLES[child.name], "c": inner}]
        return [{"t": "br"}, *inner, {"t": "br"}] if child.name in _BLOCKS else inner

    def _picture(self, tag: _Tag) -> Item:
        said = nfc(tag.attributes.get("alt", "")).strip()
        found = re.fullmatch(r"data:[a-z/+-]*;base64,(.*)", tag.attributes.get("src", ""), re.DOTALL)
        try:
            content = base64.b64decode(found[1], validate=True) if found else b""
        except (binascii.Error, ValueError):
            content = b""
        kind = kind_of_picture(content)
        size = size_of_picture(content) if kind else None
        name = f"{hashlib.sha256(content).hexdigest()[:24]}.{_EXTENSIONS.get(kind or '', '')}"
        if size is None or name in self._spoilt:
            self._lose(PICTURE, said or "–")
            return {"t": "lost", "s": said}
        self.pictures[name] = content
        return {"t": "picture", "name": name, "w": size[0], "h": size[1], "alt": said}

    def _formula(self, mathml: str) -> Item:
        try:
            return {"t": "maths", "block": 'display="block"' in mathml[:200], "m": formula(mathml)}
        except CannotSet as reason:
            tex = self._tex.get(mathml) or re.sub(r"<[^>]*>", "", mathml)
            self._lose(FORMULA, tex or str(reason))
            return {"t": "code", "s": breakable(tex)}


def breakable(text: str, longest: int = LONG_WORD) -> str:
    """The text with places to break in words that no line may hold."""
    if len(text) <= longest:
        return text
    return " ".join(
        word
        if len(word) <= longest
        else ZERO_WIDTH.join(word[at : at + longest // 2] for at in range(0, len(word), longest // 2))
        for word in text.split(" ")
    )


def _trimmed(line: list[Item]) -> list[Item]:
    """Without breaks and spaces at its ends."""
    while line and (line[0]["t"] == "br" or (line[0]["t"] == "text" and not line[0]["s"].strip())):
        line = line[1:]
    while line and (line[-1]["t"] == "br" or (line[-1]["t"] == "text" and not line[-1]["s"].strip())):
        line = line[:-1]
    return list(line)


def _text_of(tag: _Tag) -> str:
    return "".join(
        one if isinstance(one, str) else "\n" if one.name == "br" else _text_of(one) for one in tag.children
    )


def _rows_of(tag: _Tag) -> tuple[list[list[_Tag]], list[_Tag]]:
    """The rows of cells of a table, and its captions."""
    rows: list[list[_Tag]] = []
    captions: list[_Tag] = []
    for child in tag.children:
        if not isinstance(child, _Tag):
            continue
        if child.name == "caption":
            captions.append(child)
        elif child.name == "tr":
            rows.append([one for one in child.children if isinstance(one, _Tag) and one.name in {"td", "th"}])
        elif child.name in {"thead", "tbody", "tfoot"}:
            more, _none = _rows_of(child)
            rows.extend(more)
    return rows, captions


def _joined(row: Sequence[_Tag]) -> "list[_Tag | str]":
    found: list[_Tag | str] = []
    for cell in row:
        found += [*([" | "] if found else []), *cell.children]
    return found


def _placed(rows: Sequence[Sequence[_Tag]]) -> tuple[list[tuple[_Tag, dict[str, int]]], int]:
    """Where each cell stands and how far it reaches; spans that overlap others are cut. And the number of columns."""
    taken: set[tuple[int, int]] = set()
    found = []
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (x, y) in taken:
                x += 1
            wide, high = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - y)
            while any((x + step, y) in taken for step in range(wide)):
                wide -= 1
            own = {(x + right, y + down) for right in range(wide) for down in range(high)}
            while own & taken:
                high -= 1
                own = {(x + right, y + down) for right in range(wide) for down in range(high)}
            taken |= own
            found.append((cell, {"x": x, "y": y, "colspan": wide, "rowspan": high}))
            x += wide
    return found, max((x for x, _y in taken), default=-1) + 1


def _span(cell: _Tag, name: str) -> int:
    said = cell.attributes.get(name, "1")
    return max(1, min(MOST_COLUMNS, int(said))) if said.isascii() and said.isdigit() else 1
