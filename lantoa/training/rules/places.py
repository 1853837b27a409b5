"""Who gets a place of a call: in the order of turns, and no unit more than its share.

Places are numbered from 1. Whoever holds one keeps it; a free one goes to the first in the waiting list whose unit
holds less than its share. So nobody who could have a place waits behind somebody who came later and got it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """Somebody in the waiting list: who, from which unit, when it was their turn."""

    id: int
    unit: int
    turn: int


def free_places(places: int, taken: Iterable[int]) -> list[int]:
    """The numbers that nobody holds, lowest first."""
    held = set(taken)
    return [number for number in range(1, places + 1) if number not in held]


def give(
    places: int, held: Mapping[int, int], waiting: Iterable[Waiting], most: Mapping[int, int | None]
) -> dict[int, int]:
    """The places given now, by id of who waited. `held`: place -> unit; `most`: unit -> its share, None for any."""
    free = free_places(places, held)[::-1]
    holding = Counter(held.values())
    given: dict[int, int] = {}
    for one in sorted(waiting, key=lambda one: one.turn):
        if not free:
            break
        share = most.get(one.unit)
        if share is None or holding[one.unit] < share:
            given[one.id] = free.pop()
            holding[one.unit] += 1
    return given


def within(places: int, held: Iterable[int]) -> dict[int, int]:
    """New numbers for the places held above `places`, when there are fewer places now: old number -> new number.

    Raises ValueError when more are held than there are.
    """
    numbers = sorted(held)
    if len(numbers) > places:
        raise ValueError(f"{len(numbers)} places are held, {places} is too few")
    free = iter(free_places(places, numbers))
    return {number: next(free) for number in numbers if number > places}
