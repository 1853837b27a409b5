"""What the page of a leader is told of exams."""

from datetime import date
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate

from lantoa.common.days import begins, ends
from lantoa.exams.models import Sitting


def deadlines(*, on: date) -> "list[QuerySet[Any, Any]]":
    """What awaits units as of a day: sittings that they hold and that begin, or whose window closes, on it or later;
    queries to be joined, of what, day, key, title and unit (its id)."""
    ahead = (
        Sitting.objects.annotate(last=Coalesce("closes_at", "starts_at"))
        .filter(made_at__lt=ends(on), last__gte=begins(on))
        .exclude(ended_at__lt=ends(on))
    )
    return [ahead.order_by().values_list(Value("exam"), TruncDate("last"), "key", "title", "unit_id")]
