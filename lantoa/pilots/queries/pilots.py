"""Pilots: how each stands on a day, what is late and by whom, and the values of its measures against the baseline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from lantoa.pilots.models import Gate, Measure, Pilot, Reading
from lantoa.pilots.rules.windows import RUNNING, UNDECIDED, change, due_on, met, stage


@dataclass(frozen=True)
class MeasureNow:
    """A measure on a day: its readings up to it, the baseline first, and when the next one is due."""

    measure: Measure
    baseline: Reading | None
    readings: Sequence[Reading]
    due: date | None
    late: bool

    @property
    def latest(self) -> Reading | None:
        return self.readings[-1] if self.readings else None

    @property
    def came(self) -> str:
        """`better`, `worse` or `same` than the baseline; "" when nothing can be compared."""
        if self.baseline is None or self.latest is None:
            return ""
        return change(self.baseline.value, self.latest.value, self.measure.direction)

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without a goal or a value."""
        if self.measure.goal is None:
            return None
        return met(self.latest.value if self.latest else None, self.measure.goal, self.measure.direction)


@dataclass(frozen=True)
class GateNow:
    """A gate that stands, on a day. `value` is what its measure said last by the gate's day."""

    gate: Gate
    value: Decimal | None
    holds: bool | None  # what the figures say; None when none say anything
    passed: bool | None  # as it was decided by that day
    late: bool  # its day has come and nobody has decided


@dataclass(frozen=True)
class PilotNow:
    """A pilot on a day."""

    pilot: Pilot
    on: date
    stage: str
    measures: Sequence[MeasureNow]
    gates: Sequence[GateNow]

    @property
    def next_gate(self) -> GateNow | None:
        """The first gate that is not decided."""
        return next((one for one in self.gates if one.passed is None), None)

    @property
    def late(self) -> int:
        """How many things are late: readings, gates, the decision."""
        rows = sum(one.late for one in self.measures) + sum(one.late for one in self.gates)
        return rows + (self.stage == UNDECIDED)


def with_all(pilots: "QuerySet[Pilot]") -> "QuerySet[Pilot]":
    """With everything that `pilot_now` looks at: four queries more, however many pilots."""
    readings = Reading.objects.filter(corrected_by=None).order_by("on", "pk")
    measures = Measure.objects.order_by("position", "pk").prefetch_related(Prefetch("readings", readings))
    gates = Gate.objects.filter(replaced_by=None).order_by("on", "pk")
    return pilots.select_related("unit").prefetch_related(Prefetch("measures", measures), Prefetch("gates", gates))


def running_pilots(*, on: date) -> list[Pilot]:
    """Those whose plan is fixed and that nobody has decided upon. Five queries."""
    rows = Pilot.objects.filter(fixed_at__isnull=False, outcome="", period__startswith__lte=on)
    return list(with_all(rows.order_by("pk")))


def stage_of(pilot: Pilot, *, on: date) -> str:
    """Where the pilot stood on that day."""
    fixed = timezone.localdate(pilot.fixed_at) if pilot.fixed_at else None
    return stage(pilot.first, pilot.end, fixed, pilot.decided_on, on=on)


def pilot_now(pilot: Pilot, *, on: date) -> PilotNow:
    """A pilot of `with_all` on a day. No query."""
    where = stage_of(pilot, on=on)
    measures = [_measure_now(pilot, one, where, on) for one in pilot.measures.all()]
    by_id = {one.measure.pk: one for one in measures}
    gates = [_gate_now(gate, by_id, where, on) for gate in pilot.gates.all()]
    return PilotNow(pilot, on, where, measures, gates)


def _measure_now(pilot: Pilot, measure: Measure, where: str, on: date) -> MeasureNow:
    rows = [row for row in measure.readings.all() if row.on <= on]
    baseline = next((row for row in rows if row.baseline), None)
    readings = [row for row in rows if not row.baseline]
    due = None
    if where in {RUNNING, UNDECIDED}:
        due = due_on(pilot.first, pilot.end, measure.every, (row.on for row in readings), on=on)
    return MeasureNow(measure, baseline, readings, due, due is not None and due < on)


def _gate_now(gate: Gate, measures: dict[int, MeasureNow], where: str, on: date) -> GateNow:
    value, holds = None, None
    if gate.measure_id is not None and gate.bound is not None:
        now = measures[gate.measure_id]
        value = next((row.value for row in reversed(now.readings) if row.on <= gate.on), None)
        holds = met(value, gate.bound, now.measure.direction)
    passed = gate.passed if gate.decided_on is not None and gate.decided_on <= on else None
    late = passed is None and gate.on < on and where in {RUNNING, UNDECIDED}
    return GateNow(gate, value, holds, passed, late)


def find_pilots(pilots: "QuerySet[Pilot]", *, text: str = "", field: str = "", show: str = "", on: date) -> Any:
    """Those whose name, code or problem holds the text, of a field of work, in a stage on that day."""
    if text:
        pilots = pilots.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(problem__icontains=text))
    if field:
        pilots = pilots.filter(fields=field)
    if show:
        pilots = pilots.filter(in_stage(show, on=on))
    return pilots.order_by("-period", "code")


def in_stage(show: str, *, on: date) -> Q:
    """The pilots in a stage on a day, by the same rule as `stage`."""
    fixed = Q(fixed_at__date__lte=on)
    decided = Q(decided_on__lte=on)
    stages = {
        "planned": ~fixed | Q(fixed_at=None),
        "waiting": fixed & Q(period__startswith__gt=on),
        "running": fixed & Q(period__contains=on),
        "undecided": fixed & Q(period__endswith__lte=on),
    }
    return decided if show == "decided" else stages[show] & (Q(decided_on=None) | Q(decided_on__gt=on))


def fixed_late(pilot: Pilot, *, on: date) -> int:
    """How many days after its first one the plan was fixed; 0 when it was not, or not by that day."""
    fixed = timezone.localdate(pilot.fixed_at) if pilot.fixed_at else None
    return (fixed - pilot.first).days if fixed is not None and pilot.first < fixed <= on else 0


def last_day(pilot: Pilot) -> date:
    """The last day of the window."""
    return pilot.end - timedelta(days=1)


def all_readings(pilot: Pilot, *, on: date) -> "QuerySet[Reading]":
    """Every value of the days up to that one, the corrected ones too, the latest day first."""
    rows = Reading.objects.filter(measure__pilot=pilot, on__lte=on).select_related("measure", "corrected_by")
    return rows.order_by("-on", "measure__position", "-pk")


def past_gates(pilot: Pilot) -> "QuerySet[Gate]":
    """Gates whose words were changed before their day, as they read then."""
    return pilot.gates.filter(replaced_by__isnull=False).select_related("replaced_by").order_by("on", "pk")


def stages_of(pilots: Iterable[Pilot], *, on: date) -> dict[str, int]:
    """How many stand in which stage on that day."""
    found: dict[str, int] = {}
    for one in pilots:
        where = stage_of(one, on=on)
        found[where] = found.get(where, 0) + 1
    return found
