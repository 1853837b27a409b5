"""Polls: made, opened, voted in, closed, shown. Whoever votes holds the row of the poll as a reader, whoever closes
it as a writer: what was acknowledged is counted, and nothing is counted after the end."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.floor import held_conduct, refuse_unless_live
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.models import Ballot, Place, Poll, Site, SiteBallot, Workshop
from lantoa.workshops.queries.polls import told_of, voices_of
from lantoa.workshops.queries.roll import last_roll, stands_of

State, Voices = Poll.State, Poll.Voices
LEAST, MOST = 2, 12  # options


@transaction.atomic
def make_poll(
    *,
    by: Actor,
    workshop: Workshop,
    title: str,
    title_en: str = "",
    options: Sequence[tuple[str, str]],
    right: Sequence[int] = (),
    several: bool = False,
    voices: str = Voices.PEOPLE,
) -> Poll:
    """A poll, or with `right` (places among the options, from 0) a quiz, to be opened later. Options are (Vietnamese,
    English)."""
    if not LEAST <= len(options) <= MOST:
        raise Refused(
            N_("Cannot make the poll “%(title)s”: %(count)d options; from %(least)d to %(most)d are possible."),
            title=title,
            count=len(options),
            least=LEAST,
            most=MOST,
        )
    if any(not 0 <= one < len(options) for one in right) or (len(right) > 1 and not several):
        raise Refused(N_("Cannot make the poll “%(title)s”: what is right is none of its options."), title=title)
    held_conduct(workshop)  # one place each, whoever makes polls at the same moment
    last = workshop.polls.aggregate(last=Max("position"))["last"] or 0
    made = Poll.objects.create(
        workshop=workshop,
        position=last + 1,
        title=title,
        title_en=title_en,
        options=[{"vi": vi, "en": en} for vi, en in options],
        right=sorted(set(right)),
        several=several,
        voices=voices,
    )
    record(by=by, act="workshops.make_poll", thing=workshop, about={"poll": made.key, "voices": voices})
    return made


@transaction.atomic
def remove_poll(*, by: Actor, poll: Poll) -> None:
    """A poll that was never opened goes."""
    poll = _locked(poll)
    if poll.state != State.DRAFT:
        raise Refused(N_("Cannot remove the poll “%(title)s”: it has been opened."), title=poll.title)
    record(by=by, act="workshops.remove_poll", thing=poll.workshop, about={"poll": poll.key})
    poll.delete()


def _locked(poll: Poll) -> Poll:
    return Poll.objects.select_for_update(no_key=True, of=("self",)).select_related("workshop__unit").get(pk=poll.pk)


def _moved(by: Actor, poll: Poll, act: str, at: datetime) -> None:
    about: dict[str, object] = {"poll": poll.key, "state": poll.state, "shown": poll.shown_at is not None}
    record(by=by, act=act, thing=poll.workshop, about={"poll": poll.key})
    if poll.shown_at is not None:
        told = told_of(poll)
        about |= {"voices": told.voices, "counts": list(told.counts), "withheld": told.withheld}
    tell(workshop=poll.workshop, kind="poll", about=about, at=at)


@transaction.atomic
def open_poll(*, by: Actor, poll: Poll, at: datetime) -> Poll:
    """From now on everybody may answer. Pressed twice it opens once; a poll that was closed stays closed."""
    poll = _locked(poll)
    refuse_unless_live(poll.workshop)
    if poll.state == State.OPEN:
        return poll
    if poll.state == State.CLOSED:
        raise Refused(N_("Cannot open the poll “%(title)s” again: it is closed."), title=poll.title)
    poll.state, poll.opened_at = State.OPEN, at
    poll.save(update_fields=["state", "opened_at"])
    _moved(by, poll, "workshops.open_poll", at)
    return poll


@transaction.atomic
def close_poll(*, by: Actor, poll: Poll, at: datetime) -> Poll:
    """Nobody may answer any more: votes under way are waited for and counted. Pressed twice it closes once."""
    poll = _locked(poll)
    if poll.state == State.CLOSED:
        return poll
    if poll.state == State.DRAFT:
        raise Refused(N_("Cannot close the poll “%(title)s”: it has not been opened."), title=poll.title)
    poll.state, poll.closed_at = State.CLOSED, at
    poll.save(update_fields=["state", "closed_at"])
    record(
        by=by, act="workshops.count_poll", thing=poll.workshop, about={"poll": poll.key, "voices": voices_of(poll)}
    )
    _moved(by, poll, "workshops.close_poll", at)
    return poll


@transaction.atomic
def close_polls(*, by: Actor, workshop: Workshop, at: datetime) -> None:
    """The workshop ends, in the act of whoever ends it: nobody may answer any more. Holds all its polls first, so
    that none is opened meanwhile, and comes before the row of the workshop is held."""
    polls = workshop.polls.exclude(state=State.CLOSED).order_by("pk")
    for poll in list(polls.select_for_update(no_key=True)):
        if poll.state == State.OPEN:
            close_poll(by=by, poll=poll, at=at)


@transaction.atomic
def show_poll(*, by: Actor, poll: Poll, at: datetime) -> Poll:
    """Everybody sees the result from now on; refused while people may still answer."""
    poll = _locked(poll)
    if poll.state != State.CLOSED:
        raise Refused(N_("Cannot show the result of “%(title)s”: close the poll first."), title=poll.title)
    if poll.shown_at is None:
        poll.shown_at = at
        poll.save(update_fields=["shown_at"])
        _moved(by, poll, "workshops.show_poll", at)
    return poll


# ---- voting


def _open_for(poll: Poll, chosen: Sequence[int], *, people: bool) -> tuple[Poll, list[int]]:
    """The poll, held as a reader: it is not closed before this vote is counted."""
    poll = Poll.objects.raw("SELECT * FROM workshops_poll WHERE id = %s FOR SHARE", [poll.pk])[0]
    if poll.state != State.OPEN:
        raise Refused(N_("Cannot vote in “%(title)s”: the poll is not open."), title=poll.title)
    if not Workshop.objects.filter(pk=poll.workshop_id, state=Workshop.State.LIVE).exists():
        raise Refused(N_("Cannot vote in “%(title)s”: the workshop is not being held now."), title=poll.title)
    if people != (poll.voices == Voices.PEOPLE):
        raise Refused(
            N_("Cannot vote in “%(title)s”: each person votes for themselves.")
            if not people
            else N_("Cannot vote in “%(title)s”: the operators vote for their sites."),
            title=poll.title,
        )
    options = sorted(set(chosen))
    if not options or options[0] < 0 or options[-1] >= len(poll.options) or (len(options) > 1 and not poll.several):
        raise Refused(N_("Cannot vote in “%(title)s”: choose one of its options."), title=poll.title)
    return poll, options


@transaction.atomic
def cast(*, by: Actor, poll: Poll, person: Person, chosen: Sequence[int], at: datetime) -> Ballot:
    """The person's vote, in place of the one they gave before. It counts at the site where they sit now.

    It leaves no line in the ledger: what somebody votes is nobody's business.
    """
    poll, options = _open_for(poll, chosen, people=True)
    site = Place.objects.filter(workshop=poll.workshop_id, person=person).values_list("site", flat=True).first()
    ballot, _new = Ballot.objects.update_or_create(
        poll=poll, person=person, defaults={"site_id": site, "chosen": options, "at": at}
    )
    return ballot


@transaction.atomic
def cast_for_site(
    *, by: Actor, poll: Poll, site: Site, chosen: Sequence[int], heads: int, at: datetime
) -> SiteBallot:
    """The vote of a site, for as many people as are there, in place of the one it gave before. Where it weighs as
    many, never more than the roll has counted there, or were expected while nobody has counted."""
    poll, options = _open_for(poll, chosen, people=False)
    if site.workshop_id != poll.workshop_id:
        raise Refused(
            N_("Cannot vote in “%(title)s”: %(site)s is no site of this workshop."), title=poll.title, site=site.name
        )
    stands = stands_of(site, last_roll(poll.workshop))
    most = stands.people if stands is not None and stands.people is not None else site.expected or None
    if poll.voices == Poll.Voices.HEADS and most is not None and heads > most:
        raise Refused(
            N_("Cannot vote in “%(title)s” for %(heads)d people: %(site)s has %(most)d."),
            title=poll.title,
            heads=heads,
            site=site.name,
            most=most,
        )
    ballot, _new = SiteBallot.objects.update_or_create(
        poll=poll,
        site=site,
        defaults={"chosen": options, "heads": max(heads, 0), "cast_by": by.actor_key, "at": at},
    )
    about = {"poll": poll.key, "chosen": options, "heads": ballot.heads}
    record(by=by, act="workshops.vote_for_site", thing=site, about=about)
    return ballot
