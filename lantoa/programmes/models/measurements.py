"""What was measured. A line is never changed: a correction is a new line, a review stands beside it."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.programmes.models.targets import DIGITS, PLACES, Target


class Measurement(Thing):
    """What a unit reported for a period. `number` counts the lines of a period from 1; the highest one stands."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="measurements")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="measurements")  # as of that period
    period = DateRangeField()
    number = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    part = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)  # of a ratio: what is counted
    whole = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)  # of how many
    document_number = models.CharField(max_length=60, blank=True)
    document_date = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)  # why a figure is what it is
    reason = models.CharField(max_length=500, blank=True)  # why the line before is corrected
    reported_by = models.CharField(max_length=60)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["target", "period", "number"], name="measured_once_a_number"),
            models.CheckConstraint(name="measurement_corrected_with_reason", condition=Q(number=1) | ~Q(reason="")),
            models.CheckConstraint(
                name="measurement_ratio_whole",
                condition=Q(part__isnull=True, whole__isnull=True) | Q(part__isnull=False, whole__isnull=False),
            ),
        ]


class Review(Thing):
    """What the office said of a line: approved, or returned with a reason. Once."""

    class Verdict(models.TextChoices):
        APPROVED = "approved"
        RETURNED = "returned"

    measurement = models.OneToOneField(Measurement, on_delete=models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_returned_with_reason", condition=Q(verdict="approved") | ~Q(reason="")
            )
        ]
