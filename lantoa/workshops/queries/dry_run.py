"""The dry run of a workshop: which are near, which sites are not ready for it, who took part."""

from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lantoa.common.days import ends
from lantoa.common.refused import N_
from lantoa.workshops.models import RollCall, Site, SiteState, Workshop
from lantoa.workshops.queries.checks import COLOUR_NOW, NOT_CHECKED, with_colour
from lantoa.workshops.rules.checks import RED
from lantoa.workshops.rules.roll import ABSENT
from lantoa.workshops.rules.words import READY

PART: Final = {"yes": N_("took part in the dry run"), "no": N_("did not take part in the dry run")}


def dry_runs_until(day: date, *, at: datetime) -> "QuerySet[Workshop]":
    """Announced workshops whose dry run is still to begin, on that day at the latest."""
    near = Q(dry_run__startswith__gt=at, dry_run__startswith__lt=ends(day))
    return Workshop.objects.filter(near, state=READY).select_related("unit").order_by("pk")


def not_ready(workshop: Workshop) -> "QuerySet[Site]":
    """The sites that were not checked since anything changed there, or were found red; by protocol."""
    found = with_colour(workshop.sites.all()).filter(**{f"{COLOUR_NOW}__in": [NOT_CHECKED, RED]})
    return found.order_by("place", "pk")


def rolls_in(workshop: Workshop) -> "QuerySet[RollCall]":
    """The roll calls that were opened within the hours of the dry run."""
    run = workshop.dry_run
    if run is None:
        return RollCall.objects.none()
    return workshop.roll_calls.filter(opened_at__gte=run.lower, opened_at__lt=run.upper)


def with_part(sites: "QuerySet[Site]", workshop: Workshop) -> "QuerySet[Site]":
    """The sites with `took_part`: whether one of these calls found them there, be it late or with a fault."""
    there = SiteState.objects.filter(site=OuterRef("pk"), roll_call__in=rolls_in(workshop)).exclude(state=ABSENT)
    return sites.annotate(took_part=Exists(there))


def count_part(sites: "QuerySet[Site]", workshop: Workshop) -> dict[str, int]:
    """How many sites stand behind each word of PART; {} where no roll was called in the dry run. Two queries."""
    if not rolls_in(workshop).exists():
        return {}
    counted: dict[str, Any] = {
        "yes": Count("pk", filter=Q(took_part=True)),
        "no": Count("pk", filter=Q(took_part=False)),
    }
    return {name: int(count) for name, count in with_part(sites, workshop).order_by().aggregate(**counted).items()}


def sites_taking_part(sites: "QuerySet[Site]", workshop: Workshop, part: str) -> "QuerySet[Site]":
    """The sites behind one of these numbers; all of them for ""."""
    return with_part(sites, workshop).filter(Q(took_part=part == "yes")) if part else sites
