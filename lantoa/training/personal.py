"""What the room holds about people: classes, marks, what they handed in, certificates, meetings taught."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from lantoa.common.personal import ANONYMISED, Gone, Perishable, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import remove_content
from lantoa.office.models import File, Job
from lantoa.presence.models import Attendance
from lantoa.training.models import (
    Answer,
    AnswerGiven,
    Asked,
    AskedForm,
    Assessment,
    Call,
    Certificate,
    ClassExam,
    Enrolment,
    FeedbackForm,
    Joining,
    Mark,
    Meeting,
    NamedAnswer,
    Nomination,
    OpenClass,
    Submission,
    SuperiorAsk,
    Survey,
    TrainingClass,
)
from lantoa.training.models import (
    Room as MeetingRoom,
)

ERASED = "(đã xóa)"
WHY_ENROLMENT = N_(
    "Classes that were held are counted in official reports, and each number opens to its rows; this row no longer "
    "says who it was."
)
WHY_CERTIFICATE = N_(
    "Issued certificates stand in the register of certificates (law on archives). Number, day and course stay; the "
    "name and all about the person are deleted. The paper carries its own signed text, so it still verifies."
)
WHY_TAUGHT = N_("Meetings that were held had a lecturer; the row no longer says who.")

ENROLMENTS = Table(
    Enrolment,
    N_("Classes"),
    {
        "training_class__programme__name": N_("Programme"),
        "training_class__code": N_("Class"),
        "unit": N_("Unit"),
        "post_title": N_("Post, title"),
        "enrolled_at": N_("Enrolled"),
        "withdrawn_at": N_("Withdrawn"),
        "withdrawal_reason": N_("Reason"),
        "completed_at": N_("Completed"),
        "source": N_("Source"),
    },
    person=("person",),
    beside=("key",),
    fate=ANONYMISED,
    why=WHY_ENROLMENT,
)
NOMINATIONS = Table(
    Nomination,
    N_("Nominations"),
    {
        "call__title": N_("Call for nominations"),
        "unit": N_("Unit"),
        "post_title": N_("Post, title"),
        "state": N_("State"),
        "nominated_at": N_("Nominated"),
        "ended_at": N_("Ended"),
        "reason": N_("Reason"),
    },
    person=("person",),
    beside=("key", "nominated_by"),
    fate=ANONYMISED,
    why=N_("Somebody was sent instead, or the place led to a class that was held; the row no longer says who."),
)
GIVEN = Table(
    AnswerGiven,
    N_("Forms answered"),
    {"survey__training_class__code": N_("Class"), "survey__occasion": N_("Occasion")},
    person=("person",),
    beside=("key",),
    fate=ANONYMISED,
    why=N_("How many have answered stays true; the row no longer says who."),
)
NAMED = Table(
    NamedAnswer,
    N_("Answers to forms that are not anonymous"),
    {"survey__training_class__code": N_("Class"), "values": N_("Answer")},
    person=("person",),
    beside=("key",),
)
SUPERIORS = Table(
    SuperiorAsk,
    N_("Superiors asked"),
    {"survey__training_class__code": N_("Class")},
    person=("person", "superior"),
    beside=("key", "link"),
)
JOININGS = Table(
    Joining,
    N_("Open classes joined"),
    {
        "open_class__training_class__code": N_("Class"),
        "kind": N_("Kind"),
        "business": N_("Business"),
        "consent": N_("Agreed to"),
        "consented_at": N_("Agreed at"),
        "withdrawn_at": N_("Withdrawn"),
    },
    person=("enrolment__person",),
    beside=("key",),
    fate=ANONYMISED,
    why=WHY_ENROLMENT,
)
MARKS = Table(
    Mark,
    N_("Marks"),
    {
        "enrolment__training_class__code": N_("Class"),
        "assessment__title": N_("Task"),
        "value": N_("Mark"),
        "at": N_("When"),
    },
    person=("enrolment__person",),
    beside=("key", "by", "source"),
    fate=ANONYMISED,
    why=WHY_ENROLMENT,
)
SUBMISSIONS = Table(
    Submission,
    N_("What was handed in"),
    {
        "assessment__title": N_("Task"),
        "text": N_("Text"),
        "problem": N_("Problem"),
        "first_step": N_("First step"),
        "by_when": N_("By when"),
        "handed_in_at": N_("Handed in"),
        "file__name": N_("File"),
    },
    person=("enrolment__person",),
    beside=("key",),
    files=("file",),
    fate=ANONYMISED,
    why=N_("That something was handed in counts for completing the class; what it was is deleted."),
)
CERTIFICATES = Table(
    Certificate,
    N_("Certificates"),
    {
        "number": N_("Number"),
        "issued_on": N_("Issued"),
        "facts": N_("What it says"),
        "payload": N_("Text of the QR code"),
        "revoked_on": N_("Revoked"),
        "revocation_kind": N_("Kind of revocation"),
        "revocation_reason": N_("Reason"),
    },
    person=("enrolment__person",),
    beside=("key", "issued_by", "revoked_by"),
    fate=ANONYMISED,
    why=WHY_CERTIFICATE,
)
TAUGHT = Table(
    Meeting,
    N_("Meetings taught"),
    {"training_class__code": N_("Class"), "topic__title": N_("Topic"), "during": N_("When")},
    person=("lecturer",),
    beside=("key",),
    fate=ANONYMISED,
    why=WHY_TAUGHT,
)


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """What was handed in goes with its files; a class that left no trace is forgotten; what was counted stays
    without a name; a meeting still to come needs another lecturer."""
    printed = _printed_sheets(subject)
    for file in printed:
        remove_content(file, at=at)
    submissions = list(SUBMISSIONS.rows(subject).select_related("file"))
    files = _empty(submissions, at)
    named = NamedAnswer.objects.filter(person=subject.person).delete()[0]
    asked = SuperiorAsk.objects.filter(person=subject.person).delete()[0]
    asked += SuperiorAsk.objects.filter(superior=subject.person).update(superior=None)
    nominations = _forget_nominations(subject, at)
    forgotten = _forget_classes(ENROLMENTS.rows(subject))
    kept = Enrolment.objects.filter(person=subject.person)
    joined = Joining.objects.filter(enrolment__person=subject.person)
    joined.exclude(business="").update(business=ERASED)
    kept.update(post_title="", withdrawal_reason="")
    certificates = [_anonymous(one) for one in CERTIFICATES.rows(subject)]
    coming = Meeting.objects.filter(lecturer=subject.person, during__startswith__gt=at).update(lecturer=None)
    record(
        by=by,
        act="training.erase_person",
        thing=f"directory.person:{subject.person_key}",
        about={"submissions": len(submissions), "classes": forgotten, "certificates": len(certificates)},
    )
    return [
        Gone(N_("Printed sheets of certificates (print them again)"), len(printed)),
        Gone(SUBMISSIONS.title, len(submissions), ANONYMISED, SUBMISSIONS.why),
        Gone(N_("Files handed in"), files),
        Gone(JOININGS.title, joined.count(), ANONYMISED, JOININGS.why),
        Gone(NAMED.title, named),
        Gone(SUPERIORS.title, asked),
        Gone(GIVEN.title, GIVEN.rows(subject).count(), ANONYMISED, GIVEN.why),
        Gone(NOMINATIONS.title, nominations),
        Gone(NOMINATIONS.title, NOMINATIONS.rows(subject).count(), ANONYMISED, NOMINATIONS.why),
        Gone(N_("Classes that were not attended"), forgotten),
        Gone(ENROLMENTS.title, kept.count(), ANONYMISED, WHY_ENROLMENT),
        Gone(MARKS.title, MARKS.rows(subject).count(), ANONYMISED, WHY_ENROLMENT),
        Gone(CERTIFICATES.title, len(certificates), ANONYMISED, WHY_CERTIFICATE),
        Gone(N_("Meetings still to be taught"), coming),
        Gone(TAUGHT.title, TAUGHT.rows(subject).count(), ANONYMISED, WHY_TAUGHT),
    ]


def erase_file(file: File, *, at: datetime) -> None:
    """The content of someone's file, and its name, which may be theirs."""
    remove_content(file, at=at)
    File.objects.filter(pk=file.pk).update(name=ERASED)


