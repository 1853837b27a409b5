"""Telling people something: notices, their words, how a person wants to be reached.

The rooms above call `notify` (one) or `notify_all` (many) inside the transaction of their own act: if that fails,
nobody is told. Sending is a job (`sending.py`), so both return at once. See docs/decisions/0011.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from lantoa.accounts.models import User
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.clock import house_unit
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import Notice, Reach, Wording
from lantoa.office.models.notices import Channel
from lantoa.office.queries.notices import people_of_users, template_of, units_of, wording_of
from lantoa.office.rules.notices import Template, Text, check_text, kept_values

SEND = "office.send_notices"
KEPT_FOR = timedelta(days=365)  # after its end a notice is deleted: nobody needs to know any more who was told what


@dataclass(frozen=True)
class Letter:
    """One of many: whom, what fills the places, and the occasion that never comes twice."""

    once: str
    person: Person | None = None
    user: User | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


@transaction.atomic
def notify(
    *,
    by: Actor,
    template: str,
    once: str,
    unit: Unit,
    at: datetime,
    person: Person | None = None,
    user: User | None = None,
    values: Mapping[str, Any] | None = None,
    about: str = "",
    due_at: datetime | None = None,
    good_until: datetime | None = None,
) -> Notice:
    """Tells a person (or an account without a person) something, once; the notice, also when it was there already.

    `template` is the key of a file `notices/*.toml` of a room ("training.meeting_tomorrow"); `values` fills exactly
    the places of that file (text, numbers, days, moments; a value called `link` is a path of this house). `once`
    names the occasion: thing, day, person. `unit` is the office that tells, in whose care the notice is shown.
    Sent within a minute, or from `due_at` on; never after `good_until`. `about` is the opaque thing it speaks of,
    by which `cancel_notices` finds it.
    """
    letter = Letter(once, person, user, values or {}, about)
    notify_all(by=by, template=template, unit=unit, letters=[letter], at=at, due_at=due_at, good_until=good_until)
    return Notice.objects.get(once=once)


@transaction.atomic
def notify_all(
    *,
    by: Actor,
    template: str,
    unit: Unit,
    letters: Sequence[Letter],
    at: datetime,
    due_at: datetime | None = None,
    good_until: datetime | None = None,
) -> int:
    """`notify` for many people at once, in a handful of queries; how many are told that were not told before."""
    kind = template_of(template)
    for letter in letters:
        _check_places(kind, letter)
    known = set(Notice.objects.filter(once__in=[letter.once for letter in letters]).values_list("once", flat=True))
    new = list({letter.once: letter for letter in letters if letter.once not in known}.values())
    if not new:
        return 0
    people_of = people_of_users(letter.user for letter in new if letter.user and not letter.person)
    people = [letter.person or (people_of.get(letter.user.pk) if letter.user else None) for letter in new]
    units = units_of({person.pk for person in people if person}, on=timezone.localdate(at))
    Notice.objects.bulk_create(
        [
            Notice(
                once=letter.once,
                person=person,
                user=None if person else letter.user,
                unit=unit,
                person_unit_id=units.get(person.pk) if person else None,
                template=template,
                values=kept_values(letter.values),
                about=letter.about,
                urgent=kind.urgent,
                made_by=by.actor_key,
                made_at=at,
                due_at=due_at or at,
                good_until=good_until,
            )
            for letter, person in zip(new, people, strict=True)
        ],
        batch_size=1_000,
        ignore_conflicts=True,  # whoever told them in the same moment has told them
    )
    record(by=by, act="office.notify", thing=unit, about={"template": template, "count": len(new)})
    if kind.urgent:
        start_sending(by=by, at=at)
    return len(new)


def _check_places(kind: Template, letter: Letter) -> None:
    if letter.person is None and letter.user is None:
        raise ValueError(f"{letter.once}: a notice for nobody")
    if set(letter.values) != kind.own:
        wrong = ", ".join(sorted(set(letter.values) ^ kind.own))
        raise ValueError(f"{letter.once}: the places of {kind.key} and the values differ in {wrong}")


@transaction.atomic
def start_sending(*, by: Actor, at: datetime) -> bool:
    """Starts the job that sends what is due; False when no unit stands in whose care it could be shown."""
    unit = house_unit(on=timezone.localdate(at))
    if unit is None:
        return False
    start_job(by=by, kind=SEND, arguments={}, unit=unit, at=at)
    return True


@transaction.atomic
def cancel_notices(*, by: Actor, about: str, at: datetime) -> int:
    """Takes back what waits to be told about a thing, because it is no longer so; how many. What is being sent in
    this moment is sent."""
    rows = Notice.objects.select_for_update(skip_locked=True).filter(
        about=about, state=Notice.State.WAITING, sender=None
    )
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        Notice.objects.filter(pk__in=ids).update(state=Notice.State.CANCELLED, why="withdrawn", finished_at=at)
        record(by=by, act="office.cancel_notices", thing=about, about={"count": len(ids)})
    return len(ids)


@transaction.atomic
def cancel_notice(*, by: Actor, notice: Notice, at: datetime) -> Notice:
    """Cancels a notice that waits."""
    row = Notice.objects.select_for_update().get(pk=notice.pk)
    if row.state != Notice.State.WAITING or row.sender_id is not None:
        raise Refused(N_("Cannot cancel the message: it no longer waits."))
    row.state, row.why, row.finished_at = Notice.State.CANCELLED, "by_hand", at
    row.save(update_fields=["state", "why", "finished_at"])
    record(by=by, act="office.cancel_notice", thing=row)
    return row


@transaction.atomic
def send_again(*, by: Actor, notice: Notice, at: datetime) -> Notice:
    """Sends a notice again that reached nobody, by a person's decision: as a new message, to the address of now."""
    row = Notice.objects.select_for_update().get(pk=notice.pk)
    again = (Notice.State.BOUNCED, Notice.State.UNREACHABLE, Notice.State.FAILED)
    if row.state not in again:
        raise Refused(N_("Cannot send the message again: only what reached nobody is sent again."))
    if row.good_until and row.good_until <= at:
        raise Refused(N_("Cannot send the message again: its time is over."))
    row.state, row.why, row.finished_at = Notice.State.WAITING, "", None
    row.due_at, row.attempts, row.batch, row.held = at, 0, "", False
    row.tries += 1
    row.channel, row.sent_to, row.answer = "", "", ""
    row.save()
    record(by=by, act="office.send_notice_again", thing=row)
    return row


