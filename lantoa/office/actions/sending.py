"""Sending what is due: one message at a time, each taken in a transaction, handed over, and settled in another.

Taken, sent, settled: a notice in hand carries the job that has it. When that job's worker is killed, the next run of
the job (or of any other) finds it: by a gateway it goes again under the same key, which the gateway keeps once; a
letter is not sent a second time but shown as doubtful, for a person to decide. Two workers never take one notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.channels import Way
from lantoa.office.actions.notices import SEND, settled_wording, start_sending
from lantoa.office.models import Job, Notice, Reach, Wording
from lantoa.office.models.notices import Channel
from lantoa.office.queries.notices import name_of, said_values, text_of
from lantoa.office.rules.notices import (
    Delivery,
    Message,
    Outcome,
    masked,
    next_digest,
    phone_number,
    quiet_end,
    wait_after,
)

DIGEST: Final = "office.digest"
MOST_IN_DIGEST: Final = 50
SILENT_AFTER: Final = 3  # tries in a row without an answer: the channel rests, so that nobody waits for it all day
REST: Final = timedelta(minutes=5)
ACTIVE: Final = (Job.State.WAITING, Job.State.RUNNING)
State = Notice.State


@dataclass(frozen=True)
class Parcel:
    """A message in hand: the notices it carries and by which channel it goes."""

    notices: tuple[int, ...]
    channel: str
    message: Message
    invented: bool = False  # for a person of the demonstration: it is shown as sent, and nothing leaves the house


@dataclass(frozen=True)
class Settled:
    """A notice that was not for sending now: moved to later, or ended. Nothing is to be done."""

    state: str


def _due(at: datetime) -> Any:
    return Notice.objects.filter(state=State.WAITING, sender=None, due_at__lte=at).filter(
        Q(batch="") | Q(batch=F("key"))
    )


def count_due(at: datetime) -> int:
    """How many messages wait to be sent now."""
    return int(_due(at).count())


def deliver(parcel: Parcel, ways: Mapping[str, Way]) -> Delivery:
    """Hands a message over, outside any transaction."""
    if parcel.invented:
        return Delivery(Outcome.SENT)
    return ways[parcel.channel].send(parcel.message)


@transaction.atomic
def wake_sender(*, by: Actor, at: datetime) -> bool:
    """Starts the job that sends, when something is due (or lies in the hand of a job that has ended) and no such job
    runs or waits. The worker's clock asks this each minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.office.clock'))")
    if Job.objects.filter(kind=SEND, state__in=ACTIVE).exists():
        return False
    if not _due(at).exists() and not Notice.objects.filter(~Q(sender=None)).exists():
        return False
    return start_sending(by=by, at=at)


@transaction.atomic
def take_back_lost(*, by: Actor, job: Job, ways: Mapping[str, Way], at: datetime) -> int:
    """Notices in the hand of a worker that is gone: those of this job's earlier life, and of jobs that have ended."""
    lost = list(
        Notice.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(~Q(sender=None) & (Q(sender=job) | ~Q(sender__state__in=ACTIVE)))
        .order_by("id")
    )
    for notice in lost:
        notice.sender = None
        way = ways.get(notice.channel)
        if way is None or not way.repeats_safely:
            notice.state, notice.why, notice.finished_at = State.FAILED, "doubtful", at
    Notice.objects.bulk_update(lost, ["sender", "state", "why", "finished_at"], batch_size=500)
    if lost:
        record(by=by, act="office.take_back_notices", thing=job, about={"count": len(lost)})
    return len(lost)


@transaction.atomic
def take_next(
    *, by: Actor, job: Job, ways: Mapping[str, Way], resting: frozenset[str], at: datetime
) -> Parcel | Settled | None:
    """Takes the next message into the job's hand; None when nothing is due."""
    found = _due(at).select_for_update(skip_locked=True, of=("self",))
    notice = found.select_related("person__reach", "user", "unit").order_by("due_at", "id").first()
    if notice is None:
        return None
    if notice.good_until and notice.good_until <= at:
        return _ended(by, notice, State.CANCELLED, "too_late", at)
    reach = _reach(notice)
    if later := _later(notice, reach, at):
        notice.due_at, notice.held = later
        notice.save(update_fields=["due_at", "held"])
        return Settled(State.WAITING)
    channel, address, why = _way_to(notice, reach, ways)
    if why:
        return _ended(by, notice, State.UNREACHABLE, why, at)
    if channel in resting:
        notice.due_at = at + REST
        notice.save(update_fields=["due_at"])
        return Settled(State.WAITING)
    mates = _mates(notice, at)
    worded = [(mate, _worded(mate, reach.language, at)) for mate in mates]
    for mate, wording in worded:
        mate.sender, mate.batch, mate.attempts = job, notice.key, mate.attempts + 1
        mate.channel, mate.sent_to, mate.wording = channel, masked(address), wording
        mate.save(update_fields=["sender", "batch", "attempts", "channel", "sent_to", "wording"])
    invented = bool(notice.person and notice.person.is_demonstration)
    message = _message(notice, worded, address, reach.language, at)
    return Parcel(tuple(mate.pk for mate in mates), channel, message, invented)


