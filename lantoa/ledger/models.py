"""The tables of the ledger. It knows actors and things by key only."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import get_default_timezone

from lantoa.common.models import Thing
from lantoa.ledger.rules import Actor, canonical


class Seal(models.Model):
    """A sealed batch of lines. `ids` and `marks` (32 bytes a line, in the order of `ids`) name each line in it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    ids = ArrayField(models.BigIntegerField())
    marks = models.BinaryField()
    mark = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(number__gte=1), name="seal_number_from_one")]


class EntryQuerySet(models.QuerySet["Entry"]):
    """Lines by whom, about what and when; they chain."""

    def by(self, actor: Actor | str) -> "EntryQuerySet":
        """The lines of one actor: a user, a machine, or a key like `user:0abc…`."""
        return self.filter(actor=actor if isinstance(actor, str) else actor.actor_key)

    def about_thing(self, thing: Thing | str) -> "EntryQuerySet":
        """The lines about one thing, or about a key like `training.trainingclass:0abc…`."""
        return self.filter(thing=thing if isinstance(thing, str) else thing_key(thing))

    def of_day(self, on: date) -> "EntryQuerySet":
        """The lines of one day of the house's time zone."""
        return self.between(on, on + timedelta(days=1))

    def between(self, since: date, until: date) -> "EntryQuerySet":
        """The lines of the days from `since` up to, but not including, `until`."""
        zone = get_default_timezone()
        return self.filter(
            at__gte=datetime.combine(since, clock_time.min, zone),
            at__lt=datetime.combine(until, clock_time.min, zone),
        )


class Entry(Thing):
    """One line: who did what, when, about what. Keys and values only, never free text about a person.

    A trigger of the database refuses to change or delete a line; only its seal may be added once.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=60, db_index=True)
    act = models.CharField(max_length=60)
    thing = models.CharField(max_length=80, db_index=True)
    about = models.JSONField(default=dict)
    mark = models.BinaryField()
    seal = models.ForeignKey(Seal, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="entry_at"),
            models.Index(fields=["id"], name="entry_unsealed", condition=models.Q(seal__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.act} {self.thing}"

    def written(self) -> bytes:
        """The line as the bytes that its mark is made over."""
        return written(self.key, self.at, self.actor, self.act, self.thing, self.about)


def thing_key(thing: Thing) -> str:
    """`training.trainingclass:0abc…`: how the ledger names a thing."""
    return f"{thing._meta.label_lower}:{thing.key}"


def written(key: str, at: datetime, actor: str, act: str, thing: str, about: dict[str, Any]) -> bytes:
    """A line as the bytes that its mark is made over; the moment in UTC."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical(key=key, at=moment, actor=actor, act=act, thing=thing, about=about)
