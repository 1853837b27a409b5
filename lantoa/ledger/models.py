"""The tables of the ledger. It knows actors and things by key only."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KT

from lantoa.common.days import begins
from lantoa.common.models import Thing
from lantoa.ledger.rules import Actor, canonical

NAMES_A_PERSON = models.Q(about__has_key="person")


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
        return self.filter(at__gte=begins(since), at__lt=begins(until))

    def concerning(
        self, people: Iterable[str], things: Iterable[str], also: models.Q | None = None
    ) -> "EntryQuerySet":
        """The lines about people: about one of these things (their posts, places in classes …), or naming one of
        their keys in the values; `also` says what else is about them.

        Each is found along its own index. Joined by OR the database would rather read all lines from the newest back
        until a page of them is full: with a million lines half a second, and most people have no page full.
        """
        lines = Entry.objects.order_by()
        named = lines.alias(person_named=KT("about__person")).filter(NAMES_A_PERSON, person_named__in=list(people))
        found = [lines.filter(thing__in=list(things)), named, *([lines.filter(also)] if also else [])]
        return self.filter(pk__in=found[0].values("pk").union(*(one.values("pk") for one in found[1:])))


class Entry(Thing):
    """One line: who did what, when, about what. Keys and values only, never free text about a person.

    A trigger of the database refuses to change or delete a line; only its seal may be added once.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    act = models.CharField(max_length=60)
    thing = models.CharField(max_length=80)
    about = models.JSONField(default=dict)
    mark = models.BinaryField()
    seal = models.ForeignKey(Seal, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            # each list an auditor asks for is read backward along one of these, however many lines there are
            models.Index(fields=["at", "id"], name="entry_at"),
            models.Index(fields=["actor", "at", "id"], name="entry_actor"),
            models.Index(fields=["thing", "at", "id"], name="entry_thing"),
            models.Index(fields=["act", "at", "id"], name="entry_act"),
            models.Index(KT("about__person"), name="entry_person", condition=NAMES_A_PERSON),
            models.Index(fields=["id"], name="entry_unsealed", condition=models.Q(seal__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.act} {self.thing}"

    def written(self) -> bytes:
        """The line as the bytes that its mark is made over."""
        return written(self.key, self.at, self.actor, self.act, self.thing, self.about)


class LookQuerySet(models.QuerySet["Look"]):
    """Looks by whom, at whom and when; they chain."""

    def by(self, actor: str) -> "LookQuerySet":
        """The looks of one actor, by a key like `user:0abc…`."""
        return self.filter(actor=actor)

    def at_whom(self, keys: Iterable[str]) -> "LookQuerySet":
        """The looks at these people, or at the lists of these units, classes, programmes."""
        return self.filter(whom__in=list(keys))

    def between(self, since: date, until: date) -> "LookQuerySet":
        """The looks of the days from `since` up to, but not including, `until`."""
        return self.filter(at__gte=begins(since), at__lt=begins(until))


class Look(models.Model):
    """Somebody saw personal data of others on a page: who, whose, of how many, when, where. Keys only.

    A trigger of the database refuses to change a line; it lets lines go whose time is over (decision 0016).
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    page = models.CharField(max_length=60)  # the name of its address: "directory:person"
    whom = models.CharField(max_length=80)  # a person, or the unit, class, programme whose list it was
    part = models.PositiveIntegerField(default=1)  # which page of a list in pages
    people = models.PositiveIntegerField(null=True)  # how many people it showed; None: not counted (a file)
    mark = models.BinaryField()

    objects = LookQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="look_at"),
            models.Index(fields=["actor", "at", "id"], name="look_actor"),
            models.Index(fields=["whom", "at", "id"], name="look_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.page} {self.whom}"


def thing_key(thing: Thing) -> str:
    """`training.trainingclass:0abc…`: how the ledger names a thing."""
    return f"{thing._meta.label_lower}:{thing.key}"


def written(key: str, at: datetime, actor: str, act: str, thing: str, about: dict[str, Any]) -> bytes:
    """A line as the bytes that its mark is made over; the moment in UTC."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical(key=key, at=moment, actor=actor, act=act, thing=thing, about=about)
