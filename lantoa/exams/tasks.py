"""Long jobs of the room."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Container, Mapping, Sequence
from datetime import date, timedelta
from typing import IO, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from lantoa.common.refused import N_
from lantoa.common.vietnamese import fold
from lantoa.directory.queries.units import names
from lantoa.exams.actions.analysis import ANALYSE, keep_analysis
from lantoa.exams.actions.marking import AT_A_TIME, MARK, mark_sitting
from lantoa.exams.actions.printing import sheets_of
from lantoa.exams.actions.remarking import REMARK, remark_some
from lantoa.exams.models import KeyChange, Sitting
from lantoa.exams.queries.printing import Group, numbers_of, rooms_of
from lantoa.office.actions.files import keep_file, remove_content
from lantoa.office.actions.jobs import Running, job
from lantoa.office.models import File
from lantoa.office.queries.files import path_of

SHEETS = "exams.answer_sheets"


@job(SHEETS, N_("Print answer sheets"), files_kept=timedelta(days=14))
def answer_sheets(running: Running) -> dict[str, Any]:
    """The answer sheets of a sitting as files for the printer: one for each unit, packed with an index (0035).

    Who stands in which file is kept before the first is made: begun again, whoever joined meanwhile doubles nobody
    and shifts nobody. They come at the end, in files of their own.
    """
    sitting = Sitting.objects.select_related("unit", "paper").get(key=running.arguments["sitting"])
    day = date.fromisoformat(running.arguments["on"])
    done = {"url": reverse("exams:sitting_paper", args=[sitting.key])}
    if "whole" in running.checkpoint:
        return done
    while True:
        rooms = rooms_of(sitting, on=day, unit=running.arguments["unit"])
        planned: list[dict[str, Any]] = running.checkpoint.get("parts", [])
        new = parts_of(rooms, known={key for part in planned for key in part["attempts"]})
        if not new and len(running.checkpoint.get("files", [])) == len(planned):
            break
        running.keep(parts=[*planned, *new])
        _make_parts(running, sitting, day)
    kept: list[str] = running.checkpoint.get("files", [])
    with transaction.atomic():
        if len(kept) > 1:
            parts = list(File.objects.filter(key__in=kept).order_by("id"))
            kept = [_packed(running, sitting, planned, parts).key]
            for part in parts:
                remove_content(part, at=timezone.now())
        running.keep(files=kept, whole=True)
    return done


def _make_parts(running: Running, sitting: Sitting, day: date) -> None:
    """The files of the parts that are planned and not made."""
    planned: list[dict[str, Any]] = running.checkpoint["parts"]
    called = names([sitting.unit_id], on=day)
    unit = called[sitting.unit_id].full_name if called else sitting.unit.key
    total, done = sum(len(part["attempts"]) for part in planned), 0
    for place, part in enumerate(planned, 1):
        kept: list[str] = running.checkpoint.get("files", [])
        if place > len(kept):
            rows = sitting.sat.filter(key__in=part["attempts"]).select_related("person", "variant")
            by_key = {row.key: row for row in rows.defer("variant__content", "variant__keys")}
            group = Group(None, part["name"], tuple(by_key[key] for key in part["attempts"] if key in by_key))
            content, strange = sheets_of(sitting, [group], unit=unit, day=day)
            with transaction.atomic():  # the file and the note of it, or neither
                name = "phieu-tra-loi.pdf" if len(planned) == 1 else f"phieu-tra-loi-{place:03d}.pdf"
                file = _keep(running, sitting, name, content)
                running.keep(files=[*kept, file.key], strange=[*running.checkpoint.get("strange", []), *strange])
        done += len(part["attempts"])
        running.step(done, total)


def _keep(running: Running, sitting: Sitting, name: str, content: bytes | IO[bytes]) -> File:
    return keep_file(
        by=running.by, name=name, content=content, unit=sitting.unit, at=timezone.now(), seen_with="exams.hold"
    )


def _packed(running: Running, sitting: Sitting, planned: Sequence[Mapping[str, Any]], parts: Sequence[File]) -> File:
    """All the files under the names of their units, with an index that names no person."""
    numbers = dict(sitting.sat.values_list("key", "pk"))
    places = numbers_of(sitting)
    index = io.StringIO()
    table = csv.writer(index)
    table.writerow(["Tệp", "Đơn vị", "Số phiếu", "Số báo danh"])
    with tempfile.TemporaryFile() as whole:
        with zipfile.ZipFile(whole, "w") as packed:  # a PDF is packed already
            for place, (plan, part) in enumerate(zip(planned, parts, strict=True), 1):
                name = f"{place:03d}-{slugify(fold(plan['name'])) or 'khong-don-vi'}.pdf"[:120]
                packed.write(path_of(part), name)
                who = [places[numbers[key]] for key in plan["attempts"] if key in numbers]
                table.writerow([name, plan["name"], len(who), " ".join(who)])
            packed.writestr(INDEX, "\ufeff" + index.getvalue())
        return _keep(running, sitting, "phieu-tra-loi.zip", whole)


MOST_SHEETS = 500  # in one file: a thousand would take a gigabyte of memory to set
INDEX = "muc-luc.csv"


def parts_of(rooms: Sequence[Group], *, known: Container[str] = (), most: int = MOST_SHEETS) -> list[dict[str, Any]]:
    """The files that are to be made: the keys of the attempts in each, without those that are `known`. One for each
    unit; one that is larger than `most` is cut."""
    found = []
    for room in rooms:
        keys = [row.key for row in room.attempts if row.key not in known]
        for start in range(0, len(keys), most):
            found.append({"name": room.name, "attempts": keys[start : start + most]})
    return found


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
    done, most = 0, running.arguments.get("at_a_time", AT_A_TIME)
    while True:
        marked = mark_sitting(by=running.by, sitting=sitting, at=timezone.now(), most=most)
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
