"""What the log of answers tells."""

from collections import defaultdict
from collections.abc import Iterable

from lantoa.exams.models import Answer, Attempt
from lantoa.exams.rules.answers import Received


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
