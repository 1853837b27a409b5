"""Who has completed a class, and what each still lacks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from django.db.models import Count, Sum

from lantoa.common.ready import Tuples, among, array
from lantoa.presence.models import Attendance, Gathering
from lantoa.training.models import Assessment, Enrolment, Mark, Submission, TrainingClass
from lantoa.training.rules.completion import Facts, Outcome, judge, read_rule


def outcomes(training_class: TrainingClass) -> list[tuple[Enrolment, Outcome]]:
    """Each running enrolment of the class with its judgement, in the order of names."""
    rows = training_class.enrolments.filter(withdrawn_at=None).select_related("person")  # each knows this class
    return judged(list(rows.order_by("person__sort_key", "id")))


def judged(rows: Sequence[Enrolment]) -> list[tuple[Enrolment, Outcome]]:
    """Each enrolment (with its class) with its judgement by the rule of that class. Five queries for any number."""
    return [(row, outcome) for row, _known, outcome in weighed(rows)]


def weighed(rows: Sequence[Enrolment]) -> list[tuple[Enrolment, Facts, Outcome]]:
    """The same with the facts that were judged."""
    rules = {row.training_class_id: read_rule(row.training_class.rule) for row in rows}
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    for class_id, code, title in _titles().asked({CLASSES: array(rules)}):
        titles[class_id][code] = title
    return [
        (row, known, _titled(judge(rules[row.training_class_id], known), titles[row.training_class_id]))
        for row, known in facts(rows)
    ]


def _titled(outcome: Outcome, titles: Mapping[str, str]) -> Outcome:
    """The same judgement with assessments called by their titles."""
    reasons = (
        replace(reason, values={**reason.values, "assessment": titles.get(code, code)})
        if (code := reason.values.get("assessment"))
        else reason
        for reason in outcome.missing
    )
    return replace(outcome, missing=tuple(reasons))


def facts(rows: Sequence[Enrolment]) -> list[tuple[Enrolment, Facts]]:
    """Each enrolment with what is known of its presence, marks and what was handed in. Four queries."""
    classes = {row.training_class_id for row in rows}
    asked = {
        CLASSES: array(classes),
        PEOPLE: array(row.person_id for row in rows),
        ROWS: array(row.pk for row in rows),
    }
    held = dict(_held().asked(asked))
    attended = {(class_id, person_id): share for class_id, person_id, share in _attended().asked(asked)}
    marks: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for pk, code, value in _marks().asked(asked):
        marks[pk][code] = value
    handed_in: dict[int, set[str]] = defaultdict(set)
    for pk, code in _handed_in().asked(asked):
        handed_in[pk].add(code)
    return [
        (
            row,
            Facts(
                attended=attended.get((row.training_class_id, row.person_id), Decimal(0)),
                held=held.get(row.training_class_id, 0),
                marks=marks[row.pk],
                handed_in=frozenset(handed_in[row.pk]),
            ),
        )
        for row in rows
    ]


# What is asked of every class and of every learner: put together once, with marks for the ids (decision 0052).
CLASSES, PEOPLE, ROWS = "{-1}", "{-2}", "{-3}"


@cache
def _titles() -> Tuples:
    of_classes = Assessment.objects.filter(training_class__in=among(CLASSES))
    return Tuples(of_classes.values_list("training_class", "code", "title"))


@cache
def _held() -> Tuples:
    held = Gathering.objects.filter(held=True, meeting__training_class__in=among(CLASSES))
    return Tuples(held.values_list("meeting__training_class").annotate(n=Count("id")))


@cache
def _attended() -> Tuples:
    lines = Attendance.objects.filter(
        person__in=among(PEOPLE), gathering__held=True, gathering__meeting__training_class__in=among(CLASSES)
    )
    by = lines.values_list("gathering__meeting__training_class", "person")
    return Tuples(by.annotate(share=Sum("share")))


@cache
def _marks() -> Tuples:
    marks = Mark.objects.filter(enrolment__in=among(ROWS))
    return Tuples(marks.values_list("enrolment", "assessment__code", "value"))


@cache
def _handed_in() -> Tuples:
    return Tuples(Submission.objects.filter(enrolment__in=among(ROWS)).values_list("enrolment", "assessment__code"))
