"""Somebody in their seat at a site."""

from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.log import Act, Kind, write
from lantoa.workshops.models import Site

REFUSALS = {
    "unknown": N_("Cannot check in at %(site)s: its code is not shown."),
    "closed": N_("Cannot check in at %(site)s: its code is not shown now."),
    "code": N_(
        "Cannot check in at %(site)s: the code %(code)s is not, or no longer, on the wall. Take the one shown now."
    ),
}


@transaction.atomic
def check_in_here(*, by: Actor, site: Site, person: Person, digits: str, at: datetime) -> None:
    """The person is here, by the code on the wall of the site. Twice is once."""
    act = Act(
        Kind.CHECK_IN, site.workshop.key, by.actor_key, at, site=site.key, person=person.key, code=digits[:19] or "-"
    )
    (told,) = write([act])
    if told.refused:
        raise Refused(REFUSALS[told.refused], site=site.name, code=digits[:12])
