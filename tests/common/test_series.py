"""A figure over the years against its plan."""

from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.series import Point, plan_chart

POINTS = st.lists(
    st.builds(
        Point,
        st.floats(1990, 2100),
        st.floats(-1e12, 1e12),
        st.text(max_size=12),
        st.text(max_size=6),
    ),
    max_size=8,
)


def chart(planned: list[Point], actual: list[Point]) -> str:
    return plan_chart(planned, actual, title="t", description="d", planned_word="plan", actual_word="figures")


def test_the_plan_is_drawn_empty_and_the_figures_filled() -> None:
    drawn = chart([Point(2025.5, 80, "80%", "2025")], [Point(2024.5, 50, "50%", "2024"), Point(2025.5, 90, "90%")])
    assert drawn.count("<svg") == 2  # across, and downward for a phone
    assert drawn.count('class="planned"') == 2 * 2  # with the legend
    assert drawn.count('class="held"') == 2 * 3
    assert drawn.count('class="thread"') == 2
    assert "90%" in drawn and "2025" in drawn


def test_nothing_is_drawn_of_nothing() -> None:
    assert chart([], []) == ""


@given(POINTS, POINTS)
def test_any_figures_can_be_drawn_and_names_are_escaped(planned: list[Point], actual: list[Point]) -> None:
    drawn = chart(planned, [*actual, Point(2020, 1, "<b>&")])
    assert "<b>" not in drawn
    assert "nan" not in drawn and "inf" not in drawn
