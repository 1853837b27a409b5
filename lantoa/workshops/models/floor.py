"""The floor: who chairs, whose site has its hand up, who speaks. See decision 0033."""

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.workshop import AgendaItem, Workshop


class Conduct(Thing):
    """How a workshop is held while it is live, and who chairs it now: one row, made by the first act."""

    workshop = models.OneToOneField(Workshop, on_delete=models.PROTECT, related_name="conduct")
    chaired_by = models.CharField(max_length=60, blank=True)  # an actor's key
    chaired_since = models.DateTimeField(null=True)
    by_protocol = models.BooleanField(default=False)  # the order of the queue; else as hands were raised
    hands_open = models.BooleanField(default=True)
    seconds = models.PositiveSmallIntegerField(default=180)  # that a site has, unless the chair says otherwise
    questions_open = models.BooleanField(default=True)
    anonymous = models.BooleanField(default=False)  # questions may be asked without a name
    pinned = models.CharField(max_length=13, blank=True)  # the key of the question on the screens

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="conduct_chaired_since",
                condition=Q(chaired_by="", chaired_since=None) | ~Q(chaired_by="") & Q(chaired_since__isnull=False),
            ),
            models.CheckConstraint(name="conduct_time_to_speak", condition=Q(seconds__gte=30, seconds__lte=3600)),
        ]


class Hand(Thing):
    """A site that wants the floor, from its hand to its last word. One open hand a site; one site speaks."""

    class State(models.TextChoices):
        WAITING = "waiting"
        INVITED = "invited"
        SPEAKING = "speaking"
        SPOKEN = "spoken"
        WITHDRAWN = "withdrawn"  # by the site
        PASSED = "passed"  # by the chair: not now

    OPEN = (State.WAITING, State.INVITED, State.SPEAKING)

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="hands")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="hands")
    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.SET_NULL, related_name="hands")  # that ran then
    about = models.CharField(max_length=200, blank=True)  # what it wants to speak of
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=60)
    invited_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(default=0)  # given to speak, what was added included
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site"], name="one_open_hand", condition=Q(state__in=["waiting", "invited", "speaking"])
            ),
            models.UniqueConstraint(fields=["workshop"], name="one_site_speaks", condition=Q(state="speaking")),
            models.CheckConstraint(
                name="hand_in_order",
                condition=Q(ended_at=None, state__in=["waiting", "invited", "speaking"])
                | Q(ended_at__gte=F("raised_at"), state__in=["spoken", "withdrawn", "passed"]),
            ),
            models.CheckConstraint(
                name="hand_spoke",
                condition=Q(started_at=None, state__in=["waiting", "invited", "withdrawn", "passed"])
                | Q(started_at__isnull=False, state__in=["speaking", "spoken"]),
            ),
        ]
        indexes = [models.Index(fields=["workshop", "raised_at"], name="hands_as_raised")]
