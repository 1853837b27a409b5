"""Questions of a workshop: asked by people or sites, moderated, answered, forwarded to units. See decision 0033."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.workshop import Workshop


class Question(Thing):
    """What somebody asks. Of an anonymous one the house keeps neither the person nor the site."""

    merging: ClassVar = Merging(N_("questions asked in workshops"))

    class State(models.TextChoices):
        HELD = "held"  # until a moderator has read it: nobody else sees it
        OPEN = "open"
        ANSWERED = "answered"
        DECLINED = "declined"
        MERGED = "merged"  # into another that asks the same

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="questions")
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="questions")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="workshop_questions")
    anonymous = models.BooleanField(default=False)
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=1000)
    state = models.CharField(max_length=8, choices=State, default=State.HELD)
    into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    reason = models.CharField(max_length=300, blank=True)  # why it was declined
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="question_merged_into_another",
                condition=Q(state="merged", into__isnull=False) & ~Q(into=F("pk"))
                | ~Q(state="merged") & Q(into=None),
            ),
            models.CheckConstraint(
                name="question_declined_for_a_reason", condition=~Q(state="declined") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="question_of_nobody", condition=Q(anonymous=False) | Q(person=None, site=None)
            ),
        ]
        indexes = [models.Index(fields=["workshop", "state", "id"], name="questions_by_state")]


class Vote(models.Model):
    """One person wants an answer to one question. Once."""

    merging: ClassVar = Merging(N_("votes for questions of workshops"), clash="aside")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="workshop_votes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "person"], name="one_vote_a_person")]


class Reply(Thing):
    """An answer in one language. The one that `stands` is the answer; another that was written at the same time is
    kept beside it, so that nothing that somebody wrote is lost."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="replies")
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=4000)
    stands = models.BooleanField()
    written_by = models.CharField(max_length=60)
    written_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "language"], name="one_standing_reply", condition=Q(stands=True)
            ),
            models.CheckConstraint(name="reply_published_stands", condition=Q(published_at=None) | Q(stands=True)),
        ]


class Forwarding(Thing):
    """A question that a unit is to answer, until a day."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="forwardings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="workshop_questions")
    due_on = models.DateField()
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # answered, or taken back

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question"], name="one_unit_answers", condition=Q(ended_at=None))
        ]
        indexes = [models.Index(fields=["unit", "due_on"], name="forwarded_by_unit", condition=Q(ended_at=None))]
