"""Slides by their numbers: which documents are shown page by page, their pages as pictures, what is on now (0049)."""

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.workshops.models.before import WorkshopFile
from lantoa.workshops.models.workshop import Workshop


class Deck(Thing):
    """A document of the workshop that is shown page by page. The same slides in another language are a deck of their
    own that names this one; the one that is named names none."""

    class Undrawn(models.TextChoices):
        """Why there are no pictures of it, for good."""

        NO = ""
        KIND = "kind"  # a file that only its own program shows
        BROKEN = "broken"
        LOCKED = "locked"
        PAGES = "pages"  # too many

    document = models.OneToOneField(WorkshopFile, on_delete=models.CASCADE, related_name="deck")
    same_as = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="others")
    pages = models.PositiveSmallIntegerField(null=True)  # None: not counted yet
    drawn_at = models.DateTimeField(null=True)
    undrawn = models.CharField(max_length=6, choices=Undrawn, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="deck_not_itself", condition=Q(same_as=None) | ~Q(same_as=F("pk"))),
            models.CheckConstraint(
                name="deck_drawn_is_counted",
                condition=Q(drawn_at=None) | Q(undrawn="", pages__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.document.title


class Slide(models.Model):
    """A page of a deck as pictures (WebP): for a telephone and for a hall. Drawn once, never changed."""

    deck = models.ForeignKey(Deck, on_delete=models.CASCADE, related_name="slides")
    number = models.PositiveSmallIntegerField()  # from 1
    small = models.BinaryField()
    wide = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deck", "number"], name="one_slide_of_a_number"),
            models.CheckConstraint(name="slides_from_one", condition=Q(number__gte=1)),
        ]


class Showing(Thing):
    """Which slide is on: one row a workshop while there is one. `said` is what was told to all pages of it (see
    `workshops.queries.slides`): thousands of pages read it instead of asking for the deck."""

    workshop = models.OneToOneField(Workshop, on_delete=models.PROTECT, related_name="showing")
    deck = models.ForeignKey(Deck, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    said = models.JSONField()
    shown_by = models.CharField(max_length=60)
    shown_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="showing_from_one", condition=Q(number__gte=1))]
