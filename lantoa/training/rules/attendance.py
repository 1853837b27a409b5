"""What was attended of what could be attended: one rule for a learner, a class, a unit and a programme."""

from decimal import Decimal


def expected_at_each_meeting_held(learners: int, held: int) -> int:
    """How often these learners of one class were expected: each of them at each meeting held, whether or not the
    roll has a line of them, and whether or not they had come to the class by then."""
    return learners * held


def share_where_no_line_is_absence(attended: Decimal, expected: int) -> Decimal | None:
    """The share (0 to 1) of what was expected; None while nothing was held.

    `attended` sums the lines of the roll: 1 for a whole meeting, a part for a part, 0 on leave or absent. Whoever has
    no line in a roll that is complete was absent: what is missing adds nothing to it, and is expected all the same.
    """
    return attended / expected if expected else None
