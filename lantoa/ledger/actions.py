"""Writing into the ledger, and sealing it."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from lantoa.common.keyring import secret
from lantoa.common.models import Thing, new_key
from lantoa.ledger.models import Entry, Seal
from lantoa.ledger.rules import Actor, canonical, mark, seal_mark

BATCH = 5_000


def record(*, by: Actor, act: str, thing: Thing | str, about: dict[str, Any] | None = None) -> Entry:
    """Writes the line of an action, inside that action's transaction. `about` holds keys and values, no free text."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{act} is recorded outside the transaction of its action")
    entry = Entry(
        key=new_key(),
        at=timezone.now(),
        actor=by.actor_key,
        act=act,
        thing=thing if isinstance(thing, str) else thing_key(thing),
        about=about or {},
    )
    entry.mark = mark(secret("ledger"), line_of(entry))
    entry.save(force_insert=True)
    return entry


def thing_key(thing: Thing) -> str:
    """`training.trainingclass:0abc…`: how the ledger names a thing."""
    return f"{thing._meta.label_lower}:{thing.key}"


def line_of(entry: Entry) -> bytes:
    """The bytes that an entry's mark is made over."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical(key=entry.key, at=at, actor=entry.actor, act=entry.act, thing=entry.thing, about=entry.about)


def seal(*, at: datetime, batch: int = BATCH) -> list[Seal]:
    """Seals every visible unsealed line, in batches. Writers are not held up: lines of transactions still
    under way are sealed the next time. One sealer at a time; a second one waits."""
    made = []
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.ledger.seal'))")
            lines = list(Entry.objects.filter(seal=None).order_by("id").values_list("id", "mark")[:batch])
            if not lines:
                return made
            last = Seal.objects.order_by("number").last()
            number = last.number + 1 if last else 1
            pairs = [(line_id, bytes(line_mark)) for line_id, line_mark in lines]
            new = Seal.objects.create(
                number=number,
                made_at=at,
                ids=[line_id for line_id, _ in pairs],
                marks=b"".join(line_mark for _, line_mark in pairs),
                mark=seal_mark(
                    secret("ledger"), number=number, previous=bytes(last.mark) if last else b"", lines=pairs
                ),
            )
            Entry.objects.filter(id__in=new.ids).update(seal=new)
            made.append(new)
