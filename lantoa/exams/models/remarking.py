"""Marks that change: keys corrected for a sitting, and what that did to each candidate. Rows are added, never changed
(a trigger holds it)."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.exams.models.sitting import Attempt, Sitting


class KeyChange(Thing):
    """A key that was wrong, put right for one sitting. Of several for a question the last counts.

    `key` is in the letters of the bank; see `exams.rules.corrections`.
    """

    class Rule(models.TextChoices):
        KEY = "key"
        EVERYONE = "everyone"
        DROPPED = "dropped"
        PAPER = "paper"

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="key_changes")
    question = models.CharField(max_length=13)
    rule = models.CharField(max_length=8, choices=Rule)
    key_now = models.JSONField(default=dict)
    reason = models.CharField(max_length=300)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="key_change_has_a_reason", condition=~Q(reason=""))]


class PointsChange(Thing):
    """What somebody's points were before they were marked anew, and what they became; `cause` is None where something
    else than a key was the reason (late answers, a second look at an answer)."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="points_changes")
    cause = models.ForeignKey(KeyChange, on_delete=models.PROTECT, null=True, related_name="points_changes")
    points_before = models.DecimalField(max_digits=8, decimal_places=2)
    out_of_before = models.DecimalField(max_digits=8, decimal_places=2)
    points = models.DecimalField(max_digits=8, decimal_places=2)
    out_of = models.DecimalField(max_digits=8, decimal_places=2)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
