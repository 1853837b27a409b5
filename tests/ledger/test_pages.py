"""What an auditor reads: lines by thing, by actor, by day, a page at a time."""

from typing import Any

import pytest
from ledger.conftest import write

from lantoa.ledger.models import Entry
from lantoa.ledger.queries import page
from lantoa.ledger.rules import Machine

pytestmark = pytest.mark.django_db


def numbers(lines: list[Entry]) -> list[int]:
    return [line.about["number"] for line in lines]


def test_pages_go_from_the_newest_line_to_the_oldest_without_gap_or_repeat() -> None:
    for number in range(5):
        write(number=number)

    first = page(Entry.objects.all(), size=2)
    write(number=99)  # written while somebody reads
    second = page(Entry.objects.all(), before=first.next, size=2)
    third = page(Entry.objects.all(), before=second.next, size=2)

    assert [numbers(one.lines) for one in (first, second, third)] == [[4, 3], [2, 1], [0]]
    assert third.next == ""


def test_a_full_last_page_has_no_next() -> None:
    for number in range(2):
        write(number=number)

    assert page(Entry.objects.all(), size=2).next == ""


def test_lines_are_found_by_actor_and_by_thing() -> None:
    write(number=1, thing="test.thing:1")
    write(number=2, thing="test.thing:2")
    write(number=3, thing="test.thing:2", by=Machine("other"))

    assert numbers(page(Entry.objects.about_thing("test.thing:2")).lines) == [3, 2]
    assert numbers(page(Entry.objects.about_thing("test.thing:2").by(Machine("other"))).lines) == [3]


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_is_one_query(count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        write(number=number)

    with django_assert_num_queries(1):
        assert len(page(Entry.objects.all()).lines) == count


def test_lines_that_name_a_person_are_found_with_those_about_their_things() -> None:
    write(number=1, thing="test.thing:1")
    write(number=2, person="0abc")
    write(number=3, person="0xyz")
    write(number=4, thing="test.thing:2")

    found = Entry.objects.concerning(["0abc"], ["test.thing:2"])
    assert numbers(page(found).lines) == [4, 2]
