"""Papers: how questions are chosen, and what was chosen."""

from django.db import models

from lantoa.common.models import Thing
from lantoa.directory.models import Unit


class Paper(Thing):
    """A paper (đề): its blueprint and how it is marked. `settings` is `exams.rules.blueprint.Blueprint` as JSON."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="papers")
    title = models.CharField(max_length=300)
    settings = models.JSONField(default=dict)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Variant(Thing):
    """One variant (mã đề) of a paper, drawn by its seed. Once used it is never changed (a trigger holds it).

    `content` is what a candidate may see: [{"id": "0abc…", "kind": "single", …}], the id being the key of the
    version. `keys` is what no device may see: {id: {"points": "1", …}}. See `exams.rules.marking`.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="variants")
    number = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    content = models.JSONField(default=list)
    keys = models.JSONField(default=dict)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # since then a sitting or a printed sheet holds it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="one_variant_number")]

    def __str__(self) -> str:
        return f"{self.paper.title} · {self.number:03d}"
