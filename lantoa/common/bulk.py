"""Many rows at once: keys and COPY, for lists of a hundred thousand. Knows no word of the domain."""

import gc
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from lantoa.common.models import ALPHABET, KEY_LENGTH, Thing

_LETTERS = ALPHABET.encode() * (256 // len(ALPHABET))


@contextmanager
def without_collecting() -> Iterator[None]:
    """For work that builds a million small things and keeps them all: Python's search for circles among them waits
    until the end of it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def new_keys(count: int) -> list[str]:
    """`count` random public ids, as `new_key` makes one."""
    text = secrets.token_bytes(count * KEY_LENGTH).translate(_LETTERS).decode()
    return [text[start : start + KEY_LENGTH] for start in range(0, len(text), KEY_LENGTH)]


def new_ids(model: type[Thing], count: int) -> list[int]:
    """`count` ids that no row has or will get: for rows that point at each other before they are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def add_rows(
    model: type[Thing], columns: Sequence[str], rows: Iterable[Sequence[Any]], ids: Sequence[int] | None = None
) -> list[tuple[int, str]]:
    """Adds rows by COPY, ten times cheaper than one object each; (id, key) of each, in order.

    `columns` are columns of the table; those left out get the default of their field. `ids` are of `new_ids`, where
    somebody needed them before. Nothing of the model's own `save` happens; the constraints of the database hold.
    """
    rows = list(rows)
    if not rows:
        return []
    table = model._meta.db_table
    own = {"id", "key", *columns}
    left_out = [field for field in model._meta.concrete_fields if field.column not in own]
    defaults = tuple(field.get_default() for field in left_out)
    named = ", ".join(["id", "key", *columns, *(str(field.column) for field in left_out)])
    made = list(zip(new_ids(model, len(rows)) if ids is None else ids, new_keys(len(rows)), strict=True))
    copying = f"COPY {table} ({named}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(copying) as copy:
        for pair, row in zip(made, rows, strict=True):
            copy.write_row((*pair, *row, *defaults))
    return made
