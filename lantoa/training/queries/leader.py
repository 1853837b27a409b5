"""For the page of a leader: who has learned and what exams showed, of a unit and of the units shown below it.

The numbers and the rows they open to are read by the same statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from lantoa.directory.queries.tops import Tops
from lantoa.exams.models import Attempt
from lantoa.training.models import Asked, Nomination
from lantoa.training.queries.rows import Day
from lantoa.training.rules.exams import FEWEST

YEAR: Final = timedelta(days=365)

# By the rules of `queries.people`: a post on the day; completed by then, and not withdrawn by then. A person counts
# once with each shown unit and once with the whole (`top` NULL): posts in several shown units come in further lines.
PEOPLE = """
    WITH place(unit_id, top) AS (SELECT * FROM unnest(%(units)s::bigint[], %(tops)s::bigint[])), held AS (
        SELECT p.person_id, min(place.top) AS top, max(place.top) AS other
          FROM directory_post p JOIN place ON place.unit_id = p.unit_id
         WHERE p.period @> %(on)s::date
           AND p.person_id <> ALL (ARRAY(SELECT r.person_id FROM directory_restriction r))
         GROUP BY p.person_id
    ), each AS (
        SELECT person_id, top, other, person_id IN (
            SELECT e.person_id FROM training_enrolment e
             WHERE e.completed_at < %(end)s AND e.enrolled_at < %(end)s
               AND (e.withdrawn_at IS NULL OR e.withdrawn_at >= %(end)s)) AS done FROM held
    )
    SELECT top, count(*), count(*) FILTER (WHERE done) FROM each GROUP BY ROLLUP (top)
    UNION ALL
    SELECT top, count(*), count(*) FILTER (WHERE done) FROM (
        SELECT DISTINCT place.top, each.person_id, each.done
          FROM each JOIN directory_post p ON p.person_id = each.person_id AND p.period @> %(on)s::date
          JOIN place ON place.unit_id = p.unit_id AND place.top <> each.top
         WHERE each.top <> each.other) more
     GROUP BY top
"""

# One result of each person in each sitting published in the twelve months to the day: the attempt that counts
# (`exams.queries.attempts`), if it is marked whole; with the unit the person came from: that of their class, else
# of their post on the day they sat it.
ATTEMPT = "a.id, a.sitting_id, a.person_id, a.number, a.points, a.out_of, a.unmarked"
RESULTS = f"""
    WITH sitting AS (
        SELECT s.id, s.counts, x.training_class_id FROM exams_sitting s
          LEFT JOIN training_classexam x ON x.sitting_id = s.id
         WHERE s.published_at >= %(since)s AND s.published_at < %(end)s
    ), taken AS (
        SELECT {ATTEMPT}, s.counts, e.unit_id, (e.withdrawn_at IS NOT NULL)::int AS gone, e.id AS tie
          FROM exams_attempt a JOIN sitting s ON s.id = a.sitting_id
          JOIN training_enrolment e ON e.training_class_id = s.training_class_id AND e.person_id = a.person_id
         WHERE a.started_at IS NOT NULL
        UNION ALL
        SELECT {ATTEMPT}, s.counts, p.unit_id, 0, p.id
          FROM exams_attempt a JOIN sitting s ON s.id = a.sitting_id AND s.training_class_id IS NULL
          JOIN directory_post p ON p.person_id = a.person_id
           AND p.period @> (a.started_at AT TIME ZONE %(zone)s)::date
         WHERE a.started_at IS NOT NULL
    ), result AS (
        SELECT DISTINCT ON (sitting_id, person_id) * FROM taken
         ORDER BY sitting_id, person_id, CASE WHEN counts = 'last' THEN -number END, points IS NULL,
                  points / nullif(out_of, 0) DESC NULLS LAST, number, gone, tie
    ), counted AS (
        SELECT id, unit_id, sitting_id, points / out_of AS share FROM result
         WHERE points IS NOT NULL AND out_of > 0 AND unmarked = 0
    )
"""
BY_TOP = f"""{RESULTS}
    SELECT place.top, count(*), count(DISTINCT sitting_id), sum(share)
      FROM counted JOIN unnest(%(units)s::bigint[], %(tops)s::bigint[]) place(unit_id, top) USING (unit_id)
     GROUP BY GROUPING SETS ((top), ())
"""
OF_PEOPLE = f"{RESULTS} SELECT id FROM counted WHERE unit_id = ANY(%(units)s::bigint[])"


@dataclass(frozen=True)
class Trained:
    """People with a post on the day, and how many of them had completed a class by then."""

    people: int = 0
    trained: int = 0

    @property
    def share(self) -> float | None:
        return self.trained / self.people if self.people else None


def trained_by_top(tops: Tops, *, day: Day) -> dict[int | None, Trained]:
    """For each shown unit (its id) that has people, and under None for all together. One query."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {**tops.arrays, "on": day.on, "end": day.end_of_day})
        rows = cursor.fetchall()
    found: dict[int | None, Trained] = {}
    for top, people, done in rows:
        before = found.get(top, Trained())
        found[top] = Trained(before.people + people, before.trained + done)
    return found


@dataclass(frozen=True)
class Results:
    """Results of exams: how many, in how many exams, and the sum of their shares of the most points."""

    count: int = 0
    exams: int = 0
    shares: Decimal = Decimal(0)

    @property
    def mean(self) -> Decimal | None:
        """The mean share (0 to 1); of fewer than `FEWEST` results nothing is said."""
        return self.shares / self.count if self.count >= FEWEST else None


def results_by_top(tops: Tops, *, day: Day) -> dict[int | None, Results]:
    """The results of twelve months to the day: for each shown unit (its id) that has some, and under None for all
    together. One query."""
    with connection.cursor() as cursor:
        cursor.execute(BY_TOP, {**tops.arrays, **_window(day)})
        return {top: Results(count, exams, shares or Decimal(0)) for top, count, exams, shares in cursor.fetchall()}


def results_of(units: Sequence[int], *, day: Day) -> "QuerySet[Attempt]":
    """The attempts that `results_by_top` counted for these units (ids), the exam published last first."""
    with connection.cursor() as cursor:
        cursor.execute(OF_PEOPLE, {"units": list(units), **_window(day)})
        ids = [row[0] for row in cursor.fetchall()]
    rows = Attempt.objects.filter(pk__in=ids).select_related("sitting", "person")
    return rows.order_by("-sitting__published_at", "sitting", "person__sort_key", "pk")


def _window(day: Day) -> dict[str, Any]:
    return {"since": day.end_of_day - YEAR, "end": day.end_of_day, "zone": settings.TIME_ZONE}


def deadlines(*, day: Day) -> "list[QuerySet[Any, Any]]":
    """What awaits units as of a day: calls for nominations that they had neither answered nor declined by then;
    queries to be joined, of what, day, key, title and unit (its id)."""
    end = day.end_of_day
    named = Nomination.objects.filter(asked=OuterRef("pk"), nominated_at__lt=end).exclude(ended_at__lt=end)
    asked = (
        Asked.objects.filter(~Exists(named), call__opened_at__lt=end)
        .exclude(call__closed_at__lt=end)
        .exclude(declined_at__lt=end)
        .annotate(until=Greatest(Coalesce("due_on", "call__due_on"), "call__due_on"))
        .filter(until__gte=day.on)
    )
    return [asked.order_by().values_list(Value("call"), "until", "call__key", "call__title", "unit_id")]
