"""Where a person may try several times: which attempt counts, and whether another one is possible."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from lantoa.exams.models import Attempt, Sitting
from lantoa.exams.models.sitting import Counts
from lantoa.exams.rules.clock import Phase


def counting_of(sitting: Sitting, attempts: Iterable[Attempt]) -> dict[int, Attempt]:
    """The attempt that counts of each person (by id) among these, as the sitting says: the best, or the last started.

    Of equal ones the earlier counts. An attempt without points counts only where there is none with points.
    """
    found: dict[int, Attempt] = {}
    for one in sorted(attempts, key=lambda each: each.number):
        known = found.get(one.person_id)
        if known is None or _counts_more(sitting, one, known):
            found[one.person_id] = one
    return found


def _counts_more(sitting: Sitting, one: Attempt, known: Attempt) -> bool:
    if one.started_at is None:
        return False
    if sitting.counts == Counts.LAST:
        return True
    if one.points is None or known.points is None:
        return known.points is None
    return _share(one) > _share(known)


def _share(attempt: Attempt) -> Fraction:
    """Of all points: of two variants one may have lost a question."""
    return Fraction(attempt.points or 0) / Fraction(attempt.out_of) if attempt.out_of else Fraction(0)


def counting_of_people(sitting: Sitting, rows: Iterable[Attempt]) -> list[Attempt]:
    """The attempts that count of the people of these rows. One query."""
    people = {one.person_id for one in rows}
    return list(counting_of(sitting, Attempt.objects.filter(sitting=sitting, person__in=people)).values())


def later_attempts(attempt: Attempt) -> bool:
    """Whether the person has begun to try again already."""
    return Attempt.objects.filter(
        sitting=attempt.sitting_id, person=attempt.person_id, number__gt=attempt.number
    ).exists()


def may_try_again(attempt: Attempt, *, at: datetime) -> bool:
    """Whether `actions.listing.try_again` would give another one after this, the last of this person."""
    sitting = attempt.sitting
    if sitting.together or attempt.number >= sitting.attempts or sitting.published_at is not None:
        return False
    phase = sitting.times().phase(at, attempt.started_at, attempt.handed_in_at, attempt.extra())
    finished = attempt.started_at is not None and phase is not Phase.RUNNING
    return finished and sitting.times().may_start(at, attempt.extra())
