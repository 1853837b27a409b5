"""What was gained between a test before and a test after: each person and the group.

Source: R. R. Hake, "Interactive-engagement versus traditional methods: A six-thousand-student survey of mechanics
test data for introductory physics courses", American Journal of Physics 66 (1998) 64-74. Shares of the most points
are used for both tests, so that tests of different length compare: the most is 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


def normalised_gain(before: Fraction, after: Fraction) -> Fraction | None:
    """g = (after - before) / (1 - before): the part of what could be gained that was gained; below 0 for a loss.

    None where nothing could be gained: everything was right before.
    """
    return None if before >= 1 else (after - before) / (1 - before)


@dataclass(frozen=True)
class Gains:
    """A group of `pairs` people who sat both tests, in shares of the most points.

    `of_means` is Hake's <g>, the normalised gain of the two means; `mean_of_gains` is the mean of each one's g, which
    leaves out the `nothing_to_gain` who had everything right before. The two differ, so both are said.
    """

    pairs: int
    before: Fraction
    after: Fraction
    of_means: Fraction | None
    mean_of_gains: Fraction | None
    nothing_to_gain: int

    @property
    def raw(self) -> Fraction:
        """The difference of the means."""
        return self.after - self.before


def gains(pairs: Sequence[tuple[Fraction, Fraction]]) -> Gains | None:
    """The gains of a group from (before, after) of each; None of nobody."""
    if not pairs:
        return None
    before = sum((one for one, _after in pairs), Fraction(0)) / len(pairs)
    after = sum((one for _before, one in pairs), Fraction(0)) / len(pairs)
    each = [gain for pair in pairs if (gain := normalised_gain(*pair)) is not None]
    return Gains(
        pairs=len(pairs),
        before=before,
        after=after,
        of_means=normalised_gain(before, after),
        mean_of_gains=sum(each, Fraction(0)) / len(each) if each else None,
        nothing_to_gain=len(pairs) - len(each),
    )
