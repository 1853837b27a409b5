"""What comes before a workshop: invitations and their answers, technical checks, documents."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.office.models import File
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.workshop import Workshop


class Invitation(Thing):
    """That a site was asked to take part, and what it answered. The last answer counts; the ledger has them all."""

    class Answer(models.TextChoices):
        NONE = ""
        YES = "yes"
        NO = "no"

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="invitation")
    invited_at = models.DateTimeField()
    by_letter = models.BooleanField(default=False)  # a printed list says whom: nobody there can be told by the house
    reminded_on = models.DateField(null=True)  # the last time
    answer = models.CharField(max_length=3, choices=Answer, blank=True)
    people = models.PositiveIntegerField(null=True)  # who will come
    note = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_answered_whole",
                condition=Q(answer="", answered_at=None, answered_by="")
                | (~Q(answer="") & Q(answered_at__isnull=False) & ~Q(answered_by="")),
            )
        ]


class Check(Thing):
    """A technical check of a site: what was measured in the browser or said by form, and its colour. Never changed;
    it counts as long as it is signed and not outdated by other equipment or another line."""

    class Colour(models.TextChoices):
        GREEN = "green"
        AMBER = "amber"
        RED = "red"

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="checks")
    results = models.JSONField()  # see workshops.rules.checks
    colour = models.CharField(max_length=5, choices=Colour)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    signed_by = models.CharField(max_length=60)
    outdated_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["site", "-id"], name="check_latest")]


class WorkshopFile(Thing):
    """A document of the workshop in one language: agenda, slides, letter."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=8)
    added_at = models.DateTimeField()
