"""A sitting that a room above asked for: who joined it since, and telling that room of results.

This room does not know who asks. `Sitting.source` begins with a kind ("training.exam:0abc…"); whoever asks under a
kind says once, by `told_of_results`, what is done when results of such a sitting are published or change.
See decision 0026.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.common.registry import Registry
from lantoa.directory.models import Person
from lantoa.exams.models import Attempt, Sitting
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


class Tell(Protocol):
    """Is called inside the transaction that published or changed the results."""

    def __call__(self, *, by: Actor, sitting: Sitting, at: datetime) -> None: ...


_TELL: Registry[Tell] = Registry()


def told_of_results(kind: str) -> Callable[[Tell], Tell]:
    """Registers what is done with the results of sittings whose source is of this kind."""

    def register(tell: Tell) -> Tell:
        if _TELL.so_far.get(kind, tell) is not tell:
            raise RuntimeError(f"two are told of results for {kind}")
        _TELL[kind] = tell
        return tell

    return register


@transaction.atomic
def tell_of_results(*, by: Actor, sitting: Sitting, at: datetime) -> None:
    """Tells whoever asked for the sitting; as long as it is not published there is nothing to tell."""
    tell = _TELL.get(sitting.source.partition(":")[0])
    if tell is not None and sitting.published_at is not None:
        tell(by=by, sitting=sitting, at=at)


@transaction.atomic
def add_people(*, by: Actor, sitting: Sitting, people: Sequence[Person], at: datetime) -> int:
    """Adds those who are not on the list yet, as long as somebody can still start; how many were added.

    Variants go round from where the list ends.
    """
    sitting = Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
    there = set(sitting.sat.values_list("person_id", flat=True))
    new = {person.pk: person for person in people if person.pk not in there}
    if not new:
        return 0
    last = sitting.times().last_start()
    if sitting.published_at is not None or (last is not None and last <= at):
        raise Refused(
            N_("Cannot add %(count)d people to %(title)s: nobody can start it any more."),
            count=len(new),
            title=sitting.title,
        )
    variants = list(sitting.seals.order_by("variant__number").values_list("variant_id", flat=True))
    Attempt.objects.bulk_create(
        [
            Attempt(sitting=sitting, person=person, variant_id=variants[place % len(variants)])
            for place, person in enumerate(new.values(), start=len(there))
        ],
        batch_size=1000,
    )
    record(by=by, act="exams.add_people", thing=sitting, about={"people": len(new)})
    return len(new)
