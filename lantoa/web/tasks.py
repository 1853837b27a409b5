"""Long jobs of the desks: exports of the ledger and of the looks, the check of the seals, erasing a person, deleting
what was kept for its time, finding people recorded twice."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.directory.actions import remember_lookalikes
from lantoa.directory.models import Person
from lantoa.ledger.queries import verify
from lantoa.office.actions.clock import daily
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.jobs import Running, job
from lantoa.office.actions.privacy import end_request
from lantoa.office.actions.retention import forget_all_due
from lantoa.office.models import DataRequest, Erasure
from lantoa.web.actions_privacy import erase_person
from lantoa.web.queries.audit import CHECK, EXPORT, Chosen
from lantoa.web.queries.audit_files import FILE_NAMES, Wanted, filled
from lantoa.web.queries.pages import page_words

SHOWN_FAULTS = 200


@job(EXPORT, N_("Export lines of the ledger"), files_kept=timedelta(days=7))
def export_audit(running: Running) -> dict[str, Any]:
    """Part by part, each kept with the place where it ended: begun again it goes on behind the last part."""
    asked = running.arguments
    reader = User.objects.get(key=running.by.actor_key.removeprefix("user:"))
    until = datetime.fromisoformat(asked["until"])
    done: int = running.checkpoint.get("done", 0)
    running.step(done, asked["lines"])
    with override(asked["language"]):
        wanted = Wanted(
            what=asked["what"],
            chosen=Chosen.read(asked["chosen"]),
            reader=reader,
            on=timezone.localdate(),
            until=until,
            pages=page_words(),
        )
        more = not running.checkpoint.get("complete", False)
        while more:
            said = partial(_say, running, done, asked["lines"])
            part = filled(wanted, asked["kind"], after=running.checkpoint.get("after", ""), on_chunk=said)
            done, more = done + part.lines, part.more
            _keep(running, asked, part.content, after=part.last, done=done, complete=not more)
    return {"url": reverse("web:exports"), "lines": done}


def _say(running: Running, done: int, total: int, now: int) -> None:
    running.step(min(done + now, total), total)


def _keep(running: Running, asked: dict[str, Any], content: bytes, **point: Any) -> None:
    """The file and the note of it, or neither."""
    files: list[str] = running.checkpoint.get("files", [])
    day = timezone.localdate(datetime.fromisoformat(asked["until"]))
    name = f"{FILE_NAMES[asked['what']]}-{day:%Y-%m-%d}-{len(files) + 1}.{asked['kind']}"
    with transaction.atomic():
        file = keep_file(
            by=running.by,
            name=name,
            content=content,
            unit=running.unit,
            at=timezone.now(),
            allowed=[asked["kind"]],
            seen_with="ledger.view",
        )
        running.keep(files=[*files, file.key], **point)


@job(CHECK, N_("Check the seals of the ledger"))
def check_seals(running: Running) -> dict[str, Any]:
    """What `lantoa verify-ledger` does; the first faults are kept as sentences with their values."""
    report = verify(on_step=running.step)
    faults = [{"message": fault.message, "values": fault.values} for fault in report.faults[:SHOWN_FAULTS]]
    return {
        "url": reverse("web:seals"),
        "lines": report.lines,
        "seals": report.seals,
        "unsealed": report.unsealed,
        "looks": report.looks,
        "found": report.found,
        "faults": faults,
    }


@job("web.erase_person", N_("Erase a person"))
def erase(running: Running) -> dict[str, Any]:
    """One transaction; begun again it finds the erasure done."""
    key = running.arguments["person"]
    made = Erasure.objects.filter(person_key=key).first()
    if made is None:
        person = Person.objects.get(key=key)
        request = DataRequest.objects.filter(key=running.arguments.get("request", "")).first()
        now = timezone.now()
        with transaction.atomic():
            made = erase_person(by=running.by, person=person, unit=running.unit, at=now, request=request)
            if request is not None:
                end_request(by=running.by, request=request, state=DataRequest.State.DONE, outcome="", at=now)
    return {"url": reverse("web:erasure", args=[made.key])}


@job("web.forget_due", N_("Delete what has been kept for its time"))
def forget(running: Running) -> dict[str, Any]:
    """What is due of every kind; redone it finds nothing due."""
    runs = forget_all_due(by=running.by, at=timezone.now())
    return {"url": reverse("web:kept"), "deleted": sum(run.deleted for run in runs)}


@daily(time(2))
@job("web.find_lookalikes", N_("Look for people recorded twice"))
def find_lookalikes(running: Running) -> dict[str, Any]:
    """All records beside each other, at night; redone it finds the same."""
    return {"pairs": remember_lookalikes(by=running.by, at=timezone.now()), "url": reverse("directory:duplicates")}
