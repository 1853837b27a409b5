"""Opening a gathering, checking in, calling the roll, correcting it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from lantoa.common.models import new_key
from lantoa.common.ready import asking
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.ledger.actions import record, record_each
from lantoa.ledger.rules import Actor, Named
from lantoa.presence.models import Attendance, Correction, Gathering
from lantoa.presence.rules import code_fits, share_attended

State = Attendance.State
FULL = {State.PRESENT: Decimal(1), State.LEAVE: Decimal(0), State.ABSENT: Decimal(0)}


def new_gathering(*, source: str, starts: datetime, ends: datetime) -> Gathering:
    """A gathering not yet saved, for its owner to save with its own thing in one go."""
    return Gathering(source=source, during=DateTimeTZRange(starts, ends, "[)"), code_secret=secrets.token_bytes(32))


def _locked(gathering: Gathering) -> Gathering:
    """The gathering as it stands, held until the end: whoever enters lines of it comes one after another. Codes,
    rolls and corrections of one meeting arrive together, and two would else wait for each other in a circle."""
    return Gathering.objects.select_for_update(no_key=True).get(pk=gathering.pk)


@transaction.atomic
def open_code(*, by: Actor, gathering: Gathering, at: datetime) -> Gathering:
    """Shows the code: from now on it can be entered. Opening twice is opening once. Refused before its day."""
    gathering = _locked(gathering)
    _refuse_early(gathering, at)
    if gathering.opened_at is None or gathering.closed_at is not None:
        gathering.opened_at, gathering.closed_at = at, None
        gathering.save(update_fields=["opened_at", "closed_at"])
        record(by=by, act="presence.open_code", thing=gathering)
    return gathering


@transaction.atomic
def close_code(*, by: Actor, gathering: Gathering, at: datetime) -> Gathering:
    """The code no longer counts; the roll can still be called."""
    gathering = _locked(gathering)
    if gathering.opened_at is not None and gathering.closed_at is None:
        gathering.closed_at = at
        gathering.save(update_fields=["closed_at"])
        record(by=by, act="presence.close_code", thing=gathering)
    return gathering


def read_code(*, gathering: Gathering, digits: str, at: datetime) -> None:
    """Refuses digits that are not, or no longer, on the wall."""
    if gathering.opened_at is None or gathering.closed_at is not None:
        raise Refused(N_("Cannot check in: the code of this meeting is not being shown now."))
    if not code_fits(bytes(gathering.code_secret), digits, at, gathering.code_seconds):
        raise Refused(
            N_("Cannot check in: the code %(code)s is not, or no longer, on the wall. Take the one shown now."),
            code=digits[:12],
        )


@transaction.atomic
def check_in(*, by: Actor, gathering: Gathering, person: Person, arrived: datetime) -> Attendance:
    """The person is here since `arrived`, by a code that was read then. Twice is once; a leave or an absence
    entered before gives way to the person standing there, a fuller presence does not give way."""
    gathering = _locked(gathering)
    share = share_attended(arrived, gathering.during.lower, gathering.during.upper)
    line, made = Attendance.objects.select_for_update().get_or_create(
        gathering=gathering,
        person=person,
        defaults={
            "state": State.PRESENT if share == 1 else State.PARTIAL,
            "share": share,
            "how": Attendance.How.CODE,
            "at": arrived,
            "by": by.actor_key,
        },
    )
    if not made:
        if line.share >= share:
            return line
        _keep_before(line, reason="checked in by code", by=by, at=arrived)
        line.state, line.share = State.PRESENT if share == 1 else State.PARTIAL, share
        line.how, line.at, line.by = Attendance.How.CODE, arrived, by.actor_key
        line.save()
    record(by=by, act="presence.check_in", thing=gathering, about={"person": person.key, "share": str(share)})
    return line


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who shows the digits on the wall: of which gathering (by its source), and who (by key)."""

    source: str
    person: str
    digits: str
    actor: str
    at: datetime


