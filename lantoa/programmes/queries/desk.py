"""What waits on a desk, in numbers: the rows of the pages of figures that are owed and of figures to review."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from lantoa.directory.models import Unit
from lantoa.programmes.models import Due, Measurement
from lantoa.programmes.queries.reporting import APPROVED, RETURNED


@dataclass(frozen=True)
class Owed:
    """Figures asked of units by campaigns that are open and not approved yet (the rows of `owed_by`); `owed` of them
    are missing or were returned, and `until` is the nearest last day of these."""

    asked: int
    owed: int
    until: date | None


def owed_in_short(units: "QuerySet[Unit]") -> Owed:
    """What `owed_by` lists, in numbers. One query."""
    lines = Measurement.objects.filter(target=OuterRef("target"), period=OuterRef("reporting__period"))
    standing = lines.order_by("-number")
    owes = Q(line=None) | Q(said=RETURNED)
    said: dict[str, Any] = (
        Due.objects.filter(reporting__closed_at=None, target__unit__in=units)
        .annotate(
            line=Subquery(standing.values("pk")[:1]),
            said=Subquery(standing.values("review__verdict")[:1]),
            until=Greatest(Coalesce("due_on", "reporting__due_on"), "reporting__due_on"),
        )
        .filter(Q(said=None) | ~Q(said=APPROVED))
        .aggregate(asked=Count("pk"), owed=Count("pk", filter=owes), nearest=Min("until", filter=owes))
    )
    return Owed(said["asked"], said["owed"], said["nearest"])


def waiting_in_short(units: "QuerySet[Unit]") -> tuple[int, datetime | None]:
    """How many lines `waiting_in` lists, and when the oldest of them was reported. One query."""
    later = Measurement.objects.filter(
        target=OuterRef("target"), period=OuterRef("period"), number__gt=OuterRef("number")
    )
    said = Measurement.objects.filter(~Exists(later), review=None, target__unit__in=units).aggregate(
        count=Count("pk"), oldest=Min("reported_at")
    )
    return said["count"], said["oldest"]
