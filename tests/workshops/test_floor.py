"""The floor of a workshop: one chairs, one hand a site, one site speaks; the agenda's clock is the chair's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import factories as make
import pytest
from at_once import at_once
from django.db import IntegrityError, transaction
from workshops.held import T0, agenda, refusal, site, workshop

from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Machine
from lantoa.workshops.actions.floor import (
    end_item,
    end_speaking,
    give_floor,
    give_more,
    invite,
    pass_over,
    raise_hand,
    set_conduct,
    start_item,
    take_chair,
    withdraw_hand,
)
from lantoa.workshops.actions.places import take_place
from lantoa.workshops.models import AgendaItem, Conduct, Hand, Place, Site, Telling, Workshop
from lantoa.workshops.queries.floor import clock_of, floor_of, history_of

CHAIR, DEPUTY = Machine("chair"), Machine("deputy")
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def held(sites: int = 2) -> tuple[Workshop, list[Site]]:
    """A workshop that is live, with sites in the order of protocol."""
    found = workshop(state="live")
    return found, [site(found, name=f"Điểm cầu {number}") for number in range(1, sites + 1)]


def up(at_site: Site, seconds: int = 0) -> Hand:
    return raise_hand(by=make.BY, site=at_site, at=T0 + seconds * SECOND)


def state_of(hand: Hand) -> str:
    return Hand.objects.values_list("state", flat=True).get(pk=hand.pk)


def queue(found: Workshop, *, by_protocol: bool = False) -> list[str]:
    return [one.site.name for one in floor_of(found, by_protocol=by_protocol).waiting]


CONDUCT: dict[str, Any] = {
    "by_protocol": False,
    "hands_open": True,
    "seconds": 180,
    "questions_open": True,
    "anonymous": False,
}


def conduct(found: Workshop, **values: Any) -> Conduct:
    return set_conduct(by=CHAIR, workshop=found, at=T0, **{**CONDUCT, **values})


# ---- hands


@pytest.mark.django_db
def test_a_hand_raised_twice_is_raised_once() -> None:
    found, (one, _other) = held()

    assert up(one).pk == up(one, 5).pk

    assert queue(found) == ["Điểm cầu 1"]
    assert Entry.objects.filter(act="workshops.raise_hand").count() == 1


@pytest.mark.django_db
def test_the_database_itself_keeps_one_open_hand_a_site_and_one_speaker() -> None:
    found, (one, other) = held()
    first, second = up(one), up(other)
    give_floor(by=CHAIR, hand=first, at=T0 + MINUTE)

    with pytest.raises(IntegrityError, match="one_open_hand"), transaction.atomic():
        Hand.objects.create(workshop=found, site=other, raised_at=T0, raised_by="x")
    with pytest.raises(IntegrityError, match="one_site_speaks"), transaction.atomic():
        Hand.objects.filter(pk=second.pk).update(state="speaking", started_at=T0)


@pytest.mark.django_db(transaction=True)
def test_two_phones_of_one_site_raise_one_hand() -> None:
    found, (one, _other) = held()

    assert at_once([lambda: up(one)] * 4) == ["done"] * 4

    assert (queue(found), Hand.objects.count()) == (["Điểm cầu 1"], 1)


@pytest.mark.django_db
def test_the_queue_follows_the_hands_or_the_protocol() -> None:
    found, (first, second, third) = held(3)
    for number, one in enumerate((third, first, second)):
        up(one, number)

    assert queue(found) == ["Điểm cầu 3", "Điểm cầu 1", "Điểm cầu 2"]
    assert queue(found, by_protocol=True) == ["Điểm cầu 1", "Điểm cầu 2", "Điểm cầu 3"]


@pytest.mark.django_db
def test_an_invited_site_stands_first() -> None:
    found, (first, second) = held()
    up(first)
    invite(by=CHAIR, hand=up(second, 1), at=T0 + MINUTE)

    assert queue(found) == ["Điểm cầu 2", "Điểm cầu 1"]


@pytest.mark.django_db
def test_a_site_takes_its_hand_down_and_may_raise_it_again() -> None:
    _found, (one, _other) = held()
    hand = up(one)

    withdraw_hand(by=make.BY, site=one, at=T0 + SECOND)

    assert state_of(hand) == "withdrawn"
    assert up(one, 9).pk != hand.pk


@pytest.mark.django_db
def test_a_hand_that_is_not_up_or_speaks_is_not_taken_down() -> None:
    _found, (one, other) = held()

    assert refusal(lambda: withdraw_hand(by=make.BY, site=one, at=T0)) == (
        "Cannot take down the hand of Điểm cầu 1: it is not up."
    )
    give_floor(by=CHAIR, hand=up(other), at=T0)
    assert refusal(lambda: withdraw_hand(by=make.BY, site=other, at=T0)) == (
        "Cannot take down the hand of Điểm cầu 2: the site is speaking."
    )


@pytest.mark.django_db
def test_hands_are_refused_while_the_chair_takes_none() -> None:
    found, (one, _other) = held()
    conduct(found, hands_open=False)

    assert refusal(lambda: up(one)) == "Cannot raise the hand of Điểm cầu 1: the chair takes no hands now."


@pytest.mark.django_db
def test_nothing_happens_on_the_floor_of_a_workshop_that_is_not_held() -> None:
    found = workshop(state="ready")
    words = "Cannot do this in “Hội thảo chuyển đổi số”: the workshop is not being held now."

    assert refusal(lambda: up(site(found))) == words
    assert refusal(lambda: take_chair(by=CHAIR, workshop=found, at=T0)) == words


# ---- who speaks


@pytest.mark.django_db
def test_who_is_given_the_floor_speaks_and_whoever_spoke_has_ended() -> None:
    found, (one, other) = held()
    first, second = up(one), up(other)

    give_floor(by=CHAIR, hand=first, at=T0 + MINUTE)
    give_floor(by=CHAIR, hand=second, at=T0 + 3 * MINUTE, seconds=60)

    assert [(hand.site.name, hand.state, hand.seconds) for hand in history_of(found)] == [
        ("Điểm cầu 1", "spoken", 180),
        ("Điểm cầu 2", "speaking", 60),
    ]
    floor = floor_of(found, by_protocol=False)
    assert floor.ends_at == T0 + 4 * MINUTE
    assert [floor.warning(T0 + 3 * MINUTE + late * SECOND) for late in (0, 59, 60)] == [1, 1, 0]


@pytest.mark.django_db
def test_the_time_ends_and_the_next_one_waits() -> None:
    found, (one, other) = held()
    hand = give_floor(by=CHAIR, hand=up(one), at=T0)
    up(other)

    end_speaking(by=CHAIR, hand=hand, at=T0 + MINUTE)
    end_speaking(by=CHAIR, hand=hand, at=T0 + 2 * MINUTE)

    floor = floor_of(found, by_protocol=False)
    assert (floor.speaking, queue(found)) == (None, ["Điểm cầu 2"])
    assert Hand.objects.get(pk=hand.pk).ended_at == T0 + MINUTE


@pytest.mark.django_db
def test_a_minute_more_is_given_once_however_often_it_is_pressed() -> None:
    _found, (one, other) = held()
    hand = give_floor(by=CHAIR, hand=up(one), at=T0)

    for _again in range(3):
        give_more(by=CHAIR, hand=hand, seconds=60, had=180, at=T0 + MINUTE)

    assert Hand.objects.get(pk=hand.pk).seconds == 240
    assert refusal(lambda: give_more(by=CHAIR, hand=hand, seconds=0, had=240, at=T0)) == (
        "Cannot give Điểm cầu 1 0 seconds more: from 1 to 1800 are possible."
    )
    assert refusal(lambda: give_more(by=CHAIR, hand=up(other), seconds=60, had=0, at=T0)) == (
        "Cannot give Điểm cầu 2 more time: the site is not speaking."
    )


@pytest.mark.django_db
def test_a_site_is_passed_over_and_may_come_again() -> None:
    found, (one, other) = held()
    hand = pass_over(by=CHAIR, hand=up(one), at=T0 + MINUTE)

    assert (state_of(hand), queue(found)) == ("passed", [])
    assert refusal(lambda: give_floor(by=CHAIR, hand=hand, at=T0)) == (
        "Cannot give the floor to Điểm cầu 1: its hand is down already."
    )
    speaking = give_floor(by=CHAIR, hand=up(other), at=T0)
    assert refusal(lambda: pass_over(by=CHAIR, hand=speaking, at=T0)) == (
        "Cannot pass Điểm cầu 2 over: the site is speaking."
    )


@pytest.mark.django_db
def test_a_site_speaks_for_half_a_minute_to_an_hour() -> None:
    found, (one, _other) = held()
    words = "Cannot give a site 29 seconds to speak: from 30 to 3600 are possible."

    assert refusal(lambda: give_floor(by=CHAIR, hand=up(one), at=T0, seconds=29)) == words
    assert refusal(lambda: conduct(found, seconds=29)) == words


@pytest.mark.django_db(transaction=True)
def test_two_sites_given_the_floor_in_one_moment_speak_one_after_the_other() -> None:
    found, sites = held(4)
    hands = [up(one) for one in sites]
    take_chair(by=CHAIR, workshop=found, at=T0)

    def give(hand: Hand) -> Callable[[], object]:
        return lambda: give_floor(by=CHAIR, hand=hand, at=T0 + MINUTE)

    assert at_once([give(hand) for hand in hands]) == ["done"] * 4

    states = sorted(Hand.objects.values_list("state", flat=True))
    assert states == ["speaking", "spoken", "spoken", "spoken"]


@pytest.mark.django_db
def test_everybody_is_told_of_the_floor_and_the_site_of_its_own_hand() -> None:
    found, (one, _other) = held()
    give_floor(by=CHAIR, hand=up(one), at=T0)

    told = Telling.objects.filter(workshop=found, kind__in=["floor", "hand"]).order_by("-number")[:2]
    assert [(one.kind, one.audience) for one in told] == [("floor", "all"), ("hand", f"site:{one.key}")]
    assert told[0].about == {
        "speaking": "Điểm cầu 1",
        "speaking_en": "Điểm cầu 1",
        "until": (T0 + 3 * MINUTE).isoformat(),
        "hands": 0,
        "next": "–",
        "next_en": "–",
    }


# ---- who chairs


@pytest.mark.django_db
def test_whoever_acts_first_chairs_and_another_has_to_take_the_chair_over() -> None:
    found, (one, _other) = held()
    hand = invite(by=CHAIR, hand=up(one), at=T0)

    assert refusal(lambda: give_floor(by=DEPUTY, hand=hand, at=T0)) == (
        "Cannot do this in “Hội thảo chuyển đổi số”: chair is chairing. Take the chair over first."
    )
    take_chair(by=DEPUTY, workshop=found, at=T0 + MINUTE)
    assert state_of(give_floor(by=DEPUTY, hand=hand, at=T0 + MINUTE)) == "speaking"

    kept = Conduct.objects.get(workshop=found)
    assert (kept.chaired_by, kept.chaired_since) == ("machine:deputy", T0 + MINUTE)
    taken = Entry.objects.filter(act="workshops.take_chair").order_by("pk").values_list("actor", "about")
    assert list(taken) == [("machine:chair", {"from": ""}), ("machine:deputy", {"from": "machine:chair"})]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_chair_in_one_moment_the_last_one_chairs() -> None:
    found, _sites = held()

    takers = [lambda by=by: take_chair(by=by, workshop=found, at=T0) for by in (CHAIR, DEPUTY)]  # type: ignore[misc]
    assert at_once(takers) == ["done"] * 2

    last = Entry.objects.filter(act="workshops.take_chair").order_by("pk").last()
    assert last is not None
    assert Conduct.objects.get(workshop=found).chaired_by == last.actor


# ---- the agenda


@pytest.mark.django_db
def test_the_next_item_begins_and_the_one_that_ran_ends() -> None:
    found, _sites = held()
    first, second = agenda(found, 30, 30)

    start_item(by=CHAIR, item=first, at=T0 + 5 * MINUTE)
    start_item(by=CHAIR, item=first, at=T0 + 6 * MINUTE)
    start_item(by=CHAIR, item=second, at=T0 + 40 * MINUTE)

    assert [(one.started_at, one.ended_at) for one in AgendaItem.objects.order_by("position")] == [
        (T0 + 5 * MINUTE, T0 + 40 * MINUTE),
        (T0 + 40 * MINUTE, None),
    ]
    clock = clock_of(found, at=T0 + 41 * MINUTE)
    assert (clock.running, clock.next, clock.reckoned.drift) == (second, None, 10 * MINUTE)


@pytest.mark.django_db
def test_an_item_is_not_ended_before_it_begins_nor_begun_again() -> None:
    found, _sites = held()
    (item,) = agenda(found, 30)

    assert refusal(lambda: end_item(by=CHAIR, item=item, at=T0)) == "Cannot end “Phần 1”: it has not begun."
    start_item(by=CHAIR, item=item, at=T0)
    end_item(by=CHAIR, item=item, at=T0 + MINUTE)
    end_item(by=CHAIR, item=item, at=T0 + 2 * MINUTE)
    assert refusal(lambda: start_item(by=CHAIR, item=item, at=T0)) == "Cannot start “Phần 1”: it is over already."
    assert AgendaItem.objects.get().ended_at == T0 + MINUTE


@pytest.mark.django_db
def test_the_database_lets_no_two_items_run_at_once() -> None:
    found, _sites = held()
    agenda(found, 30, 30)

    with pytest.raises(IntegrityError, match="one_item_runs"), transaction.atomic():
        AgendaItem.objects.update(started_at=T0)


@pytest.mark.django_db
def test_a_hand_remembers_what_was_spoken_of() -> None:
    found, (one, _other) = held()
    (item,) = agenda(found, 30)
    start_item(by=CHAIR, item=item, at=T0)

    assert up(one).item == item


@pytest.mark.django_db
def test_a_seat_is_taken_at_a_site_of_the_workshop_and_moved_when_somebody_moves() -> None:
    found, (one, other) = held()
    person, foreign = make.person(), site(workshop(state="live"), name="Xa")

    assert refusal(lambda: take_place(by=make.BY, workshop=found, person=person, site=foreign, at=T0)) == (
        "Cannot take a seat at Xa: it is no site of “Hội thảo chuyển đổi số”."
    )
    for there in (one, one, other):
        take_place(by=make.BY, workshop=found, person=person, site=there, at=T0)
    assert Place.objects.get().site == other
    assert Entry.objects.filter(act="workshops.take_place").count() == 2
