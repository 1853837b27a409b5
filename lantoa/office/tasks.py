"""The room's own long jobs."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.office.actions.imports import go_on
from lantoa.office.actions.jobs import Running, job
from lantoa.office.models import Import


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
