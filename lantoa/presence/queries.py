"""What can be told of who was there."""

from datetime import datetime

from lantoa.directory.models import Person
from lantoa.presence.models import Attendance, Gathering
from lantoa.presence.rules import code_at


def is_open(gathering: Gathering, *, at: datetime) -> bool:
    """Whether its code counts at that moment."""
    return gathering.opened_at is not None and gathering.opened_at <= at and gathering.closed_at is None


def code_on_the_wall(gathering: Gathering, *, at: datetime) -> str:
    """The digits to show now."""
    return code_at(bytes(gathering.code_secret), at, gathering.code_seconds)


def attendance_of(gathering: Gathering) -> dict[int, Attendance]:
    """The lines of a gathering by the person's id."""
    return {line.person_id: line for line in gathering.attendance.all()}


def was_there(gathering: Gathering, person: Person) -> Attendance | None:
    """The person's line, if there is one."""
    return gathering.attendance.filter(person=person).first()
