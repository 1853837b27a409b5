"""For machines: does it live, is it ready, how is it."""

import hmac
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lantoa.common import metering
from lantoa.common.metering import metric
from lantoa.common.outage import OUTAGE, is_away
from lantoa.common.proxies import is_local
from lantoa.directory.access import needs
from lantoa.directory.permissions import PUBLIC
from lantoa.web import queries_state as state

TEXT = "text/plain; version=0.0.4; charset=utf-8"  # the text format of Prometheus
_ready: dict[str, bool] = {}  # that the tables are up to date need be asked until it is so, and no more


@needs(PUBLIC)
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The web server answers. It asks nobody else: a database that is away is no reason to start it anew."""
    return JsonResponse({"live": True})


@needs(PUBLIC)
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The pages can be used: the database answers and has the tables of this version. 503 when not."""
    try:
        database = not OUTAGE.holds() and state.database_answers()
        tables = database and (_ready.get("tables") or not state.pending_steps())
    except Error as error:
        database = tables = False
        if is_away(error):
            OUTAGE.begins()
    if tables:
        _ready["tables"] = True
    well = database and tables
    return JsonResponse({"ready": well, "database": database, "tables": tables}, status=200 if well else 503)


@needs(PUBLIC)
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The state in the text format of Prometheus, for whoever has the token, or sits on this machine."""
    if not _may_see(request):
        raise Http404
    lines = metering.requests(metering.read(Path(settings.METERS_DIR)))
    try:
        lines += _of_database(timezone.now())
    except Error:
        lines += metric("lantoa_database_up", "gauge", "Does the database answer?", [({}, 0)])
    lines += _of_machine(timezone.now())
    return HttpResponse("\n".join([*lines, ""]), content_type=TEXT)


def _may_see(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    token = settings.METRICS_TOKEN.encode()
    if token and hmac.compare_digest(given, token):
        return True
    return is_local(request.META.get("REMOTE_ADDR", ""), request.META)


def _of_database(at: datetime) -> list[str]:
    database, jobs = state.database(at=at), state.jobs(at=at)
    unsealed = state.oldest_unsealed()
    queue = (at - jobs.oldest).total_seconds() if jobs.oldest else 0
    counts = [({"state": name}, getattr(jobs, name)) for name in ("waiting", "running")]
    return [
        *metric("lantoa_database_up", "gauge", "Does the database answer?", [({}, 1)]),
        *metric("lantoa_database_bytes", "gauge", "Size of the database.", [({}, database.size)]),
        *metric("lantoa_database_connections", "gauge", "Connections of all programs.", [({}, database.connections)]),
        *metric("lantoa_database_connections_allowed", "gauge", "Connections allowed.", [({}, database.allowed)]),
        *metric("lantoa_jobs", "gauge", "Long jobs by state.", counts),
        *metric("lantoa_jobs_failed_day", "gauge", "Long jobs that failed within a day.", [({}, jobs.failed)]),
        *metric("lantoa_jobs_oldest_seconds", "gauge", "Since when the oldest waiting job waits.", [({}, queue)]),
        *metric("lantoa_workers", "gauge", "Workers connected.", [({}, jobs.workers)]),
        *metric(
            "lantoa_ledger_unsealed_seconds",
            "gauge",
            "Since when the oldest line of the ledger waits for its seal.",
            [({}, (at - unsealed).total_seconds() if unsealed else 0)],
        ),
    ]


def _of_machine(at: datetime) -> list[str]:
    lines = metric(
        "lantoa_disk_free_bytes",
        "gauge",
        "Room on the disk of the data folder.",
        [({}, shutil.disk_usage(settings.DATA_DIR).free)],
    )
    if backup := _last_backup():
        age = (at - datetime.fromisoformat(backup["at"])).total_seconds()
        lines += metric("lantoa_backup_age_seconds", "gauge", "Age of the newest backup.", [({}, age)])
        lines += metric("lantoa_backup_bytes", "gauge", "Size of the newest backup.", [({}, backup["size"])])
    return lines


def _last_backup() -> dict[str, Any]:
    """What `lantoa backup` has noted; empty when there is none."""
    try:
        found = json.loads((Path(settings.DATA_DIR) / "last-backup.json").read_text())
        return {"at": str(found["at"]), "size": int(found["size"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
