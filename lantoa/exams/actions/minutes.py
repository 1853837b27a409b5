"""Signing the minutes of a room: frozen by the first signature, confirmed by a second one, kept as a document."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.exams.models import Minutes, Room
from lantoa.exams.queries.minutes import Head, facts, minutes_paper, still_at_work
from lantoa.exams.rules.minutes import sha256
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.documents import draft_document
from lantoa.office.models import Document


@transaction.atomic
def sign_minutes(*, by: Actor, room: Room, read: str, at: datetime) -> Minutes:
    """The first signature. From now on the room stays as it was; remarks are additions.

    `read` is the hash of what the signer has read: refused when something has changed since. Refused before the
    beginning and while somebody can still write or start.
    """
    room = Room.objects.select_for_update(no_key=True, of=("self",)).select_related("sitting", "unit").get(pk=room.pk)
    if Minutes.objects.filter(room=room).exists():
        raise Refused(N_("Cannot sign the minutes of room %(room)s: they are signed."), room=room.name)
    begins = room.sitting.times().begins()
    if begins is None or at < begins:
        raise Refused(N_("Cannot sign the minutes of room %(room)s: the exam has not begun."), room=room.name)
    busy = still_at_work(room, at=at)
    if busy:
        raise Refused(
            N_("Cannot sign the minutes of room %(room)s: %(count)d candidates are at work or can still start."),
            room=room.name,
            count=busy,
        )
    content = facts(room, at=at)
    mark = sha256(content)
    if mark != read:
        raise Refused(
            N_("Cannot sign the minutes of room %(room)s: something has changed. Read them again."), room=room.name
        )
    made = Minutes.objects.create(room=room, content=content, sha256=mark, signed_by=by.actor_key, signed_at=at)
    record(by=by, act="exams.sign_minutes", thing=made, about={"room": room.key, "sha256": mark, "signature": 1})
    return made


@transaction.atomic
def sign_second(*, by: Actor, minutes: Minutes, at: datetime) -> Minutes:
    """The second signature, by somebody else, under the same content."""
    minutes = Minutes.objects.select_for_update(no_key=True, of=("self",)).select_related("room").get(pk=minutes.pk)
    if minutes.second_at is not None:
        raise Refused(N_("Cannot sign the minutes of room %(room)s: two have signed."), room=minutes.room.name)
    if minutes.signed_by == by.actor_key:
        raise Refused(
            N_("Cannot sign the minutes of room %(room)s twice: the second signature is somebody else's."),
            room=minutes.room.name,
        )
    minutes.second_by, minutes.second_at = by.actor_key, at
    minutes.save(update_fields=["second_by", "second_at"])
    record(
        by=by,
        act="exams.sign_minutes",
        thing=minutes,
        about={"room": minutes.room.key, "sha256": minutes.sha256, "signature": 2},
    )
    return minutes


@transaction.atomic
def draft_minutes(*, by: Actor, minutes: Minutes, head: Head, at: datetime) -> Document:
    """The signed minutes as an official document without a number, which the clerk gives it. Once."""
    minutes = (
        Minutes.objects.select_for_update(no_key=True, of=("self",))
        .select_related("room__unit", "room__sitting")
        .get(pk=minutes.pk)
    )
    if minutes.document_id is not None:
        raise Refused(
            N_("Cannot draft the minutes of room %(room)s: they are among the documents."), room=minutes.room.name
        )
    if minutes.second_at is None:
        raise Refused(
            N_("Cannot draft the minutes of room %(room)s: the second signature is missing."), room=minutes.room.name
        )
    paper = minutes_paper(minutes, head)
    minutes.document = draft_document(
        by=by,
        kind="BB",
        title=paper.abstract,
        issuer=minutes.room.unit,
        symbol=f"BB-{head.code}",
        content=paper,
        about=f"exams.minutes:{minutes.key}",
        as_of=timezone.localdate(minutes.signed_at),
        at=at,
    )
    minutes.save(update_fields=["document"])
    return minutes.document
