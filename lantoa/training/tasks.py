"""Long jobs of the room. With them the room says that it takes the results of exams (`actions.exams`)."""

from collections import defaultdict
from datetime import date, time
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.office.actions.clock import daily
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.jobs import Running, job
from lantoa.office.models import File
from lantoa.programmes.models import Programme
from lantoa.training.actions.call_notices import remind_unanswered
from lantoa.training.actions.certificates import eligible
from lantoa.training.actions.exams import take_marks as take_marks  # registered when it is read
from lantoa.training.actions.feedback import open_due
from lantoa.training.actions.feedback_notices import remind_unanswered as remind_unanswered_survey
from lantoa.training.actions.notices import (
    issue_and_tell,
    remind_of_assignment,
    remind_of_meeting,
    remind_of_start,
)
from lantoa.training.models import Certificate
from lantoa.training.queries.calls import calls_to_remind_of
from lantoa.training.queries.certificates import printed
from lantoa.training.queries.feedback import surveys_to_remind_of
from lantoa.training.queries.reminders import assessments_due, classes_beginning, meetings_after
from lantoa.training.rules.certificate.pdf import make_document

PAGES = 200  # certificates in one file for the printer
REMIND_AFTER = time(8)


@job("training.certificates", N_("Issue certificates"))
def certificates(running: Running) -> dict[str, Any]:
    """Issues what is due, batch by batch, then prints each class. Begun again it goes on where it stopped: nobody
    gets a second certificate, and a file that is kept already is not made again."""
    programme = Programme.objects.get(key=running.arguments["programme"])
    code, on = running.arguments.get("class", ""), date.fromisoformat(running.arguments["on"])
    due = eligible(programme, code).count()
    standing = _in_force(programme, code).count()
    total, done = due * 2 + standing, 0  # each is issued, then all in force are printed
    running.step(0, total)
    while made := issue_and_tell(by=running.by, programme=programme, on=on, class_code=code, at=timezone.now()):
        done += len(made)
        running.step(done, total)
    kept: dict[str, str] = running.checkpoint.get("files", {})
    lost: dict[str, str] = running.checkpoint.get("lost", {})
    for name, rows in _sheets(programme, code):
        if name not in kept:
            document = make_document(printed(rows))
            lost |= {number: str(reason.values.get("letter", "")) for number, reason in document.refused.items()}
            with transaction.atomic():  # the file and the note of it, or neither
                file = _kept(running, programme, name, document.content) if document.content else ""
                kept = {**kept, name: file}
                running.keep(files=kept, lost=lost)
        done += len(rows)
        running.step(min(done, total), total)
    return {"url": reverse("training:certificates", args=[programme.key]), "files": kept, "lost": lost, "issued": due}


def _kept(running: Running, programme: Programme, name: str, content: bytes) -> str:
    """The key of the file; one that an earlier job has kept with the same content is taken again."""
    same = File.objects.filter(
        name=name, sha256=sha256(content).hexdigest(), unit=programme.unit_id, removed_at=None
    ).first()
    return (
        same
        or keep_file(
            by=running.by,
            name=name,
            content=content,
            unit=programme.unit,
            at=timezone.now(),
            seen_with="training.certify",
        )
    ).key


def _in_force(programme: Programme, code: str) -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(revoked_on=None, enrolment__training_class__programme=programme)
    rows = rows.exclude(payload="")  # of somebody who was erased: there is no name to print
    return rows.filter(enrolment__training_class__code=code) if code else rows


def _sheets(programme: Programme, code: str) -> list[tuple[str, list[Certificate]]]:
    """The certificates in force, by class, in files of at most PAGES, named for the clerk."""
    rows = _in_force(programme, code)
    by_class: dict[str, list[Certificate]] = defaultdict(list)
    for row in rows.select_related("enrolment__training_class").order_by("enrolment__training_class__code", "id"):
        by_class[row.enrolment.training_class.code].append(row)
    sheets = []
    for name, all_rows in by_class.items():
        for start in range(0, len(all_rows), PAGES):
            part = f"-{start // PAGES + 1}" if len(all_rows) > PAGES else ""
            sheets.append((f"chung-nhan-{name}{part}.pdf", all_rows[start : start + PAGES]))
    return sheets


@daily(REMIND_AFTER)
@job("training.remind", N_("Remind of meetings and assignments"))
def remind(running: Running) -> dict[str, Any]:
    """What people are reminded of on a day. Begun again it tells nobody twice: each occasion is told once."""
    day = date.fromisoformat(running.arguments["day"])
    told = {"meetings": 0, "classes": 0, "assignments": 0, "calls": 0}
    meetings, classes, due = list(meetings_after(day)), list(classes_beginning(day)), list(assessments_due(day))
    calls = list(calls_to_remind_of(day))
    done, total = 0, len(meetings) + len(classes) + len(due) + len(calls)
    for meeting in meetings:
        running.step(done, total)
        told["meetings"] += remind_of_meeting(by=running.by, meeting=meeting, at=timezone.now())
        done += 1
    for found in classes:
        running.step(done, total)
        told["classes"] += remind_of_start(by=running.by, training_class=found, at=timezone.now())
        done += 1
    for assessment in due:
        running.step(done, total)
        told["assignments"] += remind_of_assignment(by=running.by, assessment=assessment, at=timezone.now())
        done += 1
    for call in calls:
        running.step(done, total)
        told["calls"] += remind_unanswered(by=running.by, call=call, at=timezone.now())[0]
        done += 1
    running.step(done, total)
    return {"url": reverse("office:notices"), **told}


@daily(REMIND_AFTER)
@job("training.ask_feedback", N_("Ask what people think of meetings and courses"))
def ask_feedback(running: Running) -> dict[str, Any]:
    """Opens the forms that are due and tells those whom they ask; reminds, in the last days of a form, those who have
    not answered. Begun again it tells nobody twice."""
    at = timezone.now()
    reminded = 0
    for survey in surveys_to_remind_of(on=timezone.localdate(at)):
        reminded += remind_unanswered_survey(by=running.by, survey=survey, at=at)
    asked = len(open_due(by=running.by, at=at))
    return {"url": reverse("office:notices"), "asked": asked, "reminded": reminded}
