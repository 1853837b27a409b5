"""What waits on a desk, by campaign: sheets that units can still hand in, sheets with objections to decide."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from lantoa.directory.models import Unit
from lantoa.readiness.models import Answer, Campaign, Sheet


@dataclass(frozen=True)
class ToFill:
    """Sheets of a campaign that units have to hand in, in one state: "filling" until a day, or "returned"."""

    key: str
    title: str
    state: str
    count: int
    until: date


def to_fill(units: "QuerySet[Unit]", *, on: date) -> list[ToFill]:
    """What these units can still hand in on that day, the nearest last day first. One query."""
    empty = Q(state=Sheet.State.FILLING, campaign__state=Campaign.State.OPEN, campaign__due_on__gte=on)
    back = Q(state=Sheet.State.RETURNED, campaign__state__in=(Campaign.State.OPEN, Campaign.State.REVIEW))
    rows = (
        Sheet.objects.filter(empty | back, unit__in=units)
        .values_list("campaign__key", "campaign__title", "state")
        .annotate(many=Count("pk"), until=Min("campaign__due_on"))
        .order_by("until", "campaign_id", "state")
    )
    return [ToFill(*row) for row in rows]


def objected(units: "QuerySet[Unit]") -> list[tuple[str, str, int, datetime]]:
    """Campaigns of these units with objections to decide (key, title, how many sheets, since when), the longest
    waiting first. One query."""
    rows: Any = (
        Answer.objects.filter(
            appeal=Answer.Appeal.MADE,
            sheet__campaign__state=Campaign.State.APPEAL,
            sheet__campaign__unit__in=units,
        )
        .values_list("sheet__campaign__key", "sheet__campaign__title")
        .annotate(many=Count("sheet", distinct=True), since=Min("appealed_at"))
        .order_by("since", "sheet__campaign_id")
    )
    return list(rows)
