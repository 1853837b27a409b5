"""The clock of a workshop: the agenda as it goes, and the warnings of a speaker's time."""

from datetime import UTC, datetime, timedelta

from lantoa.workshops.rules.clock import Slot, minutes_of, reckon, warning
from lantoa.workshops.rules.floor import ordered

T0 = datetime(2026, 12, 1, 1, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def drift(slots: list[Slot], now: datetime) -> int:
    return minutes_of(reckon(slots, now).drift)


FIRST, SECOND, THIRD = (
    Slot("a", at(0), at(30)),
    Slot("b", at(30), at(60)),
    Slot("c", at(75), at(90)),  # after a break of a quarter of an hour
)


def run(slot: Slot, started: int, ended: int | None = None) -> Slot:
    return Slot(slot.key, slot.planned, slot.planned_end, at(started), None if ended is None else at(ended))


def test_before_the_first_item_nothing_is_late_until_its_hour() -> None:
    assert drift([FIRST, SECOND], at(-20)) == 0
    assert drift([FIRST, SECOND], at(4)) == 4
    assert reckon([FIRST, SECOND], at(4)).next == "a"


def test_an_item_that_began_late_makes_all_that_follow_late() -> None:
    found = reckon([run(FIRST, 7), SECOND, THIRD], at(20))

    assert (minutes_of(found.drift), found.running, found.next) == (7, "a", "b")
    assert found.expected == {"b": at(37), "c": at(82)}


def test_an_item_that_runs_over_its_length_is_later_each_minute() -> None:
    assert drift([run(FIRST, 0), SECOND], at(30)) == 0
    assert drift([run(FIRST, 0), SECOND], at(41)) == 11
    assert drift([run(FIRST, 5), SECOND], at(41)) == 11


def test_what_ended_early_stays_early_until_the_next_ones_hour() -> None:
    done = run(FIRST, 0, 20)

    assert drift([done, SECOND], at(20)) == -10
    assert drift([done, SECOND], at(29)) == -1
    assert drift([done, SECOND], at(33)) == 3


def test_a_break_catches_up_what_was_late() -> None:
    done = [run(FIRST, 0, 30), run(SECOND, 30, 70)]

    assert drift([*done, THIRD], at(71)) == 0
    assert drift([*done, THIRD], at(78)) == 3


def test_after_the_last_item_the_drift_is_that_of_its_end() -> None:
    assert drift([run(FIRST, 0, 36)], at(90)) == 6
    assert reckon([], at(0)).drift == timedelta()


def test_a_speaker_is_warned_three_two_and_one_minutes_before_the_end() -> None:
    said = {seconds: warning(timedelta(seconds=seconds)) for seconds in (181, 180, 121, 120, 61, 60, 1, 0, -30)}

    assert said == {181: None, 180: 3, 121: 3, 120: 2, 61: 2, 60: 1, 1: 1, 0: 0, -30: 0}


def test_the_queue_is_in_the_order_of_hands_or_of_protocol() -> None:
    hands = [("late", 3, 1), ("early", 1, 9), ("twin", 2, 9)]  # name, raised, place

    def order(*, by_protocol: bool) -> list[str]:
        queue = ordered(hands, by_protocol=by_protocol, raised=lambda one: one[1], place=lambda one: one[2])
        return [name for name, _raised, _place in queue]

    assert order(by_protocol=False) == ["early", "twin", "late"]
    assert order(by_protocol=True) == ["late", "early", "twin"]
