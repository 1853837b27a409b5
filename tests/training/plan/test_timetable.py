"""Nobody and no room is in two places at once."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lantoa.training.rules.timetable import (
    Kind,
    Slot,
    check_holiday,
    check_order,
    check_period,
    check_room,
    clashes,
    learner_clashes,
)

MORNING = datetime(2020, 10, 5, 8)  # noqa: DTZ001


def slot(key: str, code: str = "A", *, at: float = 0, hours: float = 3, who: str = "", room: str = "") -> Slot:
    starts = MORNING + timedelta(hours=at)
    return Slot(key, code, starts, starts + timedelta(hours=hours), who, who, room, room)


def said(found: list[object]) -> list[str]:
    return [str(one.refusal()) for one in found]  # type: ignore[attr-defined]


def test_a_class_meets_once_at_a_time() -> None:
    assert said(clashes([slot("1"), slot("2", at=2)])) == [
        "Cannot plan a meeting of class A at 10:00–13:00 05/10/2020: the class already meets at 08:00–11:00 05/10/2020."  # noqa: E501
    ]


def test_a_lecturer_and_a_room_are_in_one_place() -> None:
    found = clashes([slot("1", "A", who="Lâm", room="P1")], [slot("2", "B", at=1, who="Lâm", room="P1")])
    assert said(found) == [
        "Cannot plan a meeting of class A at 08:00–11:00 05/10/2020: lecturer Lâm teaches class B at "
        "09:00–12:00 05/10/2020.",
        "Cannot plan a meeting of class A at 08:00–11:00 05/10/2020: room P1 is taken by class B at "
        "09:00–12:00 05/10/2020.",
    ]


def test_meetings_that_touch_do_not_clash() -> None:
    assert clashes([slot("1", who="Lâm"), slot("2", at=3, who="Lâm")]) == []


def test_two_meetings_that_stand_already_are_not_held_against_each_other() -> None:
    assert clashes([], [slot("1"), slot("2", at=1)]) == []


def test_a_long_meeting_clashes_with_every_short_one_in_it() -> None:
    found = clashes(
        [
            slot("long", "A", hours=9, who="L"),
            slot("a", "B", at=1, hours=1, who="L"),
            slot("b", "C", at=5, hours=1, who="L"),
        ]
    )
    assert [(c.slot.key, c.other.key) for c in found] == [("a", "long"), ("b", "long")]


def test_a_learner_is_in_one_class_at_a_time() -> None:
    found = learner_clashes([slot("1", "A")], {"Lê Thị Học": [slot("2", "B", at=2), slot("3", "B", at=3)]})
    assert said(found) == [
        "Cannot plan a meeting of class A at 08:00–11:00 05/10/2020: Lê Thị Học is in class B at 10:00–13:00 05/10/2020."  # noqa: E501
    ]


def test_days_and_places_that_do_not_serve_are_named() -> None:
    first, last = date(2020, 10, 1), date(2020, 12, 31)
    assert check_period("A", first, first=first, last=last) is None
    assert check_period("A", last, first=first, last=last) is None
    assert str(check_period("A", date(2021, 1, 1), first=first, last=last)) == (
        "Cannot plan a meeting of class A on 01/01/2021: the programme runs from 01/10/2020 to 31/12/2020."
    )
    assert check_holiday("A", first, "") is None
    assert str(check_holiday("A", date(2021, 1, 1), "Tết Dương lịch")) == (
        "Cannot plan a meeting of class A on 01/01/2021: it is a public holiday (Tết Dương lịch)."
    )
    assert check_room("A", places=40, room="P1", holds=None) is None
    assert check_room("A", places=40, room="P1", holds=40) is None
    assert str(check_room("A", places=41, room="P1", holds=40)) == (
        "Cannot plan class A in room P1: 41 places, but the room holds 40."
    )
    assert check_order("A", MORNING, MORNING + timedelta(hours=1)) is None
    assert str(check_order("A", MORNING, MORNING)) == (
        "Cannot plan a meeting of class A: it ends (08:00) before it starts (08:00)."
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(1, 6), st.sampled_from("AB"), st.sampled_from(["", "L", "M"])),
        max_size=9,
    )
)
def test_exactly_the_pairs_that_overlap_are_found(planned: list[tuple[int, int, str, str]]) -> None:
    slots = [slot(str(n), code, at=at, hours=hours, who=who) for n, (at, hours, code, who) in enumerate(planned)]
    found = {(c.kind, frozenset({c.slot.key, c.other.key})) for c in clashes(slots)}
    expected = set()
    for at, one in enumerate(slots):
        for other in slots[at + 1 :]:
            if one.starts < other.ends and other.starts < one.ends:
                if one.class_code == other.class_code:
                    expected.add((Kind.CLASS, frozenset({one.key, other.key})))
                if one.lecturer and one.lecturer == other.lecturer:
                    expected.add((Kind.LECTURER, frozenset({one.key, other.key})))
    assert found == expected
