"""Whoever sat at a site and is in a class whose meeting the workshop was: their presence counts there."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.presence.actions import enter_sheet
from lantoa.training.actions.classes import enrolled
from lantoa.training.actions.results import decide_when_over
from lantoa.training.models import Meeting
from lantoa.workshops.actions.telling import held
from lantoa.workshops.models import Workshop
from lantoa.workshops.queries.crediting import there
from lantoa.workshops.rules.words import OVER


@transaction.atomic
def credit_hours(*, by: Actor, workshop: Workshop, meeting: Meeting, at: datetime) -> int:
    """Enters those of the class who checked in at a site into the roll of its meeting, each for the share of the
    workshop that they were there; how many were found. Lines that stand in the roll are left alone: again is once."""
    workshop = held(workshop)
    if workshop.state != OVER:
        raise Refused(N_("Cannot credit hours for %(name)s: it is not over."), name=workshop.name)
    expected = set(enrolled(meeting.training_class).values_list("person_id", flat=True))
    states: dict[int, tuple[str, Decimal]] = {
        person: line for person, line in there(workshop).items() if person in expected
    }
    if states:
        source = f"workshops.workshop:{workshop.key}"
        enter_sheet(by=by, gathering=meeting.gathering, states=states, source=source, at=at)
        decide_when_over(by=by, training_class=meeting.training_class, at=at)
    about = {"meeting": meeting.key, "people": len(states)}
    record(by=by, act="workshops.credit_hours", thing=workshop, about=about)
    return len(states)
