"""What the room holds about people: consents, requests, and whatever files and rows of imports say of them."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from lantoa.common.personal import ANONYMISED, KEPT, Gone, Perishable, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import remove_content
from lantoa.office.actions.forgetting import (
    FILES_KEPT_FOR,
    KEPT_FOR,
    forget_files,
    forget_rows,
    old_files,
    old_imports,
)
from lantoa.office.actions.imports import MARKED_FILE
from lantoa.office.actions.jobs import forget_files_of_jobs
from lantoa.office.actions.notices import KEPT_FOR as NOTICES_KEPT_FOR
from lantoa.office.actions.notices import forget_old_notices
from lantoa.office.models import (
    Breach,
    Consent,
    DailyRun,
    DataRequest,
    DayBefore,
    DayChange,
    Document,
    Erasure,
    File,
    Import,
    ImportRow,
    Job,
    Notice,
    NumberBefore,
    Purpose,
    PurposeText,
    Reach,
    RetentionRule,
    RetentionRun,
    SigningKey,
    Wording,
)
from lantoa.office.queries.traces import Needles, holds

ERASED = "(đã xóa)"
WHY_REQUEST = N_("That a request was answered in time must be provable; its words and whose it was are deleted.")
WHY_DOCUMENT = N_(
    "A numbered official document is kept as it was issued (law on archives, Decree 30/2020): what it says of the "
    "person stays in it."
)


def _rows_about(subject: Subject) -> Q:
    key = subject.person_key
    return (
        Q(values___person=key)
        | Q(choice=key)
        | Q(result__person=subject.person)
        | Q(result__undo__person=key)
        | Q(result__undo__made_person=key)
    )


CONSENTS = Table(
    Consent,
    N_("Consents"),
    {
        "text__title_vi": N_("Purpose"),
        "text__version": N_("Version of the text"),
        "text__text_vi": N_("Text"),
        "given_at": N_("Given"),
        "channel": N_("How"),
        "withdrawn_at": N_("Withdrawn"),
    },
    person=("person",),
    beside=("key", "given_by", "language", "withdrawn_by"),
)
REQUESTS = Table(
    DataRequest,
    N_("Requests about one's data"),
    {
        "kind": N_("Kind"),
        "words": N_("In their words"),
        "received_at": N_("Received"),
        "due_on": N_("Due"),
        "state": N_("State"),
        "ended_at": N_("Ended"),
        "outcome": N_("Outcome"),
        "extension_reason": N_("Reason of the extension"),
    },
    person=("person",),
    beside=("key", "person_key", "channel", "entered_by", "ended_by"),
    fate=ANONYMISED,
    why=WHY_REQUEST,
)
ROWS = Table(
    ImportRow,
    N_("Rows of imported files"),
    {
        "source__file__name": N_("File"),
        "sheet": N_("Sheet"),
        "number": N_("Row"),
        "values": N_("Values"),
    },
    other=_rows_about,
    beside=("choice", "verdict"),
    workings=("changes", "candidates", "faults", "result"),
)
NOTICES = Table(
    Notice,
    N_("Messages"),
    {
        "template": N_("Occasion"),
        "values": N_("Values"),
        "state": N_("State"),
        "channel": N_("Channel"),
        "sent_to": N_("Sent to"),
        "answer": N_("Answer of the mail server or gateway"),
        "made_at": N_("Made"),
        "finished_at": N_("Ended"),
    },
    person=("person",),
    user=("user",),
    beside=("key", "once", "about", "why", "made_by", "batch"),
)
REACHES = Table(
    Reach,
    N_("How they want to be reached"),
    {
        "channel": N_("Channel"),
        "language": N_("Language"),
        "quiet_from": N_("Nothing is sent from"),
        "quiet_until": N_("until"),
    },
    person=("person",),
    beside=("key",),
)
SEARCHED: dict[type[Model], str] = {
    Import: "what a refusal said",
    Job: "what a refusal said",
    File: "its name and its content",
    Document: "drafts are deleted, numbered ones are kept",
    Breach: "free text about an event",
    NumberBefore: "why a number was wrong",
    DayBefore: "why a changed day was taken back",
}


# ---- erasing


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """Consents and rows of imports go; so do the files that hold the person, the drafts that name them, and what
    refusals said of them."""
    needles = needles_of(subject)
    gone = [Gone(CONSENTS.title, Consent.objects.filter(person=subject.person).delete()[0])]
    requests = DataRequest.objects.filter(person=subject.person).update(
        person=None, words="", outcome="", extension_reason=""
    )
    gone.append(Gone(REQUESTS.title, requests, ANONYMISED, WHY_REQUEST))
    gone += _erase_notices(subject, needles)
    gone += _erase_imports(subject, needles, at)
    # nobody can cut one person out of a packed file
    gone.append(Gone(N_("Files made to be taken away"), forget_files_of_jobs(at=at, whole=True)))
    gone += _erase_documents(subject, needles)
    gone += _erase_texts(needles)
    record(by=by, act="office.erase_person", thing=f"directory.person:{subject.person_key}")
    return gone


def needles_of(subject: Subject) -> Needles:
    """What the person is found by in texts."""
    return Needles.of([subject.full_name, *subject.marks])


def _erase_notices(subject: Subject, needles: Needles) -> list[Gone]:
    """Messages to the person, and those to others that name them."""
    named = [
        notice.pk
        for notice in Notice.objects.exclude(values={}).only("pk", "values").iterator(chunk_size=2_000)
        if needles.in_text(json.dumps(notice.values, ensure_ascii=False))
    ]
    own = NOTICES.rows(subject).values_list("pk", flat=True)
    return [
        Gone(NOTICES.title, Notice.objects.filter(pk__in=[*own, *named]).delete()[0]),
        Gone(REACHES.title, Reach.objects.filter(person=subject.person).delete()[0]),
    ]


def _erase_imports(subject: Subject, needles: Needles, at: datetime) -> list[Gone]:
    """A row about the person is deleted; the file it came from loses its content, since nobody can cut one line out
    of it. A preview that names them is forgotten whole: applied, it would bring them back."""
    own: dict[int, list[int]] = {}
    others: set[int] = set()  # rows of somebody else of the same name
    about = set(ImportRow.objects.filter(_rows_about(subject)).values_list("pk", flat=True))
    for row in ImportRow.objects.order_by("pk").iterator(chunk_size=2_000):
        named = needles.in_text(_text_of(row))
        if row.pk in about or (named and not _is_anothers(row, subject)):
            own.setdefault(row.source_id, []).append(row.pk)
        elif named:
            others.add(row.pk)
    if others:
        _hide_mentions(others, needles)
    deleted = 0
    files: dict[int, File] = {}
    for made in Import.objects.select_for_update(of=("self",)).select_related("file").order_by("pk"):
        if made.pk not in own and not _names_nobody_else(made, others, needles):
            continue
        if made.state in (Import.State.APPLIED, Import.State.UNDONE):
            deleted += ImportRow.objects.filter(pk__in=own.get(made.pk, [])).delete()[0]
        else:
            deleted += made.rows.all().delete()[0]
            made.summary = {**made.summary, "forgotten": True}
        made.summary.pop("refusal", None)
        made.save(update_fields=["summary"])
        files |= {file.pk: file for file in [made.file, *_marked(made)]}
    return [Gone(ROWS.title, deleted), Gone(N_("Imported files"), _erase_files(files.values(), at))]


def _text_of(row: ImportRow) -> str:
    said = [row.values, row.changes, row.candidates, row.faults]
    return json.dumps(said, ensure_ascii=False)


def _is_anothers(row: ImportRow, subject: Subject) -> bool:
    """Whether what came of the row is a person, and another one."""
    result = row.result or {}
    return "person" in result and result["person"] != subject.person


def _hide_mentions(rows: Iterable[int], needles: Needles) -> None:
    """A row of somebody else may have offered the person as the one meant."""
    for row in ImportRow.objects.filter(pk__in=list(rows)):
        row.candidates = [one for one in row.candidates if not needles.in_text(json.dumps(one, ensure_ascii=False))]
        row.faults = [one for one in row.faults if not needles.in_text(json.dumps(one, ensure_ascii=False))]
        row.save(update_fields=["candidates", "faults"])


def _names_nobody_else(made: Import, others: set[int], needles: Needles) -> bool:
    """Whether a file without a row about the person names them all the same: one that could not be read, or whose
    rows are forgotten; a namesake who was taken from it explains the name."""
    if made.file.removed_at is not None or made.rows.filter(pk__in=list(others)).exists():
        return False
    return holds(made.file, needles)


def _marked(made: Import) -> list[File]:
    jobs = Job.objects.filter(kind=MARKED_FILE, arguments__import=made.key, checkpoint__has_key="file")
    return list(File.objects.filter(key__in=list(jobs.values_list("checkpoint__file", flat=True))))


def _erase_files(files: Iterable[File], at: datetime) -> int:
    count = 0
    for file in files:
        if file.removed_at is None:
            remove_content(file, at=at)
            count += 1
    return count


def _erase_documents(subject: Subject, needles: Needles) -> list[Gone]:
    drafts = kept = 0
    for document in Document.objects.order_by("pk").iterator(chunk_size=100):
        if not needles.in_text(json.dumps([document.title, document.content], ensure_ascii=False)):
            continue
        if document.number is None:
            document.delete()
            drafts += 1
        else:
            kept += 1
    return [
        Gone(N_("Drafts of documents that named the person"), drafts),
        Gone(N_("Numbered documents that name the person"), kept, KEPT, WHY_DOCUMENT),
    ]


def _erase_texts(needles: Needles) -> list[Gone]:
    """What refusals and reasons said, and what files are called."""
    said = 0
    for job in Job.objects.exclude(refusal={}).order_by("pk").iterator(chunk_size=500):
        if needles.in_text(json.dumps(job.refusal, ensure_ascii=False)):
            Job.objects.filter(pk=job.pk).update(refusal={})
            said += 1
    for made in Import.objects.filter(summary__has_key="refusal").order_by("pk"):
        if needles.in_text(json.dumps(made.summary, ensure_ascii=False)):
            made.summary.pop("refusal")
            made.save(update_fields=["summary"])
            said += 1
    called = [pk for pk, name in File.objects.values_list("pk", "name") if needles.in_text(name)]
    File.objects.filter(pk__in=called).update(name=ERASED)
    for kept in (NumberBefore, DayBefore):
        named = [pk for pk, why in kept._default_manager.values_list("pk", "reason") if needles.in_text(why)]
        kept._default_manager.filter(pk__in=named).update(reason=ERASED)
    return [Gone(N_("Refusals that named the person"), said), Gone(N_("Names of files"), len(called))]


# ---- keeping for a time


def _due_files(before: datetime) -> int:
    return old_files(before).count()


@transaction.atomic
def _forget_files(*, by: Actor, before: datetime, at: datetime) -> int:
    return forget_files(before=before, at=at)


def _due_rows(before: datetime) -> int:
    return old_imports(before).count()


@transaction.atomic
def _forget_rows(*, by: Actor, before: datetime, at: datetime) -> int:
    return forget_rows(before=before, at=at)


def _old_jobs(before: datetime) -> "QuerySet[Job]":
    """Jobs whose files are gone or were none: a list of certificates leads to its printed sheets."""
    ended = Job.objects.filter(finished_at__lt=before).exclude(kind="training.certificates")
    return ended.exclude(pk__in=Notice.objects.filter(sender__isnull=False).values("sender"))


def _due_jobs(before: datetime) -> int:
    return _old_jobs(before).count()


@transaction.atomic
def _forget_jobs(*, by: Actor, before: datetime, at: datetime) -> int:
    count = _due_jobs(before)
    _old_jobs(before).delete()
    return count


def _old_notices(before: datetime) -> "QuerySet[Notice]":
    return Notice.objects.filter(finished_at__lt=before)


def _due_notices(before: datetime) -> int:
    return _old_notices(before).count()


@transaction.atomic
def _forget_notices(*, by: Actor, before: datetime, at: datetime) -> int:
    return forget_old_notices(at=before + NOTICES_KEPT_FOR)


def _old_requests(before: datetime) -> "QuerySet[DataRequest]":
    full = ~Q(words="") | Q(person__isnull=False)
    return DataRequest.objects.filter(full, ended_at__lt=before)


def _due_requests(before: datetime) -> int:
    return _old_requests(before).count()


@transaction.atomic
def _forget_requests(*, by: Actor, before: datetime, at: datetime) -> int:
    return _old_requests(before).update(person=None, words="", outcome=ERASED, extension_reason="")


def _old_consents(before: datetime) -> "QuerySet[Consent]":
    return Consent.objects.filter(withdrawn_at__lt=before)


def _due_consents(before: datetime) -> int:
    return _old_consents(before).count()


@transaction.atomic
def _forget_consents(*, by: Actor, before: datetime, at: datetime) -> int:
    return _old_consents(before).delete()[0]


def _days(span: timedelta) -> int:
    return span.days


PERSONAL = declare(
    Room(
        "office",
        (CONSENTS, REQUESTS, NOTICES, REACHES, ROWS),
        {
            DailyRun: "days, not people",
            DayChange: "days, not people",
            Erasure: "keys and counts only",
            Purpose: "words of the register",
            PurposeText: "words of the register",
            RetentionRule: "words of the register",
            RetentionRun: "counts only",
            SigningKey: "a key",
            Wording: "words for everybody",
        },
        erase,
        SEARCHED,
        (
            Perishable(
                "office.import_files",
                N_("Uploaded rosters and lists, as they came (identity numbers in clear)"),
                _days(FILES_KEPT_FOR),
                N_("Once it is read, the file serves only to read it again; it holds more than the house needs."),
                _due_files,
                _forget_files,
            ),
            Perishable(
                "office.import_rows",
                N_("Rows of imports, for the preview and the undo"),
                _days(KEPT_FOR),
                N_("After this time nobody undoes an import; what was applied stays."),
                _due_rows,
                _forget_rows,
            ),
            Perishable(
                "office.jobs",
                N_("Long jobs that have ended"),
                180,
                N_("What a refusal said may name people."),
                _due_jobs,
                _forget_jobs,
            ),
            Perishable(
                "office.notices",
                N_("Messages that were sent, came back or were given up"),
                _days(NOTICES_KEPT_FOR),
                N_("A year is enough to see who was told what."),
                _due_notices,
                _forget_notices,
            ),
            Perishable(
                "office.requests",
                N_("The words of requests about data, after their end"),
                1095,
                N_("Three years are enough for complaints about the answer; that it was answered stays."),
                _due_requests,
                _forget_requests,
            ),
            Perishable(
                "office.consents",
                N_("Consents that were withdrawn"),
                1825,
                N_("Five years: until then somebody may have to prove that there was one."),
                _due_consents,
                _forget_consents,
            ),
        ),
    )
)
