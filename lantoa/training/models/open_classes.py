"""Classes that citizens and businesses join by themselves, and what they agreed to when they did."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.training.models.classes import Enrolment, TrainingClass


class OpenClass(Thing):
    """A class is open to everybody: it stands on the public page until the last day to join."""

    training_class = models.OneToOneField(TrainingClass, on_delete=models.PROTECT, related_name="opened")
    until = models.DateField()  # the last day to join
    about = models.CharField(max_length=600, blank=True)  # for whom, what to bring


class Joining(Thing):
    """Somebody joined an open class by the public page, and agreed to the use of their data for it."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen"
        BUSINESS = "business"

    open_class = models.ForeignKey(OpenClass, on_delete=models.PROTECT, related_name="joinings")
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="joining")
    kind = models.CharField(max_length=10, choices=Kind)
    business = models.CharField(max_length=200, blank=True)
    consent = models.CharField(max_length=600)  # the words agreed to, as they stood beside the box
    consented_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="business_has_a_name", condition=~Q(kind="business") | ~Q(business="")),
            models.CheckConstraint(name="consent_has_words", condition=~Q(consent="")),
        ]
