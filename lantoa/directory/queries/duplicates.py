"""Who may be recorded twice, and who was merged into whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from lantoa.directory.models import LookalikeRun, Merge, NotSame, Person, Post, Unit, UnitQuerySet
from lantoa.directory.rules.merging import POSSIBLE, SIGNS

SHARED = 6  # a number or address that more people than this have is an office's, and says nothing


def person_of(key: str) -> Person | None:
    """The person with this key; whoever was merged is found as the survivor."""
    found = Person.records.filter(key=key).select_related("merged_into", "user", "merged_into__user").first()
    return (found.merged_into or found) if found else None


def survivors(people: Iterable[int]) -> dict[int, int]:
    """Of these people (ids) those who were merged, each with the id of whom they are asked for through."""
    merged = Person.records.filter(pk__in=list(people)).exclude(merged_into=None)
    return dict(merged.values_list("pk", "merged_into_id"))


def in_care_of(care: UnitQuerySet, *, everywhere: bool, on: date) -> "QuerySet[Person]":
    """The people that `those_in_care` would leave of all: by the units of their running posts, without one by all.
    Whoever is restricted is in no list."""
    used = Person.objects.filter(restricted_at=None)
    if everywhere:
        return used
    posts = Post.objects.filter(person=OuterRef("pk"))
    running = posts.filter(Q(period__endswith=None) | Q(period__endswith__gt=on))
    units = Unit.objects.filter(pk__in=care.values("pk")).values("pk")
    return used.filter(
        Exists(running.filter(unit__in=units)) | (~Exists(running) & Exists(posts.filter(unit__in=units)))
    )


@dataclass(frozen=True)
class Pair:
    """Two people on record who may be one: how much speaks for it, and what (`rules.merging.SIGNS`)."""

    one: Person
    other: Person
    points: int
    signs: tuple[str, ...]


_SIGNS = {
    "same_name": "lower(a.full_name) = lower(b.full_name)",
    "alike_name": "a.folded = b.folded AND lower(a.full_name) <> lower(b.full_name)",
    "same_birth": "a.birth_year = b.birth_year AND a.birth_month = b.birth_month AND a.birth_day = b.birth_day",
    "part_birth": "a.birth_year = b.birth_year AND coalesce(a.birth_month = b.birth_month, true)"
    " AND coalesce(a.birth_day = b.birth_day, true) AND (a.birth_day IS NULL OR b.birth_day IS NULL)",
    "other_birth": "a.birth_year <> b.birth_year OR a.birth_month <> b.birth_month OR a.birth_day <> b.birth_day",
    "same_phone": "a.phone <> '' AND a.phone = b.phone",
    "same_email": "a.email <> '' AND lower(a.email) = lower(b.email)",
    "same_unit": "EXISTS (SELECT 1 FROM directory_post s JOIN directory_post t ON s.unit_id = t.unit_id"
    " WHERE s.person_id = a.id AND t.person_id = b.id)",
    "other_number": "a.id_hash IS NOT NULL AND b.id_hash IS NOT NULL",  # two rows never have the same one
    "other_gender": "a.gender <> '' AND b.gender <> '' AND a.gender <> b.gender",
}
assert list(_SIGNS) == list(SIGNS)
_HOLDS = ", ".join(f"coalesce({condition}, false)" for condition in _SIGNS.values())

# Pairs are made where something strong is shared: name and date of birth as far as both are known; name and unit
# where a year is missing; a telephone number or email address. What else is alike or different is then weighed for
# those pairs only. (A name and a year with different days are too little: 40 + 20 for the unit - 50.)
_AMONG_ALL = f"""
    mine AS MATERIALIZED ({{mine}}),
    alike (ids) AS (
        SELECT array_agg(id) FROM mine WHERE birth_year IS NOT NULL
         GROUP BY hashtextextended(folded, birth_year * 512 + coalesce(birth_month, 0) * 32 + coalesce(birth_day, 0))
        HAVING count(*) > 1
        UNION ALL SELECT array_agg(id) FROM mine WHERE phone <> ''
         GROUP BY hashtextextended(phone, 0) HAVING count(*) BETWEEN 2 AND {SHARED}
        UNION ALL SELECT array_agg(id) FROM mine WHERE email <> ''
         GROUP BY hashtextextended(lower(email COLLATE "C"), 0) HAVING count(*) BETWEEN 2 AND {SHARED}),
    found (one, other) AS MATERIALIZED (
        SELECT one, other FROM alike, unnest(ids) one, unnest(ids) other WHERE one < other
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id)
          FROM mine a JOIN mine b ON b.folded = a.folded AND b.birth_year = a.birth_year AND b.id <> a.id
           AND coalesce(a.birth_month = b.birth_month, true)
         WHERE a.birth_day IS NULL
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id)
          FROM mine a
          JOIN directory_post s ON s.person_id = a.id
          JOIN directory_post t ON t.unit_id = s.unit_id AND t.person_id <> a.id
          JOIN mine b ON b.id = t.person_id AND b.folded = a.folded
         WHERE a.birth_year IS NULL),"""

# The pairs that were remembered, and whatever is like somebody who was entered or corrected since (`fresh`).
# OFFSET 0: whose people they are is asked of these few, one by one; it is not worked out first for all.
_SINCE = f"""
    mine AS NOT MATERIALIZED ({{mine}}),
    fresh AS MATERIALIZED (
        SELECT m.* FROM (
            SELECT id FROM directory_person WHERE id > %s
             UNION SELECT person_id FROM directory_personchange WHERE at > %s) f,
            LATERAL (SELECT * FROM mine WHERE mine.id = f.id OFFSET 0) m),
    found (one, other) AS MATERIALIZED (
        SELECT one_id, other_id FROM directory_lookalike,
            LATERAL (SELECT 1 FROM mine WHERE id = one_id OFFSET 0) a,
            LATERAL (SELECT 1 FROM mine WHERE id = other_id OFFSET 0) b
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id)
          FROM fresh a JOIN mine b ON b.folded = a.folded AND b.id <> a.id
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id)
          FROM fresh a JOIN mine b ON b.phone = a.phone AND b.id <> a.id
         WHERE a.phone <> ''
           AND (SELECT count(*) FROM directory_person p
                 WHERE p.phone = a.phone AND p.merged_into_id IS NULL) <= {SHARED}
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id)
          FROM fresh a JOIN mine b ON lower(b.email) = lower(a.email) AND b.id <> a.id
         WHERE a.email <> ''
           AND (SELECT count(*) FROM directory_person p
                 WHERE lower(p.email) = lower(a.email) AND p.merged_into_id IS NULL) <= {SHARED}),"""

_WEIGHED = f"""
    signed AS MATERIALIZED (
        SELECT one, other, ARRAY[{_HOLDS}] AS signs
          FROM found JOIN directory_person a ON a.id = one JOIN directory_person b ON b.id = other
         WHERE NOT EXISTS (
            SELECT 1 FROM directory_notsame n
              JOIN directory_person x ON x.id = n.one_id JOIN directory_person y ON y.id = n.other_id
             WHERE (coalesce(x.merged_into_id, x.id), coalesce(y.merged_into_id, y.id))
                   IN ((one, other), (other, one)))),
    weighed AS (
        SELECT one, other, signs,
               (SELECT sum(w) FROM unnest(signs, %s::int[]) AS s (holds, w) WHERE holds)::int AS points
          FROM signed)
    SELECT one, other, signs, points, count(*) OVER () FROM weighed
     WHERE points >= %s ORDER BY points DESC, one, other LIMIT %s OFFSET %s
