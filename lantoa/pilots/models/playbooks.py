"""Playbooks: what another unit needs to do the same, as one file with versions."""

from django.db import models

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.pilots.models.pilots import Pilot


class Playbook(Thing):
    """What is known of how to do it again. Its code comes from the file and is the same in every house."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="playbooks")
    pilot = models.ForeignKey(Pilot, null=True, on_delete=models.PROTECT, related_name="playbooks")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)  # of the last version

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="one_playbook_code")]

    def __str__(self) -> str:
        return self.title


class PlaybookVersion(Thing):
    """The file as it was loaded, letter for letter. A version is never changed."""

    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playbook", "number"], name="one_playbook_version")]
