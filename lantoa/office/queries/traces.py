"""Searching the whole database and every kept file for what is known of a person: the proof of an erasure.

Every column of every table is looked through, whatever room it belongs to, also those of the framework: text and
JSON without marks and in small letters, so that no spelling escapes (composed or decomposed, capitals, đ as d), and
bytes for the exact bytes. A signed certificate holds its name in base32, which is looked for too. Files are read as
what they are: sheets by their cells, packed documents by their parts, the rest by their bytes.
"""

import base64
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from lantoa.common.vietnamese import fold
from lantoa.office.models import File
from lantoa.office.queries.files import path_of
from lantoa.office.rules.sheets import read_table_file

SHEETS = ("xlsx", "xls", "ods", "csv", "tsv")
TEXTUAL = {"text", "character varying", "character", "json", "jsonb", "ARRAY", "name"}
# Lower case without marks, in SQL, for any server: what is left of Vietnamese after taking the marks off is ASCII,
# so that lower() works under every collation.
FOLDED = (
    "lower(translate(regexp_replace(regexp_replace(normalize(({column})::text, NFD), U&'[\\0300-\\036F]', '', 'g'),"
    " '\\s+', ' ', 'g'), U&'\\0111\\0110', 'dD'))"
)


@dataclass(frozen=True)
class Needles:
    """What is looked for: texts that are folded before they are compared, and bytes as they are."""

    texts: tuple[str, ...]
    data: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str], data: Iterable[bytes] = ()) -> "Needles":
        """Texts in all their forms; too short ones, which everything holds, are left out."""
        kept = tuple(dict.fromkeys(text for text in texts if len(fold(text)) >= 4))
        forms = [form.encode() for text in kept for form in spellings(text)]
        return cls(tuple(dict.fromkeys(fold(text) for text in kept)), tuple(dict.fromkeys([*forms, *data])))

    @property
    def codes(self) -> tuple[str, ...]:
        """The bytes as they stand inside base32 text, at each of the five places where they may begin."""
        return tuple(code for one in self.data if len(one) >= 8 for code in _base32(one))

    def in_text(self, text: str) -> bool:
        """Whether the text holds one of them."""
        plain = fold(text)
        return any(needle in plain for needle in self.texts)


def spellings(text: str) -> set[str]:
    """The text composed and decomposed, as it is and in capitals and in small letters."""
    return {
        unicodedata.normalize(form, cased)
        for form in ("NFC", "NFD")
        for cased in (text, text.upper(), text.lower(), text.title())
    }


def _base32(data: bytes) -> Iterator[str]:
    """What the bytes look like inside a longer base32 text: its letters that depend on these bytes alone."""
    for offset in range(5):
        code = base64.b32encode(b"\0" * offset + data).decode().rstrip("=")
        bits = offset * 8
        first = -(-bits // 5)
        last = (bits + len(data) * 8) // 5
        yield code[first:last]


@dataclass(frozen=True)
class Trace:
    """Where something was found: "table.column" or "file KEY", and in how many rows."""

    where: str
    count: int
    keys: tuple[str, ...] = ()


def search_database(needles: Needles) -> list[Trace]:
    """Every column of every table that holds one of them."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name, data_type FROM information_schema.columns c
                WHERE table_schema = current_schema() AND EXISTS (
                      SELECT 1 FROM information_schema.tables t WHERE t.table_schema = c.table_schema
                         AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE')
                ORDER BY table_name, ordinal_position"""
        )
        for table, column, kind in cursor.fetchall():
            quoted = f'"{column}"'
            if kind in TEXTUAL:
                plain = FOLDED.format(column=quoted)
                asked = " OR ".join(
                    [f"position(%s IN {plain}) > 0" for _ in needles.texts]
                    + [f"position(%s IN upper(({quoted})::text)) > 0" for _ in needles.codes]
                )
                values: list[str | bytes] = [*needles.texts, *needles.codes]
            elif kind == "bytea":
                asked = " OR ".join(f"position(%s::bytea IN {quoted}) > 0" for _ in needles.data)
                values = list(needles.data)
            else:
                continue
            if not values:
                continue
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {asked}', values)
            if count := cursor.fetchone()[0]:
                found.append(Trace(f"{table}.{column}", count))
    return found


def search_files(needles: Needles, *, but: Iterable[str] = ()) -> list[Trace]:
    """Every kept file that holds one of them; `but` are keys of files that are not looked at."""
    skipped = set(but)
    return [
        Trace(f"file {file.key}", 1, (file.key,))
        for file in File.objects.filter(removed_at=None).order_by("pk")
        if file.key not in skipped and holds(file, needles)
    ]


def holds(file: File, needles: Needles) -> bool:
    """Whether the file holds one of them. A file that is gone from the disk holds nothing."""
    try:
        data = path_of(file).read_bytes()
    except FileNotFoundError:
        return False
    return holds_in(data, file.name, needles)


def holds_in(data: bytes, name: str, needles: Needles) -> bool:
    """Whether these bytes, a file of that name, hold one of them."""
    if name.rpartition(".")[2].lower() in SHEETS:
        try:
            book = read_table_file(data, name)
        except Exception:  # a file that no longer reads as a sheet is looked through as bytes
            book = None
        if book is not None and any(
            needles.in_text(" ".join(str(cell) for cell in row if cell is not None))
            for sheet in book.sheets
            for row in sheet.rows
        ):
            return True
    parts = [data, *_packed(data)]
    for part in parts:
        if any(needle in part for needle in needles.data):
            return True
        for encoding in ("utf-8", "utf-16-le"):
            if needles.in_text(part.decode(encoding, "ignore")):
                return True
    return False


def _packed(data: bytes) -> Iterator[bytes]:
    if data[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for entry in packed.infolist():
                if entry.file_size <= 50_000_000:
                    yield packed.read(entry)
    except zipfile.BadZipFile:
        return
