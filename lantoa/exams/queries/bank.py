"""What the bank can tell: its questions as they stand, their versions, what uses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from lantoa.common.vietnamese import fold
from lantoa.exams.models import Aim, Bank, Picture, Question, Version
from lantoa.exams.rules.content import Content, as_json, from_json


def find_banks(banks: "QuerySet[Bank]", *, text: str = "") -> "QuerySet[Bank]":
    """The banks whose title holds `text`, with `question_count`, by title."""
    if text:
        banks = banks.filter(title__icontains=text)
    standing = Count("questions", filter=Q(questions__retired_at=None))
    return banks.annotate(question_count=standing).order_by("title", "pk")


@dataclass(frozen=True)
class Choice:
    """Which questions of a bank: words, kind, difficulty, topic (its key), whether the retired ones."""

    text: str = ""
    kind: str = ""
    difficulty: str = ""
    topic: str = ""
    retired: bool = False


def questions_of(bank: Bank, choice: Choice = Choice()) -> "QuerySet[Version]":
    """The current versions of the bank's questions, by code, with question and aims."""
    found = Version.objects.filter(question__bank=bank, current=True)
    found = found.filter(question__retired_at__isnull=not choice.retired)
    if choice.text:
        found = found.filter(Q(folded__contains=fold(choice.text)) | Q(question__code__icontains=choice.text))
    if choice.kind:
        found = found.filter(kind=choice.kind)
    if choice.difficulty:
        found = found.filter(difficulty=int(choice.difficulty))
    if choice.topic:
        found = found.filter(pk__in=Aim.objects.filter(topic__key=choice.topic).values("version"))
    return found.select_related("question").prefetch_related("aims__topic").order_by("question__code", "pk")


def content_of(version: Version) -> Content:
    """What the version asks."""
    return from_json(version.content)


def versions_of(question: Question) -> "QuerySet[Version]":
    """All versions, the newest first."""
    return question.versions.prefetch_related("aims__topic").order_by("-number")


def topics_of(bank: Bank) -> list[tuple[str, str]]:
    """The topics that the current questions of a bank point at: key and title, in the order of courses."""
    rows = Aim.objects.filter(version__question__bank=bank, version__current=True)
    rows = rows.order_by("topic__course__title", "topic__course", "topic__position")
    return list(dict.fromkeys(rows.values_list("topic__key", "topic__title")))


@dataclass(frozen=True)
class Cell:
    """How many questions stand under a topic, by difficulty."""

    topic: str
    title: str
    counts: Mapping[int, int]
    total: int


def stock(bank: Bank) -> Sequence[Cell]:
    """What a paper can be made of: the questions by topic and difficulty; those without a topic last, under ""."""
    rows = Version.objects.filter(question__bank=bank, current=True, question__retired_at=None)
    found: dict[str, dict[int, int]] = {}
    titles = dict(topics_of(bank))
    counted = rows.values_list("aims__topic__key", "difficulty").annotate(count=Count("pk", distinct=True))
    for topic, difficulty, count in counted:
        found.setdefault(topic or "", {})[difficulty] = count
    order = [*(key for key in titles if key in found), *([""] if "" in found else [])]
    return [Cell(key, titles.get(key, ""), found[key], sum(found[key].values())) for key in order]


def pictures_of(bank: Bank, checksums: Sequence[str]) -> dict[str, Picture]:
    """The pictures of a bank by the first 32 digits of their checksum."""
    wanted = Q(pk__in=[])
    for one in set(checksums):
        wanted |= Q(sha256__startswith=one)
    return {one.sha256[:32]: one for one in Picture.objects.filter(wanted, bank=bank)}


def differences(before: Version, after: Version) -> list[str]:
    """The names of the parts of a question in which two versions differ."""
    old: dict[str, Any] = as_json(content_of(before))
    new: dict[str, Any] = as_json(content_of(after))
    return [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
