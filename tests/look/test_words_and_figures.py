"""Days, hours, numbers and names as each language writes them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.utils import formats, translation
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.templatetags import lantoa as tags

DAY = date(2020, 10, 5)
MOMENT = datetime(2020, 10, 4, 17, 30, tzinfo=UTC)  # half past midnight of the 5th in Vietnam


@pytest.mark.parametrize(("language", "said"), [("vi", "05/10/2020"), ("en", "5 October 2020")])
def test_a_day_is_written_as_the_language_writes_it(language: str, said: str) -> None:
    with translation.override(language):
        assert tags.vdate(DAY) == said


@pytest.mark.parametrize(("language", "said"), [("vi", "05/10/2020 00:30"), ("en", "5 October 2020, 00:30")])
def test_a_moment_is_told_in_the_time_of_the_place(language: str, said: str) -> None:
    with translation.override(language):
        assert tags.vdatetime(MOMENT) == said
        assert tags.vtime(MOMENT) == "00:30"


def test_the_day_of_a_moment_is_the_day_of_the_place() -> None:
    assert tags.vdate(MOMENT) == "05/10/2020"


def test_an_hour_without_a_day_is_written_with_two_digits() -> None:
    assert tags.vtime(time(7, 5)) == "07:05"


def test_nothing_is_written_for_none() -> None:
    assert [tags.vdate(None), tags.vdatetime(None), tags.vtime(None), tags.vnumber(None), tags.percent(None)] == [
        ""
    ] * 5
    assert [tags.vdate(""), tags.vdatetime(""), tags.vtime("")] == [""] * 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "places", "vi", "en"),
    [
        (1234, None, "1.234", "1,234"),
        (1234.5, None, "1.234,5", "1,234.5"),
        (Decimal("1234567.891"), None, "1.234.567,89", "1,234,567.89"),
        (0.5, 2, "0,50", "0.50"),
        (2.5, 0, "3", "3"),
        (-0.001, None, "0", "0"),
        (-1234, None, "-1.234", "-1,234"),
        ("40", None, "40", "40"),
        ("not a number", None, "not a number", "not a number"),
    ],
)
def test_a_number_is_written_as_the_language_writes_it(value: Any, places: int | None, vi: str, en: str) -> None:
    assert tags.vnumber(value, places) == vi
    with translation.override("en"):
        assert tags.vnumber(value, places) == en


@given(st.integers(-(10**15), 10**15))
def test_a_written_number_can_be_read_back(number: int) -> None:
    with translation.override("vi"):
        assert int(tags.vnumber(number).replace(".", "")) == number


@pytest.mark.parametrize(
    ("share", "places", "said"),
    [(0.94, 0, "94%"), (0.9432, 1, "94,3%"), (1, 0, "100%"), (0, 0, "0%"), (0.005, 0, "1%")],
)
def test_a_share_is_written_in_percent(share: float, places: int, said: str) -> None:
    assert tags.percent(share, places) == said


def test_a_name_is_composed_and_has_one_space_between_words() -> None:
    assert tags.person_name("Nguye\u0302\u0303n  Thi\u0323 \u00a0An ") == "Nguyễn Thị An"


def test_a_name_is_taken_from_whoever_has_one() -> None:
    class Somebody:
        full_name = "Trần Văn Bình"

    assert tags.person_name(Somebody()) == "Trần Văn Bình"


def test_a_number_in_an_attribute_is_not_localised(render: Any) -> None:
    assert render('<progress max="{{ n|plain }}">', n=1234) == '<progress max="1234">'


@pytest.mark.parametrize(
    ("language", "day", "number"), [("vi", "05/10/2020", "1.234,5"), ("en", "5 October 2020", "1,234.5")]
)
def test_django_itself_writes_the_same(language: str, day: str, number: str) -> None:
    with translation.override(language):
        assert formats.date_format(DAY, "DATE_FORMAT", use_l10n=True) == day
        assert formats.localize(1234.5) == number


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_typed_day_has_the_day_first_in_both_languages(language: str) -> None:
    from django import forms

    with translation.override(language):
        assert forms.DateField().clean("05/10/2020") == DAY
        assert forms.DateField().clean("2020-10-05") == DAY
