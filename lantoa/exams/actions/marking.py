"""Marking a sitting: by the key what can be, by people what cannot, and telling the candidates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.asked import tell_of_results
from lantoa.exams.actions.sittings import mark_attempts
from lantoa.exams.models import Attempt, Judgement, Sitting
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.queries.handed import arrived, file_of, may_come_until
from lantoa.exams.queries.log import answers_that_count, log_of, verdicts_on
from lantoa.exams.queries.sittings import criteria_in, due_for_marking
from lantoa.exams.rules.answers import fingerprint
from lantoa.exams.rules.content import MARKED_BY_PEOPLE
from lantoa.exams.rules.corrections import Correction, corrected
from lantoa.exams.rules.judging import State, by_marker
from lantoa.exams.rules.marking import answered, points_of
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

MOST = 500  # attempts marked while a reader waits; more are a job
AT_A_TIME = 200  # in one transaction of it
MARK = "exams.mark"


@dataclass(frozen=True)
class Marked:
    """How many were marked now, and how many still wait."""

    now: int
    left: int


@transaction.atomic
def mark_sitting(*, by: Actor, sitting: Sitting, at: datetime, most: int = MOST) -> Marked:
    """Marks those who handed in or whose time is over and who have no points yet; `most` at a time."""
    due = due_for_marking(sitting, at=at)
    now = list(due[:most])
    mark_attempts(by=by, attempts=now, at=at)
    return Marked(len(now), due.count())


@transaction.atomic
def set_markers(*, by: Actor, sitting: Sitting, markers: int, tolerance: Decimal) -> Sitting:
    """One person marks each answer, or two who do not see each other's points; beyond `tolerance` a third decides.

    Refused once somebody has given points: what counts must not change under them.
    """
    sitting = Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
    given = Judgement.objects.filter(attempt__sitting=sitting).count()
    if given:
        raise Refused(
            N_("Cannot change who marks the answers of %(title)s: points were given already (%(count)d times)."),
            title=sitting.title,
            count=given,
        )
    sitting.markers, sitting.tolerance = markers, tolerance if markers == 2 else Decimal(0)
    sitting.save(update_fields=["markers", "tolerance"])
    about = {"markers": markers, "tolerance": f"{sitting.tolerance:f}"}
    record(by=by, act="exams.set_markers", thing=sitting, about=about)
    return sitting


@transaction.atomic
def judge(
    *,
    by: Actor,
    attempt: Attempt,
    question: str,
    of: str,
    points: Decimal,
    at: datetime,
    parts: Sequence[Decimal] = (),
    deciding: bool = False,
) -> Judgement:
    """Gives an answer that people mark its points. `of` is the fingerprint of the answer that was read.

    `parts`: the points of each criterion of its rubric, which together are the points. `deciding`: by a third person,
    where two are too far apart.
    """
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
    if "given" in corrected(attempt.variant.keys[question], _correction(attempt, question)):
        raise Refused(N_("Cannot give points: the answers to this question are not marked any more."))
    answer = answers_that_count(attempt, log_of([attempt]).get(attempt.pk, ())).get(question)
    if not answered(asked["kind"], answer) or fingerprint(answer) != of:
        raise Refused(N_("Cannot give points: the answer is not the one that you read. Open the page again."))
    if asked["kind"] == "file":
        _refuse_unread(attempt, question, answer, points, at)
    _refuse_points(attempt, question, points, parts)
    _refuse_marker(by, attempt, question, of, deciding=deciding)
    made = Judgement.objects.create(
        attempt=attempt,
        question=question,
        fingerprint=of,
        points=points,
        parts=[f"{one:f}" for one in parts],
        deciding=deciding,
        judged_by=by.actor_key,
        judged_at=at,
    )
    about = {"question": question, "points": f"{points:f}", **({"deciding": True} if deciding else {})}
    record(by=by, act="exams.judge", thing=attempt, about=about)
    mark_attempts(by=by, attempts=[attempt], at=at)
    return made


def _correction(attempt: Attempt, question: str) -> Correction | None:
    return corrections_in([attempt.sitting_id]).get(attempt.sitting_id, {}).get(question)


def _refuse_unread(attempt: Attempt, question: str, answer: Any, points: Decimal, at: datetime) -> None:
    """What cannot be opened is not marked; it is worth nothing once it cannot come any more."""
    if file_of(arrived([attempt]).get(attempt.pk, {}), question, answer) is not None:
        return
    until = may_come_until(attempt)
    if until is None or at < until:
        raise Refused(
            N_("Cannot give points: the file of this answer has not reached the centre, and may still come.")
        )
    if points:
        raise Refused(
            N_(
                "Cannot give %(points)s points: the file of this answer has not reached the centre. "
                "0 is what can be given."
            ),
            points=f"{points.normalize():f}",
        )


def _refuse_points(attempt: Attempt, question: str, points: Decimal, parts: Sequence[Decimal]) -> None:
    key = attempt.variant.keys[question]
    criteria = criteria_in(key) if parts else []
    for given, (text, most) in zip(parts, criteria, strict=True):
        if not 0 <= given <= most:
            raise Refused(
                N_('Cannot give %(points)s points for "%(text)s": from 0 to %(most)s are possible.'),
                points=f"{given.normalize():f}",
                text=text[:80],
                most=f"{most.normalize():f}",
            )
    most = points_of(key, Fraction(1))
    if not 0 <= points <= most or (parts and sum(parts) != points):
        raise Refused(
            N_("Cannot give %(points)s points: from 0 to %(most)s are possible."),
            points=f"{points.normalize():f}",
            most=f"{most.normalize():f}",
        )


def _refuse_marker(by: Actor, attempt: Attempt, question: str, of: str, *, deciding: bool) -> None:
    """With two markers: a third one only where they are apart, and one of the two decides nothing."""
    if attempt.sitting.markers == 1 and not deciding:
        return
    found = verdicts_on(Judgement.objects.filter(attempt=attempt)).get(attempt.pk, {}).get((question, of))
    markers = by_marker(found.given) if found else {}
    if not deciding:
        if len(markers) >= attempt.sitting.markers and by.actor_key not in markers:
            raise Refused(N_("Cannot give points: two people have marked this answer."))
        return
    if found is None or found.verdict.state is not State.APART:
        raise Refused(N_("Cannot decide about an answer: its two markers are not too far apart."))
    if by.actor_key in markers:
        raise Refused(N_("Cannot decide about an answer: you are one of the two who marked it."))


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
