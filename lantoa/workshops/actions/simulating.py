"""What lets simulated sites act: a workshop marked as simulated, and a way in for each of their invented operators.

Never for a real one: a workshop that is not marked, and a person who is not invented, are refused (decision 0037).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from lantoa.accounts.actions import create_account, issue_link, revoke_links
from lantoa.accounts.models import PersonalLink, User
from lantoa.common.refused import N_, Refused
from lantoa.directory.actions.people import link_user
from lantoa.directory.actions.roles import grant_role
from lantoa.directory.models import Person, Role
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.agenda import FIELDS, add_item
from lantoa.workshops.actions.sites import carry_over
from lantoa.workshops.actions.workshops import change_state, create_workshop
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.rules.words import LIVE, OVER, READY

CHAIR: Final = "chu-toa-mo-phong"  # the account that chairs as long as nobody else does


@dataclass(frozen=True)
class Entry:
    """A way in over HTTP: the token of a personal link that ends with the simulation."""

    user: User
    token: str
    site: Site | None = None  # of an operator


def refuse_unless_simulated(workshop: Workshop) -> None:
    """Raises Refused for a workshop in which somebody real may take part."""
    if not workshop.simulated:
        raise Refused(
            N_("Cannot simulate the sites of “%(name)s”: it is a real workshop. Only one marked as simulated is."),
            name=workshop.name,
        )


@transaction.atomic
def simulated_now(*, by: Actor, workshop: Workshop, until: datetime, at: datetime, on: date) -> Workshop:
    """The simulated workshop as it can be used until that moment: itself while its hours last, else the next one of
    the same length, with its agenda and its sites; it is ended then, and what happened in it stays."""
    refuse_unless_simulated(workshop)
    if workshop.state == LIVE and workshop.during.upper >= until:
        return workshop
    if workshop.state == LIVE:
        change_state(by=by, workshop=workshop, to=OVER, at=at)
    begins = at.replace(minute=0, second=0, microsecond=0)
    made = create_workshop(
        by=by,
        unit=workshop.unit,
        code=f"{workshop.code.partition('.')[0]}.{Workshop.objects.filter(simulated=True).count() + 1}",
        name=workshop.name,
        name_en=workshop.name_en,
        begins=begins,
        ends=max(until, begins + (workshop.during.upper - workshop.during.lower)),
        languages=workshop.languages,
        zone=workshop.zone,
        previous=workshop,
        simulated=True,
        at=at,
    )
    _same_agenda(made, workshop, by=by, at=at)
    carry_over(by=by, workshop=made, on=on, at=at)
    for state in (READY, LIVE):
        made = change_state(by=by, workshop=made, to=state, at=at)
    return made


def _same_agenda(made: Workshop, before: Workshop, *, by: Actor, at: datetime) -> None:
    moved = made.during.lower - before.during.lower
    for item in before.agenda.order_by("position"):
        values = {name: getattr(item, name) for name in FIELDS}
        begins, ends = item.during.lower + moved, item.during.upper + moved
        add_item(by=by, workshop=made, values=values, begins=begins, ends=ends, at=at)


@transaction.atomic
def admit_operators(
    *, by: Actor, workshop: Workshop, sites: Sequence[Site], expires_at: datetime, at: datetime
) -> list[Entry]:
    """A way in for the operator of each site. Refused where one of them is not invented, or the workshop is real."""
    refuse_unless_simulated(workshop)
    known: dict[int, tuple[User, str]] = {}  # somebody may operate several sites
    found = []
    for site in sites:
        person = site.operator
        if person is None:
            raise Refused(N_("Cannot simulate the site %(site)s: it has no operator."), site=site.name)
        if not person.is_demonstration or (person.user is not None and not person.user.is_demonstration):
            raise Refused(
                N_("Cannot simulate the site %(site)s: its operator %(person)s is a real person."),
                site=site.name,
                person=person.full_name,
            )
        if person.pk not in known:
            user = person.user or _account(by, person)
            known[person.pk] = user, _token(by, user, expires_at, at)
        found.append(Entry(*known[person.pk], site))
    return found


def _account(by: Actor, person: Person) -> User:
    user = create_account(by=by, full_name=person.full_name, is_demonstration=True)
    link_user(by=by, person=person, user=user)
    return user


@transaction.atomic
def admit_chair(*, by: Actor, workshop: Workshop, expires_at: datetime, at: datetime) -> Entry:
    """A way in for the simulated chair, who has an account of the demonstration and no password."""
    refuse_unless_simulated(workshop)
    user = User.objects.filter(username=CHAIR).first() or create_account(
        by=by, username=CHAIR, full_name="Chủ Tọa Mô Phỏng", is_demonstration=True
    )
    if not user.is_demonstration:
        raise Refused(N_("Cannot simulate the chair: the account “%(user)s” is a real one."), user=CHAIR)
    grant_role(by=by, user=user, role=Role.PROGRAMME_OFFICER, unit=workshop.unit, on=timezone.localdate(at))
    return Entry(user, _token(by, user, expires_at, at))


def _token(by: Actor, user: User, expires_at: datetime, at: datetime) -> str:
    return issue_link(by=by, user=user, kind=PersonalLink.Kind.LINK, expires_at=expires_at, at=at).token


@transaction.atomic
def dismiss(*, by: Actor, entries: Sequence[Entry], at: datetime) -> None:
    """Whoever was let in is let out: their links and sessions end."""
    for user in {one.user.pk: one.user for one in entries}.values():
        revoke_links(by=by, user=user, at=at)
