"""Working days: weekends, Tết, swapped days, and what the house itself has entered."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from factories import BY
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.office.actions.days import change_day, restore_day
from lantoa.office.queries import add_working_days, holiday_name, is_working_day, working_days_between
from lantoa.office.rules.days import Change, WorkingCalendar

CALENDAR = WorkingCalendar()
days = st.dates(date(2005, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2020, 10, 5), True),  # a Monday
        (date(2020, 10, 3), False),  # a Saturday
        (date(2020, 1, 25), False),  # the first day of the Year of the Rat
        (date(2020, 1, 29), False),  # the fifth, in lieu of a Sunday
        (date(2020, 1, 30), True),
        (date(2025, 5, 2), False),  # swapped ...
        (date(2026, 8, 22), True),  # ... for a Saturday that works
        (date(2026, 8, 31), False),
        (date(2020, 9, 2), False),
    ],
)
def test_the_calendar_knows_holidays_and_swapped_days(day: date, works: bool) -> None:
    assert CALENDAR.works(day) is works


def test_a_holiday_has_a_name_in_both_languages() -> None:
    tet = date(2020, 1, 25)
    assert (CALENDAR.holiday_name(tet, "vi"), CALENDAR.holiday_name(tet, "en")) == (
        "Tết Nguyên Đán",
        "Lunar New Year",
    )


def test_a_mere_sunday_has_no_name() -> None:
    assert CALENDAR.holiday_name(date(2020, 10, 4)) == ""


def test_working_days_are_counted_over_tet() -> None:
    assert CALENDAR.add(date(2020, 1, 22), 1) == date(2020, 1, 30)
    assert CALENDAR.add(date(2020, 1, 30), -1) == date(2020, 1, 22)
    assert CALENDAR.add(date(2020, 1, 25), 0) == date(2020, 1, 30)
    assert CALENDAR.between(date(2020, 1, 20), date(2020, 2, 1)) == 5


def test_a_day_outside_the_calendar_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        CALENDAR.works(date(1945, 9, 2))
    assert str(caught.value) == (
        "Cannot tell whether 02/09/1945 is a working day: the calendar goes from 1990 to 2099."
    )


def test_too_many_days_are_refused() -> None:
    with pytest.raises(Refused, match="^Cannot count 10001 working days: the most is 10000.$"):
        CALENDAR.add(date(2020, 1, 1), 10_001)


@given(days, st.integers(1, 60))
def test_counting_back_undoes_counting_forth_from_a_working_day(day: date, count: int) -> None:
    start = CALENDAR.add(day, 0)
    assert CALENDAR.add(CALENDAR.add(start, count), -count) == start


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_working_days_add_up(day: date, first: int, second: int) -> None:
    middle, end = day + timedelta(days=first), day + timedelta(days=first + second)
    assert CALENDAR.between(day, end) == CALENDAR.between(day, middle) + CALENDAR.between(middle, end)
    assert CALENDAR.between(end, day) == -CALENDAR.between(day, end)


@given(days)
def test_a_change_counts_more_than_the_calendar(day: date) -> None:
    for works in (True, False):
        assert WorkingCalendar({day: Change(works, "by decision")}).works(day) is works


@pytest.mark.django_db
class TestTheHouse:
    def test_its_own_day_of_rest_has_its_own_words(self) -> None:
        flood = date(2020, 10, 12)
        change_day(by=BY, day=flood, works=False, words="Nghỉ do lũ")
        assert (is_working_day(flood), holiday_name(flood)) == (False, "Nghỉ do lũ")
        restore_day(by=BY, day=flood)
        assert (is_working_day(flood), holiday_name(flood)) == (True, "")

    def test_its_own_working_day_is_no_holiday(self) -> None:
        change_day(by=BY, day=date(2020, 9, 2), works=True, words="Trực")
        assert (is_working_day(date(2020, 9, 2)), holiday_name(date(2020, 9, 2))) == (True, "")

    def test_its_days_count(self) -> None:
        change_day(by=BY, day=date(2020, 10, 6), works=False, words="Nghỉ")
        assert add_working_days(date(2020, 10, 5), 1) == date(2020, 10, 7)
        assert add_working_days(date(2020, 10, 7), -1) == date(2020, 10, 5)
        assert working_days_between(date(2020, 10, 5), date(2020, 10, 10)) == 4

    def test_the_name_is_in_the_language_of_the_reader(self) -> None:
        with translation.override("en"):
            assert holiday_name(date(2020, 9, 2)) == "National Day"
        with translation.override("vi"):
            assert holiday_name(date(2020, 9, 2)) == "Quốc khánh"

    def test_many_days_are_one_query(self, django_assert_num_queries: object) -> None:
        with django_assert_num_queries(1):  # type: ignore[operator]
            add_working_days(date(2020, 10, 5), 100)

    def test_a_change_without_a_reason_is_refused(self) -> None:
        with pytest.raises(Refused, match="^Cannot change 06/10/2020: the reason is missing.$"):
            change_day(by=BY, day=date(2020, 10, 6), works=False, words=" ")
