"""Forms, what is asked of whom, and answers. Answers of an anonymous form have no way back to a person.

`Answer` has no person, no moment and no order: each new one is written together with all earlier ones of its survey,
shuffled (see `actions.feedback`). `AnswerGiven` remembers only that somebody has answered. Decision 0013.
"""

from typing import ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging
from lantoa.programmes.models import Programme
from lantoa.training.models.classes import Meeting, TrainingClass
from lantoa.training.rules.feedback.form import Form
from lantoa.training.rules.feedback.occasions import Occasion

OCCASIONS = [(one.value, one.value) for one in Occasion]


class FeedbackForm(Thing):
    """A version of a form. Once loaded it never changes; another text of the same code is the next version."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="feedback_forms")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    text = models.TextField()  # the file as it was loaded
    content = models.JSONField()  # rules.feedback.Form.as_data
    loaded_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "code", "version"], name="one_form_version"),
            models.CheckConstraint(name="form_version_from_one", condition=Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def form(self) -> Form:
        """What it asks."""
        return Form.of(self.content)


class AskedForm(Thing):
    """Which form a programme asks on which occasion."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="asked_forms")
    occasion = models.CharField(max_length=10, choices=OCCASIONS)
    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="asked")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "occasion"], name="one_form_an_occasion")]


class Survey(Thing):
    """A form asked of a class on one occasion: after one meeting, after the course, or months later."""

    training_class = models.ForeignKey(TrainingClass, on_delete=models.PROTECT, related_name="surveys")
    meeting = models.OneToOneField(Meeting, null=True, on_delete=models.PROTECT, related_name="survey")
    occasion = models.CharField(max_length=10, choices=OCCASIONS)
    months = models.PositiveSmallIntegerField(default=0)
    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="surveys")
    period = DateRangeField()  # the days on which it may be answered

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "occasion", "months"],
                condition=Q(meeting__isnull=True),
                name="asked_once_a_class",
            ),
            models.CheckConstraint(
                name="survey_of_a_meeting",
                condition=Q(occasion=Occasion.MEETING.value, meeting__isnull=False)
                | (~Q(occasion=Occasion.MEETING.value) & Q(meeting__isnull=True)),
            ),
            models.CheckConstraint(name="survey_has_days", condition=Q(period__isempty=False)),
        ]


class AnswerGiven(Thing):
    """Somebody has answered (of a superior's form: it was answered about them). What, it does not know."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="given")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    merging: ClassVar = Merging(N_("forms answered"), clash="aside")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "person"], name="answered_once")]


class Answer(Thing):
    """An anonymous answer. Nothing here, hidden columns of the database included, leads to whoever gave it."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    values = models.JSONField()


class NamedAnswer(Thing):
    """An answer to a form that says that it is not anonymous."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="named_answers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField()

    merging: ClassVar = Merging(N_("answers with a name"), clash="aside")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "person"], name="one_named_answer")]


class SuperiorAsk(Thing):
    """Who is asked about a learner: a person with an account, or whoever holds a link that ends."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="superiors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")  # the learner
    superior = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    link = models.CharField(max_length=13, blank=True)  # part of the signed link in force; a new one ends the old

    merging: ClassVar = Merging(N_("questions to superiors"), clash="aside")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "person"], name="one_superior_asked"),
            models.CheckConstraint(name="superior_or_link", condition=Q(superior__isnull=True) | Q(link="")),
            models.CheckConstraint(
                name="not_ones_own_superior", condition=Q(superior__isnull=True) | ~Q(superior=models.F("person"))
            ),
        ]
