"""What is done on the spot, in a room: who it is, who is absent, remarks, extra time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Case, F, Q, When

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.rooms import open_room
from lantoa.exams.actions.sittings import LONGEST, REASONS, give_time, refuse_published
from lantoa.exams.models import Attempt, Remark, Room, Seat
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

KINDS: Final = {  # what a remark speaks of
    "late": N_("came late"),
    "device": N_("changed the device"),
    "absent": N_("absent, with a reason"),
    "violation": N_("broke a rule"),
    "line": N_("the line is dead"),
    "other": N_("something else"),
}


@transaction.atomic
def check_identity(*, by: Actor, room: Room, attempts: Sequence[Attempt], at: datetime) -> int:
    """Somebody has looked who these candidates are. Whoever was marked absent is there after all."""
    room = open_room(room)
    found = Seat.objects.filter(room=room, attempt__in=attempts, checked_at=None)
    keys = list(found.values_list("attempt__key", flat=True))
    found.update(checked_at=at, checked_by=by.actor_key, absent_at=None, absent_by="")
    record(by=by, act="exams.check_identity", thing=room, about={"attempts": keys})
    return len(keys)


@transaction.atomic
def mark_absent(*, by: Actor, room: Room, attempts: Sequence[Attempt], at: datetime) -> int:
    """These candidates did not come. Refused before the beginning, and for whoever has started."""
    room = open_room(room)
    begins = room.sitting.times().begins()
    if begins is None or at < begins:
        raise Refused(N_("Cannot mark anybody absent in room %(room)s: the exam has not begun."), room=room.name)
    found = Seat.objects.filter(room=room, attempt__in=attempts)
    # held, so that nobody starts in between
    held = Attempt.objects.select_for_update(no_key=True, of=("self",)).filter(seat__in=found).order_by("pk")
    started = next((one for one in held.select_related("person") if one.started_at is not None), None)
    if started is not None:
        raise Refused(
            N_("Cannot mark %(person)s absent: they have started the exam."), person=started.person.full_name
        )
    keys = list(found.filter(absent_at=None).values_list("attempt__key", flat=True))
    found.filter(absent_at=None).update(absent_at=at, absent_by=by.actor_key, checked_at=None, checked_by="")
    record(by=by, act="exams.mark_absent", thing=room, about={"attempts": keys})
    return len(keys)


@transaction.atomic
def add_remark(
    *, by: Actor, room: Room, kind: str, text: str, at: datetime, attempt: Attempt | None = None
) -> Remark:
    """Notes something of a room, or of one candidate in it. It is never changed: what was wrong gets another remark.

    Also after the minutes are signed: it is then shown beside them, as added.
    """
    if attempt is not None and not Seat.objects.filter(room=room, attempt=attempt).exists():
        raise Refused(N_("Cannot note anything of this candidate: they do not sit in room %(room)s."), room=room.name)
    if kind == "other" and not text.strip():
        raise Refused(N_("Cannot save the remark: it says nothing. Write what happened."))
    made = Remark.objects.create(
        room=room, attempt=attempt, kind=kind, text=text.strip(), made_by=by.actor_key, made_at=at
    )
    about = {"kind": kind, **({"attempt": attempt.key} if attempt else {})}
    record(by=by, act="exams.add_remark", thing=room, about=about)
    return made


@transaction.atomic
def give_candidate_time(
    *, by: Actor, room: Room, attempt: Attempt, minutes: int, reason: str, at: datetime
) -> Remark:
    """So many extra minutes in all for one candidate of the room, and a remark that says so."""
    room = open_room(room)
    give_time(by=by, attempt=attempt, minutes=minutes, reason=reason)
    return Remark.objects.create(
        room=room, attempt=attempt, kind="time", text=reason, minutes=minutes, made_by=by.actor_key, made_at=at
    )


@transaction.atomic
def give_room_time(*, by: Actor, room: Room, minutes: int, reason: str, given: int, at: datetime) -> Remark:
    """So many more minutes for everybody in the room who has not handed in, on top of what each has.

    `given` is how often the room had been given time when the page was read: pressed twice it is given once.
    `reason` is a word of `REASONS`. Points worked out before are worked out anew.
    """
    room = open_room(room)
    if reason not in REASONS:
        raise ValueError(reason)
    refuse_published(room.sitting)
    if not 1 <= minutes <= LONGEST:
        raise Refused(
            N_("Cannot give %(minutes)d extra minutes in room %(room)s: from 1 to %(most)d are possible."),
            minutes=minutes,
            room=room.name,
            most=LONGEST,
        )
    if room.remarks.filter(kind="time", attempt=None).count() != given:
        raise Refused(
            N_("Cannot give room %(room)s extra time: somebody has given it time meanwhile. Look at the room again."),
            room=room.name,
        )
    rows = Attempt.objects.filter(seat__room=room, handed_in_at=None)
    list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    if rows.filter(extra_minutes__gt=LONGEST - minutes).exists():
        raise Refused(
            N_("Cannot give %(minutes)d extra minutes in room %(room)s: from 1 to %(most)d are possible."),
            minutes=minutes,
            room=room.name,
            most=LONGEST,
        )
    whole = Q(marked_at__isnull=False, unmarked=0)
    people = rows.update(
        extra_minutes=F("extra_minutes") + minutes,
        points_before=Case(When(whole, then=F("points")), default=F("points_before")),
        out_of_before=Case(When(whole, then=F("out_of")), default=F("out_of_before")),
        points=None,
        out_of=None,
        marked_at=None,
        unmarked=0,
    )
    record(
        by=by, act="exams.give_room_time", thing=room, about={"minutes": minutes, "people": people, "reason": reason}
    )
    return Remark.objects.create(
        room=room, kind="time", text=reason, minutes=minutes, made_by=by.actor_key, made_at=at
    )
