"""Exports of the ledger and of the looks, and the check of the seals."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill
from lantoa.directory.access import needs, saw, shows_people, today
from lantoa.office.models import File, Job
from lantoa.office.queries.files import made_file
from lantoa.office.queries.people import names_of
from lantoa.web import actions as act
from lantoa.web.forms_audit import AuditForm, LinesForm, LooksForm
from lantoa.web.queries.audit import audited_unit, exports_of, last_check
from lantoa.web.queries.audit_files import FILE_NAMES, FORMATS, LINES, Wanted, filled
from lantoa.web.queries.pages import page_words
from lantoa.web.views_ledger import LEDGER, auditor, tabs

AT_ONCE = 5_000  # lines that are exported while one waits; more are a long job


@needs("ledger.view")
@shows_people(N_("lines of the ledger, as a file"))
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The lines or looks of the choice as .csv or .xlsx: a few at once, many by a long job. The ledger says who took
    them."""
    reader, on, now = auditor(request), today(), timezone.now()
    what, kind = request.POST.get("what", ""), request.POST.get("format", "")
    if what not in FILE_NAMES or kind not in FORMATS:
        raise Refused(N_("Cannot export: say what, and in which format. Use the buttons of the page."))
    pages = page_words()
    form: AuditForm = (
        LinesForm(request.POST, reader=reader, on=on)
        if what == LINES
        else LooksForm(request.POST, reader=reader, on=on, pages=pages)
    )
    if not form.is_valid():
        raise Refused(N_("Cannot export the lines: the choice of lines is not right. Correct it on the page first."))
    wanted = Wanted(what, form.chosen(), reader, on, now, pages)
    count = wanted.rows().count()
    if count > AT_ONCE:
        act.start_export(
            by=reader,
            what=what,
            kind=kind,
            chosen=wanted.chosen,
            lines=count,
            unit=audited_unit(reader, on=on),
            language=get_language() or "vi",
            at=now,
        )
        return redirect("web:exports")
    content = filled(wanted, kind, after="").content
    act.note_export(by=reader, what=what, kind=kind, chosen=wanted.chosen, lines=count)
    saw(request, LEDGER, None if count else 0)
    return made_file(content, f"{FILE_NAMES[what]}-{on:%Y-%m-%d}.{kind}")


@needs("ledger.view")
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """The long exports the reader asked for: how far each is, and its files, kept for a week."""
    jobs = exports_of(auditor(request))
    keys = [key for job in jobs for key in job.checkpoint.get("files", [])]
    files = {file.key: file for file in File.objects.filter(key__in=keys, removed_at=None)}
    rows = [
        {
            "job": job,
            "what": _("Who looked at personal data") if job.arguments["what"] != LINES else _("What was done"),
            "kind": job.arguments["kind"],
            "url": reverse("office:job", args=[job.key]),
            "state": _state(job),
            "files": [files[key] for key in job.checkpoint.get("files", []) if key in files],
        }
        for job in jobs
    ]
    return render(request, "web/exports.html", {"rows": rows, "tabs": tabs("exports")})


def _state(job: Job) -> tuple[str, str]:
    return {
        Job.State.WAITING: ("none", _("waiting")),
        Job.State.RUNNING: ("now", _("running")),
        Job.State.DONE: ("ok", _("done")),
        Job.State.FAILED: ("late", _("failed")),
        Job.State.STOPPED: ("wait", _("stopped")),
    }[Job.State(job.state)]


@needs("ledger.view")
@require_http_methods(["GET", "POST"])
def seals(request: HttpRequest) -> HttpResponse:
    """What the last check of the seals found; a button has them checked again."""
    reader = auditor(request)
    if request.method == "POST":
        act.start_check(by=reader, unit=audited_unit(reader, on=today()), at=timezone.now())
        return redirect("web:seals")
    last, running = last_check(active=False), last_check(active=True)
    result: dict[str, Any] = last.result if last else {}
    faults = [fill(fault["message"], fault["values"]) for fault in result.get("faults", [])]
    return render(
        request,
        "web/seals.html",
        {
            "tabs": tabs("seals"),
            "last": last,
            "who": names_of([last.requested_by])[last.requested_by] if last else "",
            "result": result,
            "faults": faults,
            "more": result.get("found", 0) - len(faults),
            "all_wrong": bool(faults) and result["found"] >= result["lines"],
            "progress": _progress(running) if running else None,
        },
    )


@needs("ledger.view")
@require_safe
def seals_progress(request: HttpRequest) -> HttpResponse:
    """How far the check is; nothing when it has ended, so that the page loads itself anew."""
    running = last_check(active=True)
    if running is None:
        return HttpResponse("")
    return render(request, "components/progress.html", _progress(running))


def _progress(job: Job) -> dict[str, Any]:
    return {
        "done": job.done,
        "total": job.total or 0,
        "words": _("Waiting for its turn.") if job.state == Job.State.WAITING else _("Working."),
        "poll": reverse("web:seals_progress"),
        "finished": False,
    }
