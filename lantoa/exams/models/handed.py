"""Files handed in during an exam. See decision 0035."""

from django.db import models

from lantoa.common.models import Thing
from lantoa.exams.models.sitting import Attempt
from lantoa.office.models import File


class HandedFile(Thing):
    """The content of a file that an event of the log names by its checksum: it has reached the centre.

    Which of several counts is what the log says. `file` has a name of our own, for markers are told nobody's.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="handed_files")
    question = models.CharField(max_length=13)
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question", "sha256"], name="one_content_of_a_handed_file")
        ]
