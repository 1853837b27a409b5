"""A demonstration moves to today by whole weeks and steps aside for public holidays."""

from datetime import date

from lantoa.training.rules.plan import days_to_shift, read_plan, shifted, write_plan


def moving(small: str) -> str:
    return small.replace("lantoa: 1\n", "lantoa: 1\nshift: 07/10/2020\n")


def test_weekdays_stay_and_the_day_of_the_file_is_never_after_today(small: str) -> None:
    plan = read_plan(moving(small))
    shifts = [days_to_shift(plan, today=date(2026, 11, day)) for day in (17, 18, 24, 25)]
    assert shifts == [2226, 2233, 2233, 2240]
    moved = shifted(plan, 2233)
    assert [one.date for one in moved.classes[0].meetings] == [date(2026, 11, 16), date(2026, 11, 19)]
    assert (moved.programme.first, moved.programme.last) == (date(2026, 11, 12), date(2027, 2, 11))
    assert moved.assessments[0].due == date(2027, 2, 1)
    assert moved.shift is None


def test_a_plan_without_shift_stays(small: str) -> None:
    assert days_to_shift(read_plan(small), today=date(2026, 11, 18)) == 0


def test_a_meeting_that_would_fall_on_a_holiday_is_held_after_the_last_one(small: str) -> None:
    moved = shifted(
        read_plan(moving(small)), 7, is_holiday=lambda day: day in (date(2020, 10, 12), date(2020, 10, 19))
    )
    assert [(one.date, one.topic) for one in moved.classes[0].meetings] == [
        (date(2020, 10, 15), 2),
        (date(2020, 10, 26), 1),
    ]


def test_the_shift_is_written_and_read_back(small: str) -> None:
    plan = read_plan(moving(small))
    assert plan.shift == date(2020, 10, 7)
    assert read_plan(write_plan(plan)) == plan