"""


def last_run() -> LookalikeRun | None:
    """When all records were put beside each other last; None for never."""
    return LookalikeRun.objects.order_by("-pk").first()


def duplicates(
    people: "QuerySet[Person]", *, page: int, size: int, run: LookalikeRun | None = None
) -> tuple[list[Pair], int]:
    """The pairs of these people who may be one, the surest first: a page of them (from 1), and how many there are.

    With a `run` of the pairs that were remembered then, and those of whoever was entered or corrected since; how sure
    they are is what is known now. Without it all are put beside each other, which takes seconds among 100,000.
    A few queries. A pair that somebody said is not the same is left out, also under the names of whom they absorbed.
    """
    rows = _pairs(people, run, size, (page - 1) * size)
    found = Person.objects.in_bulk([pk for row in rows for pk in row[:2]])
    pairs = [
        Pair(found[one], found[other], points, tuple(sign for sign, holds in zip(SIGNS, signs, strict=True) if holds))
        for one, other, signs, points, _count in rows
    ]
    return pairs, rows[0][4] if rows else 0


def lookalikes() -> list[tuple[int, int]]:
    """All pairs of the house (ids, the smaller one first), all put beside each other: to be remembered."""
    return [(row[0], row[1]) for row in _pairs(Person.objects.filter(restricted_at=None), None, None, 0)]


def _pairs(
    people: "QuerySet[Person]", run: LookalikeRun | None, size: int | None, start: int
) -> list[tuple[int, int, list[bool], int, int]]:
    columns = ("id", "folded", "birth_year", "birth_month", "birth_day", "phone", "email")
    sql, parameters = people.order_by().values(*columns).query.sql_with_params()
    weights = [weight for weight, _words in SIGNS.values()]
    since: list[Any] = [run.last_person, run.at] if run else []
    query = "WITH" + (_SINCE if run else _AMONG_ALL).format(mine=sql) + _WEIGHED
    with transaction.atomic(), connection.cursor() as cursor:
        # all people are put beside each other once: in memory, not on the disk
        cursor.execute("SELECT set_config('work_mem', '48MB', true)")
        cursor.execute(query, [*parameters, *since, weights, POSSIBLE, size, start])
        return list(cursor.fetchall())


def merges_of(person: Person) -> "QuerySet[Merge]":
    """Whom the person absorbed, and what of it was taken back; the latest first."""
    return Merge.objects.filter(survivor=person).select_related("merged").order_by("-made_at", "-id")


def said_not_same(people: "QuerySet[Person]") -> "QuerySet[NotSame]":
    """What was said of pairs of these people, also under the names of whom they absorbed; the latest first."""
    mine = people.order_by().values("pk")
    said = NotSame.objects.filter(
        Q(one__in=mine) | Q(one__merged_into__in=mine), Q(other__in=mine) | Q(other__merged_into__in=mine)
    )
    return said.select_related("one__merged_into", "other__merged_into").order_by("-said_at", "-id")
