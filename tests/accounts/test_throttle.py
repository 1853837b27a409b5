"""Tries are counted by name, device and address together; forty phones may share one address."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from lantoa.accounts import throttle
from lantoa.accounts.models import Throttle
from lantoa.accounts.rules import PER_ADDRESS, PER_NAME, Device, Limit, Subject, subjects
from lantoa.common.refused import Refused

AT = datetime(2020, 10, 5, 1, 0, tzinfo=UTC)  # 8 o'clock in Ho Chi Minh City
THREE = Subject(b"a" * 32, Limit(3, timedelta(minutes=15)))


def tries(subject: Subject = THREE) -> int:
    return Throttle.objects.get(subject=subject.digest).tries


@pytest.mark.django_db
def test_the_try_after_the_last_one_is_refused_with_the_time_to_come_back() -> None:
    for minute in range(3):
        throttle.count([THREE], at=AT + timedelta(minutes=minute))

    with pytest.raises(Refused) as refusal:
        throttle.count([THREE], at=AT + timedelta(minutes=3))

    assert str(refusal.value) == "Too many tries have failed: try again after 08:15."


@pytest.mark.django_db
def test_a_new_window_begins_when_the_old_one_has_ended() -> None:
    for _ in range(3):
        throttle.count([THREE], at=AT)

    throttle.count([THREE], at=AT + timedelta(minutes=15))

    assert tries() == 1


@pytest.mark.django_db
def test_a_try_that_succeeded_does_not_count() -> None:
    throttle.count([THREE], at=AT)
    throttle.count([THREE], at=AT)

    throttle.take_back([THREE], at=AT)

    assert tries() == 1


@pytest.mark.django_db
def test_windows_that_ended_are_swept_away() -> None:
    throttle.count([THREE], at=AT)

    throttle.take_back([], at=AT + timedelta(minutes=16))

    assert Throttle.objects.count() == 0


@pytest.mark.django_db
def test_counting_is_one_statement(django_assert_num_queries: Any) -> None:
    counted = subjects(b"key", device=Device("d"), address="203.0.113.7", username="lan")

    with django_assert_num_queries(1):
        throttle.count(counted, at=AT)


@pytest.mark.django_db
def test_the_table_names_neither_account_nor_address() -> None:
    counted = subjects(b"key", device=Device("d"), address="203.0.113.7", username="lan")

    throttle.count(counted, at=AT)

    kept = b"".join(bytes(row.subject) for row in Throttle.objects.all())
    assert len(kept) == 3 * 32
    assert b"lan" not in kept and b"203.0" not in kept


@pytest.mark.django_db
def test_an_address_is_allowed_many_more_failures_than_a_name() -> None:
    assert PER_ADDRESS.tries >= 10 * 40 and PER_NAME.tries <= 10


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted_and_none_waits_in_a_circle() -> None:
    first, second = (Subject(bytes([n]) * 32, Limit(1000, timedelta(minutes=15))) for n in (1, 2))
    start = threading.Barrier(4)

    def hammer(number: int) -> None:
        try:
            start.wait(120)
            pair = [first, second] if number % 2 else [second, first]
            for _ in range(30):
                throttle.count(pair, at=AT)
                throttle.take_back(pair[:1] if number % 2 else pair, at=AT)
                throttle.count(pair, at=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        for work in [pool.submit(hammer, number) for number in range(4)]:
            work.result(60)

    assert (tries(first), tries(second)) == (4 * 60 - 120, 4 * 60 - 60)
