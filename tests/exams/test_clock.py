"""When an attempt may start, and when its time is over."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lantoa.exams.rules.clock import Phase, Times

T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
NONE = timedelta(0)
LASTS, LATE = timedelta(minutes=30), timedelta(hours=1)


def minutes(number: float) -> datetime:
    return T0 + timedelta(minutes=number)


def together(**given: datetime | None) -> Times:
    return Times(True, given.get("starts_at"), None, LASTS, LATE, given.get("released_at"), given.get("ended_at"))


WINDOW = Times(False, T0, minutes(120), LASTS, LATE)


def test_together_without_an_hour_it_waits_for_the_button() -> None:
    waiting, begun = together(), together(released_at=T0)

    assert waiting.phase(minutes(999), None, None, NONE) is Phase.WAITING
    assert waiting.ends(None, NONE) is None
    assert begun.phase(T0, None, None, NONE) is Phase.OPEN
    assert begun.ends(None, NONE) == minutes(30)


def test_the_button_brings_the_start_forward_and_never_puts_it_off() -> None:
    assert together(starts_at=minutes(10), released_at=T0).begins() == T0
    assert together(starts_at=T0, released_at=minutes(10)).begins() == T0


def test_together_whoever_comes_late_has_less_time_and_extra_minutes_are_added() -> None:
    times = together(starts_at=T0)

    assert times.ends(minutes(20), NONE) == minutes(30)
    assert times.ends(minutes(20), timedelta(minutes=15)) == minutes(45)
    assert times.phase(minutes(30), None, None, NONE) is Phase.OVER
    assert times.phase(minutes(30), None, None, timedelta(minutes=15)) is Phase.OPEN


def test_within_a_window_each_has_the_whole_time_but_not_beyond_its_end() -> None:
    assert WINDOW.ends(minutes(10), NONE) == minutes(40)
    assert WINDOW.ends(minutes(110), NONE) == minutes(120)
    assert WINDOW.ends(minutes(110), timedelta(minutes=5)) == minutes(125)
    assert WINDOW.phase(minutes(-1), None, None, NONE) is Phase.WAITING
    assert WINDOW.phase(T0, None, None, NONE) is Phase.OPEN
    assert WINDOW.phase(minutes(120), None, None, NONE) is Phase.OVER


def test_after_the_end_there_is_a_time_in_which_late_answers_are_taken() -> None:
    assert WINDOW.phase(minutes(39.9), minutes(10), None, NONE) is Phase.RUNNING
    assert WINDOW.phase(minutes(40), minutes(10), None, NONE) is Phase.LATE
    assert WINDOW.phase(minutes(100), minutes(10), None, NONE) is Phase.OVER


def test_handing_in_ends_it() -> None:
    assert WINDOW.phase(minutes(20), minutes(10), minutes(15), NONE) is Phase.OVER


def test_a_sitting_ended_before_its_time_is_over_for_all_also_before_it_began() -> None:
    ended = together(starts_at=T0, ended_at=minutes(10))

    assert ended.ends(None, timedelta(minutes=60)) == minutes(10)
    assert ended.phase(minutes(10), T0, None, NONE) is Phase.LATE
    assert together(ended_at=T0).phase(minutes(1), None, None, NONE) is Phase.OVER


@given(st.booleans(), st.integers(-60, 300), st.integers(0, 60))
def test_whoever_may_start_has_time_left(all_together: bool, now: int, extra: int) -> None:
    times = together(starts_at=T0) if all_together else WINDOW
    more = timedelta(minutes=extra)
    if times.may_start(minutes(now), more):
        ends = times.ends(minutes(now), more)
        assert ends is not None and ends > minutes(now)
        assert times.phase(minutes(now), minutes(now), None, more) is Phase.RUNNING
