"""Units: what stood where on a day, what came before and after, and what is not known."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from lantoa.common.ready import array, columns
from lantoa.directory.models import (
    Coverage,
    Decision,
    Level,
    Placement,
    Snapshot,
    Succession,
    SuccessionLink,
    Unit,
)
from lantoa.directory.rules.finding import Entry, Finder, Found, rank
from lantoa.directory.rules.naming import flat, level_rank, wanted
from lantoa.directory.rules.periods import Period

STANDS, NOT_YET, ENDED, NOT_KNOWN = "stands", "not_yet", "ended", "not_known"

UNDER = """
    WITH RECURSIVE under(id, unit_id) AS (
        SELECT p.id, p.unit_id FROM directory_placement p
         WHERE p.parent_id = ANY(%s::bigint[]) AND p.period @> %s::date
        UNION ALL
        SELECT p.id, p.unit_id FROM under u JOIN directory_placement p ON p.parent_id = u.unit_id
         WHERE p.period @> %s::date
    ) SELECT id FROM under
"""

PATH = """
    WITH RECURSIVE path(id, parent_id, depth) AS (
        SELECT p.id, p.parent_id, 0 FROM directory_placement p WHERE p.unit_id = %s AND p.period @> %s::date
        UNION ALL
        SELECT p.id, p.parent_id, path.depth + 1 FROM path
          JOIN directory_placement p ON p.unit_id = path.parent_id AND p.period @> %s::date
    ) SELECT id FROM path ORDER BY depth DESC
"""

# Of a unit's placements p: the one on a day, or failing that, the last one before, or the first after.
BY_NEARNESS = """CASE WHEN p.period @> %s::date THEN 0 WHEN lower(p.period) <= %s::date THEN 1 ELSE 2 END,
              CASE WHEN lower(p.period) <= %s::date THEN -(lower(p.period) - DATE '1900-01-01')
                   ELSE lower(p.period) - DATE '1900-01-01' END"""

NEAREST = f"""
    SELECT DISTINCT ON (p.unit_id) p.id FROM directory_placement p
     WHERE p.unit_id = ANY(%s::bigint[])
     ORDER BY p.unit_id, {BY_NEARNESS}
"""

IN_ORDER = f"""
    SELECT u.id, u.key, coalesce(nullif(trim(c.kind || ' ' || c.name), ''), u.key)
      FROM directory_unit u LEFT JOIN LATERAL (
           SELECT p.kind, p.name, p.sort_key FROM directory_placement p WHERE p.unit_id = u.id
            ORDER BY {BY_NEARNESS} LIMIT 1) c ON true
     WHERE u.id IN ({{units}})
     ORDER BY c.sort_key, u.id
"""


@dataclass(frozen=True)
class Standing:
    """Where a unit stood on a day. `placement` is set only when it stood; `nearest` is what to call it otherwise.

    `state`: "stands"; "not_yet" (founded on `day` by `decision`); "ended" (on `day`, by `decision` if one is named);
    "not_known" (the directory begins to know on `day`, or nothing at all says so).
    """

    unit: Unit
    on: date
    state: str
    placement: Placement | None
    nearest: Placement | None
    day: date | None = None
    decision: Decision | None = None
    snapshot: Snapshot | None = None

    @property
    def name(self) -> str:
        return self.nearest.full_name if self.nearest else ""


@dataclass(frozen=True)
class Kin:
    """A forebear or an heir: the unit as it was called then, the day, and how it went there."""

    unit: Unit
    placement: Placement | None
    day: date
    kind: str
    whole: bool
    default: bool
    decision: Decision | None
    snapshot: Snapshot | None


@dataclass(frozen=True)
class Life:
    """A unit's own stages, those it came from and those that came after, as far as the day asked."""

    stages: Sequence[Placement]
    forebears: Sequence[Kin]
    heirs: Sequence[Kin]


def unit_at(level: str, code: str, *, on: date) -> Unit | None:
    """The unit that bore this official code on that day. A code alone is no identity."""
    return Unit.objects.filter(
        placements__level=level, placements__code=code, placements__period__contains=on
    ).first()


def standing(unit: Unit, *, on: date) -> Standing:
    """Whether and where the unit stood on that day, and if not, what is known of it."""
    return standings([unit], on=on)[unit.pk]


def standings(units: Iterable[Unit], *, on: date) -> dict[int, Standing]:
    """The same of many, by unit (id). Two queries at most, however many units."""
    asked = {unit.pk: unit for unit in units}
    if not asked:
        return {}
    stages: dict[int, list[Placement]] = {pk: [] for pk in asked}
    rows = Placement.objects.filter(unit__in=list(asked)).order_by("period")
    for row in rows.select_related("decision", "snapshot", "ended_by", "parent"):
        row.unit = asked[row.unit_id]
        stages[row.unit_id].append(row)
    over = [pk for pk, known in stages.items() if known and _is_over(known[-1], on)]
    went = _ends(over) if over else {}
    return {pk: _standing(unit, stages[pk], went, on) for pk, unit in asked.items()}


