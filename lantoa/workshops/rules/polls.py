"""What a poll tells: counted per person, or per site by a show of hands. Pure counting.

A group with fewer than `SMALLEST` voices is told nothing of: neither a poll as a whole nor one site of it. Because
the whole is told beside its sites, a single withheld site could be reckoned by subtraction: then the smallest of
those that might be told is withheld with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 5  # voices


@dataclass(frozen=True)
class Told:
    """How a poll stands. `counts` in the order of the options; `voices` is how many answered (one may choose several
    options); `heads` the same with each site weighing as many as sit there."""

    voices: int
    counts: tuple[int, ...]
    withheld: bool = False

    def share(self, option: int) -> float | None:
        """Of those who answered, how many chose this option; None where nobody has or where it is withheld."""
        return None if self.withheld or not self.voices else self.counts[option] / self.voices


def count(ballots: Iterable[tuple[Sequence[int], int]], options: int, *, small: int = SMALLEST) -> Told:
    """Adds up ballots: (options chosen, weight). Withheld where fewer than `small` voices are counted."""
    counts, voices = [0] * options, 0
    for chosen, weight in ballots:
        voices += weight
        for option in set(chosen):
            if 0 <= option < options:
                counts[option] += weight
    if 0 < voices < small:
        return Told(voices, (0,) * options, withheld=True)
    return Told(voices, tuple(counts))


def by_group(groups: Mapping[int, Mapping[int, int]], voices: Mapping[int, int], options: int) -> dict[int, Told]:
    """The same for each group: `groups[group][option]` chose it, `voices[group]` answered.

    Small groups are withheld; if the withheld ones together are still small, the smallest of the others is, too.
    """
    hidden = {group for group, many in voices.items() if 0 < many < SMALLEST}
    others = sorted((many, group) for group, many in voices.items() if group not in hidden and many)
    while hidden and others and sum(voices[group] for group in hidden) < SMALLEST:
        hidden.add(others.pop(0)[1])
    return {
        group: Told(many, (0,) * options, withheld=True)
        if group in hidden
        else Told(many, tuple(groups.get(group, {}).get(option, 0) for option in range(options)))
        for group, many in voices.items()
    }
