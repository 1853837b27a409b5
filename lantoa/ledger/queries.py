"""What the ledger can tell: its lines for an auditor, and whether anything was changed behind its back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, groupby, zip_longest
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.timezone import localdate

from lantoa.common.days import begins
from lantoa.common.keyring import secret
from lantoa.ledger.models import Entry, Look, Seal, written
from lantoa.ledger.rules import (
    DELETED,
    EDITED,
    HEAD_DIFFERS,
    HEAD_MISSING,
    INSERTED,
    LOOK_EDITED,
    LOOKS_DIFFER,
    LOOKS_FORGOTTEN,
    LOOKS_SEALED,
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
    day_mark,
    look_mark,
    mark,
    marks_of,
    seal_mark,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT_FAULTS = 1_000
CHUNK = 2_000
COLUMNS = ("id", "key", "at", "actor", "act", "thing", "about", "mark", "seal_id")

Line = tuple[int, str, datetime, str, str, str, Any, bytes, int | None]


Row = TypeVar("Row", Entry, Look)


@dataclass(frozen=True)
class Lines(Generic[Row]):
    """A page of lines, newest first, and the `before` of the next page ("": this was the last)."""

    lines: list[Row]
    next: str


def page(entries: "QuerySet[Row]", *, before: str = "", size: int = 50) -> Lines[Row]:
    """A page of these lines (or looks), newest first. `before` is what the page before it gave as `next`: the cost
    does not grow with the depth, and lines that are written meanwhile do not shift the pages.

    Raises ValueError for a `before` that no page gave.
    """
    found = list(older(entries, before).defer("mark")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Lines(found[:size], place(last) if last else "")


def older(entries: "QuerySet[Row]", before: str) -> "QuerySet[Row]":
    """The lines older than a place ("": all), newest first: by moment, then by number."""
    wanted = entries.order_by("-at", "-id")
    if before:
        at, number = _read_place(before)
        wanted = wanted.filter(Q(at__lt=at) | Q(id__lt=number), at__lte=at)
    return wanted


def newer(entries: "QuerySet[Row]", after: str) -> "QuerySet[Row]":
    """The lines newer than a place ("": all), oldest first."""
    wanted = entries.order_by("at", "id")
    if after:
        at, number = _read_place(after)
        wanted = wanted.filter(Q(at__gt=at) | Q(id__gt=number), at__gte=at)
    return wanted


def _read_place(text: str) -> tuple[datetime, int]:
    micros, number = (int(part) for part in text.split("-"))
    return EPOCH + timedelta(microseconds=micros), number


def place(line: Entry | Look) -> str:
    """Where a line stands among all, to go on from."""
    return f"{(line.at - EPOCH) // timedelta(microseconds=1)}-{line.pk}"


def is_genuine(line: Entry) -> bool:
    """Whether the line still reads as it was written down."""
    return bytes(line.mark) == mark(secret("ledger"), line.written())


def marks_of_day(day: date) -> Iterator[bytes]:
    """The marks of a day's looks, in their order."""
    looks = Look.objects.between(day, day + timedelta(days=1)).order_by("at", "id").values_list("mark", flat=True)
    return (bytes(one) for one in looks.iterator(chunk_size=CHUNK))


def days_to_seal(*, until: date) -> list[date]:
    """The days before `until` that have looks and are not sealed yet."""
    looks = Look.objects.filter(at__lt=begins(until))
    if last := Entry.objects.filter(act=LOOKS_SEALED).order_by("-at", "-id").first():
        looks = looks.filter(at__gte=begins(_day_of(last) + timedelta(days=1)))
    return list(
        looks.order_by().annotate(day=TruncDate("at")).values_list("day", flat=True).distinct().order_by("day")
    )


def _day_of(line: Entry) -> date:
    return date.fromisoformat(line.thing.partition(":")[2])


def head_file() -> Path:
    """The file beside the database that remembers the last seal."""
    return Path(settings.KEYS_DIR) / "ledger-head"


def read_head() -> Head | None:
    """The remembered head; None when there is no file or it cannot be read."""
    try:
        return Head.read(head_file().read_text())
    except (OSError, ValueError):
        return None


def verify(*, on_step: Callable[[int, int], None] | None = None, looks: bool = True) -> Report:
    """Checks every line, seal and look, and names each fault. Reads the whole ledger once, in constant memory.
    `on_step` hears now and then how much of how much is read.

    Found are: a line edited, deleted, inserted or exchanged; a seal edited or missing; the newest seals cut off
    together with their lines. Not found is a line deleted before it was sealed (within a minute of its writing),
    nor what is done by somebody who holds the key file.
    Sealing may go on meanwhile: each step reads only what stood when the one before it began.
    `looks` is False for the tables of an older version, which had none.
    """
    report = Report()
    total = Entry.objects.count() + Look.objects.count() if on_step else 0

    def step() -> None:
        if on_step:
            on_step(min(report.lines + report.looks, total), total)

    for fault in chain(_faults(report, step), _look_faults(secret("ledger"), report, step) if looks else ()):
        report.found += 1
        if len(report.faults) < KEPT_FAULTS:
            report.faults.append(fault)
    return report


def _faults(report: Report, step: Callable[[], None]) -> Iterator[Fault]:
    key = secret("ledger")
    head = read_head()
    last: int = Seal.objects.aggregate(last=Max("number"))["last"] or 0
    yield from _head_faults(head, last)
    yield from _unsealed_faults(key, report)
    yield from _seal_faults(key, last, report, step)
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


def _seal_faults(key: bytes, last: int, report: Report, step: Callable[[], None]) -> Iterator[Fault]:
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
        step()


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


def _look_faults(key: bytes, report: Report, step: Callable[[], None]) -> Iterator[Fault]:
    """Each look by its mark, each sealed day by what the ledger keeps of it. A day not sealed yet, or of which the
    ledger says that its time was over, is not compared."""
    sealed = {_day_of(line): line.about for line in Entry.objects.filter(act=LOOKS_SEALED)}
    forgotten = Entry.objects.filter(act=LOOKS_FORGOTTEN).order_by("-at", "-id").first()
    if forgotten:
        kept_since = date.fromisoformat(forgotten.about["before"])
        sealed = {day: about for day, about in sealed.items() if day >= kept_since}
    looks = Look.objects.order_by("at", "id").iterator(chunk_size=CHUNK)
    for day, of_day in groupby(looks, key=lambda one: localdate(one.at)):
        marks = []
        for one in of_day:
            report.looks += 1
            marks.append(bytes(one.mark))
            if marks[-1] != look_mark(
                key, at=one.at, actor=one.actor, page=one.page, whom=one.whom, part=one.part, people=one.people
            ):
                said = {"at": one.at.isoformat(timespec="seconds"), "actor": one.actor}
                yield Fault("look-edited", LOOK_EDITED, {"line": one.pk, "page": one.page, "whom": one.whom, **said})
        step()
        if about := sealed.pop(day, None):
            yield from _day_faults(key, day, about, marks)
    for day, about in sorted(sealed.items()):
        yield from _day_faults(key, day, about, [])


def _day_faults(key: bytes, day: date, about: dict[str, Any], marks: list[bytes]) -> Iterator[Fault]:
    count, made = day_mark(key, marks)
    if (count, made) != (about["lines"], about["mark"]):
        values = {"day": day.isoformat(), "sealed": about["lines"], "found": count}
        yield Fault("looks-differ", LOOKS_DIFFER, values)


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
