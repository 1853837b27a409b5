"""GIFT: the plain-text format of Moodle. Format as at docs.moodle.org/en/GIFT_format (read and written here anew).

What GIFT has no place for travels as tags in a comment: `// [id:C01] [tag:lantoa:difficulty=3]`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from lantoa.common.refused import N_
from lantoa.exams.rules import notation, texts
from lantoa.exams.rules.content import Answer, Content, Option, Pair, number_of
from lantoa.exams.rules.formats.model import (
    Loss,
    ReadQuestion,
    WrittenQuestion,
    aim_tags,
    checked,
    code_from,
    lost_pictures,
    tags_of,
    unscaled,
    warning,
    with_tags,
    without_pictures,
    wrong,
)
from lantoa.office.rules.imports import RowFault

_SPECIAL: Final = "\\#=~{}:n"
_HIDE: Final = {f"\\{letter}": chr(0xE000 + at) for at, letter in enumerate(_SPECIAL)}
_SHOW: Final = {chr(0xE000 + at): "\n" if letter == "n" else letter for at, letter in enumerate(_SPECIAL)}
_ESCAPE = re.compile(r"\\[\\#=~{}:n]")
_TAG = re.compile(r"\[(id|tag):((?:[^\]\\]|\\.)*)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d{1,7})?)%")
_TRUTH = re.compile(r"(TRUE|FALSE|T|F)\s*(?:#(.*?))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
CARRIED: Final = frozenset({"single", "multiple", "truefalse", "matching", "numeric", "short", "long"})

Said = Callable[[str], str]  # a part of the text as HTML


@dataclass
class _Block:
    line: int
    lines: list[str] = field(default_factory=list)
    code: str = ""
    tags: list[str] = field(default_factory=list)
    category: str = ""


def read(text: str) -> Iterator[ReadQuestion]:
    """The questions of a GIFT text, each with the line it begins on."""
    for block in _blocks(text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")):
        yield _read(block)


def _blocks(text: str) -> Iterator[_Block]:
    category, block = "", _Block(1)
    for number, line in enumerate([*text.split("\n"), ""], 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            for kind, value in _TAG.findall(stripped):
                said = re.sub(r"\\(.)", r"\1", value)
                if kind == "id":
                    block.code = said
                else:
                    block.tags.append(said)
        elif stripped.startswith("$CATEGORY:"):
            category = stripped.removeprefix("$CATEGORY:").strip()
        elif stripped:
            if not block.lines:
                block.line, block.category = number, category
            block.lines.append(line)
        elif block.lines:
            yield block
            block = _Block(number + 1)


def _shown(text: str) -> str:
    return "".join(_SHOW.get(letter, letter) for letter in text).strip()


def _read(block: _Block) -> ReadQuestion:
    raw = _ESCAPE.sub(lambda found: _HIDE[found.group()], "\n".join(block.lines)).strip()
    code, markup = block.code, "moodle"
    if named := re.match(r"::(.*?)::", raw, re.DOTALL):
        code, raw = code or _shown(named[1]), raw[named.end() :].lstrip()
    if formed := re.match(r"\[(html|moodle|plain|markdown)\]", raw):
        markup, raw = formed[1], raw[formed.end() :].lstrip()
    start, end = raw.find("{"), raw.rfind("}")
    faults: list[RowFault] = []
    if markup == "markdown":
        faults.append(warning(N_("Markdown is read as plain text.")))
    if start < 0 or end < start:
        words = texts.words(texts.clean(_shown(raw)))[:60]
        fault = wrong(N_('It has no answers in braces: "%(text)s" is no question.'), text=words)
        return ReadQuestion(block.line, code or code_from(words), None, (), (fault,))
    after = raw[end + 1 :].strip()
    asked = raw[:start].rstrip() + (f" _____ {after}" if after else "")
    inner, *general = raw[start + 1 : end].split("####", 1)

    def said(part: str, markup: str = markup) -> str:
        whole = _shown(part)
        if part.lstrip().startswith("[") and (own := re.match(r"\[(html|moodle|plain|markdown)\]", whole)):
            markup, whole = own[1], whole[own.end() :].strip()
        if markup in ("plain", "markdown"):
            return texts.from_plain(whole)
        whole = texts.dollars_to_brackets(whole)
        return whole if markup == "html" else texts.from_typed(whole)

    try:
        content = _answers(Content("", said(asked)), inner.strip(), said)
    except ValueError as error:
        fault = wrong(N_("The answers cannot be read: %(what)s"), what=str(error)[:80])
        return ReadQuestion(block.line, code or code_from(said(asked)), None, (), (fault,))
    if general:
        content = replace(content, feedback=said(general[0]))
    content, aims, told = with_tags(content, block.tags)
    category = block.category.rstrip("/").rpartition("/")[2]
    aims = aims or ([category] if category and category not in ("$course$", "$system$", "top") else [])
    return checked(block.line, code or code_from(content.text), content, aims=aims, faults=[*faults, *told])


def _answers(content: Content, inner: str, html: Said) -> Content:
    if not inner:
        return replace(content, kind="long")
    if inner.startswith("#"):
        return replace(content, kind="numeric", answers=tuple(_numbers(inner[1:].strip(), html)))
    if truth := _TRUTH.fullmatch(inner):
        true = truth[1].upper().startswith("T")
        wrong_said, right_said = html(truth[2] or ""), html(truth[3] or "")
        return replace(
            content,
            kind="truefalse",
            options=(
                Option("", Fraction(int(true)), right_said if true else wrong_said),
                Option("", Fraction(int(not true)), wrong_said if true else right_said),
            ),
        )
    parts = [part for part in re.split(r"(?=[=~])", inner) if part.strip()]
    if parts[0][0] not in "=~":
        raise ValueError(_shown(parts[0]))
    if "~" not in {part[0] for part in parts}:
        if all("->" in part for part in parts):
            return replace(content, kind="matching", pairs=tuple(_pair(part[1:], html) for part in parts))
        return replace(content, kind="short", answers=tuple(_short(part[1:], html) for part in parts))
    options = tuple(_option(part, html) for part in parts)
    kind = "single" if any(part[0] == "=" for part in parts) else "multiple"
    return replace(content, kind=kind, options=options)


def _weighed(part: str) -> tuple[Fraction | None, str, str]:
    """The weight if there is one, the text, the feedback."""
    part = part.strip()
    share = None
    if found := _WEIGHT.match(part):
        share, part = unscaled(found[1]), part[found.end() :]
    text, _hash, feedback = part.partition("#")
    return share, text, feedback


def _option(part: str, html: Said) -> Option:
    share, text, feedback = _weighed(part[1:])
    usual = Fraction(1) if part[0] == "=" else Fraction(0)
    return Option(html(text), usual if share is None else share, html(feedback))


def _short(part: str, html: Said) -> Answer:
    share, text, feedback = _weighed(part)
    return Answer(_shown(text), Fraction(1) if share is None else share, Decimal(0), html(feedback))


def _pair(part: str, html: Said) -> Pair:
    left, _arrow, right = part.partition("->")
    return Pair(html(left), texts.from_plain(_shown(right)))


def _numbers(inner: str, html: Said) -> Iterator[Answer]:
    for part in [one for one in re.split(r"(?=[=~])", inner) if one.strip()]:
        share, text, feedback = _weighed(part.removeprefix("=").removeprefix("~"))
        if part.startswith("~") and not text.strip():
            continue
        yield _number(_shown(text), Fraction(1) if share is None else share, html(feedback))


def _number(text: str, share: Fraction, feedback: str) -> Answer:
    if ".." in text:
        low, high = (number_of(side) for side in text.split("..", 1))
        if low is None or high is None:
            raise ValueError(text)
        return Answer(f"{(low + high) / 2:f}", share, abs(high - low) / 2, feedback)
    value, *tolerance = re.split(r":", text, maxsplit=1)
    allowed = number_of(tolerance[0]) if tolerance else Decimal(0)
    if number_of(value) is None or allowed is None:
        raise ValueError(text)
    return Answer(value, share, allowed, feedback)


# ---- writing


def write(questions: Sequence[WrittenQuestion]) -> tuple[str, list[Loss]]:
    """The GIFT text, and what it cannot carry."""
    made, losses = [], []
    for question in questions:
        kind = question.content.kind
        if kind not in CARRIED:
            losses.append(
                Loss(question.code, N_("Questions of this kind cannot be carried by %(format)s."), {"format": "GIFT"})
            )
            continue
        losses += lost_pictures(question)
        if question.content.rubric:
            losses.append(Loss(question.code, N_("The rubric cannot be carried.")))
        if question.content.words:
            losses.append(Loss(question.code, N_("The limit of words cannot be carried.")))
        losses += [
            Loss(question.code, N_("The formatting of a right side cannot be carried."))
            for pair in question.content.pairs
            if not texts.is_plain(pair.right)
        ]
        made.append(_written(question))
    return "\n".join(made), losses


def _escaped(text: str) -> str:
    text = re.sub(r"[\\#=~{}:]", lambda found: "\\" + found.group(), text)
    return text.replace("\n", "\\n")


def _written(question: WrittenQuestion) -> str:
    content = question.content
    marks = [f"[id:{_bracketed(question.code)}]"]
    marks += [f"[tag:{_bracketed(tag)}]" for tag in (*tags_of(content, points=True), *aim_tags(question.aims))]
    general = f"\n####{_html(content.feedback)}" if content.feedback else ""
    inner = "\n".join(_lines(content))
    return (
        f"// {' '.join(marks)}\n::{_escaped(question.code)}::[html]{_html(content.text)}{{{inner}{general}\n}}\n"
        if inner or general
        else f"// {' '.join(marks)}\n::{_escaped(question.code)}::[html]{_html(content.text)}{{}}\n"
    )


def _bracketed(text: str) -> str:
    return re.sub(r"[\\\]\[]", lambda found: "\\" + found.group(), text)


def _html(text: str) -> str:
    return _escaped(without_pictures(text))


def _lines(content: Content) -> Iterator[str]:
    def feedback(text: str) -> str:
        return f"#{_html(text)}" if text else ""

    if content.kind == "truefalse":
        true, false = content.options
        right, other = (true, false) if true.share == 1 else (false, true)
        tail = f"#{_html(other.feedback)}#{_html(right.feedback)}" if other.feedback or right.feedback else ""
        yield ("TRUE" if right is true else "FALSE") + tail
    elif content.kind in ("single", "multiple"):
        yield ""
        for one in content.options:
            plain = content.kind == "single" and one.share == 1
            weight = (
                "" if one.share in (0, 1) and (plain or one.share == 0) else f"%{notation.plain_percent(one.share)}%"
            )
            if not weight and one.text.startswith("%"):
                weight = f"%{notation.plain_percent(one.share)}%"
            yield f"{'=' if plain else '~'}{weight}{_html(one.text)}{feedback(one.feedback)}"
    elif content.kind == "matching":
        yield ""
        for pair in content.pairs:
            beside = texts.plain(pair.right) if texts.is_plain(pair.right) else texts.words(pair.right)
            yield f"={_html(pair.left)} -> {_escaped(beside)}"
    elif content.kind == "numeric":
        yield "#"
        for answer in content.answers:
            tolerance = f":{answer.tolerance:f}" if answer.tolerance else ""
            yield f"=%{notation.plain_percent(answer.share)}%{answer.text}{tolerance}{feedback(answer.feedback)}"
    elif content.kind == "short":
        yield ""
        for answer in content.answers:
            yield f"=%{notation.plain_percent(answer.share)}%{_escaped(answer.text)}{feedback(answer.feedback)}"
