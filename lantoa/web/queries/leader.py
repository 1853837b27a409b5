"""Where a unit stands on a day, and each unit shown below it: one query a room (decision 0046)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from lantoa.directory.models import Unit
from lantoa.directory.queries.tops import Shown, Tops, tops_of
from lantoa.exams.queries import leader as exams
from lantoa.pilots.queries import leader as pilots
from lantoa.pilots.queries.leader import Counts, Trying
from lantoa.programmes.queries import reporting
from lantoa.programmes.queries.targets import Line
from lantoa.programmes.queries.targets import Standing as TargetsMet
from lantoa.programmes.queries.targets import standings as targets_of
from lantoa.readiness.queries import standing as readiness
from lantoa.readiness.queries.standing import Measured, measured
from lantoa.readiness.queries.standing import Standing as Ready
from lantoa.training.queries import leader as training
from lantoa.training.queries.leader import Results, Trained, results_by_top, trained_by_top
from lantoa.training.queries.rows import Day
from lantoa.workshops.queries import conclusions as workshops

PRESSING: Final = 20  # of a province's five hundred deadlines; the rest is behind the pages of each kind


@dataclass(frozen=True)
class Deadline:
    """What awaits a unit: `what` is figures, call, readiness, gate, wave, exam or task; `key` that of the thing."""

    what: str
    day: date
    key: str
    title: str


@dataclass(frozen=True)
class Below:
    """A unit shown below another, in numbers."""

    unit: Shown
    trained: Trained
    results: Results
    ready: Ready | None
    targets: TargetsMet
    tried: Counts


@dataclass(frozen=True)
class Leading:
    """A unit on a day. `own` is the readiness it was found to have itself, `theirs` that of the units below it."""

    tops: Tops
    on: date
    trained: Trained
    results: Results
    own: Measured | None
    theirs: Measured | None
    targets: list[Line]
    trying: Trying
    deadlines: list[Deadline]
    below: list[Below]


def leading(unit: Unit, *, on: date) -> Leading:
    """All of it, in the order of names. Seven queries."""
    tops, day = tops_of(unit, on=on), Day(on)
    ids = [one.id for one in tops.shown]
    trained = trained_by_top(tops, day=day)
    results = results_by_top(tops, day=day)
    own, theirs = measured(unit, ids, on=on)
    met, lines = targets_of([unit.pk, *ids], on=on, whole=unit.pk, approved_by=on)
    tried = pilots.trying(tops, on=on)
    ready = {one.unit: one for one in theirs.standings} if theirs else {}
    below = [
        Below(
            one,
            trained.get(one.id, Trained()),
            results.get(one.id, Results()),
            ready.get(one.id),
            met.get(one.id, TargetsMet()),
            tried.by_top.get(one.id, Counts()),
        )
        for one in tops.shown
    ]
    return Leading(
        tops,
        on,
        trained.get(None, Trained()),
        results.get(None, Results()),
        own,
        theirs,
        lines,
        tried,
        _deadlines(tops, on=on),
        below,
    )


def _deadlines(tops: Tops, *, on: date) -> list[Deadline]:
    """What awaits the unit and all in its care, the most pressing first, no more than `PRESSING`."""
    with connection.cursor() as cursor:
        sql, values = _awaiting(on)
        cursor.execute(sql, [*values, tops.arrays["units"]])
        return [Deadline(*row) for row in cursor.fetchall()]


@lru_cache(maxsize=16)  # it is the same statement for every unit: to put it together costs more than to ask it
def _awaiting(on: date) -> tuple[str, tuple[Any, ...]]:
    """What awaits units (ids, its last value) as of a day, of all rooms, as SQL and the values before that."""
    first, *others = [
        *reporting.deadlines(on=on),
        *training.deadlines(day=Day(on)),
        *readiness.deadlines(on=on),
        *pilots.deadlines(on=on),
        *exams.deadlines(on=on),
        *workshops.deadlines(on=on),
    ]
    sql, values = first.union(*others).query.sql_with_params()
    columns = "what, day, key, title"
    return (
        f"""SELECT DISTINCT {columns} FROM (
                SELECT what, day, key COLLATE "C" AS key, title COLLATE "C" AS title
                  FROM ({sql}) AS awaiting ({columns}, unit) WHERE unit IN (SELECT unnest(%s::bigint[]))) found
             ORDER BY day, what, title, key LIMIT {PRESSING}""",
        tuple(values),
    )
