"""A unit on a day with the units shown below it, and with which of them every unit in its care counts."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from lantoa.common.ready import array
from lantoa.directory.access import DOWN
from lantoa.directory.models import Unit

# The communes under the unit on the day (of the country: what stands directly under it), and the steps of
# `access.DOWN` from the unit, each unit with the one of them that it was reached through. Whoever is reached
# twice counts with the one that is shown.
TOPS = f"""
    WITH RECURSIVE whole AS (
        SELECT level FROM directory_placement WHERE unit_id = %(unit)s AND period @> %(on)s::date
    ), under(unit_id, level) AS (
        SELECT p.unit_id, p.level FROM directory_placement p
         WHERE p.parent_id = %(unit)s AND p.period @> %(on)s::date
        UNION
        SELECT p.unit_id, p.level FROM under u
          JOIN directory_placement p ON p.parent_id = u.unit_id AND p.period @> %(on)s::date
    ), shown AS (
        SELECT p.unit_id FROM directory_placement p, whole
         WHERE whole.level = 'country' AND p.parent_id = %(unit)s AND p.period @> %(on)s::date
        UNION
        SELECT u.unit_id FROM under u, whole WHERE whole.level <> 'country' AND u.level = 'commune'
    ), care(unit_id, top) AS (
        SELECT %(unit)s::bigint, 0::bigint
        UNION
        SELECT step.unit_id,
               CASE WHEN step.unit_id IN (SELECT s.unit_id FROM shown s) THEN step.unit_id ELSE c.top END
          FROM care c CROSS JOIN LATERAL ({DOWN.format(on="%(on)s")}) step
    )
    SELECT DISTINCT ON (c.unit_id) c.unit_id, c.top, u.key, p.level, p.kind, p.name, p.sort_key
      FROM care c JOIN directory_unit u ON u.id = c.unit_id
      LEFT JOIN directory_placement p ON p.unit_id = c.unit_id AND p.period @> %(on)s::date
     ORDER BY c.unit_id, c.top = 0, c.top
"""


class Shown(NamedTuple):
    """A unit shown below another on a day."""

    id: int
    key: str
    full_name: str
    sort_key: str


@dataclass(frozen=True)
class Tops:
    """A unit on a day. `name` and `level` are "" when it did not stand.

    `of` has every unit in its care by id, those that ended and whose heirs are in it among them, with the shown unit
    it counts with; 0 counts with the whole alone. `ended` is how many of them did not stand on the day.
    """

    unit: int
    name: str
    level: str
    shown: list[Shown]
    of: dict[int, int]
    ended: int

    @cached_property
    def arrays(self) -> dict[str, str]:
        """`of` for a query: `units` and, at the same places, `tops`."""
        return {"units": array(self.of), "tops": array(self.of.values())}


def tops_of(unit: Unit, *, on: date) -> Tops:
    """The unit with what is shown below it, in the order of names. One query."""
    with connection.cursor() as cursor:
        cursor.execute(TOPS, {"unit": unit.pk, "on": on})
        rows = cursor.fetchall()
    shown, name, level, ended = [], "", "", 0
    for pk, top, key, stands_at, kind, own, sort_key in rows:
        ended += stands_at is None and pk != unit.pk
        if pk == unit.pk and stands_at:
            name, level = f"{kind} {own}".strip(), stands_at
        elif pk == top:
            shown.append(Shown(pk, key, f"{kind} {own}".strip(), sort_key))
    of = {row[0]: row[1] for row in rows}
    return Tops(unit.pk, name, level, sorted(shown, key=lambda one: (one.sort_key, one.id)), of, ended)
