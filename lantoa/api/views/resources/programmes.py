"""Programmes in the care of the token's unit."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import Http404

from lantoa.api.queries.paging import part_of
from lantoa.api.rules.shapes import Key, Page, Part, Says
from lantoa.api.views.calling import Call
from lantoa.api.views.operations import get
from lantoa.common.refused import N_
from lantoa.programmes.models import Programme
from lantoa.programmes.queries import find_programmes
from lantoa.programmes.rules import last_day

Stage = Literal["before", "running", "over"]


@dataclass(frozen=True)
class ProgrammesAsked(Part):
    """Which programmes are wanted."""

    on: Annotated[date | None, Says(N_("The day for “stage”; today when left out."))] = None
    stage: Annotated[Stage | None, Says(N_("Only those that have not begun, run, or are over on the day."))] = None
    text: Annotated[str | None, Says(N_("Only those whose name, code or decision holds this."), most=100)] = None


@dataclass(frozen=True)
class ProgrammeSeen:
    """A programme."""

    key: Key
    code: Annotated[str, Says(N_("What its file calls it; unique here."))]
    name: str
    unit: Annotated[Key, Says(N_("The unit that runs it."))]
    decision: Annotated[str | None, Says(N_("The number of the decision that mandates it."))]
    first_day: date
    last_day: date
    audience: Annotated[str, Says(N_("For whom it is."))]
    fields: Annotated[tuple[str, ...], Says(N_("The codes of its fields of work."))]
    is_demonstration: bool


@get("programmes", needs="programmes.view", says=N_("The programmes in the care of the unit"))
def list_programmes(call: Call, query: ProgrammesAsked) -> Page[ProgrammeSeen]:
    """In the order of their entry."""
    found = find_programmes(_rows(call), text=query.text or "", stage=query.stage or "", on=query.on or call.today)
    part, following = part_of(found.prefetch_related("fields"), query)
    return Page(tuple(_seen(one) for one in part), following)


@get("programmes/{key}", needs="programmes.view", says=N_("One programme"))
def show_programme(call: Call, key: str) -> ProgrammeSeen:
    """A programme of another unit is not found."""
    return _seen(load_programme(call, key))


def load_programme(call: Call, key: str) -> Programme:
    """The programme, if its unit is in the token's care; else 404."""
    found = Programme.objects.select_related("unit", "decision").filter(key=key).first()
    if found is None:
        raise Http404
    call.check(found.unit)
    return found


def _rows(call: Call) -> "QuerySet[Programme]":
    return Programme.objects.filter(unit__in=call.care())


def _seen(found: Programme) -> ProgrammeSeen:
    return ProgrammeSeen(
        key=found.key,
        code=found.code,
        name=found.name,
        unit=found.unit.key,
        decision=found.decision.number if found.decision else None,
        first_day=found.period.lower,
        last_day=last_day(found.period.upper),
        audience=found.audience,
        fields=tuple(sorted(one.code for one in found.fields.all())),
        is_demonstration=found.is_demonstration,
    )
