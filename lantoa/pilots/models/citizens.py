"""What citizens write by the public page, held until somebody of the unit has looked at it."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.pilots.models.pains import PainPoint


class CitizenWord(Thing):
    """Something that hurts a citizen, in their words. How to reach them stands here only while they wait for an
    answer: it goes with the answer, when they take it back, and after its time."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="citizen_words")
    text = models.CharField(max_length=1000)
    name = models.CharField(max_length=100, blank=True)
    contact = models.CharField(max_length=120, blank=True)  # telephone or e-mail
    consent = models.CharField(max_length=600, blank=True)  # the words agreed to, as they stood beside the box
    said_at = models.DateTimeField()
    pain = models.OneToOneField(PainPoint, null=True, on_delete=models.PROTECT, related_name="citizen_word")
    declined = models.CharField(max_length=300, blank=True)  # why it was not taken over
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="citizen_reached_by_consent", condition=Q(contact="") | ~Q(consent="")),
            models.CheckConstraint(name="citizen_named_only_to_be_reached", condition=Q(name="") | ~Q(contact="")),
            models.CheckConstraint(
                name="citizen_word_decided_once",
                condition=Q(pain=None, declined="", decided_at=None)
                | Q(pain__isnull=False, declined="", decided_at__isnull=False)
                | (Q(pain=None, decided_at__isnull=False) & ~Q(declined="")),
            ),
        ]
