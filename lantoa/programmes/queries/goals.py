"""What milestones of years that were over used to be: they change only with a reason, and the ledger keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lantoa.ledger.models import Entry
from lantoa.programmes.models import Target


@dataclass(frozen=True)
class PastGoal:
    """A milestone as it was until somebody changed it after its year, or took it out, and why."""

    year: int
    value: Decimal
    until: datetime
    reason: str


def past_goals(target: Target) -> Iterator[PastGoal]:
    """Every such milestone of a target, the oldest change first. One query."""
    lines = Entry.objects.about_thing(target).filter(act="programmes.change_target", about__has_key="past")
    for line in lines.order_by("at", "id"):
        for one in line.about["past"]:
            yield PastGoal(one["year"], Decimal(one["was"]), line.at, line.about["reason"])
