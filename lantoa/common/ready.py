"""Ready-made questions: for the few that every page or every candidate asks, putting the statement together costs
more than the database takes to answer it, and so does planning it anew each time (decision 0034)."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL
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


def among(mark: str) -> RawSQL:
    """The ids of an array, whose place is held by this mark: `unit__in=among("{-1}")`, in `Tuples`."""
    return RawSQL("SELECT unnest(%s::bigint[])", [mark])


class Tuples:
    """The rows of a query of tuples (`values_list`), put together once with marks in place of the values that differ
    from one time to the next, and then asked for with those."""

    def __init__(self, rows: "models.QuerySet[Any, Any]") -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self.values = compiler.as_sql()
        self.converters = compiler.get_converters([one for one, *_rest in compiler.select])

    def asked(self, marks: Mapping[Any, Any]) -> list[list[Any]]:
        """The rows, with these values in the places of their marks."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [marks.get(value, value) for value in self.values])
            rows = [list(row) for row in cursor.fetchall()]
        for at, (converters, expression) in self.converters.items():
            for row in rows:
                for convert in converters:
                    row[at] = convert(row[at], expression, connection)
        return rows


@cache
def columns(model: type[models.Model], alias: str, leave: frozenset[str] = frozenset()) -> tuple[list[str], str]:
    """The names of the fields of a model, without those to leave, and the same as columns of a SELECT: what
    `Model.from_db` makes an object of. What was left is read when it is asked for."""
    fields = [one for one in model._meta.concrete_fields if one.attname not in leave]
    return [one.attname for one in fields], _listed(fields, alias)


def _listed(fields: "Iterable[models.Field[object, object]]", alias: str) -> str:
    return ", ".join(f'{alias}."{one.column}"' for one in fields)
