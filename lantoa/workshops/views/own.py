"""The roll among one's own sites: a province sees which of its communes have reported and whom to call there, and
reports for them. And who has tried what was not theirs."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.common.refused import N_
from lantoa.directory.access import needs, saw, shows_people, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.queries.people import names_of
from lantoa.workshops.queries.access import sites_of
from lantoa.workshops.queries.refused import refused_attempts
from lantoa.workshops.queries.roll import UNHEARD, board, in_state, last_roll, totals_of
from lantoa.workshops.rules.roll import KINDS, STATES
from lantoa.workshops.rules.words import LIVE
from lantoa.workshops.views.desk import NUMBERS, TROUBLE
from lantoa.workshops.views.reaching import in_words, way, workshop_for, workshop_seen

PAGE = 50
WHAT = {
    "stream": N_("to listen to this workshop"),
    "report": N_("to report a site"),
    "check-in": N_("to check in"),
    "heard": N_("to speak for a site"),
}
ACTS = {
    "raise": N_("to raise the hand of a site"),
    "withdraw": N_("to take the hand of a site down"),
    "ask": N_("to ask a question for a site"),
    "fault": N_("to report a fault of a site"),
    "mended": N_("to say that a site works again"),
    "rung": N_("to choose what a site shows"),
    "ballot": N_("to vote for a site"),
}


@needs(SIGNED_IN)
@shows_people(N_("whom to call at one's own sites of a workshop"))
@require_safe
def own_sites(request: HttpRequest, key: str) -> HttpResponse:
    """What the reader's own sites have reported, those in trouble by a number."""
    found, _whole = workshop_seen(request, key)
    show = request.GET.get("show", "")
    if show and show not in NUMBERS:
        raise Http404
    called, now = last_roll(found), timezone.now()
    rows = board(found, called).filter(pk__in=sites_of(request.user, on=today(), workshop=found).values("pk"))
    together = totals_of(rows)
    shown = (in_state(rows, show) if show else rows).select_related("operator", "deputy")
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    saw(request, found, sum(1 for one in page if one.operator or one.deputy), part=page.number)
    context = {
        "workshop": found,
        "name": in_words(found),
        "called": called,
        "live": found.state == LIVE,
        "together": together,
        "now": now,
        "numbers": [
            {
                "count": getattr(together, name),
                "words": _(words),
                "url": f"?show={name}" if getattr(together, name) else "",
                "kind": "late" if name in TROUBLE and getattr(together, name) else "",
            }
            for name, words in NUMBERS.items()
        ],
        "page": page,
        "show": _(NUMBERS[show]) if show else _("All your sites"),
        "rows": [
            {
                "site": one,
                "name": in_words(one),
                "kind": KINDS[one.stands_state] if one.stands_state else "none",
                "word": _(STATES[one.stands_state]) if one.stands_state else _("nothing reported"),
                "people": one.stands_people,
                "heard_at": one.heard_at,
                "lost": one.heard_at is not None and one.heard_at < now - UNHEARD,
                "call": [person for person in (one.operator, one.deputy) if person is not None],
            }
            for one in page
        ],
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/own_sites.html", context)


@needs("workshops.manage")
@shows_people(N_("who tried to act for others in a workshop"))
@require_safe
def refused(request: HttpRequest, key: str) -> HttpResponse:
    """Who tried to act for a site that is not theirs, or to hear another workshop; all of it was refused."""
    found = workshop_for(request, key)
    page = Paginator(refused_attempts(found), PAGE).get_page(request.GET.get("page"))
    called = names_of({one.actor for one in page if one.actor})
    saw(request, found, sum(1 for one in page if one.actor in called), part=page.number)
    context = {
        "workshop": found,
        "name": in_words(found),
        "page": page,
        "rows": [
            {
                "who": called.get(one.actor) or (_("several others") if one.actor else _("nobody of this house")),
                "what": _(WHAT.get(one.what) or ACTS.get(one.what) or N_("something that there is not")),
                "site": one.site,
                "count": one.count,
                "first_at": one.first_at,
                "last_at": one.last_at,
            }
            for one in page
        ],
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/refused.html", context)