@transaction.atomic
def report_returned(*, by: Actor, notice: Notice, at: datetime) -> Notice:
    """Notes that a sent notice came back later, as whoever reads the sender's mailbox sees."""
    row = Notice.objects.select_for_update().get(pk=notice.pk)
    if row.state != Notice.State.SENT:
        raise Refused(N_("Cannot note the message as returned: it was not sent."))
    row.state, row.why, row.finished_at = Notice.State.BOUNCED, "came_back", at
    row.save(update_fields=["state", "why", "finished_at"])
    record(by=by, act="office.report_returned_notice", thing=row)
    return row


def forget_old_notices(*, at: datetime, batch: int = 5_000) -> int:
    """Deletes notices that ended longer ago than KEPT_FOR, in small transactions; how many. The worker's clock calls
    it each day; the ledger keeps that there were notices, without their words."""
    old = Notice.objects.filter(finished_at__lt=at - KEPT_FOR).order_by("id")
    gone = 0
    while ids := list(old.values_list("pk", flat=True)[:batch]):
        gone += Notice.objects.filter(pk__in=ids).delete()[0]
    return gone


@transaction.atomic
def erase_notices(*, by: Actor, person: Person, at: datetime) -> int:
    """Erases what notices say to and of a person, and how they wanted to be reached; what waits is cancelled. The
    rows stay, bare, so that the same occasion tells nobody again. How many notices."""
    rows = Notice.objects.select_for_update().filter(person=person)
    ids = list(rows.values_list("pk", flat=True))
    waiting = Notice.objects.filter(pk__in=ids, state=Notice.State.WAITING)
    waiting.update(state=Notice.State.CANCELLED, why="withdrawn", finished_at=at, sender=None)
    Notice.objects.filter(pk__in=ids).update(values={}, sent_to="", answer="")
    Reach.objects.filter(person=person).delete()
    record(by=by, act="office.erase_notices", thing=person, about={"count": len(ids)})
    return len(ids)


@transaction.atomic
def choose_reach(
    *,
    by: Actor,
    person: Person,
    channel: str,
    language: str,
    digest: bool,
    quiet_from: time,
    quiet_until: time,
    at: datetime,
) -> Reach:
    """How a person wants to be reached, from now on."""
    values = {
        "channel": Channel(channel),
        "language": language,
        "digest": digest,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
    }
    row, _made = Reach.objects.update_or_create(person=person, defaults={**values, "changed_at": at})
    record(by=by, act="office.choose_reach", thing=person, about={"channel": channel, "digest": digest})
    return row


@transaction.atomic
def keep_wording(*, by: Actor, unit: Unit, template: str, language: str, text: Text, at: datetime) -> Wording:
    """Keeps a unit's own words for a kind of notice, as a new version; the same words twice are kept once. Refused,
    naming it: a place that this kind does not have."""
    kind = template_of(template)
    check_text(text, kind.places)
    last = Wording.objects.filter(unit=unit, template=template, language=language).order_by("-version").first()
    if last and (last.subject, last.body, last.short) == (text.subject, text.body, text.short):
        return last
    try:
        with transaction.atomic():
            made = Wording.objects.create(
                unit=unit,
                template=template,
                language=language,
                version=last.version + 1 if last else 1,
                subject=text.subject,
                body=text.body,
                short=text.short,
                made_by=by.actor_key,
                made_at=at,
            )
    except IntegrityError as error:
        raise Refused(
            N_("Cannot keep the wording: someone else has changed it in this moment. Load the page again.")
        ) from error
    record(by=by, act="office.keep_wording", thing=made, about={"template": template, "language": language})
    return made


def settled_wording(*, template: str, language: str, unit: Unit, at: datetime, on: date) -> Wording:
    """The words that hold in the unit, kept as a row, so that what was sent stays readable as it was sent."""
    found = wording_of(template, language, unit=unit, on=on)
    if found.pk is not None:
        return found
    found.made_by, found.made_at = "machine:lantoa", at
    row, _made = Wording.objects.get_or_create(
        unit=None,
        template=template,
        language=language,
        version=found.version,
        defaults={
            "subject": found.subject,
            "body": found.body,
            "short": found.short,
            "made_by": found.made_by,
            "made_at": at,
        },
    )
    return row
