"""How figures of many units become one, and how an amount is shared out."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lantoa.programmes.rules.rolling import MEAN, RATIO, SUM, WORST, Figure, as_decimal, ratio_of, roll_up, split

COUNTS = st.integers(0, 10_000)
WHOLES = st.integers(1, 10_000)
RULES = st.sampled_from([SUM, RATIO, MEAN, WORST])


def of(part: int, whole: int) -> Figure:
    """A percentage with what it was counted from."""
    return Figure(Fraction(100 * part, whole), Fraction(part), Fraction(whole))


FIGURES = st.lists(st.builds(of, COUNTS, WHOLES) | st.none(), min_size=1, max_size=12)


@given(RULES, FIGURES, st.randoms())
def test_the_order_of_units_never_matters(rule: str, figures: list[Figure | None], chance: object) -> None:
    other = list(figures)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert roll_up(rule, "at_least", "%", figures) == roll_up(rule, "at_least", "%", other)


@given(RULES, FIGURES)
def test_what_is_missing_is_counted_and_never_taken_for_nought(rule: str, figures: list[Figure | None]) -> None:
    known = [one for one in figures if one is not None]
    made = roll_up(rule, "at_least", "%", figures)
    assert (made.known, made.count) == (len(known), len(figures))
    assert made.value == (roll_up(rule, "at_least", "%", known).value if known else None)
    assert made.complete == (len(known) == len(figures))


@given(st.lists(st.builds(of, COUNTS, WHOLES), min_size=1, max_size=12))
def test_a_ratio_of_sums_and_a_mean_lie_between_the_worst_and_the_best(figures: list[Figure]) -> None:
    values = [one.value for one in figures if one.value is not None]
    for rule in (RATIO, MEAN):
        made = roll_up(rule, "at_least", "%", figures).value
        assert made is not None and min(values) <= made <= max(values)
    assert roll_up(WORST, "at_least", "%", figures).value == min(values)
    assert roll_up(WORST, "at_most", "%", figures).value == max(values)


@given(st.lists(st.builds(of, COUNTS, WHOLES), min_size=2, max_size=12), st.data())
def test_sums_and_ratios_through_a_level_between_are_those_without_it(
    figures: list[Figure], data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(figures) - 1))
    for rule in (SUM, RATIO):
        groups = [roll_up(rule, "at_least", "%", part) for part in (figures[:at], figures[at:])]
        assert roll_up(rule, "at_least", "%", groups).value == roll_up(rule, "at_least", "%", figures).value


def test_a_big_unit_weighs_more_in_a_ratio_and_not_in_a_mean() -> None:
    figures = [of(90, 100), of(1, 10)]
    assert roll_up(RATIO, "at_least", "%", figures).value == Fraction(9100, 110)
    assert roll_up(MEAN, "at_least", "%", figures).value == 50


def test_a_bare_percentage_is_missing_in_a_ratio() -> None:
    made = roll_up(RATIO, "at_least", "%", [of(90, 100), Figure(Fraction(50))])
    assert (made.value, made.known, made.count) == (Fraction(90), 1, 2)


def test_a_figure_that_is_itself_incomplete_leaves_the_whole_incomplete() -> None:
    below = roll_up(SUM, "at_least", "hồ sơ", [Figure(Fraction(5)), None])
    made = roll_up(SUM, "at_least", "hồ sơ", [below, Figure(Fraction(7))])
    assert (made.value, made.known, made.count, made.complete) == (Fraction(12), 1, 2, False)


def test_a_part_of_a_whole_means_what_the_kind_says() -> None:
    assert ratio_of("at_least", "%", 1, 4) == 25
    assert ratio_of("at_least", "máy/người", 1, 4) == Fraction(1, 4)
    assert ratio_of("growth", "% mỗi năm", 107, 100) == 7
    assert ratio_of("reduction", "%", 70, 100) == 30
    assert ratio_of("at_least", "%", 1, 0) is None


@given(
    st.integers(0, 10**9),
    st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=20),
    st.integers(0, 3),
)
def test_the_shares_make_the_amount_exactly_and_none_is_far_from_its_due(
    amount: int, weights: list[Decimal], places: int
) -> None:
    assume(sum(weights) > 0)
    whole = Decimal(amount).scaleb(-places)
    shares = split(whole, weights, places=places)
    assert sum(shares) == whole
    total = sum(Fraction(one) for one in weights)
    step = Fraction(1, 10**places)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Fraction(share) - Fraction(whole) * Fraction(weight) / total) < step


def test_a_hundred_is_shared_among_three_as_34_33_33() -> None:
    assert split(Decimal(100), [1, 1, 1]) == [Decimal(34), Decimal(33), Decimal(33)]


def test_nothing_to_share_by_is_an_error() -> None:
    with pytest.raises(ValueError):
        split(Decimal(100), [0, 0])


def test_figures_are_rounded_half_up_for_the_page() -> None:
    assert as_decimal(Fraction(1, 3), 2) == Decimal("0.33")
    assert as_decimal(Fraction(1, 8), 2) == Decimal("0.13")
