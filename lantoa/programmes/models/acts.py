"""The legal acts behind programmes and targets."""

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.directory.models import Decision, Unit
from lantoa.office.models import File
from lantoa.programmes.models.programmes import Programme
from lantoa.programmes.models.targets import Target
from lantoa.programmes.rules import acts


class LegalAct(Thing):
    """What is known of a legal act besides its number, day, issuer and title, which stand in the decision."""

    class Kind(models.TextChoices):
        LAW = acts.LAW
        RESOLUTION = acts.RESOLUTION
        DECREE = acts.DECREE
        DECISION = acts.DECISION
        CIRCULAR = acts.CIRCULAR
        DIRECTIVE = acts.DIRECTIVE
        PLAN = acts.PLAN
        LETTER = acts.LETTER
        OTHER = acts.OTHER

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="act")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="legal_acts")  # the office that keeps it
    kind = models.CharField(max_length=10, choices=Kind)
    starts = models.DateField(null=True)  # null: the day of its issue
    ends = models.DateField(null=True)  # the first day it is no longer in force
    url = models.CharField(max_length=500, blank=True)
    file = models.ForeignKey(File, null=True, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=1, blank=True)  # evidence, as of the milestones of targets
    folded = models.CharField(max_length=800, db_collation="C")
    programmes = models.ManyToManyField(Programme, related_name="acts")
    targets = models.ManyToManyField(Target, related_name="acts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="act_ends_after_it_starts",
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gt=F("starts")),
            )
        ]

    def __str__(self) -> str:
        return self.decision.number


class ActRelation(Thing):
    """That one act replaces or amends another."""

    class Way(models.TextChoices):
        REPLACES = acts.REPLACES
        AMENDS = acts.AMENDS

    act = models.ForeignKey(LegalAct, on_delete=models.PROTECT, related_name="touches")
    other = models.ForeignKey(LegalAct, on_delete=models.PROTECT, related_name="touched_by")
    way = models.CharField(max_length=8, choices=Way)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "other"], name="act_touches_another_once"),
            models.CheckConstraint(name="act_touches_another", condition=~Q(act=F("other"))),
        ]
