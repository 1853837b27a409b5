"""Units on a day: what stood where, what it was called, what came before and after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from django.http import Http404

from lantoa.api.queries.paging import part_of
from lantoa.api.rules.shapes import Key, Page, Part, Says
from lantoa.api.views.calling import Call
from lantoa.api.views.operations import ANY_TOKEN, get
from lantoa.common.refused import N_
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Level, Placement, Unit
from lantoa.directory.queries import units as queries

Name = Annotated[str, Says(N_("Its name on that day, with the word for its kind."))]


@dataclass(frozen=True)
class OnDay:
    """A day."""

    on: Annotated[date | None, Says(N_("The day that is asked about; today when left out."))] = None


@dataclass(frozen=True)
class UnitsAsked(Part):
    """Which units are wanted."""

    on: Annotated[date | None, Says(N_("The day that is asked about; today when left out."))] = None
    under: Annotated[Key | None, Says(N_("Only those under this unit, at every depth."))] = None
    level: Annotated[Level | None, Says(N_("Only those of this level."))] = None
    code: Annotated[str | None, Says(N_("Only the one with this official code on that day."), most=20)] = None
    name: Annotated[str | None, Says(N_("Only those whose name holds this, marks or not."), most=100)] = None


@dataclass(frozen=True)
class UnitSeen:
    """A unit as it stood on a day."""

    key: Key
    name: Name
    kind: Annotated[str, Says(N_("The word for its kind, such as Phường."))]
    level: Level
    code: Annotated[str, Says(N_("Its official code on that day; empty where it has none."))]
    parent: Annotated[Key | None, Says(N_("The unit it stood under."))]
    since: Annotated[date, Says(N_("The first day on which it stood so."))]
    until: Annotated[date | None, Says(N_("The first day on which it stood so no longer."))]
    decision: Annotated[str | None, Says(N_("The number of the decision that placed it so."))]


@dataclass(frozen=True)
class UnitNamed:
    """A unit by key and name."""

    key: Key
    name: Name


@dataclass(frozen=True)
class UnitKin:
    """A unit that came before or after."""

    key: Key
    name: Name
    day: Annotated[date, Says(N_("The day on which the one followed the other."))]
    kind: Annotated[str, Says(N_("How: founded, merged, split, reorganised, dissolved."))]
    whole: Annotated[bool, Says(N_("Whether all of it went there."))]
    default: Annotated[bool, Says(N_("Whether this is the heir that is meant when one must be."))]
    decision: Annotated[str | None, Says(N_("The number of the decision."))]


@dataclass(frozen=True)
class UnitStanding:
    """Whether and where a unit stood on a day."""

    key: Key
    on: date
    state: Annotated[str, Says(N_("stands, not_yet, ended or not_known."))]
    name: Name
    placement: Annotated[UnitSeen | None, Says(N_("Where it stood; null when it did not."))]
    path: Annotated[tuple[UnitNamed, ...], Says(N_("From the country down to it."))]
    forebears: Annotated[tuple[UnitKin, ...], Says(N_("What it came from, by that day."))]
    heirs: Annotated[tuple[UnitKin, ...], Says(N_("What stood in its place, by that day."))]


@get("units", needs=ANY_TOKEN, says=N_("The units that stood on a day"))
def list_units(call: Call, query: UnitsAsked) -> Page[UnitSeen]:
    """In the order of their entry. Units are no secret: every token reads all of them."""
    on = query.on or call.today
    rows = Placement.objects.filter(period__contains=on).select_related("unit", "parent", "decision")
    if query.under:
        rows = rows.filter(unit__in=Unit.objects.under(*Unit.objects.filter(key=query.under), on=on))
    if query.level:
        rows = rows.filter(level=query.level)
    if query.code:
        rows = rows.filter(code=query.code)
    if query.name:
        rows = rows.filter(folded__contains=fold(query.name))
    found, following = part_of(rows, query, of=Unit, by="unit")
    return Page(tuple(_seen(one) for one in found), following)


@get("units/{key}", needs=ANY_TOKEN, says=N_("One unit on a day: where it stood, what came before and after"))
def show_unit(call: Call, key: str, query: OnDay) -> UnitStanding:
    """For a day before it was founded or after it ended the answer says so."""
    unit = Unit.objects.filter(key=key).first()
    if unit is None:
        raise Http404
    on = query.on or call.today
    standing = queries.standing(unit, on=on)
    life = queries.life(unit, on=on)
    return UnitStanding(
        key=unit.key,
        on=on,
        state=standing.state,
        name=standing.name,
        placement=_seen(standing.placement) if standing.placement else None,
        path=tuple(UnitNamed(step.unit.key, step.full_name) for step in queries.path(unit, on=on)),
        forebears=_kin(life.forebears),
        heirs=_kin(life.heirs),
    )


def _seen(placement: Placement) -> UnitSeen:
    return UnitSeen(
        key=placement.unit.key,
        name=placement.full_name,
        kind=placement.kind,
        level=Level(placement.level),
        code=placement.code,
        parent=placement.parent.key if placement.parent else None,
        since=placement.period.lower,
        until=placement.period.upper,
        decision=placement.decision.number if placement.decision else None,
    )


def _kin(kin: Iterable[queries.Kin]) -> tuple[UnitKin, ...]:
    return tuple(
        UnitKin(
            key=one.unit.key,
            name=one.placement.full_name if one.placement else "",
            day=one.day,
            kind=one.kind,
            whole=one.whole,
            default=one.default,
            decision=one.decision.number if one.decision else None,
        )
        for one in kin
    )
