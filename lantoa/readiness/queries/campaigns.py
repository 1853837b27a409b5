"""Campaigns, how far they are, and the sheets of units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lantoa.directory.models import Unit
from lantoa.readiness.models import Answer, Campaign, Evidence, IndexVersion, Sheet
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules.answers import reckoned
from lantoa.readiness.rules.scoring import Answer as Reckoned
from lantoa.readiness.rules.structure import REQUIRED, Component, Index


def campaigns_in(units: "QuerySet[Unit]") -> "QuerySet[Campaign]":
    """Campaigns that these units hold, and those that ask them, from the day these open."""
    asked = Exists(Sheet.objects.filter(campaign=OuterRef("pk"), unit__in=units))
    found = Campaign.objects.filter(Q(unit__in=units) | (asked & ~Q(state=Campaign.State.DRAFT)))
    return found.select_related("version", "unit").order_by("-year", "-id")


def versions_in(units: "QuerySet[Unit]") -> "QuerySet[IndexVersion]":
    """Versions that these units loaded, and those of the campaigns that ask them."""
    used = campaigns_in(units).values("version_id")
    return IndexVersion.objects.filter(Q(unit__in=units) | Q(pk__in=used)).order_by("code", "-made_at", "id")


def progress(campaign: Campaign) -> dict[str, int]:
    """How many sheets stand in each state."""
    counted = campaign.sheets.order_by().values_list("state").annotate(many=Count("id"))
    return dict.fromkeys(Sheet.State.values, 0) | dict(counted)


def sheets_of(campaign: Campaign) -> "QuerySet[Sheet, Sheet]":
    """The sheets with how many components each has answered, and how many appeals wait."""
    return campaign.sheets.select_related("unit").annotate(
        answered=Count("answers", filter=Q(answers__declared__isnull=False)),
        appeals=Count("answers", filter=Q(answers__appeal=Answer.Appeal.MADE)),
    )


def objected_in(campaign: Campaign) -> "QuerySet[Sheet]":
    """The sheets with an objection that waits for its decision."""
    waits = Answer.objects.filter(sheet=OuterRef("pk"), appeal=Answer.Appeal.MADE)
    return campaign.sheets.filter(Exists(waits))


@dataclass(frozen=True)
class Line:
    """One component of a sheet: what is asked, what was answered, with which papers."""

    component: Component
    answer: Answer | None
    papers: tuple[Evidence, ...]  # handed in with the answer
    appeal_papers: tuple[Evidence, ...] = ()  # handed in with an objection to the ruling on it

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and self.answer.declared is not None

    @property
    def lacks_paper(self) -> bool:
        """A paper is asked for and there is none. What earns nothing needs no proof."""
        if self.component.evidence != REQUIRED or self.papers or self.answer is None:
            return False
        return self.answer.declared not in (None, "no")


def lines_of(sheet: Sheet) -> list[Line]:
    """Every component with its answer, in the order of the index. Two queries."""
    answers = {answer.component: answer for answer in sheet.answers.prefetch_related("evidence__file")}
    return [
        Line(
            component,
            answer,
            tuple(paper for paper in papers if not paper.at_appeal),
            tuple(paper for paper in papers if paper.at_appeal),
        )
        for component in index_of(sheet.campaign.version).components
        for answer in [answers.get(component.code)]
        for papers in [sorted(answer.evidence.all(), key=lambda one: one.pk) if answer else []]
    ]


@dataclass(frozen=True)
class Table:
    """The answers of some units as the engine takes them: `columns[component][place of the unit]`."""

    units: tuple[int, ...]
    columns: Mapping[str, list[Reckoned | None]]


def answers_of(campaign: Campaign, index: Index, *, as_declared: bool = False, of: Index | None = None) -> Table:
    """What counts of every unit that has handed in; `as_declared`: what they themselves said. One query.

    `of`: the index by which the answers are read, when it is another one than the campaign's (codes are its own).
    """
    read_by = of or index
    rows = (
        Answer.objects.filter(sheet__campaign=campaign)
        .exclude(sheet__state=Sheet.State.FILLING)
        .select_related("sheet")
        .order_by("sheet_id")
    )
    handed_in = campaign.sheets.exclude(state=Sheet.State.FILLING).order_by("id").values_list("unit_id", flat=True)
    units = tuple(handed_in)
    places = {unit: place for place, unit in enumerate(units)}
    columns: dict[str, list[Any]] = {component.code: [None] * len(units) for component in read_by.components}
    for row in rows:
        if component := read_by.component.get(row.component):
            kept: Any = row.declared if as_declared else row.counted
            columns[row.component][places[row.sheet.unit_id]] = reckoned(component, kept)
    return Table(units, columns)
