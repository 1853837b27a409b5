"""What a candidate does on the plain pages: start, answer, hand in. The pages write as a device of their own."""

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.log import Act, Kind, Told, write
from lantoa.exams.actions.sittings import mark_attempts
from lantoa.exams.models import Attempt
from lantoa.exams.queries.log import own_log
from lantoa.exams.rules.answers import FIRST, PLAIN_PAGE, Sent, answers
from lantoa.ledger.rules import Actor


@transaction.atomic
def start(*, by: Actor, attempt: Attempt, at: datetime) -> Told:
    """Begins the attempt. The second time does nothing."""
    (told,) = write([Act(Kind.START, attempt.key, by.actor_key, at, plain=True)])
    if told.refused == "early":
        raise Refused(N_("Cannot start %(title)s: it has not begun yet."), title=attempt.sitting.title)
    if told.refused:
        raise Refused(N_("Cannot start %(title)s: its time is over."), title=attempt.sitting.title)
    return told


@transaction.atomic
def save_answer(*, by: Actor, attempt: Attempt, question: str, answer: Any, at: datetime) -> None:
    """Writes the answer into the log, as the next event of the page; what stands there already is not written again.

    It is kept whenever it comes; what came late does not count until a person says so.
    """
    locked = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)  # two windows: one after the other
    if locked.started_at is None:
        raise Refused(N_("Cannot save the answer in %(title)s: start the exam first."), title=attempt.sitting.title)
    log = own_log(locked)
    if answers(log).get(question) == answer:
        return
    own = [one for one in log if one.device == PLAIN_PAGE]
    last = max(own, key=lambda one: one.sequence, default=None)
    moment = round(at.timestamp() * 1000)
    event = Sent(
        device=PLAIN_PAGE,
        sequence=last.sequence + 1 if last else 1,
        question=question,
        value=json.dumps(answer, ensure_ascii=False),
        device_ms=moment,
        monotonic_ms=moment,
        before=last.hash if last else FIRST,
    )
    write([Act(Kind.ANSWERS, locked.key, by.actor_key, at, (event,), plain=True)])


@transaction.atomic
def hand_in(*, by: Actor, attempt: Attempt, at: datetime) -> Told:
    """Ends the attempt and works out its points. The second time does nothing."""
    if attempt.started_at is None:
        raise Refused(N_("Cannot hand in %(title)s: start the exam first."), title=attempt.sitting.title)
    (told,) = write([Act(Kind.HAND_IN, attempt.key, by.actor_key, at, plain=True)])
    mark_attempts(by=by, attempts=[attempt], at=at)
    return told
