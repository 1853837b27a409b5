"""A campaign scored: from the answers of its units to the rows that are published."""

from typing import Any

from lantoa.readiness.models import Campaign, Result
from lantoa.readiness.queries.campaigns import answers_of
from lantoa.readiness.queries.change import changes_of
from lantoa.readiness.rules.engine import score
from lantoa.readiness.rules.honest import correlations, intervals, silent
from lantoa.readiness.rules.results import band_of, ranks
from lantoa.readiness.rules.structure import ROOT, Index

TIES_KEPT = 60


def published_rows(campaign: Campaign, index: Index) -> tuple[list[Result], dict[str, Any]]:
    """A row for every unit of the campaign, unsaved, and what else is frozen with them.

    A unit that never handed in has no score and no place: nothing is known of it, which is not nothing earned.
    """
    table = answers_of(campaign, index)
    count = len(table.units)
    scores = score(index, table.columns, count)
    declared = score(index, answers_of(campaign, index, as_declared=True).columns, count)
    values = [scores.published(place) for place in range(count)]
    places = ranks(values)
    spans = intervals(index, scores.nodes, scores.missing, seed=campaign.seed)
    changes = changes_of(campaign, index, table)
    missing: list[list[str]] = [[] for _unit in table.units]
    for code, absent in scores.missing.items():
        for place in absent:
            missing[place].append(code)
    rows = []
    for place, unit in enumerate(table.units):
        rank, span, band = places[place], spans[place], band_of(index, values[place])
        rows.append(
            Result(
                campaign=campaign,
                unit_id=unit,
                score=values[place],
                declared=declared.published(place),
                rank=rank.place if rank else None,
                shared=rank.shared if rank else 1,
                rank_low=span.low if span else None,
                rank_high=span.high if span else None,
                band=band.code if band else "",
                nodes={code: column[place] for code, column in scores.nodes.items()},
                pillars={pillar.code: scores.published(place, pillar.code) for pillar in index.pillars},
                change=changes.get(unit),
                missing=missing[place],
            )
        )
    never = campaign.sheets.exclude(unit__in=table.units).order_by("id").values_list("unit_id", flat=True)
    all_ = [component.code for component in index.components]
    rows += [Result(campaign=campaign, unit_id=unit, nodes={}, pillars={}, missing=all_) for unit in never]
    return rows, _findings(index, scores.nodes)


def _findings(index: Index, nodes: Any) -> dict[str, Any]:
    """How the pillars, and the components, go together; the components that tell no unit from another."""
    scored = [one.code for one in index.components if one.is_scored]
    pillars = [pillar.code for pillar in index.pillars if index.most[pillar.code]]
    close = [tie for tie in correlations(nodes, scored) if tie.is_redundant or tie.is_opposed]
    return {
        "pillars": [[tie.one, tie.other, f"{tie.value:.3f}"] for tie in correlations(nodes, pillars)],
        "components": [[tie.one, tie.other, f"{tie.value:.3f}"] for tie in close[:TIES_KEPT]],
        "silent": silent(nodes, scored),
        "whole": len(nodes[ROOT]),
    }
