"""Papers, keys and answer sheets as PDF/A. The same data gives the same bytes.

What typeface or typst cannot set stands there by its name ("[U+0627]"), and is told: nothing is left out silently.
"""

import datetime
import io
import json
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst

from lantoa.common.refused import N_, Refused
from lantoa.exams.rules.content import LETTERS, plain_number
from lantoa.exams.rules.printing.setting import LETTER, Lost, Setter, breakable
from lantoa.exams.rules.printing.sheet import Layout, layout_of
from lantoa.office.rules.papers.press import FONTS, pdf
from lantoa.office.rules.papers.wording import clean, figure

PAPER: Final = (Path(__file__).parent / "paper.typ").read_bytes()
SHEETS: Final = (Path(__file__).parent / "answers.typ").read_bytes()
MOST_ROUNDS: Final = 60  # letters without a typeface are told by typst one after another

NOTES: Final = {  # what stands below a question, in the language of the papers
    "multiple": "chọn tất cả phương án đúng",
    "truefalse": "đúng (Đ) hay sai (S)?",
    "matching": "ghép mỗi số với một chữ cái",
    "ordering": "sắp xếp theo thứ tự đúng",
    "numeric": "trả lời bằng một số",
    "short": "trả lời ngắn",
    "file": "nộp tệp riêng; câu này không làm trên giấy",
}


@dataclass(frozen=True)
class PrintedVariant:
    """A variant to be printed: its number, `Variant.content`, in a key sheet the key of each question in words."""

    number: int
    content: Sequence[Mapping[str, Any]]
    keys: Mapping[str, str] = field(default_factory=dict)
    tex: Mapping[str, str] = field(default_factory=dict)  # MathML -> the TeX it was made of


@dataclass(frozen=True)
class PrintedPaper:
    """What stands on papers: the unit that holds the exam, its title, minutes (0: not said), introduction."""

    unit: str
    title: str
    minutes: int
    introduction: str
    variants: tuple[PrintedVariant, ...]
    key: bool = False


@dataclass(frozen=True)
class Made:
    """A PDF, and what of it could not be set as it is."""

    content: bytes
    lost: tuple[Lost, ...]


@dataclass(frozen=True)
class PrintedCandidate:
    """Whose sheet it is. `code` names the attempt; `address` is what the QR leads to."""

    name: str
    born: str
    unit: str
    number: str
    variant: int
    code: str
    address: str


