"""The tables of the ledger. It knows actors and things by key only."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lantoa.common.models import Thing


class Seal(models.Model):
    """A sealed batch of lines. `ids` and `marks` (32 bytes a line, in the order of `ids`) name each line in it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    ids = ArrayField(models.BigIntegerField())
    marks = models.BinaryField()
    mark = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(number__gte=1), name="seal_number_from_one")]


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

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="entry_at"),
            models.Index(fields=["id"], name="entry_unsealed", condition=models.Q(seal__isnull=True)),
        ]
