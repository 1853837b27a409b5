"""Sealing finds every line, in batches, and holds no writer up."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from ledger.conftest import BY, write

from lantoa.ledger.actions import record, seal
from lantoa.ledger.models import Entry, Seal
from lantoa.ledger.queries import read_head, verify

SealNow = Callable[..., list[Seal]]


@pytest.mark.django_db
def test_lines_are_sealed_in_batches_numbered_from_one(seal_now: SealNow) -> None:
    for number in range(7):
        write(number=number)

    made = seal_now(batch=3)

    assert [(new.number, len(new.ids)) for new in made] == [(1, 3), (2, 3), (3, 1)]
    assert Entry.objects.filter(seal=None).count() == 0


@pytest.mark.django_db
def test_nothing_new_makes_no_seal(seal_now: SealNow) -> None:
    write()
    seal_now()

    assert seal_now() == []


@pytest.mark.django_db
def test_the_last_seal_is_remembered_beside_the_database(seal_now: SealNow) -> None:
    for number in range(4):
        write(number=number)

    last = seal_now(batch=2)[-1]

    head = read_head()
    assert head is not None and (head.number, head.mark) == (2, bytes(last.mark))


@pytest.mark.django_db
def test_a_head_that_was_left_a_step_behind_by_a_crash_catches_up(seal_now: SealNow) -> None:
    write()
    seal_now()
    write()
    seal(at=timezone.now())  # its commit is not followed by the writing of the head
    write()
    seal_now()

    head = read_head()
    assert head is not None and head.number == 3
    assert verify().sound


@pytest.mark.django_db
def test_sealing_costs_the_same_number_of_queries_for_few_and_many_lines(
    django_assert_num_queries: Any, seal_now: SealNow
) -> None:
    write()
    seal_now()
    for number in range(30):
        write(number=number)

    with django_assert_num_queries(7):  # savepoint, lock, lines, last seal, insert, mark the lines, release
        seal(at=timezone.now())


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    return run


@pytest.mark.django_db(transaction=True)
def test_a_line_whose_transaction_is_open_is_sealed_the_next_time_and_its_writer_does_not_wait() -> None:
    written, sealed = threading.Event(), threading.Event()

    def slow_writer() -> int:
        with transaction.atomic():
            line = record(by=BY, act="test.slow", thing="test.thing:1")
            written.set()
            assert sealed.wait(120)
        return line.pk

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(in_thread(slow_writer))
        assert written.wait(120)
        quick = write("test.quick")  # a later id, committed first
        first = seal(at=timezone.now())
        sealed.set()
        slow_id = slow.result(120)
    second = seal(at=timezone.now())

    assert slow_id < quick.pk
    assert [new.ids for new in (*first, *second)] == [[quick.pk], [slow_id]]
    assert verify().sound


@pytest.mark.django_db(transaction=True)
def test_writers_go_on_while_a_sealer_holds_its_transaction_open() -> None:
    for number in range(20):
        write(number=number)
    begun, done = threading.Event(), threading.Event()

    def slow_sealer() -> None:
        with transaction.atomic():
            seal(at=timezone.now())
            begun.set()
            assert done.wait(120)

    with ThreadPoolExecutor(1) as pool:
        sealer = pool.submit(in_thread(slow_sealer))
        assert begun.wait(120)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")  # a writer that waited for the sealer would fail
        try:
            for number in range(20):
                write(number=number)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
            done.set()
        sealer.result(10)

    assert Entry.objects.filter(seal=None).count() == 20


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_two_sealers_at_once_miss_nothing() -> None:
    writers, each = 4, 40
    stop = threading.Event()

    def writer() -> None:
        for number in range(each):
            with transaction.atomic():
                record(by=BY, act="test.done", thing="test.thing:1", about={"number": number})
                if number % 7 == 0:
                    time.sleep(0.002)  # some commit late, out of the order of their ids
                if number % 10 == 9:
                    transaction.set_rollback(True)

    def sealer() -> None:
        while not stop.is_set():
            seal(at=timezone.now(), batch=5)

    with ThreadPoolExecutor(writers + 2) as pool:
        sealers = [pool.submit(in_thread(sealer)) for _ in range(2)]
        for work in [pool.submit(in_thread(writer)) for _ in range(writers)]:
            work.result(60)
        stop.set()
        for work in sealers:
            work.result(60)
    seal(at=timezone.now())

    report = verify()
    assert [str(fault) for fault in report.faults] == []
    assert (report.lines, report.unsealed) == (writers * each * 9 // 10, 0)
    assert sorted(line for new in Seal.objects.all() for line in new.ids) == sorted(
        Entry.objects.values_list("id", flat=True)
    )


@pytest.mark.django_db
def test_the_lines_of_a_day_are_those_of_the_houses_day() -> None:
    line = write()
    today = timezone.localdate()

    assert list(Entry.objects.of_day(today)) == [line]
    assert list(Entry.objects.of_day(today - timedelta(days=1))) == []
