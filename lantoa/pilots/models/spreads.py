"""Spreads: a playbook carried to many units in waves; what each has done of it, as written or not, and who helps."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.pilots.models.playbooks import PlaybookVersion


class Spread(Thing):
    """One version of a playbook on its way to many units. Once its order is settled, the order stays."""

    class Order(models.TextChoices):
        LIST = "list"  # as the units stand in the list
        DRAWN = "drawn"  # by lot, so that the effect can be learned

    name = models.CharField(max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="spreads")  # the office that runs it
    version = models.ForeignKey(PlaybookVersion, on_delete=models.PROTECT, related_name="spreads")
    is_demonstration = models.BooleanField(default=False)
    invented = models.CharField(max_length=500, blank=True)
    order = models.CharField(max_length=5, choices=Order, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="spread_settled_as_a_whole",
                condition=Q(order="", seed="", settled_at=None)
                | Q(order="list", seed="", settled_at__isnull=False)
                | (Q(order="drawn", settled_at__isnull=False) & ~Q(seed="")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Wave(Thing):
    """Units that begin together: from which day, and how many the office can help at once."""

    spread = models.ForeignKey(Spread, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    capacity = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["spread", "number"], name="one_wave_of_a_number"),
            models.UniqueConstraint(fields=["spread", "starts_on"], name="one_wave_a_day"),
            models.CheckConstraint(name="wave_has_room", condition=Q(capacity__gte=1)),
        ]


class Adoption(Thing):
    """A unit that takes a playbook on. It keeps its unit, whatever becomes of it; who stands in its place is asked
    of the directory."""

    spread = models.ForeignKey(Spread, on_delete=models.PROTECT, related_name="adoptions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="adoptions")
    place = models.PositiveIntegerField(null=True)  # in the order, from 1
    wave = models.ForeignKey(Wave, null=True, on_delete=models.PROTECT, related_name="adoptions")
    left_on = models.DateField(null=True)
    left_reason = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["spread", "unit"], name="one_adoption_of_a_unit"),
            models.UniqueConstraint(fields=["spread", "place"], name="one_adoption_in_a_place"),
            models.CheckConstraint(name="adoption_left_for_a_reason", condition=Q(left_on=None) | ~Q(left_reason="")),
            models.CheckConstraint(
                name="adoption_placed_as_a_whole",
                condition=Q(place=None, wave=None) | Q(place__isnull=False, wave__isnull=False),
            ),
        ]


class StepDone(Thing):
    """A step of the playbook that a unit has done, and on which day. Taken back with a reason, never deleted."""

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=40)  # its code in the playbook
    on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=60)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=60, blank=True)
    taken_back_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["adoption", "step"], condition=Q(taken_back_at=None), name="one_step_done_once"
            ),
            models.CheckConstraint(
                name="step_taken_back_for_a_reason",
                condition=Q(taken_back_at=None) | ~Q(taken_back_reason=""),
            ),
        ]


class FidelityCheck(Thing):
    """Whether a unit does it as it is written: by step, "as_written", "adapted" or "left_out". Never changed."""

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="checks")
    on = models.DateField()
    found = models.JSONField()  # {code of the step: one of the three}
    words = models.CharField(max_length=1000, blank=True)
    checked_at = models.DateTimeField()
    checked_by = models.CharField(max_length=60)


class Help(Thing):
    """A unit that adopts asks the others for help; one of them answers."""

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="helps")
    step = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=60)
    helper = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="help_answered_as_a_whole",
                condition=Q(helper=None, answered_at=None, answer="")
                | (Q(helper__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
            )
        ]
