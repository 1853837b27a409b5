"""Answers given on paper: entered by somebody, into the same log as all others. See decision 0028.

Whoever enters them says that this candidate sat on paper and handed in in time. That is a mark on the attempt, with
name and hour; the events carry the hour at which they were entered, and the late rule stays as it is for devices.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.log import Act, Kind, write
from lantoa.exams.actions.sittings import mark_attempts
from lantoa.exams.models import Attempt, Judgement
from lantoa.exams.queries.log import log_of
from lantoa.exams.rules.answers import FIRST, PAPER, Received, Sent, answers
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


@dataclass(frozen=True)
class Entered:
    """What entering a sheet did: whether the candidate had one before, the questions that differ now (their ids),
    and what stood there before."""

    again: bool
    changed: tuple[str, ...]
    before: Mapping[str, Any]


@transaction.atomic
def enter_paper(*, by: Actor, attempt: Attempt, answers_given: Mapping[str, Any], at: datetime) -> Entered:
    """Writes what stands on a sheet, marks the attempt as sat on paper, and works out its points.

    `answers_given`: by the id of the question, None for no answer. What stands there already is not written again.
    """
    row = _locked(attempt)
    _refuse(row, at)
    log = log_of([row]).get(row.pk, [])
    own = [one for one in log if one.device == PAPER]
    before = answers(own)
    again = row.on_paper_at is not None
    changed = [one for one, value in answers_given.items() if before.get(one) != value]
    acts = []
    if not again:
        row.on_paper_at, row.on_paper_by, row.on_paper_stamped = at, by.actor_key, row.started_at is None
        row.save(update_fields=["on_paper_at", "on_paper_by", "on_paper_stamped"])
    begins = row.sitting.times().begins()
    assert begins is not None  # `_refuse` has looked
    if row.started_at is None:
        acts.append(Act(Kind.START, row.key, by.actor_key, begins, paper=True))
    if changed:
        given = {one: answers_given[one] for one in changed}
        acts.append(Act(Kind.ANSWERS, row.key, by.actor_key, at, _events(row, own, given, at), paper=True))
    if row.handed_in_at is None:
        ends = row.ends_at() or row.sitting.times().ends(begins, timedelta(minutes=row.extra_minutes))
        acts.append(Act(Kind.HAND_IN, row.key, by.actor_key, at if ends is None else min(at, ends), paper=True))
    write(acts)
    numbers = [number for number, asked in enumerate(row.variant.content, 1) if asked["id"] in changed]
    record(by=by, act="exams.enter_paper", thing=row, about={"changed": numbers, "again": again})
    mark_attempts(by=by, attempts=[row], at=at)
    return Entered(again, tuple(changed), {one: before.get(one) for one in changed})


def _locked(attempt: Attempt) -> Attempt:
    return (
        Attempt.objects.select_for_update(no_key=True, of=("self",))
        .select_related("sitting", "variant")
        .get(pk=attempt.pk)
    )


def _refuse(row: Attempt, at: datetime) -> None:
    begins = row.sitting.times().begins()
    if begins is None or begins > at:
        raise Refused(N_("Cannot enter answers in %(title)s: the exam has not begun."), title=row.sitting.title)
    if row.handed_in_at is not None and row.on_paper_at is None:
        raise Refused(
            N_("Cannot enter answers in %(title)s: this candidate has handed in on a device."),
            title=row.sitting.title,
        )


def _events(row: Attempt, own: list[Received], given: Mapping[str, Any], at: datetime) -> tuple[Sent, ...]:
    last = max(own, key=lambda one: one.sequence, default=None)
    sequence, before = (last.sequence, last.hash) if last else (0, FIRST)
    moment = round(at.timestamp() * 1000)
    made = []
    for question, value in given.items():
        sequence += 1
        said = json.dumps(value, ensure_ascii=False)
        made.append(Sent(PAPER, sequence, question, said, moment, moment, before))
        before = made[-1].hash(row.key)
    return tuple(made)


@transaction.atomic
def withdraw_paper(*, by: Actor, attempt: Attempt) -> Attempt:
    """This candidate did not sit on paper after all: what was entered stays in the log and counts no more.

    Refused where something rests on it: a person has given points, or the results are published.
    """
    row = _locked(attempt)
    if refused := why_not_withdraw(row):
        raise refused
    stamped = row.on_paper_stamped
    row.on_paper_at, row.on_paper_by, row.on_paper_stamped = None, "", False
    row.take_mark_back()
    if stamped:
        row.started_at = row.handed_in_at = None
    row.save()
    record(by=by, act="exams.withdraw_paper", thing=row)
    return row


def why_not_withdraw(row: Attempt) -> Refused | None:
    """Why the answers of a sheet cannot be taken back; None when they can."""
    if row.on_paper_at is None:
        return Refused(
            N_("Cannot take the answers back in %(title)s: this candidate did not sit on paper."),
            title=row.sitting.title,
        )
    if not row.on_paper_stamped:
        return Refused(
            N_("Cannot take the answers back in %(title)s: this candidate had started on a device."),
            title=row.sitting.title,
        )
    if row.sitting.published_at is not None:
        return Refused(
            N_("Cannot take the answers back in %(title)s: the results are published."), title=row.sitting.title
        )
    if Judgement.objects.filter(attempt=row).exists():
        return Refused(
            N_("Cannot take the answers back in %(title)s: a person has given points for them."),
            title=row.sitting.title,
        )
    return None
