"""What the room does by itself: long jobs, what the clock does each minute, the names of its actors."""

import tempfile
import zipfile
from datetime import time
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from lantoa.api.actions import webhooks
from lantoa.api.actions.exports import KEPT_FOR, KIND
from lantoa.api.queries.export import count_of, rows_of
from lantoa.api.queries.tables import dictionary_csv, write_table
from lantoa.api.queries.tokens import names_of_tokens
from lantoa.api.rules.dictionary import tables_of
from lantoa.common.refused import N_
from lantoa.directory.access import Granted, care_of
from lantoa.directory.models import Level, Placement, Unit
from lantoa.office.actions.clock import EACH_MINUTE, daily
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.jobs import Running, job
from lantoa.office.queries.people import NAMERS

EACH_MINUTE[webhooks.KIND] = webhooks.wake_deliverer
NAMERS["token"] = names_of_tokens


@job(webhooks.KIND, N_("Send events to other systems"))
def deliver(running: Running) -> dict[str, Any]:
    """Sends what is due; the rest waits for the next minute, so that other jobs have their turn."""
    at = timezone.now()
    taken = webhooks.deliver_due(at=at, step=running.step, now=timezone.now)
    return {"taken": taken, "url": reverse("api:systems")}


@daily(time(3))
@job("api.forget", N_("Delete old events"))
def forget(running: Running) -> dict[str, Any]:
    """What was kept for a time only."""
    return {"events": webhooks.forget_events(at=timezone.now()), "url": reverse("api:systems")}


@job(KIND, N_("Export a room"), files_kept=KEPT_FOR)
def export(running: Running) -> dict[str, Any]:
    """Packs the tables of a room with the dictionary. Begun again it starts anew; one file is kept."""
    if "file" not in running.checkpoint:
        room, form = running.arguments["room"], running.arguments["format"]
        on = timezone.localdate()
        with tempfile.TemporaryFile() as packed:
            _pack(running, packed, room, form)
            with transaction.atomic():
                file = keep_file(
                    by=running.by,
                    name=f"lantoa-{room}-{on:%Y-%m-%d}-{form}.zip",
                    content=packed,
                    unit=running.unit,
                    at=timezone.now(),
                    allowed=["zip"],
                    seen_with="api.export",
                )
                running.keep(file=file.key)
    key = running.checkpoint["file"]
    return {"url": reverse("api:take_away"), "file": key}


def _pack(running: Running, packed: Any, room: str, form: str) -> None:
    on, tables = timezone.localdate(), tables_of(room)
    care = _care(running.unit)
    with transaction.atomic():  # one state of the house for all tables
        _one_state()
        total = sum(count_of(table, care, on=on) for table in tables)
        before = 0
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            with override(running.arguments["language"]):
                archive.writestr("dictionary.csv", dictionary_csv(tables))
            for table in tables:
                done = 0
                with archive.open(f"{table.name}.{form}", "w", force_zip64=True) as file:
                    for done in write_table(table, rows_of(table, care, on=on), file, form):
                        running.step(min(before + done, total), total)
                before += done
        running.step(total, total)


def _one_state() -> None:
    from django.db import connection

    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _care(unit: Unit) -> Any:
    country = Placement.objects.filter(unit=unit, level=Level.COUNTRY).exists()
    return care_of(Granted([unit.pk], country), on=timezone.localdate())
