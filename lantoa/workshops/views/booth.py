"""The interpreter's booth, announcements, and the fault desk."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import needs, saw, shows_people
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.queries.people import names_of
from lantoa.workshops.actions.words import (
    KINDS,
    add_caption,
    announce,
    call_about,
    end_announcement,
    end_fault,
    hang_up,
)
from lantoa.workshops.forms_floor import AnnounceForm, CaptionForm, spoken
from lantoa.workshops.models import Announcement, Fault, Workshop
from lantoa.workshops.queries.interpreting import terms_of
from lantoa.workshops.queries.words import last_captions, open_faults
from lantoa.workshops.rules.streams import ALL, DESK
from lantoa.workshops.views.during import act_of, agenda_context, answer_part, floor_context, shown_text
from lantoa.workshops.views.interpreting import workshop_interpreted
from lantoa.workshops.views.live import stream_of
from lantoa.workshops.views.reaching import in_words, way, workshop_for
from lantoa.workshops.views.stage import slide_context

LINES = 8
PARTS = {"lines": "workshops/_booth.html", "agenda": "workshops/_seat_agenda.html"}


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def booth(request: HttpRequest, key: str) -> HttpResponse:
    """The interpreter's page: lines typed in one language, what was typed before in each, who speaks, the words
    agreed on. For the secretariat, and for whoever is named as interpreter."""
    found, desk = workshop_interpreted(request, key)
    language = request.GET.get("language", found.languages[-1])
    if language not in found.languages:
        raise Http404
    form = CaptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_caption(
                by=request.user,  # type: ignore[arg-type]
                workshop=found,
                language=language,
                text=form.cleaned_data["text"],
                at=timezone.now(),
            )
            return redirect(f"{reverse('workshops:booth', args=[found.key])}?language={language}")
        except Refused as reason:
            form.add_error(None, say(reason))
    now = timezone.now()
    context = {
        **agenda_context(found, now),
        **floor_context(found, now),
        **slide_context(found, found.languages[0], pictures=True),
        "spread": 0,
        "stream": stream_of(request, found, DESK if desk else ALL),
        "terms": list(terms_of(found)),
        "desk": desk,
        "workshop": found,
        "name": in_words(found),
        "form": form,
        "language": language,
        "tabs": [
            {"label": words, "url": f"?language={code}", "current": code == language}
            for code, words in spoken(found.languages)
        ],
        "lines": [
            {"language": code, "words": words, "captions": last_captions(found, code, lines=LINES)}
            for code, words in spoken(found.languages)
        ],
        "breadcrumbs": way(found),
    }
    if part := answer_part(request, PARTS, context):
        return part
    return render(request, "workshops/booth.html", context, status=422 if form.is_bound else 200)


@needs("workshops.moderate")
@require_http_methods(["GET", "POST"])
def announcements(request: HttpRequest, key: str) -> HttpResponse:
    """Said to all sites, and taken down again."""
    found = workshop_for(request, key)
    form = AnnounceForm(request.POST if request.method == "POST" and "end" not in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        row = get_object_or_404(Announcement, workshop=found, key=request.POST.get("end", ""))
        end_announcement(by=request.user, announcement=row, at=timezone.now())  # type: ignore[arg-type]
        return redirect("workshops:announcements", found.key)
    if request.method == "POST" and form.is_valid():
        announce(by=request.user, workshop=found, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, _("It is said to all sites."))
        return redirect("workshops:announcements", found.key)
    rows = [(one, shown_text(one)) for one in found.announcements.order_by("-pk")[:50]]
    context = {"form": form, "rows": rows, "name": in_words(found), "breadcrumbs": way(found)}
    return render(request, "workshops/announcements.html", context, status=422 if form.is_bound else 200)


# ---- faults


@needs("workshops.moderate")
@shows_people(N_("whom to call at the sites of a workshop"))
@require_http_methods(["GET", "POST"])
def faults(request: HttpRequest, key: str) -> HttpResponse:
    """The fault desk: which site is down, since when, whom to call there, and who is calling them."""
    found = workshop_for(request, key)
    if request.method == "POST":
        act_of(request, ACTS)(request, found)
        return redirect("workshops:faults", found.key)
    rows = list(open_faults(found))
    callers = names_of({one.caller for one in rows if one.caller})
    people = [person for one in rows for person in (one.site.operator, one.site.deputy) if person is not None]
    saw(request, found, len(people))
    mine = request.user.actor_key  # type: ignore[union-attr]
    now = timezone.now()
    context = {
        "now": now,
        "rows": [
            {
                "fault": one,
                "site": in_words(one.site),
                "kind": _(KINDS[Fault.Kind(one.kind)]),
                "minutes": int((now - one.reported_at).total_seconds() // 60),
                "people": [person for person in (one.site.operator, one.site.deputy) if person is not None],
                "caller": callers.get(one.caller, ""),
                "mine": one.caller == mine,
            }
            for one in rows
        ],
        "stream": stream_of(request, found, DESK),
        "name": in_words(found),
        "breadcrumbs": way(found),
    }
    if part := answer_part(request, {"list": "workshops/_faults.html"}, context):
        return part
    return render(request, "workshops/faults.html", context)


def _fault(request: HttpRequest, found: Workshop) -> Fault:
    rows = Fault.objects.filter(site__workshop=found).select_related("site__workshop")
    return get_object_or_404(rows, key=request.POST.get("fault", ""))


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}


ACTS = {
    "call": lambda request, found: call_about(fault=_fault(request, found), **_by(request)),
    "hang_up": lambda request, found: hang_up(fault=_fault(request, found), **_by(request)),
    "mended": lambda request, found: end_fault(
        fault=_fault(request, found), outcome=request.POST.get("outcome", ""), **_by(request)
    ),
}
