"""One room as it stands now, in one small question: what the page of a room asks for every few seconds (0029, 0034).

The same that `queries.rooms` tells with `rows_in` and `count_room`; a province has hundreds of such pages open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from lantoa.exams.models import Room
from lantoa.exams.queries.rooms import HERE, IN_ROOM, Counts
from lantoa.exams.queries.sittings import NOTED_WITHIN, SILENT
from lantoa.exams.rules.answers import PAPER
from lantoa.exams.rules.clock import Times

SEATED = """
    SELECT a.key, p.full_name, s.number, a.extra_minutes, a.started_at, a.handed_in_at, a.late_taken_at,
           s.checked_at, s.absent_at, l.opened_at, l.delivered_at, l.plain,
           CASE WHEN l.answered_at IS NOT NULL THEN l.answered_at WHEN a.started_at IS NOT NULL THEN
               (SELECT max(n.received_at) FROM exams_answer n WHERE n.attempt_id = a.id AND n.device <> %s) END,
           EXISTS (SELECT 1 FROM exams_incident i WHERE i.attempt_id = a.id)
      FROM exams_seat s JOIN exams_attempt a ON a.id = s.attempt_id JOIN directory_person p ON p.id = a.person_id
      LEFT JOIN exams_lastseen l ON l.attempt_id = a.id
     WHERE s.room_id = %s ORDER BY s.number
"""


@dataclass(frozen=True, slots=True)
class Seated:
    """A candidate in a room. `counted`: behind which words of `IN_ROOM` they stand."""

    key: str
    full_name: str
    number: int
    extra_minutes: int
    started_at: datetime | None
    handed_in_at: datetime | None
    absent_at: datetime | None
    opened_at: datetime | None
    heard_at: datetime | None
    late: bool
    noted: bool
    counted: frozenset[str]


def room_now(room: Room, *, at: datetime) -> list[Seated]:
    """Who sits there, in the order of the list. One query."""
    times = room.sitting.times()
    with connection.cursor() as cursor:
        cursor.execute(SEATED, [PAPER, room.pk])
        return [_seated(times, at, *row) for row in cursor.fetchall()]


def _seated(
    times: Times,
    at: datetime,
    key: str,
    full_name: str,
    number: int,
    extra_minutes: int,
    started: datetime | None,
    handed_in: datetime | None,
    late_taken: datetime | None,
    checked: datetime | None,
    absent: datetime | None,
    opened: datetime | None,
    delivered: datetime | None,
    plain: bool | None,
    answered: datetime | None,
    noted: bool,
) -> Seated:
    over = times.ends(started, timedelta(minutes=extra_minutes))
    heard = max((one for one in (started, answered) if one), default=None)
    working = started is not None and handed_in is None and (over is None or over > at)
    late = answered is not None and ((over is not None and answered >= over) or _after(answered, handed_in))
    which: dict[str, Any] = {
        "people": True,
        "here": started is None and opened is not None and opened >= at - HERE,
        "waiting": started is None,
        "started": working,
        "silent": working and heard is not None and heard < at - SILENT - NOTED_WITHIN,
        "handed_in": handed_in is not None,
        "late": late and (late_taken is None or _after(answered, late_taken)),
        "incidents": noted,
        "checked": checked is not None,
        "absent": absent is not None,
        "delivered": delivered is not None,
        "plain": plain,
    }
    counted = frozenset(name for name in IN_ROOM if which[name])
    return Seated(
        key, full_name, number, extra_minutes, started, handed_in, absent, opened, heard, late, noted, counted
    )


def _after(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one > other


def counts_of(rows: Iterable[Seated]) -> Counts:
    """How many stand behind each word of `IN_ROOM`."""
    found = dict.fromkeys(IN_ROOM, 0)
    for row in rows:
        for name in row.counted:
            found[name] += 1
    return found
