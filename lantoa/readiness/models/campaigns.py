"""A year's collection of an index: what units answered, with which papers, what reviewers and appeals made of it."""

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.directory.models import Unit
from lantoa.office.models import File
from lantoa.readiness.models.indices import IndexVersion


class Campaign(Thing):
    """One index, one year, the units in force on a day. Its states follow one another; the last one is for good."""

    class State(models.TextChoices):
        DRAFT = "draft"  # only the office knows of it
        OPEN = "open"  # units answer
        REVIEW = "review"  # nothing new comes in but what was returned
        APPEAL = "appeal"  # units see what became of their answers, and may object
        PUBLISHED = "published"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="readiness_campaigns")
    version = models.ForeignKey(IndexVersion, on_delete=models.PROTECT, related_name="campaigns")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    on = models.DateField()  # the units are those that stood on this day
    due_on = models.DateField()  # the last day for answers
    appeal_until = models.DateField(null=True)  # the last day for appeals
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="following")
    seed = models.PositiveIntegerField()  # of the draws behind the intervals of places
    is_demonstration = models.BooleanField(default=False)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=60, blank=True)
    findings = models.JSONField(default=dict)  # frozen at publication: correlations, components that tell nothing

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "version", "year"], name="one_campaign_a_year"),
            models.CheckConstraint(
                name="campaign_published_as_a_whole",
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="campaign_not_its_own_previous", condition=Q(previous__isnull=True) | ~Q(previous=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Sheet(Thing):
    """The answers of one unit in one campaign."""

    class State(models.TextChoices):
        FILLING = "filling"  # the unit's own, until it hands in
        HANDED_IN = "handed_in"
        RETURNED = "returned"  # some answers are to be corrected
        REVIEWED = "reviewed"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="sheets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="readiness_sheets")
    state = models.CharField(max_length=9, choices=State, default=State.FILLING)
    handed_in_at = models.DateTimeField(null=True)
    handed_in_by = models.CharField(max_length=60, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="one_sheet_a_unit"),
            models.CheckConstraint(
                name="sheet_handed_in_with_its_moment",
                condition=Q(state="filling") | Q(handed_in_at__isnull=False),
            ),
        ]


class Answer(Thing):
    """What a unit said of one component, and the two decisions on it: all three stay beside each other."""

    class Ruling(models.TextChoices):
        NONE = ""
        ACCEPTED = "accepted"
        LOWERED = "lowered"
        RETURNED = "returned"

    class Appeal(models.TextChoices):
        NONE = ""
        MADE = "made"
        UPHELD = "upheld"  # the ruling stays
        CHANGED = "changed"

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="answers")
    component = models.CharField(max_length=40)
    declared = models.JSONField(null=True)  # as `rules.answers` keeps it
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=60)
    ruling = models.CharField(max_length=8, choices=Ruling, blank=True)
    ruled = models.JSONField(null=True)  # what the papers show, when it was lowered
    reason = models.CharField(max_length=1000, blank=True)
    ruled_by = models.CharField(max_length=60, blank=True)
    ruled_at = models.DateTimeField(null=True)
    appeal = models.CharField(max_length=7, choices=Appeal, blank=True)
    appeal_words = models.CharField(max_length=1000, blank=True)
    appealed_by = models.CharField(max_length=60, blank=True)
    appealed_at = models.DateTimeField(null=True)
    decided = models.JSONField(null=True)  # what counts after an appeal that changed something
    decision_reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "component"], name="one_answer_a_component"),
            models.CheckConstraint(
                name="ruling_with_its_moment",
                condition=Q(ruling="", ruled_at__isnull=True) | (~Q(ruling="") & Q(ruled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="lowered_says_to_what_and_why",
                condition=~Q(ruling="lowered") | (Q(ruled__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="appeal_against_a_lowering", condition=Q(appeal="") | (Q(ruling="lowered") & ~Q(appeal_words=""))
            ),
            models.CheckConstraint(
                name="appeal_decided_with_its_reason",
                condition=Q(appeal__in=["", "made"], decided_at__isnull=True)
                | (Q(appeal__in=["upheld", "changed"], decided_at__isnull=False) & ~Q(decision_reason="")),
            ),
        ]

    @property
    def counted(self) -> object:
        """The answer that counts: after an appeal, after the review, as declared."""
        if self.appeal == self.Appeal.CHANGED:
            return self.decided
        return self.ruled if self.ruling == self.Ruling.LOWERED else self.declared


class Evidence(Thing):
    """A document that shows what an answer says: its number, day, abstract, and the file if there is one."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="evidence")
    number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True)
    abstract = models.CharField(max_length=500)
    file = models.ForeignKey(File, null=True, on_delete=models.PROTECT, related_name="+")
    at_appeal = models.BooleanField(default=False)  # handed in with an objection: it counts for that alone
    added_by = models.CharField(max_length=60)
    added_at = models.DateTimeField()
