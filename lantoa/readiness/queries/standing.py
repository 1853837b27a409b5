"""How ready units are, for the rooms above: scores by pillar with their change, and who is ready for what.

All of it is of published campaigns; nothing here is provisional. Scores are millionths of the published scale.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, JSONField, QuerySet, Value
from django.db.models.expressions import RawSQL

from lantoa.common.days import ends
from lantoa.common.ready import array
from lantoa.directory.models import Unit
from lantoa.readiness.models import Campaign, Result, Sheet
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules.results import Change
from lantoa.readiness.rules.structure import Title


class Pillar(NamedTuple):
    """One pillar of a result; `change` since the campaign before where that had the same pillar."""

    code: str
    title: Title
    score: int | None
    change: int | None


class Standing(NamedTuple):
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


# Of what is published by a day: the campaign in which a unit has a result last, and the one in which others have.
EITHER: Final = """
    WITH measuring AS (
        SELECT c.id, c.year, c.published_at, count(*) FILTER (WHERE r.unit_id = ANY(%s)) AS of_them,
               bool_or(r.unit_id = %s) AS is_own
          FROM readiness_campaign c JOIN readiness_result r ON r.campaign_id = c.id AND r.unit_id = ANY(%s)
         WHERE c.state = 'published' AND c.published_at < %s GROUP BY c.id
    )
    SELECT ARRAY[
        (SELECT id FROM measuring WHERE is_own ORDER BY year DESC, published_at DESC, id DESC LIMIT 1),
        (SELECT id FROM measuring WHERE of_them > 0
          ORDER BY of_them < %s, year DESC, published_at DESC, id DESC LIMIT 1)]
"""
# For each campaign that is read: the results of some units, each with what it had in the campaign before.
ROWS: Final = f"""
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
                {", ".join(f"'{name}', r.{name}" for name in COLUMNS)}, 'before', b.pillars)), '[]')
       FROM readiness_result r
       LEFT JOIN readiness_result b ON b.campaign_id = readiness_campaign.previous_id AND b.unit_id = r.unit_id
      WHERE r.campaign_id = readiness_campaign.id AND r.unit_id = ANY(%s))
"""
RANKED: Final = """
    (SELECT count(*) FROM readiness_result r WHERE r.campaign_id = readiness_campaign.id AND r.rank IS NOT NULL)
"""


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
class Place:
    """A unit's place in a published campaign, where it has one: of how many, and of which year."""

    rank: int | None
    of: int
    year: int


def places(units: Iterable[int], *, on: date) -> dict[int, Place]:
    """Of these units (ids) those with a result in the campaign published last among them, and their places. Three
    queries, however many units."""
    units = list(units)
    last = latest_of(units, on=on).values_list("pk", "year").first()
    if last is None:
        return {}
    results = Result.objects.filter(campaign=last[0])
    of = results.filter(rank__isnull=False).count()
    ranked = results.filter(unit__in=units).values_list("unit_id", "rank")
    return {unit: Place(rank, of, last[1]) for unit, rank in ranked}


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
    all_of_them = array([unit.pk, *wanted])
    these = (array(wanted), unit.pk, all_of_them, ends(on), (len(wanted) + 1) // 2)
    either = RawSQL(EITHER, these, ArrayField(BigIntegerField()))
    found = (
        Campaign.objects.filter(pk__in=RawSQL(f"SELECT unnest(({EITHER}))", these))
        .select_related("version", "unit", "previous__version")
        .annotate(
            either=either,
            rows=RawSQL(ROWS, (all_of_them,), JSONField()),
            ranked=RawSQL(RANKED, (), BigIntegerField()),
        )
    )
    of: dict[int | None, Any] = {campaign.pk: campaign for campaign in found}
    own, theirs = next(iter(of.values())).either if of else (None, None)
    return _with(of.get(own), {unit.pk}), _with(of.get(theirs), set(wanted))


def _with(campaign: Any, units: set[int]) -> Measured | None:
    """A campaign with the results of these units."""
    if campaign is None:
        return None
    rows = [row for row in campaign.rows if row["unit_id"] in units]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0, row["id"]))
    results = [Result.from_db(None, COLUMNS, [row[name] for name in COLUMNS]) for row in rows]
    for one in results:
        one.campaign = campaign
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
    named = [(pillar.code, pillar.title) for pillar in index_of(campaign.version).pillars]
    version = str(campaign.version)
    return [
        Standing(
            unit=row.unit_id,
            result=row,
            year=campaign.year,
            version=version,
            score=row.score,
            rank=row.rank,
            shared=row.shared,
            of=of,
            rank_low=row.rank_low,
            rank_high=row.rank_high,
            band=row.band,
            change=change_of(row),
            pillars=_pillars(named, row.pillars, before.get(row.unit_id, {})),
            missing=len(row.missing),
        )
        for row in rows
    ]


def _pillars(
    named: list[tuple[str, Title]], scores: dict[str, int | None], before: dict[str, int | None]
) -> tuple[Pillar, ...]:
    made = []
    for code, title in named:
        score, was = scores.get(code), before.get(code)
        made.append(Pillar(code, title, score, None if was is None or score is None else score - was))
    return tuple(made)


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
