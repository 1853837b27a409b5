"""Writing what devices send: starts, answers, hand-ins. The one way in, for the plain pages and for the hot path.

`write` takes many people's acts at once and commits them together (decision 0024). Every act may be sent again: a
start keeps its first moment, an event its first row, a hand-in its first moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from django.db import connection, transaction

from lantoa.common.models import new_key
from lantoa.exams.actions.seeing import SIGHTS, Sight
from lantoa.exams.models import Seal
from lantoa.exams.rules.answers import Sent
from lantoa.exams.rules.clock import Phase, Times
from lantoa.ledger.actions import record_each


class Kind(StrEnum):
    """What a device asks for."""

    STATE = "state"
    START = "start"
    ANSWERS = "answers"
    HAND_IN = "hand-in"
    PAPER = "paper"
    FOREIGN = "foreign"  # refused already: it only has to be written down


@dataclass(frozen=True, slots=True)
class Act:
    """What one device asks for, about one attempt. `at`: when it reached the centre, whose clock decides."""

    kind: Kind
    attempt: str
    actor: str
    at: datetime
    events: tuple[Sent, ...] = ()
    paper: bool = False  # entered from paper: no device was seen
    plain: bool = False  # from the plain pages


@dataclass(frozen=True, slots=True)
class Told:
    """What it is told after the commit. `refused` is "" or "unknown", "early", "over"."""

    phase: Phase = Phase.OVER
    begins: datetime | None = None
    started: datetime | None = None
    ends: datetime | None = None
    handed_in: datetime | None = None
    letters: str = ""
    stored: int = 0
    sealed: bytes = b""
    refused: str = ""


UNKNOWN = Told(refused="unknown")


@dataclass(slots=True)
class _Known:
    """An attempt as it stands while a group of acts is worked on."""

    id: int
    key: str
    extra: timedelta
    started: datetime | None
    handed_in: datetime | None
    letters: str
    seal: str  # its key; "" where the paper is not sealed
    times: Times


@dataclass
class _Group:
    started: dict[int, tuple[datetime, str, str]] = field(default_factory=dict)
    handed_in: dict[int, tuple[datetime, str, str]] = field(default_factory=dict)
    rows: list[tuple[object, ...]] = field(default_factory=list)
    seen: dict[int, Sight] = field(default_factory=dict)


READ = """
    SELECT a.id, a.key, a.extra_minutes, a.started_at, a.handed_in_at, COALESCE(e.letters, ''), COALESCE(e.key, ''),
           s.together, s.starts_at, s.closes_at, s.minutes, s.late_minutes, s.released_at, s.ended_at
      FROM exams_attempt a JOIN exams_sitting s ON s.id = a.sitting_id
      LEFT JOIN exams_seal e ON e.sitting_id = a.sitting_id AND e.variant_id = a.variant_id
     WHERE a.key = ANY(%s)
"""
INSERT = """
    INSERT INTO exams_answer
        (attempt_id, device, sequence, question, value, device_ms, monotonic_ms, before, hash, received_at)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::integer[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
                         %s::bytea[], %s::bytea[], %s::timestamptz[])
    ON CONFLICT DO NOTHING
"""
START = """
    UPDATE exams_attempt a SET started_at = v.at FROM unnest(%s::bigint[], %s::timestamptz[]) v(id, at)
     WHERE a.id = v.id AND a.started_at IS NULL RETURNING a.id
"""
HAND_IN = """
    UPDATE exams_attempt a SET handed_in_at = GREATEST(v.at, a.started_at), started_at = COALESCE(a.started_at, v.at)
      FROM unnest(%s::bigint[], %s::timestamptz[]) v(id, at)
     WHERE a.id = v.id AND a.handed_in_at IS NULL RETURNING a.id
