"""The inventory as a sheet, out and in."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.vietnamese import fold
from lantoa.directory.access import day_of, in_care, needs, today
from lantoa.directory.queries.units import names
from lantoa.office.actions.sent_files import imports_into, preview_sent
from lantoa.office.queries.files import made_file
from lantoa.office.rules.papers.model import Column, ColumnKind
from lantoa.office.rules.papers.tables import table_workbook
from lantoa.programmes.forms.inventory import FindForm, SheetForm
from lantoa.programmes.importers.inventory import KIND
from lantoa.programmes.queries.inventory import Inventory, choose, inventories, inventory_of, kinds
from lantoa.programmes.rules.inventory_sheet import HEADINGS, STATE_TEXTS
from lantoa.programmes.views.inventory import unit_at, way_to

WIDTHS = {"key": 16, "unit": 28, "kind": 36, "name": 36, "state": 16, "links": 30, "note": 24, "reason": 24}


@needs("programmes.view")
@require_safe
def inventory_file(request: HttpRequest) -> HttpResponse:
    """What the units of the choice ran on the day, as a sheet that can be changed and loaded again. `unit` narrows it
    to one unit."""
    on = day_of(request)
    if key := request.GET.get("unit", ""):
        rows = [inventory_of(unit_at(request, key[:13].replace("\0", "")), on=on)]
    else:
        form = FindForm(request.GET)
        said = form.cleaned_data if form.is_valid() else {}
        care = in_care(request.user, "programmes.view", on=today())  # type: ignore[arg-type]
        kind, state, text = (said.get(name, "") for name in ("kind", "state", "text"))
        rows = choose(inventories(care, on=on), kind=kind, state=state, words=fold(text))
    columns = [
        Column(title, ColumnKind.NUMBER if name in ("users", "cost") else ColumnKind.WORDS, WIDTHS.get(name, 14))
        for name, title in HEADINGS.items()
    ]
    made = table_workbook(
        "Nền tảng, hạ tầng số của các đơn vị",
        columns,
        list(_rows(rows)),
        subtitles=[f"Ngày {on:%d/%m/%Y}."],
        landscape=True,
        made_on=today(),
    )
    return made_file(made, f"nen-tang-ha-tang-{on:%Y-%m-%d}.xlsx")


def _rows(rows: list[Inventory]) -> Iterator[tuple[Any, ...]]:
    """What each unit runs itself. What a unit before it ran stands under the name of that one."""
    ran = {line.before for one in rows for line in one.lines if line.before}
    called = names(ran, on=today())
    for one in rows:
        for line in one.lines:
            stage, before = line.stage, called.get(line.before or 0)
            yield (
                line.system.key,
                before.full_name if before else one.name,
                kinds()[line.system.kind].name if line.system.kind in kinds() else line.system.kind,
                stage.name,
                STATE_TEXTS[stage.state],
                f"{stage.since:%d/%m/%Y}",
                stage.owner,
                stage.supplier,
                stage.users,
                stage.cost,
                "; ".join(kinds()[code].name for code in stage.links if code in kinds()),
                stage.note,
                "",
            )


@needs("programmes.inventory")
@require_http_methods(["GET", "POST"])
def load_inventory(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a sheet for a unit and those under it and shows the preview; nothing is changed yet."""
    unit = unit_at(request, key)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = preview_sent(
            form=form,
            by=request.user,  # type: ignore[arg-type]
            kind=KIND,
            into=unit,
            unit=unit,
            seen_with="programmes.inventory",
            at=timezone.now(),
        )
        if made is not None:
            return redirect("office:show_import", made.key)
    before = imports_into(KIND, unit)
    context = {
        "form": form,
        "unit": unit,
        "before": before[:10],
        "headings": ", ".join(HEADINGS.values()),
        "breadcrumbs": way_to(unit),
        "title": _("Load an inventory"),
    }
    return render(request, "programmes/load_inventory.html", context, status=422 if form.errors else 200)
