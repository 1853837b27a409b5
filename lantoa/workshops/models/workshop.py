"""Workshops and their agenda."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit, same
from lantoa.programmes.models import Programme


class Workshop(Thing):
    """A conference held at many sites at once (hội thảo trực tuyến). `told` is the number of its last `Telling`."""

    class State(models.TextChoices):
        DRAFT = "draft"
        READY = "ready"  # announced: sites are invited, answer and check
        LIVE = "live"
        OVER = "over"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="workshops")  # who holds it
    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="workshops")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    during = DateTimeRangeField()
    dry_run = DateTimeRangeField(null=True)  # when all sites try their technology together
    zone = models.CharField(max_length=60, default="Asia/Ho_Chi_Minh")
    languages = ArrayField(models.CharField(max_length=8))  # the first one is the floor's
    state = models.CharField(max_length=5, choices=State, default=State.DRAFT)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="following")
    stream_url = models.URLField(blank=True, max_length=500)
    told = models.BigIntegerField(default=0)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    simulated = models.BooleanField(default=False)  # of the demonstration: nobody real takes part (decision 0037)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="one_workshop_code"),
            models.CheckConstraint(
                name="workshop_lasts",
                condition=Q(during__isempty=False, during__startswith__isnull=False, during__endswith__isnull=False),
            ),
            models.CheckConstraint(name="workshop_speaks", condition=Q(languages__len__gt=0)),
            models.CheckConstraint(
                name="workshop_not_after_itself", condition=Q(previous=None) | ~Q(previous=models.F("pk"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgendaItem(Thing):
    """A part of the agenda: planned (`during`) and actual. The database lets no two be planned at the same time."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    speaker = models.CharField(max_length=200, blank=True)
    speaker_en = models.CharField(max_length=200, blank=True)
    during = DateTimeRangeField()
    language = models.CharField(max_length=8)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "position"],
                name="one_agenda_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            ExclusionConstraint(
                name="one_item_at_a_time",
                expressions=[*same("workshop"), ("during", RangeOperators.OVERLAPS)],
                deferrable=models.Deferrable.IMMEDIATE,  # looked at when a statement ends: all may be moved at once
            ),
            models.UniqueConstraint(
                fields=["workshop"],
                name="one_item_runs",
                condition=Q(started_at__isnull=False, ended_at=None),
            ),
            models.CheckConstraint(
                name="agenda_item_lasts",
                condition=Q(during__isempty=False, during__startswith__isnull=False, during__endswith__isnull=False),
            ),
            models.CheckConstraint(
                name="agenda_item_in_order",
                condition=Q(ended_at=None) | Q(started_at__isnull=False, ended_at__gte=models.F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.title
