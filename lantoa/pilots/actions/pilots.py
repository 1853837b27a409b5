"""Pilots: planned, measured beforehand, fixed, and decided upon at the end."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Decision, Unit, period_of
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.pilots.models import Gate, Measure, PainPoint, Pilot, Reading
from lantoa.pilots.rules.windows import check_window, half_over, last_gate_day
from lantoa.programmes.models import Field


def held(pilot: Pilot) -> Pilot:
    """The row of the pilot, held to the end of the transaction."""
    return Pilot.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=pilot.pk)


def said(day: date) -> str:
    """A day as refusals write it."""
    return f"{day:%d/%m/%Y}"


@transaction.atomic
def plan_pilot(
    *,
    by: Actor,
    code: str,
    name: str,
    unit: Unit,
    problem: str,
    hypothesis: str,
    first: date,
    last: date,
    fields: Sequence[Field] = (),
    budget: Decimal | None = None,
    paid_by: str = "",
    pain: PainPoint | None = None,
    follows: Pilot | None = None,
    demonstration: bool = False,
    invented: str = "",
) -> Pilot:
    """A new pilot; `last` is its last day. Refused: a window of less than three or more than six months."""
    check_window(name, first, last)
    taken = Refused(N_("Cannot plan pilot %(code)s: a pilot has this code already."), code=code)
    with only_one(taken):
        made = Pilot.objects.create(
            code=code,
            name=name,
            unit=unit,
            problem=problem,
            hypothesis=hypothesis,
            period=period_of(first, last + timedelta(days=1)),
            budget=budget,
            paid_by=paid_by,
            pain=pain,
            follows=follows,
            is_demonstration=demonstration,
            invented=invented,
        )
    made.fields.set(fields)
    record(by=by, act="pilots.plan_pilot", thing=made, about={"code": code, "unit": unit.key})
    return made


@transaction.atomic
def change_pilot(
    *, by: Actor, pilot: Pilot, first: date, last: date, fields: Sequence[Field], **plain: Any
) -> list[str]:
    """Changes what differs while the plan is not fixed. `plain`: name, unit, problem, hypothesis, budget, paid_by."""
    pilot = held(pilot)
    refuse_fixed(pilot)
    check_window(pilot.name, first, last)
    early = Reading.objects.filter(measure__pilot=pilot, on__gte=first).order_by("on").first()
    if early is not None:
        raise Refused(
            N_("Cannot let pilot %(name)s start on %(first)s: its baseline was measured on %(day)s, not before."),
            name=pilot.name,
            first=said(first),
            day=said(early.on),
        )
    _refuse_gates_outside(pilot, first, last + timedelta(days=1))
    changed = [name for name, value in plain.items() if getattr(pilot, name) != value]
    for name in changed:
        setattr(pilot, name, plain[name])
    period = period_of(first, last + timedelta(days=1))
    if pilot.period != period:
        pilot.period = period
        changed.append("period")
    if changed:
        pilot.save(update_fields=changed)
    if set(pilot.fields.values_list("code", flat=True)) != {field.code for field in fields}:
        pilot.fields.set(fields)
        changed.append("fields")
    if changed:
        record(by=by, act="pilots.change_pilot", thing=pilot, about={"changed": sorted(changed)})
    return changed


def _refuse_gates_outside(pilot: Pilot, first: date, end: date) -> None:
    for gate in pilot.gates.filter(replaced_by=None).order_by("on"):
        if not first <= gate.on <= last_gate_day(end):
            raise Refused(
                N_(
                    "Cannot let pilot %(name)s run from %(first)s to %(last)s: its gate of %(day)s stands outside, "
                    "at the latest it stands on %(latest)s. Change or remove it first."
                ),
                name=pilot.name,
                first=said(first),
                last=said(end - timedelta(days=1)),
                day=said(gate.on),
                latest=said(last_gate_day(end)),
            )


def refuse_fixed(pilot: Pilot) -> None:
    """What was fixed is not changed."""
    if pilot.fixed_at is not None:
        raise Refused(N_("Cannot change pilot %(name)s: its plan is fixed."), name=pilot.name)


@transaction.atomic
def add_measure(
    *,
    by: Actor,
    pilot: Pilot,
    name: str,
    counted_in: str,
    direction: str,
    every: int,
    goal: Decimal | None = None,
    unit: Unit | None = None,
) -> Measure:
    """Something that is measured, every so many days, by a unit (the pilot's own unless another is named)."""
    pilot = held(pilot)
    refuse_fixed(pilot)
    taken = Refused(N_("Cannot measure “%(name)s” twice in pilot %(pilot)s."), name=name, pilot=pilot.name)
    last = pilot.measures.aggregate(last=Max("position"))["last"] or 0
    with only_one(taken):
        made = Measure.objects.create(
            pilot=pilot,
            position=last + 1,
            name=name,
            counted_in=counted_in,
            direction=direction,
            every=every,
            goal=goal,
            unit=unit or pilot.unit,
        )
    record(by=by, act="pilots.add_measure", thing=pilot, about={"measure": made.key, "every": every})
    return made


@transaction.atomic
def remove_measure(*, by: Actor, measure: Measure) -> None:
    """Takes a measure out of a plan that is not fixed, with its baseline."""
    pilot = held(measure.pilot)
    refuse_fixed(pilot)
    if Gate.objects.filter(measure=measure).exists():
        raise Refused(N_("Cannot remove “%(name)s”: a gate asks for it."), name=measure.name)
    record(by=by, act="pilots.remove_measure", thing=pilot, about={"measure": measure.key})
    for row in measure.readings.order_by("-pk"):  # a correction before what it corrects
        row.delete()
    measure.delete()


@transaction.atomic
def fix_plan(*, by: Actor, pilot: Pilot, at: datetime, on: date) -> Pilot:
    """The plan stands from now on, and the pilot starts on its first day.

    Refused without a measure, without the baseline of one (measured before the first day), without a gate, with one
    outside of the window, and once half of the window is over.
    """
    pilot = held(pilot)
    refuse_fixed(pilot)
    if on >= pilot.end:
        raise Refused(
            N_("Cannot fix the plan of pilot %(name)s: its last day was %(day)s."),
            name=pilot.name,
            day=said(pilot.end - timedelta(days=1)),
        )
    if on >= half_over(pilot.first, pilot.end):
        raise Refused(
            N_("Cannot fix the plan of pilot %(name)s: half of its time was over on %(day)s. Change its days first."),
            name=pilot.name,
            day=said(half_over(pilot.first, pilot.end)),
        )
    measures = list(pilot.measures.order_by("position"))
    if not measures:
        raise Refused(N_("Cannot fix the plan of pilot %(name)s: nothing is measured in it."), name=pilot.name)
    known = set(
        Reading.objects.filter(measure__pilot=pilot, baseline=True, on__lt=pilot.first).values_list(
            "measure", flat=True
        )
    )
    if missing := [one.name for one in measures if one.pk not in known]:
        raise Refused(
            N_("Cannot fix the plan of pilot %(name)s: no baseline from before %(first)s for: %(measures)s."),
            name=pilot.name,
            first=said(pilot.first),
            measures=", ".join(missing),
        )
    if not pilot.gates.exists():
        raise Refused(N_("Cannot fix the plan of pilot %(name)s: it has no gate."), name=pilot.name)
    _refuse_gates_outside(pilot, pilot.first, pilot.end)
    pilot.fixed_at, pilot.fixed_by = at, by.actor_key
    pilot.save(update_fields=["fixed_at", "fixed_by"])
    record(by=by, act="pilots.fix_plan", thing=pilot, about={"measures": len(measures)})
    return pilot


@transaction.atomic
def decide_pilot(
    *, by: Actor, pilot: Pilot, outcome: str, reason: str, on: date, decision: Decision | None = None
) -> Pilot:
    """Spread it, adapt it or stop it, with the reason and perhaps the legal act. Once.

    It may be stopped on any day. Spread or adapted only after its window, when every gate is decided and every
    measure was read since it started.
    """
    pilot = held(pilot)
    name = pilot.name
    if pilot.fixed_at is None:
        raise Refused(N_("Cannot decide on pilot %(name)s: its plan is not fixed."), name=name)
    if pilot.outcome:
        raise Refused(N_("Cannot decide on pilot %(name)s: that was done on %(day)s."), name=name,
                      day=said(pilot.decided_on) if pilot.decided_on else "")  # fmt: skip
    if not reason.strip():
        raise Refused(N_("Cannot decide on pilot %(name)s: say what the decision rests on."), name=name)
    if outcome != Pilot.Outcome.STOP:
        _refuse_unfinished(pilot, on)
    pilot.outcome, pilot.outcome_reason, pilot.decided_on = outcome, reason.strip(), on
    pilot.decided_by, pilot.decision = by.actor_key, decision
    pilot.save(update_fields=["outcome", "outcome_reason", "decided_on", "decided_by", "decision"])
    record(
        by=by,
        act="pilots.decide_pilot",
        thing=pilot,
        about={"outcome": outcome, "decision": decision.number if decision else ""},
    )
    return pilot


def _refuse_unfinished(pilot: Pilot, on: date) -> None:
    last = pilot.end - timedelta(days=1)
    if on < last:
        raise Refused(
            N_("Cannot decide to go on with pilot %(name)s before its last day, %(day)s. It can be stopped."),
            name=pilot.name,
            day=said(last),
        )
    if waiting := pilot.gates.filter(replaced_by=None, passed=None).count():
        raise Refused(
            N_("Cannot decide to go on with pilot %(name)s: %(count)d gates are not decided."),
            name=pilot.name,
            count=waiting,
        )
    read = Reading.objects.filter(measure__pilot=pilot, baseline=False).values("measure")
    if unread := list(pilot.measures.exclude(pk__in=read).values_list("name", flat=True)):
        raise Refused(
            N_("Cannot decide to go on with pilot %(name)s: never measured since it started: %(measures)s."),
            name=pilot.name,
            measures=", ".join(unread),
        )
