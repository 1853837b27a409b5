"""Spreads: begun, filled with units and waves, put in order once, and left by a unit with a reason."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.pilots.actions.pilots import said
from lantoa.pilots.models import Adoption, PlaybookVersion, Spread, Wave
from lantoa.pilots.rules.order import drawn, in_waves


def held_spread(spread: Spread) -> Spread:
    """The row of the spread, held to the end of the transaction."""
    rows = Spread.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "version__playbook")
    return rows.get(pk=spread.pk)


def _open(spread: Spread) -> Spread:
    spread = held_spread(spread)
    if spread.settled_at is not None:
        raise Refused(N_("Cannot change spread %(name)s: its order is settled."), name=spread.name)
    return spread


@transaction.atomic
def begin_spread(
    *, by: Actor, unit: Unit, version: PlaybookVersion, name: str, demonstration: bool = False, invented: str = ""
) -> Spread:
    """One version of a playbook is to be carried to units by this office; another of the same name only when the
    order of the first is settled, so that a form sent twice makes one."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # of the same form sent twice one comes first
    if Spread.objects.filter(unit=unit, version=version, name=name, settled_at=None).exists():
        raise Refused(
            N_("Cannot begin spread %(name)s: one of this name and playbook stands, and its order is not settled."),
            name=name,
        )
    made = Spread.objects.create(
        unit=unit, version=version, name=name, is_demonstration=demonstration, invented=invented
    )
    about = {"playbook": version.playbook.key, "version": version.number, "unit": unit.key}
    record(by=by, act="pilots.begin_spread", thing=made, about=about)
    return made


@transaction.atomic
def add_units(*, by: Actor, spread: Spread, units: Sequence[Unit], at: datetime) -> int:
    """Units that are to take it on; how many were not in it yet."""
    spread = _open(spread)
    known = set(spread.adoptions.values_list("unit", flat=True))
    new = [unit for unit in dict.fromkeys(units) if unit.pk not in known]
    Adoption.objects.bulk_create(
        Adoption(spread=spread, unit=unit, added_at=at, added_by=by.actor_key) for unit in new
    )
    if new:
        record(by=by, act="pilots.add_units", thing=spread, about={"units": [unit.key for unit in new]})
    return len(new)


@transaction.atomic
def remove_unit(*, by: Actor, adoption: Adoption) -> None:
    """Takes a unit out while the order is not settled. One that asked for help or was checked leaves."""
    spread = _open(adoption.spread)
    list(Adoption.objects.select_for_update().filter(pk=adoption.pk))  # nobody asks for help meanwhile
    if adoption.helps.exists() or adoption.checks.exists():
        raise Refused(
            N_(
                "Cannot take the unit out of spread %(name)s: it asked for help or was checked, and that stays. "
                "Enter that it leaves."
            ),
            name=spread.name,
        )
    record(by=by, act="pilots.remove_unit", thing=spread, about={"unit": adoption.unit.key})
    adoption.delete()


@transaction.atomic
def add_wave(*, by: Actor, spread: Spread, starts_on: date, capacity: int) -> Wave:
    """A wave more, after the last: from which day, and for how many units."""
    spread = _open(spread)
    last = spread.waves.order_by("-number").first()
    if last is not None and starts_on <= last.starts_on:
        raise Refused(
            N_("Cannot add a wave from %(day)s: the one before it begins on %(before)s."),
            day=said(starts_on),
            before=said(last.starts_on),
        )
    number = (spread.waves.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Wave.objects.create(spread=spread, number=number, starts_on=starts_on, capacity=capacity)
    about = {"wave": number, "starts_on": starts_on.isoformat(), "capacity": capacity}
    record(by=by, act="pilots.add_wave", thing=spread, about=about)
    return made


@transaction.atomic
def remove_wave(*, by: Actor, spread: Spread) -> None:
    """Takes the last wave out while the order is not settled."""
    spread = _open(spread)
    last = spread.waves.order_by("-number").first()
    if last is None:
        raise Refused(N_("Cannot remove a wave of %(name)s: there is none."), name=spread.name)
    record(by=by, act="pilots.remove_wave", thing=spread, about={"wave": last.number})
    last.delete()


@transaction.atomic
def settle_order(
    *, by: Actor, spread: Spread, at: datetime, on: date, seed: str = "", units: Sequence[str] = ()
) -> Spread:
    """Which unit begins in which wave: drawn by lot from the seed, or, without one, in the order of `units` (keys).

    It is settled once, before the first wave begins, and the ledger keeps the seed and the whole order: whoever has
    them draws it again (`rules.order.drawn`). A unit that has left takes no place.
    """
    spread = _open(spread)
    waves = list(spread.waves.order_by("number"))
    adoptions = {one.unit.key: one for one in spread.adoptions.filter(left_on=None).select_related("unit")}
    if not waves or not adoptions:
        raise Refused(N_("Cannot settle the order of %(name)s: it needs units and waves."), name=spread.name)
    if on >= waves[0].starts_on:
        raise Refused(
            N_("Cannot settle the order of %(name)s: its first wave began on %(day)s."),
            name=spread.name,
            day=said(waves[0].starts_on),
        )
    places = in_waves(len(adoptions), [wave.capacity for wave in waves])
    order = drawn(list(adoptions), seed) if seed else [key for key in units if key in adoptions]
    if len(order) != len(adoptions):
        raise Refused(
            N_("Cannot settle the order of %(name)s: the list has changed. Load the page again."), name=spread.name
        )
    for place, (key, wave) in enumerate(zip(order, places, strict=True), 1):
        adoptions[key].place, adoptions[key].wave = place, waves[wave]
    Adoption.objects.bulk_update(adoptions.values(), ["place", "wave"])
    spread.order = Spread.Order.DRAWN if seed else Spread.Order.LIST
    spread.seed, spread.settled_at, spread.settled_by = seed, at, by.actor_key
    spread.save(update_fields=["order", "seed", "settled_at", "settled_by"])
    about = {"seed": seed, "order": order, "waves": [wave.capacity for wave in waves]}
    record(by=by, act="pilots.settle_order", thing=spread, about=about)
    return spread


@transaction.atomic
def leave_spread(*, by: Actor, adoption: Adoption, reason: str, on: date) -> Adoption:
    """A unit does not go on. It keeps its place in a settled order, so that what was drawn stays what it was."""
    held_spread(adoption.spread)
    adoption = Adoption.objects.select_related("unit", "spread").get(pk=adoption.pk)
    if not reason.strip():
        raise Refused(N_("Cannot enter that the unit leaves: say why."))
    if adoption.left_on is not None:
        raise Refused(N_("Cannot enter that the unit leaves: it left on %(day)s."), day=said(adoption.left_on))
    adoption.left_on, adoption.left_reason = on, reason.strip()
    adoption.save(update_fields=["left_on", "left_reason"])
    record(by=by, act="pilots.leave_spread", thing=adoption, about={"unit": adoption.unit.key})
    return adoption
