"""Indices as they were issued: a text that is never changed; another text is another version."""

from django.db import models

from lantoa.common.models import Thing
from lantoa.directory.models import Decision, Unit


class IndexVersion(Thing):
    """One version of an index, by its file. Every score says which one it was reckoned by."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # the office that loaded it
    code = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    title_vi = models.CharField(max_length=4000)
    title_en = models.CharField(max_length=4000, blank=True)
    level = models.CharField(max_length=10)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    can_score = models.BooleanField()
    is_own = models.BooleanField(default=False)  # made up as an example: pages say so
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "code", "version"], name="one_index_version")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