def _empty(submissions: "Iterable[Submission]", at: datetime) -> int:
    """What was handed in goes, that it was stays; how many files went with it."""
    files = 0
    for one in submissions:
        if one.file:
            erase_file(one.file, at=at)
            files += 1
        one.text = one.problem = one.first_step = ""
        one.by_when, one.file = None, None
        one.save(update_fields=["text", "problem", "first_step", "by_when", "file"])
    return files


def _forget_nominations(subject: Subject, at: datetime) -> int:
    """Deletes nominations on which nothing rests, the last first: nobody came instead, no class was held with them.
    Of the others the place is given free where it is still held, and words go."""
    held = set(ENROLMENTS.rows(subject).values_list("pk", flat=True)) - set(_untouched(ENROLMENTS.rows(subject)))
    deleted = 0
    for row in NOMINATIONS.rows(subject).order_by("-pk"):
        row.post_title = row.reason = ""
        if row.enrolment_id in held:
            row.save(update_fields=["post_title", "reason"])
        elif not Nomination.objects.filter(instead_of=row).exists():
            row.delete()
            deleted += 1
        else:
            row.state, row.place, row.enrolment = Nomination.State.WITHDRAWN, None, None
            row.ended_at = row.ended_at or at
            row.save(update_fields=["post_title", "reason", "state", "place", "enrolment", "ended_at"])
    return deleted


