"""Reporting campaigns: what is asked of which units, until when."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.programmes.models.targets import Target


class Reporting(Thing):
    """An office asks for the figures of a period, until a day."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reportings")  # the office that asks
    title = models.CharField(max_length=300)
    period = DateRangeField()
    due_on = models.DateField()  # the last day
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title


class Due(Thing):
    """A figure that is asked for: of this target, by the unit that owns it."""

    reporting = models.ForeignKey(Reporting, on_delete=models.CASCADE, related_name="dues")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="dues")
    due_on = models.DateField(null=True)  # a later day of its own

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reporting", "target"], name="figure_asked_once")]
