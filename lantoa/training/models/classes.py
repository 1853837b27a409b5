"""Classes, meetings, enrolments, marks, certificates."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.competence.models import Course, Topic
from lantoa.directory.models import Person, Unit, same
from lantoa.directory.rules.merging import Merging
from lantoa.office.models import File, SigningKey
from lantoa.presence.models import Gathering
from lantoa.programmes.models import Programme


class Room(Thing):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=120)
    capacity = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="one_room")]

    def __str__(self) -> str:
        return self.name


class TrainingClass(Thing):
    """A class (lớp): people who take one course of one programme together."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="classes")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="classes")
    code = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="classes")  # who holds it
    place = models.CharField(max_length=200, blank=True)
    online_url = models.URLField(blank=True, max_length=500)
    capacity = models.PositiveIntegerField()
    rule = models.JSONField(default=dict)  # when it counts as completed: see training.rules.completion

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="one_class_code"),
            models.CheckConstraint(name="class_capacity_positive", condition=Q(capacity__gt=0)),
            models.CheckConstraint(name="class_somewhere", condition=~Q(place="") | ~Q(online_url="")),
        ]

    def __str__(self) -> str:
        return self.code


class Meeting(Thing):
    """A meeting (buổi học) of a class: a topic, a lecturer, a room, a time. The database keeps all three apart."""

    merging: ClassVar = Merging(N_("meetings taught"))

    training_class = models.ForeignKey(TrainingClass, on_delete=models.PROTECT, related_name="meetings")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="meetings")
    lecturer = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="meetings_taught")
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="meetings")
    during = DateTimeRangeField()
    gathering = models.OneToOneField(Gathering, on_delete=models.PROTECT, related_name="meeting")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="class_meets_once",
                expressions=[*same("training_class"), ("during", RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="lecturer_in_one_place",
                expressions=[*same("lecturer"), ("during", RangeOperators.OVERLAPS)],
                condition=Q(lecturer__isnull=False),
            ),
            ExclusionConstraint(
                name="room_taken_once",
                expressions=[*same("room"), ("during", RangeOperators.OVERLAPS)],
                condition=Q(room__isnull=False),
            ),
        ]


class Enrolment(Thing):
    """A person in a class, from the unit they belonged to then."""

    merging: ClassVar = Merging(N_("classes"))

    training_class = models.ForeignKey(TrainingClass, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="enrolments")
    post_title = models.CharField(max_length=200, blank=True)
    enrolled_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=80)  # "office.import:0abc…"
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "person"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_enrolment",
            )
        ]
        indexes = [models.Index(fields=["training_class", "unit"], name="enrolment_class_unit")]


class Assessment(Thing):
    """Something marked: a test, or an assignment that is handed in."""

    class Kind(models.TextChoices):
        TEST = "test"
        ASSIGNMENT = "assignment"
        PLAN = "plan"  # a short plan for one's own office

    training_class = models.ForeignKey(TrainingClass, on_delete=models.PROTECT, related_name="assessments")
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind)
    highest = models.DecimalField(max_digits=5, decimal_places=2, default=10)
    due_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training_class", "code"], name="one_assessment")]


class Mark(Thing):
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="marks")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="marks")
    value = models.DecimalField(max_digits=5, decimal_places=2)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    source = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "assessment"], name="one_mark"),
            models.CheckConstraint(name="mark_not_negative", condition=Q(value__gte=0)),
        ]


class Submission(Thing):
    """What a learner handed in. A plan for one's own office is kept as what it is: problem, first step, by when."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="submissions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="submissions")
    text = models.TextField(blank=True)
    file = models.ForeignKey(File, null=True, on_delete=models.PROTECT, related_name="+")
    problem = models.TextField(blank=True)
    first_step = models.TextField(blank=True)
    by_when = models.DateField(null=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="plans")
    handed_in_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "assessment"], name="one_submission")]


class Certificate(Thing):
    """A certificate, issued once per enrolment. What it says is frozen; it can only be revoked, with a reason."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=60, unique=True)
    issued_on = models.DateField()
    facts = models.JSONField()  # exactly what is printed
    payload = models.TextField()  # the signed text of the QR code
    signing_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="certificates")
    issued_by = models.CharField(max_length=60)
    revoked_on = models.DateField(null=True)
    revoked_by = models.CharField(max_length=60, blank=True)
    revocation_kind = models.CharField(
        max_length=10, blank=True
    )  # for the public: training.rules.certificate.trust.Reason
    revocation_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment"], condition=Q(revoked_on__isnull=True), name="issued_once"),
            models.CheckConstraint(
                name="revocation_has_reason",
                condition=Q(revoked_on__isnull=True) | (~Q(revocation_reason="") & ~Q(revocation_kind="")),
            ),
        ]
