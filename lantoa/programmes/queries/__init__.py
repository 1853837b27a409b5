"""What programmes can tell: which there are, which units their files name, how a unit is named in full."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q, QuerySet

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold, spell
from lantoa.directory.models import Level, Placement, Unit
from lantoa.directory.rules.naming import folded_name
from lantoa.programmes.models import Field, Partner, Programme
from lantoa.programmes.rules import BEFORE, OVER, RUNNING

Names = tuple[str, ...]
HIGHEST = 8  # steps from a unit up to the country


def find_programmes(
    programmes: "QuerySet[Programme]", *, text: str = "", field: str = "", stage: str = "", on: date
) -> "QuerySet[Programme]":
    """The programmes whose name, code or decision holds `text`, of a field of work, at a stage on that day."""
    if text:
        programmes = programmes.filter(
            Q(name__icontains=text) | Q(code__icontains=text) | Q(decision__number__icontains=text)
        )
    if field:
        programmes = programmes.filter(fields=field)
    stages = {
        BEFORE: Q(period__startswith__gt=on),
        RUNNING: Q(period__contains=on),
        OVER: Q(period__endswith__lte=on),
    }
    if stage in stages:
        programmes = programmes.filter(stages[stage])
    return programmes.select_related("decision", "unit").order_by("-period__startswith", "code")


def unit_called(text: str, *, on: date) -> Unit:
    """The one unit that a text like "Phường Phước Long A, Quận 9" means on that day; refused otherwise."""
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    found = find_units([names], on=on)[names] if names else []
    if len(found) == 1:
        return found[0]
    day = f"{on:%d/%m/%Y}"
    if not found:
        raise Refused(N_("There was no unit %(unit)s on %(day)s."), unit=text, day=day)
    raise Refused(
        N_("%(unit)s can mean %(count)d units on %(day)s. Say under which unit it stands."),
        unit=text,
        count=len(found),
        day=day,
    )


def unit_in_words(unit: Unit, *, on: date) -> str:
    """How a unit is named in full: "Phường Phước Long A, Quận 9, Thành phố Hồ Chí Minh"."""
    return ", ".join(names_of_units([unit.pk], on=on).get(unit.pk, ()))


def partners_by_role(programme: Programme) -> dict[str, list[Partner]]:
    """The partners of a programme by their role, roles in their order, empty ones left out."""
    found: dict[str, list[Partner]] = {role: [] for role in Partner.Role.values}
    for partner in programme.partners.order_by("position", "id"):
        found[partner.role].append(partner)
    return {role: partners for role, partners in found.items() if partners}


def fields_by_name(language: str) -> "QuerySet[Field]":
    """All fields of work in the order of their names."""
    return Field.objects.order_by("name_en" if language.startswith("en") else "code")


def find_units(names: Collection[Names], *, on: date) -> dict[Names, list[Unit]]:
    """For names, smallest first ("Phường Phước Long A", "Quận 9"), the units they can mean on that day.

    The first name is the unit's own, each further one that of a unit above it, at any height. Spelling counts as
    people read it: old and new tone marks, capitals and spaces make no difference. One query a level at most.
    """
    first = {spelling for name in names for spelling in (fold(name[0]), folded_name("", name[0]))}
    candidates = list(Placement.objects.filter(folded__in=first, period__contains=on).select_related("unit"))
    above = _above(candidates, on)
    by_name: dict[str, list[Placement]] = {}
    for placement in candidates:
        by_name.setdefault(spell(placement.full_name), []).append(placement)
    found = {}
    for name in names:
        wanted = [spell(part) for part in name[1:]]
        found[name] = [
            placement.unit
            for placement in by_name.get(spell(name[0]), [])
            if _in_order(wanted, _names_above(placement, above))
        ]
    return found


def find_unit_by_code(code: str, level: str, *, on: date) -> Unit | None:
    """The unit that has an official code on that day."""
    placement = Placement.objects.filter(code=code, level=level, period__contains=on).select_related("unit").first()
    return placement.unit if placement else None


def names_of_units(units: Iterable[int], *, on: date) -> dict[int, Names]:
    """For each unit (by id) its names, smallest first, up to but without the country, as they were on that day.

    A unit that stood nowhere on that day is named as it was last before it, or first after it.
    """
    wanted = set(units)
    placements = {p.unit_id: p for p in Placement.objects.filter(unit__in=wanted, period__contains=on)}
    for placement in Placement.objects.filter(unit__in=wanted - set(placements)).order_by("-period"):
        known = placements.get(placement.unit_id)
        if known is None or known.period.lower > on:
            placements[placement.unit_id] = placement
    above = _above(placements.values(), on)
    return {pk: (p.full_name, *_names_above(p, above, as_written=True)) for pk, p in placements.items()}


def _above(placements: Iterable[Placement], on: date) -> dict[int, Placement]:
    """The placements of everything above, by unit."""
    found: dict[int, Placement] = {}
    wanted = {placement.parent_id for placement in placements if placement.parent_id}
    for _ in range(HIGHEST):
        wanted -= set(found)
        if not wanted:
            break
        step = list(Placement.objects.filter(unit__in=wanted, period__contains=on))
        found |= {placement.unit_id: placement for placement in step}
        wanted = {placement.parent_id for placement in step if placement.parent_id}
    return found


def _names_above(placement: Placement, above: dict[int, Placement], *, as_written: bool = False) -> list[str]:
    names: list[str] = []
    parent = above.get(placement.parent_id or 0)
    while parent and len(names) < HIGHEST:
        if not (as_written and parent.level == Level.COUNTRY):
            names.append(parent.full_name if as_written else spell(parent.full_name))
        parent = above.get(parent.parent_id or 0)
    return names


def _in_order(wanted: list[str], names: list[str]) -> bool:
    """Whether all wanted names stand among `names` in this order."""
    rest = iter(names)
    return all(name in rest for name in wanted)
