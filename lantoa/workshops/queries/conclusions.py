"""What workshops concluded: for the secretariat, for the units that have something to do, for the minutes."""

from datetime import date

from django.db.models import QuerySet

from lantoa.directory.models import UnitQuerySet
from lantoa.workshops.models import Conclusion, Workshop


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
