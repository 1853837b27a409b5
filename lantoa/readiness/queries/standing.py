"""How ready units are, for the rooms above: scores by pillar with their change, and who is ready for what.

All of it is of published campaigns; nothing here is provisional. Scores are millionths of the published scale.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import JSONObject

from lantoa.common.days import ends
from lantoa.directory.models import Unit
from lantoa.readiness.models import Campaign, Result, Sheet
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules.results import Change
from lantoa.readiness.rules.structure import Title


@dataclass(frozen=True)
class Pillar:
    """One pillar of a result; `change` since the campaign before where that had the same pillar."""

    code: str
    title: Title
    score: int | None
    change: int | None


@dataclass(frozen=True)
class Standing:
    """A unit in a published campaign. `of` is how many have a place; `version` is never left away from a score."""

    unit: int
    result: Result
    year: int
    version: str
    score: int | None
    rank: int | None
    shared: int
    of: int
    rank_low: int | None
    rank_high: int | None
    band: str
    change: Change | None
    pillars: tuple[Pillar, ...]
    missing: int


COLUMNS: Final = (
    "id", "key", "unit_id", "score", "rank", "shared", "rank_low", "rank_high", "band", "pillars", "change", "missing"
)  # fmt: skip


def _published(on: date) -> "QuerySet[Campaign]":
    end = ends(on)
    found = Campaign.objects.filter(state=Campaign.State.PUBLISHED, published_at__lt=end)
    return found.select_related("version", "unit", "previous__version")


def latest_campaign(units: "QuerySet[Unit] | Iterable[Unit | int]", *, on: date) -> Campaign | None:
    """The campaign published last by that day in which one of these units has a result. One query."""
    return latest_of(units, on=on).first()


def latest_of(units: "QuerySet[Unit] | Iterable[Unit | int]", *, on: date) -> "QuerySet[Campaign]":
    """The campaigns published by that day in which one of these units has a result, the latest first."""
    return _published(on).filter(results__unit__in=units).order_by("-year", "-published_at", "-id")


def standings(
    campaign: Campaign, *, units: "QuerySet[Unit] | Iterable[Unit | int] | None" = None, nodes: bool = False
) -> list[Standing]:
    """The results of a published campaign (of these units only), by rank, those without a score last. Three queries,
    however many units. `nodes`: with what each component and group gave, a hundred figures a unit."""
    found = campaign.results.all() if nodes else campaign.results.defer("nodes")
    rows = found.order_by(F("rank").asc(nulls_last=True), "id")
    rows = rows if units is None else rows.filter(unit__in=units)
    before = {}
    if campaign.previous_id is not None:
        before = dict(Result.objects.filter(campaign=campaign.previous_id).values_list("unit_id", "pillars"))
    return _told(campaign, list(rows), before, campaign.results.filter(rank__isnull=False).count())


@dataclass(frozen=True)
class Measured:
    """A published campaign with the results of some units in it, by rank, those without a score last."""

    campaign: Campaign
    standings: list[Standing]


def measured(unit: Unit, below: Iterable[int], *, on: date) -> tuple[Measured | None, Measured | None]:
    """The campaign published last by that day in which the unit has a result, with this; and the one in which units
    below it (ids) have results, with theirs: the last that measured half of them, if none did the last of all. One
    query for both, however many units."""
    wanted = list(below)
    own = latest_of([unit.pk], on=on).values("pk")[:1]
    counted = _published(on).annotate(of_them=Count("results", filter=Q(results__unit__in=wanted)))
    few = Case(When(of_them__gte=(len(wanted) + 1) // 2, then=0), default=1)
    theirs = counted.filter(of_them__gt=0).order_by(few, "-year", "-published_at", "-id").values("pk")[:1]
    results = Result.objects.filter(campaign=OuterRef("pk"), unit__in=[unit.pk, *wanted])
    before = Result.objects.filter(campaign=OuterRef("campaign__previous"), unit=OuterRef("unit")).values("pillars")
    columns = {name: name for name in COLUMNS}
    rows = _published(on).annotate(
        is_own=ExpressionWrapper(Q(pk=Subquery(own)), output_field=BooleanField()),
        is_theirs=ExpressionWrapper(Q(pk=Subquery(theirs)), output_field=BooleanField()),
    )
    found = rows.filter(Q(is_own=True) | Q(is_theirs=True)).annotate(
        rows=ArraySubquery(results.values(row=JSONObject(**columns, before=Subquery(before)))),
        ranked=Subquery(
            Result.objects.filter(campaign=OuterRef("pk"), rank__isnull=False)
            .order_by()
            .values("campaign")
            .annotate(n=Count("pk"))
            .values("n")
        ),
    )
    chosen: dict[str, Any] = {}
    for campaign in found:
        chosen |= {name: campaign for name in ("is_own", "is_theirs") if getattr(campaign, name)}
    return _with(chosen.get("is_own"), {unit.pk}), _with(chosen.get("is_theirs"), set(wanted))


def _with(campaign: Any, units: set[int]) -> Measured | None:
    """A campaign with the results of these units."""
    if campaign is None:
        return None
    rows = [row for row in campaign.rows if row["unit_id"] in units]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0, row["id"]))
    results = [Result(campaign=campaign, **{name: row[name] for name in COLUMNS}) for row in rows]
    before = {row["unit_id"]: row["before"] or {} for row in rows}
    return Measured(campaign, _told(campaign, results, before, campaign.ranked or 0))


def standing_of(unit: Unit, *, on: date) -> Standing | None:
    """How ready the unit was found last by that day; None when it was never measured."""
    campaign = latest_campaign([unit], on=on)
    return next(iter(standings(campaign, units=[unit])), None) if campaign else None


def candidates(
    campaign: Campaign, *, least: int = 0, pillar: str = "", units: "QuerySet[Unit] | None" = None
) -> list[Standing]:
    """The units whose score (or that of a pillar) is at least so much, the readiest first, ties by rank."""

    def value(one: Standing) -> int | None:
        if not pillar:
            return one.score
        return next((part.score for part in one.pillars if part.code == pillar), None)

    found = [(score, one) for one in standings(campaign, units=units) if (score := value(one)) is not None]
    return [one for score, one in sorted(found, key=lambda pair: (-pair[0], pair[1].rank or 0)) if score >= least]


def change_of(row: Result) -> Change | None:
    """Why the score is another than last time; None when last time is not known."""
    if row.change is None or row.score is None:
        return None
    return Change(row.change["before"], row.change["base"], row.change["rescored"], row.score)


def _told(
    campaign: Campaign, rows: list[Result], before: dict[int, dict[str, int | None]], of: int
) -> list[Standing]:
    index = index_of(campaign.version)
    return [
        Standing(
            unit=row.unit_id,
            result=row,
            year=campaign.year,
            version=str(campaign.version),
            score=row.score,
            rank=row.rank,
            shared=row.shared,
            of=of,
            rank_low=row.rank_low,
            rank_high=row.rank_high,
            band=row.band,
            change=change_of(row),
            pillars=tuple(
                Pillar(pillar.code, pillar.title, score, None if was is None or score is None else score - was)
                for pillar in index.pillars
                for score, was in [(row.pillars.get(pillar.code), before.get(row.unit_id, {}).get(pillar.code))]
            ),
            missing=len(row.missing),
        )
        for row in rows
    ]


def deadlines(*, on: date) -> "list[QuerySet[Any, Any]]":
    """What awaits units as of a day: sheets not handed in by then, of campaigns not published by then; queries to be
    joined, of what, day, key, title and unit (its id). A campaign in draft is nobody's yet."""
    end = ends(on)
    sheets = (
        Sheet.objects.filter(campaign__made_at__lt=end)
        .exclude(campaign__state=Campaign.State.DRAFT)
        .exclude(campaign__published_at__lt=end)
        .exclude(handed_in_at__lt=end)
    )
    said = (Value("readiness"), "campaign__due_on", "campaign__key", "campaign__title", "unit_id")
    return [sheets.order_by().values_list(*said)]
