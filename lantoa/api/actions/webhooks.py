"""Telling other systems: subscribing them, turning lines of the ledger into events, and sending those on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from lantoa.accounts.models import User
from lantoa.api.actions.sending import send
from lantoa.api.models import Delivery, Event, Followed, Subscription
from lantoa.api.queries.events import body_of, concerned_by, told_lines, told_of, wants
from lantoa.api.rules.addresses import Network, check_address, networks
from lantoa.api.rules.events import EVENTS, Sent, next_try, sending_secret, shown, signature
from lantoa.common.keyring import secret
from lantoa.common.refused import N_, Refused
from lantoa.directory.access import may
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import roots
from lantoa.ledger.actions import record
from lantoa.ledger.models import Seal
from lantoa.ledger.rules import Actor, Machine
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import Job

KIND = "api.deliver"
AT_ONCE = 200  # deliveries of one job: then other jobs have their turn
KEPT_FOR = timedelta(days=30)
BY = Machine("webhooks")


@dataclass(frozen=True)
class Subscribed:
    """A subscription and its secret. The secret is shown now; another one can be made at any time."""

    subscription: Subscription
    secret: str = field(repr=False)


@transaction.atomic
def subscribe(*, by: Actor, name: str, unit: Unit, url: str, events: Iterable[str], at: datetime) -> Subscribed:
    """Another system is told of these events about the unit and everything under it, from now on.

    Refused for an address that no event may be sent to, for no or unknown events, and to whoever may not read there
    what the events point at.
    """
    name, asked = name.strip()[:80], set(events)
    if not name or not asked or asked - set(EVENTS):
        raise Refused(N_("Cannot subscribe: it needs a name and at least one known event."))
    check_address(url, allowed=allowed_networks())
    if isinstance(by, User) and not may(by, "api.manage", unit, on=timezone.localdate(at)):
        raise Refused(N_("Cannot subscribe %(name)s: the unit is not in your care."), name=name)
    _begin()
    wanted = [event for event in EVENTS if event in asked]
    made = Subscription.objects.create(name=name, unit=unit, url=url, events=wanted, made_at=at, made_by=by.actor_key)
    record(by=by, act="api.subscribe", thing=made, about={"unit": unit.key, "events": wanted})
    return Subscribed(made, shown(secret_of(made)))


@transaction.atomic
def renew_secret(*, by: Actor, subscription: Subscription) -> Subscribed:
    """Another secret; what is sent from now on is signed with it."""
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    row.turn += 1
    row.save(update_fields=["turn"])
    record(by=by, act="api.renew_secret", thing=row, about={"turn": row.turn})
    return Subscribed(row, shown(secret_of(row)))


@transaction.atomic
def unsubscribe(*, by: Actor, subscription: Subscription, at: datetime) -> Subscription:
    """Nothing more is sent; what waits is given up. Twice is once."""
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if row.stopped_at is None:
        row.stopped_at, row.stopped_by = at, by.actor_key
        row.save(update_fields=["stopped_at", "stopped_by"])
        row.deliveries.filter(state=Delivery.State.WAITING).update(state=Delivery.State.GIVEN_UP)
        record(by=by, act="api.unsubscribe", thing=row)
    return row


def secret_of(subscription: Subscription) -> bytes:
    """What its messages are signed with."""
    return sending_secret(secret("webhooks"), subscription.key, subscription.turn)


def allowed_networks() -> Sequence[Network]:
    """The private networks that events may be sent into, as the setting says."""
    return networks(", ".join(settings.EVENT_NETWORKS))


def _begin() -> None:
    """What happened before anybody asked is told to nobody."""
    last = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    Followed.objects.get_or_create(name="ledger", defaults={"seal": last})


# ---- from lines to events


@transaction.atomic
def follow_ledger(*, at: datetime) -> int:
    """Makes events of the lines that were sealed since the last time; how many. Each line becomes one event of
    a thing at most, and none is passed over: a line whose transaction is still open is in no seal yet.
    """
    place = Followed.objects.select_for_update().first()
    if place is None:
        return 0
    seals = list(Seal.objects.filter(number__gt=place.seal).order_by("number")[:50])
    if not seals:
        return 0
    subscriptions = list(Subscription.objects.filter(stopped_at=None))
    made = 0
    for seal in seals:
        lines = told_lines(seal.ids) if subscriptions else []
        for line in lines:
            for kind, thing in told_of(line):
                made += _tell(kind, thing, line.key, line.at, subscriptions, at)
    place.seal = seals[-1].number
    place.save(update_fields=["seal"])
    return made


def _tell(
    kind: str, thing: str, entry: str, happened: datetime, subscriptions: list[Subscription], at: datetime
) -> int:
    on = timezone.localdate(at)
    concerned = concerned_by(thing, on=on)
    if concerned is None:
        return 0
    told = [one for one in subscriptions if one.made_at <= happened and wants(one, kind, concerned.units, on=on)]
    if not told:
        return 0
    event = Event.objects.create(kind=kind, thing=concerned.thing, entry=entry, at=happened)
    Delivery.objects.bulk_create(Delivery(subscription=one, event=event, next_at=at) for one in told)
    return 1


def wake_deliverer(at: datetime) -> None:
    """Every minute: follows the ledger, and starts the job that sends when something is due and none is under way."""
    follow_ledger(at=at)
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=at)
    if not due.exists():
        return
    with transaction.atomic():
        with connection.cursor() as cursor:  # two clocks start it once
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.api.deliver'))")
        if Job.objects.filter(kind=KIND, state__in=[Job.State.WAITING, Job.State.RUNNING]).exists():
            return
        country = roots(on=timezone.localdate(at)).first()
        if country is not None:
            start_job(by=BY, kind=KIND, arguments={}, unit=country.unit, at=at)


# ---- sending


def deliver_due(*, at: datetime, step: Callable[[int], None], now: Callable[[], datetime]) -> int:
    """Sends what is due, the oldest first; how many were taken.

    A receiver that does not take one gets no other in this round: the order stays, and one that hangs costs one
    timeout. Whoever is killed between sending and noting it sends the message again, with the same id.
    """
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=at, subscription__stopped_at=None)
    rows = list(due.select_related("subscription", "event").order_by("event_id", "id")[:AT_ONCE])
    held: set[int] = set()
    taken = 0
    for number, row in enumerate(rows, 1):
        if row.subscription_id not in held:
            sent = _deliver(row, at=now())
            taken += sent.taken
            if not sent.taken:
                held.add(row.subscription_id)
        step(number)
    return taken


def _deliver(row: Delivery, *, at: datetime) -> Sent:
    body = body_of(row.event, settings.ADDRESS.rstrip("/"))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Lantoa",
        "webhook-id": row.event.key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(secret_of(row.subscription), event=row.event.key, at=at, body=body),
    }
    sent = send(row.subscription.url, body, headers, allowed=allowed_networks(), seconds=settings.EVENT_SECONDS)
    note(row, sent, at=at)
    return sent


@transaction.atomic
def note(row: Delivery, sent: Sent, *, at: datetime) -> None:
    """Notes what came of it: taken, to be sent again, or given up after so many days. 410 ends the subscription."""
    row.attempts += 1
    row.tried_at, row.status, row.fault = at, sent.status, sent.fault
    if sent.taken:
        row.state = Delivery.State.TAKEN
    else:
        again = next_try(first=row.event.at, attempts=row.attempts, at=at, days=settings.EVENT_DAYS)
        if again is None:
            row.state = Delivery.State.GIVEN_UP
        else:
            row.next_at = again
    row.save(update_fields=["attempts", "tried_at", "status", "fault", "state", "next_at"])
    if sent.gone:
        unsubscribe(by=BY, subscription=row.subscription, at=at)


def forget_events(*, at: datetime) -> int:
    """Deletes events older than a month with their deliveries, unless one is still on its way; how many."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING).values("event")
    gone, _each = Event.objects.filter(at__lt=at - KEPT_FOR).exclude(pk__in=waiting).delete()
    return gone
