"""What was published: frozen with its campaign, and so with the version of its index."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.readiness.models.campaigns import Campaign


class Result(Thing):
    """The score of one unit in one published campaign. Scores are millionths of the published scale."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="results")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="readiness_results")
    score = models.BigIntegerField(null=True)  # without: an answer is missing that must be there
    declared = models.BigIntegerField(null=True)  # what the unit's own answers would have given
    rank = models.PositiveIntegerField(null=True)
    shared = models.PositiveIntegerField(default=1)  # how many share this place
    rank_low = models.PositiveIntegerField(null=True)  # the places when weighed and treated otherwise
    rank_high = models.PositiveIntegerField(null=True)
    band = models.CharField(max_length=40, blank=True)
    nodes = models.JSONField()  # {code: millionths of points or share}, components and groups
    pillars = models.JSONField()  # {code: millionths of the published scale}
    change = models.JSONField(
        null=True
    )  # {before, base, rescored}: since the campaign before (`rules.results.Change`)
    missing = models.JSONField(default=list)  # codes of components without an answer

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="one_result_a_unit"),
            models.CheckConstraint(
                name="result_ranked_with_a_score",
                condition=Q(score__isnull=True, rank__isnull=True) | Q(score__isnull=False, rank__isnull=False),
            ),
        ]
