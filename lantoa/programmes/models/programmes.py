"""Programmes: their mandate, period, partners, fields."""

from typing import ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Decision, Person, Unit
from lantoa.directory.rules.merging import Merging


class Field(models.Model):
    """A field of work (lĩnh vực) that tags everything: health, education, tourism …"""

    code = models.SlugField(primary_key=True, max_length=40)
    name_vi = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)


class Programme(Thing):
    """Why we act: a decision, an owner, a period, an audience."""

    code = models.CharField(max_length=40, unique=True)  # letters of the file: "quan-9-2020"
    name = models.CharField(max_length=300)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="programmes")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="programmes")  # the owner
    period = DateRangeField()  # half-open: the last day is period.upper - 1
    audience = models.CharField(max_length=300, blank=True)
    fields = models.ManyToManyField(Field, related_name="programmes")
    papers = models.JSONField(default=dict)  # of the file: certificate, report, completion, assessments, shift
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="programme_period_bounded",
                condition=Q(period__startswith__isnull=False, period__endswith__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Partner(Thing):
    """Who else takes part, and as what."""

    class Role(models.TextChoices):
        HOST = "host"
        TEACHING = "teaching"
        PARTNER = "partner"
        DONOR = "donor"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partners")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=8, choices=Role)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")


class Lecturer(Thing):
    """Who teaches in a programme, and for which body. The same name of the same body is the same person."""

    merging: ClassVar = Merging(N_("lists of lecturers"))

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="lecturers")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)  # how the programme file calls them
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="lecturing")
    organisation = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="one_lecturer_code"),
            models.UniqueConstraint(fields=["programme", "person"], name="lecturer_once_a_programme"),
        ]
