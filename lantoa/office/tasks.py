"""The room's own long jobs."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from lantoa.common.refused import N_
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import MARKED_FILE, go_on
from lantoa.office.actions.jobs import Running, job
from lantoa.office.models import Import
from lantoa.office.queries.imports import marked_file, marked_name


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


@job(MARKED_FILE, N_("Mark the faults of a file"))
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
