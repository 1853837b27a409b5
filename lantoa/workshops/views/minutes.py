"""After a workshop: how it compares, and its minutes as an official document."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.common.words import say
from lantoa.directory.access import needs, today
from lantoa.office.queries.documents import MEDIA_TYPES, file_name, paper_of, rendered
from lantoa.office.queries.files import made_file
from lantoa.office.queries.privacy import last_paper
from lantoa.workshops.actions.minutes import draft_minutes
from lantoa.workshops.forms_after import HeadForm
from lantoa.workshops.models import Workshop
from lantoa.workshops.queries.access import MODERATE, can
from lantoa.workshops.queries.conclusions import conclusions_of
from lantoa.workshops.queries.minutes import attended, minutes_of
from lantoa.workshops.rules.words import OVER
from lantoa.workshops.views.reaching import in_words, manages, name_of, way, workshop_for


@needs("workshops.view")
@require_safe
def after(request: HttpRequest, key: str) -> HttpResponse:
    """What came of it: numbers beside those of the workshop before, and the minutes."""
    found = workshop_for(request, key)
    now, before = attended(found), attended(found.previous) if found.previous else None
    words = {
        "sites": _("sites"),
        "expected": _("people expected"),
        "present": _("present"),
        "late": _("late"),
        "fault": _("technical fault"),
        "absent": _("absent"),
        "silent": _("without a report"),
        "people": _("people counted"),
    }
    context = {
        "workshop": found,
        "name": in_words(found),
        "before": in_words(found.previous) if found.previous else "",
        "rows": [
            (said, vnumber(getattr(now, name)), vnumber(getattr(before, name)) if before else "")
            for name, said in words.items()
        ],
        "document": minutes_of(found),
        "moderates": can(request.user, MODERATE, found, on=today()),
        "open_tasks": conclusions_of(found).filter(unit__isnull=False, done_at=None).count(),
        "makes": manages(request, found) and found.state == OVER,
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/after.html", context)


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def make_minutes(request: HttpRequest, key: str) -> HttpResponse:
    """Who issues the minutes, who chaired and who wrote; then the document."""
    found = workshop_for(request, key)
    form = HeadForm(request.POST or None, initial=_last_head(found))
    if request.method == "POST" and form.is_valid():
        try:
            draft_minutes(by=request.user, workshop=found, head=form.head, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("The minutes stand among the documents of the unit."))
            return redirect("workshops:after", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "form": form,
        "title": _("Make the minutes"),
        "lead": in_words(found),
        "breadcrumbs": way(found, (_("After the workshop"), "workshops:after")),
    }
    return render(request, "workshops/form.html", context, status=422 if form.is_bound else 200)


def _last_head(found: Workshop) -> dict[str, Any]:
    """As on the last minutes of this unit."""
    last = last_paper([found.unit], "workshops.workshop:")
    if last is None:
        return {"issuer": name_of(found.unit)}
    issuer = asdict(paper_of(last).issuer)
    return {**issuer, "issuer": issuer["name"]}


@needs("workshops.view")
@require_safe
def minutes_file(request: HttpRequest, key: str, extension: str) -> HttpResponse:
    """The minutes as .docx or .pdf."""
    found = workshop_for(request, key)
    document = minutes_of(found)
    if extension not in MEDIA_TYPES or document is None:
        raise Http404
    return made_file(rendered(document, extension), file_name(document, extension))
