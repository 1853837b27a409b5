"""What coordinators are told of questions that a workshop has forwarded to their unit. Each occasion once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.directory.queries.people import coordinators_of
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, notify_all
from lantoa.workshops.models import Forwarding

SOON = 2  # days before the deadline from which a unit is reminded


@transaction.atomic
def tell_forwarded(*, by: Actor, forwarding: Forwarding, at: datetime) -> int:
    """Tells the coordinators of the unit that it is asked; how many are told."""
    return _tell(by, "workshops.question_forwarded", [forwarding], at, "")


@transaction.atomic
def remind_due(*, by: Actor, forwardings: Iterable[Forwarding], at: datetime) -> int:
    """Reminds the coordinators of units whose answer is due soon or late, once a day."""
    return _tell(by, "workshops.question_due", list(forwardings), at, f":{timezone.localdate(at).isoformat()}")


def _tell(by: Actor, template: str, rows: list[Forwarding], at: datetime, occasion: str) -> int:
    on = timezone.localdate(at)
    keepers = coordinators_of([one.unit_id for one in rows], on=on)
    called = names([one.unit_id for one in rows], on=on)
    told = 0
    for one in rows:
        workshop = one.question.workshop
        values = {
            "workshop": workshop.name,
            "unit": called[one.unit_id].full_name if one.unit_id in called else "",
            "due": one.due_on,
            "link": reverse("workshops:forwarded", args=[one.key]),
        }
        letters = [
            Letter(
                once=f"{template}:{one.key}:{user.key}{occasion}", user=user, values=values, about=thing_key(workshop)
            )
            for user in keepers.get(one.unit_id, [])
        ]
        if letters:
            until = at + timedelta(days=2) if occasion else None
            told += notify_all(by=by, template=template, unit=workshop.unit, letters=letters, at=at, good_until=until)
    return told
