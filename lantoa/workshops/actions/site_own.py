"""What whoever answers for a site does with it themselves: another line, other equipment, a handover."""

from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.sites import change_site, open_workshop
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.models import Site
from lantoa.workshops.rules.streams import audience_of


@transaction.atomic
def change_own_technology(
    *, by: Actor, site: Site, equipment: str, line: str, phone: str, seats: int | None, at: datetime
) -> Site:
    """Other equipment, another line, telephone or number of seats; after the first two the technical check is due
    again. The desk is told."""
    values = {"equipment": equipment, "line": line, "phone": phone, "seats": seats}
    return change_site(by=by, site=site, values=values, at=at)


@transaction.atomic
def hand_over(*, by: Actor, site: Site, to: Person, at: datetime) -> Site:
    """The deputy operates the site from now on, and the operator is the deputy. Pressed twice it is done once; also
    while the workshop is held."""
    workshop = open_workshop(site.workshop)
    site = (
        Site.objects.select_for_update(no_key=True, of=("self",)).select_related("operator", "deputy").get(pk=site.pk)
    )
    if site.operator_id == to.pk:
        return site
    if site.deputy is None or site.deputy_id != to.pk:
        raise Refused(
            N_("Cannot hand %(site)s over to %(person)s: they are not its deputy any more."),
            site=site.name,
            person=to.full_name,
        )
    site.operator, site.deputy = site.deputy, site.operator
    site.save(update_fields=["operator", "deputy"])
    about = {"to": to.key, "from": site.deputy.key if site.deputy else ""}
    record(by=by, act="workshops.hand_over", thing=site, about=about)
    for audience in ("desk", audience_of(site.key)):
        tell(workshop=workshop, kind="site", about={"site": site.key}, at=at, audience=audience)
    return site
