"""Who looked at personal data of whom: written once, kept as it is, sealed by the day, forgotten in time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from lantoa.common.days import begins
from lantoa.ledger.actions import forget_looks, look, seal_looks
from lantoa.ledger.models import Entry, Look
from lantoa.ledger.queries import page, verify
from lantoa.ledger.rules import LOOK_AGAIN, Machine

pytestmark = pytest.mark.django_db

BY = Machine("test")
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)  # noon in Vietnam
Tamper = Callable[[str, list[Any]], None]


def looked(at: datetime = NOON, whom: str = "directory.person:1", **more: Any) -> bool:
    said: dict[str, Any] = {"by": BY, "page": "directory:person", "people": 1, **more}
    return look(whom=whom, at=at, **said)


def test_a_look_says_who_whom_when_on_which_page_and_how_many() -> None:
    looked(people=7, part=2)

    line = Look.objects.get()
    assert (line.actor, line.whom, line.at, line.page, line.people, line.part) == (
        "machine:test",
        "directory.person:1",
        NOON,
        "directory:person",
        7,
        2,
    )


def test_a_look_costs_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        looked()


def test_the_same_look_within_ten_minutes_is_one_look() -> None:
    assert [looked(), looked(NOON + timedelta(minutes=9)), looked(NOON + LOOK_AGAIN)] == [True, False, True]


@pytest.mark.parametrize(
    "other",
    [
        {"whom": "directory.person:2"},
        {"page": "training:person"},
        {"by": Machine("other")},
        {"part": 2},
        {"people": 2},
    ],
)
def test_another_person_page_reader_part_or_more_people_are_another_look(other: dict[str, Any]) -> None:
    looked()

    assert looked(NOON + timedelta(minutes=1), **other)


def test_nobody_is_looked_at_on_an_empty_list_and_a_file_is_not_counted() -> None:
    assert [looked(people=0), looked(people=None)] == [False, True]
    assert list(Look.objects.values_list("people", flat=True)) == [None]


def test_the_database_refuses_to_change_or_delete_a_look() -> None:
    looked()

    for change in ("UPDATE ledger_look SET people = 2", "DELETE FROM ledger_look"):
        with (
            pytest.raises(IntegrityError, match="what is written stays as it is"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


def test_the_looks_of_a_day_that_is_over_are_sealed_by_a_line_of_the_ledger() -> None:
    looked()
    looked(whom="directory.person:2")
    looked(NOON + timedelta(days=2))

    assert seal_looks(by=BY, at=NOON + timedelta(days=2)) == [date(2026, 3, 2)]
    assert seal_looks(by=BY, at=NOON + timedelta(days=2)) == []

    line = Entry.objects.get(act="ledger.seal_looks")
    assert (line.thing, line.about["lines"]) == ("ledger.look:2026-03-02", 2)


def test_a_day_is_not_sealed_in_its_last_hour_nor_in_the_one_after() -> None:
    looked()

    assert seal_looks(by=BY, at=begins(date(2026, 3, 3)) + timedelta(minutes=59)) == []
    assert seal_looks(by=BY, at=begins(date(2026, 3, 3)) + timedelta(hours=1)) == [date(2026, 3, 2)]


@pytest.fixture
def sealed() -> list[Look]:
    for person in range(3):
        looked(whom=f"directory.person:{person}")
    seal_looks(by=BY, at=NOON + timedelta(days=1))
    return list(Look.objects.order_by("id"))


def faults() -> list[str]:
    return [str(fault) for fault in verify().faults]


def test_looks_that_nobody_touched_are_sound(sealed: list[Look]) -> None:
    report = verify()

    assert (report.sound, report.looks) == (True, 3)


def test_an_edited_look_is_named(sealed: list[Look], behind_the_back: Tamper) -> None:
    behind_the_back("UPDATE ledger_look SET actor = 'user:other' WHERE id = %s", [sealed[1].pk])

    assert faults() == [
        f"Look {sealed[1].pk} was inserted or edited: user:other at directory.person:1 on directory:person,"
        " 2026-03-02T05:00:00+00:00; its mark is wrong."
    ]


def test_a_deleted_look_is_found_by_its_day(sealed: list[Look], behind_the_back: Tamper) -> None:
    behind_the_back("DELETE FROM ledger_look WHERE id = %s", [sealed[1].pk])

    assert faults() == [
        "The looks of 2026-03-02 are not those of that day: 3 were sealed, 2 are there (a look was deleted,"
        " inserted or exchanged)."
    ]


def test_a_whole_day_of_looks_deleted_is_found(sealed: list[Look], behind_the_back: Tamper) -> None:
    behind_the_back("DELETE FROM ledger_look", [])

    assert [fault.kind for fault in verify().faults] == ["looks-differ"]


def test_a_look_added_later_with_the_right_mark_is_found_by_its_day(sealed: list[Look]) -> None:
    looked(NOON + timedelta(hours=1), whom="directory.person:9")

    assert [fault.kind for fault in verify().faults] == ["looks-differ"]


def test_looks_whose_time_is_over_are_deleted_and_the_ledger_says_so(sealed: list[Look]) -> None:
    looked(NOON + timedelta(days=5))

    assert forget_looks(by=BY, before=date(2026, 3, 7)) == 3
    assert forget_looks(by=BY, before=date(2026, 3, 7)) == 0

    line = Entry.objects.get(act="ledger.forget_looks")
    assert line.about == {"before": "2026-03-07", "lines": 3}
    assert Look.objects.count() == 1
    assert verify().sound


def test_nothing_is_deleted_beyond_the_day_that_was_said(sealed: list[Look]) -> None:
    forget_looks(by=BY, before=date(2026, 3, 1))

    with (
        pytest.raises(IntegrityError, match="what is written stays as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM ledger_look")


def test_pages_of_looks_go_on_where_the_last_one_ended_also_within_one_moment() -> None:
    for person in range(5):
        looked(whom=f"directory.person:{person}")

    first = page(Look.objects.all(), size=2)
    second = page(Look.objects.all(), before=first.next, size=2)
    third = page(Look.objects.all(), before=second.next, size=2)

    shown = [[line.whom[-1] for line in one.lines] for one in (first, second, third)]
    assert (shown, third.next) == ([["4", "3"], ["2", "1"], ["0"]], "")


def test_the_check_tells_how_far_it_is(sealed: list[Look]) -> None:
    steps: list[tuple[int, int]] = []

    verify(on_step=lambda done, total: steps.append((done, total)))

    assert steps[-1] == (4, 4)  # three looks and the line that seals their day
