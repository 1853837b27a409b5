"""What an answer is worth."""

import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from exams.strategies import contents
from hypothesis import given
from hypothesis import strategies as st

from lantoa.exams.rules.content import Content
from lantoa.exams.rules.drawing import Blueprint, Candidate, Drawn, Part, frozen
from lantoa.exams.rules.marking import mark, points_of

ONE, HALF, NONE = Fraction(1), Fraction(1, 2), Fraction(0)
SINGLE = {"options": {"a": "1", "b": "0", "c": "1/2", "d": "-1/4"}, "points": "1", "penalty": "1/3"}
MULTIPLE = {"options": {"a": "1/2", "b": "1/2", "c": "0", "d": "0"}, "points": "1", "penalty": "0"}
ORDER = {"order": ["b", "a", "c"], "points": "1", "penalty": "0"}
PAIRS = {"pairs": {"1": "b", "2": "a"}, "points": "1", "penalty": "0"}
ANSWERS = [{"text": "3.14", "tolerance": "0.01", "share": "1"}, {"text": "3", "tolerance": "0", "share": "1/2"}]
NUMBER = {"answers": ANSWERS, "points": "1", "penalty": "0"}


@pytest.mark.parametrize(
    ("kind", "key", "answer", "share"),
    [
        ("single", SINGLE, "a", ONE),
        ("single", SINGLE, "b", -Fraction(1, 3)),
        ("single", SINGLE, "c", HALF),
        ("single", SINGLE, "d", -Fraction(1, 4)),
        ("single", SINGLE, "", NONE),
        ("single", SINGLE, None, NONE),
        ("single", SINGLE, "z", NONE),
        ("single", SINGLE, ["a"], NONE),
        ("truefalse", {"options": {"true": "1", "false": "0"}}, "true", ONE),
        ("multiple", MULTIPLE, ["a", "b"], ONE),
        ("multiple", MULTIPLE, ["b", "a", "a"], ONE),
        ("multiple", MULTIPLE, ["a"], HALF),
        ("multiple", MULTIPLE, ["a", "c"], NONE),
        ("multiple", MULTIPLE, ["a", "b", "c"], HALF),
        ("multiple", MULTIPLE, ["a", "b", "c", "d"], NONE),
        ("multiple", MULTIPLE | {"partial": False}, ["a"], NONE),
        ("multiple", MULTIPLE | {"partial": False, "penalty": "1/4"}, ["a"], -Fraction(1, 4)),
        ("multiple", MULTIPLE, [], NONE),
        ("multiple", MULTIPLE, [1], NONE),
        ("ordering", ORDER, ["b", "a", "c"], ONE),
        ("ordering", ORDER, ["b", "c", "a"], Fraction(1, 3)),
        ("ordering", ORDER | {"partial": False}, ["b", "c", "a"], NONE),
        ("ordering", ORDER, ["x"], NONE),
        ("matching", PAIRS, {"1": "b", "2": "a"}, ONE),
        ("matching", PAIRS, {"1": "b"}, HALF),
        ("matching", PAIRS, {"1": "a", "2": "a"}, HALF),
        ("matching", PAIRS, {"9": "a"}, NONE),
        ("numeric", NUMBER, "3,15", ONE),
        ("numeric", NUMBER, "3.16", NONE),
        ("numeric", NUMBER, " 3 ", HALF),
        ("numeric", NUMBER, "ba", NONE),
        ("long", {}, "Bài của tôi", None),
        ("long", {}, "  ", NONE),
        ("file", {}, {"sha256": "a" * 64, "size": 1, "kind": "pdf"}, None),
    ],
)
def test_an_answer_is_worth(kind: str, key: dict[str, Any], answer: Any, share: Fraction | None) -> None:
    assert mark(kind, key, answer) == share


@pytest.mark.parametrize(
    ("answer", "marks", "case", "right"),
    [
        ("Chữ ký số", True, False, True),
        ("chữ  ký số.", True, False, True),
        (unicodedata.normalize("NFD", "chữ ký số"), True, False, True),
        ("chu ky so", True, False, False),
        ("chu ky so", False, False, True),
        ("CHU KY SO", False, False, True),
        ("chữ ký số", True, True, True),
        ("Chữ ký số", True, True, False),
        ("chu ky so", False, True, True),
        ("Chu ky so", False, True, False),
        ("chữ kí số", True, False, False),
    ],
)
def test_short_answers_are_compared_as_the_author_chose(answer: str, marks: bool, case: bool, right: bool) -> None:
    key = {"answers": [{"text": "chữ ký số", "share": "1"}], "marks": marks, "case": case}

    assert mark("short", key, answer) == (ONE if right else NONE)


def test_old_and_new_tone_marks_are_one_spelling() -> None:
    assert mark("short", {"answers": [{"text": "hòa", "share": "1"}], "marks": True, "case": False}, "hoà") == ONE


@pytest.mark.parametrize(
    ("points", "share", "shown"),
    [("1", "1/3", "0.33"), ("1", "1/8", "0.13"), ("2", "-1/3", "-0.67"), ("10", "1", "10"), ("1", "0", "0")],
)
def test_points_are_shown_to_a_hundredth(points: str, share: str, shown: str) -> None:
    assert points_of({"points": points}, Fraction(share)) == Decimal(shown)


def _key(content: Content, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    one = Candidate("version", "question", "bank", (), content.difficulty, content)
    shown, keys = frozen(Blueprint(), [Drawn(one, Part("bank"))], seed=seed, address=lambda _bank, _picture: "")
    return shown[0], keys["version"]


def right_answer(kind: str, key: dict[str, Any]) -> Any:
    """An answer that earns everything."""
    if kind in ("single", "truefalse"):
        return next(letter for letter, share in key["options"].items() if Fraction(share) == 1)
    if kind == "multiple":
        return [letter for letter, share in key["options"].items() if Fraction(share) > 0]
    return {"ordering": key.get("order"), "matching": key.get("pairs")}.get(kind) or key["answers"][0]["text"]


anything: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["a", "b", "true", "1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["1", "2", "x"]), inner, max_size=3),
    max_leaves=6,
)
MARKED = ("single", "multiple", "truefalse", "ordering", "matching", "numeric", "short")


@given(contents(MARKED), st.integers(0, 2**62))
def test_the_right_answer_earns_everything_in_any_order(content: Content, seed: int) -> None:
    _shown, key = _key(content, seed)

    assert mark(content.kind, key, right_answer(content.kind, key)) == 1


@given(contents(), st.integers(0, 9), anything)
def test_whatever_a_device_sends_is_marked_within_bounds(content: Content, seed: int, answer: Any) -> None:
    _shown, key = _key(content, seed)

    share = mark(content.kind, key, answer)

    assert share is None or -1 <= share <= 1
