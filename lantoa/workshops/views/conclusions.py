"""What a workshop concluded and gave units to do: written by the secretariat, reported done by the units."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, today
from lantoa.directory.queries.units import names
from lantoa.office.queries.people import names_of
from lantoa.programmes.queries import unit_called
from lantoa.workshops.actions.conclusions import conclude, not_done, remove_conclusion, report_done
from lantoa.workshops.forms_after import ConclusionForm, OutcomeForm
from lantoa.workshops.models import Conclusion, Workshop
from lantoa.workshops.queries.conclusions import conclusions_of
from lantoa.workshops.queries.minutes import minutes_of
from lantoa.workshops.views.during import act_of
from lantoa.workshops.views.reaching import in_words, name_of, way, workshop_for


@needs("workshops.moderate")
@require_http_methods(["GET", "POST"])
def conclusions(request: HttpRequest, key: str) -> HttpResponse:
    """What was concluded, in its order; a form for one more while the minutes have no number."""
    found = workshop_for(request, key)
    form = ConclusionForm(request.POST if request.POST.get("act") == "conclude" else None)
    if request.method == "POST" and not form.is_bound:
        act_of(request, ACTS)(request, found)
        return redirect("workshops:conclusions", found.key)
    if form.is_bound and form.is_valid() and _concluded(request, found, form):
        return redirect("workshops:conclusions", found.key)
    document = minutes_of(found)
    context = {
        "workshop": found,
        "name": in_words(found),
        "form": form,
        "rows": _rows(found),
        "writes": found.state in {found.State.LIVE, found.State.OVER} and not (document and document.number),
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/conclusions.html", context, status=422 if form.is_bound else 200)


def _rows(found: Workshop) -> list[dict[str, Any]]:
    rows = list(conclusions_of(found))
    called = names({one.unit_id for one in rows if one.unit_id}, on=today())
    people = names_of({one.done_by for one in rows if one.done_by})
    return [
        {
            "row": one,
            "text": in_words(one, "text"),
            "unit": called[one.unit_id].full_name if one.unit_id in called else "",
            "state": _state(one),
            "done_by": people.get(one.done_by, ""),
        }
        for one in rows
    ]


def _state(one: Conclusion) -> tuple[str, str]:
    if one.due_on is None:
        return "none", _("no task")
    if one.done_at is not None:
        return "ok", _("done")
    return ("late", _("late")) if one.due_on < today() else ("wait", _("to be done"))


def _concluded(request: HttpRequest, found: Workshop, form: ConclusionForm) -> bool:
    values = form.cleaned_data
    try:
        unit = unit_called(values["unit"], on=today()) if values["unit"] else None
        conclude(
            by=request.user,  # type: ignore[arg-type]
            workshop=found,
            text=values["text"],
            text_en=values["text_en"],
            unit=unit,
            due_on=values["due_on"],
            at=timezone.now(),
            on=today(),
        )
    except Refused as reason:
        form.add_error(None, say(reason))
        return False
    messages.success(request, _("The conclusion is written down."))
    return True


def _conclusion(request: HttpRequest, found: Workshop) -> Conclusion:
    rows = Conclusion.objects.filter(workshop=found).select_related("workshop__unit", "unit")
    return get_object_or_404(rows, key=request.POST.get("conclusion", ""))


ACTS = {
    "remove": lambda request, found: remove_conclusion(by=request.user, conclusion=_conclusion(request, found)),
    "not_done": lambda request, found: not_done(
        by=request.user, conclusion=_conclusion(request, found), at=timezone.now()
    ),
}


@needs("workshops.answer")
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, key: str) -> HttpResponse:
    """One task of a unit: what is to be done until when, and the unit's report that it is done."""
    rows = Conclusion.objects.filter(unit__isnull=False).select_related("workshop__unit", "unit")
    row = get_object_or_404(rows, key=key)
    assert row.unit is not None
    check(request, row.unit)
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report_done(
                by=request.user,  # type: ignore[arg-type]
                conclusion=row,
                outcome=form.cleaned_data["outcome"],
                at=timezone.now(),
            )
            messages.success(request, _("The secretariat of the workshop reads your report."))
            return redirect("workshops:asked_of_units")
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "row": row,
        "text": in_words(row, "text"),
        "form": form,
        "unit": name_of(row.unit),
        "workshop": in_words(row.workshop),
        "state": _state(row),
        "breadcrumbs": [{"label": _("Questions to your units"), "url": reverse("workshops:asked_of_units")}],
    }
    return render(request, "workshops/task.html", context, status=422 if form.is_bound else 200)
