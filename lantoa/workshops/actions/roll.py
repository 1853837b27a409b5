"""Calling the roll of a workshop: opening it, calling a site, what the desk hears by telephone, the rest, closing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from lantoa.common.models import new_key
from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.presence.actions import new_gathering
from lantoa.presence.actions import open_code as show_code
from lantoa.presence.models import Gathering
from lantoa.workshops.actions.floor import held_conduct
from lantoa.workshops.actions.log import Act, Kind, tell_roll, write
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.models import How, RollCall, Site, SiteReport, SiteState, Workshop
from lantoa.workshops.queries.roll import gathering_of, not_reported, open_roll
from lantoa.workshops.rules.roll import ABSENT, Report
from lantoa.workshops.rules.streams import audience_of

MOST_TOLD = 500  # sites that are told one by one; in a larger workshop a page sees it when it looks again
REFUSALS = {
    "closed": N_("Cannot report %(site)s: the roll has not been called yet."),
    "over": N_("Cannot report %(site)s: the workshop is over."),
    "unknown": N_("Cannot report %(site)s: it is no site of this workshop any more."),
}


@transaction.atomic
def call_the_roll(*, by: Actor, workshop: Workshop, mode: str, at: datetime) -> RollCall:
    """Opens a roll call: from now on sites report. One after the other: the first one is called. Also before the
    workshop begins, as a dry run."""
    held_conduct(workshop)  # it is not ended meanwhile
    workshop = Workshop.objects.get(pk=workshop.pk)
    if workshop.state not in {Workshop.State.READY, Workshop.State.LIVE}:
        raise Refused(
            N_("Cannot call the roll of %(workshop)s: it is not announced, or it is over."), workshop=workshop.name
        )
    last = RollCall.objects.filter(workshop=workshop).order_by("-number").first()
    taken = Refused(N_("Cannot call the roll of %(workshop)s: it is being called already."), workshop=workshop.name)
    with only_one(taken):
        made = RollCall.objects.create(
            workshop=workshop, number=last.number + 1 if last else 1, mode=RollCall.Mode(mode), opened_at=at
        )
    record(by=by, act="workshops.call_the_roll", thing=workshop, about={"number": made.number, "mode": mode})
    tell(workshop=workshop, kind="roll-call", about={"number": made.number, "open": True, "mode": mode}, at=at)
    if made.mode == RollCall.Mode.ORDER:
        return _call_next(by, workshop, made, None, at)
    return made


@transaction.atomic
def close_the_roll(*, by: Actor, workshop: Workshop, at: datetime) -> RollCall:
    """Ends it. What a dead line kept back arrives all the same, and is told as late."""
    held = _held(workshop)
    held.closed_at, held.calling = max(at, held.opened_at), None
    held.save(update_fields=["closed_at", "calling"])
    record(by=by, act="workshops.close_the_roll", thing=workshop, about={"number": held.number})
    tell(workshop=workshop, kind="roll-call", about={"number": held.number, "open": False}, at=at)
    return held


@transaction.atomic
def call_site(*, by: Actor, workshop: Workshop, site: Site, at: datetime) -> RollCall:
    """It is the turn of this site: its page and the desk are told."""
    held = _held(workshop)
    _refuse_stranger(workshop, site)
    held.calling, held.called_at = site, at
    held.save(update_fields=["calling", "called_at"])
    record(by=by, act="workshops.call_site", thing=site, about={"number": held.number})
    tell(
        workshop=workshop,
        kind="call",
        audience=audience_of(site.key),
        about={"site": site.key, "number": held.number},
        at=at,
    )
    return held


@transaction.atomic
def answer_call(
    *, by: Actor, workshop: Workshop, site: Site, state: str, people: int | None = None, at: datetime
) -> RollCall:
    """The site whose turn it was has answered so ("" if it did not): that is entered, and the next one that has said
    nothing is called. A site that has reported meanwhile keeps its own report. Pressed twice, or by two, one site is
    passed once: the act names the site that was seen."""
    held = _held(workshop)
    if held.calling_id != site.pk:
        return held
    if state and not SiteState.objects.filter(roll_call=held, site=site).exists():
        if people is None or state == ABSENT:
            enter_the_rest(by=by, workshop=workshop, said={site.key: state}, at=at)
        else:
            enter_report(by=by, site=site, report=Report(state, people), reason="", at=at)
    return _call_next(by, workshop, held, site, at)


def _call_next(by: Actor, workshop: Workshop, roll: RollCall, after: Site | None, at: datetime) -> RollCall:
    """The next one by protocol that has said nothing; after the last one it is nobody's turn."""
    left = not_reported(roll)
    if after is not None:
        left = left.filter(Q(place__gt=after.place) | Q(place=after.place, pk__gt=after.pk))
    coming = left.order_by("place", "pk").first()
    if coming is not None:
        return call_site(by=by, workshop=workshop, site=coming, at=at)
    roll.calling = None
    roll.save(update_fields=["calling"])
    return roll


