"""What is late in pilots on a day, of many at once: the same as `PilotNow.late`, in one query."""

from datetime import date
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection

from lantoa.directory.models import UnitQuerySet

LATE: Final = """
    WITH mine AS (
        SELECT p.id, p.key, p.name, lower(p.period) AS first, upper(p.period) - 1 AS last FROM pilots_pilot p
         WHERE p.unit_id IN ({units}) AND (p.fixed_at AT TIME ZONE %s)::date <= %s AND lower(p.period) <= %s
           AND (p.decided_on IS NULL OR p.decided_on > %s)
    ), late AS (
        SELECT mine.id, LEAST(coalesce(latest.day, mine.first) + m.every, mine.last) AS due
          FROM mine JOIN pilots_measure m ON m.pilot_id = mine.id
          CROSS JOIN LATERAL (
               SELECT max(r."on") AS day FROM pilots_reading r
                WHERE r.measure_id = m.id AND NOT r.baseline AND r."on" BETWEEN mine.first AND %s
                  AND NOT EXISTS (SELECT 1 FROM pilots_reading c WHERE c.corrects_id = r.id)) latest
         WHERE latest.day IS NULL OR latest.day < mine.last
        UNION ALL
        SELECT mine.id, g."on" FROM mine JOIN pilots_gate g ON g.pilot_id = mine.id
         WHERE (g.decided_on IS NULL OR g.decided_on > %s)
           AND NOT EXISTS (SELECT 1 FROM pilots_gate other WHERE other.replaces_id = g.id)
        UNION ALL
        SELECT mine.id, mine.last FROM mine
    )
    SELECT mine.key, mine.name, count(*), min(late.due) FROM mine JOIN late USING (id)
     WHERE late.due < %s GROUP BY mine.id, mine.key, mine.name ORDER BY min(late.due), mine.id
"""


class LatePilot(NamedTuple):
    """A pilot with so many things late: values, gates, the decision at its end; `since` the first of them was due."""

    key: str
    name: str
    many: int
    since: date


def late_pilots(units: UnitQuerySet, *, on: date) -> list[LatePilot]:
    """The pilots of these units in which something is late on that day, the latest first."""
    wanted, values = units.values("pk").query.sql_with_params()
    parameters: list[Any] = [*values, settings.TIME_ZONE, *[on] * 6]
    with connection.cursor() as cursor:
        cursor.execute(LATE.format(units=wanted), parameters)
        return [LatePilot(*row) for row in cursor.fetchall()]
