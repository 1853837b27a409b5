"""Long jobs of the room."""

from datetime import time
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.office.actions.clock import daily
from lantoa.office.actions.jobs import Running, job


@daily(time(8))
@job("pilots.remind", N_("Remind units of pilots and playbooks"))
def remind(running: Running) -> dict[str, Any]:
    """Reminds units of gates, values, decisions and steps. Begun again it tells nobody twice."""
    from lantoa.pilots.actions.notices import remind_of_pilots, remind_of_steps  # not loaded at every start
    from lantoa.pilots.queries.pilots import running_pilots

    at = timezone.now()
    running.step(0, 2)
    pilots = remind_of_pilots(by=running.by, pilots=running_pilots(on=timezone.localdate(at)), at=at)
    running.step(1, 2)
    steps = remind_of_steps(by=running.by, at=at)
    running.step(2, 2)
    return {"url": reverse("office:notices"), "pilots": pilots, "steps": steps}
