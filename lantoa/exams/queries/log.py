"""What the log of answers tells."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lantoa.exams.models import Answer, Attempt, Judgement
from lantoa.exams.rules.answers import Received, answers, counting


def log_of(attempts: Iterable[Attempt]) -> dict[int, list[Received]]:
    """The events of each attempt, by its id, in the order in which they arrived. One query."""
    found: dict[int, list[Received]] = defaultdict(list)
    rows = Answer.objects.filter(attempt__in=[one.pk for one in attempts]).order_by("id")
    for one in rows:
        found[one.attempt_id].append(
            Received(
                device=one.device,
                sequence=one.sequence,
                question=one.question,
                value=one.value,
                device_ms=one.device_ms,
                monotonic_ms=one.monotonic_ms,
                before=bytes(one.before),
                hash=bytes(one.hash),
                received_at=one.received_at,
                order=one.pk,
            )
        )
    return found


Judged = dict[tuple[str, str], Decimal]  # question and fingerprint of the answer -> points


def judged(attempts: Iterable[Attempt]) -> dict[int, Judged]:
    """What people gave for answers of these attempts, by its id. Of the same answer the last judgement counts."""
    found: dict[int, Judged] = defaultdict(dict)
    rows = Judgement.objects.filter(attempt__in=[one.pk for one in attempts]).order_by("id")
    for attempt, question, of, points in rows.values_list("attempt", "question", "fingerprint", "points"):
        found[attempt][question, of] = points
    return found


def answers_that_count(attempt: Attempt, log: Iterable[Received]) -> dict[str, Any]:
    """The answers of an attempt that are marked: by the id of the question."""
    ends = attempt.ends_at()
    until = None
    if attempt.late_taken_at is not None and ends is not None:
        until = ends + timedelta(minutes=attempt.sitting.late_minutes)
    on_paper = attempt.on_paper_at is not None
    return answers(counting(log, ends=ends, handed_in_at=attempt.handed_in_at, late_until=until, on_paper=on_paper))
