"""Writing into the ledger, and sealing it."""

import json
import os
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from lantoa.common.days import begins
from lantoa.common.keyring import secret
from lantoa.common.models import Thing, new_key
from lantoa.common.ready import asking
from lantoa.ledger.models import Entry, Seal, written
from lantoa.ledger.models import thing_key as thing_key
from lantoa.ledger.queries import days_to_seal, head_file, marks_of_day, read_head
from lantoa.ledger.rules import (
    LOOK_AGAIN,
    LOOKS_FORGOTTEN,
    LOOKS_SEALED,
    LOOKS_SETTLE,
    Actor,
    Head,
    day_mark,
    look_mark,
    mark,
    plain,
    seal_mark,
)

BATCH = 5_000
INSERT = (
    "INSERT INTO ledger_entry (key, at, actor, act, thing, about, mark)"
    " VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s) RETURNING id"
)
INSERT_EACH = """
    INSERT INTO ledger_entry (key, at, actor, act, thing, about, mark)
    SELECT key, %s, actor, act, thing, about::jsonb, decode(mark, 'hex')
      FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
           WITH ORDINALITY AS u(key, actor, act, thing, about, mark, place)
     ORDER BY place
"""


def record(*, by: Actor, act: str, thing: Thing | str, about: dict[str, Any] | None = None) -> Entry:
    """Writes the line of an action, inside that action's transaction: one INSERT, nothing else.

    `about` holds keys and values, no free text about a person: text, whole numbers, yes and no, nothing, and lists
    and dicts of them. Raises TypeError or ValueError for anything else, RuntimeError outside a transaction.
    """
    entry = _line(by=by.actor_key, act=act, thing=thing if isinstance(thing, str) else thing_key(thing), about=about)
    about_it = json.dumps(entry.about)
    with asking() as cursor:
        cursor.execute(
            INSERT, [entry.key, entry.at, entry.actor, entry.act, entry.thing, about_it, bytes(entry.mark)]
        )
        (entry.pk,) = cursor.fetchone()
    entry._state.adding = False
    return entry


def record_each(lines: Iterable[tuple[str, str, str] | tuple[str, str, str, dict[str, Any]]]) -> None:
    """Many lines (actor, act, thing, about or not) in one INSERT: for acts of many people in the same moment, and for
    what is done for many."""
    if not connection.in_atomic_block:
        raise RuntimeError("many lines are recorded outside the transaction of their action")
    at, key_of_marks = timezone.now(), secret("ledger")
    rows = []
    for actor, act, thing, *rest in lines:
        key, about = new_key(), plain(rest[0] if rest else {})
        made = mark(key_of_marks, written(key, at, actor, act, thing, about))
        rows.append((key, actor, act, thing, json.dumps(about), made.hex()))
    with asking() as cursor:
        for start in range(0, len(rows), BATCH):
            cursor.execute(INSERT_EACH, [at, *map(list, zip(*rows[start : start + BATCH], strict=True))])


def _line(*, by: str, act: str, thing: str, about: dict[str, Any] | None) -> Entry:
    if not connection.in_atomic_block:
        raise RuntimeError(f"{act} is recorded outside the transaction of its action")
    entry = Entry(key=new_key(), at=timezone.now(), actor=by, act=act, thing=thing, about=plain(about or {}))
    entry.mark = mark(secret("ledger"), entry.written())
    return entry


def seal(*, at: datetime, batch: int = BATCH) -> list[Seal]:
    """Seals every visible unsealed line, in batches; the seals it made.

    Writers are never held up: a line whose transaction is still open is not seen, and sealed the next time. One
    sealer at a time; a second one waits. Call it every minute (the job worker does).
    """
    made: list[Seal] = []
    while True:
        new = _seal_batch(at, batch)
        if new:
            made.append(new)
        if new is None:
            _remember_first()
        if new is None or len(new.ids) < batch:
            return made


@transaction.atomic
def _seal_batch(at: datetime, batch: int) -> Seal | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.ledger.seal'))")
    found = Entry.objects.filter(seal=None).order_by("id").values_list("id", "mark")[:batch]
    lines = [(line_id, bytes(line_mark)) for line_id, line_mark in found]
    if not lines:
        return None
    last = Seal.objects.order_by("-number").only("number", "mark").first()
    number = last.number + 1 if last else 1
    previous = Head(last.number, bytes(last.mark)) if last else None
    new = Seal.objects.create(
        number=number,
        made_at=at,
        ids=[line_id for line_id, _ in lines],
        marks=b"".join(line_mark for _, line_mark in lines),
        mark=seal_mark(secret("ledger"), number=number, previous=previous.mark if previous else b"", lines=lines),
    )
    Entry.objects.filter(id__in=new.ids).update(seal=new)
    transaction.on_commit(partial(_remember, previous, Head(number, bytes(new.mark))))
    return new


