"""The window of a pilot and what is due in it: pure rules."""

from datetime import date
from decimal import Decimal

from pilots.made import refusal

from lantoa.pilots.rules.windows import change, check_window, due_on, met, months_later, stage


def test_a_pilot_lasts_three_to_six_months() -> None:
    first = date(2020, 9, 1)

    assert refusal(lambda: check_window("A", first, date(2020, 11, 30))) == "done"
    assert refusal(lambda: check_window("A", first, date(2021, 2, 28))) == "done"
    assert refusal(lambda: check_window("A", first, date(2020, 11, 29))) == (
        "Cannot plan pilot A from 01/09/2020 to 29/11/2020: a pilot lasts three to six months, so it ends between"
        " 30/11/2020 and 28/02/2021."
    )
    assert refusal(lambda: check_window("A", first, date(2021, 3, 1))).startswith("Cannot plan pilot A")


def test_months_end_where_the_month_ends() -> None:
    assert months_later(date(2020, 11, 30), 3) == date(2021, 2, 28)
    assert months_later(date(2020, 8, 31), 6) == date(2021, 2, 28)
    assert months_later(date(2020, 10, 15), 3) == date(2021, 1, 15)


def test_where_a_pilot_stands_follows_from_its_days() -> None:
    first, end, fixed = date(2020, 9, 1), date(2021, 1, 1), date(2020, 8, 20)
    days = [date(2020, 8, 1), date(2020, 8, 25), date(2020, 9, 1), date(2021, 1, 1)]

    assert [stage(first, end, fixed, None, on=day) for day in days] == ["planned", "waiting", "running", "undecided"]
    assert stage(first, end, None, None, on=date(2020, 10, 1)) == "planned"
    assert stage(first, end, fixed, date(2021, 1, 5), on=date(2021, 1, 4)) == "undecided"
    assert stage(first, end, fixed, date(2021, 1, 5), on=date(2021, 1, 5)) == "decided"


def test_a_reading_is_due_so_many_days_after_the_last_and_at_the_end() -> None:
    first, end = date(2020, 9, 1), date(2021, 1, 1)

    assert due_on(first, end, 30, [], on=date(2020, 9, 5)) == date(2020, 10, 1)
    assert due_on(first, end, 30, [date(2020, 10, 4)], on=date(2020, 10, 9)) == date(2020, 11, 3)
    assert due_on(first, end, 30, [date(2020, 12, 20)], on=date(2020, 12, 25)) == date(2020, 12, 31)
    assert due_on(first, end, 30, [date(2020, 12, 31)], on=date(2021, 1, 9)) is None
    assert due_on(first, end, 30, [date(2020, 10, 4)], on=date(2020, 9, 9)) == date(2020, 10, 1)


def test_better_is_what_the_measure_says() -> None:
    low, high = Decimal(10), Decimal(20)

    assert [change(low, high, "up"), change(low, high, "down"), change(low, low, "up")] == ["better", "worse", "same"]
    assert [met(high, high, "up"), met(low, high, "up"), met(low, high, "down"), met(None, low, "up")] == [
        True,
        False,
        True,
        None,
    ]