def _ends(units: list[int]) -> "dict[tuple[int, date], Succession]":
    """What units (ids) went into, by unit and day."""
    links = SuccessionLink.objects.filter(forebear__in=units)
    found: dict[tuple[int, date], Succession] = {}
    for link in links.select_related("succession__decision", "succession__snapshot").order_by("succession", "pk"):
        found.setdefault((link.forebear_id, link.succession.day), link.succession)
    return found


def _is_over(stage: Placement, on: date) -> bool:
    return stage.period.upper is not None and stage.period.upper <= on


def _standing(unit: Unit, stages: list[Placement], ends: "dict[tuple[int, date], Succession]", on: date) -> Standing:
    now = next((stage for stage in stages if _holds(stage, on)), None)
    if now is not None:
        return Standing(unit, on, STANDS, now, now, now.period.lower, now.decision, now.snapshot)
    if not stages:
        return Standing(unit, on, NOT_KNOWN, None, None)
    first, last = stages[0], stages[-1]
    if on < first.period.lower:
        state = NOT_YET if first.decision_id else NOT_KNOWN
        return Standing(unit, on, state, None, first, first.period.lower, first.decision, first.snapshot)
    if _is_over(last, on):
        went = ends.get((unit.pk, last.period.upper))
        state = ENDED if last.ended_by_id or went else NOT_KNOWN
        decision = last.ended_by or (went.decision if went else None)
        snapshot = went.snapshot if went and not decision else None
        return Standing(unit, on, state, None, last, last.period.upper, decision, snapshot)
    before = [stage for stage in stages if stage.period.lower <= on][-1]
    return Standing(unit, on, NOT_KNOWN, None, before, before.period.upper)


def _holds(placement: Placement, on: date) -> bool:
    return Period(placement.period.lower, placement.period.upper).holds(on)


def units_under(unit: Unit, *, on: date, level: str | None = None) -> "QuerySet[Placement]":
    """The placements of everything under the unit on that day, at every depth, in the order of names. One query."""
    found = Placement.objects.filter(id__in=RawSQL(UNDER, [[unit.pk], on, on])).select_related("unit")
    return (found.filter(level=level) if level else found).order_by("sort_key", "code", "id")


def children(unit: Unit, *, on: date) -> "QuerySet[Placement]":
    """The placements directly under the unit on that day, in the order of names. One query."""
    return (
        Placement.objects.filter(parent=unit, period__contains=on)
        .select_related("unit")
        .order_by("sort_key", "code", "id")
    )


def roots(*, on: date) -> "QuerySet[Placement]":
    """What stood under nothing on that day: the country."""
    return Placement.objects.filter(parent=None, period__contains=on).select_related("unit").order_by("sort_key")


def path(unit: Unit, *, on: date) -> list[Placement]:
    """From the country down to the unit, itself last, on that day; empty when it did not stand. One query."""
    placements = Placement.objects.filter(id__in=RawSQL(PATH, [unit.pk, on, on])).select_related("unit")
    by_unit = {placement.unit_id: placement for placement in placements}
    steps: list[Placement] = []
    step = by_unit.get(unit.pk)
    while step is not None:
        steps.append(step)
        step = by_unit.get(step.parent_id) if step.parent_id else None
    return steps[::-1]


def names(units: Iterable[int], *, on: date) -> dict[int, Placement]:
    """What units (by id) were called on that day, or failing that, the last time before, or the first after.

    One query. For lists that must name units whether or not they stood on the day.
    """
    ids = list(set(units))
    if not ids:
        return {}
    placement, unit = columns(Placement, "c")[0], columns(Unit, "u")[0]
    with connection.cursor() as cursor:
        cursor.execute(_named(), [array(ids), on, on, on])
        rows = cursor.fetchall()
    found = {}
    for row in rows:
        one: Placement = Placement.from_db("default", placement, row[: len(placement)])
        one.unit = Unit.from_db("default", unit, row[len(placement) :])
        found[one.unit_id] = one
    return found


@cache
def _named() -> str:
    """Asked on most pages: put together once (decision 0034)."""
    return f"""SELECT {columns(Placement, "c")[1]}, {columns(Unit, "u")[1]}
        FROM directory_placement c JOIN directory_unit u ON u.id = c.unit_id WHERE c.id IN ({NEAREST})"""


class Called(NamedTuple):
    """A unit and its name on a day."""

    id: int
    key: str
    full_name: str


def in_order_of_names(units: "QuerySet[Any, Any]", *, on: date) -> list[Called]:
    """The units of a query of ids with their names on that day, as `names` has them, in the order of names.

    A unit without any name is called by its key. One query; for lists of thousands, of which one page is shown.
    """
    wanted_ids, values = units.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER.format(units=wanted_ids), [on, on, on, *values])
        return [Called(*row) for row in cursor.fetchall()]


