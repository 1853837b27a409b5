"""Long jobs of the room."""

from datetime import time
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.office.actions.clock import daily
from lantoa.office.actions.jobs import Running, job
from lantoa.workshops.actions.question_notices import SOON, remind_due
from lantoa.workshops.queries.questions import due_within


@daily(time(8))
@job("workshops.remind_questions", N_("Remind units of questions of workshops"))
def remind_questions(running: Running) -> dict[str, Any]:
    """Reminds the units whose answers are due soon or late. Begun again it tells nobody twice."""
    at = timezone.now()
    told = remind_due(by=running.by, forwardings=due_within(SOON, on=timezone.localdate(at)), at=at)
    return {"url": reverse("office:notices"), "questions": told}