def _remember(previous: Head | None, new: Head) -> None:
    """Writes down the new head beside the database, unless the one written down has been cut off or replaced.

    Written after the commit: a crash between the two leaves the head a step behind, which is harmless; the other
    order would raise a false alarm. A head that the database does not hold stays, so that the alarm stays.
    """
    known = read_head()
    if known is None or (previous and known.number <= previous.number and _stands(known)):
        _write_head(new)


def _remember_first() -> None:
    """Writes down the very first seal where a crash came between it and its head: before it there was no file, which
    would be taken for a lost one."""
    if read_head() is None:
        marks = list(Seal.objects.order_by("number").values_list("number", "mark")[:2])
        if [number for number, _mark in marks] == [1]:
            _write_head(Head(1, bytes(marks[0][1])))


def _stands(head: Head) -> bool:
    kept = Seal.objects.filter(number=head.number).values_list("mark", flat=True).first()
    return kept is not None and bytes(kept) == head.mark


def _write_head(head: Head) -> None:
    path = head_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{head.number}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(head.text())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@transaction.atomic
def accept_restore(*, by: Actor) -> Head | None:
    """After an older backup was restored on purpose: takes the database's last seal for the head, and says so in
    a line of the ledger. The new head; None when there is no seal yet."""
    lost = read_head()
    last = Seal.objects.order_by("-number").only("number", "mark").first()
    record(
        by=by,
        act="ledger.restore_accepted",
        thing="ledger.seal:head",
        about={"lost_head": lost.number if lost else None, "new_head": last.number if last else None},
    )
    if last is None:
        transaction.on_commit(lambda: head_file().unlink(missing_ok=True))
        return None
    new = Head(last.number, bytes(last.mark))
    transaction.on_commit(partial(_write_head, new))
    return new


# One statement: no read before the write, nothing written when the same look stands already.
LOOKED = """
    INSERT INTO ledger_look (at, actor, page, whom, part, people, mark)
    SELECT %(at)s, %(actor)s, %(page)s, %(whom)s, %(part)s, %(people)s, %(mark)s
     WHERE NOT EXISTS (
        SELECT 1 FROM ledger_look
         WHERE whom = %(whom)s AND at > %(again)s AND actor = %(actor)s AND page = %(page)s
           AND part = %(part)s AND coalesce(people, 0) >= coalesce(%(people)s, 0))
"""


def look(*, by: Actor, page: str, whom: Thing | str, people: int | None, at: datetime, part: int = 1) -> bool:
    """Writes down that somebody saw personal data of `people` others on a page: one INSERT, on pages that change
    nothing else. The same look within ten minutes is not written twice; whether a line was written.

    `page` is the name of the page's address, `whom` the person, or the unit, class or programme of the list, `part`
    the page of a list in pages. Nobody is looked at where `people` is 0; None where they are not counted (a file).
    """
    if people == 0:
        return False
    said: dict[str, Any] = {
        "at": at,
        "actor": by.actor_key,
        "page": page,
        "whom": whom if isinstance(whom, str) else thing_key(whom),
        "part": part,
        "people": people,
    }
    made = look_mark(secret("ledger"), **said)
    with connection.cursor() as cursor:
        cursor.execute(LOOKED, {**said, "mark": made, "again": at - LOOK_AGAIN})
        return bool(cursor.rowcount == 1)


@transaction.atomic
def seal_looks(*, by: Actor, at: datetime) -> list[date]:
    """Seals the looks of every day that is over: their number and one mark over them become a line of the ledger,
    so that a look deleted or inserted later is found. The days it sealed. The job worker does it once a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.ledger.looks'))")
    days = days_to_seal(until=timezone.localdate(at - LOOKS_SETTLE))
    for day in days:
        count, made = day_mark(secret("ledger"), marks_of_day(day))
        about = {"lines": count, "mark": made}
        record(by=by, act=LOOKS_SEALED, thing=f"ledger.look:{day.isoformat()}", about=about)
    return days


@transaction.atomic
def forget_looks(*, by: Actor, before: date) -> int:
    """Deletes the looks of all days before this one, whose time of keeping is over; how many. The ledger says so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lantoa.forget_looks_before', %s, true)", [begins(before).isoformat()])
        cursor.execute("DELETE FROM ledger_look WHERE at < %s", [begins(before)])
        gone = int(cursor.rowcount)
        cursor.execute("SELECT set_config('lantoa.forget_looks_before', '', true)")
    if gone:
        about = {"before": before.isoformat(), "lines": gone}
        record(by=by, act=LOOKS_FORGOTTEN, thing="ledger.look:forgotten", about=about)
    return gone
