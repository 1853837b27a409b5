"""The tables of the privacy desk: purposes, consents, requests, retention, erasures, breaches. See decision 0015."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging


class Purpose(Thing):
    """What personal data are used for, and the legal ground of it. Only a purpose with the ground "consent" asks."""

    class Ground(models.TextChoices):
        CONSENT = "consent"
        STATE_FUNCTION = "state_function"  # Law 91/2025/QH15, Article 19: without consent, for what the law charges
        LEGAL_DUTY = "legal_duty"
        CONTRACT = "contract"
        EMERGENCY = "emergency"

    code = models.SlugField(max_length=40, unique=True)
    ground = models.CharField(max_length=20, choices=Ground)
    basis = models.CharField(max_length=300)  # the article, the decision, the plan
    data = models.CharField(max_length=300)  # which data
    recipients = models.CharField(max_length=300, blank=True)
    kept_for = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    ended_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.code


class PurposeText(Thing):
    """What a person reads about a purpose, in one version. Never changed: a new version is a new row."""

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="texts")
    version = models.PositiveSmallIntegerField()
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text_vi = models.TextField()
    text_en = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="one_purpose_text")]


class Consent(Thing):
    """A person agreed to a purpose, having read this version of its text; and, later perhaps, no longer."""

    merging: ClassVar = Merging(N_("consents"), "aside")

    class Channel(models.TextChoices):
        PAGE = "page"  # by the person, signed in
        PUBLIC = "public"  # by the person, on a public page
        PAPER = "paper"  # entered from a signed sheet
        SPOKEN = "spoken"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(PurposeText, on_delete=models.PROTECT, related_name="consents")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=60)
    channel = models.CharField(max_length=6, choices=Channel)
    language = models.CharField(max_length=5)  # in which the text was shown
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at=None), name="one_running_consent"
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]


class DataRequest(Thing):
    """What a person asks about their own data, with its clocks (`rules.privacy`)."""

    merging: ClassVar = Merging(N_("requests about data"))

    class Kind(models.TextChoices):
        SEE = "see"
        CORRECT = "correct"
        DELETE = "delete"
        RESTRICT = "restrict"
        OBJECT = "object"

    class State(models.TextChoices):
        RECEIVED = "received"
        ANSWERED = "answered"  # told that it came, and what happens next
        DONE = "done"
        REFUSED = "refused"
        TAKEN_BACK = "taken_back"

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="data_requests")
    person_key = models.CharField(max_length=13, db_index=True)  # stays when the person is erased
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # in whose care it is
    kind = models.CharField(max_length=8, choices=Kind)
    words = models.TextField(blank=True)  # what they ask, in their words
    channel = models.CharField(max_length=6, choices=Consent.Channel)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField()
    entered_by = models.CharField(max_length=60)
    reply_by = models.DateField()  # the last day to say that it came
    due_on = models.DateField()  # the last day to do it
    answered_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    extension_reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=500, blank=True)  # what was done, or why not
    answer = models.ForeignKey("Document", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="data_request_open", condition=Q(ended_at=None))]
        constraints = [
            models.CheckConstraint(
                name="data_request_ends_with_its_state",
                condition=Q(ended_at=None, state__in=["received", "answered"])
                | Q(ended_at__isnull=False, state__in=["done", "refused", "taken_back"]),
            ),
            models.CheckConstraint(
                name="data_request_refused_with_reason", condition=~Q(state="refused") | ~Q(outcome="")
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it still waits for the desk."""
        return self.state in (DataRequest.State.RECEIVED, DataRequest.State.ANSWERED)


class Erasure(Thing):
    """That someone was erased, what of it stayed and why, and what a search through everything still found.

    Holds no name: only the key that the ledger knows.
    """

    person_key = models.CharField(max_length=13, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(DataRequest, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    gone = models.JSONField(default=list)  # [{table, count, fate, why}]
    traces = models.JSONField(default=list)  # [{where, count, why}]: what the search found afterwards


class RetentionRule(Thing):
    """For how many days one kind of thing is kept; without a row the days of its room hold."""

    kind = models.CharField(max_length=60, unique=True)
    days = models.PositiveIntegerField()
    why = models.CharField(max_length=300)
    changed_by = models.CharField(max_length=60)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="retention_at_least_a_day", condition=Q(days__gte=1))]


class RetentionRun(Thing):
    """That something was deleted because its time was over: what kind, how much, by which rule."""

    kind = models.CharField(max_length=60, db_index=True)
    days = models.PositiveIntegerField()
    before = models.DateTimeField()  # what was older is gone
    deleted = models.PositiveIntegerField()
    left = models.PositiveIntegerField()  # still due when counted again afterwards: 0, or something is wrong
    at = models.DateTimeField()
    by = models.CharField(max_length=60)


class Breach(Thing):
    """A breach of personal data, its 72 hours, and what was done."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    detected_at = models.DateTimeField()
    happened = models.CharField(max_length=300, blank=True)  # when and where, as far as is known
    what = models.TextField()
    data = models.CharField(max_length=500)  # which data
    people = models.PositiveIntegerField(null=True)  # how many; None: not known yet
    effects = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    must_report = models.BooleanField(default=True)
    logged_at = models.DateTimeField()
    logged_by = models.CharField(max_length=60)
    reported_at = models.DateTimeField(null=True)  # to the authority
    late_reason = models.CharField(max_length=300, blank=True)
    people_told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    form = models.ForeignKey("Document", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="breach_reported_after_detected",
                condition=Q(reported_at=None) | Q(reported_at__gte=models.F("detected_at")),
            )
        ]

    def __str__(self) -> str:
        return self.title
