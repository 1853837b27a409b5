"""When an attempt was last heard of, for whoever watches: kept in memory, written in groups (decision 0029).

A row is written once a minute for an attempt at most, whatever its devices ask, and by each of several processes
only when it says something new.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from lantoa.exams.models import Sitting
from lantoa.exams.rules.answers import PAPER

WITHIN: Final = timedelta(seconds=50)  # how old the row of an attempt may be while its device is heard of
BETWEEN: Final = timedelta(seconds=2)  # how long the looks of waiting pages are gathered
MOST_REMEMBERED = 50_000
NEVER = datetime(2000, 1, 1, tzinfo=UTC)

SEEN = """
    INSERT INTO exams_lastseen AS s (attempt_id, opened_at, answered_at, delivered_at, plain)
    SELECT a.id, v.opened, v.answered, v.delivered, v.plain
      FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::boolean[], %s::boolean[])
           AS v(id, opened, answered, delivered, plain, now)
      JOIN exams_attempt a ON a.id = v.id LEFT JOIN exams_lastseen o ON o.attempt_id = a.id
     WHERE v.now OR o.attempt_id IS NULL OR o.opened_at <= v.opened - interval '50 seconds'
        OR (v.answered IS NOT NULL
            AND (o.answered_at IS NULL OR o.answered_at <= v.answered - interval '50 seconds'))
     ORDER BY a.id
    ON CONFLICT (attempt_id) DO UPDATE
       SET opened_at = GREATEST(s.opened_at, EXCLUDED.opened_at),
           answered_at = GREATEST(s.answered_at, EXCLUDED.answered_at),
           delivered_at = COALESCE(s.delivered_at, EXCLUDED.delivered_at),
           plain = COALESCE(EXCLUDED.plain, s.plain)
"""
RESTORE = """
    INSERT INTO exams_lastseen AS s (attempt_id, opened_at, answered_at)
    SELECT a.id, COALESCE(w.last, a.started_at), w.last
      FROM exams_attempt a
      LEFT JOIN (SELECT n.attempt_id, max(n.received_at) AS last
                   FROM exams_answer n JOIN exams_attempt b ON b.id = n.attempt_id
                  WHERE b.sitting_id = %s AND n.device <> %s GROUP BY n.attempt_id) w ON w.attempt_id = a.id
     WHERE a.sitting_id = %s AND a.started_at IS NOT NULL ORDER BY a.id
    ON CONFLICT (attempt_id) DO UPDATE SET answered_at = GREATEST(s.answered_at, EXCLUDED.answered_at)
"""


@transaction.atomic
def restore(sitting: Sitting) -> None:
    """Writes anew, from the log, who was last heard of: after a crash of the database the lines are gone."""
    with connection.cursor() as cursor:
        cursor.execute(RESTORE, [sitting.pk, PAPER, sitting.pk])


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look of a device tells. `now`: it is written at once, however lately another one was."""

    opened: datetime
    answered: datetime | None = None
    delivered: datetime | None = None
    plain: bool | None = None
    now: bool = False

    def after(self, earlier: "Sight | None") -> "Sight":
        """Both in one."""
        if earlier is None:
            return self
        return Sight(
            max(self.opened, earlier.opened),
            max((one for one in (self.answered, earlier.answered) if one), default=None),
            earlier.delivered or self.delivered,
            earlier.plain if self.plain is None else self.plain,
            self.now or earlier.now,
        )


class Sights:
    """What this process has written lately, and what it still gathers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: dict[int, datetime] = {}
        self._answered: dict[int, datetime] = {}
        self._gathered: dict[int, Sight] = {}
        self._flushed = NEVER

    def write(self, cursor: Any, seen: Mapping[int, Sight]) -> None:
        """Writes those that say something new: one statement, within the transaction of whoever asks."""
        due = {pk: sight for pk, sight in sorted(seen.items()) if self._is_due(pk, sight)}
        if not due:
            return
        columns = [(one.opened, one.answered, one.delivered, one.plain, one.now) for one in due.values()]
        cursor.execute(SEEN, [list(due), *(list(column) for column in zip(*columns, strict=True))])
        transaction.on_commit(lambda: self._remember(due))

    def opened(self, attempt: int, *, at: datetime) -> None:
        """A page of this attempt was asked for. Written with others, a moment later or by the next one who asks."""
        sight = Sight(at)
        with self._lock:
            if not self._is_due(attempt, sight):
                return
            self._gathered[attempt] = sight.after(self._gathered.get(attempt))
            if abs(at - self._flushed) < BETWEEN:
                return
            self._flushed, gathered, self._gathered = at, self._gathered, {}
        with transaction.atomic(), connection.cursor() as cursor:
            self.write(cursor, gathered)

    def _is_due(self, pk: int, sight: Sight) -> bool:
        if sight.now or sight.opened - self._opened.get(pk, NEVER) >= WITHIN:
            return True
        return sight.answered is not None and sight.answered - self._answered.get(pk, NEVER) >= WITHIN

    def _remember(self, written: Mapping[int, Sight]) -> None:
        if len(self._opened) > MOST_REMEMBERED:
            self._opened, self._answered = {}, {}
        for pk, sight in written.items():
            self._opened[pk] = sight.opened
            if sight.answered is not None:
                self._answered[pk] = sight.answered


SIGHTS = Sights()  # of this process
