"""Pages of figures: reporting one, looking at what waits, approving and returning."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantoa.common.figures import typed
from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import vdate, vdatetime, vnumber
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, needs, today
from lantoa.directory.queries.units import names
from lantoa.office.queries.people import names_of
from lantoa.programmes.actions.measurements import Report, report_figure, review_figures, span_of
from lantoa.programmes.forms.targets import FigureForm, ReviewForm
from lantoa.programmes.models import Measurement, Review
from lantoa.programmes.queries.measurements import latest_lines, state_of, waiting_in
from lantoa.programmes.rules.spans import last_ended, read_span
from lantoa.programmes.views.said import FIGURE_KINDS, FIGURE_WORDS, target_name
from lantoa.programmes.views.targets import form_page, target_at, way_to
from lantoa.programmes.words import figure_words, span_words

PAGE = 100


@needs("programmes.report")
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Reports a figure of a target, or corrects the one that stands."""
    found = target_at(request, key)
    asked = read_span(request.GET.get("period", "").lower()) or last_ended(found.every, today())
    standing = latest_lines([found.pk], [asked]).get((found.pk, asked))
    form = FigureForm(request.POST or None, initial=_initial(standing, asked))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            line = report_figure(
                by=request.user,  # type: ignore[arg-type]
                report=Report(found, values.pop("period"), **values),
                at=timezone.now(),
            )
            messages.success(request, _("The figure is reported. It counts when it is approved."))
            return redirect("programmes:target", line.target.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    why = ""
    if standing is not None and state_of(standing) == Review.Verdict.RETURNED:
        why = _("The figure was returned: %(reason)s") % {"reason": standing.review.reason}
    return form_page(request, form, _("Report a figure"), way_to(found), f"{found.code} {target_name(found)}", why)


def _initial(standing: Measurement | None, span: Any) -> dict[str, Any]:
    if standing is None:
        return {"period": span.code}
    asked = ("value",) if standing.whole is None else ("part", "whole")  # of a ratio the value is worked out anew
    values = {name: getattr(standing, name) for name in asked}
    return {
        "period": span.code,
        **{name: typed(number) for name, number in values.items() if number is not None},
        "document_number": standing.document_number,
        "document_date": standing.document_date,
        "note": standing.note,
    }


@needs("programmes.review")
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, key: str) -> HttpResponse:
    """Approves a figure, or returns it with a reason."""
    found = get_object_or_404(Measurement.objects.select_related("target__unit", "unit", "review"), key=key)
    check(request, found.target.unit)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        returned = request.POST.get("verdict") == Review.Verdict.RETURNED
        try:
            review_figures(
                by=request.user,  # type: ignore[arg-type]
                lines=[found],
                verdict=Review.Verdict.RETURNED if returned else Review.Verdict.APPROVED,
                reason=form.cleaned_data["reason"] if returned else "",
                at=timezone.now(),
            )
            messages.success(request, _("The figure is returned.") if returned else _("The figure is approved."))
            return redirect("programmes:target", found.target.key)
        except Refused as reason:
            form.add_error("reason" if returned else None, say(reason))
    actor = names_of([found.reported_by])
    called = names([found.unit_id], on=span_of(found).last)
    rows = [
        (_("Unit"), called[found.unit_id].full_name if found.unit_id in called else ""),
        (_("Period"), span_words(span_of(found))),
        (_("Figure"), figure_words(found.target, found.value)),
        (_("Part and whole"), f"{vnumber(found.part)} / {vnumber(found.whole)}" if found.whole is not None else ""),
        (_("Source document"), f"{found.document_number} {vdate(found.document_date)}".strip()),
        (_("Note"), found.note),
        (_("Why it was corrected"), found.reason),
        (_("Reported"), f"{actor.get(found.reported_by, '')}, {vdatetime(found.reported_at)}"),
    ]
    state = state_of(found)
    context = {
        "name": f"{found.target.code} {target_name(found.target)}",
        "rows": [{"key": name, "value": value} for name, value in rows if value],
        "form": form,
        "open": state == "waiting",
        "state": {"kind": FIGURE_KINDS[state], "word": FIGURE_WORDS[state]},
        "breadcrumbs": way_to(found.target),
    }
    return render(request, "programmes/review.html", context, status=422 if form.errors else 200)


@needs("programmes.review")
@require_http_methods(["GET", "POST"])
def waiting(request: HttpRequest) -> HttpResponse:
    """The figures that wait for review in one's care; several are approved at once."""
    care = in_care(request.user, "programmes.review", on=today())  # type: ignore[arg-type]
    found = waiting_in(care)
    if request.method == "POST":
        chosen = [text[:13].replace("\0", "") for text in request.POST.getlist("chosen")]
        lines = list(found.filter(key__in=chosen))
        try:
            review_figures(
                by=request.user,  # type: ignore[arg-type]
                lines=lines,
                verdict=Review.Verdict.APPROVED,
                at=timezone.now(),
            )
            said = ngettext("%(count)d figure is approved.", "%(count)d figures are approved.", len(lines))
            messages.success(request, said % {"count": len(lines)})
        except Refused as reason:
            messages.error(request, say(reason))
        return redirect(reverse("programmes:waiting"))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    called = names({one.unit_id for one in page}, on=today())
    actors = names_of(one.reported_by for one in page)
    rows = [
        {
            "line": one,
            "unit": called[one.unit_id].full_name if one.unit_id in called else "",
            "span": span_words(span_of(one)),
            "words": figure_words(one.target, one.value),
            "reporter": actors.get(one.reported_by, ""),
        }
        for one in page
    ]
    context = {"page": page, "rows": rows, "breadcrumbs": way_to()}
    return render(request, "programmes/waiting.html", context)
