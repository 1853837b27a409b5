"""What ends with a workshop: the floor, the polls, the roll, the slides."""

from datetime import datetime

from django.db import transaction

from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.floor import end_floor, held_conduct
from lantoa.workshops.actions.polls import close_polls
from lantoa.workshops.actions.roll import close_the_roll
from lantoa.workshops.actions.slides import take_slides_off
from lantoa.workshops.models import RollCall, Workshop


@transaction.atomic
def end_what_runs(*, by: Actor, workshop: Workshop, at: datetime) -> None:
    """Ends whatever runs, in the transaction of whoever ends the workshop. Rows are held in the order of every other
    act: the conduct, the roll call, the polls, the workshop itself (told of it), parts of the agenda and hands."""
    held_conduct(workshop)
    roll = RollCall.objects.select_for_update(no_key=True).filter(workshop=workshop, closed_at=None).first()
    close_polls(by=by, workshop=workshop, at=at)
    if roll is not None:
        close_the_roll(by=by, workshop=workshop, at=at)
    end_floor(by=by, workshop=workshop, at=at)
    take_slides_off(by=by, workshop=workshop, at=at)
