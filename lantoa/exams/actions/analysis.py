"""Keeping what a large sitting tells, so that its page need not work it out each time."""

from datetime import datetime

from django.db import transaction

from lantoa.exams.models import Analysis, Sitting
from lantoa.exams.queries.analysis import state_of, summary_of
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

ANALYSE = "exams.analyse"  # the long job


@transaction.atomic
def keep_analysis(*, by: Actor, sitting: Sitting, at: datetime) -> Analysis:
    """Works the summary out and keeps it in place of the one before. Done again it changes nothing."""
    state, people, _left = state_of(sitting)
    made, _new = Analysis.objects.update_or_create(
        sitting=sitting, defaults={"state": state, "content": summary_of(sitting), "made_at": at}
    )
    record(by=by, act="exams.analyse", thing=sitting, about={"people": people})
    return made
