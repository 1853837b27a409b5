"""Files, imports, long jobs, official documents, the calendar of working days, signing keys; notices stand in a
module of their own."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.directory.models import Decision, Unit
from lantoa.office.models.notices import DailyRun, Notice, Reach, Wording
from lantoa.office.models.privacy import (
    Breach,
    Consent,
    DataRequest,
    Erasure,
    Purpose,
    PurposeText,
    RetentionRule,
    RetentionRun,
)

__all__ = [
    "Breach",
    "Consent",
    "DailyRun",
    "DataRequest",
    "DayBefore",
    "DayChange",
    "Document",
    "Erasure",
    "File",
    "Import",
    "ImportRow",
    "Job",
    "Notice",
    "NumberBefore",
    "Purpose",
    "PurposeText",
    "Reach",
    "RetentionRule",
    "RetentionRun",
    "SigningKey",
    "Wording",
]


class File(Thing):
    """An uploaded file: checked, limited, stored outside the web root under a name of our own."""

    name = models.CharField(max_length=255)  # as the person called it
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=100, unique=True)  # below settings.FILES_DIR
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    seen_with = models.CharField(max_length=40)  # the permission that shows it, on its unit
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # its content was erased on purpose; the row remembers that it was

    def __str__(self) -> str:
        return self.name


class Job(Thing):
    """A long job: taken by one worker at a time, taken up again after a crash, its progress for all to see."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"  # by a person

    kind = models.CharField(max_length=60)  # the name under which a room registered it: "training.certificates"
    arguments = models.JSONField(default=dict)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    result = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)  # {"message": …, "values": …} when it ended in a refusal
    error_code = models.CharField(max_length=8, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # how often it crashed
    losses = models.PositiveSmallIntegerField(default=0)  # how often its worker vanished; also marks who holds it now
    stop_asked = models.BooleanField(default=False)
    checkpoint = models.JSONField(default=dict)  # what the job itself keeps, to go on from there
    requested_by = models.CharField(max_length=60)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="job_waiting", condition=Q(state__in=["waiting", "running"]))]

    @property
    def is_active(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.state in (Job.State.WAITING, Job.State.RUNNING)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Import(Thing):
    """A file on its way into the house: read, previewed, applied, and undone while nothing depends on it."""

    class State(models.TextChoices):
        READING = "reading"
        PREVIEWED = "previewed"
        APPLYING = "applying"
        APPLIED = "applied"
        UNDOING = "undoing"
        UNDONE = "undone"
        REFUSED = "refused"

    kind = models.CharField(max_length=60)  # "training.roster"
    target = models.CharField(max_length=80)  # opaque: what it goes into, "programmes.programme:0abc…"
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    options = models.JSONField(default=dict)  # the column mapping the user corrected, and the like
    state = models.CharField(max_length=9, choices=State, default=State.READING)
    summary = models.JSONField(default=dict)  # counts by verdict; the refusal when the file could not be read
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_turn = models.PositiveBigIntegerField(default=0)  # the last turn of this kind that the preview knows of
    turn = models.PositiveBigIntegerField(default=0)  # the place of its last apply or undo among those of its kind
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "turn"], name="import_turn")]

    @property
    def is_busy(self) -> bool:
        """Whether a job is reading, applying or undoing it. A job that failed or was stopped keeps nobody
        waiting.
        """
        return (
            self.state in (Import.State.READING, Import.State.APPLYING, Import.State.UNDOING)
            and self.job is not None
            and self.job.is_active
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ImportRow(models.Model):
    """A row of the file: what it says, what that means here, what came of it."""

    class Verdict(models.TextChoices):
        NEW = "new"
        KNOWN = "known"
        CHANGED = "changed"
        DOUBTFUL = "doubtful"  # may be someone known: a person decides
        WRONG = "wrong"

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()  # as in the file
    verdict = models.CharField(max_length=8, choices=Verdict)
    values = models.JSONField(default=dict)  # clean values
    changes = models.JSONField(default=list)  # [{field, old, new}] of a changed row
    candidates = models.JSONField(default=list)  # [{key, words}] of a doubtful row
    faults = models.JSONField(default=list)  # [{cell, severity, message, values}]
    choice = models.CharField(max_length=80, blank=True)  # of a doubtful row: "new", "skip" or the key of the person
    result = models.JSONField(default=dict)  # keys of what it made or changed, and what stood there before

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "sheet", "number"], name="one_import_row")]
        indexes = [models.Index(fields=["source", "verdict", "number"], name="import_row_verdict")]


class Document(Thing):
    """An official document: one frozen model of what it says, rendered as .docx and .pdf; the clerk's number."""

    kind = models.CharField(max_length=4)  # Decree 30/2020, Annex III: BC, QĐ …
    title = models.CharField(max_length=500)  # trích yếu
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="documents")
    about = models.CharField(max_length=80)  # opaque: what it speaks of, "programmes.programme:0abc…"
    as_of = models.DateField()  # the day its figures speak of
    content = models.JSONField()
    symbol = models.CharField(max_length=30)  # ký hiệu: "BC-UBND"
    year = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)  # entered by the clerk, unique per issuer, symbol and year
    dated = models.DateField(null=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "symbol", "year", "number"], name="one_document_number"),
            models.CheckConstraint(
                name="document_number_with_year_and_day",
                condition=Q(number=None, year=None, dated=None)
                | Q(number__isnull=False, year__isnull=False, dated__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or ''}/{self.symbol}"


class NumberBefore(Thing):
    """The number and day that an official document had until they were corrected, and why."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="numbers_before")
    number = models.PositiveIntegerField()
    dated = models.DateField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)


class DayChange(models.Model):
    """A day that works or rests against the calendar: a swapped day, a local holiday, with its decision."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()
    words = models.CharField(max_length=200)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")


class DayBefore(Thing):
    """What was said of a day until it was taken back or said anew, and why."""

    day = models.DateField()
    works = models.BooleanField()
    words = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True)  # "" when it was said anew
    at = models.DateTimeField()
    by = models.CharField(max_length=60)


class SigningKey(Thing):
    """The public half of a key that signs certificates; the private half is a file in the key folder."""

    kid = models.CharField(max_length=16, unique=True)
    public = models.BinaryField()
    since = models.DateField()
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(retired_on__isnull=True), name="one_current_signing_key"
            )
        ]
