"""What the log of answers tells."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from lantoa.common.ready import asking
from lantoa.exams.models import Answer, Attempt, Judgement
from lantoa.exams.rules.answers import PAPER, Received, answers, counting
from lantoa.exams.rules.judging import Given, Verdict, verdict

FEW = 20  # attempts


def log_of(attempts: Iterable[Attempt], *, question: str = "") -> dict[int, list[Received]]:
    """The events of each attempt, by its id, in the order in which they arrived; of one question or of all.
    One query."""
    found: dict[int, list[Received]] = defaultdict(list)
    keys = [one.pk for one in attempts]
    rows = Answer.objects.filter(attempt__in=keys).order_by("id")
    if question:
        rows = rows.filter(question=question)
    fields = ("device", "sequence", "question", "value", "device_ms", "monotonic_ms", "before", "hash", "received_at")
    listed = rows.values_list("attempt", *fields, "id")
    # a cursor in the database is for thousands: of a few people it would cost four questions for one
    for attempt, *said, before, made, received_at, order in listed.iterator() if len(keys) > FEW else listed:
        device, sequence, asked, value, device_ms, monotonic_ms = said
        found[attempt].append(
            Received(
                device,
                sequence,
                asked,
                value,
                device_ms,
                monotonic_ms,
                bytes(before),
                bytes(made),
                received_at,
                order,
            )
        )
    return found


Judged = dict[tuple[str, str], Decimal]  # question and fingerprint of the answer -> points


def judged(attempts: Iterable[Attempt]) -> dict[int, Judged]:
    """What counts of all that people gave for answers of these attempts, by its id (`rules.judging`). One query."""
    found: dict[int, Judged] = defaultdict(dict)
    for attempt, verdicts in verdicts_on(Judgement.objects.filter(attempt__in=[one.pk for one in attempts])).items():
        for answer, one in verdicts.items():
            if one.verdict.points is not None:
                found[attempt][answer] = one.verdict.points
    return found


@dataclass(frozen=True)
class Opinions:
    """All that people gave for one answer, and what counts of it."""

    given: list[Given]
    verdict: Verdict


def verdicts_on(judgements: "QuerySet[Judgement]") -> dict[int, dict[tuple[str, str], Opinions]]:
    """What was given for each answer, by attempt (its id) and by question and fingerprint of the answer."""
    given: dict[tuple[int, str, str], list[Given]] = defaultdict(list)
    rules: dict[int, tuple[int, Decimal]] = {}
    fields = ("attempt", "question", "fingerprint", "judged_by", "points", "deciding")
    rows = judgements.order_by("id").values_list(*fields, "attempt__sitting__markers", "attempt__sitting__tolerance")
    for attempt, question, of, by, points, deciding, markers, tolerance in rows:
        given[attempt, question, of].append(Given(by, points, deciding))
        rules[attempt] = markers, tolerance
    found: dict[int, dict[tuple[str, str], Opinions]] = defaultdict(dict)
    for (attempt, question, of), all_given in given.items():
        markers, tolerance = rules[attempt]
        found[attempt][question, of] = Opinions(all_given, verdict(all_given, markers=markers, tolerance=tolerance))
    return found


OWN = """
    SELECT device, sequence, question, value, device_ms, monotonic_ms, before, hash, received_at, id
      FROM exams_answer WHERE attempt_id = %s ORDER BY id
"""


def own_log(attempt: Attempt) -> list[Received]:
    """The events of an attempt; those of a sheet of paper only as long as it counts."""
    with asking() as cursor:
        cursor.execute(OWN, [attempt.pk])
        events = [
            Received(*row[:6], bytes(row[6]), bytes(row[7]), *row[8:])  # type: ignore[call-arg]
            for row in cursor.fetchall()
        ]
    return [one for one in events if one.device != PAPER or attempt.on_paper_at is not None]


def answers_that_count(attempt: Attempt, log: Iterable[Received]) -> dict[str, Any]:
    """The answers of an attempt that are marked: by the id of the question."""
    ends = attempt.ends_at()
    until = None
    if attempt.late_taken_at is not None and ends is not None:
        # what had come when the person judged
        until = min(ends + timedelta(minutes=attempt.sitting.late_minutes), attempt.late_taken_at)
    on_paper = attempt.on_paper_at is not None
    return answers(counting(log, ends=ends, handed_in_at=attempt.handed_in_at, late_until=until, on_paper=on_paper))
