"""Courses, their topics and materials."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.office.models import File


class Course(Thing):
    """What is taught: topics (chuyên đề) in their order."""

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="courses")  # the owner

    def __str__(self) -> str:
        return self.title


class Topic(Thing):
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="topics")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    outcomes = models.TextField(blank=True)  # one a line
    hours = models.DecimalField(max_digits=5, decimal_places=1)  # lesson hours

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "position"], name="one_topic_a_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(name="topic_hours_positive", condition=Q(hours__gt=0)),
        ]

    def __str__(self) -> str:
        return self.title


class Material(Thing):
    """A file or a link of a topic; small enough for a phone."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="materials")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    file = models.ForeignKey(File, null=True, on_delete=models.PROTECT, related_name="+")
    url = models.URLField(blank=True, max_length=500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="material_is_file_or_link",
                condition=Q(file__isnull=False, url="") | (Q(file__isnull=True) & ~Q(url="")),
            )
        ]
