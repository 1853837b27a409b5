"""An office asks units for people; each unit nominates. The places of a call are given in the order of asking."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.competence.models import Course
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging
from lantoa.programmes.models import Programme
from lantoa.training.models.classes import Enrolment, TrainingClass


class Call(Thing):
    """A call for nominations (đợt cử học viên): so many places in one class, or in the classes of one course."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="calls")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="calls")
    training_class = models.ForeignKey(TrainingClass, null=True, on_delete=models.PROTECT, related_name="calls")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="calls")  # who asks
    title = models.CharField(max_length=200)
    audience = models.CharField(max_length=500, blank=True)  # whom to nominate, in words
    places = models.PositiveIntegerField()
    due_on = models.DateField()  # the last day on which units may answer
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="call_places_positive", condition=Q(places__gt=0))]
        indexes = [models.Index(fields=["due_on"], name="call_due_on")]

    def __str__(self) -> str:
        return self.title


class Asked(Thing):
    """A unit that a call asks, and whether it declined."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="asked")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="asked")
    most = models.PositiveIntegerField(null=True)  # places this unit may hold at most; null: as many as there are
    due_on = models.DateField(null=True)  # a later deadline for this unit alone
    declined_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "unit"], name="asked_once"),
            models.CheckConstraint(
                name="decline_has_reason", condition=Q(declined_at__isnull=True) | ~Q(decline_reason="")
            ),
        ]

    @property
    def deadline(self) -> date:
        """The last day on which this unit may answer."""
        return max(self.call.due_on, self.due_on) if self.due_on else self.call.due_on


RUNNING = ("placed", "accepted", "waiting")
HOLDING = ("placed", "accepted")


class Nomination(Thing):
    """A person whom a unit nominates. `turn` is the order in which they came, `place` which of the places they hold.

    Whoever comes instead of another takes over turn and place: both belong to the unit's answer.
    """

    merging: ClassVar = Merging(N_("nominations"))

    class State(models.TextChoices):
        PLACED = "placed"
        WAITING = "waiting"
        ACCEPTED = "accepted"  # enrolled in a class
        WITHDRAWN = "withdrawn"  # by the unit, or because the enrolment ended
        REPLACED = "replaced"  # the unit sends somebody else
        TURNED_DOWN = "turned_down"  # by the office that asked

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="nominations")
    asked = models.ForeignKey(Asked, on_delete=models.PROTECT, related_name="nominations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="nominations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="nominations")  # of their post then
    post_title = models.CharField(max_length=200, blank=True)
    turn = models.PositiveIntegerField()
    place = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    nominated_at = models.DateTimeField()
    nominated_by = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    instead_of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replacement")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="nominations")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "person"], condition=Q(state__in=RUNNING), name="nominated_once"),
            models.UniqueConstraint(fields=["call", "turn"], condition=Q(state__in=RUNNING), name="one_turn"),
            models.UniqueConstraint(
                fields=["call", "place"], condition=Q(place__isnull=False), name="place_given_once"
            ),
            models.CheckConstraint(
                name="place_is_held",
                condition=Q(state__in=HOLDING, place__isnull=False, place__gt=0)
                | (~Q(state__in=HOLDING) & Q(place__isnull=True)),
            ),
            models.CheckConstraint(
                name="accepted_is_enrolled", condition=~Q(state="accepted") | Q(enrolment__isnull=False)
            ),
            models.CheckConstraint(name="turned_down_with_reason", condition=~Q(state="turned_down") | ~Q(reason="")),
        ]
        indexes = [models.Index(fields=["asked", "state"], name="nomination_asked")]
