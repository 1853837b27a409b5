"""Targets: what is to be reached, by whom, until when, and how a share of it came down to a unit."""

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.directory.models import Decision, Unit
from lantoa.programmes.models.programmes import Field, Programme
from lantoa.programmes.rules import judging, rolling, spans

DIGITS, PLACES = 24, 6  # figures are exact: whole numbers of 18 digits, six after the comma


class Target(Thing):
    """What a unit is to reach. `since` is the first day it holds; a retired one stays, with its reason."""

    class Pillar(models.TextChoices):
        GOVERNMENT = "government"
        ECONOMY = "economy"
        SOCIETY = "society"

    class Kind(models.TextChoices):
        AT_LEAST = judging.AT_LEAST
        AT_MOST = judging.AT_MOST
        EXACTLY = judging.EXACTLY
        RANK = judging.RANK  # this place or a better one
        YES_NO = judging.YES_NO
        GROWTH = judging.GROWTH  # percent a year
        REDUCTION = judging.REDUCTION  # percent against the baseline

    class RollUp(models.TextChoices):
        SUM = rolling.SUM
        RATIO = rolling.RATIO
        MEAN = rolling.MEAN
        WORST = rolling.WORST

    class Way(models.TextChoices):
        COPIED = rolling.COPIED
        SPLIT = rolling.SPLIT
        OWN = rolling.OWN

    class Every(models.TextChoices):
        YEAR = spans.YEAR
        HALF = spans.HALF
        QUARTER = spans.QUARTER
        MONTH = spans.MONTH

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="targets")  # the owner
    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="targets")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    folded = models.CharField(max_length=700, db_collation="C")  # code and names as search compares them
    pillar = models.CharField(max_length=10, choices=Pillar)
    field = models.ForeignKey(Field, null=True, on_delete=models.PROTECT, related_name="targets")
    definition = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)  # where the figures come from
    measure = models.CharField(max_length=60)  # the unit of measure: "%", "hạng", "hồ sơ"
    kind = models.CharField(max_length=10, choices=Kind)
    roll_up = models.CharField(max_length=5, choices=RollUp, blank=True)  # "": what units report is not added up
    every = models.CharField(max_length=8, choices=Every, default=Every.YEAR)
    low = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)  # figures outside are slips
    high = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    jump = models.DecimalField(max_digits=7, decimal_places=2, null=True)  # a change above so many % is explained
    baseline = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    baseline_year = models.PositiveSmallIntegerField(null=True)
    baseline_mark = models.CharField(max_length=1, blank=True)
    since = models.DateField()
    retired_on = models.DateField(null=True)  # the first day it no longer holds
    retired_reason = models.CharField(max_length=500, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="shares")
    way = models.CharField(max_length=6, choices=Way, blank=True)  # how it came down from the parent
    forebears = models.ManyToManyField("self", symmetrical=False, related_name="heirs")
    forebear_rule = models.CharField(max_length=5, choices=RollUp, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="one_target_code"),
            models.CheckConstraint(
                name="target_retired_with_reason", condition=Q(retired_on__isnull=True) | ~Q(retired_reason="")
            ),
            models.CheckConstraint(
                name="target_baseline_has_year",
                condition=Q(baseline__isnull=True, baseline_year__isnull=True)
                | Q(baseline__isnull=False, baseline_year__isnull=False),
            ),
            models.CheckConstraint(
                name="target_share_has_way",
                condition=Q(parent__isnull=True, way="") | (Q(parent__isnull=False) & ~Q(way="")),
            ),
            models.CheckConstraint(
                name="target_not_in_itself", condition=Q(parent__isnull=True) | ~Q(parent=F("id"))
            ),
        ]
        indexes = [models.Index(fields=["parent"], name="target_shares")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Milestone(Thing):
    """What is to be reached in a year, with the evidence mark of the figure (decision 0039)."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="milestones")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    mark = models.CharField(max_length=1, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "year"], name="one_milestone_a_year")]
