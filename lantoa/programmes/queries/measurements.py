"""What figures can tell: the line that stands, and all lines there were."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from lantoa.directory.models import Unit
from lantoa.programmes.models import Measurement
from lantoa.programmes.rules.spans import Span

APPROVED, RETURNED, WAITING = "approved", "returned", "waiting"


def state_of(line: Measurement) -> str:
    """`approved`, `returned`, or `waiting` for somebody to look at it."""
    return line.review.verdict if hasattr(line, "review") else WAITING


def latest_lines(targets: Iterable[int], spans: Iterable[Span]) -> dict[tuple[int, Span], Measurement]:
    """The line with the highest number for each target and period, whatever was said of it. One query."""
    spans = list(set(spans))
    if not spans:
        return {}
    periods = Q(period__startswith__in={span.first for span in spans}, period__endswith__in={s.end for s in spans})
    rows = (
        Measurement.objects.filter(periods, target__in=list(targets))
        .select_related("review")
        .order_by("target_id", "period", "-number")
        .distinct("target_id", "period")
    )
    return {(row.target_id, Span(row.period.lower, row.period.upper)): row for row in rows}


def lines_of_target(target: int, *, on: date) -> "QuerySet[Measurement]":
    """Every line ever written for a target, the newest period first, a correction before what it corrected."""
    return (
        Measurement.objects.filter(target=target, period__startswith__lte=on)
        .select_related("review", "unit")
        .order_by("-period", "-number")
    )


def waiting_in(units: "QuerySet[Unit]") -> "QuerySet[Measurement]":
    """The lines of units that stand and wait for somebody to look at them, the oldest first."""
    standing = (
        Measurement.objects.filter(target__unit__in=units)
        .order_by("target_id", "period", "-number")
        .distinct("target_id", "period")
        .values("pk")
    )
    return (
        Measurement.objects.filter(pk__in=standing, review=None)
        .select_related("target", "unit")
        .order_by("reported_at", "pk")
    )
