"""What one's own units owe to campaigns: the list, and the same by a sheet of the unit."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.directory.access import care_of_unit, check, grants_of, in_care, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.programmes.models import Reporting
from lantoa.programmes.queries.reporting import owed_by, owing
from lantoa.programmes.views.reporting import PAGE, due_rows, load_into, sheet_of

SHEETS = 5  # units that one holds a role on, for which a sheet is offered


@needs("programmes.report")
@require_safe
def owed(request: HttpRequest) -> HttpResponse:
    """What the units in one's care still owe, the most pressing first."""
    care = in_care(request.user, "programmes.report", on=today())  # type: ignore[arg-type]
    page = Paginator(owed_by(care), PAGE).get_page(request.GET.get("page"))
    rows = due_rows(page, today())
    granted = grants_of(request.user, "programmes.report", on=today()).units[:SHEETS]  # type: ignore[arg-type]
    called = names(granted, on=today())
    sheets = [
        {
            "title": one.title,
            "unit": called[unit].full_name if unit in called else "",
            "sheet": reverse("programmes:owed_sheet", args=[one.key, key]),
            "load": reverse("programmes:load_owed", args=[one.key, key]),
        }
        for unit, key in Unit.objects.filter(pk__in=granted).values_list("pk", "key")
        for one in owing(care_of_unit(unit, on=today()))
    ]
    context = {"page": page, "rows": rows, "late": sum(1 for row in rows if row["late"]), "sheets": sheets}
    return render(request, "programmes/owed.html", context)


def _asked(request: HttpRequest, key: str, unit: str) -> tuple[Reporting, Unit]:
    """The open campaign and the unit that owes it something itself or below; else 404."""
    found = get_object_or_404(Unit, key=unit)
    check(request, found)
    asked = owing(care_of_unit(found.pk, on=today())).filter(key=key).first()
    if asked is None:
        raise Http404
    return asked, found


@needs("programmes.report")
@require_safe
def owed_sheet(request: HttpRequest, key: str, unit: str) -> HttpResponse:
    """The sheet of a unit and those under it, to fill in."""
    asked, found = _asked(request, key, unit)
    return sheet_of(asked, asked.dues.filter(target__unit__in=care_of_unit(found.pk, on=today())))


@needs("programmes.report")
@require_http_methods(["GET", "POST"])
def load_owed(request: HttpRequest, key: str, unit: str) -> HttpResponse:
    """Takes it back and shows the preview; rows of other units are refused there."""
    asked, found = _asked(request, key, unit)
    way = [{"label": _("Figures to report"), "url": reverse("programmes:owed")}]
    return load_into(request, asked, found, way, only=found.key)
