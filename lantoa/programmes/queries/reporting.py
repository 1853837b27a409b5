"""Campaigns as they stand: who owes which figures, what waits to be looked at, who is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from lantoa.common.days import ends
from lantoa.directory.models import Unit
from lantoa.programmes.models import Due, Measurement, Reporting

MISSING: Final = "missing"
WAITING: Final = "waiting"
RETURNED: Final = "returned"
APPROVED: Final = "approved"
STATES: Final = (MISSING, WAITING, RETURNED, APPROVED)
LATE: Final = "late"  # missing or returned, and the day is over


def dues_of(reportings: Iterable[int]) -> "QuerySet[Any]":
    """What campaigns ask for, each with `state`, the line that stands (`line`) and its last day (`until`)."""
    standing = Measurement.objects.filter(target=OuterRef("target"), period=OuterRef("reporting__period")).order_by(
        "-number"
    )
    return (
        Due.objects.filter(reporting__in=list(reportings))
        .annotate(
            line=Subquery(standing.values("key")[:1]),
            said=Subquery(standing.values("review__verdict")[:1]),
            until=Greatest(Coalesce("due_on", "reporting__due_on"), "reporting__due_on"),
        )
        .annotate(
            state=Case(
                When(line__isnull=True, then=Value(MISSING)),
                When(said__isnull=True, then=Value(WAITING)),
                default=F("said"),
            )
        )
        .select_related("target", "target__unit", "reporting", "reporting__unit")
    )


def in_state(dues: "QuerySet[Any]", state: str, *, on: date | None = None) -> "QuerySet[Any]":
    """Those in a state; `late` needs the day."""
    if state == LATE:
        return dues.filter(state__in=(MISSING, RETURNED), until__lt=on)
    return dues.filter(state=state) if state in STATES else dues


@dataclass(frozen=True)
class Tally:
    """A campaign in numbers: figures asked for, by their state; `units` are asked, `owing` still owe something."""

    asked: int = 0
    missing: int = 0
    waiting: int = 0
    returned: int = 0
    approved: int = 0
    late: int = 0
    units: int = 0
    owing: int = 0


def tallies(reportings: Iterable[Reporting], *, on: date) -> dict[int, Tally]:
    """Campaigns in numbers. One query, however many."""
    wanted = [one.pk for one in reportings]
    owes = Q(state__in=(MISSING, RETURNED))
    counts: dict[str, Any] = {state: Count("pk", filter=Q(state=state)) for state in STATES}
    rows = (
        dues_of(wanted)
        .values("reporting_id")
        .annotate(
            asked=Count("pk"),
            late=Count("pk", filter=owes & Q(until__lt=on)),
            units=Count("target__unit", distinct=True),
            owing=Count("target__unit", filter=owes, distinct=True),
            **counts,
        )
        .order_by()
    )
    names = tuple(Tally.__dataclass_fields__)
    found = {row["reporting_id"]: Tally(**{name: row[name] for name in names}) for row in rows}
    return {one: found.get(one, Tally()) for one in wanted}


def owed_by(units: "QuerySet[Unit]") -> "QuerySet[Any]":
    """What units still owe to campaigns that are open, the most pressing first."""
    running = Reporting.objects.filter(closed_at=None).values_list("pk", flat=True)
    return (
        dues_of(running)
        .filter(target__unit__in=units)
        .exclude(state=APPROVED)
        .order_by("until", "target__code", "pk")
    )


def owing(units: "QuerySet[Unit]") -> "QuerySet[Reporting]":
    """The open campaigns that ask these units for something, the most pressing first."""
    asked = Due.objects.filter(reporting=OuterRef("pk"), target__unit__in=units)
    return Reporting.objects.filter(Exists(asked), closed_at=None).order_by("due_on", "pk")


def deadlines(*, on: date) -> "list[QuerySet[Any, Any]]":
    """What awaits units as of a day: campaigns that were open then, with figures that no line had answered by then,
    or only one that was returned; queries to be joined, of what, day, key, title and unit (its id)."""
    end = ends(on)
    lines = Measurement.objects.filter(
        target=OuterRef("target"), period=OuterRef("reporting__period"), reported_at__lt=end
    )
    owed = (
        Due.objects.filter(reporting__opened_at__lt=end)
        .filter(~Exists(lines.exclude(review__verdict=RETURNED, review__at__lt=end)))
        .exclude(reporting__closed_at__lt=end)
        .annotate(until=Greatest(Coalesce("due_on", "reporting__due_on"), "reporting__due_on"))
    )
    said = (Value("figures"), "until", "reporting__key", "reporting__title", "target__unit_id")
    return [owed.order_by().values_list(*said)]
