"""How a figure is judged against what was planned."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.programmes.rules.judging import (
    KEPT,
    KINDS,
    LESS_IS_BETTER,
    LINE,
    MET,
    MILESTONE,
    MISSED,
    UNKNOWN,
    YEARLY,
    Planned,
    judge,
    next_milestone,
    planned_for,
    way_gone,
)

NUMBERS = st.decimals(-1000, 1000, places=3)


@pytest.mark.parametrize(
    ("kind", "value", "planned", "verdict"),
    [
        ("at_least", 80, 80, MET),
        ("at_least", Decimal("79.99"), 80, MISSED),
        ("at_most", 5, 5, MET),
        ("at_most", 6, 5, MISSED),
        ("exactly", Decimal("100.0"), 100, MET),
        ("exactly", 101, 100, MISSED),
        ("rank", 71, 70, MISSED),
        ("rank", 4, 70, MET),
        ("yes_no", 1, 1, MET),
        ("yes_no", 0, 1, MISSED),
        ("growth", Decimal("7.1"), 7, MET),
        ("reduction", 29, 30, MISSED),
        ("at_least", None, 80, UNKNOWN),
        ("at_least", 80, None, UNKNOWN),
    ],
)
def test_each_kind_of_target_judges_in_its_own_way(kind: str, value: Decimal, planned: Decimal, verdict: str) -> None:
    assert judge(kind, value, planned) == verdict


@given(st.sampled_from([kind for kind in KINDS if kind != "exactly"]), NUMBERS, NUMBERS, NUMBERS)
def test_a_better_figure_is_never_judged_worse(kind: str, one: Decimal, other: Decimal, planned: Decimal) -> None:
    better = min(one, other) if kind in LESS_IS_BETTER else max(one, other)
    worse = max(one, other) if kind in LESS_IS_BETTER else min(one, other)
    assert judge(kind, worse, planned) == MISSED or judge(kind, better, planned) == MET


def test_a_milestone_counts_in_its_year_and_the_last_one_goes_on_to_hold() -> None:
    plan = {2025: Decimal(80), 2030: Decimal(100)}
    assert planned_for("at_least", 2025, plan) == Planned(Fraction(80), MILESTONE)
    assert planned_for("at_least", 2031, plan) == Planned(Fraction(100), KEPT)


def test_between_two_milestones_an_amount_stands_on_the_line() -> None:
    plan = {2025: Decimal(80), 2030: Decimal(100)}
    assert planned_for("at_least", 2027, plan) == Planned(Fraction(88), LINE)


def test_before_the_first_milestone_the_baseline_begins_the_line_and_without_one_nothing_is_known() -> None:
    assert planned_for("at_least", 2022, {2025: Decimal(80)}, (2020, Decimal(30))) == Planned(Fraction(50), LINE)
    assert planned_for("at_least", 2022, {2025: Decimal(80)}) is None
    assert planned_for("at_least", 2020, {2025: Decimal(80)}, (2020, Decimal(30))) is None


def test_a_growth_target_means_every_year_and_a_rank_or_a_yes_only_its_own() -> None:
    assert planned_for("growth", 2022, {2025: Decimal(7)}) == Planned(Fraction(7), YEARLY)
    assert planned_for("rank", 2022, {2020: Decimal(86), 2025: Decimal(70)}) is None
    assert planned_for("yes_no", 2022, {2025: Decimal(1)}) is None


@given(st.dictionaries(st.integers(2000, 2050), NUMBERS, min_size=2), st.integers(1995, 2055))
def test_a_plan_never_leaves_the_range_of_its_milestones(plan: dict[int, Decimal], year: int) -> None:
    planned = planned_for("at_least", year, plan)
    assert planned is None or min(plan.values()) <= planned.value <= max(plan.values())


def test_the_next_milestone_is_this_years_or_the_first_after_it_else_the_last() -> None:
    plan = {2025: Decimal(80), 2030: Decimal(100)}
    assert next_milestone(2025, plan) == (2025, Decimal(80))
    assert next_milestone(2026, plan) == (2030, Decimal(100))
    assert next_milestone(2040, plan) == (2030, Decimal(100))
    assert next_milestone(2026, {}) is None


@given(st.sampled_from(KINDS), NUMBERS, NUMBERS, st.none() | NUMBERS)
def test_the_way_gone_is_a_share_and_whole_exactly_when_the_goal_is_met(
    kind: str, value: Decimal, goal: Decimal, baseline: Decimal | None
) -> None:
    gone = way_gone(kind, value, goal, baseline)
    assert gone is None or 0 <= gone <= 1
    if judge(kind, value, goal) == MET:
        assert gone == 1


def test_the_way_gone_begins_at_the_baseline() -> None:
    assert way_gone("at_least", 55, 80, 30) == Fraction(1, 2)
    assert way_gone("rank", 80, 70, 90) == Fraction(1, 2)
    assert way_gone("rank", 80, 70) is None
