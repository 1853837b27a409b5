"""Ready-made questions: for the few that every page or every candidate asks, putting the statement together costs
more than the database takes to answer it (decision 0034)."""

from collections.abc import Iterable
from functools import cache

from django.db import models


@cache
def columns(model: type[models.Model], alias: str, leave: frozenset[str] = frozenset()) -> tuple[list[str], str]:
    """The names of the fields of a model, without those to leave, and the same as columns of a SELECT: what
    `Model.from_db` makes an object of. What was left is read when it is asked for."""
    fields = [one for one in model._meta.concrete_fields if one.attname not in leave]
    return [one.attname for one in fields], _listed(fields, alias)


def _listed(fields: "Iterable[models.Field[object, object]]", alias: str) -> str:
    return ", ".join(f'{alias}."{one.column}"' for one in fields)
