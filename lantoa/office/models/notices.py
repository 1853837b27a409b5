"""Notices to people: what they are told, by which channel, in whose words, and what came of it."""

import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging


class Channel(models.TextChoices):
    """How a person is reached."""

    EMAIL = "email"
    SMS = "sms"
    ZALO = "zalo"
    NONE = "none"  # the person wants no notices: the coordinator tells them


class Language(models.TextChoices):
    VIETNAMESE = "vi"
    ENGLISH = "en"


class Reach(Thing):
    """How a person wants to be reached. Whoever has no row is reached by e-mail, else by SMS, in Vietnamese."""

    merging: ClassVar = Merging(N_("wishes how to be reached"), clash="aside")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="reach")
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    language = models.CharField(max_length=2, choices=Language, default=Language.VIETNAMESE)
    digest = models.BooleanField(default=False)  # one message a day with all there is
    quiet_from = models.TimeField(default=datetime.time(21))  # nothing is sent from then on …
    quiet_until = models.TimeField(default=datetime.time(7))  # … until then; the same time twice: no quiet hours
    changed_at = models.DateTimeField()


class Wording(Thing):
    """The words of a kind of notice in one language, as a unit keeps them. Never changed: a new version is added.

    Without a unit: the words as they came with the house. A unit's words hold for everything under it.
    """

    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=60)  # "training.meeting_tomorrow"
    language = models.CharField(max_length=2, choices=Language)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField()  # of an e-mail
    short = models.TextField()  # of an SMS or a Zalo message
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "template", "language", "version"], name="one_wording", nulls_distinct=False
            )
        ]


class Notice(Thing):
    """Something one person is told once. `once` names the occasion: the same occasion never makes a second notice."""

    merging: ClassVar = Merging(N_("notices"))

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"  # taken over by the mail server or the gateway
        BOUNCED = "bounced"  # came back: nobody can be reached under this address
        UNREACHABLE = "unreachable"  # there is no way to this person at all
        FAILED = "failed"  # given up, or not known whether it left
        CANCELLED = "cancelled"

    once = models.CharField(max_length=200, unique=True)  # "training.meeting_tomorrow:0abc…:2020-10-05:0def…"
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # the office that tells
    person_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")  # theirs, that day
    template = models.CharField(max_length=60)
    values = models.JSONField(default=dict)  # what fills the places of the wording
    about = models.CharField(max_length=80, blank=True)  # opaque: "training.meeting:0abc…"
    urgent = models.BooleanField(default=False)  # neither quiet hours nor a digest hold it back
    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    why = models.CharField(max_length=20, blank=True)  # rules.notices.REASONS
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()  # not sent before
    good_until = models.DateTimeField(null=True)  # not sent after: a reminder of what is over helps nobody
    held = models.BooleanField(default=False)  # waits for the person's digest
    batch = models.CharField(max_length=13, blank=True)  # key of the notice in whose message it goes
    sender = models.ForeignKey("Job", null=True, on_delete=models.PROTECT, related_name="+")  # who has it in hand
    attempts = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=1)  # how often a person had it sent: each is a new message
    channel = models.CharField(max_length=5, choices=Channel, blank=True)
    sent_to = models.CharField(max_length=120, blank=True)  # the address, masked: enough to see which one was meant
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=300, blank=True)  # what the mail server or gateway said
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_to_someone", condition=Q(person__isnull=False) | Q(user__isnull=False)
            ),
            models.CheckConstraint(
                name="notice_finished_or_waiting",
                condition=Q(state="waiting", finished_at=None) | (~Q(state="waiting") & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(name="notice_in_hand_waits", condition=Q(sender=None) | Q(state="waiting")),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="notice_due", condition=Q(state="waiting") & Q(sender=None)),
            models.Index(fields=["sender"], name="notice_in_hand", condition=Q(sender__isnull=False)),
            models.Index(fields=["unit", "state"], name="notice_unit"),
            models.Index(fields=["person_unit", "state"], name="notice_person_unit"),
            models.Index(fields=["batch"], name="notice_batch", condition=~Q(batch="")),
            models.Index(fields=["about"], name="notice_about", condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return self.once


class DailyRun(Thing):
    """A job that is done once a day was started for this day. The database holds the once."""

    kind = models.CharField(max_length=60)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "day"], name="once_a_day")]
