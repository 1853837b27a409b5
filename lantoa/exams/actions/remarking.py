"""Marking anew after a wrong key: the correction beside what is frozen, then every candidate, each with a record."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.marking import MOST
from lantoa.exams.actions.sittings import mark_attempts
from lantoa.exams.models import Attempt, KeyChange, Sitting
from lantoa.exams.queries.analysis import is_over, variants_of
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.rules.corrections import KEY, PAPER, Correction, can_name_a_key
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import Job

REMARK = "exams.remark"  # the long job
AT_A_TIME = 200  # attempts in one transaction of it


@dataclass(frozen=True)
class Changed:
    """A correction that counts from now on; the candidates whose points it changed, or the job that marks them."""

    change: KeyChange
    people: int = 0
    job: Job | None = None


@transaction.atomic
def change_key(
    *, by: Actor, sitting: Sitting, question: str, correction: Correction, reason: str, at: datetime, most: int = MOST
) -> Changed:
    """Another key counts for one question of a sitting. The variants stay as they were.

    Up to `most` candidates are marked anew in this transaction; more by a job, which keeps how far it has come.
    """
    sitting = Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
    if not is_over(sitting, at=at):
        raise Refused(N_("Cannot correct a key of %(title)s: the exam is not over yet."), title=sitting.title)
    asked = [
        (one["kind"], variant.keys[question])
        for variant in variants_of(sitting)
        for one in variant.content
        if one["id"] == question
    ]
    if not asked:
        raise Refused(N_("Cannot correct a key of %(title)s: it has no such question."), title=sitting.title)
    if correction.rule == KEY and not all(can_name_a_key(kind, key) for kind, key in asked):
        raise Refused(
            N_("Cannot correct a key of %(title)s: for this question no other answer can be named."),
            title=sitting.title,
        )
    now = corrections_in([sitting.pk]).get(sitting.pk, {}).get(question, Correction(PAPER))
    if now == correction:
        raise Refused(N_("Cannot correct a key of %(title)s: this is what counts already."), title=sitting.title)
    change = KeyChange.objects.create(
        sitting=sitting,
        question=question,
        rule=correction.rule,
        key_now=dict(correction.key),
        reason=reason,
        made_by=by.actor_key,
        made_at=at,
    )
    record(
        by=by,
        act="exams.change_key",
        thing=sitting,
        about={"change": change.key, "question": question, "rule": correction.rule},
    )
    attempts = list(sitting.sat.filter(started_at__isnull=False).order_by("pk")[: most + 1])
    if len(attempts) > most:
        job = start_job(by=by, kind=REMARK, arguments={"change": change.key}, unit=sitting.unit, at=at)
        return Changed(change, job=job)
    mark_attempts(by=by, attempts=attempts, at=at, cause=change, anew=True)
    return Changed(change, people=change.points_changes.count())


@transaction.atomic
def remark_some(*, by: Actor, change: KeyChange, after: int, at: datetime, most: int = AT_A_TIME) -> int:
    """Marks the next candidates of the sitting anew, those after the id `after`; the id of the last, 0 at the end.

    Done twice it changes nothing: the same log and the same keys give the same points.
    """
    started = Attempt.objects.filter(sitting=change.sitting_id, started_at__isnull=False)
    rows = list(started.filter(pk__gt=after).order_by("pk")[:most])
    mark_attempts(by=by, attempts=rows, at=at, cause=change, anew=True)
    return rows[-1].pk if rows else 0
