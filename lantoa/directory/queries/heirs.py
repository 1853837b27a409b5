"""Who stands today in the place of a unit that has ended: by the directory's rule, its default heirs."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

# A unit that has ended gives way to its default heirs, up to the one that stands on the day.
STANDING = """
    WITH RECURSIVE heir(asked, unit_id, depth) AS (
        SELECT id, id, 0 FROM unnest(%(units)s::bigint[]) AS id
        UNION
        SELECT h.asked, l.heir_id, h.depth + 1 FROM heir h
          JOIN directory_successionlink l ON l.forebear_id = h.unit_id AND l."default"
          JOIN directory_succession s ON s.id = l.succession_id AND s.day <= %(on)s
         WHERE h.depth < 20
    )
    SELECT DISTINCT ON (h.asked) h.asked, h.unit_id FROM heir h
      JOIN directory_placement p ON p.unit_id = h.unit_id AND p.period @> %(on)s::date
     ORDER BY h.asked, h.depth
"""


def stands_for(units: Iterable[int], *, on: date) -> dict[int, int]:
    """For each unit (id) the one that stands in its place on that day: itself, or its heir; left out when nobody
    does. One query."""
    ids = list(set(units))
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"units": ids, "on": on})
        return dict(cursor.fetchall())


# Down the same steps: every unit whose default heir, at whatever distance, is this one.
BEFORE = """
    WITH RECURSIVE before(unit_id, depth) AS (
        SELECT %(unit)s::bigint, 0
        UNION
        SELECT l.forebear_id, b.depth + 1 FROM before b
          JOIN directory_successionlink l ON l.heir_id = b.unit_id AND l."default"
          JOIN directory_succession s ON s.id = l.succession_id AND s.day <= %(on)s
         WHERE b.depth < 20
    ) SELECT DISTINCT unit_id FROM before
"""


def place_taken_of(unit: int, *, on: date) -> list[int]:
    """The units (ids) in whose place this one stands on that day, without itself. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, {"unit": unit, "on": on})
        before = [row[0] for row in cursor.fetchall()]
    return sorted(one for one, heir in stands_for(before, on=on).items() if heir == unit and one != unit)
