"""What an organiser does while a line is dead: reads letters out, hands a file of answers in for somebody."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.handing_in import bring_file
from lantoa.exams.actions.log import Act, Kind, write
from lantoa.exams.models import Answer, Attempt, Seal, Sitting
from lantoa.exams.rules.answer_file import Given, differing, read_file
from lantoa.exams.rules.answers import MOST_EVENTS
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


@transaction.atomic
def open_letters(*, by: Actor, sitting: Sitting, at: datetime) -> list[Seal]:
    """The letters of each variant, to be read out. Only once the exam has begun; the ledger says who had them."""
    begins = sitting.times().begins()
    if begins is None or at < begins:
        raise Refused(N_("Cannot show the letters of %(title)s: it has not begun yet."), title=sitting.title)
    seals = list(
        Seal.objects.filter(sitting=sitting)
        .select_related("variant")
        .order_by("variant__number")
        .defer("sealed", "variant__content", "variant__keys")
    )
    record(by=by, act="exams.open_letters", thing=sitting, about={"variants": len(seals)})
    return seals


@transaction.atomic
def take_file(*, by: Actor, attempt: Attempt, content: bytes, at: datetime) -> int:
    """Hands in what a candidate's device has saved as a file; how many answers of it are new.

    They are received now: what comes after the end is late, and what is there already stays as it is.
    """
    given = read_file(content)
    if given.attempt != attempt.key:
        raise Refused(
            N_("Cannot take the file for %(person)s: it was saved in the exam of somebody else, or in another exam."),
            person=attempt.person.full_name,
        )
    begins = attempt.sitting.times().begins()
    if begins is None or at < begins:
        raise Refused(
            N_("Cannot take the file for %(person)s: %(title)s has not begun yet."),
            person=attempt.person.full_name,
            title=attempt.sitting.title,
        )
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    known = _known(attempt, given)
    if count := differing(given, known):
        raise Refused(
            N_(
                "Cannot take the file: %(count)d of its answers are at the centre already, from the same device and "
                "under the same number, and say something else."
            ),
            count=count,
        )
    write(
        [Act(Kind.START, attempt.key, by.actor_key, at)]
    )  # as if its device had said so; too late is refused, no more
    for first in range(0, len(given.events), MOST_EVENTS):
        write([Act(Kind.ANSWERS, attempt.key, by.actor_key, at, given.events[first : first + MOST_EVENTS])])
    new = sum(1 for one in given.events if (one.device, one.sequence) not in known)
    record(by=by, act="exams.take_file", thing=attempt, about={"answers": len(given.events), "new": new})
    return new


@dataclass(frozen=True)
class Brought:
    """How many files that lay beside the answers are at the centre now, and why others are not."""

    new: int
    refused: tuple[Refused, ...]


@transaction.atomic
def bring_files(*, by: Actor, attempt: Attempt, content: bytes, at: datetime) -> Brought:
    """The files that lie beside the answers in a file that `take_file` has taken. Each by itself: one that cannot be
    kept takes nothing from the others."""
    before = attempt.handed_files.count()
    refused = []
    for one in read_file(content).files:
        try:
            bring_file(by=by, attempt=attempt, file=one, at=at)
        except Refused as reason:
            refused.append(reason)
    return Brought(attempt.handed_files.count() - before, tuple(refused))


def _known(attempt: Attempt, given: Given) -> dict[tuple[str, int], bytes]:
    devices = {one.device for one in given.events}
    rows = Answer.objects.filter(attempt=attempt, device__in=devices).values_list("device", "sequence", "hash")
    return {(device, sequence): bytes(digest) for device, sequence, digest in rows}
