"""For the page of a leader: pilots and adoptions on a day, of a unit and of the units shown below it.

Only what was there by that day counts: plans fixed by then, spreads whose order was settled by then. The numbers and
the lists they open to are of the same units.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Value

from lantoa.common.days import ends
from lantoa.directory.models import UnitQuerySet
from lantoa.directory.queries.tops import Tops
from lantoa.pilots.models import Adoption, Gate, Wave
from lantoa.pilots.queries.playbooks import book_in
from lantoa.pilots.queries.spreads import ALL, LEFT, AdoptionNow, adoption_now, state_of, with_steps
from lantoa.pilots.rules.windows import RUNNING, stage

ADOPTING, ADOPTED = "adopting", "adopted"

# Pilots, then adoptions, under the same columns. The text of a playbook comes once, with its first adoption.
ROWS: Final = """
    WITH place AS (SELECT unnest(%(units)s::bigint[]) AS unit_id)
    SELECT 'pilot', p.unit_id, p.key, p.name, p.is_demonstration, lower(p.period), upper(p.period),
           (p.fixed_at AT TIME ZONE %(zone)s)::date, p.decided_on, p.outcome,
           (SELECT min(g."on") FROM pilots_gate g
             WHERE g.pilot_id = p.id AND g.written_on <= %(on)s AND (g.decided_on IS NULL OR g.decided_on > %(on)s)
               AND NOT EXISTS (SELECT 1 FROM pilots_gate later WHERE later.replaces_id = g.id)),
           NULL::text[], 0, NULL
      FROM pilots_pilot p JOIN place ON place.unit_id = p.unit_id
     WHERE p.fixed_at < %(end)s
    UNION ALL
    SELECT 'adoption', a.unit_id, a.key, s.name, s.is_demonstration, a.left_on, w.starts_on, NULL, NULL, '', NULL,
           ARRAY(SELECT d.step FROM pilots_stepdone d
                  WHERE d.adoption_id = a.id AND d."on" <= %(on)s AND d.taken_back_at IS NULL),
           v.id, CASE WHEN row_number() OVER (PARTITION BY v.id ORDER BY a.id) = 1 THEN v.text END
      FROM pilots_adoption a JOIN place ON place.unit_id = a.unit_id
      JOIN pilots_spread s ON s.id = a.spread_id AND s.settled_at < %(end)s
      JOIN pilots_playbookversion v ON v.id = s.version_id
      LEFT JOIN pilots_wave w ON w.id = a.wave_id
"""


def adoptions_of(units: UnitQuerySet, *, on: date, show: str = "") -> list[AdoptionNow]:
    """What these units take on, of spreads whose order was settled by then, in the order of their places: all but
    those that left; `adopting` with steps to do, `adopted` with every step done. Three queries."""
    rows = Adoption.objects.filter(unit__in=units, spread__settled_at__lt=ends(on))
    found = [now for row in with_steps(rows) if (now := adoption_now(row, on=on)).state != LEFT]
    return [now for now in found if show not in (ADOPTING, ADOPTED) or (now.state == ALL) == (show == ADOPTED)]


class Tried(NamedTuple):
    """A pilot on a day; `gate` is the day of the first gate that is not decided."""

    unit: int
    key: str
    name: str
    invented: bool
    first: date
    last: date
    stage: str
    outcome: str
    gate: date | None


class Taken(NamedTuple):
    """A unit in a spread on a day: how many of the steps are done."""

    unit: int
    key: str
    name: str
    invented: bool
    state: str
    done: int
    total: int


@dataclass
class Counts:
    """How many pilots run in a unit, how many playbooks it takes on, and how many of these are done."""

    running: int = 0
    adopting: int = 0
    adopted: int = 0


@dataclass(frozen=True)
class Trying:
    """The pilots and adoptions of a unit, those that run first; `whole` counts all, `by_top` the shown units."""

    pilots: list[Tried]
    adoptions: list[Taken]
    whole: Counts
    by_top: dict[int, Counts]


def trying(tops: Tops, *, on: date) -> Trying:
    """What a unit and those below it try and take on. One query, however many units."""
    parameters: dict[str, Any] = {
        "units": tops.arrays["units"],
        "on": on,
        "end": ends(on),
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, parameters)
        rows = cursor.fetchall()
    texts = {row[12]: row[13] for row in rows if row[13] is not None}
    made = Trying([], [], Counts(), {})
    for what, unit, key, name, invented, one, two, fixed, decided, outcome, gate, steps, version, _text in rows:
        counts = [made.whole]
        if top := tops.of[unit]:
            counts.append(made.by_top.setdefault(top, Counts()))
        if what == "pilot":
            now = stage(one, two, fixed, decided, on=on)
            shown = outcome if decided is not None and decided <= on else ""
            made.pilots.append(Tried(unit, key, name, invented, one, two - timedelta(days=1), now, shown, gate))
            for count in counts:
                count.running += now == RUNNING
            continue
        known = book_in(texts[version]).steps
        done = sum(step in known for step in steps)
        state = state_of(done, len(known), left=one, starts=two, on=on)
        if state != LEFT:
            made.adoptions.append(Taken(unit, key, name, invented, state, done, len(known)))
            for count in counts:
                count.adopted += state == ALL
                count.adopting += state != ALL
    made.pilots.sort(key=lambda row: (row.stage != RUNNING, -row.first.toordinal(), row.name))
    made.adoptions.sort(key=lambda row: (row.state == ALL, row.name, row.unit))
    return made


def deadlines(*, on: date) -> "list[QuerySet[Any, Any]]":
    """What awaits units as of a day: gates that are not decided, waves still to begin; queries to be joined, of what,
    day, key, title and unit (its id)."""
    gates = (
        Gate.objects.filter(pilot__fixed_at__lt=ends(on), written_on__lte=on, replaced_by=None)
        .exclude(decided_on__lte=on)
        .exclude(pilot__decided_on__lte=on)
    )
    waves = Wave.objects.filter(adoptions__isnull=False, spread__settled_at__lt=ends(on), starts_on__gt=on)
    return [
        gates.order_by().values_list(Value("gate"), "on", "pilot__key", "pilot__name", "pilot__unit_id"),
        waves.order_by().values_list(Value("wave"), "starts_on", "spread__key", "spread__name", "adoptions__unit_id"),
    ]
