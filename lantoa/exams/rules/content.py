"""What a question is: one shape for pages, files, papers and marking, the same in JSON (`Version.content`).

    {"kind": "single", "text": "<p>…</p>", "points": "1", "penalty": "0", "difficulty": 2, "feedback": "",
     "shuffle": true, "options": [{"text": "…", "share": "1", "feedback": ""}, …]}

| kind | what it holds beside the common part |
|---|---|
| single, multiple | `options` (a share of the points each: 1 right, 0 wrong, 1/3 a third, below 0 costs), `shuffle` |
| truefalse | `options`: exactly two, the statement is true, the statement is false; their texts are empty |
| ordering | `options` in their right order; shares mean nothing |
| matching | `pairs` of left and right; a pair without a left side is a right side too many |
| numeric | `answers` (the number, the tolerance around it, the share) |
| short | `answers` (the words, the share), `marks` (must Vietnamese marks be right?), `case` |
| long | `rubric` and `criteria` (words and points each) for whoever marks it, `words` at most (0: no limit) |
| file | `rubric`, `criteria`, `extensions`, `megabytes` at most |

`points` and `penalty` (the share of the points that a wrong answer costs) are the author's; a paper may have its own.
Texts are cleaned HTML (`texts.clean`). Shares are fractions written "1", "0.5" or "1/3".
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean as tidy
from lantoa.common.vietnamese import fold, nfc
from lantoa.exams.rules import texts
from lantoa.office.rules.files import MATERIALS
from lantoa.office.rules.imports import RowFault

KINDS: Final[dict[str, str]] = {
    "single": N_("single choice"),
    "multiple": N_("multiple choice"),
    "truefalse": N_("true or false"),
    "matching": N_("matching"),
    "ordering": N_("putting in order"),
    "numeric": N_("a number"),
    "short": N_("a short answer"),
    "long": N_("a long answer"),
    "file": N_("a file"),
}
DIFFICULTIES: Final[dict[int, str]] = {  # as Vietnamese papers count them: nhận biết, thông hiểu, vận dụng (cao)
    1: N_("recall"),
    2: N_("understanding"),
    3: N_("application"),
    4: N_("higher application"),
}
MARKED_BY_PEOPLE: Final = frozenset({"long", "file"})
MOST_OPTIONS: Final = 20
MOST_POINTS: Final = Decimal(1000)
MOST_MEGABYTES: Final = 5  # of a file handed in during an exam, when everybody sends at once
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
ONE: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice, or one item to put in order. `share` is the share of the points it earns."""

    text: str
    share: Fraction = Fraction(0)
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs together. Without a left side: a right side that belongs to nothing."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is taken: words, or a number with the tolerance around it."""

    text: str
    share: Fraction = ONE
    tolerance: Decimal = Decimal(0)
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that whoever marks an answer looks for, and the points it gives at most."""

    text: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Content:
    """A question. What does not belong to its kind is empty."""

    kind: str
    text: str
    points: Decimal = Decimal(1)
    penalty: Fraction = Fraction(0)
    difficulty: int = 2
    feedback: str = ""
    shuffle: bool = True
    options: tuple[Option, ...] = ()
    pairs: tuple[Pair, ...] = ()
    answers: tuple[Answer, ...] = ()
    marks: bool = True
    case: bool = False
    rubric: str = ""
    criteria: tuple[Criterion, ...] = ()
    words: int = 0
    extensions: tuple[str, ...] = ()
    megabytes: int = MOST_MEGABYTES

    def texts(self) -> Iterator[str]:
        """Every text that is HTML."""
        yield from (self.text, self.feedback, self.rubric)
        for option in self.options:
            yield from (option.text, option.feedback)
        for pair in self.pairs:
            yield from (pair.left, pair.right)
        yield from (answer.feedback for answer in self.answers)

    def folded(self) -> str:
        """Its words as search compares them."""
        return fold(" ".join(texts.words(text) for text in self.texts() if text))[:20_000]


_OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    "single": ("shuffle", "options"),
    "multiple": ("shuffle", "options"),
    "truefalse": ("options",),
    "ordering": ("options",),
    "matching": ("shuffle", "pairs"),
    "numeric": ("answers",),
    "short": ("answers", "marks", "case"),
    "long": ("rubric", "criteria", "words"),
    "file": ("rubric", "criteria", "extensions", "megabytes"),
}
_COMMON: Final = ("kind", "text", "points", "penalty", "difficulty", "feedback")


def normal(content: Content) -> Content:
    """The same question as it is kept: texts cleaned, what is not of its kind emptied, choices without words or
    consequence left as they are (`faults_of` names them)."""
    blank = Content(content.kind, "")
    kept = {name: getattr(content, name) for name in (*_COMMON, *_OF_KIND.get(content.kind, ()))}
    bare = dataclasses.replace(blank, **kept)
    fixed = content.kind == "truefalse"
    unshared = content.kind == "ordering"
    return dataclasses.replace(
        bare,
        text=texts.clean(bare.text),
        feedback=texts.clean(bare.feedback),
        rubric=texts.clean(bare.rubric),
        criteria=tuple(Criterion(tidy(one.text), plain_number(one.points)) for one in bare.criteria),
        points=plain_number(bare.points),
        options=tuple(
            Option(
                "" if fixed else texts.clean(one.text),
                Fraction(0) if unshared else one.share,
                "" if unshared else texts.clean(one.feedback),
            )
            for one in bare.options
        ),
        pairs=tuple(Pair(texts.clean(one.left), texts.clean(one.right)) for one in bare.pairs),
        answers=tuple(_normal_answer(content.kind, one) for one in bare.answers),
        extensions=tuple(dict.fromkeys(one.lower().lstrip(".") for one in bare.extensions)),
    )


def _normal_answer(kind: str, answer: Answer) -> Answer:
    number = number_of(answer.text) if kind == "numeric" else None
    text = tidy(answer.text) if number is None else f"{plain_number(number):f}"
    tolerance = plain_number(answer.tolerance) if kind == "numeric" else Decimal(0)
    return Answer(text, answer.share, tolerance, texts.clean(answer.feedback))


_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?")


def number_of(text: str) -> Decimal | None:
    """A number as people write it: 3.5, 3,5, 1e3; spaces between digits are left out. None when it is none."""
    text = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d)", "", nfc(text).strip()).replace("\u2212", "-")
    if len(text) > 40 or not _NUMBER.fullmatch(text) or not text.isascii():
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:  # pragma: no cover -- the pattern admits numbers only
        return None


def plain_number(value: Decimal) -> Decimal:
    """The number without zeros at its end and without an exponent: 10, not 1E+1."""
    value = value.normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() and abs(value) < 10**20 else value


# ---- JSON


def as_json(content: Content) -> dict[str, Any]:
    """As it is kept; only what belongs to the kind."""
    found: dict[str, Any] = {}
    for name in (*_COMMON, *_OF_KIND[content.kind]):
        found[name] = _plain(getattr(content, name))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value


def from_json(kept: Mapping[str, Any]) -> Content:
    """What `as_json` wrote; refused when it is of another shape."""
    try:
        return Content(
            kind=_of(str, kept["kind"]),
            text=_of(str, kept["text"]),
            points=_decimal(kept.get("points", "1")),
            penalty=share_of(kept.get("penalty", "0")),
            difficulty=_of(int, kept.get("difficulty", 2)),
            feedback=_of(str, kept.get("feedback", "")),
            shuffle=_of(bool, kept.get("shuffle", True)),
            options=tuple(
                Option(
                    _of(str, one["text"]),
                    share_of(one.get("share", "0")),
                    _of(str, one.get("feedback", "")),
                )
                for one in _of(list, kept.get("options", []))
            ),
            pairs=tuple(
                Pair(_of(str, one["left"]), _of(str, one["right"])) for one in _of(list, kept.get("pairs", []))
            ),
            answers=tuple(
                Answer(
                    _of(str, one["text"]),
                    share_of(one.get("share", "1")),
                    _decimal(one.get("tolerance", "0")),
                    _of(str, one.get("feedback", "")),
                )
                for one in _of(list, kept.get("answers", []))
            ),
            marks=_of(bool, kept.get("marks", True)),
            case=_of(bool, kept.get("case", False)),
            rubric=_of(str, kept.get("rubric", "")),
            criteria=tuple(
                Criterion(_of(str, one["text"]), _decimal(one["points"]))
                for one in _of(list, kept.get("criteria", []))
            ),
            words=_of(int, kept.get("words", 0)),
            extensions=tuple(_of(str, one) for one in _of(list, kept.get("extensions", []))),
            megabytes=_of(int, kept.get("megabytes", MOST_MEGABYTES)),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise Refused(
            N_("Cannot read the question: its content is of another shape (%(what)s)."), what=str(error)[:80]
        ) from error


_SHARE = re.compile(r"-?(\d{1,9}/\d{1,9}|\d{1,9}(\.\d{1,12})?)")


def share_of(text: Any) -> Fraction:
    """A share as it is kept: "1", "0.5", "-1/3"; ValueError for anything else."""
    if not isinstance(text, str) or not _SHARE.fullmatch(text):
        raise ValueError(f"{str(text)[:20]!r} is no share")
    return Fraction(text)


def _decimal(text: Any) -> Decimal:
    number = number_of(_of(str, text))
    if number is None:
        raise ValueError(f"{text[:20]!r} is no number")
    return plain_number(number)


def _of(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


# ---- what is wrong with it


def faults_of(content: Content) -> list[RowFault]:
    """Everything that keeps this question from being used; empty when nothing does."""
    found = list(_common_faults(content))
    check = _CHECKS.get(content.kind)
    return found + (list(check(content)) if check else [])


def _common_faults(content: Content) -> Iterator[RowFault]:
    if content.kind not in KINDS:
        yield RowFault(N_("The kind %(kind)s is not known."), {"kind": content.kind})
    if not texts.words(content.text):
        yield RowFault(N_("The question has no text."))
    if sum(map(len, content.texts())) > texts.LONGEST_TEXT:
        yield RowFault(N_("The question is longer than %(most)d characters."), {"most": texts.LONGEST_TEXT})
    if not (0 < content.points <= MOST_POINTS) or content.points != round(content.points, 2):
        yield RowFault(
            N_("The points are %(points)s; they must be between 0.01 and %(most)s, with two decimals at most."),
            {"points": f"{content.points:f}"[:20], "most": f"{MOST_POINTS:f}"},
        )
    if not 0 <= content.penalty <= 1:
        yield RowFault(
            N_("A wrong answer costs %(share)s of the points; it must be between 0 and 1."),
            {"share": str(content.penalty)[:20]},
        )
    if content.difficulty not in DIFFICULTIES:
        yield RowFault(N_("The difficulty is %(value)s; it must be 1, 2, 3 or 4."), {"value": content.difficulty})


def _option_faults(content: Content) -> Iterator[RowFault]:
    options = content.options
    if not 2 <= len(options) <= MOST_OPTIONS:
        yield RowFault(
            N_("There are %(count)d choices; there must be 2 to %(most)d."),
            {"count": len(options), "most": MOST_OPTIONS},
        )
    yield from _no_words([texts.words(one.text) for one in options])
    yield from _twice([texts.words(one.text) for one in options])
    yield from _share_faults([one.share for one in options])


def _single_faults(content: Content) -> Iterator[RowFault]:
    yield from _option_faults(content)
    if not any(one.share == 1 for one in content.options):
        yield RowFault(N_("No choice is right."))


def _multiple_faults(content: Content) -> Iterator[RowFault]:
    yield from _option_faults(content)
    if (total := sum((one.share for one in content.options if one.share > 0), Fraction(0))) != 1:
        yield RowFault(
            N_("The right choices earn %(share)s of the points together; it must be 1."), {"share": str(total)[:20]}
        )


def _truefalse_faults(content: Content) -> Iterator[RowFault]:
    if [one.share for one in content.options] not in ([ONE, 0], [0, ONE]):
        yield RowFault(N_("It is not said whether the statement is true or false."))


def _ordering_faults(content: Content) -> Iterator[RowFault]:
    if not 2 <= len(content.options) <= MOST_OPTIONS:
        yield RowFault(
            N_("There are %(count)d items to put in order; there must be 2 to %(most)d."),
            {"count": len(content.options), "most": MOST_OPTIONS},
        )
    yield from _no_words([texts.words(one.text) for one in content.options])
    yield from _twice([texts.words(one.text) for one in content.options])


def _matching_faults(content: Content) -> Iterator[RowFault]:
    lefts = [pair for pair in content.pairs if texts.words(pair.left)]
    if not 2 <= len(lefts) <= MOST_OPTIONS or len(content.pairs) > MOST_OPTIONS:
        yield RowFault(
            N_("There are %(count)d pairs; there must be 2 to %(most)d."),
            {"count": len(lefts), "most": MOST_OPTIONS},
        )
    yield from _twice([texts.words(pair.left) for pair in lefts])
    rights = {texts.words(pair.right) for pair in content.pairs}
    yield from _no_words([texts.words(pair.right) for pair in content.pairs])
    if len(rights) < 2:
        yield RowFault(N_("All pairs have the same right side."))


def _answer_faults(content: Content) -> Iterator[RowFault]:
    if not any(one.share == 1 for one in content.answers):
        yield RowFault(N_("No answer earns all the points."))
    if len(content.answers) > MOST_OPTIONS:
        yield RowFault(
            N_("There are %(count)d answers; there may be %(most)d."),
            {"count": len(content.answers), "most": MOST_OPTIONS},
        )
    yield from _no_words([one.text for one in content.answers])
    yield from _share_faults([one.share for one in content.answers])


def _numeric_faults(content: Content) -> Iterator[RowFault]:
    yield from _answer_faults(content)
    for one in content.answers:
        if one.text and number_of(one.text) is None:
            yield RowFault(N_("%(text)s is no number."), {"text": one.text[:40]})
        if one.tolerance < 0 or not one.tolerance.is_finite():
            yield RowFault(N_("The tolerance %(value)s is below 0."), {"value": str(one.tolerance)[:20]})


def _criteria_faults(content: Content) -> Iterator[RowFault]:
    if len(content.criteria) > MOST_OPTIONS:
        yield RowFault(
            N_("There are %(count)d criteria; there may be %(most)d."),
            {"count": len(content.criteria), "most": MOST_OPTIONS},
        )
    yield from _no_words([one.text for one in content.criteria])
    if any(one.points <= 0 or one.points != round(one.points, 2) for one in content.criteria):
        yield RowFault(N_("A criterion gives more than 0 points, with two decimals at most."))
    together = sum((one.points for one in content.criteria), Decimal(0))
    if content.criteria and together != content.points:
        yield RowFault(
            N_("The criteria give %(together)s points together; the question gives %(points)s."),
            {"together": f"{plain_number(together):f}"[:20], "points": f"{content.points:f}"[:20]},
        )


def _long_faults(content: Content) -> Iterator[RowFault]:
    yield from _criteria_faults(content)
    if not 0 <= content.words <= 20_000:
        yield RowFault(N_("The limit of %(count)d words is not between 0 and 20,000."), {"count": content.words})


def _file_faults(content: Content) -> Iterator[RowFault]:
    yield from _criteria_faults(content)
    if not content.extensions:
        yield RowFault(N_("No kind of file is taken."))
    for one in content.extensions:
        if one not in MATERIALS:
            yield RowFault(N_("Files of kind .%(kind)s are not taken here."), {"kind": one[:10]})
    if not 1 <= content.megabytes <= MOST_MEGABYTES:
        yield RowFault(
            N_("The limit of %(count)d MB is not between 1 and %(most)d."),
            {"count": content.megabytes, "most": MOST_MEGABYTES},
        )


def _no_words(said: Sequence[str]) -> Iterator[RowFault]:
    for at, one in enumerate(said, 1):
        if not one:
            yield RowFault(N_("Number %(number)d has no words."), {"number": at})


def _twice(said: Sequence[str]) -> Iterator[RowFault]:
    seen: set[str] = set()
    for one in said:
        if one and one in seen:
            yield RowFault(N_('"%(text)s" stands there twice.'), {"text": one[:60]})
        seen.add(one)


def _share_faults(shares: Sequence[Fraction]) -> Iterator[RowFault]:
    for share in shares:
        if not -1 <= share <= 1:
            yield RowFault(N_("A share of %(share)s is not between -1 and 1."), {"share": str(share)[:20]})


_CHECKS: Final = {
    "single": _single_faults,
    "multiple": _multiple_faults,
    "truefalse": _truefalse_faults,
    "ordering": _ordering_faults,
    "matching": _matching_faults,
    "numeric": _numeric_faults,
    "short": _answer_faults,
    "long": _long_faults,
    "file": _file_faults,
}
