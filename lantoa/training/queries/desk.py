"""What waits on a desk: nominations to decide on, by call."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from lantoa.directory.models import Unit
from lantoa.training.models import Nomination
from lantoa.training.queries.calls import nominations_in


def to_decide(units: "QuerySet[Unit]") -> list[tuple[str, str, int, datetime]]:
    """Open calls of these units with people who hold a place and are neither accepted nor turned down (key, title,
    how many people, since when), the longest waiting first. One query."""
    rows: Any = (
        Nomination.objects.filter(nominations_in(Nomination.State.PLACED), call__closed_at=None, call__unit__in=units)
        .values_list("call__key", "call__title")
        .annotate(many=Count("pk"), since=Min("nominated_at"))
        .order_by("since", "call_id")
    )
    return list(rows)
