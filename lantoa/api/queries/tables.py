"""Tables written as files: CSV by Python itself, Parquet by pyarrow where it is installed."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import islice
from typing import IO, Any

from lantoa.api.queries.export import CHUNK
from lantoa.api.rules.dictionary import FORMATS, TABLES, Column, Table
from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill

NO_PYARROW = N_(
    "Cannot write Parquet: this installation has no pyarrow. An administrator can add it (pip install"
    " lantoa[parquet]); CSV holds the same."
)


def formats_here() -> list[str]:
    """The formats that this installation can write."""
    return [name for name in FORMATS if name != "parquet" or find_spec("pyarrow")]


def check_format(name: str) -> None:
    """Refuses a format that this installation cannot write."""
    if name == "parquet":
        _pyarrow()


def write_table(table: Table, rows: Iterable[Sequence[Any]], file: IO[bytes], form: str) -> Iterator[int]:
    """Writes the rows, a few thousand at a time, and says after each how many stand there."""
    return _write_parquet(table, rows, file) if form == "parquet" else _write_csv(table.columns, rows, file)


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Any]], file: IO[bytes]) -> Iterator[int]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    sheet = csv.writer(text)
    sheet.writerow([column.name for column in columns])
    done = 0
    for chunk in _chunks(rows):
        sheet.writerows([[_said(value) for value in row] for row in chunk])
        done += len(chunk)
        yield done
    text.detach()


def _said(value: Any) -> Any:
    """A value in a cell. Text that a spreadsheet would take for a formula is kept from being one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet  # 55 MB and half a second: only for those who ask for it
    except ImportError as error:
        raise Refused(NO_PYARROW) from error
    return pyarrow


def _write_parquet(table: Table, rows: Iterable[Sequence[Any]], file: IO[bytes]) -> Iterator[int]:
    pa = _pyarrow()
    kinds = {
        "text": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", "UTC"),
        "decimal": pa.decimal128(9, 2),
        "figure": pa.decimal128(24, 6),
    }
    named = [pa.field(one.name, kinds[one.kind], metadata={"says": one.says}) for one in table.columns]
    form = pa.schema(named, metadata={"table": f"{table.room}.{table.name}", "says": table.says})
    done = 0
    with pa.parquet.ParquetWriter(file, form) as writer:
        for chunk in _chunks(rows):
            columns = [
                pa.array([row[at] for row in chunk], type=kinds[column.kind])
                for at, column in enumerate(table.columns)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=form))
            done += len(chunk)
            yield done


DICTIONARY = ("room", "table", "column", "kind", "meaning")


def dictionary_rows(tables: Iterable[Table] = TABLES) -> list[tuple[str, str, str, str, str]]:
    """The data dictionary in the reader's language, a row a column."""
    return [
        (table.room, table.name, column.name, column.kind, fill(column.says, {}))
        for table in tables
        for column in table.columns
    ]


def dictionary_csv(tables: Iterable[Table]) -> bytes:
    """The same as a file, to lie beside the tables."""
    file = io.BytesIO()
    columns = [Column(name, "text", "", "") for name in DICTIONARY]
    for _done in _write_csv(columns, dictionary_rows(tables), file):
        pass
    return file.getvalue()
