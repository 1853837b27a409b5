"""Marking a sitting: by the key what can be, by people what cannot, and telling the candidates."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.asked import tell_of_results
from lantoa.exams.actions.sittings import mark_attempts
from lantoa.exams.models import Attempt, Judgement, Sitting
from lantoa.exams.queries.log import answers_that_count, log_of
from lantoa.exams.queries.sittings import due_for_marking
from lantoa.exams.rules.answers import fingerprint
from lantoa.exams.rules.content import MARKED_BY_PEOPLE
from lantoa.exams.rules.marking import answered, points_of
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

MOST = 500  # attempts marked at a time: a page does not keep its reader waiting


@dataclass(frozen=True)
class Marked:
    """How many were marked now, and how many still wait."""

    now: int
    left: int


@transaction.atomic
def mark_sitting(*, by: Actor, sitting: Sitting, at: datetime, most: int = MOST) -> Marked:
    """Marks those who handed in or whose time is over and who have no points yet; `most` at a time."""
    due = due_for_marking(sitting, at=at)
    mark_attempts(by=by, attempts=due[:most], at=at)
    return Marked(len(due[:most]), len(due[most:]))


@transaction.atomic
def judge(*, by: Actor, attempt: Attempt, question: str, of: str, points: Decimal, at: datetime) -> Judgement:
    """Gives an answer that people mark its points. `of` is the fingerprint of the answer that was read."""
    attempt = (
        Attempt.objects.select_for_update(no_key=True, of=("self",))
        .select_related("sitting", "variant")
        .get(pk=attempt.pk)
    )
    asked = next((one for one in attempt.variant.content if one["id"] == question), None)
    if asked is None or asked["kind"] not in MARKED_BY_PEOPLE:
        raise Refused(N_("Cannot give points: this question is not one that people mark."))
    if attempt.marked_at is None:
        raise Refused(N_("Cannot give points: this candidate is still at work."))
    answer = answers_that_count(attempt, log_of([attempt]).get(attempt.pk, ())).get(question)
    if not answered(asked["kind"], answer) or fingerprint(answer) != of:
        raise Refused(N_("Cannot give points: the answer is not the one that you read. Open the page again."))
    most = points_of(attempt.variant.keys[question], Fraction(1))
    if not 0 <= points <= most:
        raise Refused(
            N_("Cannot give %(points)s points: from 0 to %(most)s are possible."),
            points=f"{points.normalize():f}",
            most=f"{most.normalize():f}",
        )
    made = Judgement.objects.create(
        attempt=attempt, question=question, fingerprint=of, points=points, judged_by=by.actor_key, judged_at=at
    )
    record(by=by, act="exams.judge", thing=attempt, about={"question": question, "points": f"{points:f}"})
    mark_attempts(by=by, attempts=[attempt], at=at)
    return made


@transaction.atomic
def publish_results(*, by: Actor, sitting: Sitting, at: datetime) -> Sitting:
    """From now on everybody sees their own points. Refused while somebody's work is not marked whole."""
    sitting = Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
    if sitting.published_at is not None:
        raise Refused(N_("Cannot publish the results of %(title)s: they are published."), title=sitting.title)
    marked = sitting.sat.filter(marked_at__isnull=False)
    waiting = (
        sitting.sat.filter(started_at__isnull=False, marked_at=None).count() + marked.exclude(unmarked=0).count()
    )
    if waiting or not marked.exists():
        raise Refused(
            N_("Cannot publish the results of %(title)s: %(waiting)d people are not marked whole, %(marked)d are."),
            title=sitting.title,
            waiting=waiting,
            marked=marked.filter(unmarked=0).count(),
        )
    sitting.published_at = at
    sitting.save(update_fields=["published_at"])
    record(by=by, act="exams.publish_results", thing=sitting)
    tell_of_results(by=by, sitting=sitting, at=at)
    return sitting
