"""The exams of a class: who sat them, which marks come of them, and what was gained between two of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.exams.models import Attempt, Sitting
from lantoa.exams.queries.attempts import counting_of
from lantoa.exams.rules.gain import Gains, gains, normalised_gain
from lantoa.training.models import Assessment, ClassExam, Enrolment, Meeting, TrainingClass
from lantoa.training.rules.exams import best, mark_of, share_of

FROM_EXAM: Final = "exams.sitting:"  # of a mark that an exam gave
SHOWN: Final = {
    "people": N_("learners"),
    "not_listed": N_("are not on the list yet"),
    "waiting": N_("have not started"),
    "started": N_("at work or out of time"),
    "handed_in": N_("handed in"),
    "marked": N_("marked"),
}


@dataclass(frozen=True)
class Row:
    """A learner of the class in one exam. `attempt`: the one that counts; None: they are not on the list."""

    enrolment: Enrolment
    attempt: Attempt | None
    share: Fraction | None

    def is_in(self, show: str) -> bool:
        """Whether the number `show` of `SHOWN` counts this learner."""
        one = self.attempt
        if show == "people":
            return True
        if one is None:
            return show == "not_listed"
        return {
            "waiting": one.started_at is None,
            "started": one.started_at is not None and one.handed_in_at is None,
            "handed_in": one.handed_in_at is not None,
            "marked": one.marked_at is not None,
        }.get(show, False)


@dataclass(frozen=True)
class Held:
    """An exam of a class with the learners of the class in it."""

    exam: ClassExam
    rows: list[Row]

    def count(self) -> dict[str, int]:
        """The numbers of `SHOWN`."""
        return {show: sum(1 for row in self.rows if row.is_in(show)) for show in SHOWN}

    def still_starts(self, at: datetime) -> bool:
        """Whether somebody who joins the list now could still sit it."""
        last = self.exam.sitting.times().last_start()
        return self.exam.sitting.published_at is None and (last is None or at < last)


def exams_of_class(training_class: TrainingClass) -> "QuerySet[ClassExam]":
    """The exams of a class in the order in which they were made."""
    return training_class.exams.select_related("sitting", "assessment").order_by("sitting__made_at", "pk")


def held_of(exams: Iterable[ClassExam], enrolments: Iterable[Enrolment]) -> list[Held]:
    """Each exam with these learners, in their order. One query; none without an exam."""
    exams, enrolments = list(exams), list(enrolments)
    sat = _attempts(exams, enrolments)
    return [
        Held(exam, [_row(exam, row, sat.get((exam.sitting_id, row.person_id), [])) for row in enrolments])
        for exam in exams
    ]


def _attempts(exams: list[ClassExam], enrolments: list[Enrolment]) -> Mapping[tuple[int, int], list[Attempt]]:
    found: dict[tuple[int, int], list[Attempt]] = defaultdict(list)
    if exams:
        people = [row.person_id for row in enrolments]
        rows = Attempt.objects.filter(sitting__in=[one.sitting_id for one in exams], person__in=people)
        for one in rows.order_by("number", "pk"):
            found[one.sitting_id, one.person_id].append(one)
    return found


def _row(exam: ClassExam, enrolment: Enrolment, attempts: list[Attempt]) -> Row:
    counts = counting_of(exam.sitting, attempts).get(enrolment.person_id)
    return Row(enrolment, counts, None if counts is None else _share(counts))


def _share(attempt: Attempt) -> Fraction | None:
    if attempt.points is None or attempt.out_of is None or attempt.unmarked:
        return None
    return share_of(attempt.points, attempt.out_of)


def marks_from_exams(assessment: Assessment) -> dict[int, Decimal]:
    """The marks that the published exams of this assessment give, by the enrolment's id: of several the best."""
    learners = Enrolment.objects.filter(training_class=assessment.training_class_id, withdrawn_at=None)
    exams = assessment.exams.filter(sitting__published_at__isnull=False).select_related("sitting")
    shares: dict[int, list[Fraction | None]] = defaultdict(list)
    for held in held_of(exams, learners):
        for row in held.rows:
            shares[row.enrolment.pk].append(row.share)
    return {
        pk: mark_of(share, assessment.highest) for pk, found in shares.items() if (share := best(found)) is not None
    }


@dataclass(frozen=True)
class Pair:
    """A learner's share in the test before and in the test after; None where they have no result in it."""

    enrolment: Enrolment
    before: Fraction | None
    after: Fraction | None

    @property
    def raw(self) -> Fraction | None:
        """What was gained, in shares of the most points."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def normalised(self) -> Fraction | None:
        """The part of what could be gained; see `exams.rules.gain`."""
        return None if self.before is None or self.after is None else normalised_gain(self.before, self.after)


@dataclass(frozen=True)
class Paired:
    """The tests before and after of a class, learner by learner, and what the group gained."""

    rows: list[Pair] = field(default_factory=list)
    gains: Gains | None = None


def paired(exams: Iterable[Held], enrolments: Iterable[Enrolment]) -> Paired:
    """Pairs the published pre-tests and post-tests of a class (`held_of` these enrolments).

    Where a class held several, the first result before and the last result after count.
    """
    asked = [
        one for one in exams if one.exam.sitting.published_at is not None and one.exam.purpose in {"pre", "post"}
    ]
    if {one.exam.purpose for one in asked} != {"pre", "post"}:
        return Paired()
    asked.sort(key=lambda one: (one.exam.sitting.made_at, one.exam.pk))
    before: dict[int, Fraction] = {}
    after: dict[int, Fraction] = {}
    for held in asked:
        for row in held.rows:
            if row.share is None:
                continue
            if held.exam.purpose == "pre":
                before.setdefault(row.enrolment.pk, row.share)
            else:
                after[row.enrolment.pk] = row.share
    rows = [Pair(row, before.get(row.pk), after.get(row.pk)) for row in enrolments]
    return Paired(
        rows, gains([(row.before, row.after) for row in rows if row.before is not None and row.after is not None])
    )


def teaches_those_of(user: User, sitting: Sitting) -> bool:
    """Whether the exam is one of a class in which this user teaches."""
    return ClassExam.objects.filter(sitting=sitting, training_class__meetings__lecturer__user=user.pk).exists()


def exams_taught(user_id: int | None, *, on: date) -> "QuerySet[ClassExam]":
    """The exams of the classes in which this user teaches, while their programme runs; the newest first."""
    meets = Meeting.objects.filter(training_class=OuterRef("training_class"), lecturer__user=user_id)
    found = ClassExam.objects.filter(Exists(meets), training_class__programme__period__contains=on)
    return found.select_related("sitting", "training_class").order_by("-sitting__made_at", "-pk")
