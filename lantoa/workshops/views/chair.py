"""The chair's page: who chairs, the agenda's clock, the floor. And who had the floor when."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import needs, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.queries.people import names_of
from lantoa.workshops.actions.floor import (
    end_item,
    end_speaking,
    give_floor,
    give_more,
    invite,
    pass_over,
    set_conduct,
    start_item,
    take_chair,
)
from lantoa.workshops.forms_floor import ConductForm
from lantoa.workshops.models import AgendaItem, Hand, Workshop
from lantoa.workshops.queries.access import MODERATE, can
from lantoa.workshops.queries.floor import conduct_of, history_of
from lantoa.workshops.queries.polls import polls_of
from lantoa.workshops.queries.questions import count_questions
from lantoa.workshops.queries.words import open_faults
from lantoa.workshops.rules.streams import DESK
from lantoa.workshops.views.during import act_of, agenda_context, announced, answer_part, floor_context, pinned_of
from lantoa.workshops.views.live import stream_of
from lantoa.workshops.views.reaching import in_words, way, workshop_for, workshop_seen

PAGE = 100
MORE = 60  # seconds that the button gives
PARTS = {
    "agenda": "workshops/_chair_agenda.html",
    "floor": "workshops/_chair_floor.html",
    "chair": "workshops/_chair_who.html",
}


@needs("workshops.chair")
@require_http_methods(["GET", "POST"])
def chair(request: HttpRequest, key: str) -> HttpResponse:
    """The chair's page."""
    found = workshop_for(request, key)
    if request.method == "POST":
        act_of(request, ACTS)(request, found)
        return redirect("workshops:chair", found.key)
    now = timezone.now()
    context = chair_context(request, found, now)
    if part := answer_part(request, PARTS, context):
        return part
    context |= {
        "name": in_words(found),
        "stream": stream_of(request, found, DESK),
        **announced(found),
        "pinned": pinned_of(context["conduct"]),
        "polls": list(polls_of(found)),
        "questions": count_questions(found),
        "faults": open_faults(found).count(),
        "moderates": can(request.user, MODERATE, found, on=today()),
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/chair.html", context)


def chair_context(request: HttpRequest, found: Workshop, now: Any) -> dict[str, Any]:
    """What the living parts of the page show."""
    context = {**agenda_context(found, now), **floor_context(found, now)}
    chaired_by = context["conduct"].chaired_by
    context["chaired_by"] = names_of([chaired_by]).get(chaired_by, "") if chaired_by else ""
    context["mine"] = chaired_by == request.user.actor_key  # type: ignore[union-attr]
    context["live"] = found.state == Workshop.State.LIVE
    context["more"] = MORE
    return context


def _item(request: HttpRequest, found: Workshop) -> AgendaItem:
    rows = AgendaItem.objects.filter(workshop=found).select_related("workshop__unit")
    return get_object_or_404(rows, key=request.POST.get("item", ""))


def _hand(request: HttpRequest, found: Workshop) -> Hand:
    rows = Hand.objects.filter(workshop=found).select_related("site", "workshop__unit")
    return get_object_or_404(rows, key=request.POST.get("hand", ""))


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}


ACTS = {
    "take_chair": lambda request, found: take_chair(workshop=found, **_by(request)),
    "start_item": lambda request, found: start_item(item=_item(request, found), **_by(request)),
    "end_item": lambda request, found: end_item(item=_item(request, found), **_by(request)),
    "invite": lambda request, found: invite(hand=_hand(request, found), **_by(request)),
    "give_floor": lambda request, found: give_floor(hand=_hand(request, found), **_by(request)),
    "give_more": lambda request, found: give_more(
        hand=_hand(request, found), seconds=MORE, had=_number(request, "had"), **_by(request)
    ),
    "end_speaking": lambda request, found: end_speaking(hand=_hand(request, found), **_by(request)),
    "pass_over": lambda request, found: pass_over(hand=_hand(request, found), **_by(request)),
}


@needs("workshops.chair")
@require_http_methods(["GET", "POST"])
def conduct(request: HttpRequest, key: str) -> HttpResponse:
    """How the workshop is held: the order of the queue, how long a site speaks, what is taken."""
    found = workshop_for(request, key)
    kept = conduct_of(found)
    form = ConductForm(request.POST or None, initial={name: getattr(kept, name) for name in ConductForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            set_conduct(workshop=found, **form.cleaned_data, **_by(request))
            return redirect("workshops:chair", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "form": form,
        "title": _("How the workshop is held"),
        "breadcrumbs": way(found, (_("Chair"), "workshops:chair")),
    }
    return render(request, "workshops/form.html", context, status=422 if form.is_bound else 200)


@needs(SIGNED_IN)
@require_safe
def floor(request: HttpRequest, key: str) -> HttpResponse:
    """Who had the floor, from when to when, and for how long it was given."""
    found, _whole = workshop_seen(request, key)
    page = Paginator(history_of(found), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "name": in_words(found), "breadcrumbs": way(found)}
    return render(request, "workshops/floor.html", context)
