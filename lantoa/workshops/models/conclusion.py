"""What a workshop concluded, and what it gave units to do until a day. See decision 0037."""

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.workshops.models.workshop import Workshop


class Conclusion(Thing):
    """One conclusion; with a unit it is a task for that unit until a day, and followed until it is reported done."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="conclusions")
    text = models.CharField(max_length=1000)
    text_en = models.CharField(max_length=1000, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="workshop_tasks")
    due_on = models.DateField(null=True)
    written_by = models.CharField(max_length=60)
    written_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=1000, blank=True)  # what the unit says came of it

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="conclusion_task_whole",
                condition=Q(unit=None, due_on=None) | Q(unit__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="conclusion_done_whole",
                condition=Q(done_at=None, done_by="", outcome="")
                | Q(unit__isnull=False, done_at__gte=F("written_at")) & ~Q(done_by="") & ~Q(outcome=""),
            ),
        ]
        indexes = [models.Index(fields=["unit", "due_on"], name="tasks_by_unit", condition=Q(done_at=None))]
