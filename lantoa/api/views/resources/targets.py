"""Targets in the care of the token's unit, their figures, and a figure that another system reports."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from lantoa.api.queries.paging import part_of
from lantoa.api.rules.problems import Problem
from lantoa.api.rules.shapes import Fault, Key, Page, Part, Says
from lantoa.api.views.calling import Call, Made
from lantoa.api.views.operations import get, post
from lantoa.common.refused import N_
from lantoa.common.vietnamese import fold
from lantoa.programmes.actions.measurements import Report, report_figure
from lantoa.programmes.models import Measurement, Target
from lantoa.programmes.queries.measurements import state_of
from lantoa.programmes.rules import last_day
from lantoa.programmes.rules.spans import read_span

Figure = Annotated[Decimal, Says(pattern="^-?[0-9]{1,18}([.][0-9]{1,6})?$")]  # as text: no rounding on the way
PERIOD_PATTERN = "^((H[12]|Q[1-4]|0[1-9]|1[0-2])/)?(19|20|21)[0-9]{2}$"
Period = Annotated[
    str, Says(N_("The period: 2025, H1/2025, Q3/2025 or 09/2025, as the target is measured."), pattern=PERIOD_PATTERN)
]
Pillar = Literal["government", "economy", "society"]
NO_VALUE = N_("A figure is a value, or a part and a whole.")


@dataclass(frozen=True)
class TargetsAsked(Part):
    """Which targets are wanted."""

    on: Annotated[date | None, Says(N_("Only those that hold on this day; today when left out."))] = None
    unit: Annotated[Key | None, Says(N_("Only those of this very unit."))] = None
    pillar: Annotated[Pillar | None, Says(N_("Only those of this pillar."))] = None
    text: Annotated[str | None, Says(N_("Only those whose code or name holds this, marks or not."), most=100)] = None


@dataclass(frozen=True)
class MilestoneSeen:
    """What is to be reached in a year."""

    year: int
    value: Decimal
    mark: Annotated[str, Says(N_("How sure the figure is: V checked, F found in its source, K not checked."))]


@dataclass(frozen=True)
class TargetSeen:
    """A target."""

    key: Key
    code: Annotated[str, Says(N_("Its code, unique in its unit."))]
    name: str
    unit: Annotated[Key, Says(N_("The unit that owns it."))]
    parent: Annotated[Key | None, Says(N_("The target it came down from."))]
    pillar: Pillar
    field: Annotated[str | None, Says(N_("The code of its field of work."))]
    definition: str
    source: Annotated[str, Says(N_("Where its figures come from."))]
    measure: Annotated[str, Says(N_("What it is counted in."))]
    kind: Annotated[str, Says(N_("at_least, at_most, exactly, rank, yes_no, growth or reduction."))]
    roll_up: Annotated[str, Says(N_("sum, ratio, mean or worst; empty when nothing is added up."))]
    every: Annotated[str, Says(N_("year, half, quarter or month."))]
    baseline: Decimal | None
    baseline_year: int | None
    milestones: tuple[MilestoneSeen, ...]
    since: date
    retired_on: date | None
    is_demonstration: bool


@dataclass(frozen=True)
class MeasurementSeen:
    """A figure that was reported; a correction is a line of its own."""

    key: Key
    unit: Annotated[Key, Says(N_("The unit that reported it."))]
    first_day: date
    last_day: date
    number: Annotated[int, Says(N_("1 for the first report of the period; the greatest one stands."))]
    value: Decimal
    part: Decimal | None
    whole: Decimal | None
    document_number: str
    document_date: date | None
    state: Annotated[Literal["waiting", "approved", "returned"], Says(N_("What was said of it."))]
    reported_at: datetime


@dataclass(frozen=True)
class MeasurementToReport:
    """A figure of a period: a value, or a part and a whole of which the value is worked out."""

    period: Period
    value: Annotated[Figure | None, Says(N_("The figure, exact, as text."))] = None
    part: Annotated[Figure | None, Says(N_("Of a ratio: what was counted."))] = None
    whole: Annotated[Figure | None, Says(N_("Of a ratio: of how many."))] = None
    document_number: Annotated[str, Says(N_("The number of the document it is taken from."), most=60)] = ""
    document_date: Annotated[date | None, Says(N_("The day of that document."))] = None
    note: Annotated[str, Says(N_("Explains a figure that is far from the one before."), most=500)] = ""
    reason: Annotated[str, Says(N_("Why the figure that stands is corrected."), most=500)] = ""


@get("targets", needs="programmes.view", says=N_("The targets in the care of the unit"))
def list_targets(call: Call, query: TargetsAsked) -> Page[TargetSeen]:
    """In the order of their entry."""
    on = query.on or call.today
    rows = _rows().filter(unit__in=call.care(), since__lte=on).exclude(retired_on__lte=on)
    if query.unit:
        rows = rows.filter(unit=call.unit(query.unit))
    if query.pillar:
        rows = rows.filter(pillar=query.pillar)
    if query.text:
        rows = rows.filter(folded__contains=fold(query.text))
    part, following = part_of(rows, query)
    return Page(tuple(_seen(one) for one in part), following)


@get("targets/{key}", needs="programmes.view", says=N_("One target, with its milestones"))
def show_target(call: Call, key: str) -> TargetSeen:
    """A target of another unit is not found."""
    return _seen(_load(call, key))


@get("targets/{key}/measurements", needs="programmes.view", says=N_("The figures of a target"))
def list_measurements(call: Call, key: str, query: Part) -> Page[MeasurementSeen]:
    """In the order of their entry, those that were corrected and those that came back too."""
    found = _load(call, key)
    rows = Measurement.objects.filter(target=found).select_related("unit", "review")
    part, following = part_of(rows, query)
    return Page(tuple(_measured(one) for one in part), following)


@post("targets/{key}/measurements", needs="programmes.report", says=N_("Report a figure of a target"))
def report_measurement(call: Call, key: str, body: MeasurementToReport) -> Made:
    """By the same checks as on the page. It counts when somebody has approved it; a figure that stands is corrected
    by a new line with its reason."""
    found = _load(call, key)
    span = read_span(body.period)
    if span is None or (body.value is None and (body.part is None or body.whole is None)):
        fault = Fault("#/period" if span is None else "#/value", NO_VALUE)
        raise Problem("wrong-body", errors=[fault])
    report = Report(
        found,
        span,
        body.value,
        body.part,
        body.whole,
        body.document_number,
        body.document_date,
        body.note,
        body.reason,
    )
    made = report_figure(by=call.token, report=report, at=call.now)
    return Made(made.key, location=reverse("api:targets_key_measurements", args=[found.key]))


def _load(call: Call, key: str) -> Target:
    found = _rows().filter(key=key).first()
    if found is None:
        raise Http404
    call.check(found.unit)
    return found


def _rows() -> "QuerySet[Target]":
    return Target.objects.select_related("unit", "parent", "field").prefetch_related("milestones")


def _seen(found: Target) -> TargetSeen:
    return TargetSeen(
        key=found.key,
        code=found.code,
        name=found.name,
        unit=found.unit.key,
        parent=found.parent.key if found.parent else None,
        pillar=found.pillar,  # type: ignore[arg-type]
        field=found.field.code if found.field else None,
        definition=found.definition,
        source=found.source,
        measure=found.measure,
        kind=found.kind,
        roll_up=found.roll_up,
        every=found.every,
        baseline=found.baseline,
        baseline_year=found.baseline_year,
        milestones=tuple(
            MilestoneSeen(one.year, one.value, one.mark)
            for one in sorted(found.milestones.all(), key=lambda one: one.year)
        ),
        since=found.since,
        retired_on=found.retired_on,
        is_demonstration=found.is_demonstration,
    )


def _measured(one: Measurement) -> MeasurementSeen:
    return MeasurementSeen(
        key=one.key,
        unit=one.unit.key,
        first_day=one.period.lower,
        last_day=last_day(one.period.upper),
        number=one.number,
        value=one.value,
        part=one.part,
        whole=one.whole,
        document_number=one.document_number,
        document_date=one.document_date,
        state=state_of(one),  # type: ignore[arg-type]
        reported_at=one.reported_at,
    )
