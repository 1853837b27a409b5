"""Rooms of a sitting: who sits where, who watches, what was noted, and what was signed. See decision 0029."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging
from lantoa.exams.models.sitting import Attempt, Sitting
from lantoa.office.models import Document


class Room(Thing):
    """A room of a sitting. The site operators of `unit` watch over it, and whoever is named beside them."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="rooms")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="exam_rooms")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "name"], name="one_room_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Invigilator(Thing):
    """A person who watches over one room, whatever their role is."""

    merging: ClassVar = Merging(N_("exam rooms watched over"), clash="aside")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="invigilators")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exam_rooms")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="one_invigilator")]


class Seat(Thing):
    """Where an attempt is sat, under which number of the room's list; that somebody looked who it is; or absence."""

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, related_name="seat")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=60, blank=True)
    absent_at = models.DateTimeField(null=True)
    absent_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="one_number_in_a_room"),
            models.CheckConstraint(name="seat_checked_or_absent", condition=Q(checked_at=None) | Q(absent_at=None)),
        ]


class LastSeen(models.Model):
    """When an attempt was last heard of, to the minute; a line that may be lost: the log of answers has it all.

    The table is not logged, and written in groups, once a minute for an attempt at most.
    """

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, primary_key=True, related_name="last_seen")
    opened_at = models.DateTimeField(null=True)  # its page asked for anything
    answered_at = models.DateTimeField(null=True)  # an event of the log arrived
    delivered_at = models.DateTimeField(null=True)  # the sealed paper was fetched
    plain = models.BooleanField(null=True)  # the plain form is used: no script, or no encryption


class Remark(Thing):
    """What an invigilator notes of a room, or of one candidate; never changed. Erasure may empty its text."""

    class Kind(models.TextChoices):
        LATE = "late"
        DEVICE = "device"
        ABSENT = "absent"
        VIOLATION = "violation"
        LINE = "line"
        TIME = "time"  # extra time, with `minutes` and its reason as `text`
        OTHER = "other"

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="remarks")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=500, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()


class Minutes(Thing):
    """The minutes of a room, frozen when the first invigilator signs. People and remarks stand in it by key.

    `sha256` is of the content as `exams.rules.minutes` writes it; whoever signs, signs that.
    """

    room = models.OneToOneField(Room, on_delete=models.PROTECT, related_name="minutes")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    signed_by = models.CharField(max_length=60)
    signed_at = models.DateTimeField()
    second_by = models.CharField(max_length=60, blank=True)
    second_at = models.DateTimeField(null=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name_plural = "minutes"
        constraints = [
            models.CheckConstraint(
                name="minutes_signed_by_two",
                condition=Q(second_at=None, second_by="") | Q(second_at__isnull=False) & ~Q(second_by=""),
            )
        ]
