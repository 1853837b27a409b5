"""Sittings: who sits which paper when, and the log of what they answered. See decision 0024."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging
from lantoa.exams.models.paper import Paper, Variant
from lantoa.exams.rules.clock import Times


class Counts(models.TextChoices):
    """Which of a person's attempts counts, where there may be several."""

    BEST = "best"
    LAST = "last"


class Sitting(Thing):
    """A list of people who sit one paper: all in the same minute (`together`), or each within a window.

    Together with no `starts_at` it begins by the button alone. What it was asked for is `source` ("training.…").
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sittings")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="sittings")
    title = models.CharField(max_length=300)
    source = models.CharField(max_length=80, blank=True)
    together = models.BooleanField()
    starts_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField()
    late_minutes = models.PositiveIntegerField(default=24 * 60)
    attempts = models.PositiveSmallIntegerField(default=1)
    counts = models.CharField(max_length=4, choices=Counts, default=Counts.BEST)  # which of several attempts
    released_at = models.DateTimeField(null=True)  # "start now" was pressed
    ended_at = models.DateTimeField(null=True)  # ended for all, before its time
    markers = models.PositiveSmallIntegerField(default=1)  # how many people mark each answer that people mark: 1 or 2
    tolerance = models.DecimalField(max_digits=8, decimal_places=2, default=0)  # points they may differ by
    published_at = models.DateTimeField(null=True)  # since then everybody sees their own points
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sitting_one_or_two_markers", condition=Q(markers__in=[1, 2], tolerance__gte=0)
            ),
            models.CheckConstraint(name="sitting_takes_time", condition=Q(minutes__gt=0, attempts__gt=0)),
            models.CheckConstraint(
                name="sitting_window",
                condition=Q(together=True, closes_at=None)
                | Q(together=False, starts_at__isnull=False, closes_at__isnull=False, closes_at__gt=F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def times(self) -> Times:
        """Its hours, for `exams.rules.clock`."""
        return Times(
            together=self.together,
            starts_at=self.starts_at,
            closes_at=self.closes_at,
            lasts=timedelta(minutes=self.minutes),
            late=timedelta(minutes=self.late_minutes),
            released_at=self.released_at,
            ended_at=self.ended_at,
        )


class Seal(Thing):
    """A variant as it is delivered before the start: enciphered. `letters` open it; they leave us at the start."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="seals")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    letters = models.CharField(max_length=16)
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "variant"], name="one_seal_of_a_variant")]


class Attempt(Thing):
    """One person's attempt: there from the day the list is made, so that the start is one small UPDATE."""

    merging: ClassVar = Merging(N_("exams sat"), clash="aside")

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="sat")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exams_sat")
    number = models.PositiveSmallIntegerField(default=1)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    handed_in_at = models.DateTimeField(null=True)
    late_taken_at = models.DateTimeField(null=True)  # a person has judged: what came late counts
    on_paper_at = models.DateTimeField(null=True)  # somebody has said: sat on paper, handed in in time (0028)
    on_paper_by = models.CharField(max_length=60, blank=True)
    on_paper_stamped = models.BooleanField(default=False)  # start and hand-in rest on that word alone
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    out_of = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    unmarked = models.PositiveSmallIntegerField(default=0)  # answers that people have to mark
    marked_at = models.DateTimeField(null=True)
    points_before = models.DecimalField(max_digits=8, decimal_places=2, null=True)  # of a mark taken back since
    out_of_before = models.DecimalField(max_digits=8, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "person", "number"], name="one_attempt_number"),
            models.CheckConstraint(
                name="attempt_in_order",
                condition=Q(handed_in_at=None) | Q(started_at__isnull=False, handed_in_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="attempt_marked_whole",
                condition=Q(marked_at=None, points=None) | Q(marked_at__isnull=False, points__isnull=False),
            ),
            models.CheckConstraint(
                name="attempt_on_paper_said_by_somebody",
                condition=Q(on_paper_at=None, on_paper_by="", on_paper_stamped=False)
                | (Q(on_paper_at__isnull=False) & ~Q(on_paper_by="")),
            ),
        ]

    def take_mark_back(self) -> None:
        """It is to be marked anew. What it was marked whole with is kept, for the record of what changed."""
        if self.marked_at is not None and not self.unmarked:
            self.points_before, self.out_of_before = self.points, self.out_of
        self.points = self.out_of = self.marked_at = None
        self.unmarked = 0

    def extra(self) -> timedelta:
        """What it has on top."""
        return timedelta(minutes=self.extra_minutes)

    def ends_at(self) -> datetime | None:
        """When its time is over; None as long as nobody can say."""
        return self.sitting.times().ends(self.started_at, self.extra())


class Answer(models.Model):
    """One event of the log: never changed, never deleted (a trigger holds it). See `exams.rules.answers`.

    `value` is the text that the device sent, as it sent it: the hashes are made of it.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    device = models.CharField(max_length=26)
    sequence = models.PositiveIntegerField()
    question = models.CharField(max_length=13)
    value = models.TextField()
    device_ms = models.BigIntegerField()  # the wall clock of the device, milliseconds since 1970
    monotonic_ms = models.BigIntegerField()  # its clock that nobody sets, since the page was opened
    before = models.BinaryField(max_length=32)  # the hash of the event before it on that device
    hash = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Sent again it is the same row. The hash is in it: another event under a number already taken
            # (a copied browser profile) is kept beside the first, never lost.
            models.UniqueConstraint(fields=["attempt", "device", "sequence", "hash"], name="one_event"),
        ]


class Incident(Thing):
    """Something that an invigilator should know of an attempt: a batch under another's name, and how often."""

    class Kind(models.TextChoices):
        FOREIGN = "foreign"  # sent with a ticket that is not this attempt's

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=10, choices=Kind)
    actor = models.CharField(max_length=60)  # whose ticket it was; "" when it was forged
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "kind", "actor"], name="one_incident")]


class Judgement(Thing):
    """What a person gave for an answer that people mark: never changed (a trigger holds it), second thoughts are
    another row. Which rows count is `exams.rules.judging`."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="judgements")
    question = models.CharField(max_length=13)
    fingerprint = models.CharField(max_length=64)  # of the answer that was read: another answer is judged anew
    points = models.DecimalField(max_digits=8, decimal_places=2)
    parts = models.JSONField(default=list)  # the points of each criterion of the rubric, as texts
    deciding = models.BooleanField(default=False)  # of a third person, where two were too far apart
    judged_by = models.CharField(max_length=60)
    judged_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="judgement_not_negative", condition=Q(points__gte=0))]


class Analysis(Thing):
    """What a large sitting told of its questions when a job last worked it out: numbers, nobody's answers.

    `state` says what it was made from (`queries.analysis.state_of`): another state makes it stale.
    """

    sitting = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="analysis")
    state = models.CharField(max_length=120)
    content = models.JSONField()
    made_at = models.DateTimeField()
