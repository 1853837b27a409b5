"""Files handed in during exams: which have reached the centre."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from lantoa.exams.models import Answer, Attempt, HandedFile, Variant
from lantoa.exams.rules.handed import digest_in

Arrived = dict[tuple[str, str], HandedFile]  # by question and checksum


def arrived(attempts: Iterable[Attempt]) -> dict[int, Arrived]:
    """What has reached the centre and is there, by attempt (its id). One query."""
    found: dict[int, Arrived] = defaultdict(dict)
    rows = HandedFile.objects.filter(attempt__in=[one.pk for one in attempts], file__removed_at=None)
    for row in rows.select_related("file").order_by("id"):
        found[row.attempt_id][row.question, row.sha256] = row
    return found


def arrived_for(attempt: Attempt) -> dict[str, list[str]]:
    """The checksums of what is there, by question: what a device is told."""
    found: dict[str, list[str]] = defaultdict(list)
    for question, digest in arrived([attempt]).get(attempt.pk, {}):
        found[question].append(digest)
    return found


def naming(attempt: Attempt, question: str, sha256: str) -> list[Any]:
    """The answers in the log of an attempt that name this file, whether they count or not."""
    values = Answer.objects.filter(attempt=attempt, question=question, value__contains=sha256)
    said = [json.loads(value) for value in values.order_by("id").values_list("value", flat=True)]
    return [one for one in said if digest_in(one) == sha256]


def file_of(files: Arrived, question: str, answer: Any) -> HandedFile | None:
    """The content that this answer names; None where it is not there."""
    return files.get((question, digest_in(answer)))


@lru_cache(maxsize=256)  # a variant in use is never changed, and many ask for the same few
def asks_for_files(variant: int) -> bool:
    """Whether this variant (its id) has a question whose answer is a file."""
    return Variant.objects.filter(pk=variant, content__contains=[{"kind": "file"}]).exists()


def may_come_until(attempt: Attempt) -> datetime | None:
    """Until when a file that was named may still arrive: as long as late answers are taken. None: nobody can say."""
    ends = attempt.ends_at()
    return None if ends is None else ends + attempt.sitting.times().late
