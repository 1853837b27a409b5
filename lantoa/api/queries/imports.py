"""Lists that were loaded, as other systems read them: whom they brought or changed, and from which units."""

from typing import Any

from django.db.models import BigIntegerField, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from lantoa.directory.models import Person, UnitQuerySet
from lantoa.office.models import Import


def units_of_rows(made: Import) -> list[int]:
    """The units (ids) from which the people of the list come, as its rows say; none where it speaks of no units."""
    return list(_numbers(made, "values___unit").distinct())


def people_of_import(made: Import) -> "QuerySet[Person]":
    """Whom the list brought or changed, as they stand now; nobody once it was taken back."""
    return Person.objects.filter(pk__in=_numbers(made, "result__person"))


def is_readable(made: Import, care: UnitQuerySet) -> bool:
    """Whether the import, or a unit whose people it brought, is in care."""
    return care.filter(pk__in=[made.unit_id, *units_of_rows(made)]).exists()


def _numbers(made: Import, path: str) -> Any:
    found = made.rows.order_by().alias(said=KT(path)).filter(said__isnull=False)
    return found.annotate(pointed=Cast("said", BigIntegerField())).values_list("pointed", flat=True)
