"""What was tried in a workshop by those who had no right to it."""

from dataclasses import dataclass
from datetime import datetime

from lantoa.ledger.models import Entry
from lantoa.workshops.models import Site, Workshop

STRANGER = "workshops.refused_stranger"
MOST = 5_000  # lines of all workshops that are looked at


@dataclass(frozen=True)
class Attempt:
    """Somebody (by key; "" for nobody of this house) tried something so often: `what` is a word of the hot path, or
    an act that a page offers for a site, which is named then."""

    actor: str
    what: str
    site: str
    count: int
    first_at: datetime
    last_at: datetime


def refused_attempts(workshop: Workshop) -> list[Attempt]:
    """All of them, the latest first. Three queries.

    Lines of the ledger name the site only; those of other workshops are left out.
    """
    tickets = [
        Attempt(one.actor, one.what, "", one.count, one.first_at, one.last_at) for one in workshop.trespasses.all()
    ]
    lines = list(reversed(Entry.objects.filter(act=STRANGER).order_by("-at", "-id")[:MOST]))
    keys = {one.thing.partition(":")[2] for one in lines}
    names = dict(Site.objects.filter(workshop=workshop, key__in=keys).values_list("key", "name")) if keys else {}
    acts: dict[tuple[str, str, str], Attempt] = {}
    for one in lines:
        site = names.get(one.thing.partition(":")[2])
        if site is not None:
            what = str(one.about.get("act", ""))
            before = acts.get((one.actor, what, site))
            first, count = (before.first_at, before.count + 1) if before else (one.at, 1)
            acts[one.actor, what, site] = Attempt(one.actor, what, site, count, first, one.at)
    return sorted([*tickets, *acts.values()], key=lambda one: one.last_at, reverse=True)