@transaction.atomic
def report_site(*, by: Actor, site: Site, report: Report, at: datetime) -> None:
    """What whoever answers for the site says of it, from the plain page."""
    act = Act(Kind.REPORT, site.workshop.key, by.actor_key, at, site=site.key, report=report)
    (told,) = write([act])
    if told.refused:
        raise Refused(REFUSALS[told.refused], site=site.name)


@transaction.atomic
def enter_report(*, by: Actor, site: Site, report: Report, reason: str, at: datetime) -> None:
    """What the desk knows of a site: said by telephone, or a correction, which needs its reason."""
    roll = RollCall.objects.filter(workshop=site.workshop).order_by("-number").first()
    if roll is None:
        raise Refused(REFUSALS["closed"], site=site.name)
    stands = SiteState.objects.select_for_update().filter(roll_call=roll, site=site).first()
    reason = reason.strip()[:300]
    if stands is not None and not reason:
        raise Refused(N_("Cannot correct the report of %(site)s: say why it is corrected."), site=site.name)
    SiteReport.objects.create(
        roll_call=roll,
        site=site,
        state=report.state,
        people=report.people,
        leaders=report.leaders,
        guests=report.guests,
        how=How.DESK,
        reason=reason,
        nonce=report.nonce or new_key(),
        at=at,
        by=by.actor_key,
    )
    about = {"number": roll.number, "state": report.state, "people": report.people, "corrected": stands is not None}
    record(by=by, act="workshops.enter_report", thing=site, about=about)
    tell_roll([site.pk], at=at)
    _tell_site(site.workshop, site.key, at)


@transaction.atomic
def enter_the_rest(*, by: Actor, workshop: Workshop, said: Mapping[str, str], at: datetime) -> int:
    """By exception: of the sites that have not reported, those named (by key) are as said; a site that is not named
    was not seen and stays silent. Nobody was counted there. How many it entered; a site that reports in the same
    moment keeps its own report."""
    roll = _held(workshop)
    keys = dict(not_reported(roll).filter(key__in=said).order_by("pk").values_list("pk", "key"))
    rows = [
        SiteReport(
            roll_call=roll,
            site_id=pk,
            state=said[key],
            people=None,
            how=How.REST,
            nonce=f"rest{roll.number:05}",
            at=at,
            by=by.actor_key,
        )
        for pk, key in keys.items()
    ]
    SiteReport.objects.bulk_create(rows, batch_size=2_000)
    absent = sum(1 for one in rows if one.state == ABSENT)
    about = {"number": roll.number, "entered": len(rows), "absent": absent}
    record(by=by, act="workshops.enter_the_rest", thing=workshop, about=about)
    tell_roll([row.site_id for row in rows], at=at)
    if len(rows) <= MOST_TOLD:
        for row in rows:
            _tell_site(workshop, keys[row.site_id], at)
    return len(rows)


def _tell_site(workshop: Workshop, key: str, at: datetime) -> None:
    """Somebody else has said something of this site: its page looks again."""
    tell(workshop=workshop, kind="report", audience=audience_of(key), about={}, at=at)


@transaction.atomic
def show_site_code(*, by: Actor, site: Site, at: datetime) -> Gathering:
    """The rotating code of a site: whoever is inside enters it on their own phone. Made when it is first shown."""
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    found = gathering_of(site)
    if found is None:
        during = site.workshop.during
        found = new_gathering(source=f"workshops.site:{site.key}", starts=during.lower, ends=during.upper)
        found.save()
    return show_code(by=by, gathering=found, at=at)


def _held(workshop: Workshop) -> RollCall:
    """The roll call that is open, locked until the end of the transaction."""
    found = open_roll(workshop)
    held = found and RollCall.objects.select_for_update(no_key=True).filter(pk=found.pk, closed_at=None).first()
    if not held:
        raise Refused(
            N_("Cannot go on with the roll of %(workshop)s: it is not being called."), workshop=workshop.name
        )
    return held


def _refuse_stranger(workshop: Workshop, site: Site) -> None:
    if site.workshop_id != workshop.pk:
        raise Refused(
            N_("Cannot call %(site)s: it is no site of %(workshop)s."), site=site.name, workshop=workshop.name
        )
