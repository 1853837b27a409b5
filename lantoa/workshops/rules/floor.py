"""Who speaks next, and for how long. Pure."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

SHORTEST: Final = 30  # seconds that a site may speak, at least
LONGEST: Final = 60 * 60  # and at most
MORE: Final = 30 * 60  # at most so many seconds more at once
Hand = TypeVar("Hand")


def ordered(
    hands: Sequence[Hand], *, by_protocol: bool, raised: Callable[[Hand], object], place: Callable[[Hand], object]
) -> list[Hand]:
    """The queue: as the hands were raised, or by the order of protocol of their sites (and then as raised)."""
    return sorted(hands, key=lambda hand: (place(hand), raised(hand)) if by_protocol else (raised(hand),))
