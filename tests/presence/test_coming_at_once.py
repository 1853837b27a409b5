"""Phones, a roll and corrections of one meeting at the same moment: nobody waits in a circle, nothing is lost."""

from collections.abc import Callable
from datetime import timedelta

import factories
import pytest
from at_once import at_once
from django.utils import timezone

from lantoa.directory.models import Person
from lantoa.presence import actions
from lantoa.presence.models import Attendance, Gathering

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


@pytest.fixture
def gathering() -> Gathering:
    return factories.meeting(factories.training_class(), NOW - timedelta(minutes=5)).gathering


def test_a_roll_called_while_codes_come_in_loses_nobody(gathering: Gathering) -> None:
    people = [factories.person() for _ in range(8)]
    expected = [one.pk for one in people]

    def arrive(person: Person) -> Callable[[], object]:
        return lambda: actions.check_in(by=factories.BY, gathering=gathering, person=person, arrived=NOW)

    def roll() -> None:
        states = dict.fromkeys(expected, "absent")
        actions.call_roll(by=factories.BY, gathering=gathering, states=states, at=NOW, expected=expected)

    assert at_once([*map(arrive, people), roll]) == ["done"] * 9
    assert list(Attendance.objects.values_list("state", flat=True)) == ["present"] * 8
    gathering.refresh_from_db()
    assert gathering.held


def test_two_first_corrections_at_once_make_one_line_and_keep_the_other(gathering: Gathering) -> None:
    person = factories.person()

    def correct(state: str) -> Callable[[], object]:
        return lambda: actions.correct(
            by=factories.BY, gathering=gathering, person=person, state=state, reason="nhầm", at=NOW
        )

    assert at_once([correct("leave"), correct("absent")]) == ["done"] * 2
    line = Attendance.objects.get()
    assert {line.state, line.corrections.get().state_before} == {"leave", "absent"}
