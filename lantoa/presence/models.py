"""Gatherings and who was there. A gathering knows its source (a class meeting, a site) by an opaque key only."""

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person
from lantoa.directory.rules.merging import Merging


class Gathering(Thing):
    """Something people come to. While it is open its rotating code can be entered from a phone."""

    source = models.CharField(max_length=80, unique=True)  # "training.meeting:0abc…"
    during = DateTimeRangeField()
    code_secret = models.BinaryField()
    code_seconds = models.PositiveSmallIntegerField(default=20)  # how long one code lives
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    held = models.BooleanField(default=False)  # the roll is complete: whoever has no line was absent


class Attendance(Thing):
    """One person at one gathering."""

    merging: ClassVar = Merging(N_("presence at meetings"), clash="aside")

    class State(models.TextChoices):
        PRESENT = "present"
        PARTIAL = "partial"
        LEAVE = "leave"  # excused
        ABSENT = "absent"

    class How(models.TextChoices):
        CODE = "code"
        ROLL_CALL = "roll_call"
        IMPORT = "import"

    gathering = models.ForeignKey(Gathering, on_delete=models.PROTECT, related_name="attendance")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendance")
    state = models.CharField(max_length=7, choices=State)
    share = models.DecimalField(max_digits=3, decimal_places=2)  # of the gathering: 1 present, 0 absent or on leave
    how = models.CharField(max_length=9, choices=How)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gathering", "person"], name="one_attendance"),
            models.CheckConstraint(
                name="attendance_share_fits_state",
                condition=Q(state="present", share=1)
                | Q(state="partial", share__gt=0, share__lt=1)
                | Q(state__in=["leave", "absent"], share=0),
            ),
        ]


class Correction(Thing):
    """What an attendance was before it was corrected, and why."""

    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="corrections")
    state_before = models.CharField(max_length=7, choices=Attendance.State)
    share_before = models.DecimalField(max_digits=3, decimal_places=2)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
