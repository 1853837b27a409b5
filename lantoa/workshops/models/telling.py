"""What the pages of a workshop were told, numbered without a gap: whoever was away reads on from what they know."""

from django.db import models

from lantoa.workshops.models.workshop import Workshop


class Telling(models.Model):
    """One event of a workshop. `audience`: "all", "desk" or "site:KEY"; `about`: keys and values, no free text."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="tellings")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    audience = models.CharField(max_length=40)
    about = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "number"], name="one_telling_number")]
