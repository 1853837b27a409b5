"""The question bank: collections owned by units, questions with their versions, pictures. See decision 0023."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.competence.models import Topic
from lantoa.directory.models import Unit


class Bank(Thing):
    """A collection of questions. Its unit owns it; others reach it by shares."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="banks")
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Share(Thing):
    """What another unit, and everything under it, may do with a bank."""

    class Right(models.TextChoices):
        SEE = "see"  # the questions, never their keys
        USE = "use"  # put them into papers
        EDIT = "edit"  # write and import questions

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="shares")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    right = models.CharField(max_length=4, choices=Right)
    given_by = models.CharField(max_length=60)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bank", "unit"], name="one_share_of_a_bank")]


class Question(Thing):
    """A question over time: an identity with a code; what it asks stands in its versions."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="questions")
    code = models.CharField(max_length=80)  # as its author calls it; how an import knows it again
    retired_at = models.DateTimeField(null=True)  # no new paper takes it; papers that hold it stay

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bank", "code"], name="one_question_code")]

    def __str__(self) -> str:
        return self.code


class Version(Thing):
    """What a question asks, and its key. Never changed (a trigger holds it): a change is a new version."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=True)
    kind = models.CharField(max_length=9)  # exams.rules.content.KINDS
    difficulty = models.PositiveSmallIntegerField()  # by its author, 1 to 4
    points = models.DecimalField(max_digits=6, decimal_places=2)
    content = models.JSONField()  # exams.rules.content.Content
    folded = models.TextField(blank=True)  # its words without marks and markup, to search in
    source = models.CharField(max_length=80, blank=True)  # "office.import:0abc…"
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # since then a paper holds it: it cannot be deleted any more

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="one_question_version"),
            models.UniqueConstraint(fields=["question"], condition=Q(current=True), name="one_current_version"),
            models.CheckConstraint(name="version_difficulty", condition=Q(difficulty__gte=1, difficulty__lte=4)),
            models.CheckConstraint(name="version_points_positive", condition=Q(points__gt=0)),
        ]


class Aim(models.Model):
    """What a version of a question tests: a topic of a course, and one of its outcomes in the words of that day."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="aims")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "topic", "outcome"], name="one_aim")]


class Picture(Thing):
    """A picture of a bank. Texts name it by its checksum: `<img src="picture:0a1b…">`."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="pictures")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bank", "sha256"], name="one_picture_of_a_bank")]
