"""What corrections of keys are in force, what one would change, and what they have changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, QuerySet

from lantoa.exams.models import Attempt, KeyChange, PointsChange, Sitting
from lantoa.exams.queries.analysis import variants_of
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.queries.log import answers_that_count, judged, log_of
from lantoa.exams.rules.corrections import Correction, corrected
from lantoa.exams.rules.marking import worth

CHUNK = 500


def key_changes_of(sitting: Sitting) -> "QuerySet[KeyChange]":
    """All corrections of a sitting, the newest first, with `people`: whose points they changed."""
    return sitting.key_changes.annotate(people=Count("points_changes")).order_by("-id")


def points_changes_of(sitting: Sitting, *, cause: str = "") -> "QuerySet[PointsChange]":
    """Whose points changed after they were marked whole, with the people; of one correction (its key) or of all."""
    rows = PointsChange.objects.filter(attempt__sitting=sitting).select_related("attempt__person", "cause")
    if cause:
        rows = rows.filter(cause__key=cause)
    return rows.order_by("-id")


@dataclass(frozen=True)
class Would:
    """What a correction would do to one candidate."""

    attempt: Attempt
    points: Decimal
    out_of: Decimal

    @property
    def better(self) -> bool:
        """Whether the result, as a share of what can be reached, would rise."""
        before, after = self.shares
        return after > before

    @property
    def shares(self) -> tuple[Fraction, Fraction]:
        """The share of the points before and after."""
        attempt = self.attempt
        assert attempt.points is not None and attempt.out_of is not None
        before = Fraction(attempt.points) / Fraction(attempt.out_of) if attempt.out_of else Fraction(0)
        return before, Fraction(self.points) / Fraction(self.out_of) if self.out_of else Fraction(0)


@dataclass(frozen=True)
class Preview:
    """What a correction would change: of `people` who are marked, `rows` whose points change."""

    people: int
    rows: list[Would]
    pass_more: int
    fail_more: int


def would_change(sitting: Sitting, question: str, correction: Correction, *, least: Fraction) -> Preview:
    """What a correction would do, without doing it. `least`: the share of the points from which on one passes."""
    variants = {one.pk: one for one in variants_of(sitting)}
    now = corrections_in([sitting.pk]).get(sitting.pk, {}).get(question)
    rows = list(
        sitting.sat.filter(marked_at__isnull=False).select_related("person").order_by("person__sort_key", "pk")
    )
    changed: list[Would] = []
    for start in range(0, len(rows), CHUNK):
        chunk = [row for row in rows[start : start + CHUNK] if question in variants[row.variant_id].keys]
        logs, given = log_of(chunk, question=question), judged(chunk)
        for row in chunk:
            row.sitting = sitting
            variant = variants[row.variant_id]
            kind = next(one["kind"] for one in variant.content if one["id"] == question)
            answer: Any = answers_that_count(row, logs.get(row.pk, ())).get(question)
            key: Mapping[str, Any] = variant.keys[question]
            before = worth(kind, corrected(key, now), question, answer, given.get(row.pk, {}))
            after = worth(kind, corrected(key, correction), question, answer, given.get(row.pk, {}))
            if before == after:
                continue
            assert row.points is not None and row.out_of is not None
            changed.append(
                Would(
                    row,
                    row.points - before.points + after.points,
                    row.out_of - before.out_of + after.out_of,
                )
            )
    shares = [one.shares for one in changed]
    return Preview(
        people=len(rows),
        rows=[one for one in changed if (one.points, one.out_of) != (one.attempt.points, one.attempt.out_of)],
        pass_more=sum(1 for before, after in shares if before < least <= after),
        fail_more=sum(1 for before, after in shares if after < least <= before),
    )


@dataclass(frozen=True)
class Anew:
    """What a candidate is told of a mark that changed after it was published. `change` and `number` (of the question
    in their paper) where a key was the reason; `own` None: their points stayed the same."""

    at: datetime
    change: KeyChange | None
    number: int | None
    own: PointsChange | None


def told_to(attempt: Attempt) -> list[Anew]:
    """What a candidate is told of marks that changed after their result was published, the oldest first."""
    published = attempt.sitting.published_at
    if published is None:
        return []
    numbers = {one["id"]: number for number, one in enumerate(attempt.variant.content, 1)}
    own = list(attempt.points_changes.filter(made_at__gte=published).order_by("id"))
    by_cause = {one.cause_id: one for one in own}
    found = [
        Anew(change.made_at, change, numbers[change.question], by_cause.get(change.pk))
        for change in attempt.sitting.key_changes.filter(made_at__gte=published).order_by("id")
        if change.question in numbers
    ]
    found += [Anew(one.made_at, None, None, one) for one in own if one.cause_id is None]
    return sorted(found, key=lambda one: one.at)