def life(unit: Unit, *, on: date) -> Life:
    """The unit's stages begun by that day, its forebears, and the heirs that stood in its place by that day."""
    stages = list(
        unit.placements.filter(period__startswith__lte=on)
        .select_related("decision", "snapshot", "ended_by")
        .order_by("period")
    )
    links = SuccessionLink.objects.filter(succession__day__lte=on).select_related(
        "succession__decision", "succession__snapshot"
    )
    came = list(links.filter(heir=unit).select_related("forebear"))
    went = list(links.filter(forebear=unit).select_related("heir"))
    called = _called_around([(link, "forebear") for link in came] + [(link, "heir") for link in went])
    return Life(
        stages,
        _kin(came, "forebear", called),
        _kin(went, "heir", called),
    )


def _called_around(links: "list[tuple[SuccessionLink, str]]") -> dict[tuple[int, date], Placement]:
    """What the kin were called: a forebear the last day before, an heir on the day."""
    ids = {getattr(link, f"{side}_id") for link, side in links}
    by_unit: dict[int, list[Placement]] = {}
    for placement in Placement.objects.filter(unit_id__in=ids).order_by("period"):
        by_unit.setdefault(placement.unit_id, []).append(placement)
    called: dict[tuple[int, date], Placement] = {}
    for link, side in links:
        unit_id, day = getattr(link, f"{side}_id"), link.succession.day
        for placement in by_unit.get(unit_id, []):
            until = placement.period.upper
            fits = until == day or _holds(placement, day) if side == "forebear" else _holds(placement, day)
            if fits:
                called.setdefault((unit_id, day), placement)
    return called


def _kin(links: "list[SuccessionLink]", side: str, called: dict[tuple[int, date], Placement]) -> list[Kin]:
    kin = [
        Kin(
            unit=getattr(link, side),
            placement=called.get((getattr(link, f"{side}_id"), link.succession.day)),
            day=link.succession.day,
            kind=link.succession.kind,
            whole=link.whole,
            default=link.default,
            decision=link.succession.decision,
            snapshot=link.succession.snapshot,
        )
        for link in links
    ]
    return sorted(kin, key=_rank_of_kin)


def _rank_of_kin(kin: Kin) -> tuple[date, bool, bool, int, str]:
    """By day; what was joined or divided before what was only dissolved into it; the default first; then by name."""
    placement = kin.placement
    dissolved = kin.kind == Succession.Kind.DISSOLVED
    rank = level_rank(placement.level) if placement else 0
    return kin.day, dissolved, not kin.default, rank, placement.sort_key if placement else ""


def coverage_known(unit: Unit, *, on: date) -> bool:
    """Whether the units directly under this one are known completely for that day."""
    return Coverage.objects.filter(unit=unit, period__contains=on).exists()


# ---- finding


def search_units(text: str, *, on: date | None = None, limit: int = 50) -> list[Placement]:
    """Placements whose names answer the words, one per unit, best first; `on`: those standing that day come first.

    Marks, capitals, tone placement and kind words ("p.", "q9", "quận 09") do not matter; old names are found too.
    """
    words = wanted(text)
    sought = words.name or flat(text)
    if not sought:
        return []
    found = Placement.objects.filter(folded__contains=sought).select_related("unit", "parent")
    if words.kind and len(sought) <= 2:
        found = found.filter(folded__in=[words.full, flat(text)])
    best: dict[int, tuple[tuple[int, ...], Placement]] = {}
    for placement in found[:2_000]:
        stands = on is not None and _holds(placement, on)
        order = (*rank(text, placement.folded, placement.level, stands), -placement.period.lower.toordinal())
        if placement.unit_id not in best or order < best[placement.unit_id][0]:
            best[placement.unit_id] = (order, placement)
    ordered = sorted(best.values(), key=lambda pair: (pair[0][:-1], pair[1].sort_key, pair[1].pk))
    return [placement for _, placement in ordered[:limit]]


def unit_finder() -> Finder:
    """Everything that `Finder.resolve` needs, in one query. For imports: make it once, ask it for each row."""
    rows = Placement.objects.values_list(
        "unit_id", "period__startswith", "period__endswith", "level", "kind", "name", "folded", "parent_id"
    ).order_by("period")
    return Finder(
        Entry(unit, Period(since, until), level, kind, name, folded, parent)
        for unit, since, until, level, kind, name, folded, parent in rows.iterator(chunk_size=5_000)
    )


def resolve(
    unit_text: str,
    district_text: str = "",
    province_text: str = "",
    *,
    on: date,
    within: Container[int] | None = None,
) -> Found:
    """Which unit these words mean on that day (`Finder.resolve`). Many rows: keep one `unit_finder()` and ask it."""
    return unit_finder().resolve(unit_text, district_text, province_text, on=on, within=within)


__all__ = [
    "ENDED",
    "NOT_KNOWN",
    "NOT_YET",
    "STANDS",
    "Kin",
    "Level",
    "Life",
    "Standing",
    "children",
    "coverage_known",
    "life",
    "names",
    "path",
    "resolve",
    "roots",
    "search_units",
    "standing",
    "standings",
    "unit_at",
    "unit_finder",
    "units_under",
]
