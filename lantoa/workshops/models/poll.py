"""Polls and quick quizzes of a workshop, counted per person and per site. See decision 0033."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person
from lantoa.directory.rules.merging import Merging
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.workshop import Workshop


class Poll(Thing):
    """Something asked of everybody at once. `options` are [{"vi": …, "en": …}]; `right` (of a quiz) their places."""

    class State(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        CLOSED = "closed"

    class Voices(models.TextChoices):
        PEOPLE = "people"  # each person once
        SITES = "sites"  # each site once, by its operator
        HEADS = "heads"  # each site, weighing as many as are there

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="polls")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=500)
    title_en = models.CharField(max_length=500, blank=True)
    options = models.JSONField()
    right = ArrayField(models.PositiveSmallIntegerField(), default=list)
    several = models.BooleanField(default=False)  # more than one option may be chosen
    voices = models.CharField(max_length=6, choices=Voices, default=Voices.PEOPLE)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)  # since then everybody sees the result

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "position"], name="one_poll_position"),
            models.CheckConstraint(
                name="poll_in_order",
                condition=Q(state="draft", opened_at=None, closed_at=None, shown_at=None)
                | Q(state="open", opened_at__isnull=False, closed_at=None, shown_at=None)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
            ),
        ]


class Ballot(Thing):
    """What one person chose, at the site where they sat then; while the poll is open it may be changed."""

    merging: ClassVar = Merging(N_("votes in polls of workshops"), clash="aside")

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="ballots")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="workshop_ballots")
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    chosen = ArrayField(models.PositiveSmallIntegerField())
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="one_ballot_a_person")]


class SiteBallot(Thing):
    """What a site chose, and for how many people it spoke."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="site_ballots")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="ballots")
    chosen = ArrayField(models.PositiveSmallIntegerField())
    heads = models.PositiveIntegerField()
    cast_by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "site"], name="one_ballot_a_site")]
