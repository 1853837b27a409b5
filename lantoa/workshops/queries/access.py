"""Who reaches a workshop and its sites: by a role on a unit, or as the operator or deputy of a site or of one above.

Whoever answers for a site answers for every site under it: a province for its communes, a commune for its hamlets.
"""

from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from lantoa.accounts.models import User
from lantoa.directory.access import care_of, grants_of, may
from lantoa.directory.models import Unit
from lantoa.workshops.models import Interpreter, Site, Workshop

VIEW: Final = "workshops.view"
MANAGE: Final = "workshops.manage"  # plan, sites, invitations, documents, minutes
CHAIR: Final = "workshops.chair"  # call the roll, give the floor, open polls
MODERATE: Final = "workshops.moderate"  # questions, announcements, faults
OPERATE: Final = "workshops.operate"  # answer for the sites of one's unit

UNDER = """
    WITH RECURSIVE under(id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT s.id FROM workshops_site s JOIN under u ON s.above_id = u.id
    ) SELECT id FROM under
"""
CHAIN = """
    WITH RECURSIVE chain(id, above_id) AS (
        SELECT id, above_id FROM workshops_site WHERE id = %s
        UNION
        SELECT s.id, s.above_id FROM workshops_site s JOIN chain c ON s.id = c.above_id
    ) SELECT id FROM chain
"""


def with_those_under(sites: "QuerySet[Site]") -> "QuerySet[Site]":
    """These sites and every site under them, at any depth."""
    return Site.objects.filter(id__in=RawSQL(UNDER, [list(sites.values_list("pk", flat=True))]))


def chain_of(site: Site) -> "QuerySet[Site]":
    """The site and those above it."""
    return Site.objects.filter(id__in=RawSQL(CHAIN, [site.pk]))


def _given(user: User, *, on: date) -> Q:
    """The sites that the user holds themselves: by name, or because their unit is in the user's care."""
    named = Q(operator__user=user) | Q(deputy__user=user)
    granted = grants_of(user, OPERATE, on=on)
    return named | Q(unit__in=care_of(granted, on=on)) if granted.units else named


def sites_of(user: Any, *, on: date, workshop: Workshop | None = None) -> "QuerySet[Site]":
    """The sites that the user answers for on that day (of one workshop, if given)."""
    if not isinstance(user, User) or not user.is_active:
        return Site.objects.none()
    held = Site.objects.filter(_given(user, on=on))
    if workshop is not None:
        held = held.filter(workshop=workshop)
    return with_those_under(held)


def answers_for(user: Any, site: Site, *, on: date) -> bool:
    """Whether the user may act for this site on that day."""
    if not isinstance(user, User) or not user.is_active:
        return False
    chain = chain_of(site).select_related("unit", "operator", "deputy")
    units: dict[int, Unit] = {}
    for one in chain:
        if user.pk in {person.user_id for person in (one.operator, one.deputy) if person is not None}:
            return True
        if one.unit is not None:
            units[one.unit.pk] = one.unit
    return any(may(user, OPERATE, unit, on=on) for unit in units.values())


def can(user: Any, permission: str, workshop: Workshop, *, on: date) -> bool:
    """Whether the user holds this permission of the room for the workshop's unit on that day."""
    return may(user, permission, workshop.unit, on=on)


def workshops_seen(user: Any, *, on: date) -> "QuerySet[Workshop]":
    """The workshops of the units in the user's care, and those in which they answer for a site that is announced."""
    if not isinstance(user, User) or not user.is_active:
        return Workshop.objects.none()
    care = care_of(grants_of(user, VIEW, on=on), on=on)
    held = Site.objects.filter(_given(user, on=on)).exclude(workshop__state=Workshop.State.DRAFT)
    named = Interpreter.objects.filter(account=user.actor_key).exclude(workshop__state=Workshop.State.DRAFT)
    seen = Q(unit__in=care) | Q(pk__in=held.values("workshop")) | Q(pk__in=named.values("workshop"))
    return Workshop.objects.filter(seen).distinct()
