"""What units run: platforms and infrastructure, as stages that are never changed, and what is expected of them."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Level, Unit
from lantoa.programmes.rules import inventory


class System(Thing):
    """Something a unit runs. What is true of it from when on stands in its stages."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="systems")  # who runs it
    kind = models.CharField(max_length=40)  # a code of data/inventory/kinds.toml
    came_from = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="taken_over")
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="system_not_from_itself",
                condition=Q(came_from__isnull=True) | ~Q(came_from=models.F("id")),
            )
        ]
        indexes = [models.Index(fields=["unit", "kind"], name="system_of_unit")]


class Stage(Thing):
    """What is true of a system from a day on, until the next stage begins. `number` counts what was said of that day
    from 1: a correction is a new line with its reason, and the highest one stands."""

    class State(models.TextChoices):
        RUNNING = inventory.RUNNING
        TRIAL = inventory.TRIAL
        PLANNED = inventory.PLANNED
        BROKEN = inventory.BROKEN
        STOPPED = inventory.STOPPED

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="stages")
    since = models.DateField()
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State)
    name = models.CharField(max_length=200)
    owner = models.CharField(max_length=200, blank=True)  # whose it is: "" is the unit's own
    supplier = models.CharField(max_length=200, blank=True)
    users = models.PositiveIntegerField(null=True)
    cost = models.PositiveBigIntegerField(null=True)  # đồng a year
    links = models.JSONField(default=list)  # codes of the kinds it is connected to
    note = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    said_by = models.CharField(max_length=60)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "since", "number"], name="stage_said_once_a_number"),
            models.CheckConstraint(name="stage_corrected_with_reason", condition=Q(number=1) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.name


class ExpectedList(Thing):
    """What an office expects the units of a level under it to run, from a day on; a new list takes its place."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="expected_lists")  # the office
    level = models.CharField(max_length=10, choices=Level)
    since = models.DateField()
    basis = models.CharField(max_length=300, blank=True)  # the decision it rests on
    items = models.JSONField(default=list)  # of rules.inventory.Expected
    said_by = models.CharField(max_length=60)
    said_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit", "level", "since"], name="expected_of_office")]
