"""Whole rooms as files: asked for, made by a job, fetched."""

from dataclasses import dataclass
from typing import Annotated, Literal

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse

from lantoa.api.actions.exports import KIND, start_export
from lantoa.api.rules.problems import Problem
from lantoa.api.rules.shapes import Key, Says
from lantoa.api.views.calling import Call, Made, language_of
from lantoa.api.views.operations import get, post
from lantoa.common.refused import N_
from lantoa.office.models import File, Job
from lantoa.office.queries.files import send_file


@dataclass(frozen=True)
class ExportToMake:
    """A room as a file."""

    room: Annotated[
        Literal["directory", "programmes", "competence", "training", "presence", "readiness", "pilots"],
        Says(N_("The room; its tables stand in the data dictionary.")),
    ]
    format: Annotated[Literal["csv", "parquet"], Says(N_("How the tables are written."))] = "csv"


@dataclass(frozen=True)
class ExportSeen:
    """How far an export is."""

    key: Key
    room: str
    format: str
    state: Annotated[str, Says(N_("waiting, running, done, failed or stopped."))]
    done: Annotated[int, Says(N_("Rows written so far."))]
    total: int | None
    file: Annotated[str | None, Says(N_("Where the file is fetched; kept for a week."))]


@post("exports", needs="api.export", says=N_("Have a room packed as a file"))
def make_export(call: Call, body: ExportToMake) -> Made:
    """A job makes it; ask how far it is."""
    job = start_export(
        by=call.token,
        room=body.room,
        form=body.format,
        unit=call.token.unit,
        language=language_of(call.request),
        at=call.now,
    )
    return Made(job.key, location=reverse("api:exports_key", args=[job.key]))


@get("exports/{key}", needs="api.export", says=N_("How far an export is, and where its file is"))
def show_export(call: Call, key: str) -> ExportSeen:
    """An export of another unit is not found."""
    job = _load(call, key)
    return ExportSeen(
        key=job.key,
        room=job.arguments["room"],
        format=job.arguments["format"],
        state=job.state,
        done=job.done,
        total=job.total,
        file=reverse("api:exports_key_file", args=[job.key]) if job.result.get("file") else None,
    )


@get(
    "exports/{key}/file", needs="api.export", says=N_("The file of an export: a .zip with its tables and dictionary")
)
def fetch_export(call: Call, key: str) -> HttpResponse:
    """With Range the rest of a broken download."""
    job = _load(call, key)
    file = File.objects.filter(key=job.result.get("file", ""), removed_at=None).first()
    if file is None:
        raise Problem("refused", N_("The file is not there yet, or no longer."))
    call.saw(file, None)
    sent: HttpResponseBase = send_file(call.request, file)
    return sent  # type: ignore[return-value]


def _load(call: Call, key: str) -> Job:
    job = Job.objects.select_related("unit").filter(key=key, kind=KIND).first()
    if job is None:
        raise Http404
    call.check(job.unit)
    return job
