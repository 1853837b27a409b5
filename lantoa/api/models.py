"""Tokens of other systems, and the answers kept for those who ask again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit


class Token(Thing):
    """What another system shows to be let in: permissions on a unit and everything under it, until a day.

    Only the hash is kept, so a token cannot be shown twice: another one is issued.
    """

    name = models.CharField(max_length=80)  # of the system that holds it
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    scopes = ArrayField(models.CharField(max_length=40))  # names of directory.permissions
    token_hash = models.BinaryField(unique=True)
    begins = models.CharField(max_length=12)  # its first letters, to tell which one is meant
    calls_a_minute = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    minute_began_at = models.DateTimeField(null=True)  # the running window, and how many calls it has seen
    minute_calls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(revoked_at__isnull=True), name="one_token_of_a_name"
            ),
            models.CheckConstraint(name="token_expires_later", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(name="token_has_scopes", condition=Q(scopes__len__gt=0)),
            models.CheckConstraint(name="token_calls_positive", condition=Q(calls_a_minute__gt=0)),
        ]

    @property
    def actor_key(self) -> str:
        """How the ledger names it."""
        return f"token:{self.key}"

    def __str__(self) -> str:
        return self.name


class KeptAnswer(Thing):
    """What a write was answered, for whoever sends it again under the same key. Keys and counts only, no names."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="answers")
    idempotency_key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the method, the address and the body
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    location = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "idempotency_key"], name="one_answer_a_key")]


class Subscription(Thing):
    """Another system that wants to be told: where, of what, about which unit and everything under it."""

    name = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=40))  # names of rules.events.EVENTS
    turn = models.PositiveIntegerField(default=1)  # of its secret, which is made from the house's own
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="subscription_has_events", condition=Q(events__len__gt=0))]

    def __str__(self) -> str:
        return self.name


class Followed(models.Model):
    """How far the ledger has been read for events: the number of the last seal. One row."""

    name = models.CharField(max_length=10, primary_key=True, default="ledger")
    seal = models.BigIntegerField()


class Event(Thing):
    """Something that other systems are told of: a kind, a thing, a moment. Its key is what tells doubles apart."""

    kind = models.CharField(max_length=40)
    thing = models.CharField(max_length=80)  # "directory.person:0abc…"
    entry = models.CharField(max_length=13)  # the line of the ledger it stands for
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "thing"], name="one_event_of_a_line")]


class Delivery(Thing):
    """An event on its way to one subscriber."""

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        GIVEN_UP = "given_up"

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(default=0)  # the last one answered; 0 for none
    fault = models.CharField(max_length=200, blank=True)  # a msgid

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "event"], name="one_delivery")]
        indexes = [models.Index(fields=["next_at"], name="delivery_due", condition=Q(state="waiting"))]