def _forget_classes(rows: "QuerySet[Any]") -> int:
    """Deletes enrolments on which nothing rests."""
    found = _untouched(rows)
    Submission.objects.filter(enrolment__in=found).delete()
    Joining.objects.filter(enrolment__in=found).delete()
    Enrolment.objects.filter(pk__in=found).delete()
    return len(found)


def _untouched(rows: "QuerySet[Any]") -> list[int]:
    """Of these enrolments those with no line of a roll, no mark, no certificate (ids)."""
    there = Attendance.objects.filter(
        person=OuterRef("person"), gathering__meeting__training_class=OuterRef("training_class")
    )
    left = Enrolment.objects.filter(
        ~Exists(there),
        ~Exists(Mark.objects.filter(enrolment=OuterRef("pk"))),
        ~Exists(Certificate.objects.filter(enrolment=OuterRef("pk"))),
        pk__in=list(rows.values_list("pk", flat=True)),
        completed_at=None,
    )
    return list(left.values_list("pk", flat=True))


def _anonymous(certificate: Certificate) -> Certificate:
    certificate.facts = {**certificate.facts, "name": ERASED, "born": [], "unit": "", "erased": True}
    certificate.payload, certificate.revocation_reason = "", certificate.revocation_reason and ERASED
    certificate.save(update_fields=["facts", "payload", "revocation_reason"])
    return certificate


def _printed_sheets(subject: Subject) -> list[File]:
    """The files for the printer with certificates of the classes the person has one of."""
    classes = CERTIFICATES.rows(subject).values_list(
        "enrolment__training_class__programme__key", "enrolment__training_class__code"
    )
    names = {
        key: tuple(
            f"chung-nhan-{code}{end}" for _programme, code in classes if _programme == key for end in (".", "-")
        )
        for key, _code in classes
    }
    keys: list[str] = []
    for job in Job.objects.filter(kind="training.certificates", arguments__programme__in=list(names)):
        files = {**(job.checkpoint.get("files") or {}), **(job.result.get("files") or {})}
        keys += [key for name, key in files.items() if name.startswith(names[job.arguments["programme"]])]
    return list(File.objects.filter(key__in=keys, removed_at=None))


def _old(before: datetime) -> "QuerySet[Submission]":
    full = ~Q(text="") | ~Q(problem="") | ~Q(first_step="") | Q(file__isnull=False)
    return Submission.objects.filter(full, handed_in_at__lt=before).order_by("pk")


def _due(before: datetime) -> int:
    return _old(before).count()


@transaction.atomic
def _forget(*, by: Actor, before: datetime, at: datetime) -> int:
    old = list(_old(before).select_related("file"))
    _empty(old, at)
    return len(old)


PERSONAL = declare(
    Room(
        "training",
        (ENROLMENTS, JOININGS, NOMINATIONS, MARKS, SUBMISSIONS, CERTIFICATES, TAUGHT, GIVEN, NAMED, SUPERIORS),
        {
            Answer: "anonymous: nothing in it leads to whoever gave it",
            Asked: "a unit and its answer",
            AskedForm: "a form",
            FeedbackForm: "a form",
            OpenClass: "a class, not its people",
            Survey: "a form asked of a class",
            Call: "an office asks units",
            ClassExam: "an exam of a class, not its people",
            MeetingRoom: "a place",
            TrainingClass: "a class, not its people",
            Assessment: "a task, not who does it",
        },
        erase,
        {},
        (
            Perishable(
                "training.submissions",
                N_("What learners handed in, with its files"),
                1825,
                N_("Five years after handing in the result is in the register; the work itself serves nobody."),
                _due,
                _forget,
            ),
        ),
    )
)
