"""Pilots with their values and gates, playbooks, and how far units are with them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from django.db.models import Q, QuerySet
from django.http import Http404

from lantoa.api.queries.paging import part_of
from lantoa.api.rules.shapes import Key, Page, Part, Says
from lantoa.api.views.calling import Call
from lantoa.api.views.operations import get
from lantoa.common.refused import N_
from lantoa.pilots.models import Adoption, Pilot, Playbook
from lantoa.pilots.queries.pilots import PilotNow, in_stage, last_day, pilot_now, with_all
from lantoa.pilots.queries.playbooks import book_of
from lantoa.pilots.queries.spreads import AdoptionNow, adoption_now, with_steps

Stage = Literal["planned", "waiting", "running", "undecided", "decided"]


@dataclass(frozen=True)
class PilotsAsked(Part):
    """Which pilots are wanted."""

    on: Annotated[date | None, Says(N_("As of this day; today when left out."))] = None
    stage: Annotated[Stage | None, Says(N_("Only those in this stage on the day."))] = None


@dataclass(frozen=True)
class OnThisDay:
    """A day."""

    on: Annotated[date | None, Says(N_("As of this day; today when left out."))] = None


@dataclass(frozen=True)
class ReadingSeen:
    """A value on a day."""

    on: date
    value: Decimal


@dataclass(frozen=True)
class MeasureSeen:
    """What is measured of a pilot."""

    key: Key
    name: str
    counted_in: str
    direction: Literal["up", "down"]
    goal: Decimal | None
    baseline: Annotated[ReadingSeen | None, Says(N_("The value before the start."))]
    readings: Annotated[tuple[ReadingSeen, ...], Says(N_("The values that stand, the oldest first."))]
    due: Annotated[date | None, Says(N_("The day on which the next value is due."))]
    late: bool


@dataclass(frozen=True)
class GateSeen:
    """A day and what is asked on it, written beforehand."""

    on: date
    criterion: str
    passed: Annotated[bool | None, Says(N_("Whether it was met; null while nobody has decided."))]


@dataclass(frozen=True)
class PilotSeen:
    """A pilot on a day."""

    key: Key
    code: str
    name: str
    unit: Annotated[Key, Says(N_("The unit that owns it."))]
    problem: str
    hypothesis: str
    first_day: date
    last_day: date
    stage: Stage
    outcome: Annotated[str, Says(N_("spread, adapt, stop, or empty while nobody has decided."))]
    measures: tuple[MeasureSeen, ...]
    gates: tuple[GateSeen, ...]
    is_demonstration: bool


@dataclass(frozen=True)
class PlaybookSeen:
    """A playbook by its last version."""

    key: Key
    code: Annotated[str, Says(N_("The code that its file gives it, the same in every house."))]
    title: str
    unit: Annotated[Key, Says(N_("The unit that keeps it."))]
    version: Annotated[int, Says(N_("The number of its last version."))]
    text: Annotated[str, Says(N_("The file of that version, letter for letter (TOML)."))]


@dataclass(frozen=True)
class StepSeen:
    """A step of the playbook in a unit."""

    code: str
    title: str
    done_on: Annotated[date | None, Says(N_("The day on which it was done; null while it is not."))]


@dataclass(frozen=True)
class AdoptionSeen:
    """A unit that takes a playbook on, on a day."""

    key: Key
    unit: Key
    office: Annotated[Key, Says(N_("The unit that runs the spread."))]
    playbook: Annotated[Key, Says(N_("The key of the playbook."))]
    version: Annotated[int, Says(N_("The number of the version that is carried."))]
    place: Annotated[int | None, Says(N_("Its place in the order, from 1."))]
    starts_on: Annotated[date | None, Says(N_("The first day of its wave."))]
    state: Annotated[Literal["all", "doing", "begun", "waiting", "left"], Says(N_("How far it is."))]
    steps: tuple[StepSeen, ...]
    is_demonstration: bool


@dataclass(frozen=True)
class AdoptionsAsked(Part):
    """Which adoptions are wanted."""

    on: Annotated[date | None, Says(N_("As of this day; today when left out."))] = None
    playbook: Annotated[Key | None, Says(N_("Only those of this playbook."))] = None


@get("pilots", needs="pilots.view", says=N_("The pilots in the care of the unit"))
def list_pilots(call: Call, query: PilotsAsked) -> Page[PilotSeen]:
    """As of a day, in the order of their entry."""
    on = query.on or call.today
    rows = with_all(Pilot.objects.filter(unit__in=call.care()))
    if query.stage:
        rows = rows.filter(in_stage(query.stage, on=on))
    part, following = part_of(rows, query)
    return Page(tuple(_seen(pilot_now(one, on=on)) for one in part), following)


@get("pilots/{key}", needs="pilots.view", says=N_("One pilot, with its values and gates"))
def show_pilot(call: Call, key: str, query: OnThisDay) -> PilotSeen:
    """A pilot of another unit is not found."""
    found = with_all(Pilot.objects.filter(key=key)).first()
    if found is None:
        raise Http404
    call.check(found.unit)
    return _seen(pilot_now(found, on=query.on or call.today))


@get("playbooks", needs="pilots.view", says=N_("The playbooks that units in care keep or take on"))
def list_playbooks(call: Call, query: Part) -> Page[PlaybookSeen]:
    """In the order of their entry."""
    part, following = part_of(_playbooks(call), query)
    return Page(tuple(_book(one) for one in part), following)


@get("playbooks/{key}", needs="pilots.view", says=N_("One playbook, with its file"))
def show_playbook(call: Call, key: str) -> PlaybookSeen:
    """One that no unit in care keeps or takes on is not found."""
    found = _playbooks(call).filter(key=key).first()
    if found is None:
        raise Http404
    return _book(found)


@get("adoptions", needs="pilots.view", says=N_("How far units are with the playbooks they take on"))
def list_adoptions(call: Call, query: AdoptionsAsked) -> Page[AdoptionSeen]:
    """Of units in care, and of all units of the spreads that these run; as of a day, in the order of their entry."""
    on = query.on or call.today
    care = call.care()
    rows = with_steps(Adoption.objects.filter(Q(unit__in=care) | Q(spread__unit__in=care)))
    if query.playbook:
        rows = rows.filter(spread__version__playbook__key=query.playbook)
    part, following = part_of(rows, query)
    return Page(tuple(_adopted(adoption_now(one, on=on)) for one in part), following)


def _playbooks(call: Call) -> "QuerySet[Playbook]":
    care = call.care()
    adopted = Adoption.objects.filter(unit__in=care).values("spread__version__playbook")
    rows = Playbook.objects.filter(Q(unit__in=care) | Q(pk__in=adopted))
    return rows.select_related("unit").prefetch_related("versions")


def _seen(now: PilotNow) -> PilotSeen:
    pilot = now.pilot
    return PilotSeen(
        key=pilot.key,
        code=pilot.code,
        name=pilot.name,
        unit=pilot.unit.key,
        problem=pilot.problem,
        hypothesis=pilot.hypothesis,
        first_day=pilot.first,
        last_day=last_day(pilot),
        stage=now.stage,  # type: ignore[arg-type]
        outcome=pilot.outcome if now.stage == "decided" else "",
        measures=tuple(
            MeasureSeen(
                key=one.measure.key,
                name=one.measure.name,
                counted_in=one.measure.counted_in,
                direction=one.measure.direction,  # type: ignore[arg-type]
                goal=one.measure.goal,
                baseline=ReadingSeen(one.baseline.on, one.baseline.value) if one.baseline else None,
                readings=tuple(ReadingSeen(row.on, row.value) for row in one.readings),
                due=one.due,
                late=one.late,
            )
            for one in now.measures
        ),
        gates=tuple(GateSeen(one.gate.on, one.gate.criterion, one.passed) for one in now.gates),
        is_demonstration=pilot.is_demonstration,
    )


def _book(found: Playbook) -> PlaybookSeen:
    version = max(found.versions.all(), key=lambda one: one.number)
    return PlaybookSeen(found.key, found.code, found.title, found.unit.key, version.number, version.text)


def _adopted(now: AdoptionNow) -> AdoptionSeen:
    adoption = now.adoption
    version = adoption.spread.version
    return AdoptionSeen(
        key=adoption.key,
        unit=adoption.unit.key,
        office=adoption.spread.unit.key,
        playbook=version.playbook.key,
        version=version.number,
        place=adoption.place,
        starts_on=adoption.wave.starts_on if adoption.wave else None,
        state=now.state,  # type: ignore[arg-type]
        steps=tuple(StepSeen(code, title, now.done.get(code)) for code, title in book_of(version).steps.items()),
        is_demonstration=adoption.spread.is_demonstration,
    )
