"""The room's own long jobs."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from lantoa.common.refused import N_
from lantoa.office.actions.channels import ways as open_ways
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import MARKED_FILE, go_on
from lantoa.office.actions.jobs import Running, job
from lantoa.office.actions.notices import SEND
from lantoa.office.actions.sending import (
    SILENT_AFTER,
    Settled,
    count_due,
    deliver,
    settle,
    take_back_lost,
    take_next,
)
from lantoa.office.models import Import, Job
from lantoa.office.queries.imports import marked_file, marked_name
from lantoa.office.rules.notices import Outcome


@job("office.import", N_("Import a file"))
def import_file(running: Running) -> dict[str, Any]:
    """Reads, applies or undoes an import; redoing it finds the work done."""
    made = Import.objects.get(key=running.arguments["import"])
    go_on(
        by=running.by,
        made=made,
        act=running.arguments["act"],
        at=timezone.now(),
        on_step=lambda done, total: running.step(done, total),
    )
    return {"url": reverse("office:show_import", args=[made.key])}


@job(MARKED_FILE, N_("Mark the faults of a file"), files_kept=timedelta(days=7))
def mark_file(running: Running) -> dict[str, Any]:
    """The sheet of a large import with its faults marked, kept as a file for a few days."""
    if "file" not in running.checkpoint:
        made = Import.objects.select_related("file", "unit").get(key=running.arguments["import"])
        with override(running.arguments["language"]):
            name, content = marked_name(made), marked_file(made)
        running.step(1, 2)
        with transaction.atomic():
            file = keep_file(
                by=running.by,
                name=name,
                content=content,
                unit=made.unit,
                at=timezone.now(),
                allowed=["xlsx"],
                seen_with="office.import",
            )
            running.keep(file=file.key)
    return {"url": reverse("office:file", args=[running.checkpoint["file"]])}


@job(SEND, N_("Send messages"))
def send_notices(running: Running) -> dict[str, Any]:
    """Sends what is due, one message after another. Begun again it goes on with what is still due."""
    me = Job.objects.get(key=running.key)
    ways = open_ways()
    take_back_lost(by=running.by, job=me, ways=ways, at=timezone.now())
    counts: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    total = count_due(timezone.now())
    try:
        while True:
            running.step(counts.total(), max(total, counts.total()))
            resting = frozenset(channel for channel, times in silent.items() if times >= SILENT_AFTER)
            taken = take_next(by=running.by, job=me, ways=ways, resting=resting, at=timezone.now())
            if taken is None:
                break
            if isinstance(taken, Settled):
                counts[taken.state] += 1
                continue
            delivery = deliver(taken, ways)
            silent[taken.channel] = silent[taken.channel] + 1 if delivery.outcome is Outcome.AGAIN else 0
            counts[settle(by=running.by, job=me, parcel=taken, delivery=delivery, at=timezone.now())] += 1
    finally:
        for way in ways.values():
            way.close()
    return {"url": reverse("office:notices"), **counts}
