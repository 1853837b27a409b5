"""The money of a programme as a sheet, out and in."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.figures import typed
from lantoa.directory.access import check, day_of, needs, today
from lantoa.office.actions.sent_files import imports_into, preview_sent
from lantoa.office.queries.files import made_file
from lantoa.office.rules.papers.model import Column, ColumnKind
from lantoa.office.rules.papers.tables import table_workbook
from lantoa.programmes.forms.inventory import SheetForm
from lantoa.programmes.importers.budget import KIND
from lantoa.programmes.models import BudgetEntry, BudgetLine, Programme
from lantoa.programmes.queries.budget import budget_of, entries_of
from lantoa.programmes.rules.budget_sheet import HEADINGS, KIND_TEXTS, SOURCE_TEXTS
from lantoa.programmes.views.budget import programme_at, way_to

WIDTHS = {"year": 8, "source": 24, "partner": 28, "purpose": 32, "amount": 20, "document_number": 18, "note": 28}


@needs("programmes.view")
@require_safe
def budget_file(request: HttpRequest, key: str) -> HttpResponse:
    """The amounts that stand on the day, line by line, and each line once more without an amount, to be filled in.
    Loaded as it is, it changes nothing."""
    found, on = programme_at(request, key), day_of(request)
    columns = [
        Column(title, ColumnKind.NUMBER if name in ("year", "amount") else ColumnKind.WORDS, WIDTHS.get(name, 14))
        for name, title in HEADINGS.items()
    ]
    made = table_workbook(
        f"Kinh phí: {found.name}",
        columns,
        list(_rows(found, on)),
        [f"Nguồn kinh phí: {'; '.join(SOURCE_TEXTS.values())}.", f"Khoản: {'; '.join(KIND_TEXTS.values())}."],
        subtitles=[f"Ngày {on:%d/%m/%Y}."],
        landscape=True,
        made_on=today(),
    )
    return made_file(made, f"kinh-phi-{found.code.replace('/', '-')}-{on:%Y-%m-%d}.xlsx")


def _rows(programme: Programme, on: date) -> Iterator[tuple[Any, ...]]:
    standing: dict[int, list[BudgetEntry]] = {}
    for entry in entries_of(programme, on=on).filter(counters=None, countered=None).order_by("day", "pk"):
        standing.setdefault(entry.line_id, []).append(entry)
    for one in budget_of(programme, on=on).lines:
        for entry in standing.get(one.line.pk, []):
            yield (
                *_line(one.line),
                KIND_TEXTS[entry.kind],
                f"{entry.day:%d/%m/%Y}",
                entry.amount,
                entry.currency,
                typed(entry.foreign) if entry.foreign is not None else "",
                typed(entry.rate) if entry.rate is not None else "",
                entry.document_number,
                f"{entry.document_date:%d/%m/%Y}" if entry.document_date else "",
                entry.note,
            )
        yield (*_line(one.line), *[""] * (len(HEADINGS) - 4))


def _line(line: BudgetLine) -> tuple[Any, ...]:
    return line.year, SOURCE_TEXTS[line.source], line.partner.name if line.partner else "", line.purpose


@needs("programmes.budget")
@require_http_methods(["GET", "POST"])
def load_budget(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a sheet of amounts and shows the preview; nothing is changed yet."""
    found = programme_at(request, key)
    check(request, found.unit, "office.import")
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = preview_sent(
            form=form,
            by=request.user,  # type: ignore[arg-type]
            kind=KIND,
            into=found,
            unit=found.unit,
            seen_with="programmes.budget",
            at=timezone.now(),
        )
        if made is not None:
            return redirect("office:show_import", made.key)
    before = imports_into(KIND, found)
    context = {
        "form": form,
        "programme": found,
        "before": before[:10],
        "breadcrumbs": way_to(found),
    }
    return render(request, "programmes/load_budget.html", context, status=422 if form.errors else 200)
