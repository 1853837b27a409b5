"""Fifty press at the same moment: exactly the places are given, the others wait in the order of their turns."""

from collections.abc import Callable

import factories
import pytest
from at_once import at_once
from training.nominations.asking import BY, NOW, make_town

from lantoa.directory.models import Person
from lantoa.ledger.models import Entry
from lantoa.training.actions.classes import Place, enrol, withdraw
from lantoa.training.actions.nominations import accept, nominate, withdraw_nomination
from lantoa.training.models import Asked, Enrolment, Nomination

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 50
PLACES = 7
State = Nomination.State


def nominating(asked: Asked, person: Person) -> Callable[[], object]:
    return lambda: nominate(by=BY, asked=asked, people=[person], at=NOW)


def test_fifty_at_once_get_exactly_the_places_and_the_others_wait_in_order() -> None:
    town = make_town(places=PLACES, wards=5, people=TRIES // 5)
    tries = [
        nominating(asked, person) for asked, people in zip(town.asked, town.people, strict=True) for person in people
    ]

    assert at_once(tries) == ["done"] * TRIES
    rows = list(Nomination.objects.filter(call=town.call).order_by("turn"))
    assert [row.turn for row in rows] == list(range(1, TRIES + 1))
    assert [row.place for row in rows] == [*range(1, PLACES + 1), *[None] * (TRIES - PLACES)]
    assert [row.state for row in rows] == [State.PLACED] * PLACES + [State.WAITING] * (TRIES - PLACES)
    assert Entry.objects.filter(act="training.nominate").count() == TRIES


def test_the_last_place_is_given_to_one_of_fifty() -> None:
    town = make_town(places=1, wards=5, people=TRIES // 5)
    tries = [
        nominating(asked, person) for asked, people in zip(town.asked, town.people, strict=True) for person in people
    ]

    assert at_once(tries) == ["done"] * TRIES
    placed = Nomination.objects.get(call=town.call, state=State.PLACED)
    assert (placed.turn, placed.place) == (1, 1)


def test_the_same_person_nominated_fifty_times_at_once_is_nominated_once() -> None:
    town = make_town(places=PLACES, wards=1, people=1)
    said = at_once([nominating(town.asked[0], town.people[0][0])] * TRIES)

    assert sorted(set(said)) == [
        "Cannot nominate Nguyễn Văn A1 for «Cử học viên»: they are nominated already.",
        "done",
    ]
    assert said.count("done") == 1


def test_places_freed_at_once_go_to_the_next_in_turn() -> None:
    town = make_town(places=10, wards=2, people=10)
    nominate(by=BY, asked=town.asked[0], people=town.people[0], at=NOW)
    nominate(by=BY, asked=town.asked[1], people=town.people[1], at=NOW)
    leaving = list(Nomination.objects.filter(state=State.PLACED).order_by("turn")[:4])

    def leave(row: Nomination) -> Callable[[], object]:
        return lambda: withdraw_nomination(by=BY, nomination=row, reason="", at=NOW)

    assert at_once([leave(row) for row in leaving]) == ["done"] * 4
    rows = Nomination.objects.filter(state=State.PLACED).order_by("turn")
    assert [row.turn for row in rows] == list(range(5, 15))
    assert sorted(row.place or 0 for row in rows) == list(range(1, 11))


def test_accepting_taking_out_and_enrolling_at_once_wait_for_each_other_and_for_nobody_in_a_circle() -> None:
    town = make_town(places=4, wards=1, people=8)
    made = nominate(by=BY, asked=town.asked[0], people=town.people[0], at=NOW)
    accept(by=BY, call=town.call, nominations=made[:2], training_class=town.training_class, at=NOW)
    first, second = Enrolment.objects.order_by("id")
    places = [Place(factories.person(at=town.district), town.district)]

    said = at_once(
        [
            lambda: withdraw(by=BY, enrolment=first, reason="ốm", at=NOW),
            lambda: withdraw(by=BY, enrolment=second, reason="ốm", at=NOW),
            lambda: accept(by=BY, call=town.call, nominations=made[2:4], training_class=town.training_class, at=NOW),
            lambda: enrol(by=BY, training_class=town.training_class, places=places, source="test", at=NOW),
        ]
    )
    assert said == ["done"] * 4
    rows = Nomination.objects.order_by("turn")
    assert [row.state for row in rows] == [
        *[State.WITHDRAWN] * 2,
        *[State.ACCEPTED] * 2,
        *[State.PLACED] * 2,
        *[State.WAITING] * 2,
    ]
