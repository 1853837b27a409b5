"""What workshops concluded: for the secretariat, for the units that have something to do, for the minutes."""

from datetime import date
from typing import Any, Final

from django.db.models import QuerySet, Value
from django.db.models.functions import Left

from lantoa.common.days import ends
from lantoa.directory.models import UnitQuerySet
from lantoa.workshops.models import Conclusion, Workshop

MOST_LETTERS: Final = 160  # of a task in a list of deadlines


def conclusions_of(workshop: Workshop) -> "QuerySet[Conclusion]":
    """All of them, in the order in which they were written."""
    return Conclusion.objects.filter(workshop=workshop).select_related("unit", "workshop__unit").order_by("pk")


def to_do_for(units: "UnitQuerySet | list[int]") -> "QuerySet[Conclusion]":
    """What these units are to do and have not reported done, the earliest deadline first."""
    waiting = Conclusion.objects.filter(unit__in=units, done_at=None)
    return waiting.select_related("workshop__unit", "unit").order_by("due_on", "pk")


def tasks_due_within(days: int, *, on: date) -> "QuerySet[Conclusion]":
    """What is due within so many days, or was due and is not done."""
    last = date.fromordinal(on.toordinal() + days)
    waiting = Conclusion.objects.filter(done_at=None, due_on__lte=last)
    return waiting.select_related("workshop__unit", "unit").order_by("due_on", "pk")


def deadlines(*, on: date) -> "list[QuerySet[Any, Any]]":
    """What awaits units as of a day: tasks that workshops gave them by then and that were not done by then;
    queries to be joined, of what, day, key, title and unit (its id)."""
    waiting = Conclusion.objects.filter(unit__isnull=False, written_at__lt=ends(on)).exclude(done_at__lt=ends(on))
    return [waiting.order_by().values_list(Value("task"), "due_on", "key", Left("text", MOST_LETTERS), "unit_id")]
