"""Pain points: what hurts a unit, where it was heard, who wants it solved, and what it weighs."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging
from lantoa.programmes.models import Field


class PainPoint(Thing):
    """What hurts a unit, in the office's words. `source` leads to where it was heard, as an opaque key.

    One that asks the same as another is merged `into` it; both keep their votes, so that it can be separated again.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="pain_points")
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=2000, blank=True)
    fields = models.ManyToManyField(Field, related_name="+")
    source = models.CharField(max_length=80, blank=True)  # "training.submission:0abc…"; "" when written here
    source_words = models.CharField(max_length=300, blank=True)  # "Workshop of 30 September 2020"
    into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    merge_reason = models.CharField(max_length=300, blank=True)
    open_to = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")  # all under it may vote
    is_demonstration = models.BooleanField(default=False)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="pain_taken_over_once"),
            models.CheckConstraint(name="pain_merged_into_another", condition=Q(into=None) | ~Q(into=F("pk"))),
            models.CheckConstraint(name="pain_merged_for_a_reason", condition=Q(into=None) | ~Q(merge_reason="")),
        ]

    def __str__(self) -> str:
        return self.title


class Vote(models.Model):
    """One person wants one pain point solved. Once: the database holds it."""

    merging: ClassVar = Merging(N_("votes for pain points"), clash="aside")

    pain = models.ForeignKey(PainPoint, on_delete=models.PROTECT, related_name="votes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pain_votes")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pain", "person"], name="one_pain_vote_a_person")]


class Weight(Thing):
    """How much a pain point weighs, and why. A row is never changed; the last one stands."""

    pain = models.ForeignKey(PainPoint, on_delete=models.PROTECT, related_name="weights")
    people = models.PositiveIntegerField()  # whom it hits
    cost = models.DecimalField(max_digits=15, decimal_places=0)  # of solving it, in đồng
    feasibility = models.PositiveSmallIntegerField()  # 1 hardly, 5 at once
    reason = models.CharField(max_length=1000)
    weighed_at = models.DateTimeField()
    weighed_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pain_weight_sensible",
                condition=Q(feasibility__gte=1, feasibility__lte=5, cost__gte=0) & ~Q(reason=""),
            )
        ]
