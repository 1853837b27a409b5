"""What a page of a workshop needs to change by itself: the address of its stream, and a ticket for it."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from lantoa.common.keyring import secret
from lantoa.workshops.hot import PREFIX, SECRET
from lantoa.workshops.models import Workshop
from lantoa.workshops.rules.streams import ALL, Ticket

TICKET = timedelta(hours=12)  # then the page asks for another, with the session of whoever is signed in
SAME = 12  # it ends by the full twelfth of that time: a page opened again asks for a picture by the same address


def stream_of(request: HttpRequest, workshop: Workshop, audience: str = ALL) -> dict[str, str]:
    """For `workshops/_stream.html`. `workshop` was read before anything else the page shows: from its number on
    everything is told. Call it only for a reader who has the right to this audience."""
    step = max(1, round(TICKET.total_seconds() / SAME))
    until = round((timezone.now() + TICKET).timestamp()) // step * step
    actor: str = request.user.actor_key  # type: ignore[union-attr]
    return {
        "url": f"{PREFIX}{workshop.key}/stream",
        "ticket": Ticket(workshop.key, audience, actor).written(secret(SECRET), until),
        "after": str(workshop.told),
        "slides": f"{PREFIX}{workshop.key}/slide/",
    }
