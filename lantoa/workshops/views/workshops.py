"""Workshops: the list, the page of one, making and changing it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import holds_anywhere, in_care, may, needs, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.directory.queries.units import names
from lantoa.programmes.models import Programme
from lantoa.workshops.actions.workshops import change_state, change_workshop, create_workshop
from lantoa.workshops.forms import WorkshopForm
from lantoa.workshops.models import Workshop
from lantoa.workshops.queries.access import CHAIR, MANAGE, sites_of, workshops_seen
from lantoa.workshops.queries.workshops import listed, numbers
from lantoa.workshops.rules.words import DRAFT, LANGUAGES, LIVE, MAY_BECOME, OVER, READY, STATE_KINDS, STATES
from lantoa.workshops.views.during import pages_while_held
from lantoa.workshops.views.hours import hours
from lantoa.workshops.views.reaching import confirm, in_words, manages, name_of, way, workshop_for, workshop_seen

PAGE = 50


@needs(SIGNED_IN)
@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    """The workshops of the units in one's care, and those in which one answers for a site."""
    page = Paginator(listed(workshops_seen(request.user, on=today())), PAGE).get_page(request.GET.get("page"))
    called = names({row.unit_id for row in page}, on=today())
    rows = [
        {
            "workshop": row,
            "name": in_words(row),
            "owner": called[row.unit_id].full_name if row.unit_id in called else "",
            "when": hours(row.during),
            "state": state(row),
        }
        for row in page
    ]
    plans = in_care(request.user, MANAGE, on=today()).exists()  # type: ignore[arg-type]
    answers = holds_anywhere(request.user, "workshops.answer")
    return render(
        request, "workshops/workshops.html", {"page": page, "rows": rows, "plans": plans, "answers": answers}
    )


def state(row: Workshop) -> dict[str, str]:
    """Kind and word of its state."""
    return {"kind": STATE_KINDS[row.state], "word": _(STATES[row.state])}


@needs(SIGNED_IN)
@require_safe
def workshop(request: HttpRequest, key: str) -> HttpResponse:
    """One workshop: what it is, its numbers, its agenda, and the doors to everything else."""
    found, whole = workshop_seen(request, key)
    sites = found.sites.all() if whole else sites_of(request.user, on=today(), workshop=found)
    plans = manages(request, found)
    chairs = may(request.user, CHAIR, found.unit, on=today())
    context = {
        "workshop": found,
        "name": in_words(found),
        "owner": name_of(found.unit),
        "state": state(found),
        "facts": _facts(found, plans),
        "numbers": _numbers(numbers(sites), reverse("workshops:sites", args=[found.key])),
        "whole": whole,
        "plans": plans,
        "while_held": pages_while_held(request, found),
        "steps": _steps(found, plans, chairs),
        "doors": doors(found, whole, plans),
        "breadcrumbs": way(),
    }
    return render(request, "workshops/workshop.html", context)


def doors(found: Workshop, whole: bool, plans: bool) -> list[dict[str, str]]:
    """The pages of a workshop, in the order in which one needs them."""
    pages = {
        "workshops:agenda": _("Agenda"),
        "workshops:sites": _("Sites"),
        "workshops:invitations": _("Invitations"),
        "workshops:checks": _("Technical checks"),
        "workshops:documents": _("Documents of the workshop"),
        **({"workshops:after": _("After the workshop")} if whole else {}),
        **({"workshops:refused": _("Refused attempts")} if plans else {}),
    }
    return [{"url": reverse(name, args=[found.key]), "label": label} for name, label in pages.items()]


def _numbers(counted: dict[str, int], sites: str) -> list[dict[str, Any]]:
    words = {
        "sites": _("sites"),
        "roots": _("sites at the top"),
        "countries": _("countries"),
        "expected": _("people expected"),
    }
    return [
        {"count": counted[name], "words": said, "url": sites if name == "sites" else ""}
        for name, said in words.items()
    ]


