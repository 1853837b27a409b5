"""Published scores: campaigns that a unit in care held or was asked by, and every unit's result in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.db.models import QuerySet
from django.http import Http404

from lantoa.api.queries.paging import part_of
from lantoa.api.rules.shapes import Key, Page, Part, Says
from lantoa.api.views.calling import Call
from lantoa.api.views.operations import get
from lantoa.common.refused import N_
from lantoa.readiness.models import Campaign, Result
from lantoa.readiness.queries.campaigns import campaigns_in
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules.numbers import SCALE

Score = Annotated[Decimal | None, Says(N_("Exact, as text; null where it is not known."))]


@dataclass(frozen=True)
class CampaignsAsked(Part):
    """Which campaigns are wanted."""

    index: Annotated[str | None, Says(N_("Only those of the index with this code."), most=40)] = None
    year: Annotated[int | None, Says(N_("Only those of this year."), least=1900, most=2200)] = None


@dataclass(frozen=True)
class CampaignSeen:
    """A published campaign."""

    key: Key
    unit: Annotated[Key, Says(N_("The unit that held it."))]
    title: str
    year: int
    index: Annotated[str, Says(N_("The code of the index."))]
    version: Annotated[str, Says(N_("The version of the index: no score without it."))]
    sha256: Annotated[str, Says(N_("The fingerprint of the file of that version."))]
    on: Annotated[date, Says(N_("The day on which its units stood."))]
    published_at: datetime
    is_demonstration: bool


@dataclass(frozen=True)
class PartOfScore:
    """A pillar of a score."""

    code: str
    score: Score


@dataclass(frozen=True)
class ScoreSeen:
    """A unit in a published campaign."""

    key: Key
    unit: Key
    version: Annotated[str, Says(N_("The index and its version by which it was reckoned."))]
    score: Score
    rank: Annotated[int | None, Says(N_("Its place; null without a score."))]
    shared: Annotated[int, Says(N_("How many share the place."))]
    rank_low: Annotated[int | None, Says(N_("The best place when weighed otherwise."))]
    rank_high: Annotated[int | None, Says(N_("The worst place when weighed otherwise."))]
    band: Annotated[str, Says(N_("The code of its band."))]
    pillars: tuple[PartOfScore, ...]
    missing: Annotated[tuple[str, ...], Says(N_("The codes of the components that were not answered."))]


@get("readiness", needs="readiness.view", says=N_("The published campaigns of units in care"))
def list_campaigns(call: Call, query: CampaignsAsked) -> Page[CampaignSeen]:
    """Those that units in care held or were asked by, in the order of their entry; none before it is published."""
    rows = _campaigns(call)
    if query.index:
        rows = rows.filter(version__code=query.index)
    if query.year:
        rows = rows.filter(year=query.year)
    part, following = part_of(rows, query)
    return Page(tuple(_seen(one) for one in part), following)


@get("readiness/{key}", needs="readiness.view", says=N_("One published campaign"))
def show_campaign(call: Call, key: str) -> CampaignSeen:
    """One that no unit in care held or was asked by is not found, nor one that is not published."""
    return _seen(_load(call, key))


@get("readiness/{key}/results", needs="readiness.view", says=N_("The score of every unit in a campaign"))
def list_scores(call: Call, key: str, query: Part) -> Page[ScoreSeen]:
    """What everybody sees from the publication on: score, place, pillars. Single answers are not given out."""
    found = _load(call, key)
    pillars = [pillar.code for pillar in index_of(found.version).pillars]
    part, following = part_of(found.results.select_related("unit"), query)
    return Page(tuple(_scored(one, str(found.version), pillars) for one in part), following)


def _campaigns(call: Call) -> "QuerySet[Campaign]":
    return campaigns_in(call.care()).filter(state=Campaign.State.PUBLISHED)


def _load(call: Call, key: str) -> Campaign:
    found = _campaigns(call).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _seen(found: Campaign) -> CampaignSeen:
    assert found.published_at is not None
    return CampaignSeen(
        key=found.key,
        unit=found.unit.key,
        title=found.title,
        year=found.year,
        index=found.version.code,
        version=found.version.version,
        sha256=found.version.sha256,
        on=found.on,
        published_at=found.published_at,
        is_demonstration=found.is_demonstration,
    )


def _scored(row: Result, version: str, pillars: list[str]) -> ScoreSeen:
    scores: Mapping[str, int | None] = row.pillars
    return ScoreSeen(
        key=row.key,
        unit=row.unit.key,
        version=version,
        score=_exact(row.score),
        rank=row.rank,
        shared=row.shared,
        rank_low=row.rank_low,
        rank_high=row.rank_high,
        band=row.band,
        pillars=tuple(PartOfScore(code, _exact(scores.get(code))) for code in pillars),
        missing=tuple(row.missing),
    )


def _exact(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value) / SCALE
