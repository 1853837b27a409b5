"""Figures as people write them, the checks before one is taken, and the periods they are of."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.figures import read_figure, typed
from lantoa.common.refused import Refused
from lantoa.common.vietnamese import fold
from lantoa.programmes.rules.checking import Limits, Reported, doubts, worked_out
from lantoa.programmes.rules.figures import read_goals, written_goals
from lantoa.programmes.rules.spans import MONTHS, Span, before, ended_between, last_ended, read_span, span_at
from lantoa.programmes.rules.target_text import Goal

DAYS = st.dates(date(1995, 1, 1), date(2095, 12, 31))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("80", "80"),
        ("62,5", "62.5"),
        ("62.5 %", "62.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("-3", "-3"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
    ],
)
def test_figures_are_read_as_people_write_them(text: str, number: str) -> None:
    assert read_figure(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "12.500", "12,500", "1.23.456", "--1", "1e5", "1,234,5"])
def test_what_is_no_figure_or_may_be_two_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        read_figure(text)


@given(st.decimals(-(10**9), 10**9, places=6))
def test_a_figure_that_is_shown_in_a_form_is_read_back_the_same(number: Decimal) -> None:
    assert read_figure(typed(number)) == number


def test_milestones_are_written_a_line_each_with_their_evidence() -> None:
    goals = (Goal(2025, Decimal(80), "F", "thukyluat.vn"), Goal(2030, Decimal("97.5")))
    assert written_goals(goals) == "2025 = 80; F; thukyluat.vn\n2030 = 97,5"
    assert read_goals(written_goals(goals)) == goals


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025 = 80\nnăm 2030 = 90", "Line 2 begins with no year: năm 2030 = 90"),
        ("2025 = nhiều", "Line 1 has no number after the year: 2025 = nhiều"),
    ],
)
def test_a_milestone_that_is_none_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        read_goals(text)
    assert str(refused.value) == words


def said(limits: Limits, *numbers: int | str | None, before: int | None = None, explained: bool = False) -> list[str]:
    value, part, whole = ([None if n is None else Decimal(n) for n in numbers] + [None, None, None])[:3]
    found = doubts(limits, Reported(value, part, whole, explained), None if before is None else Decimal(before))
    return [one.message % one.values for one in found]


PERCENT = Limits("at_least", "%", low=Decimal(0), high=Decimal(100), jump=Decimal(50))


def test_a_figure_outside_its_range_is_a_slip() -> None:
    assert said(PERCENT, 120) == ["120 is above 100, the most that can be."]
    assert said(PERCENT, -1) == ["-1 is below 0, the least that can be."]


def test_a_percentage_must_be_that_of_its_part_and_whole() -> None:
    assert said(PERCENT, 62, 31, 50) == []
    assert said(PERCENT, "62.3", 5, 8) == ["5 of 8 makes 62,5 %, not 62,3."]
    assert said(PERCENT, 63, 5, 8) == []  # 62.5, rounded as it was written
    assert said(PERCENT, None, 5) == ["A part needs its whole, and a whole its part."]
    assert said(PERCENT, 50, 5, 0) == ["A part of 0 is nothing: the whole is missing."]


def test_without_a_value_it_is_worked_out() -> None:
    assert worked_out(PERCENT, Reported(None, Decimal(1), Decimal(3))) == Decimal("33.333333")
    assert said(PERCENT) == ["The figure is missing."]


def test_a_jump_must_be_explained() -> None:
    words = ["90 is 200 % away from 30, the figure of the period before. Say why."]
    assert said(PERCENT, 90, before=30) == words
    assert said(PERCENT, 90, before=30, explained=True) == []
    assert said(PERCENT, 45, before=30) == []


def test_a_yes_is_one_and_a_place_is_whole() -> None:
    assert said(Limits("yes_no", "đạt"), 2) == ["Only 1 (yes) and 0 (no) can be reported, not 2."]
    assert said(Limits("rank", "hạng"), "7.5") == ["A place is a whole number from 1, not 7,5."]


def test_more_digits_than_are_kept_are_refused_and_not_rounded() -> None:
    words = ["1,2345671 has more digits than are kept: 18 before the comma, 6 after it."]
    assert said(Limits("at_least", "%"), "1.2345671") == words
    for number in ("1e999999999999", "-1e999999999999", "1e-9999999", "nan", "1.0000000000000000000000000000000001"):
        (one,) = said(Limits("at_least", "%"), number)
        assert one.endswith("has more digits than are kept: 18 before the comma, 6 after it.")


def test_a_value_worked_out_beyond_what_is_kept_is_refused() -> None:
    (words,) = said(Limits("at_least", "%"), None, 999_999_999_999_999_999, "0.000001")
    assert words == "99999999999999999900000000 has more digits than are kept: 18 before the comma, 6 after it."


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2025", Span(date(2025, 1, 1), date(2026, 1, 1))),
        ("Q3/2025", Span(date(2025, 7, 1), date(2025, 10, 1))),
        ("Quý III/2025", Span(date(2025, 7, 1), date(2025, 10, 1))),
        ("H2/2025", Span(date(2025, 7, 1), date(2026, 1, 1))),
        ("tháng 9/2025", Span(date(2025, 9, 1), date(2025, 10, 1))),
        ("12/2025", Span(date(2025, 12, 1), date(2026, 1, 1))),
        ("13/2025", None),
        ("Q5/2025", None),
        ("năm ngoái", None),
    ],
)
def test_periods_are_read_as_people_write_them(text: str, span: Span | None) -> None:
    assert read_span(fold(text)) == span


@given(st.sampled_from(sorted(MONTHS)), DAYS)
def test_a_period_is_read_back_from_its_code_and_holds_its_day(every: str, day: date) -> None:
    span = span_at(every, day)
    assert span.first <= day < span.end
    assert (span.every, read_span(span.code.lower())) == (every, span)
    assert before(span, every).end == span.first


@given(st.sampled_from(sorted(MONTHS)), DAYS)
def test_the_last_period_over_ends_by_the_day_and_the_next_one_does_not(every: str, on: date) -> None:
    span = last_ended(every, on)
    assert span.last <= on < span_at(every, span.end).last
    assert ended_between(every, span.first, on) == [span]
