"""What the chair does, and what sites ask of the chair: the agenda's clock, hands, who speaks and for how long.

Whoever has the right may take the chair, and from then on they alone chair: two who give the floor at the same moment
would contradict each other on 3,400 screens. Each act holds the workshop's `Conduct` row, so that acts come one after
another; then the row of the workshop, before parts of its agenda. The database itself keeps one open hand a site and
one site speaking.
"""

from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.queries.people import names_of
from lantoa.workshops.actions.telling import held, tell
from lantoa.workshops.models import AgendaItem, Conduct, Hand, Site, Workshop
from lantoa.workshops.queries.floor import clock_said, floor_said
from lantoa.workshops.rules.floor import LONGEST, MORE, SHORTEST

State = Hand.State


def refuse_unless_live(workshop: Workshop) -> None:
    """Refuses what can be done during a workshop only."""
    state = Workshop.objects.values_list("state", flat=True).get(pk=workshop.pk)
    if state != Workshop.State.LIVE:
        raise Refused(N_("Cannot do this in “%(name)s”: the workshop is not being held now."), name=workshop.name)


def held_conduct(workshop: Workshop) -> Conduct:
    """How the workshop is held, locked until the end of the act; made when it is first asked for."""
    Conduct.objects.get_or_create(workshop=workshop)
    return Conduct.objects.select_for_update(no_key=True, of=("self",)).get(workshop=workshop)


def _chaired(by: Actor, workshop: Workshop, at: datetime) -> Conduct:
    """The conduct, locked, for whoever chairs. Nobody chairs: then whoever acts first does. Refused for others."""
    conduct = held_conduct(workshop)
    refuse_unless_live(workshop)
    if not conduct.chaired_by:
        _seat(by, workshop, conduct, at)
    elif conduct.chaired_by != by.actor_key:
        raise Refused(
            N_("Cannot do this in “%(name)s”: %(chair)s is chairing. Take the chair over first."),
            name=workshop.name,
            chair=names_of([conduct.chaired_by]).get(conduct.chaired_by, conduct.chaired_by),
        )
    return conduct


def _seat(by: Actor, workshop: Workshop, conduct: Conduct, at: datetime) -> None:
    before = conduct.chaired_by
    conduct.chaired_by, conduct.chaired_since = by.actor_key, at
    conduct.save(update_fields=["chaired_by", "chaired_since"])
    record(by=by, act="workshops.take_chair", thing=workshop, about={"from": before})
    tell(workshop=workshop, kind="chair", about={"since": at.isoformat()}, at=at, audience="desk")


@transaction.atomic
def take_chair(*, by: Actor, workshop: Workshop, at: datetime) -> Conduct:
    """From now on this person chairs: at the beginning, or because the one before is gone. Twice is once."""
    refuse_unless_live(workshop)
    conduct = held_conduct(workshop)
    if conduct.chaired_by != by.actor_key:
        _seat(by, workshop, conduct, at)
    return conduct


@transaction.atomic
def set_conduct(
    *,
    by: Actor,
    workshop: Workshop,
    by_protocol: bool,
    hands_open: bool,
    seconds: int,
    questions_open: bool,
    anonymous: bool,
    at: datetime,
) -> Conduct:
    """The order of the queue, whether hands and questions are taken, how long a site has, questions without names."""
    conduct = _chaired(by, workshop, at)
    _refuse_length(seconds)
    conduct.by_protocol, conduct.hands_open, conduct.seconds = by_protocol, hands_open, seconds
    conduct.questions_open, conduct.anonymous = questions_open, anonymous
    conduct.save()
    about = {"by_protocol": by_protocol, "hands": hands_open, "seconds": seconds, "questions": questions_open}
    record(by=by, act="workshops.set_conduct", thing=workshop, about={**about, "anonymous": anonymous})
    tell(workshop=workshop, kind="floor", about=floor_said(workshop), at=at)
    return conduct


def _refuse_length(seconds: int) -> None:
    if not SHORTEST <= seconds <= LONGEST:
        raise Refused(
            N_("Cannot give a site %(seconds)d seconds to speak: from %(least)d to %(most)d are possible."),
            seconds=seconds,
            least=SHORTEST,
            most=LONGEST,
        )


# ---- the agenda


