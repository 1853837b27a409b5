"""Long jobs of the room."""

from datetime import time
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.office.actions.clock import daily
from lantoa.office.actions.jobs import Running, job
from lantoa.readiness.actions.notices import remind_of_deadline
from lantoa.readiness.models import Campaign

PUBLISH = "readiness.publish"


@job(PUBLISH, N_("Score and publish an index"))
def publish(running: Running) -> dict[str, Any]:
    """Scores and publishes a campaign in one transaction; begun again it finds it published."""
    from lantoa.readiness.actions.campaigns import publish_campaign  # what scores is not loaded at every start

    campaign = Campaign.objects.get(key=running.arguments["campaign"])
    running.step(0, 1)
    publish_campaign(by=running.by, campaign=campaign, at=timezone.now())
    running.step(1, 1)
    return {"url": reverse("readiness:results", args=[campaign.key])}


@daily(time(8))
@job("readiness.remind", N_("Remind units of sheets that are not handed in"))
def remind(running: Running) -> dict[str, Any]:
    """Reminds units of the campaigns that take answers. Begun again it tells nobody twice."""
    told = 0
    rows = list(Campaign.objects.filter(state=Campaign.State.OPEN).select_related("unit").order_by("id"))
    for done, campaign in enumerate(rows):
        running.step(done, len(rows))
        told += remind_of_deadline(by=running.by, campaign=campaign, at=timezone.now())
    running.step(len(rows), len(rows))
    return {"url": reverse("office:notices"), "told": told}
