"""What stands behind a programme, from its file and into it: legal acts, the budget as it is planned."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from django.db import transaction

from lantoa.common.refused import Refused
from lantoa.ledger.rules import Actor
from lantoa.programmes.actions.acts import write_acts
from lantoa.programmes.actions.budget import write_budget
from lantoa.programmes.models import ActRelation, Programme
from lantoa.programmes.queries.acts import in_order, text_of
from lantoa.programmes.queries.budget import budget_of, net, planned_standing
from lantoa.programmes.rules.acts import WAYS, ActText
from lantoa.programmes.rules.budget import Amount, LineText
from lantoa.training.rules.plan import ActPlan, BudgetPlan, Plan

REASON: Final = "Tệp chương trình đổi kế hoạch"  # kept with the counter-entry

Fault = Callable[[str, Refused], None]


@transaction.atomic
def write_means(*, by: Actor, programme: Programme, plan: Plan, at: datetime, fault: Fault) -> list[str]:
    """Writes what a file says stands behind a programme; the names of what changed. A part that the file leaves out
    stays; what is refused is told to `fault` with its place."""
    changed = []
    lines = [
        (
            LineText(one.year, one.source, one.partner, one.purpose),
            Amount(one.planned, one.currency, one.foreign, one.rate),
        )
        for one in plan.budget
    ]
    try:
        changed += _write_acts(by, programme, plan) if plan.acts else []
    except Refused as reason:
        fault("acts", reason)
    try:
        if lines and write_budget(by=by, programme=programme, lines=lines, at=at, reason=REASON):
            changed.append("budget")
    except Refused as reason:
        fault("budget", reason)
    return changed


def _write_acts(by: Actor, programme: Programme, plan: Plan) -> list[str]:
    places = {one.number: at for at, one in enumerate(plan.acts)}
    texts = [
        ActText(one.number, one.issued_on, one.issuer, one.title, one.kind, one.starts, one.ends, one.url, one.mark)
        for one in plan.acts
    ]
    touching = {
        at: {way: [places[number] for number in getattr(one, way)] for way in WAYS}
        for at, one in enumerate(plan.acts)
    }
    return ["acts"] if write_acts(by=by, programme=programme, texts=texts, touching=touching) else []


def acts_plan(programme: Programme) -> tuple[ActPlan, ...]:
    """The acts behind a programme as its file says them, the earliest first; relations among them only."""
    acts = list(in_order(programme.acts.all()))
    touched: dict[tuple[int, str], list[str]] = {}
    for one in ActRelation.objects.filter(act__in=acts, other__in=acts).select_related("other__decision"):
        touched.setdefault((one.act_id, one.way), []).append(one.other.decision.number)
    found = []
    for act in acts:
        said = text_of(act)
        replaces, amends = (tuple(sorted(touched.get((act.pk, way), ()))) for way in WAYS)
        found.append(
            ActPlan(
                said.number,
                said.issued_on,
                said.issuer,
                said.title,
                said.kind,
                said.starts,
                said.ends,
                said.url,
                said.mark,
                replaces,
                amends,
            )  # fmt: skip
        )
    return tuple(found)


def budget_plan(programme: Programme) -> tuple[BudgetPlan, ...]:
    """What is planned of a programme as its file says it; what was allocated and spent is no part of a plan."""
    found = []
    for one in budget_of(programme, on=date.max).lines:
        line, now = one.line, planned_standing(one.line)
        if not now:
            continue
        only = now[0] if len(now) == 1 else None
        found.append(
            BudgetPlan(
                line.year,
                line.source,
                net(now),
                line.partner.name if line.partner else "",
                line.purpose,
                only.currency if only else "",
                only.foreign if only else None,
                only.rate if only else None,
            )  # fmt: skip
        )
    return tuple(found)
