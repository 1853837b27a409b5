"""Pain points: reported, taken over from where they were heard, merged and separated, opened, voted for, weighed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.pilots.models import PainPoint, Vote, Weight
from lantoa.programmes.models import Field


@transaction.atomic
def report_pain(
    *,
    by: Actor,
    unit: Unit,
    title: str,
    text: str,
    fields: Sequence[Field],
    at: datetime,
    source: str = "",
    source_words: str = "",
    demonstration: bool = False,
) -> PainPoint:
    """A pain point more. `source` is what it was taken over from (an opaque key): each is taken over once. The same
    words are written once for a unit, so that a form sent twice makes one."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # of the same form sent twice one comes first
    if not source and PainPoint.objects.filter(unit=unit, title=title, text=text, into=None).exists():
        raise Refused(N_("Cannot write “%(title)s” down: the same words stand in the list of the unit."), title=title)
    taken = Refused(N_("Cannot take “%(title)s” over: it was taken over already."), title=title)
    if source and PainPoint.objects.filter(source=source).exists():
        raise taken
    with only_one(taken):
        made = PainPoint.objects.create(
            unit=unit,
            title=title,
            text=text,
            source=source,
            source_words=source_words,
            reported_at=at,
            reported_by=by.actor_key,
            is_demonstration=demonstration,
        )
    made.fields.set(fields)
    record(by=by, act="pilots.report_pain", thing=made, about={"unit": unit.key, "source": source})
    return made


def _both(one: PainPoint, other: PainPoint) -> tuple[PainPoint, PainPoint]:
    """The two rows held, in the order of ids: two who merge them into each other do not both succeed."""
    rows = PainPoint.objects.select_for_update(no_key=True).filter(pk__in=[one.pk, other.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[one.pk], found[other.pk]


@transaction.atomic
def merge_pain(*, by: Actor, pain: PainPoint, into: PainPoint, reason: str) -> PainPoint:
    """Both say the same: the first stands behind the second from now on. Its votes and weights stay its own."""
    if pain.pk == into.pk:
        raise Refused(N_("Cannot merge “%(title)s” into itself."), title=pain.title)
    if not reason.strip():
        raise Refused(N_("Cannot merge “%(title)s”: say why the two are one."), title=pain.title)
    pain, into = _both(pain, into)
    for one in (pain, into):
        if one.into_id is not None:
            raise Refused(N_("Cannot merge “%(title)s”: it is merged already."), title=one.title)
    if count := pain.merged.count():
        raise Refused(
            N_("Cannot merge “%(title)s”: %(count)d others are merged into it. Merge the other way round."),
            title=pain.title,
            count=count,
        )
    pain.into, pain.merge_reason = into, reason.strip()
    pain.save(update_fields=["into", "merge_reason"])
    record(by=by, act="pilots.merge_pain", thing=pain, about={"into": into.key})
    return pain


@transaction.atomic
def separate_pain(*, by: Actor, pain: PainPoint) -> PainPoint:
    """They are two after all: each stands again as it stood, with its own votes."""
    pain = PainPoint.objects.select_for_update(no_key=True, of=("self",)).select_related("into").get(pk=pain.pk)
    if pain.into is None:
        raise Refused(N_("Cannot separate “%(title)s”: it is not merged."), title=pain.title)
    was, pain.into, pain.merge_reason = pain.into, None, ""
    pain.save(update_fields=["into", "merge_reason"])
    record(by=by, act="pilots.separate_pain", thing=pain, about={"from": was.key})
    return pain


@transaction.atomic
def open_for_votes(*, by: Actor, pain: PainPoint, to: Unit | None) -> PainPoint:
    """Everybody in a unit and under it reads it and may vote; `None`: only those in whose care it is."""
    pain = PainPoint.objects.select_for_update(no_key=True).get(pk=pain.pk)
    pain.open_to = to
    pain.save(update_fields=["open_to"])
    record(by=by, act="pilots.open_for_votes", thing=pain, about={"to": to.key if to else ""})
    return pain


@transaction.atomic
def vote(*, by: Actor, pain: PainPoint, person: Person, at: datetime) -> None:
    """One voice of this person. Given twice it is one: the database holds it."""
    pain = PainPoint.objects.select_for_update(no_key=True).get(pk=pain.pk)
    if pain.into_id is not None:
        raise Refused(N_("Cannot vote for “%(title)s”: it is merged. Vote for the other."), title=pain.title)
    Vote.objects.bulk_create([Vote(pain=pain, person=person, at=at)], ignore_conflicts=True)
    record(by=by, act="pilots.vote", thing=pain)


@transaction.atomic
def take_vote_back(*, by: Actor, pain: PainPoint, person: Person) -> None:
    """The voice is taken back, wherever in the merged ones it was given."""
    Vote.objects.filter(pain__in=[pain.pk, *pain.merged.values_list("pk", flat=True)], person=person).delete()
    record(by=by, act="pilots.take_vote_back", thing=pain)


@transaction.atomic
def weigh(
    *, by: Actor, pain: PainPoint, people: int, cost: Decimal, feasibility: int, reason: str, at: datetime
) -> Weight:
    """How much it weighs, and why; what was said before stays beside it."""
    if not reason.strip():
        raise Refused(N_("Cannot weigh “%(title)s”: say what the figures rest on."), title=pain.title)
    made = Weight.objects.create(
        pain=pain,
        people=people,
        cost=cost,
        feasibility=feasibility,
        reason=reason.strip(),
        weighed_at=at,
        weighed_by=by.actor_key,
    )
    record(
        by=by, act="pilots.weigh", thing=pain, about={"people": people, "cost": int(cost), "feasibility": feasibility}
    )
    return made