@transaction.atomic
def settle(*, by: Actor, job: Job, parcel: Parcel, delivery: Delivery, at: datetime) -> str:
    """Writes down what came of a message, if it is still in the job's hand; the state it led to."""
    rows = list(Notice.objects.select_for_update().filter(pk__in=parcel.notices, sender=job).order_by("id"))
    state = ""
    for notice in rows:
        notice.sender, notice.answer = None, delivery.words[:300]
        wait = wait_after(notice.attempts, delivery.wait) if delivery.outcome is Outcome.AGAIN else None
        if wait and not (notice.good_until and at + wait >= notice.good_until):
            notice.due_at, state = at + wait, State.WAITING
        else:
            notice.finished_at = at
            notice.state, notice.why = _ends(delivery.outcome)
            if parcel.invented:
                notice.why = "invented"
            state = notice.state
        notice.save(update_fields=["sender", "answer", "due_at", "state", "why", "finished_at"])
        if state != State.WAITING:
            _note(by, notice)
    return state


def _ends(outcome: Outcome) -> tuple[str, str]:
    return {
        Outcome.SENT: (State.SENT, ""),
        Outcome.BOUNCED: (State.BOUNCED, "refused"),
        Outcome.FAILED: (State.FAILED, "not_taken"),
        Outcome.DOUBTFUL: (State.FAILED, "doubtful"),
        Outcome.AGAIN: (State.FAILED, "gave_up"),
    }[outcome]


def _ended(by: Actor, notice: Notice, state: str, why: str, at: datetime) -> Settled:
    notice.state, notice.why, notice.finished_at = state, why, at
    notice.save(update_fields=["state", "why", "finished_at", "channel", "sent_to"])
    _note(by, notice)
    return Settled(state)


def _note(by: Actor, notice: Notice) -> None:
    about = {"state": str(notice.state), "channel": str(notice.channel), "why": notice.why}
    record(by=by, act="office.settle_notice", thing=notice, about=about)


def _reach(notice: Notice) -> Reach:
    """How the person wants to be reached; whoever never said so gets the house's way."""
    kept = getattr(notice.person, "reach", None) if notice.person else None
    return kept or Reach()


def _later(notice: Notice, reach: Reach, at: datetime) -> tuple[datetime, bool] | None:
    """Until when quiet hours or the digest hold the notice back, and whether it is held for the digest."""
    if notice.urgent or notice.batch:
        return None
    now = timezone.localtime(at)
    if reach.digest and not notice.held:
        evening = next_digest(now)
        if not (notice.good_until and evening >= notice.good_until):
            return evening, True
    quiet = quiet_end(now, reach.quiet_from, reach.quiet_until)
    return (quiet, notice.held) if quiet else None


def _way_to(notice: Notice, reach: Reach, ways: Mapping[str, Way]) -> tuple[str, str, str]:
    """The channel and address for this notice, or why there is none. The chosen channel first, then the others."""
    if reach.channel == Channel.NONE and not notice.urgent:
        return "", "", "wants_none"
    person = notice.person
    phone = phone_number(person.phone) if person else ""
    email = person.email if person else ""
    if not email and (account := person.user if person else notice.user):
        email = account.email
    addresses = {Channel.EMAIL: email, Channel.ZALO: phone, Channel.SMS: phone}
    order = sorted(addresses, key=lambda channel: (channel != reach.channel, channel != Channel.EMAIL))
    known = [channel for channel in order if addresses[channel]]
    if not known:
        return "", "", "no_address"
    open_ = [channel for channel in known if channel in ways]
    if person and person.is_demonstration:
        return known[0], addresses[known[0]], ""
    return (open_[0], addresses[open_[0]], "") if open_ else ("", "", "not_configured")


def _mates(notice: Notice, at: datetime) -> list[Notice]:
    """The notices that go in one message with this one, itself first."""
    if notice.batch:
        rows = Notice.objects.filter(batch=notice.key, state=State.WAITING, sender=None)
    elif notice.held:
        rows = Notice.objects.filter(
            person=notice.person_id,
            unit=notice.unit_id,
            held=True,
            batch="",
            state=State.WAITING,
            sender=None,
            due_at__lte=at,
        )
    else:
        return [notice]
    others = rows.exclude(pk=notice.pk).select_for_update(skip_locked=True, of=("self",))
    return [notice, *others.select_related("person", "user", "unit").order_by("id")[: MOST_IN_DIGEST - 1]]


def _worded(notice: Notice, language: str, at: datetime) -> Wording:
    day = timezone.localdate(at)
    return settled_wording(template=notice.template, language=language, unit=notice.unit, at=at, on=day)


def _message(
    first: Notice, worded: list[tuple[Notice, Wording]], address: str, language: str, at: datetime
) -> Message:
    name = name_of(first)
    texts = [
        (said, text_of(wording, said))
        for notice, wording in worded
        for said in [said_values(notice.values, name=name, language=language)]
    ]
    said, text = texts[0]
    template = first.template
    if len(texts) > 1:
        parts = {
            "count": str(len(texts)),
            "list": "\n\n".join(f"* {text.subject}\n{text.body}" for _said, text in texts),
            "short": "\n".join(text.short for _said, text in texts),
        }
        digest = settled_wording(
            template=DIGEST, language=language, unit=first.unit, at=at, on=timezone.localdate(at)
        )
        template, said = DIGEST, {"name": name, **parts}
        text = text_of(digest, said)
    return Message(
        key=f"{first.key}-{first.tries}",
        to=address,
        subject=text.subject,
        body=f"{text.body}\n\n-- \n{_foot(language)}\n" if first.person_id else f"{text.body}\n",
        short=text.short,
        language=language,
        template=template,
        values=said,
    )


def _foot(language: str) -> str:
    with override(language):
        link = f"{settings.ADDRESS.rstrip('/')}{reverse('office:my_notices')}"
        return _("How you get these messages, and whether at all, is yours to choose: %(link)s") % {"link": link}
