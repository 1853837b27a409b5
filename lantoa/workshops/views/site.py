"""The page of a site, for whoever answers for it: one number, one tap; and the code for the people inside."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.models import new_key
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import needs
from lantoa.directory.permissions import SIGNED_IN
from lantoa.presence.queries import code_on_the_wall, is_open
from lantoa.workshops.actions.roll import report_site, show_site_code
from lantoa.workshops.forms_roll import ReportForm
from lantoa.workshops.models import Site
from lantoa.workshops.queries.roll import gathering_of, last_roll, stands_of
from lantoa.workshops.rules.roll import KINDS, STATES
from lantoa.workshops.rules.streams import audience_of
from lantoa.workshops.views.hours import dry_run_of
from lantoa.workshops.views.live import stream_of
from lantoa.workshops.views.reaching import in_words, site_answered_for, way
from lantoa.workshops.views.site_floor import on_site, site_context
from lantoa.workshops.views.site_quiet import quiet_page
from lantoa.workshops.views.stage import opened_for

WALL_SECONDS = 5
WORKER = settings.BASE_DIR / "static" / "js" / "sheet-worker.js"  # the one of the exams: it knows both folders


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def roll(request: HttpRequest, key: str) -> HttpResponse:
    """The operator's page on a phone: what stands of the site, and what is reported of it."""
    site = site_answered_for(request, key)
    keeps = site.workshop.state in {site.workshop.State.READY, site.workshop.State.LIVE}
    fetched = request.headers.get("X-Requested-With") == "fetch"
    if request.method == "GET" and keeps and not fetched and (page := quiet_page(request, site)) is not None:
        return _kept(page)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report = form.report(new_key())
            report_site(by=request.user, site=site, report=report, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("The centre has your report."))
            return redirect("workshops:site_roll", site.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "site": site,
        "name": in_words(site),
        "workshop": in_words(site.workshop),
        "form": form,
        "stream": stream_of(request, site.workshop, audience_of(site.key)),
        "dry_run": dry_run_of(site, timezone.now()),
        "breadcrumbs": way(site.workshop),
        **standing(site),
    }
    if site.workshop.state == site.workshop.State.LIVE:
        context = {**site_context(site, timezone.now()), **on_site(request, site), **context, "during": True}
    if fetched and request.GET.get("part") == "stands":
        return render(request, "workshops/_site_stands.html", context)
    context["keeps"] = keeps
    page = render(request, "workshops/site_roll.html", context, status=422 if form.is_bound else 200)
    return _kept(opened_for(page, context) if "plays" in context else page)


def _kept(page: HttpResponse) -> HttpResponse:
    """It is asked for anew each time; only the worker takes it from the memory of the browser, for a dead line."""
    page.headers["Cache-Control"] = "private, no-cache"
    return page


@needs(SIGNED_IN)
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker, at an address from which it may watch over the pages of sites and over no others."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def standing(site: Site) -> dict[str, Any]:
    """What stands of the site now."""
    called = last_roll(site.workshop)
    stands = stands_of(site, called)
    return {
        "called": called,
        "our_turn": called is not None and called.calling_id == site.pk,
        "stands": stands,
        "kind": KINDS[stands.state] if stands else "none",
        "word": _(STATES[stands.state]) if stands else _("nothing reported yet"),
        "site": site,
    }


@needs(SIGNED_IN)
@require_http_methods(["POST"])
def open_code(request: HttpRequest, key: str) -> HttpResponse:
    """From now on people inside check in by the code on the wall."""
    site = site_answered_for(request, key)
    show_site_code(by=request.user, site=site, at=timezone.now())  # type: ignore[arg-type]
    return redirect("workshops:site_code", site.key)


@needs(SIGNED_IN)
@require_safe
def code(request: HttpRequest, key: str) -> HttpResponse:
    """The code for the wall of the site. It renews itself by the Refresh header, without any script."""
    site = site_answered_for(request, key)
    gathering, now = gathering_of(site), timezone.now()
    if gathering is None or not is_open(gathering, at=now):
        return redirect("workshops:site_roll", site.key)
    digits = code_on_the_wall(gathering, at=now)
    address = request.build_absolute_uri(reverse("workshops:check_in", args=[site.key]) + f"?code={digits}")
    import segno  # late, as everything that a start can do without

    picture = segno.make(address, error="m").svg_inline(omitsize=True, border=2, svgclass="lt-qr", lineclass=None)
    context = {
        "site": site,
        "name": in_words(site),
        "workshop": in_words(site.workshop),
        "digits": f"{digits[:3]} {digits[3:]}",
        "qr": mark_safe(picture),
        "here": gathering.attendance.count(),
    }
    response = render(request, "workshops/site_code.html", context)
    response["Refresh"] = str(WALL_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
