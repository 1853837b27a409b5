"""Working days: weekends, Tết, swapped days, and what the house itself has entered."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from factories import BY, unit, user
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions.days import change_day, restore_day, swap_days
from lantoa.office.models import DayBefore, DayChange
from lantoa.office.queries import add_working_days, holiday_name, is_working_day, working_days_between
from lantoa.office.queries.days import year_of_days
from lantoa.office.rules.days import Change, WorkingCalendar

CALENDAR = WorkingCalendar()
AT = datetime(2020, 10, 5, 2, tzinfo=UTC)
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
        change_day(by=BY, day=flood, works=False, words="Nghỉ do lũ", at=AT)
        assert (is_working_day(flood), holiday_name(flood)) == (False, "Nghỉ do lũ")
        restore_day(by=BY, day=flood, reason="Nước đã rút", at=AT)
        assert (is_working_day(flood), holiday_name(flood)) == (True, "")

    def test_its_own_working_day_is_no_holiday(self) -> None:
        change_day(by=BY, day=date(2020, 9, 2), works=True, words="Trực", at=AT)
        assert (is_working_day(date(2020, 9, 2)), holiday_name(date(2020, 9, 2))) == (True, "")

    def test_its_days_count(self) -> None:
        change_day(by=BY, day=date(2020, 10, 6), works=False, words="Nghỉ", at=AT)
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
            change_day(by=BY, day=date(2020, 10, 6), works=False, words=" ", at=AT)

    def test_a_day_that_is_worked_already_is_refused(self) -> None:
        with pytest.raises(Refused, match="^Cannot change 06/10/2020: offices work on that day already.$"):
            change_day(by=BY, day=date(2020, 10, 6), works=True, words="Trực", at=AT)

    def test_a_change_is_taken_back_with_a_reason_only(self) -> None:
        change_day(by=BY, day=date(2020, 10, 6), works=False, words="Nghỉ", at=AT)
        with pytest.raises(Refused, match="^Cannot take back the change of 06/10/2020: the reason is missing.$"):
            restore_day(by=BY, day=date(2020, 10, 6), reason=" ", at=AT)
        assert is_working_day(date(2020, 10, 6)) is False

    def test_what_was_said_of_a_day_is_kept(self) -> None:
        day = date(2020, 10, 6)
        change_day(by=BY, day=day, works=False, words="Lễ hội", at=AT)
        change_day(by=BY, day=day, works=False, words="Lễ hội của quận", at=AT)
        restore_day(by=BY, day=day, reason="hoãn lễ hội", at=AT)
        before = DayBefore.objects.order_by("id").values_list("day", "works", "words", "reason", "by")
        assert list(before) == [
            (day, False, "Lễ hội", "", BY.actor_key),
            (day, False, "Lễ hội của quận", "hoãn lễ hội", BY.actor_key),
        ]
        assert [entry.act for entry in Entry.objects.order_by("id")] == [
            "office.change_day",
            "office.change_day",
            "office.restore_day",
        ]

    def test_two_days_are_swapped_or_none(self) -> None:
        friday, saturday, monday = date(2020, 10, 9), date(2020, 10, 10), date(2020, 10, 12)
        swap_days(by=BY, rests=friday, works=saturday, words="Hoán đổi", at=AT)
        assert [is_working_day(day) for day in (friday, saturday)] == [False, True]
        with pytest.raises(Refused, match="^Cannot change 13/10/2020: offices work on that day already.$"):
            swap_days(by=BY, rests=monday, works=date(2020, 10, 13), words="Hoán đổi", at=AT)
        assert not DayChange.objects.filter(day=monday).exists()
        with pytest.raises(Refused, match="^Cannot swap 12/10/2020 with itself: say another day.$"):
            swap_days(by=BY, rests=monday, works=monday, words="Hoán đổi", at=AT)

    def test_a_year_is_told_with_the_days_of_the_country_and_of_the_house(self) -> None:
        change_day(by=BY, day=date(2026, 8, 24), works=False, words="Nghỉ do lũ", at=AT)
        change_day(by=BY, day=date(2026, 9, 1), works=True, words="Trực", at=AT)
        with translation.override("vi"):
            told = [(one.day, one.works, one.words, one.own) for one in year_of_days(2026) if one.day.month in (8, 9)]
        assert told == [
            (date(2026, 8, 22), True, "", False),
            (date(2026, 8, 24), False, "Nghỉ do lũ", True),
            (date(2026, 8, 31), False, "Ngày nghỉ (thay cho ngày 22/08/2026)", False),
            (date(2026, 9, 1), True, "Trực", True),
            (date(2026, 9, 2), False, "Quốc khánh", False),
        ]


@pytest.mark.django_db
class TestThePage:
    @pytest.fixture
    def keeper(self, client: Client) -> Client:
        """An administrator of the whole country."""
        client.cookies["django_language"] = "en"
        client.force_login(user("administrator", on=unit("Việt Nam", level=Level.COUNTRY)))
        return client

    def test_a_swap_is_entered_seen_in_its_year_and_taken_back(self, keeper: Client) -> None:
        sent = {"day": "2026-10-09", "kind": "rest", "other": "2026-10-10", "words": "Hoán đổi"}
        answer = keeper.post(reverse("office:change_day"), sent)
        assert answer.headers["Location"] == "/days/?year=2026"
        shown = keeper.get("/days/?year=2026").content.decode()
        assert [f"/days/2026-10-{day}/back/" in shown for day in ("09", "10")] == [True, True]
        back = reverse("office:restore_day", args=["2026-10-09"])
        assert "9 October 2026 was a day of rest: Hoán đổi" in keeper.get(back).content.decode()
        assert "Enter the reason" in keeper.post(back, {"reason": ""}).content.decode()
        assert keeper.post(back, {"reason": "nhầm ngày"}).headers["Location"] == "/days/?year=2026"
        assert keeper.get(back).headers["Location"] == "/days/?year=2026"
        shown = keeper.get("/days/?year=2026").content.decode()
        assert ("nhầm ngày" in shown, back in shown) == (True, False)

    def test_the_refusal_stands_on_the_page(self, keeper: Client) -> None:
        sent = {"day": "2026-10-09", "kind": "work", "words": "Trực"}
        shown = keeper.post(reverse("office:change_day"), sent).content.decode()
        assert "Cannot change 09/10/2026: offices work on that day already." in shown

    def test_whoever_has_a_role_on_a_part_reads_and_changes_nothing(self, ward: Unit, client: Client) -> None:
        client.cookies["django_language"] = "en"
        client.force_login(user("programme_officer", on=ward))
        change_day(by=BY, day=date(2026, 10, 6), works=False, words="Lễ hội", at=AT)
        shown = client.get("/days/?year=2026").content.decode()
        assert ("Lễ hội" in shown, "Take back" in shown, "Change a day" in shown) == (True, False, False)
        said = "Cannot change this: it holds for the whole house, your role for a part of it."
        sent = {"day": "2026-10-09", "kind": "rest", "words": "Trực"}
        assert said in client.post(reverse("office:change_day"), sent).content.decode()
        back = reverse("office:restore_day", args=["2026-10-06"])
        assert said in client.post(back, {"reason": "x"}).content.decode()
        assert DayChange.objects.count() == 1

    def test_whoever_may_not_change_days_does_not_find_the_form(self, ward: Unit, client: Client) -> None:
        client.force_login(user("learner", on=ward))
        assert client.get(reverse("office:days")).status_code == 200
        assert client.get(reverse("office:change_day")).status_code == 404

    @pytest.mark.parametrize("year", ["1989", "2100", "x", "99999999"])
    def test_a_year_without_a_calendar_is_not_found(self, keeper: Client, year: str) -> None:
        assert keeper.get(f"/days/?year={year}").status_code == 404
        assert keeper.get("/days/2026-13-01/back/").status_code == 404

    def test_a_year_is_told_in_as_many_questions_with_three_changes_as_with_one(
        self, keeper: Client, django_assert_num_queries: Callable[..., Any]
    ) -> None:
        for number in (6, 7, 8):
            change_day(by=BY, day=date(2026, 10, number), works=False, words="a", at=AT)
            change_day(by=BY, day=date(2026, 10, number), works=False, words="b", at=AT)
            if number in (6, 8):
                with django_assert_num_queries(6):
                    keeper.get("/days/?year=2026")
