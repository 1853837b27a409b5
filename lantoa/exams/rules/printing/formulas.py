"""MathML, as `rules.texts` makes it from TeX, as plain data that `maths.typ` sets.

A node is {"k": kind, …}: "row" and "lr" (between fences that grow) hold `c`; "s" a sign, "n" a number, "f" the name
of a function, "t" words, each `s`; "frac", "root", "attach", "accent", "line", "brace", "mat", "box", "gap",
"break" as their names say.
"""

from collections.abc import Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, fromstring

MATHML: Final = "{http://www.w3.org/1998/Math/MathML}"
_FUNCTIONS: Final = frozenset(
    [
        *("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "arcsin", "arccos", "arctan"),
        *("log", "ln", "lg", "exp", "lim", "max", "min", "sup", "inf", "det", "gcd", "dim", "ker", "arg", "deg"),
    ]
)
_OPENING: Final = frozenset("([{⟨⌈⌊|‖")
_CLOSING: Final = frozenset(")]}⟩⌉⌋|‖")
_ACCENTS: Final = {  # as TeX writes them -> the combining sign that typst takes
    "^": "\u0302", "~": "\u0303", "˜": "\u0303", "→": "\u20d7", "←": "\u20d6", "˙": "\u0307", "¨": "\u0308",
    "´": "\u0301", "`": "\u0300", "˘": "\u0306", "ˇ": "\u030c",
}  # fmt: skip
_LINES: Final = frozenset("¯‾―_\u0332")
_BRACES: Final = frozenset("⏞⏟︷︸")
DEEPEST: Final = 40


class CannotSet(Exception):
    """MathML that has no counterpart; the text names the element."""


def formula(mathml: str) -> dict[str, Any]:
    """A formula as data. Raises CannotSet."""
    try:
        root = fromstring(mathml)
    except ParseError as error:
        raise CannotSet("xml") from error
    return _node(root, 0)


def _name(element: Element) -> str:
    return element.tag.removeprefix(MATHML)


def _said(element: Element) -> str:
    return (element.text or "").strip("\n\t ")


def _row(elements: Sequence[Element], deep: int) -> dict[str, Any]:
    """Elements side by side; from a fence that grows to its partner they are one."""
    made: list[dict[str, Any]] = []
    at = 0
    while at < len(elements):
        end = _partner(elements, at)
        if end is None:
            made.append(_node(elements[at], deep))
            at += 1
        else:
            inner = _row(elements[at + 1 : end], deep + 1)
            fences = [elements[at], *elements[end : end + 1]]
            first, *last = [_fence(one) for one in fences]
            made.append({"k": "lr", "c": [*first, inner, *(last[0] if last else [])]})
            at = end + 1
    return made[0] if len(made) == 1 else {"k": "row", "c": made}


def _fence(element: Element) -> list[dict[str, Any]]:
    return [{"k": "s", "s": _said(element)}] if _said(element) else []


def _partner(elements: Sequence[Element], at: int) -> int | None:
    """Where the fence that opens here closes: the end of the row where nothing closes it; None: none opens here."""
    first = elements[at]
    if _name(first) != "mo" or not _opens(first, elements, at):
        return None
    depth = 0
    for place in range(at + 1, len(elements)):
        one = elements[place]
        if _name(one) != "mo":
            continue
        if _grows(one) and one.get("form") == "prefix":
            depth += 1
        elif (_grows(one) and one.get("form") == "postfix") or (not _grows(first) and _said(one) in _CLOSING):
            if depth == 0:
                return place
            depth -= 1
    return len(elements)


def _grows(element: Element) -> bool:
    return element.get("fence") == "true" or element.get("minsize") is not None


def _opens(element: Element, elements: Sequence[Element], at: int) -> bool:
    if element.get("form") == "prefix" and _grows(element):
        return True
    following = _name(elements[at + 1]) if at + 1 < len(elements) else ""
    tall = following == "mtable" or (following == "mfrac" and elements[at + 1].get("linethickness") == "0")
    return _said(element) in _OPENING and tall


def _node(element: Element, deep: int) -> dict[str, Any]:
    if deep > DEEPEST:
        raise CannotSet("depth")
    name, children, said = _name(element), list(element), _said(element)
    if name in {"math", "mrow", "mstyle", "mpadded", "mtd", "none"}:
        return _row(children, deep + 1)
    if name == "mi":
        return _identifier(element, said)
    if name == "mn":
        return {"k": "n", "s": said}
    if name == "mo":
        return {"k": "f", "s": said, "limits": True} if len(said) > 1 and said.isalpha() else _operator(said)
    if name == "mtext":
        return {"k": "t", "s": element.text or ""}
    if name == "mspace":
        return {"k": "break"} if element.get("linebreak") else {"k": "gap", "em": _em(element.get("width", ""))}
    if name == "mfrac":
        top, under = _nodes(children, 2, name, deep)
        if element.get("linethickness") in {"0", "0px", "0em"}:
            return {"k": "mat", "rows": [[top], [under]]}
        return {"k": "frac", "a": top, "b": under}
    if name == "msqrt":
        return {"k": "root", "c": _row(children, deep + 1)}
    if name == "mroot":
        inner, index = _nodes(children, 2, name, deep)
        return {"k": "root", "c": inner, "index": index}
    if name in {"msub", "msup", "msubsup"}:
        return _scripts(name, children, deep)
    if name in {"munder", "mover", "munderover"}:
        return _around(name, children, deep)
    if name == "mtable":
        return _table(children, deep)
    if name == "menclose" and element.get("notation") == "box":
        return {"k": "box", "c": _row(children, deep + 1)}
    raise CannotSet(name + (f" {element.get('notation')}" if name == "menclose" else ""))


def _identifier(element: Element, said: str) -> dict[str, Any]:
    if said.startswith("\\"):
        raise CannotSet(said)
    if said in _FUNCTIONS:
        return {"k": "f", "s": said}
    if len(said) > 1:
        return {"k": "t", "s": said}
    if not said:
        return {"k": "row", "c": []}
    if said in "′″‴":
        return {"k": "primes", "n": "′″‴".index(said) + 1}
    return {"k": "s", "s": said, "style": element.get("mathvariant", "")}


def _operator(said: str) -> dict[str, Any]:
    if not said:
        return {"k": "row", "c": []}
    return {"k": "s", "s": said} if len(said) == 1 else {"k": "t", "s": said}


def _em(width: str) -> float:
    try:
        return max(-1.0, min(10.0, float(width.removesuffix("em"))))
    except ValueError:
        return 0.25


def _nodes(children: Sequence[Element], count: int, name: str, deep: int) -> list[dict[str, Any]]:
    if len(children) != count:
        raise CannotSet(name)
    return [_node(child, deep + 1) for child in children]


def _scripts(name: str, children: Sequence[Element], deep: int) -> dict[str, Any]:
    base, *more = _nodes(children, 3 if name == "msubsup" else 2, name, deep)
    places = {"msub": ("b",), "msup": ("t",), "msubsup": ("b", "t")}[name]
    found = dict(zip(places, more, strict=True))
    if found.get("t", {}).get("k") == "primes":
        found["tr"] = found.pop("t")
    return {"k": "attach", "c": base, **found}


def _around(name: str, children: Sequence[Element], deep: int) -> dict[str, Any]:
    base, *more = _nodes(children, 3 if name == "munderover" else 2, name, deep)
    if name != "munderover":
        sign = _said(children[1]) if _name(children[1]) == "mo" else ""
        above = name == "mover"
        if sign and sign in _LINES:
            return {"k": "line", "c": base, "above": above}
        if sign and sign in _BRACES:
            return {"k": "brace", "c": base, "above": above}
        if above and sign in _ACCENTS:
            return {"k": "accent", "c": base, "accent": _ACCENTS[sign]}
    places = {"munder": ("b",), "mover": ("t",), "munderover": ("b", "t")}[name]
    return {"k": "attach", "c": base, "limits": True, **dict(zip(places, more, strict=True))}


def _table(rows: Sequence[Element], deep: int) -> dict[str, Any]:
    made = [[_node(cell, deep + 1) for cell in row] for row in rows]
    if not made or not max(map(len, made)):
        raise CannotSet("mtable")
    width = max(map(len, made))
    left = any(cell.get("columnalign") == "left" for row in rows for cell in row)
    return {
        "k": "mat",
        "rows": [row + [{"k": "row", "c": []}] * (width - len(row)) for row in made],
        "left": left,
    }
