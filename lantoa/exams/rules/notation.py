"""Answers as people write them in one line: on the page of a question and in the Excel sheet.

chữ ký số                      an answer that earns all
chữ ký = 50%                   one that earns half
3,14 ± 0,01                    a number with its tolerance
Hà Nội => 24                   what belongs together;  => 29 is a right side too many
0,5: Nêu rõ người làm          a criterion of a rubric and its points
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from lantoa.common.refused import N_, Refused
from lantoa.exams.rules import texts
from lantoa.exams.rules.content import Answer, Criterion, Pair, number_of

_SHARE = re.compile(r"^(.*?)\s*=\s*(-?\d{1,3}(?:[.,]\d{1,7})?|-?\d{1,2}/\d{1,2})\s*(%?)\s*$", re.DOTALL)
_ARROW = re.compile(r"\s*(?:=>|→|⇒|->)\s*")
_TOLERANCE = re.compile(r"\s*(?:±|\+/-|\+-)\s*")


def usual(share: Fraction) -> Fraction:
    """The share that was meant: 0.33333 is a third. Others stay as they are."""
    near = share.limit_denominator(20)
    return near if abs(near - share) < Fraction(1, 20_000) else share


def percent(share: Fraction) -> str:
    """A share in percent as it can be read again: "50%", "33.33333%"."""
    return f"{plain_percent(share)}%"


def plain_percent(share: Fraction) -> str:
    """A share in percent with at most seven decimals, without zeros at the end."""
    said = f"{float(share * 100):.7f}".rstrip("0").rstrip(".")
    return "0" if said == "-0" else said


def share_said(text: str) -> Fraction | None:
    """A share as people say it: "50%", "0,5", "1/3"; None when it is none."""
    found = re.fullmatch(r"\s*(-?\d{1,3}(?:[.,]\d{1,7})?|-?\d{1,2}/\d{1,2})\s*(%?)\s*", text)
    return _fraction(found[1], bool(found[2])) if found else None


def _fraction(number: str, hundredth: bool) -> Fraction | None:
    try:
        share = Fraction(number.replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return None
    return usual(share / 100 if hundredth else share)


def answer_said(line: str, *, numeric: bool) -> Answer:
    """One answer from its line; refused when a number has a tolerance that is none."""
    share = Fraction(1)
    if (found := _SHARE.match(line)) and (found[3] or numeric or "/" in found[2]) and found[1].strip():
        said = _fraction(found[2], bool(found[3]))
        if said is not None:
            line, share = found[1], said
    if not numeric:
        return Answer(line.strip(), share)
    text, *more = _TOLERANCE.split(line.strip(), maxsplit=1)
    tolerance = Decimal(0)
    if more:
        number = number_of(more[0])
        if number is None:
            raise Refused(N_("%(text)s is no number."), text=more[0][:40])
        tolerance = number
    return Answer(text, share, tolerance)


def answers_said(lines: Iterable[str], *, numeric: bool) -> tuple[Answer, ...]:
    """An answer a line; empty lines are left out."""
    return tuple(answer_said(line, numeric=numeric) for line in lines if line.strip())


def answer_line(answer: Answer, *, numeric: bool) -> str:
    """The line that `answer_said` reads again."""
    text = answer.text
    if numeric and answer.tolerance:
        text += f" ± {answer.tolerance:f}"
    ambiguous = not numeric and (found := _SHARE.match(text)) and bool(found[3] or "/" in found[2])
    return f"{text} = {percent(answer.share)}" if answer.share != 1 or ambiguous else text


def criterion_said(line: str) -> Criterion:
    """A criterion from its line; refused when it does not begin with points."""
    points, colon, text = line.partition(":")
    number = number_of(points)
    if not colon or number is None:
        raise Refused(
            N_('Write the points first: "0,5: what is looked for". There are none in: %(line)s'), line=line[:60]
        )
    return Criterion(text.strip(), number)


def criterion_line(criterion: Criterion) -> str:
    """The line that `criterion_said` reads again."""
    return f"{criterion.points:f}: {criterion.text}"


def pair_said(line: str) -> Pair | None:
    """A pair from its line; None when there is no arrow in it."""
    left, *right = _ARROW.split(line.strip(), maxsplit=1)
    return Pair(texts.from_typed(left), texts.from_typed(right[0])) if right else None


def pair_line(pair: Pair) -> str:
    """The line that `pair_said` reads again."""
    return f"{pair.left} => {pair.right}"