def _facts(found: Workshop, plans: bool) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"key": _("When"), "value": hours(found.during)},
        {"key": _("Languages"), "value": ", ".join(_(LANGUAGES[one]) for one in found.languages)},
    ]
    if found.dry_run:
        url = reverse("workshops:checks", args=[found.key])
        facts.append({"key": _("Dry run"), "value": hours(found.dry_run), "url": url})
    if found.programme:
        url = reverse("programmes:programme", args=[found.programme.key]) if plans else ""
        facts.append({"key": _("Programme"), "value": found.programme.name, "url": url})
    if found.previous:
        url = reverse("workshops:workshop", args=[found.previous.key]) if plans else ""
        facts.append({"key": _("The workshop before"), "value": in_words(found.previous), "url": url})
    return facts


# ---- planning


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A workshop by form."""
    form = WorkshopForm(request.POST or None, **_choices(request))
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["owner"]
        if not may(request.user, MANAGE, owner, on=today()):
            form.add_error("unit", _("You do not plan workshops of this unit."))
        else:
            try:
                made = create_workshop(by=request.user, unit=owner, at=timezone.now(), **form.facts())  # type: ignore[arg-type]
                messages.success(request, _("The workshop is made. Next: its agenda and its sites."))
                return redirect("workshops:workshop", made.key)
            except Refused as reason:
                form.add_error(None, say(reason))
    context = {"form": form, "title": _("New workshop"), "breadcrumbs": way()}
    return render(request, "workshops/form.html", context, status=422 if form.is_bound else 200)


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Other facts of a workshop."""
    found = workshop_for(request, key)
    form = WorkshopForm(request.POST or None, workshop=found, **_choices(request))
    if request.method == "POST" and form.is_valid():
        try:
            change_workshop(by=request.user, workshop=found, at=timezone.now(), **form.facts())  # type: ignore[arg-type]
            messages.success(request, _("The changes are saved."))
            return redirect("workshops:workshop", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {"form": form, "title": _("Change the workshop"), "breadcrumbs": way(found)}
    return render(request, "workshops/form.html", context, status=422 if form.is_bound else 200)


def _choices(request: HttpRequest) -> dict[str, Any]:
    care = in_care(request.user, MANAGE, on=today())  # type: ignore[arg-type]
    return {
        "programmes": Programme.objects.filter(unit__in=care).order_by("name", "pk"),
        "workshops": Workshop.objects.filter(unit__in=care).order_by("-during", "-pk"),
    }


# ---- its state

STEP_WORDS = {
    DRAFT: N_("Take it back into preparation"),
    READY: N_("Announce the workshop"),
    LIVE: N_("Begin the workshop"),
    OVER: N_("End the workshop"),
}


PLANNED, HELD = (DRAFT, READY), (LIVE, OVER)


def _steps(found: Workshop, plans: bool, chairs: bool) -> list[dict[str, str]]:
    offered = [(to, "workshops:announce" if to in PLANNED else "workshops:hold") for to in MAY_BECOME[found.state]]
    return [
        {"url": reverse(name, args=[found.key, to]), "label": _(STEP_WORDS[to])}
        for to, name in offered
        if (plans if to in PLANNED else chairs)
    ]


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest, key: str, to: str) -> HttpResponse:
    """Announces the workshop, or takes it back into preparation."""
    return _step(request, key, to, PLANNED)


@needs("workshops.chair")
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, key: str, to: str) -> HttpResponse:
    """Begins the workshop, or ends it."""
    return _step(request, key, to, HELD)


def _step(request: HttpRequest, key: str, to: str, among: tuple[str, ...]) -> HttpResponse:
    found = workshop_for(request, key)
    if to not in among:
        raise Http404
    back = reverse("workshops:workshop", args=[found.key])
    if request.method == "POST":
        change_state(by=request.user, workshop=found, to=to, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("%(name)s: %(state)s.") % {"name": in_words(found), "state": _(STATES[to])})
        return redirect(back)
    says = {
        DRAFT: _("Sites do not see it any more until it is announced again."),
        READY: _("The people of its sites see it, answer the invitation and check their technology."),
        LIVE: _("The pages of all sites open: roll call, floor, questions."),
        OVER: _("What happened stays as it is; the minutes are made."),
    }
    return confirm(request, in_words(found), [says[to]], _(STEP_WORDS[to]), back, kind="primary")
