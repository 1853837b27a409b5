"""Last year against this year, across other rules and other units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lantoa.directory.models import SuccessionLink, Unit
from lantoa.directory.queries.units import names
from lantoa.readiness.models import Answer as Kept
from lantoa.readiness.models import Campaign, Result, Sheet
from lantoa.readiness.queries.campaigns import Table
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules.answers import reckoned
from lantoa.readiness.rules.engine import score
from lantoa.readiness.rules.results import Rank, carried, joined, ranks
from lantoa.readiness.rules.scoring import Answer
from lantoa.readiness.rules.structure import ROOT, STEPS, Component, Index, published


def heirs_of(units: Iterable[int], *, since: date, on: date) -> dict[int, int]:
    """What each unit of one day had become by another: its default heir, step by step; itself if it still stands."""
    links = (
        SuccessionLink.objects.filter(default=True, succession__day__gt=since, succession__day__lte=on)
        .order_by("succession__day", "id")
        .values_list("forebear_id", "heir_id")
    )
    now = {unit: unit for unit in units}
    standing: dict[int, set[int]] = {unit: {unit} for unit in now}
    for forebear, heir in links:
        for unit in standing.pop(forebear, set()):
            now[unit] = heir
            standing.setdefault(heir, set()).add(unit)
    return now


def changes_of(campaign: Campaign, index: Index, table: Table) -> dict[int, dict[str, int]]:
    """By unit: what it had, what its forebears had together, and what last year's answers would bring by this year's
    index (`rules.results.Change`); this year's score completes them. Nothing where last year is not known.

    What only this year's index asks counts with this year's answers, so that it moves the method and not the unit.
    """
    previous = campaign.previous
    if previous is None or previous.state != Campaign.State.PUBLISHED or not table.units:
        return {}
    old = index_of(previous.version)
    before = {row.unit_id: row for row in previous.results.filter(score__isnull=False)}
    heirs = heirs_of(before, since=previous.on, on=campaign.on)
    places = {unit: place for place, unit in enumerate(table.units)}
    rows = [(unit, heir) for unit, heir in heirs.items() if heir in places]
    if not rows:
        return {}
    mixed = _mixed(index, old, table, places, rows, _kept(previous, index))
    scores = score(index, mixed, len(rows))
    parts: dict[int, list[int]] = {}
    for at, (_unit, heir) in enumerate(rows):
        parts.setdefault(heir, []).append(at)
    called = names([*before, *parts], on=campaign.on) if any(len(of) > 1 for of in parts.values()) else {}
    made = {}
    for heir, of in parts.items():
        forebears = [before[rows[at][0]] for at in of]
        if len(of) == 1:
            base: int | None = forebears[0].score
            again = scores.published(of[0])
        else:
            base = published(old, joined(old, [one.nodes for one in forebears])[ROOT])
            node = [{code: column[at] for code, column in scores.nodes.items()} for at in of]
            again = published(index, joined(index, node)[ROOT])
        own = before.get(heir) or next((one for one in forebears if _same_name(called, one, heir)), None)
        if base is not None and again is not None:
            was = own.score if own is not None and own.score is not None else base
            made[heir] = {"before": was, "base": base, "rescored": again, "parts": len(of)}
    return made


def _same_name(called: Mapping[int, Any], row: Result, heir: int) -> bool:
    one, other = called.get(row.unit_id), called.get(heir)
    return one is not None and other is not None and one.folded == other.folded


def _kept(campaign: Campaign, index: Index) -> dict[int, dict[str, Any]]:
    """Last year's answers that counted, by unit and component of last year's index."""
    rows = Kept.objects.filter(sheet__campaign=campaign).exclude(sheet__state=Sheet.State.FILLING)
    found: dict[int, dict[str, Any]] = {}
    for row in rows.select_related("sheet"):
        found.setdefault(row.sheet.unit_id, {})[row.component] = row.counted
    return found


def _mixed(
    index: Index,
    old: Index,
    table: Table,
    places: Mapping[int, int],
    rows: list[tuple[int, int]],
    kept: Mapping[int, Mapping[str, Any]],
) -> dict[str, list[Answer | None]]:
    """Columns over (forebear, heir): last year's answer where both indices ask the same, else this year's."""
    same = carried(index, old)
    made: dict[str, list[Answer | None]] = {}
    for component in index.components:
        code = same.get(component.code)
        now = table.columns[component.code]
        made[component.code] = [
            now[places[heir]] if code is None else _again(component, kept.get(unit, {}).get(code), now[places[heir]])
            for unit, heir in rows
        ]
    return made


def _again(component: Component, kept: Any, now: Answer | None) -> Answer | None:
    """Last year's answer as this year's index reads it; a step that is no more is read as this year's answer."""
    if component.rule.kind == STEPS and kept not in (None, *(step.code for step in component.rule.steps)):
        return now
    return reckoned(component, kept)


@dataclass(frozen=True)
class Regrouped:
    """A unit of another day in a published ranking: made of these rows by the mean of their main indicators."""

    unit: int
    parts: tuple[Result, ...]
    score: int | None
    rank: Rank | None


def regrouped(campaign: Campaign, *, on: date) -> list[Regrouped]:
    """The second ranking: the same results for the units that stood on another day, as the ministry published the
    provinces of 2025. By rank; those without a score last."""
    index = index_of(campaign.version)
    rows = {row.unit_id: row for row in campaign.results.order_by("rank", "id")}
    groups: dict[int, list[Result]] = {}
    for unit, heir in heirs_of(rows, since=campaign.on, on=on).items():
        groups.setdefault(heir, []).append(rows[unit])
    scores: dict[int, int | None] = {}
    for heir, parts in groups.items():
        scored = [part for part in parts if part.score is not None]
        if len(parts) == 1 or not scored:
            scores[heir] = parts[0].score if len(parts) == 1 else None
        else:
            scores[heir] = published(index, joined(index, [part.nodes for part in scored])[ROOT])
    order = list(scores)
    places = ranks([scores[unit] for unit in order])
    made = [
        Regrouped(unit, tuple(groups[unit]), scores[unit], rank) for unit, rank in zip(order, places, strict=True)
    ]
    return sorted(made, key=lambda one: (one.rank is None, one.rank.place if one.rank else 0, one.unit))


__all__ = ["Regrouped", "Unit", "changes_of", "heirs_of", "regrouped"]