@transaction.atomic
def start_item(*, by: Actor, item: AgendaItem, at: datetime) -> AgendaItem:
    """This part of the agenda begins now; the one that ran ends with it. Pressed twice it begins once."""
    workshop = item.workshop
    _chaired(by, workshop, at)
    held(workshop)  # before its parts, as whoever plans them does
    item.refresh_from_db()
    if item.started_at is not None and item.ended_at is None:
        return item
    if item.started_at is not None:
        raise Refused(N_("Cannot start “%(title)s”: it is over already."), title=item.title)
    for running in workshop.agenda.filter(started_at__isnull=False, ended_at=None):
        _end(by, running, at)
    item.started_at = at
    item.save(update_fields=["started_at"])
    record(by=by, act="workshops.start_item", thing=item)
    tell(workshop=workshop, kind="agenda", about=clock_said(workshop, at=at), at=at)
    return item


@transaction.atomic
def end_item(*, by: Actor, item: AgendaItem, at: datetime) -> AgendaItem:
    """This part of the agenda is over. Pressed twice it ends once; refused before it has begun."""
    _chaired(by, item.workshop, at)
    held(item.workshop)
    item.refresh_from_db()
    if item.started_at is None:
        raise Refused(N_("Cannot end “%(title)s”: it has not begun."), title=item.title)
    if item.ended_at is None:
        _end(by, item, at)
        tell(workshop=item.workshop, kind="agenda", about=clock_said(item.workshop, at=at), at=at)
    return item


def _end(by: Actor, item: AgendaItem, at: datetime) -> None:
    assert item.started_at is not None
    item.ended_at = max(at, item.started_at)
    item.save(update_fields=["ended_at"])
    record(by=by, act="workshops.end_item", thing=item)


# ---- hands


@transaction.atomic
def raise_hand(*, by: Actor, site: Site, about: str = "", at: datetime) -> Hand:
    """The site wants the floor. A hand that is up stays as it is: raised twice it is raised once."""
    workshop = site.workshop
    conduct = held_conduct(workshop)
    refuse_unless_live(workshop)
    if not conduct.hands_open:
        raise Refused(N_("Cannot raise the hand of %(site)s: the chair takes no hands now."), site=site.name)
    running = workshop.agenda.filter(started_at__isnull=False, ended_at=None).first()
    hand, new = Hand.objects.get_or_create(
        site=site,
        state__in=Hand.OPEN,
        defaults={
            "workshop": workshop,
            "item": running,
            "about": about.strip()[:200],
            "state": State.WAITING,
            "raised_at": at,
            "raised_by": by.actor_key,
        },
    )
    if new:
        record(by=by, act="workshops.raise_hand", thing=site, about={"hand": hand.key})
        _told(hand, at)
    return hand


@transaction.atomic
def withdraw_hand(*, by: Actor, site: Site, at: datetime) -> Hand:
    """The site takes its hand down again, before it speaks."""
    workshop = site.workshop
    held_conduct(workshop)
    hand = Hand.objects.filter(site=site, state__in=Hand.OPEN).first()
    if hand is None:
        raise Refused(N_("Cannot take down the hand of %(site)s: it is not up."), site=site.name)
    if hand.state == State.SPEAKING:
        raise Refused(N_("Cannot take down the hand of %(site)s: the site is speaking."), site=site.name)
    return _close(by, hand, State.WITHDRAWN, "workshops.withdraw_hand", at)


@transaction.atomic
def invite(*, by: Actor, hand: Hand, at: datetime) -> Hand:
    """The site is told that it is next: microphone and camera are made ready. Pressed twice it is invited once."""
    _chaired(by, hand.workshop, at)
    hand.refresh_from_db()
    _refuse_closed(hand)
    if hand.state == State.WAITING:
        hand.state, hand.invited_at = State.INVITED, at
        hand.save(update_fields=["state", "invited_at"])
        record(by=by, act="workshops.invite_to_speak", thing=hand.site, about={"hand": hand.key})
        _told(hand, at)
    return hand


@transaction.atomic
def give_floor(*, by: Actor, hand: Hand, at: datetime, seconds: int | None = None) -> Hand:
    """The site speaks from now on, so long; whoever spoke before has ended. Pressed twice it begins once."""
    conduct = _chaired(by, hand.workshop, at)
    hand.refresh_from_db()
    _refuse_closed(hand)
    if hand.state == State.SPEAKING:
        return hand
    length = conduct.seconds if seconds is None else seconds
    _refuse_length(length)
    for speaking in Hand.objects.filter(workshop=hand.workshop, state=State.SPEAKING):
        _close(by, speaking, State.SPOKEN, "workshops.end_speaking", at, told=False)
    hand.state, hand.started_at, hand.seconds = State.SPEAKING, max(at, hand.raised_at), length
    hand.save(update_fields=["state", "started_at", "seconds"])
    record(by=by, act="workshops.give_floor", thing=hand.site, about={"hand": hand.key, "seconds": length})
    _told(hand, at)
    return hand


