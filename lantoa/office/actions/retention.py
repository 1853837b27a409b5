"""What is kept for a time only: how long, what is due, and deleting it, with a count before and after."""

from datetime import datetime, timedelta

from django.db import transaction

from lantoa.common.personal import Perishable, perishables
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import RetentionRule, RetentionRun

LONGEST = 3650


@transaction.atomic
def set_retention(*, by: Actor, kind: str, days: int, why: str, at: datetime) -> RetentionRule:
    """How many days this kind of thing is kept from now on, and why."""
    perishable(kind)
    if not 1 <= days <= LONGEST:
        raise Refused(
            N_("Cannot keep this for %(days)d days: between 1 and %(longest)d are possible."),
            days=days,
            longest=LONGEST,
        )
    if not why.strip():
        raise Refused(N_("Cannot change how long this is kept: say why."))
    rule, _made = RetentionRule.objects.update_or_create(
        kind=kind,
        defaults={"days": days, "why": why.strip()[:300], "changed_by": by.actor_key, "changed_at": at},
    )
    record(by=by, act="office.set_retention", thing=rule, about={"kind": kind, "days": days})
    return rule


def perishable(kind: str) -> Perishable:
    """The kind of thing of that name. Raises KeyError for none."""
    return {one.kind: one for one in perishables()}[kind]


def days_of(kind: str) -> int:
    """For how many days it is kept: as the table says, else as its room says."""
    rule = RetentionRule.objects.filter(kind=kind).first()
    return rule.days if rule else perishable(kind).days


@transaction.atomic
def forget_due(*, by: Actor, kind: str, at: datetime) -> RetentionRun | None:
    """Deletes what is due of one kind and counts again; None when nothing was due. One transaction: what the run
    says and what is gone are the same."""
    one, days = perishable(kind), days_of(kind)
    before = at - timedelta(days=days)
    if not one.due(before):
        return None
    deleted = one.forget(by=by, before=before, at=at)
    run = RetentionRun.objects.create(
        kind=kind, days=days, before=before, deleted=deleted, left=one.due(before), at=at, by=by.actor_key
    )
    record(
        by=by,
        act="office.forget_due",
        thing=run,
        about={"kind": kind, "days": days, "deleted": deleted, "left": run.left},
    )
    return run


def forget_all_due(*, by: Actor, at: datetime) -> list[RetentionRun]:
    """Deletes what is due of every kind, each in a transaction of its own: one that fails holds up none before it."""
    runs = [forget_due(by=by, kind=one.kind, at=at) for one in perishables()]
    return [run for run in runs if run]
