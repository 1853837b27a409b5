"""The secretariat's board: every site accounted for, live; and the acts of the roll."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.models import new_key
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.common.words import say
from lantoa.directory.access import check, may, needs, saw, shows_people, today
from lantoa.workshops.actions.roll import (
    answer_call,
    call_site,
    call_the_roll,
    close_the_roll,
    enter_report,
    enter_the_rest,
)
from lantoa.workshops.forms_roll import AnswerForm, EnterForm
from lantoa.workshops.forms_sites import FindSiteForm
from lantoa.workshops.models import RollCall, Site, Workshop
from lantoa.workshops.queries.access import CHAIR
from lantoa.workshops.queries.roll import (
    Totals,
    board,
    in_state,
    last_roll,
    named_rows,
    not_reported,
    reports_of,
    to_call,
    totals_by_root,
    whole,
)
from lantoa.workshops.rules.roll import ABSENT, FAULT, KINDS, LATE, LETTERS, PRESENT, STATES
from lantoa.workshops.rules.streams import DESK
from lantoa.workshops.views.during import announced
from lantoa.workshops.views.live import stream_of
from lantoa.workshops.views.reaching import in_words, way, workshop_for

MOST_TILES = 180  # sites on one page: the communes of any province but a few
MOST_ROOTS = 200  # more of them are no provinces: the sites themselves are shown
SMALL = 300  # sites: so many are shown without asking which province
MOST_TO_CALL = 30
LONG_CODE = 6  # letters; longer ones need wider squares
NUMBERS = {
    "present": N_("present"),
    "late": N_("late"),
    "fault": N_("with a technical fault"),
    "absent": N_("absent"),
    "silent": N_("not reported"),
    "uncounted": N_("there, nobody counted"),
}
TROUBLE = ("fault", "silent")
PARTS = {name: f"workshops/_desk_{name}.html" for name in ("tiles", "numbers", "calls")}


@needs("workshops.moderate")
@shows_people(N_("whom to call at the sites of a workshop"))
@require_safe
def desk(request: HttpRequest, key: str) -> HttpResponse:
    """The board of all sites: totals, a square for each, whom to call. A large workshop opens by province."""
    found = workshop_for(request, key)
    called, now = last_roll(found), timezone.now()
    totals = _totals(found.pk, found.told, called.pk if called else None)
    root = get_object_or_404(Site, workshop=found, key=request.GET["root"]) if request.GET.get("root") else None
    form, show = FindSiteForm(request.GET or None), request.GET.get("show", "")
    sought = fold(form.cleaned_data["q"]) if form.is_valid() else ""
    if show and show not in NUMBERS:
        raise Http404
    together = totals.get(root.pk, Totals()) if root else whole(totals)
    context: dict[str, Any] = {
        "workshop": found,
        "name": in_words(root) if root else in_words(found),
        "caption": in_words(found) if root else "",
        "root": root,
        "here": _here(request, found),
        "searches": together.sites > SMALL or sought,
        "form": form,
        "clear": f"?root={root.key}" if root else "?",
        "sought": sought,
        "called": called,
        "open": called is not None and called.closed_at is None,
        "chairs": may(request.user, CHAIR, found.unit, on=today()),
        "together": together,
        "numbers": _numbers(together, root),
        "now": now,
        "stream": stream_of(request, found, DESK),
        "breadcrumbs": way(found),
    }
    rows = board(found, called)
    if root:
        rows = rows.filter(root=root)
    if sought:
        rows = rows.filter(folded__contains=sought)
    tiles = not sought and (root or show or together.sites <= SMALL or len(totals) > MOST_ROOTS)
    part = request.GET.get("part") if request.headers.get("X-Requested-With") == "fetch" else None
    if part not in {"tiles", "numbers"}:
        wanted = rows.select_related("operator", "deputy") if sought else to_call(rows, at=now)
        calls = list(wanted[: MOST_TO_CALL + 1]) if called or sought else []
        context["calls"] = [_to_call(site) for site in calls[:MOST_TO_CALL]]
        context["more_calls"] = len(calls) > MOST_TO_CALL
    if part not in {"tiles", "calls"}:
        context["provinces"] = (
            [] if tiles or sought else [(in_words(one), one, numbers) for one, numbers in named_rows(totals)]
        )
    if part not in {"numbers", "calls"} and tiles:
        page = Paginator(in_state(rows, show) if show else rows, MOST_TILES).get_page(request.GET.get("page"))
        context["page"], context["tiles"] = page, [_tile(site) for site in page]
        context["wide"] = any(len(site.code) > LONG_CODE for site in page)
        context["words"] = json.dumps(tile_words(), ensure_ascii=False)
        context["show"] = _(NUMBERS[show]) if show else ""
    if not part:
        context |= announced(found)
        context |= _turn(context, called)
    saw(request, found, len(context.get("calls", ())))
    return render(request, PARTS.get(part or "", "workshops/desk.html"), context)


def _turn(context: dict[str, Any], called: RollCall | None) -> dict[str, Any]:
    """The site whose turn it is, for whoever calls one after the other; or that all were called."""
    if called is None or not context["open"] or not context["chairs"] or called.mode != RollCall.Mode.ORDER:
        return {}
    if called.calling is None:
        return {"all_called": True}
    others = [(name, _(STATES[name]).capitalize()) for name in (LATE, FAULT, ABSENT)]
    turn = {"site": called.calling, "name": in_words(called.calling), "others": others}
    return {"turn": turn, "answer_form": AnswerForm()}


@lru_cache(maxsize=128)  # desks that look again after the same telling share the counting
def _totals(workshop: int, told: int, roll: int | None) -> dict[int, Totals]:
    """Of a workshop as it stands after the telling of that number, or later."""
    return totals_by_root(Workshop(pk=workshop), RollCall(pk=roll) if roll else None)


def _here(request: HttpRequest, found: Workshop) -> str:
    asked = {name: request.GET[name] for name in ("root", "show", "q", "page") if request.GET.get(name)}
    return reverse("workshops:desk", args=[found.key]) + (f"?{urlencode(asked)}&" if asked else "?")


def _numbers(numbers: Totals, root: Site | None) -> list[dict[str, Any]]:
    of = f"root={root.key}&" if root else ""
    rows = [
        {
            "count": getattr(numbers, name),
            "words": _(words),
            "url": f"?{of}show={name}" if getattr(numbers, name) else "",
            "kind": "late" if name in TROUBLE and getattr(numbers, name) else "",
        }
        for name, words in NUMBERS.items()
    ]
    return [
        {"count": numbers.people, "words": _("people counted"), "url": "", "kind": ""},
        *rows,
    ]


def tile_words() -> dict[str, dict[str, str]]:
    """What the script writes into a square, by state."""
    return {
        name: {"class": f"lt-tile lt-tile--{KINDS[name]}", "letter": _letter(name), "word": _(STATES[name])}
        for name in STATES
    }


def _letter(state: str) -> str:
    return _(LETTERS[state]).split("|")[0]


def _tile(site: Any) -> dict[str, Any]:
    state = site.stands_state
    return {
        "key": site.key,
        "code": site.code,
        "name": in_words(site),
        "kind": KINDS[state] if state else "none",
        "letter": _letter(state) if state else "",
        "word": _(STATES[state]) if state else _("nothing reported"),
        "people": "–" if site.stands_people is None else site.stands_people,
    }


def _to_call(site: Any) -> dict[str, Any]:
    state = site.stands_state
    return {
        "site": site,
        "name": in_words(site),
        "kind": KINDS[state] if state else "none",
        "word": _(STATES[state]) if state else _("nothing reported"),
        "heard_at": site.heard_at,
        "people": [person for person in (site.operator, site.deputy) if person is not None],
    }


# ---- acts


@needs("workshops.chair")
@require_POST
def open_the_roll(request: HttpRequest, key: str, mode: str) -> HttpResponse:
    """Calls the roll: all at once, or one after the other."""
    found = workshop_for(request, key)
    if mode not in RollCall.Mode:
        raise Http404
    call_the_roll(by=request.user, workshop=found, mode=mode, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The roll is being called: every site sees it now."))
    return redirect("workshops:desk", found.key)


@needs("workshops.chair")
@require_POST
def answered(request: HttpRequest, key: str) -> HttpResponse:
    """What the site whose turn it was has answered; the next one is called."""
    site = get_object_or_404(Site.objects.select_related("workshop__unit"), key=key)
    check(request, site.workshop.unit)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Refused(N_("Cannot enter what %(site)s has said: the number of people is none."), site=site.name)
    answer_call(by=request.user, workshop=site.workshop, site=site, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
    return redirect("workshops:desk", site.workshop.key)


@needs("workshops.chair")
@require_POST
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Ends the roll call."""
    found = workshop_for(request, key)
    close_the_roll(by=request.user, workshop=found, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The roll is closed."))
    return redirect("workshops:desk", found.key)


@needs("workshops.chair")
@require_http_methods(["GET", "POST"])
def rest(request: HttpRequest, key: str) -> HttpResponse:
    """By exception: the sites that said nothing; only those that are not there are marked, one button for all."""
    found = workshop_for(request, key)
    called = last_roll(found)
    if called is None or called.closed_at is not None:
        raise Http404
    silent = not_reported(called)
    if request.method == "POST":
        shown = {name[2:]: state for name, state in request.POST.items() if name.startswith("s-")}
        said = {one: state if state in STATES else PRESENT for one, state in shown.items()}
        entered = enter_the_rest(
            by=request.user,  # type: ignore[arg-type]
            workshop=found,
            said=said,
            at=timezone.now(),
        )
        messages.success(request, _("%(count)d sites entered.") % {"count": entered})
        if left := silent.count():
            messages.warning(
                request,
                _("%(count)d sites that were not on this page have still said nothing.") % {"count": left},
            )
        return redirect("workshops:desk", found.key)
    sites = list(silent.order_by("place", "pk")[: MOST_TILES + 1])
    context = {
        "workshop": found,
        "sites": [(site, in_words(site)) for site in sites[:MOST_TILES]],
        "more": len(sites) > MOST_TILES,
        "states": [(name, _(STATES[name])) for name in (PRESENT, LATE, FAULT, ABSENT)],
        "breadcrumbs": way(found, (_("Board of sites"), "workshops:desk")),
    }
    return render(request, "workshops/rest.html", context)


@needs("workshops.moderate")
@shows_people(N_("whom to call at the sites of a workshop"))
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """One site for the desk: what was reported, by whom, and a report by telephone or a correction."""
    site = get_object_or_404(Site.objects.select_related("workshop__unit", "operator", "deputy"), key=key)
    check(request, site.workshop.unit)
    called = last_roll(site.workshop)
    form = EnterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_report(
                by=request.user,  # type: ignore[arg-type]
                site=site,
                report=form.report(new_key()),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
            messages.success(request, _("The report is entered."))
            return redirect("workshops:desk_site", site.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    people = [person for person in (site.operator, site.deputy) if person is not None]
    saw(request, site.workshop, len(people))
    context = {
        "site": site,
        "name": in_words(site),
        "workshop": site.workshop,
        "people": people,
        "form": form,
        "called": called,
        "open": called is not None and called.closed_at is None,
        "chairs": may(request.user, CHAIR, site.workshop.unit, on=today()),
        "reports": [
            {"row": one, "kind": KINDS[one.state], "word": _(STATES[one.state])}
            for one in reports_of(site, called)[:50]
        ],
        "breadcrumbs": way(site.workshop, (_("Board of sites"), "workshops:desk")),
    }
    return render(request, "workshops/desk_site.html", context, status=422 if form.is_bound else 200)


@needs("workshops.chair")
@require_POST
def call(request: HttpRequest, key: str) -> HttpResponse:
    """It is the turn of this site."""
    site = get_object_or_404(Site.objects.select_related("workshop__unit"), key=key)
    check(request, site.workshop.unit)
    call_site(by=request.user, workshop=site.workshop, site=site, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(site)s is being called.") % {"site": in_words(site)})
    return redirect("workshops:desk_site", site.key)
