"""Inviting the sites of a workshop, and what they answer."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from lantoa.common.bulk import add_rows
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.ledger.actions import record, thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, notify_all
from lantoa.workshops.actions.telling import held, tell
from lantoa.workshops.models import Invitation, Site, Workshop
from lantoa.workshops.queries.invitations import INVITE, REMIND, asked_about, people_above, sites_by_person
from lantoa.workshops.rules.words import LIVE, READY

INVITED: Final = "workshops.invited"
INVITED_TRYING: Final = "workshops.invited_with_dry_run"  # the same, where sites are to try their technology before
REMINDED: Final = "workshops.reminded"


@transaction.atomic
def invite(*, by: Actor, workshop: Workshop, at: datetime, only: Collection[int] | None = None) -> tuple[int, int]:
    """Invites every site that was not invited yet, or those `only` (ids): (how many, how many of them by letter).
    All of them or none; begun again it finds them invited.

    Operators and deputies are told by the house's notices; where neither is anybody whom notices reach, those of the
    nearest site above. Sites without anybody at all are on the printed list.
    """
    workshop = _announced(workshop)
    sites = list(asked_about(workshop, INVITE, on=localdate(at), only=only))
    told = people_above(sites)
    add_rows(
        Invitation,
        ("site_id", "invited_at", "by_letter"),
        [(one.pk, at, not told[one.pk]) for one in sites],
    )
    tries = workshop.dry_run is not None and workshop.dry_run.upper > at
    _tell_people(by, workshop, INVITED_TRYING if tries else INVITED, sites, told, at, once="")
    letters = sum(1 for one in sites if not told[one.pk])
    record(by=by, act="workshops.invite", thing=workshop, about={"sites": len(sites), "letters": letters})
    if sites:
        tell(workshop=workshop, kind="invitations", about={"count": len(sites)}, at=at, audience="desk")
    return len(sites), letters


@transaction.atomic
def remind(*, by: Actor, workshop: Workshop, at: datetime, only: Collection[int] | None = None) -> tuple[int, int]:
    """Reminds the people of the sites that have not answered, once a day: (sites, of which must be called)."""
    workshop = _announced(workshop)
    on = localdate(at)
    waiting = list(asked_about(workshop, REMIND, on=on, only=only))
    told = people_above(waiting)
    Invitation.objects.filter(site__in=waiting).update(reminded_on=on)
    _tell_people(by, workshop, REMINDED, waiting, told, at, once=f":{on}")
    record(by=by, act="workshops.remind", thing=workshop, about={"sites": len(waiting)})
    return len(waiting), sum(1 for one in waiting if not told[one.pk])


def _tell_people(
    by: Actor,
    workshop: Workshop,
    template: str,
    sites: list[Site],
    told: dict[int, list[Person]],
    at: datetime,
    *,
    once: str,
) -> None:
    """One message a person, however many of the sites are theirs: it names the first and how many more."""
    rehearsed = {"dry_run": workshop.dry_run.lower} if template == INVITED_TRYING else {}
    letters = [
        Letter(
            once=f"{template}:{held_sites[0].key}:{person.key}{once}",
            person=person,
            values={
                "workshop": workshop.name,
                "site": held_sites[0].name,
                "sites": len(held_sites),
                "begins": workshop.during.lower,
                **rehearsed,
                "link": reverse("workshops:workshop", args=[workshop.key]),
            },
            about=thing_key(workshop),
        )
        for person, held_sites in sites_by_person(sites, told)
    ]
    notify_all(by=by, template=template, unit=workshop.unit, letters=letters, at=at, good_until=workshop.during.upper)


def _announced(workshop: Workshop) -> Workshop:
    workshop = held(workshop)
    if workshop.state not in {READY, LIVE}:
        raise Refused(N_("Cannot invite to %(name)s: it is not announced, or it is over."), name=workshop.name)
    return workshop


@transaction.atomic
def answer_invitation(
    *, by: Actor, site: Site, answer: str, people: int | None, note: str, at: datetime
) -> Invitation:
    """What the site answers; again, while the workshop has not ended. Also for a site that nobody has invited."""
    workshop = _answerable(site)
    Invitation.objects.get_or_create(site=site, defaults={"invited_at": at})
    found = Invitation.objects.select_for_update(no_key=True).get(site=site)
    if answer == Invitation.Answer.NO and not note:
        raise Refused(N_("Cannot answer for %(site)s: say why it does not take part."), site=site.name)
    found.answer, found.people, found.note = answer, people if answer == "yes" else None, note
    found.answered_at, found.answered_by = at, by.actor_key
    found.save()
    record(by=by, act="workshops.answer", thing=site, about={"answer": answer, "people": found.people})
    tell(workshop=workshop, kind="answer", about={"site": site.key, "answer": answer}, at=at, audience="desk")
    return found


def _answerable(site: Site) -> Workshop:
    workshop = held(site.workshop)
    if workshop.state not in {READY, LIVE}:
        raise Refused(N_("Cannot answer for %(site)s: the workshop is not announced, or it is over."), site=site.name)
    return workshop
