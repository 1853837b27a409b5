"""Agencies that no country-wide list names: departments, centres, schools, as programmes and rosters bring them."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from lantoa.common.vietnamese import sort_key
from lantoa.directory.models import Level, Placement, Snapshot, Unit, period_of
from lantoa.directory.queries.agencies import needed_beside
from lantoa.directory.rules.naming import folded_name
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


@transaction.atomic
def add_agency(*, by: Actor, name: str, since: date, under: Unit | None, snapshot: Snapshot, kind: str = "") -> Unit:
    """Adds an agency that stands under `under` from a day on: no earlier and no longer than that unit itself.
    `snapshot` is the list that named it."""
    until = None
    if under:
        standing = [
            one.period
            for one in under.placements.order_by("period")
            if one.period.upper is None or one.period.upper > since
        ]
        if standing:
            since, until = max(since, standing[0].lower), standing[-1].upper
    unit = Unit.objects.create()
    Placement.objects.create(
        unit=unit,
        period=period_of(since, until),
        level=Level.AGENCY,
        kind=kind,
        name=name,
        parent=under,
        snapshot=snapshot,
        folded=folded_name(kind, name),
        sort_key=sort_key(name),
    )
    record(by=by, act="directory.add_agency", thing=unit, about={"snapshot": snapshot.slug})
    return unit


@transaction.atomic
def take_back_agencies(*, by: Actor, keys: Collection[str], source: str) -> None:
    """Deletes the agencies that a list brought, as far as nothing else needs them by now; the others stay."""
    if not keys:
        return
    # held: nobody can begin to name them meanwhile
    units = set(Unit.objects.select_for_update().filter(key__in=keys).order_by("pk").values_list("pk", flat=True))
    gone = units - needed_beside(units, source)
    Placement.objects.filter(unit__in=gone).delete()
    Unit.objects.filter(pk__in=gone).delete()
    about = {"units": len(gone), "stay": len(units) - len(gone)}
    record(by=by, act="directory.take_back_agencies", thing=source, about=about)


def named_in(*, slug: str, title: str, as_of: date, publisher: str) -> Snapshot:
    """The list of this slug as a source of agencies, made when it is new."""
    defaults = {"title": title[:200], "as_of": as_of, "publisher": publisher[:200], "licence": ""}
    return Snapshot.objects.get_or_create(slug=slug, defaults=defaults)[0]
