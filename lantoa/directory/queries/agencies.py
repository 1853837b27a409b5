"""What may be said of agencies before they are taken back."""

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Count

from lantoa.common.vietnamese import sort_key
from lantoa.directory.models import Placement, Unit


def agency_names(keys: Collection[str]) -> dict[str, str]:
    """By key what each is called, in the order of names."""
    rows = Placement.objects.filter(unit__key__in=keys).order_by("-period").values_list("unit__key", "name")
    return dict(sorted(rows, key=lambda row: sort_key(row[1])))


def needed_beside(units: Collection[int], source: str) -> set[int]:
    """Which of these units (ids) are named by anything of any room that `source` itself did not bring, stand
    elsewhere too, or have others under them."""
    more = Placement.objects.filter(unit__in=units).values("unit").annotate(n=Count("pk")).filter(n__gt=1)
    needed = set(more.values_list("unit", flat=True))
    with connection.cursor() as cursor:
        for relation in Unit._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
                continue
            model: Any = relation.related_model
            field: Any = relation.field  # type: ignore[union-attr]
            if (model, field.name) == (Placement, "unit"):
                continue
            own = any(one.name == "source" and one.get_internal_type() == "CharField" for one in model._meta.fields)
            cursor.execute(
                f"SELECT DISTINCT t.{field.column} FROM {model._meta.db_table} t WHERE t.{field.column} = ANY(%s)"
                + (" AND t.source <> %s" if own else ""),
                [list(units), source] if own else [list(units)],
            )
            needed |= {pk for (pk,) in cursor.fetchall()}
    return needed
