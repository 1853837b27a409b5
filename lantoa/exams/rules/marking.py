"""What an answer is worth: pure arithmetic, the same for every candidate, whatever arrives from a device.

| kind | answer | key |
|---|---|---|
| single, truefalse | "b" | `options`: {"a": "0", "b": "1"} |
| multiple | ["a", "c"] | the same |
| ordering | ["c", "a", "b"] | `order`: the letters in their right order |
| matching | {"1": "b", "2": "a"} | `pairs`: {"1": "b", "2": "a"} |
| numeric | "3,14" | `answers`: [{"text", "tolerance", "share"}] |
| short | "chữ ký số" | `answers`, `marks`, `case` |
| long | "…" | marked by people |
| file | {"sha256": "…", "size": 12345, "kind": "pdf"} | marked by people |

Every key has `points`, `penalty` (the share of the points that a wrong answer costs) and `partial`: whether a partly
right answer of a multiple choice, an ordering or a matching earns its part, or nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from lantoa.common.vietnamese import clean, fold, nfc, spell
from lantoa.exams.rules.answers import fingerprint
from lantoa.exams.rules.content import MARKED_BY_PEOPLE, number_of
from lantoa.exams.rules.handed import digest_in

NOTHING: Final = Fraction(0)
LONGEST_ANSWER: Final = 100_000


def mark(kind: str, key: Mapping[str, Any], answer: Any) -> Fraction | None:
    """The share of the points that an answer earns, from -1 to 1; None where people mark (long, file).

    No answer, and an answer of another shape than its kind, is worth nothing and costs nothing. An answer that earns
    nothing costs `penalty`; a choice whose own share is below 0 costs that.
    """
    if not answered(kind, answer):
        return NOTHING
    if kind in MARKED_BY_PEOPLE:
        return None
    earned = _EARNED[kind](key, answer)
    if earned is None:
        return NOTHING
    return earned if earned else -Fraction(key.get("penalty", "0"))


def points_of(key: Mapping[str, Any], share: Fraction) -> Decimal:
    """The points of a share, to a hundredth, halves away from zero: what a result shows."""
    whole = share * Fraction(key["points"]) * 100
    rounded = int(abs(whole) + Fraction(1, 2))
    return Decimal(rounded if whole >= 0 else -rounded) / 100


@dataclass(frozen=True, slots=True)
class Worth:
    """The points of one answer, what the question gives at most, and whether a person still has to mark it."""

    points: Decimal
    out_of: Decimal
    waits: bool = False


def worth(
    kind: str, key: Mapping[str, Any], question: str, answer: Any, judged: Mapping[tuple[str, str], Decimal]
) -> Worth:
    """What an answer counts, by its key as it was corrected (`rules.corrections`) and by what people gave
    (by question and fingerprint of the answer)."""
    if key.get("given") == "dropped":
        return Worth(Decimal(0), Decimal(0))
    most = points_of(key, Fraction(1))
    if key.get("given") == "everyone":
        return Worth(most, most)
    share = mark(kind, key, answer)
    if share is not None:
        return Worth(points_of(key, share), most)
    by_people = judged.get((question, fingerprint(answer)))
    return Worth(Decimal(0), most, waits=True) if by_people is None else Worth(by_people, most)


def answered(kind: str, answer: Any) -> bool:
    """Whether this is an answer to a question of the kind: of its shape, and not empty."""
    if kind == "file":
        return bool(digest_in(answer))
    if kind in {"single", "truefalse", "numeric", "short", "long"}:
        return isinstance(answer, str) and bool(answer.strip()) and len(answer) <= LONGEST_ANSWER
    if kind in {"multiple", "ordering"}:
        return isinstance(answer, list) and bool(answer) and all(isinstance(one, str) for one in answer)
    if kind == "matching":
        return isinstance(answer, dict) and any(isinstance(one, str) and one for one in answer.values())
    return False


def _single(key: Mapping[str, Any], answer: str) -> Fraction | None:
    share = key["options"].get(answer)
    return None if share is None else Fraction(share)


def _multiple(key: Mapping[str, Any], answer: list[str]) -> Fraction | None:
    """The shares of what was chosen, together; all or nothing where the paper says so.

    Whoever ticks everything earns nothing: where no wrong choice costs by its own share, each costs as much as the
    right ones earn, spread over the wrong ones.
    """
    shares = {letter: Fraction(share) for letter, share in key["options"].items()}
    chosen = {letter for letter in answer if letter in shares}
    if not chosen:
        return None
    right = {letter for letter, share in shares.items() if share > 0}
    if chosen == right:
        return Fraction(1)
    if not key.get("partial", True):
        return NOTHING
    wrong = [letter for letter, share in shares.items() if share <= 0]
    if not any(shares[letter] < 0 for letter in wrong) and wrong:
        shares |= {letter: Fraction(-1, len(wrong)) for letter in wrong}
    return max(NOTHING, min(Fraction(1), sum((shares[letter] for letter in chosen), NOTHING)))


def _ordering(key: Mapping[str, Any], answer: list[str]) -> Fraction | None:
    """The share of the items that stand in their place."""
    order: list[str] = key["order"]
    if not set(answer) <= set(order):
        return None
    placed = sum(1 for here, there in zip(answer, order, strict=False) if here == there)
    share = Fraction(placed, len(order))
    return share if share == 1 or key.get("partial", True) else NOTHING


def _matching(key: Mapping[str, Any], answer: dict[str, Any]) -> Fraction | None:
    """The share of the left sides that were given their right side."""
    pairs: Mapping[str, str] = key["pairs"]
    if not set(answer) <= set(pairs):
        return None
    share = Fraction(sum(1 for left, right in pairs.items() if answer.get(left) == right), len(pairs))
    return share if share == 1 or key.get("partial", True) else NOTHING


def _numeric(key: Mapping[str, Any], answer: str) -> Fraction | None:
    """The best share whose number, with its tolerance, holds the answer; words are a wrong answer."""
    value = number_of(answer)
    if value is None:
        return NOTHING
    given = Fraction(value)
    fitting = [
        Fraction(one["share"])
        for one in key["answers"]
        if abs(given - Fraction(one["text"])) <= Fraction(one["tolerance"])
    ]
    return max(fitting, default=NOTHING)


def _short(key: Mapping[str, Any], answer: str) -> Fraction | None:
    """The best share whose words are the answer's."""
    marks, case = key.get("marks", True), key.get("case", False)
    given = same_words(answer, marks=marks, case=case)
    fitting = [
        Fraction(one["share"]) for one in key["answers"] if same_words(one["text"], marks=marks, case=case) == given
    ]
    return max(fitting, default=NOTHING)


