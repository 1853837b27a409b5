"""Taking a seat: from now on what a person asks and votes is counted at that site. And what strangers try."""

from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.workshops.models import Place, Site, Workshop


@transaction.atomic
def take_place(*, by: Actor, workshop: Workshop, person: Person, site: Site, at: datetime) -> Place:
    """The person sits at this site. Whoever has said so before and sits elsewhere now moves; their votes stay."""
    if site.workshop_id != workshop.pk:
        raise Refused(
            N_("Cannot take a seat at %(site)s: it is no site of “%(name)s”."), site=site.name, name=workshop.name
        )
    place, new = Place.objects.get_or_create(
        workshop=workshop, person=person, defaults={"site": site, "taken_at": at}
    )
    if not new and place.site_id != site.pk:
        place.site, place.taken_at = site, at
        place.save(update_fields=["site", "taken_at"])
        new = True
    if new:
        record(by=by, act="workshops.take_place", thing=site)
    return place


@transaction.atomic
def note_stranger(*, by: Actor, site: Site, act: str) -> None:
    """Somebody has tried to act for a site that is not theirs: refused, and written down."""
    record(by=by, act="workshops.refused_stranger", thing=site, about={"act": act[:40]})
