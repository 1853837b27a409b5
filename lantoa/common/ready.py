"""Ready-made questions: for the few that every page or every candidate asks, putting the statement together costs
more than the database takes to answer it, and so does planning it anew each time (decision 0034)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


class _Prepared(Cursor[Any]):
    """Has each statement read and planned once for the life of its connection."""

    def execute(self, query: Any, params: Any = None, **_more: Any) -> Any:
        return super().execute(query, params, prepare=True)

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        self._query = super()._convert_query(query, params)  # what the log of a debugging connection shows
        return self._query


@contextmanager
def asking() -> Iterator[CursorWrapper]:
    """A cursor for statements that are always the same but for their values. Everything else of it is as usual."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection._prepare_cursor(_Prepared(connection.connection)) as cursor:  # type: ignore[attr-defined]
        yield cursor


def array(ids: Iterable[int]) -> str:
    """Ids as the database writes an array of them: of a list the driver would look at each, a thousand times."""
    return f"{{{','.join(map(str, ids))}}}"


@cache
def columns(model: type[models.Model], alias: str, leave: frozenset[str] = frozenset()) -> tuple[list[str], str]:
    """The names of the fields of a model, without those to leave, and the same as columns of a SELECT: what
    `Model.from_db` makes an object of. What was left is read when it is asked for."""
    fields = [one for one in model._meta.concrete_fields if one.attname not in leave]
    return [one.attname for one in fields], _listed(fields, alias)


def _listed(fields: "Iterable[models.Field[object, object]]", alias: str) -> str:
    return ", ".join(f'{alias}."{one.column}"' for one in fields)
