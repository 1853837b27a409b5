"""Pages for officers: a room taken away as a file, and what every column of it means."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.accounts.models import User
from lantoa.api.actions.exports import KEPT_FOR, KIND, start_export
from lantoa.api.forms import ExportForm
from lantoa.api.queries.tables import formats_here
from lantoa.api.rules.dictionary import ROOM_WORDS, ROOMS, tables_of
from lantoa.api.views.systems import reader_of
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import grants_of, in_care, may, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.office.models import File, Job
from lantoa.office.queries.people import names_of
from lantoa.programmes.queries import unit_called

PAGE = 25


@needs("api.export")
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """What was asked for in the reader's care, with its file while it is kept; a form asks for another."""
    reader, on = reader_of(request), today()
    form = ExportForm(request.POST or None, formats=formats_here())
    if request.method == "POST" and form.is_valid() and _ask(reader, form, on=on):
        messages.success(request, _("It is being packed. The file stands here when it is done."))
        return redirect("api:take_away")
    asked = Job.objects.filter(kind=KIND, unit__in=in_care(reader, "api.export", on=on)).order_by("-id")
    page = Paginator(asked, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": _rows(list(page), on=on),
        "kept_days": KEPT_FOR.days,
        "parquet": len(form.fields["format"].choices) > 1,  # type: ignore[attr-defined]
    }
    return render(request, "api/exports.html", context, status=422 if form.errors else 200)


def _ask(reader: User, form: ExportForm, *, on: date) -> bool:
    """Starts the export, or says in the form why not."""
    said = form.cleaned_data
    try:
        unit = unit_called(said["unit"], on=on) if said["unit"] else _own(reader, on=on)
        if not may(reader, "api.export", unit, on=on):
            form.add_error("unit", _("This unit is not in your care"))
            return False
    except Refused as refused:
        form.add_error("unit", say(refused))
        return False
    language = get_language() or "vi"
    start_export(by=reader, room=said["room"], form=said["format"], unit=unit, language=language, at=timezone.now())
    return True


def _own(reader: User, *, on: date) -> Unit:
    """The first unit on which the reader holds the right. There is one, says the gate."""
    return Unit.objects.filter(pk__in=grants_of(reader, "api.export", on=on).units).order_by("pk")[:1].get()


def _rows(jobs: list[Job], *, on: date) -> list[dict[str, Any]]:
    keys = [job.result["file"] for job in jobs if "file" in job.result]
    files = {file.key: file for file in File.objects.filter(key__in=keys)}
    called = names([job.unit_id for job in jobs], on=on)
    who = names_of(job.requested_by for job in jobs)
    rows = []
    for job in jobs:
        file = files.get(job.result.get("file", ""))
        rows.append(
            {
                "job": job,
                "what": _(ROOM_WORDS[job.arguments["room"]]),
                "format": job.arguments["format"],
                "unit": called[job.unit_id].full_name if job.unit_id in called else "",
                "who": who[job.requested_by],
                "state": _state(job, file),
                "file": file if file and file.removed_at is None else None,
                "until": timezone.localdate(_end(job)),
                "rows": job.total if job.state == Job.State.DONE else None,
            }
        )
    return rows


def _end(job: Job) -> datetime:
    return (job.finished_at or job.requested_at) + KEPT_FOR


def _state(job: Job, file: File | None) -> tuple[str, str]:
    if job.state == Job.State.DONE and (file is None or file.removed_at is not None):
        return "none", _("deleted")
    return {
        Job.State.WAITING: ("none", _("waiting")),
        Job.State.RUNNING: ("now", _("running")),
        Job.State.DONE: ("ok", _("done")),
        Job.State.FAILED: ("late", _("failed")),
        Job.State.STOPPED: ("wait", _("stopped")),
    }[Job.State(job.state)]


@needs("api.export")
@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every table and column that can be taken away, and what it means."""
    rooms = [
        {
            "name": room,
            "title": _(ROOM_WORDS[room]),
            "tables": [
                {
                    "name": table.name,
                    "says": _(table.says),
                    "columns": [{"name": one.name, "kind": one.kind, "says": _(one.says)} for one in table.columns],
                }
                for table in tables_of(room)
            ],
        }
        for room in ROOMS
    ]
    context = {"rooms": rooms, "breadcrumbs": [{"label": _("Take data away"), "url": reverse("api:take_away")}]}
    return render(request, "api/dictionary.html", context)
