"""Pages where a target comes down to units, and where an heir says whose figures come before."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantoa.common.figures import read_figure
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import children, life, names
from lantoa.programmes.actions.targets import Share, set_forebears, share_out
from lantoa.programmes.forms.targets import ForebearsForm, ShareOutForm
from lantoa.programmes.models import Target
from lantoa.programmes.views.said import target_name
from lantoa.programmes.views.targets import target_at, way_to


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, key: str) -> HttpResponse:
    """Brings a target down to units directly under its owner, several at once."""
    found = target_at(request, key)
    on = today()
    form = ShareOutForm(request.POST or None, initial={"since": max(found.since, on.replace(month=1, day=1))})
    listed = list(children(found.unit, on=on))
    known = set(Target.objects.filter(code=found.code).values_list("unit_id", flat=True))
    rows = [one for one in listed if one.unit_id not in known]
    error = ""
    if request.method == "POST" and form.is_valid():
        chosen = {text[:13] for text in request.POST.getlist("chosen")}
        units = [one.unit for one in rows if one.unit.key in chosen]
        try:
            weights = [_weight(request, unit) for unit in units]
            if not units:
                error = _("Choose at least one unit.")
            else:
                made = share_out(
                    by=request.user,  # type: ignore[arg-type]
                    target=found,
                    shares=[Share(unit, weight) for unit, weight in zip(units, weights, strict=True)],
                    **form.cleaned_data,
                )
                said = ngettext("%(count)d unit has its share.", "%(count)d units have their share.", len(made))
                messages.success(request, said % {"count": len(made)})
                return redirect("programmes:target", found.key)
        except ValueError:
            error = _("A weight is a number, like 1 or 2,5.")
        except Refused as reason:
            error = say(reason)
    context = {
        "target": found,
        "name": target_name(found),
        "form": form,
        "rows": rows,
        "error": error,
        "breadcrumbs": way_to(found),
    }
    return render(request, "programmes/share.html", context, status=422 if error or form.errors else 200)


def _weight(request: HttpRequest, unit: Unit) -> Decimal:
    text = request.POST.get(f"weight-{unit.key}", "").strip()
    return read_figure(text) if text else Decimal(1)


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def forebears(request: HttpRequest, key: str) -> HttpResponse:
    """Says whose figures make the series before this target began."""
    found = target_at(request, key)
    before = [kin.unit.pk for kin in life(found.unit, on=today()).forebears]
    offered = list(
        Target.objects.filter(unit__in=before, kind=found.kind, measure=found.measure, every=found.every)
        .select_related("unit")
        .order_by("code", "pk")
    )
    standing = set(found.forebears.values_list("key", flat=True))
    form = ForebearsForm(request.POST or None, initial={"rule": found.forebear_rule or found.roll_up})
    error = ""
    if request.method == "POST" and form.is_valid():
        chosen = {text[:13] for text in request.POST.getlist("chosen")}
        try:
            set_forebears(
                by=request.user,  # type: ignore[arg-type]
                target=found,
                forebears=[one for one in offered if one.key in chosen],
                rule=form.cleaned_data["rule"],
            )
            messages.success(request, _("The changes are saved."))
            return redirect("programmes:target", found.key)
        except Refused as reason:
            error = say(reason)
    called = names([one.unit_id for one in offered], on=found.since)
    context = {
        "target": found,
        "name": target_name(found),
        "form": form,
        "rows": [
            (one, called[one.unit_id].full_name if one.unit_id in called else "", one.key in standing)
            for one in offered
        ],
        "error": error,
        "breadcrumbs": way_to(found),
    }
    return render(request, "programmes/forebears.html", context, status=422 if error or form.errors else 200)