@transaction.atomic
def give_more(*, by: Actor, hand: Hand, seconds: int, had: int, at: datetime) -> Hand:
    """So many seconds more for the site that speaks. `had` is what it had when the page was read: pressed twice it is
    given once."""
    _chaired(by, hand.workshop, at)
    hand.refresh_from_db()
    if hand.state != State.SPEAKING:
        raise Refused(N_("Cannot give %(site)s more time: the site is not speaking."), site=hand.site.name)
    if not 1 <= seconds <= MORE:
        raise Refused(
            N_("Cannot give %(site)s %(seconds)d seconds more: from 1 to %(most)d are possible."),
            site=hand.site.name,
            seconds=seconds,
            most=MORE,
        )
    if hand.seconds == had:
        hand.seconds += seconds
        hand.save(update_fields=["seconds"])
        record(by=by, act="workshops.give_more", thing=hand.site, about={"hand": hand.key, "seconds": seconds})
        _told(hand, at)
    return hand


@transaction.atomic
def end_speaking(*, by: Actor, hand: Hand, at: datetime) -> Hand:
    """The site has spoken."""
    _chaired(by, hand.workshop, at)
    hand.refresh_from_db()
    if hand.state != State.SPEAKING:
        return hand
    return _close(by, hand, State.SPOKEN, "workshops.end_speaking", at)


@transaction.atomic
def pass_over(*, by: Actor, hand: Hand, at: datetime) -> Hand:
    """Not now: the hand leaves the queue. The site may raise it again."""
    _chaired(by, hand.workshop, at)
    hand.refresh_from_db()
    if hand.state == State.SPEAKING:
        raise Refused(N_("Cannot pass %(site)s over: the site is speaking."), site=hand.site.name)
    _refuse_closed(hand)
    return _close(by, hand, State.PASSED, "workshops.pass_over", at)


@transaction.atomic
def end_floor(*, by: Actor, workshop: Workshop, at: datetime) -> None:
    """The workshop ends, in the act of whoever ends it: the part that runs is over, whoever speaks has spoken, all
    other hands are down. The conduct is held already."""
    held(workshop)
    for item in workshop.agenda.filter(started_at__isnull=False, ended_at=None):
        _end(by, item, at)
        tell(workshop=workshop, kind="agenda", about=clock_said(workshop, at=at), at=at)
    hands = list(Hand.objects.filter(workshop=workshop, state__in=Hand.OPEN).select_related("site").order_by("pk"))
    for hand in hands:
        if hand.state == State.SPEAKING:
            _close(by, hand, State.SPOKEN, "workshops.end_speaking", at, told=False)
        else:
            _close(by, hand, State.WITHDRAWN, "workshops.withdraw_hand", at, told=False)
        _tell_site(workshop, hand, at)
    if hands:
        tell(workshop=workshop, kind="floor", about=floor_said(workshop), at=at)


def _refuse_closed(hand: Hand) -> None:
    if hand.ended_at is not None:
        raise Refused(N_("Cannot give the floor to %(site)s: its hand is down already."), site=hand.site.name)


def _close(by: Actor, hand: Hand, state: str, act: str, at: datetime, *, told: bool = True) -> Hand:
    hand.state = state
    hand.ended_at = max(at, hand.started_at or hand.raised_at)
    hand.save(update_fields=["state", "ended_at"])
    record(by=by, act=act, thing=hand.site, about={"hand": hand.key})
    if told:
        _told(hand, at)
    return hand


def _told(hand: Hand, at: datetime) -> None:
    """Everybody is told of the floor; the site itself of its hand, so that its own page alone asks again."""
    workshop = hand.workshop
    _tell_site(workshop, hand, at)
    tell(workshop=workshop, kind="floor", about=floor_said(workshop), at=at)


def _tell_site(workshop: Workshop, hand: Hand, at: datetime) -> None:
    tell(workshop=workshop, kind="hand", about={"state": hand.state}, at=at, audience=f"site:{hand.site.key}")
