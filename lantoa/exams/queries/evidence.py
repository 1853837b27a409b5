"""What published exams showed of a person, topic by topic: the questions aimed at it, and what their answers earned.

Read from the marked work each time, never copied: a wrong key that was mended, or late answers that count, show at
once. See decision 0026.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lantoa.competence.models import Topic
from lantoa.directory.models import Person
from lantoa.exams.models import Aim, Attempt
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.queries.log import answers_that_count, judged, log_of
from lantoa.exams.rules.corrections import corrected_keys
from lantoa.exams.rules.marking import points_each


@dataclass(frozen=True)
class Evidence:
    """What one exam showed of a topic, or (`outcome`) of one of its outcomes. A question that aims at several counts
    for each; all that aim at outcomes of a topic count for the topic."""

    attempt: Attempt
    topic: Topic
    outcome: str
    questions: int
    points: Decimal
    out_of: Decimal


def evidence_of(person: Person) -> list[Evidence]:
    """What the published exams of a person showed, the earlier exam first, its topics in the order of the course.

    Work that people have not marked whole shows nothing yet. Five queries; one where nothing is published.
    """
    attempts = list(
        Attempt.objects.filter(
            person=person, sitting__published_at__isnull=False, marked_at__isnull=False, unmarked=0
        )
        .select_related("sitting", "variant")
        .order_by("sitting__published_at", "number", "pk")
    )
    if not attempts:
        return []
    logs, given = log_of(attempts), judged(attempts)
    corrections = corrections_in({one.sitting_id for one in attempts})
    asked = {question["id"] for one in attempts for question in one.variant.content}
    aims: dict[str, set[tuple[Topic, str]]] = defaultdict(set)
    for aim in Aim.objects.filter(version__key__in=asked).select_related("topic", "version"):
        aims[aim.version.key] |= {(aim.topic, ""), (aim.topic, aim.outcome)}
    found = []
    for one in attempts:
        said = answers_that_count(one, logs.get(one.pk, ()))
        sums: dict[tuple[Topic, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
        keys = corrected_keys(one.variant.keys, corrections.get(one.sitting_id, {}))
        for question, earned, most in points_each(one.variant.content, keys, said, given.get(one.pk, {})):
            for aim_at in aims.get(question, ()):
                questions, points, out_of = sums[aim_at]
                sums[aim_at] = [questions + 1, points + (earned or 0), out_of + most]
        ordered = sorted(sums, key=lambda key: (key[0].course_id, key[0].position, key[1]))
        found += [Evidence(one, *key, int(sums[key][0]), *sums[key][1:]) for key in ordered]
    return found


def latest(found: Iterable[Evidence]) -> list[Evidence]:
    """Of each topic, and of each outcome, what the last exam that asked it showed."""
    last = {(one.topic, one.outcome): one for one in found}
    return sorted(last.values(), key=lambda one: (one.topic.course_id, one.topic.position, one.outcome))
