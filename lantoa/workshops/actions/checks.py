"""The technical check of a site, signed by whoever answers for it; due again after a change."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.telling import held, tell
from lantoa.workshops.models import Check, Site
from lantoa.workshops.rules.checks import clean_results, colour
from lantoa.workshops.rules.words import LIVE, READY


@transaction.atomic
def sign_check(*, by: Actor, site: Site, results: Mapping[str, Any], note: str, at: datetime) -> Check:
    """Keeps and signs what was measured in the browser, or said by form; the last one counts."""
    workshop = held(site.workshop)
    if workshop.state not in {READY, LIVE}:
        raise Refused(N_("Cannot check %(site)s: the workshop is not announced, or it is over."), site=site.name)
    found = clean_results(results)
    made = Check.objects.create(
        site=site, results=found, colour=colour(found), note=note, made_at=at, signed_by=by.actor_key
    )
    record(by=by, act="workshops.sign_check", thing=made, about={"site": site.key, "colour": made.colour})
    tell(workshop=workshop, kind="check", about={"site": site.key, "colour": made.colour}, at=at, audience="desk")
    return made


def outdate_checks(*, sites: Iterable[int], at: datetime) -> int:
    """Says of these sites (ids) that other equipment or another line stands there now: their checks are due again.
    Inside the transaction of the act that changed it; how many checks."""
    return Check.objects.filter(site__in=list(sites), outdated_at=None).update(outdated_at=at)
