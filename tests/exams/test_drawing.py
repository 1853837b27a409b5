"""A paper from its blueprint: what is drawn, in which order, and what no candidate can tell from it."""

import json
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from exams.strategies import contents
from hypothesis import given
from hypothesis import strategies as st

from lantoa.exams.rules.content import Content, Option, Pair
from lantoa.exams.rules.drawing import (
    Blueprint,
    Candidate,
    Drawn,
    Lack,
    Part,
    TooFew,
    blueprint_from,
    blueprint_json,
    draw,
    frozen,
)

ASKED = Content("single", "Gì?", options=(Option("Một", Fraction(1)), Option("Hai"), Option("Ba")))


def stock(count: int, *, topics: tuple[str, ...] = ("t",), difficulty: int = 1, name: str = "q") -> list[Candidate]:
    return [Candidate(f"v{name}{n}", f"{name}{n}", "bank", topics, difficulty, ASKED) for n in range(count)]


@given(st.integers(0, 2**62), st.integers())
def test_a_seed_gives_the_same_paper_however_the_questions_come_in(seed: int, chance: int) -> None:
    plan, questions = Blueprint((Part("bank", "t", 1, 5),)), stock(12)
    mixed = questions[:]
    random.Random(chance).shuffle(mixed)

    first, second = draw(plan, questions, seed=seed), draw(plan, mixed, seed=seed)

    assert first == second
    assert len({one.candidate.question for one in first}) == 5


def test_another_seed_gives_another_paper() -> None:
    plan, questions = Blueprint((Part("bank", count=5),)), stock(40)

    papers = {tuple(one.candidate.key for one in draw(plan, questions, seed=seed)) for seed in range(20)}

    assert len(papers) == 20


def test_parts_that_want_the_same_questions_share_them_out() -> None:
    """The first part could take everything the second one needs."""
    plan = Blueprint((Part("bank", count=3), Part("bank", "rare", count=2)), shuffle_questions=False)
    questions = stock(3) + stock(2, topics=("rare",), name="r")

    for seed in range(30):
        drawn = draw(plan, questions, seed=seed)
        assert [one.candidate.question[0] for one in drawn] == ["q", "q", "q", "r", "r"]


@pytest.mark.parametrize(
    ("plan", "lacks"),
    [
        (Blueprint((Part("bank", "t", 1, 4),)), (Lack(0, 3, 4),)),
        (Blueprint((Part("bank", "t", 2, 1), Part("bank", "x", 0, 2))), (Lack(0, 0, 1), Lack(1, 0, 2))),
        (Blueprint((Part("other"),)), (Lack(0, 0, 1),)),
        (Blueprint((Part("bank", count=2), Part("bank", "t", 1, 2))), (Lack(1, 1, 2),)),
    ],
)
def test_what_is_lacking_is_told_part_by_part(plan: Blueprint, lacks: tuple[Lack, ...]) -> None:
    with pytest.raises(TooFew) as told:
        draw(plan, stock(3), seed=1)

    assert told.value.lacks == lacks


def test_a_blueprint_is_the_same_after_json_and_back() -> None:
    plan = Blueprint(
        (Part("bank", "t", 2, 3, penalty=Fraction(1, 3)), Part("bank")), False, False, True, 45, "<p>a</p>"
    )

    assert blueprint_from(json.loads(json.dumps(blueprint_json(plan)))) == plan


@given(contents(), st.integers(0, 2**62))
def test_what_a_candidate_sees_says_nothing_of_the_key(content: Content, seed: int) -> None:
    one = Candidate("v", "q", "bank", (), 1, content)
    shown, keys = frozen(Blueprint(), [Drawn(one, Part("bank"))], seed=seed, address=lambda _bank, _picture: "")
    allowed = {"id", "kind", "text", "points", "options", "lefts", "rights", "words", "extensions", "megabytes"}

    assert set(shown[0]) <= allowed
    assert {name for item in shown[0].get("options", []) for name in item} <= {"id", "text"}
    assert set(keys) == {"v"}


def test_the_letters_of_an_ordering_and_a_matching_do_not_follow_the_key() -> None:
    order = Content("ordering", "Xếp", options=tuple(Option(str(n)) for n in range(6)))
    pairs = Content("matching", "Ghép", pairs=tuple(Pair(f"l{n}", f"r{n}") for n in range(6)))
    told = set()
    for seed in range(20):
        for asked in (order, pairs):
            one = Drawn(Candidate("v", "q", "bank", (), 1, asked), Part("bank"))
            _shown, keys = frozen(Blueprint(shuffle_options=False), [one], seed=seed, address=lambda _b, _p: "")
            key = keys["v"]
            told.add("".join(key["order"]) if "order" in key else "".join(key["pairs"].values()))

    assert len(told) > 30
    assert "abcdef" not in told


def test_the_points_and_penalty_of_the_part_come_before_those_of_the_question() -> None:
    one = Drawn(stock(1)[0], Part("bank", points=Decimal("2.5"), penalty=Fraction(1, 4)))

    shown, keys = frozen(Blueprint(partial=False), [one], seed=1, address=lambda _bank, _picture: "")

    assert shown[0]["points"] == "2.5"
    del keys["vq0"]["options"], keys["vq0"]["origin"]
    assert keys["vq0"] == {
        "kind": "single",
        "points": "2.5",
        "penalty": "1/4",
        "partial": False,
        "question": "q0",
        "topics": ["t"],
        "difficulty": 1,
    }
