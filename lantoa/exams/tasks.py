"""Long jobs of the room."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.directory.queries.units import names
from lantoa.exams.actions.analysis import ANALYSE, keep_analysis
from lantoa.exams.actions.marking import AT_A_TIME, MARK, mark_sitting
from lantoa.exams.actions.printing import sheets_of
from lantoa.exams.actions.remarking import REMARK, remark_some
from lantoa.exams.models import KeyChange, Sitting
from lantoa.exams.queries.printing import Group, rooms_of
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.jobs import Running, job

SHEETS = "exams.answer_sheets"


@job(SHEETS, N_("Print answer sheets"), files_kept=timedelta(days=14))
def answer_sheets(running: Running) -> dict[str, Any]:
    """The answer sheets of a sitting as files for the printer. Begun again it goes on after the last file kept."""
    sitting = Sitting.objects.select_related("unit", "paper").get(key=running.arguments["sitting"])
    day = date.fromisoformat(running.arguments["on"])
    called = names([sitting.unit_id], on=day)
    unit = called[sitting.unit_id].full_name if called else sitting.unit.key
    parts = list(in_parts(rooms_of(sitting, on=day, unit=running.arguments["unit"])))
    total, done = sum(len(room.attempts) for part in parts for room in part), 0
    running.step(0, total)
    for place, part in enumerate(parts, 1):
        kept: list[str] = running.checkpoint.get("files", [])
        if place > len(kept):
            content = sheets_of(sitting, part, unit=unit, day=day)
            with transaction.atomic():  # the file and the note of it, or neither
                file = keep_file(
                    by=running.by,
                    name=f"phieu-tra-loi-{place}.pdf" if len(parts) > 1 else "phieu-tra-loi.pdf",
                    content=content,
                    unit=sitting.unit,
                    at=timezone.now(),
                    seen_with="exams.hold",
                )
                running.keep(files=[*kept, file.key])
        done += sum(len(room.attempts) for room in part)
        running.step(done, total)
    return {"url": reverse("exams:sitting_paper", args=[sitting.key])}


MOST_SHEETS = 500  # in one file: a thousand would take a gigabyte of memory to set


def in_parts(rooms: Sequence[Group], most: int = MOST_SHEETS) -> Iterator[list[Group]]:
    """Rooms in files of at most so many sheets; a room that is larger is cut."""
    part: list[Group] = []
    for room in rooms:
        for start in range(0, len(room.attempts), most):
            piece = Group(room.unit, room.name, room.attempts[start : start + most])
            if part and sum(len(one.attempts) for one in part) + len(piece.attempts) > most:
                yield part
                part = []
            part.append(piece)
    if part:
        yield part


@job(ANALYSE, N_("Work out what an exam tells of its questions"))
def analyse(running: Running) -> dict[str, Any]:
    """One transaction; begun again it makes the same summary once more."""
    sitting = Sitting.objects.get(key=running.arguments["sitting"])
    running.step(0, 1)
    keep_analysis(by=running.by, sitting=sitting, at=timezone.now())
    return {"url": reverse("exams:sitting_analysis", args=[sitting.key])}


@job(MARK, N_("Mark an exam"))
def mark(running: Running) -> dict[str, Any]:
    """So many in a transaction. Begun again it goes on: whoever is marked is not due any more."""
    sitting = Sitting.objects.get(key=running.arguments["sitting"])
    done = 0
    while True:
        marked = mark_sitting(by=running.by, sitting=sitting, at=timezone.now(), most=AT_A_TIME)
        done += marked.now
        running.step(done, done + marked.left)
        if not marked.left:
            break
    keep_analysis(by=running.by, sitting=sitting, at=timezone.now())
    return {"url": reverse("exams:sitting", args=[sitting.key])}


@job(REMARK, N_("Mark an exam anew after a corrected key"))
def remark(running: Running) -> dict[str, Any]:
    """So many in a transaction, which keeps how far it came: each candidate is marked anew once."""
    change = KeyChange.objects.select_related("sitting").get(key=running.arguments["change"])
    total = change.sitting.sat.filter(started_at__isnull=False).count()
    after, most = running.checkpoint.get("after", 0), running.arguments.get("at_a_time", AT_A_TIME)
    done = change.sitting.sat.filter(started_at__isnull=False, pk__lte=after).count()
    while True:
        running.step(done, total)
        with transaction.atomic():
            last = remark_some(by=running.by, change=change, after=after, at=timezone.now(), most=most)
            if not last:
                break
            running.keep(after=last)
        done += change.sitting.sat.filter(started_at__isnull=False, pk__gt=after, pk__lte=last).count()
        after = last
    keep_analysis(by=running.by, sitting=change.sitting, at=timezone.now())
    return {"url": reverse("exams:sitting_keys", args=[change.sitting.key])}
