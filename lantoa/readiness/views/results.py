"""What was published: the ranking, one unit with the path to its score, how far all of it can be trusted."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.directory.access import may, needs, today
from lantoa.directory.queries.units import names
from lantoa.readiness.models import Answer, Result
from lantoa.readiness.queries.change import regrouped
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.queries.standing import Standing, standings
from lantoa.readiness.rules.honest import DRAWS, MIDDLE, REACH
from lantoa.readiness.rules.numbers import SCALE
from lantoa.readiness.rules.results import gains
from lantoa.readiness.rules.structure import Index
from lantoa.readiness.views.reaching import (
    ANSWER,
    REVIEW,
    figure,
    holds_office,
    place_words,
    published,
    signed,
    span_words,
    title_of,
    version_title,
    way,
)
from lantoa.readiness.views.saying import because, together_words

PAGE = 50
GAINS = 8


@needs("readiness.view")
@require_safe
def results(request: HttpRequest, key: str) -> HttpResponse:
    """The ranking, with ties, the places when weighed otherwise, every pillar, and who is missing."""
    found = published(request, key)
    index = index_of(found.version)
    page = Paginator(standings(found), PAGE).get_page(request.GET.get("page"))
    called = names({one.unit for one in page}, on=found.on)
    rows = [
        {
            "url": reverse("readiness:result", args=[one.result.key]),
            "name": called[one.unit].full_name if one.unit in called else str(one.unit),
            "place": place_words(one),
            "span": span_words(one.rank_low, one.rank_high),
            "score": figure(one.score, index.decimals),
            "change": signed(one.change.total if one.change else None, index.decimals),
            "band": one.band,
            "pillars": [
                {"title": title_of(pillar.title), "score": figure(pillar.score, 2)} for pillar in one.pillars
            ],
            "missing": one.missing,
        }
        for one in page
    ]
    context = {
        "campaign": found,
        "index": version_title(found.version),
        "relative": index.is_relative,
        "own": found.version.is_own,
        "pillars": [title_of(pillar.title) for pillar in index.pillars],
        "rows": rows,
        "page": page,
        "without": found.results.filter(rank=None).count(),
        "previous": found.previous,
        "office": holds_office(request, found),
        "breadcrumbs": way(found),
    }
    return render(request, "readiness/results.html", context)


@needs("readiness.view")
@require_safe
def result(request: HttpRequest, key: str) -> HttpResponse:
    """One unit: its score and why, what would move it most, why it is another than last time.

    Single answers are shown to the unit itself and to the office only; everybody sees the pillars.
    """
    row = Result.objects.select_related("campaign__version", "unit").filter(key=key).first()
    if row is None:
        raise Http404
    found = published(request, row.campaign.key)
    index = index_of(found.version)
    one = standings(found, units=[row.unit])[0]
    called = names([row.unit_id], on=found.on)
    whole = may(request.user, ANSWER, row.unit, on=today()) or may(request.user, REVIEW, found.unit, on=today())
    places = index.decimals
    context = {
        "campaign": found,
        "result": row,
        "unit": called[row.unit_id].full_name if called else row.unit.key,
        "index": version_title(found.version),
        "own": found.version.is_own,
        "relative": index.is_relative,
        "score": figure(row.score, places),
        "declared": figure(row.declared, places) if whole and row.declared != row.score else "",
        "place": place_words(row),
        "of": one.of,
        "span": span_words(row.rank_low, row.rank_high),
        "band": next((title_of(band.title) for band in index.bands if band.code == row.band), row.band),
        "pillars": [
            {
                "title": title_of(pillar.title),
                "score": figure(pillar.score, 2),
                "value": (pillar.score or 0) / (index.times or SCALE),
                "change": signed(pillar.change, 2),
            }
            for pillar in one.pillars
        ],
        "change": _change(one, places),
        "path": _path(index, row) if whole else [],
        "gains": _gains(index, row) if whole and row.score is not None else [],
        "missing": [f"{code} {title_of(index.component[code].title)}" for code in row.missing] if whole else [],
        "missing_count": len(row.missing),
        "whole": whole,
        "breadcrumbs": [*way(found), {"label": _("Results"), "url": reverse("readiness:results", args=[found.key])}],
    }
    return render(request, "readiness/result.html", context)


def _change(one: Standing, places: int) -> list[dict[str, str]]:
    change = one.change
    if change is None:
        return []
    return [
        {"key": _("Last time"), "value": figure(change.before, places)},
        {"key": _("The unit is another"), "value": signed(change.units, places)},
        {"key": _("The method is another"), "value": signed(change.method, places)},
        {"key": _("What the unit did"), "value": signed(change.real, places)},
        {"key": _("Now"), "value": figure(change.now, places)},
    ]


def _path(index: Index, row: Result) -> list[dict[str, Any]]:
    """Group by group what was answered and what it brought: the score can be added up by hand."""
    kept = {
        answer.component: answer.counted
        for answer in Answer.objects.filter(sheet__campaign=row.campaign_id, sheet__unit=row.unit_id)
    }
    found: list[dict[str, Any]] = []
    for code in ("", *(group.code for group in index.groups)):
        group = index.group.get(code)
        asked = [child for child in index.children[code] if child.code in index.component]
        if not asked:
            continue
        found.append(
            {
                "title": title_of(group.title if group else index.title),
                "value": _of(index, row.nodes, code),
                "how": together_words(group.aggregate if group else index.aggregate),
                "steps": [
                    {
                        "title": f"{child.code} {title_of(child.title)}",
                        "because": because(
                            index.component[child.code], row.nodes.get(child.code), kept.get(child.code)
                        ),
                    }
                    for child in asked
                ],
            }
        )
    return found


def _of(index: Index, nodes: Mapping[str, int | None], code: str) -> str:
    most = index.most[code]
    places = 4 if most <= SCALE else 2
    said = {"value": figure(nodes.get(code), places), "most": figure(most, 0)}
    return _("%(value)s of %(most)s") % said


def _gains(index: Index, row: Result) -> list[dict[str, str]]:
    return [
        {
            "title": f"{gain.code} {title_of(index.component[gain.code].title)}",
            "gain": signed(gain.gain, index.decimals),
        }
        for gain in gains(index, row.nodes)[:GAINS]
        if gain.gain
    ]


@needs("readiness.view")
@require_safe
def honesty(request: HttpRequest, key: str) -> HttpResponse:
    """How far the ranking can be trusted: what goes together, what tells no unit from another, how it was drawn."""
    found = published(request, key)
    index = index_of(found.version)

    def title(code: str) -> str:
        node = index.group.get(code) or index.component.get(code)
        return title_of(node.title) if node else code

    def ties(rows: Any) -> list[dict[str, Any]]:
        return [
            {
                "one": title(one),
                "other": title(other),
                "value": figure(int(float(value) * SCALE), 2),
                "redundant": float(value) >= 0.92,
                "opposed": float(value) < -0.3,
            }
            for one, other, value in rows
        ]

    findings = found.findings
    context = {
        "campaign": found,
        "index": version_title(found.version),
        "pillars": ties(findings.get("pillars", [])),
        "components": ties(findings.get("components", [])),
        "silent": [title(code) for code in findings.get("silent", [])],
        "draws": DRAWS,
        "reach": REACH,
        "middle": MIDDLE,
        "seed": found.seed,
        "missing": found.results.exclude(missing=[]).count(),
        "total": found.results.count(),
        "relative": index.is_relative,
        "breadcrumbs": [*way(found), {"label": _("Results"), "url": reverse("readiness:results", args=[found.key])}],
    }
    return render(request, "readiness/honesty.html", context)


@needs("readiness.view")
@require_safe
def merged(request: HttpRequest, key: str) -> HttpResponse:
    """The second ranking: the same results for the units that stand today."""
    found = published(request, key)
    index = index_of(found.version)
    rows = regrouped(found, on=today())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    now = names({one.unit for one in page}, on=today())
    then = names({part.unit_id for one in page for part in one.parts}, on=found.on)
    context = {
        "campaign": found,
        "index": version_title(found.version),
        "day": today(),
        "units": len(rows),
        "parts": sum(len(one.parts) for one in rows),
        "rows": [
            {
                "name": now[one.unit].full_name if one.unit in now else str(one.unit),
                "place": "–"
                if one.rank is None
                else f"{one.rank.place}="
                if one.rank.is_tie
                else str(one.rank.place),
                "score": figure(one.score, index.decimals),
                "parts": [
                    {
                        "name": then[part.unit_id].full_name if part.unit_id in then else "",
                        "url": reverse("readiness:result", args=[part.key]),
                        "score": figure(part.score, index.decimals),
                        "place": place_words(part),
                    }
                    for part in one.parts
                ],
            }
            for one in page
        ],
        "page": page,
        "breadcrumbs": [*way(found), {"label": _("Results"), "url": reverse("readiness:results", args=[found.key])}],
    }
    return render(request, "readiness/merged.html", context)
