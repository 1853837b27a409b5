"""Moments come out of the database as Django reads them, in UTC, to the microsecond (config/database)."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection
from psycopg.types.range import Range

pytestmark = pytest.mark.django_db
MOMENTS = {
    "2020-10-05 08:30:00+07": datetime(2020, 10, 5, 1, 30, tzinfo=UTC),
    "2020-10-05 01:30:00.5+00": datetime(2020, 10, 5, 1, 30, 0, 500_000, tzinfo=UTC),
    "2020-10-05 01:30:00.000001+00": datetime(2020, 10, 5, 1, 30, 0, 1, tzinfo=UTC),
    "2026-12-31 23:59:59.999999+05:45": datetime(2026, 12, 31, 18, 14, 59, 999_999, tzinfo=UTC),
    "0001-01-01 00:00:00+00": datetime(1, 1, 1, tzinfo=UTC),
    "9999-12-31 23:59:59.999999+00": datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_is_read_in_utc_to_the_microsecond(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, ARRAY[%s::timestamptz]", [text, text])
        found, (among,) = cursor.fetchone()
    assert found == among == MOMENTS[text]
    assert found.tzinfo is UTC


def test_a_span_is_read_from_its_first_moment_to_its_end() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tstzrange('2020-10-05 08:00+07', '2020-10-05 11:30+07'), tstzrange(NULL, NULL)")
        span, always = cursor.fetchone()
    assert span == Range(datetime(2020, 10, 5, 1, tzinfo=UTC), datetime(2020, 10, 5, 4, 30, tzinfo=UTC))
    assert always == Range(None, None)


def test_a_session_in_another_zone_gives_the_same_moment() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Ho_Chi_Minh'")
        cursor.execute("SELECT '2020-10-05 01:30:00+00'::timestamptz")
        (found,) = cursor.fetchone()
    assert (found, found.tzinfo) == (datetime(2020, 10, 5, 1, 30, tzinfo=UTC), UTC)


@pytest.mark.parametrize("text", ["infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00+00"])
def test_what_python_cannot_hold_is_an_error_as_before(text: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DataError):
        cursor.execute("SELECT %s::timestamptz", [text])
        cursor.fetchone()
