"""When a learner has completed: judged by a rule that is data, with reasons that hold the numbers."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.training.rules.completion import Facts, Outcome, Rule, judge, read_rule, words

RULE = {
    "presence": {"at_least": 0.8},
    "marks": [{"assessment": "bai", "at_least": 5}],
    "handed_in": ["ke-hoach"],
}


def facts(attended: str = "16", held: int = 16, mark: str | None = "8", handed_in: bool = True) -> Facts:
    marks = {"bai": Decimal(mark)} if mark else {}
    return Facts(Decimal(attended), held, marks, frozenset({"ke-hoach"} if handed_in else ()))


def missing(outcome: Outcome) -> list[str]:
    return [str(reason) for reason in outcome.missing]


def test_whoever_fulfils_every_part_has_completed() -> None:
    assert judge(RULE, facts()) == Outcome(True)


def test_exactly_the_share_asked_for_is_enough() -> None:
    assert judge({"presence": {"at_least": 0.75}}, facts("12", 16)).complete is True
    assert judge({"presence": {"at_least": 0.8}}, facts("12.8", 16)).complete is True


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (facts("12.5"), ["Present at 12.5 of 16 meetings; 80% is needed."]),
        (facts("0", 0), ["Present at 0 of 0 meetings; 80% is needed."]),
        (facts(mark=None), ["No mark yet for bai; at least 5 is needed."]),
        (facts(mark="4.75"), ["Mark 4.75 for bai; at least 5 is needed."]),
        (facts(handed_in=False), ["ke-hoach is not handed in."]),
        (
            facts("10", 16, "3", False),
            [
                "Present at 10 of 16 meetings; 80% is needed.",
                "Mark 3 for bai; at least 5 is needed.",
                "ke-hoach is not handed in.",
            ],
        ),
    ],
)
def test_what_is_missing_is_told_with_its_numbers(given: Facts, said: list[str]) -> None:
    assert missing(judge(RULE, given)) == said


def test_an_empty_rule_asks_nothing() -> None:
    assert judge({}, facts("0", 0, None, False)).complete is True
    assert [str(one) for one in words({})] == ["Nothing but being enrolled."]


def test_a_rule_is_told_in_sentences() -> None:
    assert [str(one) for one in words(RULE, {"bai": "Bài thu hoạch", "ke-hoach": "Kế hoạch"})] == [
        "Present at 80% of the meetings or more.",
        "A mark of 5 or more for Bài thu hoạch.",
        "Kế hoạch handed in.",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"attendance": 1}, "it has no part called attendance."),
        ({"presence": 0.8}, "the part presence is not written as it should be."),
        ({"presence": {"at_least": "nhiều"}}, "nhiều in the part presence is no number."),
        ({"presence": {"at_least": 80}}, "the share of presence is 80, not more than 0 and at most 1."),
        ({"presence": {"at_least": 0}}, "the share of presence is 0, not more than 0 and at most 1."),
        ({"marks": {"bai": 5}}, "the part marks is not written as it should be."),
        ({"marks": [{"assessment": "thi", "at_least": 5}]}, "there is no assessment called thi."),
        ({"marks": [{"assessment": "bai", "at_least": 12}]}, "bai asks for a mark of 12; marks go from 0 to 10."),
        ({"handed_in": ["bai", "bai"]}, "bai stands in it twice."),
    ],
)
def test_a_rule_that_cannot_be_is_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused) as refused:
        read_rule(data, {"bai": Decimal(10)})
    assert str(refused.value).startswith("Cannot read the completion rule: ")
    assert str(refused.value).endswith(said)


@given(
    presence=st.none() | st.decimals(Decimal("0.01"), Decimal(1), places=2),
    least=st.decimals(Decimal(0), Decimal(10), places=2),
)
def test_a_rule_is_stored_and_read_back(presence: Decimal | None, least: Decimal) -> None:
    rule = Rule(presence, (("bai", least),), ("ke-hoach",))
    assert read_rule(rule.data()) == rule


@given(attended=st.integers(0, 32), more=st.integers(0, 32), mark=st.integers(0, 10), better=st.integers(0, 10))
def test_more_presence_and_better_marks_never_harm(attended: int, more: int, mark: int, better: int) -> None:
    before = judge(RULE, facts(str(attended), 32, str(mark)))
    after = judge(RULE, facts(str(min(32, attended + more)), 32, str(min(10, mark + better))))
    assert after.complete or not before.complete
