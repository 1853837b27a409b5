"""The order of a spread: by lot from a seed, so that anybody can draw it again, and waves of so many units."""

import hashlib
from collections.abc import Sequence

from lantoa.common.refused import N_, Refused


def drawn(keys: Sequence[str], seed: str) -> list[str]:
    """The keys in the order of SHA-256 of "seed:key", in hexadecimal digits.

    The order that the keys come in makes no difference, and no random generator of any language is needed: whoever
    has the seed and the list of units works it out again (docs/decisions/0041).
    """
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).hexdigest())


def in_waves(count: int, capacities: Sequence[int]) -> list[int]:
    """For each place of the order the number (from 0) of its wave; refused when the waves have too few places."""
    if sum(capacities) < count:
        raise Refused(
            N_("Cannot settle the order: the waves have %(places)d places for %(units)d units."),
            places=sum(capacities),
            units=count,
        )
    return [wave for wave, capacity in enumerate(capacities) for _ in range(capacity)][:count]
