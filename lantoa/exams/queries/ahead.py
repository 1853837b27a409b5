"""What a candidate still has to sit: the next thing to do, for the pages of the rooms above, and after signing in."""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from lantoa.accounts.models import User
from lantoa.common.ready import asking, columns
from lantoa.directory.models import Person
from lantoa.exams.models import Attempt, Sitting
from lantoa.exams.queries.sittings import exams_of
from lantoa.exams.rules.clock import Phase

FIRST: Final = (Phase.RUNNING, Phase.OPEN, Phase.WAITING)
NEAR: Final = timedelta(hours=1)


def exams_ahead(person: Person, *, at: datetime) -> list[tuple[Attempt, Phase]]:
    """The exams that a person is at work on, can start, or waits for; in this order. One query."""
    found = []
    for one in exams_of(person).filter(handed_in_at=None, sitting__ended_at=None):
        phase = one.sitting.times().phase(at, one.started_at, None, timedelta(minutes=one.extra_minutes))
        if phase in FIRST:
            found.append((one, phase))
    return sorted(found, key=lambda one: FIRST.index(one[1]))


def exams_near(user: User, *, at: datetime) -> list[Attempt]:
    """The exams that somebody who signs in now has come for: they are at work on it, or all begin together within the
    hour, or as soon as a button is pressed. One query."""
    with asking() as cursor:
        cursor.execute(_statement(), [user.pk])
        rows = cursor.fetchall()
    names, of_sitting = columns(Attempt, "a")[0], columns(Sitting, "s")[0]
    found = []
    for row in rows:
        one: Attempt = Attempt.from_db("default", names, row[: len(names)])
        one.sitting = Sitting.from_db("default", of_sitting, row[len(names) :])
        times = one.sitting.times()
        phase, begins = times.phase(at, one.started_at, None, one.extra()), times.begins()
        soon = phase is Phase.WAITING and (begins is None or begins <= at + NEAR)
        if phase is Phase.RUNNING or (times.together and (soon or phase is Phase.OPEN)):
            found.append(one)
    return found


@cache
def _statement() -> str:
    """Asked of everybody who signs in by a link: put together once (decision 0034)."""
    return f"""SELECT {columns(Attempt, "a")[1]}, {columns(Sitting, "s")[1]} FROM exams_attempt a
        JOIN exams_sitting s ON s.id = a.sitting_id JOIN directory_person o ON o.id = a.person_id
        WHERE o.user_id = %s AND a.handed_in_at IS NULL AND s.ended_at IS NULL ORDER BY a.id"""