@lru_cache(maxsize=4)
def _fonts(folder: Path) -> typst.Fonts:
    """Our own typefaces, and for signs and formulas those that typst brings with it."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])


def _compiler(folder: Path) -> typst.Compiler:
    return typst.Compiler(font_paths=_fonts(folder), ignore_system_fonts=True)


def make_paper(paper: PrintedPaper, *, day: datetime.date, fonts: Path = FONTS) -> Made:
    """The papers of the variants, or the sheet with their keys."""
    spoilt: frozenset[str] = frozenset()
    while True:
        setter = Setter({mathml: tex for one in paper.variants for mathml, tex in one.tex.items()}, spoilt)
        variants = [_variant(paper, one, setter) for one in paper.variants]
        data = _about(f"{paper.title}", paper.unit, day) | {
            "unit": clean(paper.unit),
            "minutes": str(paper.minutes) if paper.minutes else "",
            "variants": variants,
        }
        with tempfile.TemporaryDirectory(prefix="lantoa-") as folder:
            for name, content in setter.pictures.items():
                (Path(folder) / name).write_bytes(content)
            try:
                content, letters = _compiled(PAPER, data, day=day, fonts=fonts, root=Path(folder))
            except typst.TypstError:
                broken = _broken(setter.pictures, fonts, Path(folder))
                if not broken:
                    raise
                spoilt |= broken
                continue
        return Made(content, (*setter.lost, *_letters_lost(letters, variants)))


def set_sheets(
    candidates: Iterable[PrintedCandidate],
    variants: Mapping[int, Sequence[Mapping[str, Any]]],
    *,
    unit: str,
    title: str,
    day: datetime.date,
    fonts: Path = FONTS,
) -> tuple[bytes, tuple[str, ...]]:
    """The answer sheets of these candidates, in their order, and the codes of those on whose sheet letters of no
    typeface stand by their numbers. `variants`: their content by number."""
    named = list(candidates)
    if not named:
        raise Refused(N_("Cannot print answer sheets: there are no candidates."))
    data = _about(title, unit, day) | {
        "unit": clean(unit),
        "sitting": clean(title),
        "layouts": {f"{number:03d}": _plain(layout_of(content)) for number, content in variants.items()},
        "candidates": [_candidate(one) for one in named],
    }
    content, letters = _compiled(SHEETS, data, day=day, fonts=fonts, root=None)
    strange = set(letters)
    return content, tuple(one.code for one in named if strange & set(clean(f"{one.name}\n{one.unit}")))


def _about(title: str, unit: str, day: datetime.date) -> dict[str, Any]:
    return {"title": clean(title), "author": clean(unit), "year": day.year, "month": day.month, "day": day.day}


def _plain(layout: Layout) -> dict[str, Any]:
    return {"half": layout.half, "pages": [asdict(page) for page in layout.pages]}


def _candidate(one: PrintedCandidate) -> dict[str, Any]:
    import segno

    picture = io.BytesIO()
    segno.make_qr(one.address, error="m", boost_error=False).save(
        picture, kind="svg", border=1, xmldecl=False, svgns=True, nl=False, dark="#000"
    )
    return {
        "name": breakable(clean(one.name), 30),
        "born": clean(one.born) or "…………",
        "unit": clean(one.unit),
        "number": one.number,
        "variant": f"{one.variant:03d}",
        "code": one.code,
        "qr": picture.getvalue().decode(),
    }


# ---- a variant


def _variant(paper: PrintedPaper, one: PrintedVariant, setter: Setter) -> dict[str, Any]:
    points = {str(asked.get("points", "")) for asked in one.content}
    each = points.pop() if len(points) == 1 else ""
    setter.question = 0
    introduction = [] if paper.key else setter.blocks(paper.introduction)
    questions = []
    for number, asked in enumerate(one.content, 1):
        setter.question = number
        questions.append(_question(number, asked, setter, each=bool(each), key=one.keys.get(asked["id"], "")))
    return {
        "number": f"{one.number:03d}",
        "kind": "Đáp án và hướng dẫn chấm" if paper.key else "Đề kiểm tra",
        "key": paper.key,
        "each": _points(each),
        "introduction": introduction,
        "questions": questions,
        "footer": f"Mã đề {one.number:03d}" + (" – ĐÁP ÁN" if paper.key else ""),
    }


def _points(said: str) -> str:
    return figure(plain_number(Decimal(said))) if said else ""


def _question(number: int, asked: Mapping[str, Any], setter: Setter, *, each: bool, key: str) -> dict[str, Any]:
    kind = asked["kind"]

    def lettered(name: str) -> list[dict[str, Any]]:
        return [
            {"letter": one["id"].upper() if one["id"] in LETTERS else one["id"], "c": setter.blocks(one["text"])}
            for one in asked.get(name, ())
        ]

    note = NOTES.get(kind, "")
    if kind == "long" and asked.get("words"):
        note = f"không quá {asked['words']} từ"
    return {
        "number": str(number),
        "points": "" if each else _points(str(asked.get("points", ""))),
        "c": _noted(setter.blocks(asked["text"]), note),
        "options": [] if kind == "truefalse" else lettered("options"),
        "lefts": lettered("lefts"),
        "rights": lettered("rights"),
        "key": clean(key),
    }


def _noted(blocks: list[dict[str, Any]], note: str) -> list[dict[str, Any]]:
    """The text of a question with what is to be done behind it, on the same line where that is one of words."""
    if not note:
        return blocks
    said = {"t": "i", "c": [{"t": "text", "s": f"({note})"}]}
    if blocks and blocks[-1]["is"] == "p":
        return [*blocks[:-1], {"is": "p", "c": [*blocks[-1]["c"], {"t": "text", "s": " "}, said]}]
    return [*blocks, {"is": "p", "c": [said]}]


# ---- setting it


def _compiled(
    template: bytes, data: dict[str, Any], *, day: datetime.date, fonts: Path, root: Path | None
) -> tuple[bytes, list[str]]:
    """The PDF, and the letters that stand in it by their number since no typeface has them."""
    letters: list[str] = []
    press = _compiler(fonts)
    for _round in range(MOST_ROUNDS):
        try:
            return pdf(press, template, data, day=day, root=root), letters
        except Refused as refused:
            lacking = [one for one in str(refused.values.get("letter", "")) if one not in letters]
            if not lacking:
                raise
            letters += lacking
            data = _without(data, {one: f"[U+{ord(one):04X}]" for one in lacking})
    raise Refused(
        N_("Cannot make the PDF: more than %(most)d different letters are of no typeface."), most=MOST_ROUNDS
    )


def _without(data: dict[str, Any], letters: Mapping[str, str]) -> dict[str, Any]:
    said = json.dumps(data, ensure_ascii=False)
    for letter, name in letters.items():
        said = said.replace(letter, name)
    found: dict[str, Any] = json.loads(said)
    return found


def _letters_lost(letters: Iterable[str], variants: Sequence[Mapping[str, Any]]) -> list[Lost]:
    found = []
    for letter in letters:
        said = f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()
        for variant in variants:
            where = [
                int(one["number"]) for one in variant["questions"] if letter in json.dumps(one, ensure_ascii=False)
            ]
            found += [Lost(number, LETTER, said) for number in where or [0]]
    return list(dict.fromkeys(found))


def _broken(pictures: Mapping[str, bytes], fonts: Path, root: Path) -> frozenset[str]:
    """The pictures that typst cannot read."""
    found = set()
    for name in pictures:
        try:
            _compiler(fonts).compile(input=f'#image("/{name}", width: 1pt)'.encode(), format="pdf", root=root)
        except typst.TypstError:
            found.add(name)
    return frozenset(found)
