"""What is said to everybody in writing, and what is broken: captions, announcements, faults. See decision 0033."""

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.workshop import Workshop


class Caption(models.Model):
    """A line of what is being said, typed by the interpreter of a language."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="captions")
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=500)
    typed_by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workshop", "language", "-id"], name="captions_last")]


class Announcement(Thing):
    """Said to all sites, in each language, until it is taken down."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="announcements")
    text = models.CharField(max_length=500)
    text_en = models.CharField(max_length=500, blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="announcement_ends_later", condition=Q(ended_at=None) | Q(ended_at__gte=F("made_at"))
            )
        ]


class Fault(Thing):
    """What does not work at a site, since when, and who is calling: one open fault a site, one caller at a time."""

    class Kind(models.TextChoices):
        LINE = "line"
        PICTURE = "picture"
        SOUND = "sound"
        POWER = "power"
        INTERPRETING = "interpreting"
        OTHER = "other"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="faults")
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.CharField(max_length=300, blank=True)
    reported_by = models.CharField(max_length=60)
    reported_at = models.DateTimeField()
    caller = models.CharField(max_length=60, blank=True)  # an actor's key
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site"], name="one_open_fault", condition=Q(ended_at=None)),
            models.CheckConstraint(
                name="fault_called_by_somebody",
                condition=Q(caller="", called_at=None) | ~Q(caller="") & Q(called_at__isnull=False),
            ),
            models.CheckConstraint(
                name="fault_ends_later", condition=Q(ended_at=None) | Q(ended_at__gte=F("reported_at"))
            ),
        ]


class Screen(Thing):
    """What a site shows of the stream: its own rung of the ladder from picture to text."""

    class Rung(models.TextChoices):
        VIDEO = "video"
        SOUND = "sound"  # sound and slides
        SLIDES = "slides"  # slides and captions
        TEXT = "text"

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="screen")
    rung = models.CharField(max_length=6, choices=Rung, default=Rung.VIDEO)
    chosen_by = models.CharField(max_length=60)
    chosen_at = models.DateTimeField()
