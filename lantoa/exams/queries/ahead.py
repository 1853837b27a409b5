"""What a candidate still has to sit: the next thing to do, for the pages of the rooms above."""

from datetime import datetime, timedelta
from typing import Final

from lantoa.directory.models import Person
from lantoa.exams.models import Attempt
from lantoa.exams.queries.sittings import exams_of
from lantoa.exams.rules.clock import Phase

FIRST: Final = (Phase.RUNNING, Phase.OPEN, Phase.WAITING)


def exams_ahead(person: Person, *, at: datetime) -> list[tuple[Attempt, Phase]]:
    """The exams that a person is at work on, can start, or waits for; in this order. One query."""
    found = []
    for one in exams_of(person).filter(handed_in_at=None, sitting__ended_at=None):
        phase = one.sitting.times().phase(at, one.started_at, None, timedelta(minutes=one.extra_minutes))
        if phase in FIRST:
            found.append((one, phase))
    return sorted(found, key=lambda one: FIRST.index(one[1]))
