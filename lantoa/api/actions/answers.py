"""Keeping what a write was answered, so that whoever asks again gets the same and nothing happens twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from lantoa.api.models import KeptAnswer, Token
from lantoa.api.rules.problems import Problem

KEPT_FOR = timedelta(hours=24)
FORGET = """
    DELETE FROM api_keptanswer WHERE id IN (
        SELECT id FROM api_keptanswer WHERE at <= %s LIMIT 50 FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True)
class Answer:
    """What is answered: keys and counts, and the address of the thing that was made."""

    body: dict[str, Any]
    location: str = ""
    again: bool = False  # it was answered before


def answer_once(*, token: Token, key: str, fingerprint: str, at: datetime, do: Callable[[], Answer]) -> Answer:
    """Does it, or gives the answer that was given when it was done under this key. Inside the caller's transaction:
    the answer is kept if and only if what was done is. A second caller at the same moment waits for the first.

    Raises Problem when the key was used for something else.
    """
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [at - KEPT_FOR])
    kept = KeptAnswer(token=token, idempotency_key=key, fingerprint=fingerprint, at=at)
    (row,) = KeptAnswer.objects.bulk_create([kept], ignore_conflicts=True)
    standing = KeptAnswer.objects.get(token=token, idempotency_key=key)
    if standing.key != row.key:
        if standing.fingerprint != fingerprint:
            raise Problem("key-used")
        return Answer(standing.body, standing.location, again=True)
    answer = do()
    KeptAnswer.objects.filter(pk=standing.pk).update(body=answer.body, location=answer.location, status=201)
    return answer
