"""Long jobs of the room."""

from datetime import time
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.office.actions.clock import daily
from lantoa.office.actions.jobs import Running, job
from lantoa.programmes.actions.reporting import remind_of_deadline
from lantoa.programmes.models import Reporting


@daily(time(8))
@job("programmes.remind_figures", N_("Remind units of figures they owe"))
def remind_figures(running: Running) -> dict[str, Any]:
    """Reminds units of the campaigns that are open. Begun again it tells nobody twice."""
    told = 0
    rows = list(Reporting.objects.filter(closed_at=None).select_related("unit").order_by("id"))
    for done, reporting in enumerate(rows):
        running.step(done, len(rows))
        told += remind_of_deadline(by=running.by, reporting=reporting, at=timezone.now())
    running.step(len(rows), len(rows))
    return {"url": reverse("office:notices"), "told": told}
