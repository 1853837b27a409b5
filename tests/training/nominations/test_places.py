"""The rule of places: nobody loses one, none is given twice, no unit has more than its share, turns are kept."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantoa.training.rules.places import Waiting, free_places, give, within

UNITS = range(4)
shares = st.fixed_dictionaries({unit: st.none() | st.integers(0, 4) for unit in UNITS})


@st.composite
def calls(draw: st.DrawFn) -> tuple[int, dict[int, int], list[Waiting], dict[int, int | None]]:
    """Places, who holds which, who waits, and the shares."""
    places = draw(st.integers(1, 12))
    numbers = draw(st.sets(st.integers(1, places)))
    held = {number: draw(st.sampled_from(UNITS)) for number in sorted(numbers)}
    turns = draw(st.permutations(range(draw(st.integers(0, 12)))))
    waiting = [Waiting(100 + turn, draw(st.sampled_from(UNITS)), turn) for turn in turns]
    return places, held, waiting, draw(shares)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_a_place_is_given_once_and_only_when_it_is_free(
    call: tuple[int, dict[int, int], list[Waiting], dict[int, int | None]],
) -> None:
    places, held, waiting, most = call
    given_now = give(places, held, waiting, most)

    assert set(given_now) <= {one.id for one in waiting}
    assert len(set(given_now.values())) == len(given_now)
    assert set(given_now.values()) <= set(free_places(places, held))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_no_unit_gets_more_than_its_share(
    call: tuple[int, dict[int, int], list[Waiting], dict[int, int | None]],
) -> None:
    places, held, waiting, most = call
    unit_of = {one.id: one.unit for one in waiting}
    before = Counter(held.values())
    new = Counter(unit_of[pk] for pk in give(places, held, waiting, most))
    over = {unit for unit in new if most[unit] is not None and before[unit] + new[unit] > (most[unit] or 0)}

    assert over == set()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_whoever_still_waits_could_not_have_had_a_place(
    call: tuple[int, dict[int, int], list[Waiting], dict[int, int | None]],
) -> None:
    """So giving again gives nothing, and nobody was overtaken by a later turn of a unit that is not full."""
    places, held, waiting, most = call
    given_now = give(places, held, waiting, most)
    unit_of = {one.id: one.unit for one in waiting}
    after = held | {place: unit_of[pk] for pk, place in given_now.items()}
    left = [one for one in waiting if one.id not in given_now]

    assert give(places, after, left, most) == {}
    for one in left:
        later = [pk for pk in given_now if pk - 100 > one.turn]
        if later:
            assert most[one.unit] is not None


@given(st.integers(1, 12), st.sets(st.integers(1, 20)))
def test_fewer_places_keep_every_holder_under_a_number_of_their_own(places: int, held: set[int]) -> None:
    if len(held) > places:
        with pytest.raises(ValueError, match="places are held"):
            within(places, held)
        return
    moved = within(places, held)
    numbers = [moved.get(number, number) for number in held]

    assert sorted(set(numbers)) == sorted(numbers)
    assert all(1 <= number <= places for number in numbers)
    assert set(moved) == {number for number in held if number > places}


@pytest.mark.parametrize(
    ("held", "waiting", "most", "expected"),
    [
        ({}, [(7, "a", 1), (8, "b", 2), (9, "c", 3)], {}, {7: 1, 8: 2}),
        ({1: "a"}, [(7, "a", 1), (8, "b", 2)], {"a": 1}, {8: 2}),
        ({2: "a"}, [(9, "b", 5), (8, "c", 4)], {}, {8: 1}),
        ({1: "a", 2: "b"}, [(9, "b", 5)], {}, {}),
        ({}, [(9, "b", 5)], {"b": 0}, {}),
    ],
    ids=["two places for three", "a full unit waits", "the earlier turn", "nothing free", "a share of none"],
)
def test_places_of_two(
    held: dict[int, str], waiting: list[tuple[int, str, int]], most: dict[str, int], expected: dict[int, int]
) -> None:
    ids = {name: number for number, name in enumerate("abc")}

    assert (
        give(
            2,
            {place: ids[unit] for place, unit in held.items()},
            [Waiting(pk, ids[unit], turn) for pk, unit, turn in waiting],
            {ids[unit]: share for unit, share in most.items()},
        )
        == expected
    )
