"""The sites of a workshop: in lists, under each other, and compared with those of the workshop before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lantoa.common.refused import N_
from lantoa.common.vietnamese import fold
from lantoa.workshops.models import Site, Workshop

ORDER: Final = ("place", "code", "pk")
COMPARED: Final = {  # what a site is compared by, with its words
    "name": N_("name of the site"),
    "unit_id": N_("unit"),
    "operator_id": N_("operator"),
    "deputy_id": N_("deputy"),
    "phone": N_("telephone of the room"),
    "address": N_("address"),
    "equipment": N_("equipment"),
    "line": N_("line"),
    "seats": N_("seats"),
    "expected": N_("people expected"),
    "country": N_("country"),
    "language": N_("language"),
}


def find_sites(sites: "QuerySet[Site]", *, text: str = "", under: str = "", without: str = "") -> "QuerySet[Site]":
    """Those whose code or name holds the text (marks or not), that stand under the site of that key (at any depth
    when it is a topmost one), and that lack an operator ("operator") or a unit ("unit"); by protocol, with the number
    of sites directly under each."""
    if sought := fold(text):
        sites = sites.filter(folded__contains=sought)
    if under:
        sites = sites.filter(Q(above__key=under) | Q(root__key=under))
    if without in {"operator", "unit"}:
        sites = sites.filter(**{without: None})
    under_it = Site.objects.filter(above=OuterRef("pk")).order_by().values("above").annotate(n=Count("pk"))
    below = Coalesce(
        Subquery(under_it.values("n")), 0
    )  # asked for the rows of a page only, not for all before the cut
    return sites.select_related("unit", "above", "operator", "deputy").annotate(below=below).order_by(*ORDER)


def topmost(workshop: Workshop, *, most: int) -> list[Site]:
    """The sites at the top by protocol, at most so many; nothing where every site is one."""
    rows = list(workshop.sites.filter(above=None).order_by(*ORDER)[: most + 1])
    return rows[:most] if workshop.sites.exclude(above=None).exists() else []


def sites_with_more(keys: Sequence[str]) -> list[str]:
    """The names of those of these sites (keys) to which something else belongs by now: sites that are not among
    them, or anything of any table that names sites. One query a table."""
    ids = list(Site.objects.filter(key__in=keys).values_list("pk", flat=True))
    found: set[int] = set(Site.objects.filter(above__in=ids).exclude(pk__in=ids).values_list("above", flat=True))  # type: ignore[arg-type]
    for relation in Site._meta.related_objects:
        model: Any = relation.related_model
        if model is not Site:
            name = relation.field.name
            found |= set(model._base_manager.filter(**{f"{name}__in": ids}).values_list(name, flat=True))
    return list(Site.objects.filter(pk__in=found).order_by(*ORDER).values_list("name", flat=True)[:5])


# ---- compared with the workshop before


@dataclass(frozen=True)
class Difference:
    """A site that is new, gone or changed: its row here, its row there, and the words of what differs."""

    now: Site | None
    before: Site | None
    fields: tuple[str, ...] = ()


# A site is the one before that it was carried from, else the one of its code; found by one index each.
_DIFFERENCES: Final = """
    WITH pair(now_id, before_id) AS (
        SELECT n.id, n.carried_from_id FROM workshops_site n JOIN workshops_site o ON o.id = n.carried_from_id
         WHERE n.workshop_id = %(now)s AND o.workshop_id = %(before)s
        UNION ALL
        SELECT n.id, o.id FROM workshops_site n
          JOIN workshops_site o ON o.workshop_id = %(before)s AND o.code = n.code
         WHERE n.workshop_id = %(now)s AND n.carried_from_id IS NULL
    ), difference(kind, now_id, before_id, fields, place, id) AS (
        SELECT 'new', n.id, NULL::bigint, '{}'::text[], n.place, n.id FROM workshops_site n
         WHERE n.workshop_id = %(now)s AND n.id NOT IN (SELECT now_id FROM pair)
        UNION ALL
        SELECT 'gone', NULL, o.id, '{}', o.place, o.id FROM workshops_site o
         WHERE o.workshop_id = %(before)s AND o.id NOT IN (SELECT before_id FROM pair)
        UNION ALL
        SELECT 'changed', n.id, o.id, f.fields, n.place, n.id
          FROM pair p JOIN workshops_site n ON n.id = p.now_id JOIN workshops_site o ON o.id = p.before_id
          CROSS JOIN LATERAL (SELECT array_remove(ARRAY[{COLUMNS}], NULL) AS fields) f
         WHERE f.fields <> '{}'
    )
""".replace(
    "{COLUMNS}", ", ".join(f"CASE WHEN n.{one} IS DISTINCT FROM o.{one} THEN '{one}' END" for one in COMPARED)
)
KINDS: Final = {"new": N_("new"), "gone": N_("no longer"), "changed": N_("changed")}


def count_differences(workshop: Workshop) -> dict[str, int]:
    """How many sites are new, gone and changed against the workshop before. One query."""
    found = dict.fromkeys(KINDS, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_DIFFERENCES} SELECT kind, count(*) FROM difference GROUP BY kind",
            {"now": workshop.pk, "before": workshop.previous_id},
        )
        found.update(cursor.fetchall())
    return found


def differences(workshop: Workshop, kind: str, *, offset: int, limit: int) -> list[Difference]:
    """The sites of one kind, in the order of protocol. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{_DIFFERENCES} SELECT now_id, before_id, fields FROM difference WHERE kind = %(kind)s
                 ORDER BY place, id OFFSET %(offset)s LIMIT %(limit)s""",
            {
                "now": workshop.pk,
                "before": workshop.previous_id,
                "kind": kind,
                "offset": offset,
                "limit": limit,
            },
        )
        rows = cursor.fetchall()
    ids = {pk for now, before, _fields in rows for pk in (now, before) if pk}
    sites = Site.objects.select_related("unit", "operator", "deputy").in_bulk(ids)
    return [
        Difference(sites.get(now), sites.get(before), tuple(COMPARED[one] for one in fields))
        for now, before, fields in rows
    ]
