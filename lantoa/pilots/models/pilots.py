"""Pilots: a problem, a hypothesis, a window, measures with a baseline, gates written beforehand, a decision."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Decision, Unit
from lantoa.pilots.models.pains import PainPoint
from lantoa.programmes.models import Field


class Pilot(Thing):
    """Something tried in one unit for three to six months. Once its plan is fixed, the plan stays as it is."""

    class Outcome(models.TextChoices):
        SPREAD = "spread"
        ADAPT = "adapt"
        STOP = "stop"

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="pilots")  # the owner
    pain = models.ForeignKey(PainPoint, null=True, on_delete=models.PROTECT, related_name="pilots")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    problem = models.CharField(max_length=2000)
    hypothesis = models.CharField(max_length=2000)
    fields = models.ManyToManyField(Field, related_name="pilots")
    budget = models.DecimalField(max_digits=15, decimal_places=0, null=True)  # in đồng; unknown: not known
    paid_by = models.CharField(max_length=200, blank=True)
    period = DateRangeField()  # half-open: the last day is period.upper - 1
    is_demonstration = models.BooleanField(default=False)
    invented = models.CharField(max_length=500, blank=True)  # what of it is made up, for demonstrations
    fixed_at = models.DateTimeField(null=True)  # the plan is fixed: it starts on its first day
    fixed_by = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=6, choices=Outcome, blank=True)
    outcome_reason = models.CharField(max_length=2000, blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="pilots")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pilot_decided_as_a_whole",
                condition=Q(outcome="", decided_on=None, outcome_reason="")
                | (~Q(outcome="") & Q(decided_on__isnull=False, fixed_at__isnull=False) & ~Q(outcome_reason="")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first(self) -> date:
        """Its first day."""
        day: date = self.period.lower
        return day

    @property
    def end(self) -> date:
        """The day after its last one."""
        day: date = self.period.upper
        return day


class Measure(Thing):
    """What is measured of a pilot, in what, how often and by whom."""

    class Direction(models.TextChoices):
        UP = "up"  # higher is better
        DOWN = "down"

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="measures")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    counted_in = models.CharField(max_length=40)  # "%", "hộ", "phút"
    direction = models.CharField(max_length=4, choices=Direction)
    goal = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    every = models.PositiveSmallIntegerField()  # days between two readings
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # who measures

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "name"], name="one_measure_of_a_name"),
            models.CheckConstraint(name="measured_sometimes", condition=Q(every__gte=1, every__lte=92)),
        ]


class Reading(Thing):
    """A value of a measure on a day. Never changed: a correction is a row of its own that says why."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="readings")
    baseline = models.BooleanField(default=False)
    on = models.DateField()
    value = models.DecimalField(max_digits=15, decimal_places=2)
    how = models.CharField(max_length=300, blank=True)  # a document, a count, a survey
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "on"], condition=Q(corrects=None), name="one_reading_a_day"),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(corrects=None, baseline=True), name="one_baseline"
            ),
            models.CheckConstraint(name="reading_corrected_for_a_reason", condition=Q(corrects=None) | ~Q(reason="")),
        ]


class Gate(Thing):
    """A day on which a criterion written beforehand is asked. A changed one is a new row that replaces the old."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="gates")
    on = models.DateField()
    criterion = models.CharField(max_length=500)
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="+")
    bound = models.DecimalField(max_digits=15, decimal_places=2, null=True)  # of the measure, in its direction
    written_on = models.DateField()
    written_by = models.CharField(max_length=60)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    passed = models.BooleanField(null=True)  # unknown: not decided yet
    words = models.CharField(max_length=1000, blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="gate_written_beforehand", condition=Q(written_on__lt=models.F("on"))),
            models.CheckConstraint(
                name="gate_bound_of_a_measure",
                condition=Q(measure=None, bound=None) | Q(measure__isnull=False, bound__isnull=False),
            ),
            models.CheckConstraint(
                name="gate_decided_as_a_whole",
                condition=Q(passed=None, decided_on=None)
                | (Q(passed__isnull=False, decided_on__gte=models.F("on")) & ~Q(words="")),
            ),
        ]


def standing(rows: Any, link: str) -> Any:
    """Of rows that may have been replaced by later ones, those that stand. `link`: the way to the later one."""
    return rows.filter(**{f"{link}__isnull": True})