HELD = """
    SELECT source, id, lower(during), upper(during), code_secret, code_seconds,
           opened_at IS NOT NULL AND closed_at IS NULL
      FROM presence_gathering WHERE source = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
WHO = """
    SELECT p.key, p.id, ARRAY(SELECT a.gathering_id FROM presence_attendance a
                               WHERE a.person_id = p.id AND a.gathering_id = ANY(%s))
      FROM directory_person p WHERE p.key = ANY(%s) AND p.merged_into_id IS NULL
"""
ENTER = """
    INSERT INTO presence_attendance (key, gathering_id, person_id, state, share, how, at, by)
    SELECT u.*
      FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::numeric[], %s::text[], %s::timestamptz[],
                  %s::text[]) AS u(key, gathering_id, person_id, state, share, how, at, by)
"""


@dataclass(frozen=True, slots=True)
class _Hall:
    """A gathering whose row is held."""

    source: str
    id: int
    starts: datetime
    ends: datetime
    code_secret: bytes
    code_seconds: int
    is_open: bool


@transaction.atomic
def check_in_each(arrivals: Sequence[Arrival]) -> list[str]:
    """Many people at once, each by a code that is on the wall: "" for who is in, else "unknown", "closed" or "code".
    Four statements for all who have no line yet; twice is once."""
    with connection.cursor() as cursor:  # planned anew each time: the tables grow from nothing within minutes
        cursor.execute(HELD, [list({one.source for one in arrivals})])
        halls = {row[0]: _Hall(*row) for row in cursor.fetchall()}
        cursor.execute(WHO, [[hall.id for hall in halls.values()], list({one.person for one in arrivals})])
        people = {key: (pk, known) for key, pk, known in cursor.fetchall()}
    answers: list[str] = []
    lines: dict[tuple[int, int], tuple[object, ...]] = {}
    for one in arrivals:
        hall, (person, known) = halls.get(one.source), people.get(one.person, (0, []))
        answers.append(_refusal(hall, person, one))
        if answers[-1] or hall is None:
            continue
        if hall.id in known:  # an absence entered before gives way; seldom
            of = Gathering.objects.get(pk=hall.id)
            check_in(by=Named(one.actor), gathering=of, person=Person(pk=person, key=one.person), arrived=one.at)
        elif (hall.id, person) not in lines:
            share = share_attended(one.at, hall.starts, hall.ends)
            state = State.PRESENT if share == 1 else State.PARTIAL
            lines[hall.id, person] = (
                *(new_key(), hall.id, person, state.value, str(share), Attendance.How.CODE.value, one.at, one.actor),
            )
    if lines:
        with asking() as cursor:
            cursor.execute(ENTER, [list(column) for column in zip(*lines.values(), strict=True)])
        record_each(
            (str(by), "presence.check_in", f"presence.attendance:{key}") for key, *_facts, by in lines.values()
        )
    return answers


def _refusal(hall: _Hall | None, person: int, one: Arrival) -> str:
    if hall is None or not person:
        return "unknown"
    if not hall.is_open:
        return "closed"
    return "" if code_fits(hall.code_secret, one.digits, one.at, hall.code_seconds) else "code"


@transaction.atomic
def call_roll(
    *, by: Actor, gathering: Gathering, states: Mapping[int, str], at: datetime, expected: Iterable[int]
) -> int:
    """Enters the state of each person named (by id); with the last of `expected` the gathering counts as held.

    Only for people who have no line yet or whose line is unchanged by it: an earlier line is changed by `correct`,
    with a reason. Refused before the day of the gathering. How many lines it entered.
    """
    gathering = _locked(gathering)
    _refuse_early(gathering, at)
    known = set(gathering.attendance.values_list("person_id", flat=True))
    lines = [
        Attendance(
            gathering=gathering,
            person_id=person_id,
            state=state,
            share=FULL[State(state)],
            how=Attendance.How.ROLL_CALL,
            at=at,
            by=by.actor_key,
        )
        for person_id, state in states.items()
        if person_id not in known
    ]
    Attendance.objects.bulk_create(lines)
    complete = set(expected) <= known | set(states)
    if complete and not gathering.held:
        gathering.held = True
        gathering.save(update_fields=["held"])
    if lines or complete:
        record(
            by=by,
            act="presence.call_roll",
            thing=gathering,
            about={"entered": len(lines), "held": gathering.held},
        )
    return len(lines)


@transaction.atomic
def enter_sheet(
    *, by: Actor, gathering: Gathering, states: Mapping[int, tuple[str, Decimal]], source: str, at: datetime
) -> int:
    """Enters a signed presence sheet that was kept on paper or in a table; lines that stand are left alone."""
    gathering = _locked(gathering)
    known = set(gathering.attendance.values_list("person_id", flat=True))
    lines = [
        Attendance(
            gathering=gathering,
            person_id=person_id,
            state=state,
            share=share,
            how=Attendance.How.IMPORT,
            at=at,
            by=by.actor_key,
        )
        for person_id, (state, share) in states.items()
        if person_id not in known
    ]
    Attendance.objects.bulk_create(lines)
    if lines or not gathering.held:
        gathering.held = True
        gathering.save(update_fields=["held"])
        record(by=by, act="presence.enter_sheet", thing=gathering, about={"entered": len(lines), "source": source})
    return len(lines)


@transaction.atomic
def take_back_sheet(*, by: Actor, lines: Iterable[tuple[int, int]], source: str) -> None:
    """Takes back lines that a sheet entered, by (gathering, person); a line corrected since stays. A gathering
    without any line left no longer counts as held."""
    wanted = set(lines)
    gatherings = {gathering for gathering, _person in wanted}
    list(Gathering.objects.select_for_update(no_key=True).filter(pk__in=gatherings).order_by("pk").values_list("pk"))
    entered = Attendance.objects.filter(gathering__in=gatherings, how=Attendance.How.IMPORT, corrections__isnull=True)
    gone = [line.pk for line in entered if (line.gathering_id, line.person_id) in wanted]
    Attendance.objects.filter(pk__in=gone).delete()
    Gathering.objects.filter(pk__in=gatherings, attendance__isnull=True).update(held=False)
    record(by=by, act="presence.take_back_sheet", thing=source, about={"lines": len(gone)})


@transaction.atomic
def correct(
    *,
    by: Actor,
    gathering: Gathering,
    person: Person,
    state: str,
    share: Decimal | None = None,
    reason: str,
    at: datetime,
) -> Attendance:
    """Corrects a line, with a reason; what stood there before is kept. `share` is asked for partial presence only."""
    if not reason.strip():
        raise Refused(
            N_("Cannot correct the presence of %(person)s: say why it is corrected."), person=person.full_name
        )
    share = FULL.get(State(state), share) if state != State.PARTIAL else share
    if share is None or (state == State.PARTIAL and not 0 < share < 1):
        raise Refused(
            N_("Cannot correct the presence of %(person)s: say which part (1 to 99 percent) they attended."),
            person=person.full_name,
        )
    gathering = _locked(gathering)
    line = Attendance.objects.select_for_update().filter(gathering=gathering, person=person).first()
    if line is None:
        line = Attendance(gathering=gathering, person=person)
    elif (line.state, line.share) == (state, share):
        return line
    else:
        _keep_before(line, reason=reason, by=by, at=at)
    line.state, line.share, line.how = state, share, Attendance.How.ROLL_CALL
    line.at, line.by = at, by.actor_key
    line.save()
    record(by=by, act="presence.correct", thing=line, about={"state": state, "share": str(share)})
    return line


def _refuse_early(gathering: Gathering, at: datetime) -> None:
    """A tap on the wrong meeting must not count a class present at one that is still to come."""
    if timezone.localdate(at) < (day := timezone.localdate(gathering.during.lower)):
        raise Refused(
            N_("Cannot take the roll of the meeting of %(day)s: its day has not come yet."), day=f"{day:%d/%m/%Y}"
        )


def _keep_before(line: Attendance, *, reason: str, by: Actor, at: datetime) -> None:
    Correction.objects.create(
        attendance=line,
        state_before=line.state,
        share_before=line.share,
        reason=reason.strip()[:300],
        at=at,
        by=by.actor_key,
    )