def same_words(text: str, *, marks: bool, case: bool) -> str:
    """A short answer as it is compared: NFC, single spaces, no full stop at its end.

    Without `case` capitals do not count, and "hoà" is "hòa"; without `marks` no Vietnamese mark counts either.
    """
    text = clean(nfc(text)).rstrip(".").rstrip()
    if not marks:
        return fold(text) if not case else _without_marks(text)
    return text if case else spell(text)


def _without_marks(text: str) -> str:
    return "".join(fold(one).upper() if one.isupper() else one if one.isspace() else fold(one) for one in text)


_EARNED: Final[dict[str, Callable[[Mapping[str, Any], Any], Fraction | None]]] = {
    "single": _single,
    "truefalse": _single,
    "multiple": _multiple,
    "ordering": _ordering,
    "matching": _matching,
    "numeric": _numeric,
    "short": _short,
}


def points_each(
    content: Iterable[Mapping[str, Any]],
    keys: Mapping[str, Mapping[str, Any]],
    given: Mapping[str, Any],
    by_people: Mapping[tuple[str, str], Decimal],
) -> Iterator[tuple[str, Decimal | None, Decimal]]:
    """Of each question that counts its id, the points of the answer given, and the most it is worth.

    `keys` as they were corrected (`rules.corrections`). None: people have to mark it and have not. `by_people`:
    (question, fingerprint of the answer) -> points.
    """
    for question in content:
        key = keys[question["id"]]
        if key.get("given") != "dropped":
            one = worth(question["kind"], key, question["id"], given.get(question["id"]), by_people)
            yield question["id"], None if one.waits else one.points, one.out_of
