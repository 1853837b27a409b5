"""The results of a campaign as a file: every unit with its place, and for whoever may see them every component."""

import csv
import io
from collections.abc import Collection, Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from lantoa.common.refused import N_, Refused
from lantoa.directory.access import in_care, needs, today
from lantoa.directory.queries.units import names
from lantoa.office.queries.files import made_file
from lantoa.office.rules.papers.model import Column, ColumnKind
from lantoa.office.rules.papers.tables import table_workbook
from lantoa.office.rules.sheets.marking import safe_cell
from lantoa.office.rules.sheets.values import Cell
from lantoa.readiness.models import Answer, Campaign, Sheet
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.queries.standing import Standing, standings
from lantoa.readiness.rules.numbers import SCALE, written
from lantoa.readiness.rules.structure import Component, Index
from lantoa.readiness.views.reaching import (
    ANSWER,
    holds_office,
    place_words,
    published,
    span_words,
    title_of,
    version_title,
)
from lantoa.readiness.views.saying import answer_words

CSV, XLSX = "csv", "xlsx"
MOST_CELLS: Final = 100_000  # of a workbook that is made while somebody waits: 168 communes with 98 components
NUMBER, MARK = ColumnKind.NUMBER, ColumnKind.MARK


@needs("readiness.view")
@require_safe
def results_file(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Every unit of a published campaign, by place. The office that held it sees the answers that count and the
    points of each component; everybody else what the page of results shows: what a unit itself declared, and which
    answers it lacks, of their own units only."""
    found = published(request, key)
    if kind not in (CSV, XLSX):
        raise Http404
    index = index_of(found.version)
    office = holds_office(request, found)
    shown = index.components if office else ()
    columns = _columns(index, shown)
    rows = standings(found, nodes=True)
    whole = {one.unit for one in rows} if office else _own(request, found)
    if kind == XLSX and len(columns) * len(rows) > MOST_CELLS:
        raise Refused(
            N_("Cannot make a workbook of “%(title)s”: it would have %(cells)d cells, and %(most)d can be made at"
               " once. Take the .csv: it holds the same."),
            title=found.title,
            cells=len(columns) * len(rows),
            most=MOST_CELLS,
        )  # fmt: skip
    lines = _lines(found, shown, rows, whole, exact=kind == CSV)
    name = f"{found.version.code}-{found.year}.{kind}".replace("/", "-")
    if kind == CSV:
        return made_file(_csv([column.title for column in columns], lines), name)
    notes = [
        version_title(found.version),
        _("A place with = is shared. Who did not hand in, or lacks an answer that must be there, has no score."),
    ]
    if found.is_demonstration:
        notes.append(_("The answers and scores of this campaign are invented."))
    return made_file(table_workbook(found.title, columns, lines, notes, landscape=True, made_on=today()), name)


def _columns(index: Index, shown: Sequence[Component]) -> list[Column]:
    """The heads: what the version is named in each line of a .csv, so that no score stands without it."""
    heads = [
        Column(_("Rank by score"), MARK, 8),
        Column(_("Unit"), weight=30),
        Column(_("Key of the unit"), MARK, 16),
        Column(_("Score"), NUMBER, 12),
        Column(_("Score by its own answers"), NUMBER, 12),
        Column(_("Places if weighed otherwise"), MARK, 12),
        Column(_("Change"), NUMBER, 12),
        Column(_("Band"), weight=12),
        *(Column(f"{pillar.code} {title_of(pillar.title)}", NUMBER, 14) for pillar in index.pillars),
        Column(_("Missing answers"), weight=20),
        Column(_("Index and version"), MARK, 18),
    ]
    for one in shown:
        heads.append(Column(f"{one.code} {title_of(one.title)}", weight=18))
        heads.append(
            Column(_("%(code)s: points of %(most)s") % {"code": one.code, "most": written(one.most)}, NUMBER, 12)
        )
    return heads


def _lines(
    found: Campaign, shown: Sequence[Component], rows: Sequence[Standing], whole: Collection[int], *, exact: bool
) -> list[list[Cell]]:
    """A line a unit; of the units in `whole` also what they declared and which answers they lack."""
    called = names({one.unit for one in rows}, on=found.on)
    keys = dict(found.results.values_list("unit_id", "unit__key"))
    kept = _kept(found) if shown else {}

    def points(value: int | None) -> Cell:
        if value is None:
            return None
        return written(value) if exact else value / SCALE

    made = []
    for one in rows:
        line: list[Cell] = [
            place_words(one),
            called[one.unit].full_name if one.unit in called else "",
            keys[one.unit],
            points(one.score),
            points(one.result.declared) if one.unit in whole else None,
            span_words(one.rank_low, one.rank_high),
            points(one.change.total if one.change else None),
            one.band,
            *(points(pillar.score) for pillar in one.pillars),
            " ".join(one.result.missing) if one.unit in whole else _missing_words(one.missing),
            one.version,
        ]
        for part in shown:
            answer = kept.get(one.unit, {}).get(part.code)
            line += [answer_words(part, answer), points(one.result.nodes.get(part.code))]
        made.append(line)
    return made


def _own(request: HttpRequest, found: Campaign) -> set[int]:
    """The units of the campaign that the reader answers for."""
    units = in_care(request.user, ANSWER, on=today())  # type: ignore[arg-type]
    return set(found.results.filter(unit__in=units).values_list("unit_id", flat=True))


def _missing_words(many: int) -> str:
    """How many answers a unit lacks, in words: a bare number would read as the code of a component."""
    words = ngettext("%(many)s answer is missing", "%(many)s answers are missing", many)
    return words % {"many": many} if many else ""


def _kept(found: Campaign) -> dict[int, dict[str, Any]]:
    """By unit and component what counts of those that have handed in. One query."""
    rows = Answer.objects.filter(sheet__campaign=found).exclude(sheet__state=Sheet.State.FILLING)
    made: dict[int, dict[str, Any]] = {}
    for row in rows.select_related("sheet"):
        made.setdefault(row.sheet.unit_id, {})[row.component] = row.counted
    return made


def _csv(heads: Sequence[str], lines: Sequence[Sequence[Cell]]) -> str:
    """A .csv that spreadsheets read as UTF-8 and in which nothing is a formula; numbers exact, with a point."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([safe_cell(head) for head in heads])
    for line in lines:
        writer.writerow([safe_cell("" if cell is None else str(cell)) for cell in line])
    return text.getvalue()
