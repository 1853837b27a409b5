"""Technical checks: the board of all sites, and the check of one by whoever looks after it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.common.words import say
from lantoa.directory.access import needs, saw, shows_people, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.queries.people import names_of
from lantoa.workshops.actions.checks import sign_check
from lantoa.workshops.forms_before import CheckForm
from lantoa.workshops.models import Check
from lantoa.workshops.queries.access import sites_of
from lantoa.workshops.queries.checks import COLOURS, TAGS, colours_by_root, count_colours, sites_coloured
from lantoa.workshops.queries.dry_run import PART, count_part, sites_taking_part
from lantoa.workshops.queries.words import player_of
from lantoa.workshops.rules.checks import MEASURED, YES_NO, colour_of
from lantoa.workshops.rules.words import LIVE, READY
from lantoa.workshops.views.hours import hours
from lantoa.workshops.views.reaching import in_words, manages, site_answered_for, way, workshop_seen
from lantoa.workshops.views.sites import MOST_ROOTS, people_words, way_to
from lantoa.workshops.views.stage import opened_for

PAGE = 50
LOAD = 512 * 1024  # bytes sent down once to measure the line; sent up half as many at most


@needs(SIGNED_IN)
@shows_people(N_("which sites have checked their technology, and whom to call"))
@require_safe
def checks(request: HttpRequest, key: str) -> HttpResponse:
    """Red, amber, green: who is ready, who is not, and whom to call."""
    found, whole = workshop_seen(request, key)
    sites = found.sites.all() if whole else sites_of(request.user, on=today(), workshop=found)
    colour, under = request.GET.get("colour", ""), request.GET.get("under", "")
    if colour and colour not in COLOURS:
        raise Http404
    part = request.GET.get("dry_run", "")
    if part and part not in PART:
        raise Http404
    counted = count_colours(sites)
    roots = colours_by_root(sites)
    took_part = count_part(sites, found) if found.dry_run else {}
    shown = sites_taking_part(sites_coloured(sites, colour, under), found, part)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    saw(request, found, sum(1 for one in page if one.operator or one.deputy), part=page.number)
    english = (get_language() or "vi").startswith("en")
    context = {
        "workshop": found,
        "name": in_words(found),
        "numbers": [
            {"count": counted[name], "words": _(words), "url": f"?colour={name}", "kind": _kind(name, counted[name])}
            for name, words in COLOURS.items()
        ],
        "dry_run": hours(found.dry_run) if found.dry_run else "",
        "tried": found.dry_run is not None and found.dry_run.lower <= timezone.now(),
        "took_part": [
            {
                "count": took_part[name],
                "words": _(words),
                "url": f"?dry_run={name}",
                "kind": _part_kind(name, took_part),
            }
            for name, words in PART.items()
        ]
        if took_part
        else [],
        "roots": [
            {
                "name": (english and row["root__name_en"]) or row["root__name"],
                "url": f"?under={row['root__key']}",
                "sites": row["sites"],
                "cells": [row[name] for name in COLOURS],
            }
            for row in roots
        ]
        if len(roots) < counted_all(counted) and len(roots) <= MOST_ROOTS
        else [],
        "columns": [_(words) for words in COLOURS.values()],
        "page": page,
        "rows": [(one, in_words(one), people_words(one), _state(one)) for one in page],
        "show": _(COLOURS[colour]) if colour else _(PART[part]).capitalize() if part else _("All sites"),
        "may_sign": found.state in {READY, LIVE} and (not whole or manages(request, found)),
        "reads": manages(request, found),
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/checks.html", context)


def _state(site: Any) -> dict[str, str]:
    return {"kind": TAGS[site.colour_now], "word": _(COLOURS[site.colour_now])}


def counted_all(counted: dict[str, int]) -> int:
    """All sites together."""
    return sum(counted.values())


def _kind(name: str, count: int) -> str:
    return "late" if name == "red" and count else "ok" if name == "green" and count else ""


def _part_kind(name: str, counted: dict[str, int]) -> str:
    return "" if not counted[name] else "ok" if name == "yes" else "late"


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def check_site(request: HttpRequest, key: str) -> HttpResponse:
    """The check of one site: the browser measures, the operator looks, listens and signs; by form alone, too."""
    found = site_answered_for(request, key)
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = sign_check(
                by=request.user,  # type: ignore[arg-type]
                site=found,
                results=form.results(),
                note=form.cleaned_data["note"],
                at=timezone.now(),
            )
            messages.success(request, _("Signed: %(colour)s.") % {"colour": _(COLOURS[made.colour])})
            return redirect("workshops:check_site", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    last = Check.objects.filter(site=found).order_by("-id").first()
    context = {
        "site": found,
        "workshop": found.workshop,
        "name": in_words(found),
        "form": form,
        "tried": [form[name] for name in YES_NO],
        "measured": [form[name] for name in MEASURED],
        "last": last,
        "facts": facts_of(last) if last else [],
        "signer": names_of([last.signed_by]).get(last.signed_by, "") if last else "",
        "stream": found.workshop.stream_url,
        "load": LOAD,
        "breadcrumbs": way_to(found),
    }
    origin = player_of(found.workshop)
    context["plays"] = bool(origin)
    response = render(request, "workshops/check_site.html", context, status=422 if form.errors else 200)
    opened_for(response, {"plays": bool(origin), "origin": origin})
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(self)"
    return response


def facts_of(check: Check) -> list[dict[str, Any]]:
    """What a check found, thing by thing."""
    said = {"ok": _("works"), "bad": _("does not work"), "unknown": _("not tried")}
    rows = [
        {"key": _(words).capitalize(), "value": said[check.results.get(name, "unknown")], "kind": _tag(check, name)}
        for name, words in YES_NO.items()
    ]
    return rows + [
        {
            "key": _(words).capitalize(),
            "value": f"{vnumber(check.results[name], 1)} {unit}",
            "kind": _tag(check, name),
        }
        for name, (words, unit) in MEASURED.items()
        if name in check.results
    ]


def _tag(check: Check, name: str) -> str:
    return TAGS.get(colour_of(name, check.results), "none")


@needs(SIGNED_IN)
@require_http_methods(["GET"])
def probe(request: HttpRequest, key: str) -> HttpResponse:
    """What the check of a site measures the line with: the clock of the house, and as many bytes as asked for."""
    site_answered_for(request, key)
    try:
        size = min(max(int(request.GET.get("size", "0")), 0), LOAD)
    except ValueError:
        raise Http404 from None
    response = HttpResponse(_noise(size), content_type="application/octet-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Encoding"] = "identity"  # noise does not shrink: nothing is gained by trying
    response.headers["X-Clock"] = str(int(timezone.now().timestamp() * 1000))
    return response


def _noise(size: int) -> bytes:
    import secrets

    return secrets.token_bytes(size)


@needs(SIGNED_IN)
@require_POST
def probe_up(request: HttpRequest, key: str) -> HttpResponse:
    """Takes bytes, says how many, keeps none."""
    site_answered_for(request, key)
    return HttpResponse(str(len(request.body)), content_type="text/plain")
