"""Exams that a class holds."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.exams.models import Sitting
from lantoa.training.models.classes import Assessment, TrainingClass


class ClassExam(Thing):
    """A sitting that a class asked for, and what for. With an assessment its results are marks of the class."""

    class Purpose(models.TextChoices):
        PRE = "pre"
        POST = "post"
        TEST = "test"  # on the way, and it counts
        PRACTICE = "practice"

    training_class = models.ForeignKey(TrainingClass, on_delete=models.PROTECT, related_name="exams")
    sitting = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose)
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.PROTECT, related_name="exams")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exam_that_counts",
                condition=Q(purpose="post")
                | Q(purpose="test", assessment__isnull=False)
                | Q(purpose__in=["pre", "practice"], assessment__isnull=True),
            )
        ]
