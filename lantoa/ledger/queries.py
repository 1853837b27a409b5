"""What the ledger can tell: its lines for an auditor, and whether anything was changed behind its back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max

from lantoa.common.keyring import secret
from lantoa.ledger.models import Entry, EntryQuerySet, Seal, written
from lantoa.ledger.rules import (
    DELETED,
    EDITED,
    HEAD_DIFFERS,
    HEAD_MISSING,
    INSERTED,
    MOVED,
    ORPHANED,
    OUT_OF_SEAL,
    SEAL_EDITED,
    SEALS_MISSING,
    TAIL_CUT,
    UNSEALED_WRONG,
    Fault,
    Head,
    Report,
    mark,
    marks_of,
    seal_mark,
)

KEPT_FAULTS = 1_000
CHUNK = 2_000
COLUMNS = ("id", "key", "at", "actor", "act", "thing", "about", "mark", "seal_id")

Line = tuple[int, str, datetime, str, str, str, Any, bytes, int | None]


@dataclass(frozen=True)
class Lines:
    """A page of lines, newest first, and the `before` of the next page (None: this was the last)."""

    lines: list[Entry]
    next: int | None


def page(entries: EntryQuerySet, *, before: int | None = None, size: int = 50) -> Lines:
    """A page of these lines, newest first. `before` is what the page before it gave as `next`: the cost does not
    grow with the depth, and lines that are written meanwhile do not shift the pages."""
    wanted = entries.order_by("-id")
    if before is not None:
        wanted = wanted.filter(id__lt=before)
    found = list(wanted.defer("mark")[: size + 1])
    return Lines(found[:size], found[size - 1].pk if len(found) > size else None)


def head_file() -> Path:
    """The file beside the database that remembers the last seal."""
    return Path(settings.KEYS_DIR) / "ledger-head"


def read_head() -> Head | None:
    """The remembered head; None when there is no file or it cannot be read."""
    try:
        return Head.read(head_file().read_text())
    except (OSError, ValueError):
        return None


def verify() -> Report:
    """Checks every line and seal, and names each fault. Reads the whole ledger once, in constant memory.

    Found are: a line edited, deleted, inserted or exchanged; a seal edited or missing; the newest seals cut off
    together with their lines. Not found is a line deleted before it was sealed (within a minute of its writing),
    nor what is done by somebody who holds the key file.
    Sealing may go on meanwhile: each step reads only what stood when the one before it began.
    """
    report = Report()
    for fault in _faults(report):
        report.found += 1
        if len(report.faults) < KEPT_FAULTS:
            report.faults.append(fault)
    return report


def _faults(report: Report) -> Iterator[Fault]:
    key = secret("ledger")
    head = read_head()
    last: int = Seal.objects.aggregate(last=Max("number"))["last"] or 0
    yield from _head_faults(head, last)
    yield from _unsealed_faults(key, report)
    yield from _seal_faults(key, last, report)
    yield from _inserted_faults(last)


def _head_faults(head: Head | None, last: int) -> Iterator[Fault]:
    if head is None:
        if last:
            yield Fault("head-missing", HEAD_MISSING, {"file": head_file().name})
        return
    if head.number > last:
        yield Fault("tail-cut", TAIL_CUT, {"head": head.number, "last": last})
        return
    kept = Seal.objects.filter(number=head.number).values_list("mark", flat=True).first()
    if kept is not None and bytes(kept) != head.mark:  # a missing one is named as a gap
        yield Fault("head-differs", HEAD_DIFFERS, {"head": head.number, "file": head_file().name})


def _unsealed_faults(key: bytes, report: Report) -> Iterator[Fault]:
    lines = Entry.objects.filter(seal=None).order_by("id").values_list(*COLUMNS)
    for line in lines.iterator(chunk_size=CHUNK):
        report.lines += 1
        report.unsealed += 1
        if not _genuine(key, line):
            yield Fault("unsealed-wrong", UNSEALED_WRONG, _said(line))


def _seal_faults(key: bytes, last: int, report: Report) -> Iterator[Fault]:
    """The seals in their order, each with its lines."""
    before: Seal | None = None
    for seal in Seal.objects.filter(number__lte=last).order_by("number").iterator(chunk_size=4):
        report.seals += 1
        previous = before.number if before else 0
        gap = seal.number != previous + 1
        if gap:
            missing = {"first": previous + 1, "last": seal.number - 1, "seal": seal.number}
            yield Fault("seals-missing", SEALS_MISSING, missing)
        marks = marks_of(bytes(seal.marks))
        trusted = len(marks) == len(seal.ids) and (gap or _fits(key, seal, marks, before))
        if not trusted:
            values = {"seal": seal.number, "sealed_at": seal.made_at.isoformat(timespec="seconds")}
            yield Fault("seal-edited", SEAL_EDITED, values)
        for fault in _sealed_lines_faults(key, seal, marks, report):
            if trusted or fault.kind == "edited":  # an edited seal says nothing reliable about its lines
                yield fault
        before = seal


def _fits(key: bytes, seal: Seal, marks: list[bytes], before: Seal | None) -> bool:
    previous = bytes(before.mark) if before else b""
    pairs = zip(seal.ids, marks, strict=True)
    return bytes(seal.mark) == seal_mark(key, number=seal.number, previous=previous, lines=pairs)


def _sealed_lines_faults(key: bytes, seal: Seal, marks: list[bytes], report: Report) -> Iterator[Fault]:
    found: dict[int, Line] = {}
    for line in Entry.objects.filter(id__in=seal.ids).values_list(*COLUMNS):
        found[line[0]] = line
    for line_id, line_mark in zip_longest(seal.ids, marks[: len(seal.ids)], fillvalue=b""):
        if line_id not in found:
            values = {
                "line": line_id,
                "seal": seal.number,
                "sealed_at": seal.made_at.isoformat(timespec="seconds"),
            }
            yield Fault("deleted", DELETED, values)
            continue
        line = found[line_id]
        report.lines += 1
        if not _genuine(key, line):
            yield Fault("edited", EDITED, _said(line))
        elif bytes(line[7]) != line_mark:
            yield Fault("moved", MOVED, {**_said(line), "seal": seal.number})
        elif line[8] != seal.number:
            values = {"line": line_id, "seal": seal.number, "says": line[8] or "-"}
            yield Fault("out-of-seal", OUT_OF_SEAL, values)


# Lines that name a seal which does not hold them; the hashing is the database's, on disk where it is large.
INSERTED_LINES = """
    SELECT e.id FROM ledger_entry e
     WHERE e.seal_id <= %s AND EXISTS (SELECT 1 FROM ledger_seal s WHERE s.number = e.seal_id)
       AND NOT EXISTS (SELECT 1 FROM (SELECT number, unnest(ids) AS line_id FROM ledger_seal) held
                        WHERE held.number = e.seal_id AND held.line_id = e.id)
     ORDER BY e.id
"""
ORPHANS = """
    SELECT e.seal_id, count(*), min(e.id) FROM ledger_entry e
     WHERE e.seal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_seal s WHERE s.number = e.seal_id)
     GROUP BY e.seal_id ORDER BY e.seal_id
"""


def _inserted_faults(last: int) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(INSERTED_LINES, [last])
        while rows := cursor.fetchmany(CHUNK):
            ids = [row[0] for row in rows]
            for line in Entry.objects.filter(id__in=ids).order_by("id").values_list(*COLUMNS):
                yield Fault("inserted", INSERTED, {**_said(line), "seal": line[8]})
    with connection.cursor() as cursor:
        cursor.execute(ORPHANS)
        for seal_number, count, first in cursor.fetchall():
            yield Fault("orphaned", ORPHANED, {"count": count, "line": first, "seal": seal_number})


def _genuine(key: bytes, line: Line) -> bool:
    return bytes(line[7]) == mark(key, written(*line[1:7]))


def _said(line: Line) -> dict[str, Any]:
    return {
        "line": line[0],
        "key": line[1],
        "at": line[2].isoformat(timespec="seconds"),
        "actor": line[3],
        "act": line[4],
        "thing": line[5],
    }
