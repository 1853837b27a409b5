"""What papers can tell: what they can be drawn from, and what they ask."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from django.db.models import Count, QuerySet

from lantoa.directory.models import UnitQuerySet
from lantoa.exams.models import Bank, Paper, Variant, Version
from lantoa.exams.queries.bank import content_of
from lantoa.exams.rules.drawing import Blueprint, Candidate


def candidates_for(blueprint: Blueprint) -> list[Candidate]:
    """The questions that a paper may be drawn from: the current versions of the banks of its parts, the retired ones
    left out."""
    banks = {part.bank for part in blueprint.parts}
    rows = Version.objects.filter(question__bank__key__in=banks, current=True, question__retired_at=None)
    rows = rows.select_related("question__bank").prefetch_related("aims__topic").order_by("pk")
    return [
        Candidate(
            version.key,
            version.question.key,
            version.question.bank.key,
            tuple(dict.fromkeys(aim.topic.key for aim in version.aims.all())),
            version.difficulty,
            content_of(version),
        )
        for version in rows
    ]


def find_papers(papers: "QuerySet[Paper]", *, text: str = "") -> "QuerySet[Paper]":
    """The papers whose title holds `text`, with `variant_count`, the newest first."""
    if text:
        papers = papers.filter(title__icontains=text)
    return papers.annotate(variant_count=Count("variants")).order_by("-made_at", "-pk")


def papers_to_sit(units: UnitQuerySet) -> "QuerySet[Paper]":
    """The papers of these units that have a variant, the newest first."""
    return Paper.objects.filter(unit__in=units, variants__isnull=False).distinct().order_by("-made_at", "-pk")


def most_points(variant: Variant) -> Decimal:
    """The points that a variant gives at most."""
    return sum((Decimal(question["points"]) for question in variant.content), Decimal(0))


def topic_choices(banks: "QuerySet[Bank]") -> Sequence[tuple[str, str]]:
    """The topics that current questions of these banks point at: key and title."""
    rows = Version.objects.filter(question__bank__in=banks, current=True, aims__topic__isnull=False)
    found = rows.order_by("aims__topic__course__title", "aims__topic__course", "aims__topic__position")
    return list(dict.fromkeys(found.values_list("aims__topic__key", "aims__topic__title")))


@lru_cache(maxsize=256)  # everybody of a sitting asks for the same few; a variant that is sat is never changed
def outline_of(variant: str) -> tuple[tuple[str, str], ...]:
    """Id and kind of each question of a variant (its key) that is sat, in their order."""
    content = Variant.objects.values_list("content", flat=True).get(key=variant)
    return tuple((one["id"], one["kind"]) for one in content)
