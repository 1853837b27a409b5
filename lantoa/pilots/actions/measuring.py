"""Readings of a pilot's measures and its gates: entered, corrected, written beforehand, decided."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.pilots.actions.pilots import held, refuse_fixed, said
from lantoa.pilots.models import Gate, Measure, Pilot, Reading
from lantoa.pilots.rules.windows import last_gate_day


@transaction.atomic
def enter_reading(
    *,
    by: Actor,
    measure: Measure,
    value: Decimal,
    day: date,
    how: str,
    at: datetime,
    on: date,
    baseline: bool = False,
) -> Reading:
    """The value of a measure on a day. A baseline is measured before the pilot's first day and entered while its
    plan is not fixed; every other value on a day of the pilot or after it, and never for a day to come."""
    pilot = held(measure.pilot)
    _refuse_day(pilot, day, on, baseline=baseline)
    taken = Refused(
        N_("Cannot enter “%(name)s” for %(day)s: a value stands there. Correct that one."),
        name=measure.name,
        day=said(day),
    )
    if baseline and measure.readings.filter(baseline=True).exists():
        raise Refused(
            N_("Cannot enter a second baseline of “%(name)s”. Correct the one that stands."), name=measure.name
        )
    with only_one(taken):
        made = Reading.objects.create(
            measure=measure,
            baseline=baseline,
            on=day,
            value=value,
            how=how,
            recorded_at=at,
            recorded_by=by.actor_key,
        )
    about = {"measure": measure.key, "day": day.isoformat(), "value": str(value), "baseline": baseline}
    record(by=by, act="pilots.enter_reading", thing=pilot, about=about)
    return made


def _refuse_day(pilot: Pilot, day: date, on: date, *, baseline: bool) -> None:
    if day > on:
        raise Refused(
            N_("Cannot enter a value of pilot %(name)s for %(day)s: that day has not come."),
            name=pilot.name,
            day=said(day),
        )
    if pilot.outcome:
        raise Refused(N_("Cannot enter a value of pilot %(name)s: it is decided upon."), name=pilot.name)
    if baseline:
        refuse_fixed(pilot)
        if day >= pilot.first:
            raise Refused(
                N_("Cannot enter a baseline of %(day)s: it is measured before the pilot starts on %(first)s."),
                day=said(day),
                first=said(pilot.first),
            )
        return
    if pilot.fixed_at is None:
        raise Refused(N_("Cannot enter a value of pilot %(name)s: its plan is not fixed."), name=pilot.name)
    if day < pilot.first:
        raise Refused(
            N_("Cannot enter a value of pilot %(name)s for %(day)s: it starts on %(first)s."),
            name=pilot.name,
            day=said(day),
            first=said(pilot.first),
        )


@transaction.atomic
def correct_reading(*, by: Actor, reading: Reading, value: Decimal, reason: str, at: datetime) -> Reading:
    """Another value for the same day, with the reason; what was entered first stays beside it."""
    pilot = held(reading.measure.pilot)
    if pilot.outcome:
        raise Refused(N_("Cannot enter a value of pilot %(name)s: it is decided upon."), name=pilot.name)
    if not reason.strip():
        raise Refused(N_("Cannot correct “%(name)s”: say why."), name=reading.measure.name)
    again = Refused(
        N_("Cannot correct “%(name)s” of %(day)s: somebody has just corrected it. Load the page again."),
        name=reading.measure.name,
        day=said(reading.on),
    )
    with only_one(again):
        made = Reading.objects.create(
            measure=reading.measure,
            baseline=reading.baseline,
            on=reading.on,
            value=value,
            how=reading.how,
            corrects=reading,
            reason=reason.strip(),
            recorded_at=at,
            recorded_by=by.actor_key,
        )
    about = {
        "measure": reading.measure.key,
        "day": reading.on.isoformat(),
        "value": str(value),
        "was": str(reading.value),
    }
    record(by=by, act="pilots.correct_reading", thing=pilot, about=about)
    return made


@transaction.atomic
def write_gate(
    *,
    by: Actor,
    pilot: Pilot,
    day: date,
    criterion: str,
    on: date,
    measure: Measure | None = None,
    bound: Decimal | None = None,
    replaces: Gate | None = None,
) -> Gate:
    """A day of the pilot, or soon after it, and what is asked then; written before that day. `replaces`: one whose
    day has not come either."""
    pilot = held(pilot)
    if pilot.outcome:
        raise Refused(N_("Cannot write a gate of pilot %(name)s: it is decided upon."), name=pilot.name)
    if day <= on:
        raise Refused(
            N_("Cannot write a gate for %(day)s: its criterion is written before its day has come."), day=said(day)
        )
    if not pilot.first <= day:
        raise Refused(
            N_("Cannot write a gate for %(day)s: pilot %(name)s starts on %(first)s."),
            day=said(day),
            name=pilot.name,
            first=said(pilot.first),
        )
    if day > last_gate_day(pilot.end):
        raise Refused(
            N_("Cannot write a gate for %(day)s: the gates of pilot %(name)s stand at the latest on %(latest)s."),
            day=said(day),
            name=pilot.name,
            latest=said(last_gate_day(pilot.end)),
        )
    if (measure is None) != (bound is None):
        raise Refused(N_("Cannot write the gate of %(day)s: a bound belongs to a measure."), day=said(day))
    if replaces is not None and on >= replaces.on:
        raise Refused(
            N_("Cannot change the gate of %(day)s: its day has come, and its criterion stays as it was written."),
            day=said(replaces.on),
        )
    again = Refused(
        N_("Cannot change the gate of %(day)s: somebody has just changed it. Load the page again."), day=said(day)
    )
    with only_one(again):
        made = Gate.objects.create(
            pilot=pilot,
            on=day,
            criterion=criterion,
            measure=measure,
            bound=bound,
            written_on=on,
            written_by=by.actor_key,
            replaces=replaces,
        )
    about = {"gate": made.key, "day": day.isoformat(), "replaces": replaces.key if replaces else ""}
    record(by=by, act="pilots.write_gate", thing=pilot, about=about)
    return made


@transaction.atomic
def remove_gate(*, by: Actor, gate: Gate) -> None:
    """Takes a gate out of a plan that is not fixed, with what it said before."""
    pilot = held(gate.pilot)
    refuse_fixed(pilot)
    if Gate.objects.filter(replaces=gate).exists():
        raise Refused(N_("Cannot remove the gate of %(day)s: another has taken its place."), day=said(gate.on))
    record(by=by, act="pilots.remove_gate", thing=pilot, about={"gate": gate.key, "day": gate.on.isoformat()})
    row: Gate | None = gate
    while row is not None:  # the later one before what it replaced
        earlier = row.replaces
        row.delete()
        row = earlier


@transaction.atomic
def decide_gate(*, by: Actor, gate: Gate, passed: bool, words: str, on: date) -> Gate:
    """Whether the criterion was met, and what was seen; once, from its day on."""
    held(gate.pilot)
    gate = Gate.objects.select_related("pilot").get(pk=gate.pk)
    if hasattr(gate, "replaced_by"):
        raise Refused(N_("Cannot decide on the gate of %(day)s: another has taken its place."), day=said(gate.on))
    if gate.pilot.fixed_at is None:
        raise Refused(N_("Cannot decide on a gate of pilot %(name)s: its plan is not fixed."), name=gate.pilot.name)
    if gate.passed is not None:
        raise Refused(N_("Cannot decide on the gate of %(day)s: that was done."), day=said(gate.on))
    if on < gate.on:
        raise Refused(N_("Cannot decide on the gate of %(day)s before its day."), day=said(gate.on))
    if not words.strip():
        raise Refused(N_("Cannot decide on the gate of %(day)s: say what was seen."), day=said(gate.on))
    gate.passed, gate.words, gate.decided_on, gate.decided_by = passed, words.strip(), on, by.actor_key
    gate.save(update_fields=["passed", "words", "decided_on", "decided_by"])
    record(by=by, act="pilots.decide_gate", thing=gate.pilot, about={"gate": gate.key, "passed": passed})
    return gate