"""


@transaction.atomic
def write(acts: Sequence[Act]) -> list[Told]:
    """Works on the acts in their order, in one transaction; what each is told counts once this has returned.

    A handful of statements however many acts. Whoever is signed in has been looked at before: a page by its gate, a
    device by its ticket.
    """
    known = _attempts({act.attempt for act in acts})
    group = _Group()
    told = [_one(act, known.get(act.attempt), group) for act in acts]
    with connection.cursor() as cursor:
        begun = _stamp(cursor, START, group.started)
        if group.rows:
            cursor.execute(INSERT, [list(column) for column in zip(*group.rows, strict=True)])
        ended = _stamp(cursor, HAND_IN, group.handed_in)
        SIGHTS.write(cursor, group.seen)
    lines = [(actor, "exams.start", f"exams.attempt:{key}") for _at, actor, key in begun]
    lines += [(actor, "exams.hand_in", f"exams.attempt:{key}") for _at, actor, key in ended]
    if lines:
        record_each(lines)
    _note([act for act in acts if act.kind is Kind.FOREIGN and act.attempt in known], known)
    return told


def _attempts(keys: Iterable[str]) -> dict[str, _Known]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(keys)])
        return {row[1]: _known(*row) for row in cursor.fetchall()}


def _known(
    pk: int,
    key: str,
    extra: int,
    started: datetime | None,
    handed_in: datetime | None,
    letters: str,
    seal: str,
    together: bool,
    starts_at: datetime | None,
    closes_at: datetime | None,
    minutes: int,
    late_minutes: int,
    released_at: datetime | None,
    ended_at: datetime | None,
) -> _Known:
    lasts, late = timedelta(minutes=minutes), timedelta(minutes=late_minutes)
    times = Times(together, starts_at, closes_at, lasts, late, released_at, ended_at)
    return _Known(pk, key, timedelta(minutes=extra), started, handed_in, letters, seal, times)


def _one(act: Act, known: _Known | None, group: _Group) -> Told:
    if known is None:
        return UNKNOWN
    times = known.times
    phase = times.phase(act.at, known.started, known.handed_in, known.extra)
    refused, stored, sealed = "", 0, b""
    if act.kind is not Kind.FOREIGN and not act.paper:
        # what comes outside its time is noted at once: whether something is late is told from it
        late = act.kind is Kind.ANSWERS and phase is not Phase.RUNNING
        answered = act.at if act.events else None
        delivered = act.at if act.kind is Kind.PAPER and known.seal else None
        sight = Sight(act.at, answered, delivered, plain=act.plain, now=late or delivered is not None)
        group.seen[known.id] = sight.after(group.seen.get(known.id))
    if act.kind is Kind.START and known.started is None:
        if phase is Phase.OPEN:
            known.started = act.at
            group.started[known.id] = (act.at, act.actor, known.key)
        else:
            refused = "early" if phase is Phase.WAITING else "over"
    elif act.kind is Kind.ANSWERS:
        if act.events and known.started is None and phase is Phase.OVER:
            # opened by letters read out in a room whose line was dead until after the end
            known.started = act.at
            group.started[known.id] = (act.at, act.actor, known.key)
        stored = len(act.events)
        group.rows.extend(_row(known, act.at, event) for event in act.events)
    elif act.kind is Kind.HAND_IN and known.handed_in is None:
        if phase is Phase.WAITING:
            refused = "early"
        else:
            known.handed_in = act.at
            known.started = known.started or act.at
            group.handed_in[known.id] = (act.at, act.actor, known.key)
    elif act.kind is Kind.PAPER:
        sealed = _sealed(known.seal)
        refused = "" if sealed else "unknown"
    phase = times.phase(act.at, known.started, known.handed_in, known.extra)
    return Told(
        phase=phase,
        begins=times.begins(),
        started=known.started,
        ends=times.ends(known.started, known.extra),
        handed_in=known.handed_in,
        letters=known.letters if act.kind is Kind.START and phase is Phase.RUNNING else "",
        stored=stored,
        sealed=sealed,
        refused=refused,
    )


@lru_cache(maxsize=32)  # a province asks for the same few variants; a seal is never changed
def _sealed(key: str) -> bytes:
    found = Seal.objects.filter(key=key).values_list("sealed", flat=True).first() if key else None
    return bytes(found or b"")


def _row(known: _Known, at: datetime, event: Sent) -> tuple[object, ...]:
    return (
        known.id,
        event.device,
        event.sequence,
        event.question,
        event.value,
        event.device_ms,
        event.monotonic_ms,
        event.before,
        event.hash(known.key),
        at,
    )


def _stamp(
    cursor: object, statement: str, stamped: Mapping[int, tuple[datetime, str, str]]
) -> list[tuple[datetime, str, str]]:
    """Those that this statement really stamped: another process may have been first."""
    if not stamped:
        return []
    ids = sorted(stamped)
    cursor.execute(statement, [ids, [stamped[one][0] for one in ids]])  # type: ignore[attr-defined]
    return [stamped[one] for (one,) in cursor.fetchall()]  # type: ignore[attr-defined]


MOST_ACTORS = 20  # strangers named for one attempt; what more of them send is counted together
OTHERS = "others"
NOTE = """
    INSERT INTO exams_incident AS i (key, attempt_id, kind, actor, count, first_at, last_at)
    SELECT min(v.key), v.attempt, %s,
           CASE WHEN v.actor = '' OR v.known OR v.named + v.place <= %s THEN v.actor ELSE %s END AS named,
           sum(v.count), min(v.first), max(v.last)
      FROM (SELECT u.*,
                   EXISTS (SELECT 1 FROM exams_incident o
                            WHERE o.attempt_id = u.attempt AND o.actor = u.actor) AS known,
                   (SELECT count(*) FROM exams_incident o WHERE o.attempt_id = u.attempt) AS named,
                   row_number() OVER (PARTITION BY u.attempt) AS place
              FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::integer[], %s::timestamptz[], %s::timestamptz[])
                   AS u(key, attempt, actor, count, first, last)) v
     GROUP BY v.attempt, 4 ORDER BY v.attempt, 4
    ON CONFLICT (attempt_id, kind, actor)
    DO UPDATE SET count = i.count + EXCLUDED.count, last_at = GREATEST(i.last_at, EXCLUDED.last_at)
"""


def _note(acts: Iterable[Act], known: Mapping[str, _Known]) -> None:
    """Counts batches under another's name: a row for each sender, and for an attempt never more than a few."""
    found: dict[tuple[int, str], list[datetime]] = {}
    for act in acts:
        found.setdefault((known[act.attempt].id, act.actor), []).append(act.at)
    rows = [
        (new_key(), attempt, actor, len(times), min(times), max(times))
        for (attempt, actor), times in sorted(found.items())
    ]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(NOTE, ["foreign", MOST_ACTORS, OTHERS, *columns])
