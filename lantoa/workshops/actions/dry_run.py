"""The day before a dry run: who looks after a site that is not ready for it is told, once for each dry run."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, notify_all
from lantoa.workshops.models import Workshop
from lantoa.workshops.queries.dry_run import not_ready
from lantoa.workshops.queries.invitations import people_above, sites_by_person

TEMPLATE: Final = "workshops.dry_run"


@transaction.atomic
def remind_dry_run(*, by: Actor, workshop: Workshop, at: datetime) -> int:
    """One message a person, however many of the sites are theirs; how many were told that were not told before. Moved
    to another hour it is another dry run."""
    begins = workshop.dry_run.lower
    sites = list(not_ready(workshop))
    letters = [
        Letter(
            once=f"{TEMPLATE}:{workshop.key}:{person.key}:{begins:%Y-%m-%dT%H:%M}",
            person=person,
            values={
                "workshop": workshop.name,
                "site": theirs[0].name,
                "sites": len(theirs),
                "dry_run": begins,
                "link": reverse("workshops:checks", args=[workshop.key]),
            },
            about=thing_key(workshop),
        )
        for person, theirs in sites_by_person(sites, people_above(sites))
    ]
    return notify_all(by=by, template=TEMPLATE, unit=workshop.unit, letters=letters, at=at, good_until=begins)
