"""What the room holds about people: the exams they sat and what they answered. The bank and the papers: nothing."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from lantoa.common.personal import ANONYMISED, Gone, Perishable, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.exams.models import (
    Aim,
    Analysis,
    Answer,
    Attempt,
    Bank,
    HandedFile,
    Incident,
    Invigilator,
    Judgement,
    KeyChange,
    LastSeen,
    Minutes,
    Paper,
    Picture,
    PointsChange,
    Question,
    Remark,
    Seal,
    Seat,
    Share,
    Sitting,
    Variant,
    Version,
)
from lantoa.exams.models import (
    Room as ExamRoom,
)
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import remove_content

WHY = N_(
    "Exams that were held are counted in official reports, and what a question is worth is told from all its "
    "answers; the row no longer says who it was."
)

ATTEMPTS = Table(
    Attempt,
    N_("Exams sat"),
    {
        "sitting__title": N_("Exam"),
        "number": N_("Attempt"),
        "started_at": N_("Started at"),
        "handed_in_at": N_("Handed in at"),
        "on_paper_at": N_("Entered from paper at"),
        "points": N_("Points"),
        "out_of": N_("Out of"),
        "points_before": N_("Points before"),
        "out_of_before": N_("Out of, before"),
    },
    person=("person",),
    beside=("key", "on_paper_by", "on_paper_stamped"),
    fate=ANONYMISED,
    why=WHY,
)
ANSWERS = Table(
    Answer,
    N_("Answers in exams"),
    {
        "attempt__sitting__title": N_("Exam"),
        "question": N_("Question"),
        "value": N_("Answer"),
        "received_at": N_("When"),
    },
    person=("attempt__person",),
    beside=("device", "before", "hash"),
    fate=ANONYMISED,
    why=WHY,
)
INCIDENTS = Table(
    Incident,
    N_("Incidents in exams"),
    {"attempt__sitting__title": N_("Exam"), "kind": N_("Kind"), "count": N_("Number"), "last_at": N_("When")},
    person=("attempt__person",),
    other=None,
    beside=("key", "actor"),
    fate=ANONYMISED,
    why=WHY,
)
FILES = Table(
    HandedFile,
    N_("Files handed in during exams"),
    {
        "attempt__sitting__title": N_("Exam"),
        "question": N_("Question"),
        "file__name": N_("File"),
        "received_at": N_("When"),
    },
    person=("attempt__person",),
    beside=("key",),
    workings=("sha256",),
    files=("file",),
    fate=ANONYMISED,
    why=N_("That something was handed in is part of the answers of an exam; what it was is deleted."),
)
JUDGEMENTS = Table(
    Judgement,
    N_("Points given by people in exams"),
    {
        "attempt__sitting__title": N_("Exam"),
        "question": N_("Question"),
        "points": N_("Points"),
        "judged_at": N_("When"),
    },
    person=("attempt__person",),
    beside=("key", "fingerprint", "parts", "judged_by"),
    fate=ANONYMISED,
    why=WHY,
)

POINTS_CHANGES = Table(
    PointsChange,
    N_("Points of exams that were marked anew"),
    {
        "attempt__sitting__title": N_("Exam"),
        "points_before": N_("Points before"),
        "out_of_before": N_("Out of, before"),
        "points": N_("Points"),
        "out_of": N_("Out of"),
        "made_at": N_("When"),
    },
    person=("attempt__person",),
    beside=("key", "made_by"),
    fate=ANONYMISED,
    why=WHY,
)
INVIGILATORS = Table(
    Invigilator,
    N_("Exam rooms watched over"),
    {"room__sitting__title": N_("Exam"), "room__name": N_("Room")},
    person=("person",),
    beside=("key",),
    fate=ANONYMISED,
    why=WHY,
)
SEATS = Table(
    Seat,
    N_("Places in exam rooms"),
    {
        "room__sitting__title": N_("Exam"),
        "room__name": N_("Room"),
        "number": N_("Number on the list"),
        "checked_at": N_("Identity checked at"),
        "absent_at": N_("Marked absent at"),
    },
    person=("attempt__person",),
    beside=("key", "checked_by", "absent_by"),
    fate=ANONYMISED,
    why=WHY,
)
LAST_SEEN = Table(
    LastSeen,
    N_("When a device was last heard of in an exam"),
    {
        "attempt__sitting__title": N_("Exam"),
        "opened_at": N_("Page asked for at"),
        "answered_at": N_("Answered at"),
        "delivered_at": N_("Sealed paper fetched at"),
        "plain": N_("Plain form"),
    },
    person=("attempt__person",),
)
REMARKS = Table(
    Remark,
    N_("Remarks of invigilators"),
    {
        "room__sitting__title": N_("Exam"),
        "kind": N_("Kind"),
        "text": N_("What is noted"),
        "minutes": N_("Minutes"),
        "made_at": N_("When"),
    },
    person=("attempt__person",),
    beside=("key", "made_by"),
    fate=ANONYMISED,
    why=N_("The minutes of an exam count their remarks; the words are gone, and the row no longer says who it was."),
)


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """The rows stay without a name: the person they point at no longer says who it was."""
    noted = REMARKS.rows(subject)
    remarks = Gone(REMARKS.title, noted.count(), ANONYMISED, REMARKS.why)
    Remark.objects.filter(pk__in=[one.pk for one in noted]).update(text="")
    files = FILES.rows(subject).count()
    gone = _empty(HandedFile.objects.filter(attempt__person=subject.person), at)
    seen, _each = LastSeen.objects.filter(attempt__person=subject.person).delete()
    return [
        *(
            Gone(table.title, table.rows(subject).count(), ANONYMISED, table.why)
            for table in (ATTEMPTS, ANSWERS, INCIDENTS, JUDGEMENTS, POINTS_CHANGES, INVIGILATORS, SEATS)
        ),
        remarks,
        Gone(FILES.title, files, ANONYMISED, FILES.why),
        Gone(N_("Files handed in"), gone),
        Gone(LAST_SEEN.title, seen),
    ]


def _empty(rows: "QuerySet[HandedFile]", at: datetime) -> int:
    """The contents of these files go, that they were handed in stays; how many."""
    files = [one.file for one in rows.filter(file__removed_at=None).select_related("file")]
    for file in files:
        remove_content(file, at=at)
    return len(files)


def _old(before: datetime) -> "QuerySet[HandedFile]":
    return HandedFile.objects.filter(file__removed_at=None, received_at__lt=before)


def _due(before: datetime) -> int:
    return _old(before).count()


@transaction.atomic
def _forget(*, by: Actor, before: datetime, at: datetime) -> int:
    return _empty(_old(before), at)


PERSONAL = declare(
    Room(
        "exams",
        (ATTEMPTS, ANSWERS, FILES, INCIDENTS, JUDGEMENTS, POINTS_CHANGES, INVIGILATORS, SEATS, LAST_SEEN, REMARKS),
        {
            Bank: "a collection of questions",
            Share: "what a unit may do with a bank",
            Question: "what is asked",
            Version: "what is asked",
            Aim: "what is tested",
            Picture: "what is asked",
            Paper: "what is asked",
            Variant: "what is asked",
            Sitting: "when a paper is sat",
            Seal: "a paper, enciphered",
            ExamRoom: "where a paper is sat",
            Minutes: "numbers, and keys of candidates and remarks; never a name",
            KeyChange: "what is right, and why it was not",
            Analysis: "what questions tell, in numbers of many people",
        },
        erase,
        {},
        (
            Perishable(
                "exams.files",
                N_("Files handed in during exams"),
                1825,
                N_("Five years after the exam its result is in the register; the file itself serves nobody."),
                _due,
                _forget,
            ),
        ),
    )
)
