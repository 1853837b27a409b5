"""What a site does during the workshop: its hand, its questions, its vote, its faults, its picture. The operator's
page (`site`) includes the parts `workshops/_site_*.html` with `site_context`; here they stand alone, for forms."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.directory.access import needs, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.workshops.actions.floor import raise_hand, withdraw_hand
from lantoa.workshops.actions.places import note_stranger
from lantoa.workshops.actions.polls import cast_for_site
from lantoa.workshops.actions.questions import ask
from lantoa.workshops.actions.words import KINDS, choose_rung, end_fault, report_fault
from lantoa.workshops.forms_floor import AskForm, FaultForm, HandForm, RungForm
from lantoa.workshops.models import Fault, Poll, Site, SiteBallot, Workshop
from lantoa.workshops.queries.access import MANAGE, answers_for, can
from lantoa.workshops.queries.floor import conduct_of, floor_of
from lantoa.workshops.queries.polls import polls_of
from lantoa.workshops.queries.roll import last_roll, stands_of
from lantoa.workshops.queries.taking_part import takes_part
from lantoa.workshops.queries.words import lines_of, rung_of
from lantoa.workshops.rules.streams import audience_of
from lantoa.workshops.views.during import act_of, announced, answer_part, left_words, options_of, spread_of
from lantoa.workshops.views.live import stream_of
from lantoa.workshops.views.reaching import in_words, way
from lantoa.workshops.views.stage import CAPTIONED, language_among, shows_slides, slide_context, stream_context
from lantoa.workshops.views.taking_part import chosen_of, poll_asked

PARTS = {"floor": "workshops/_site_floor.html", "polls": "workshops/_site_polls.html"}


def site_acted_for(request: HttpRequest, key: str) -> Site:
    """The site, for whoever answers for it or plans the workshop. 404 for everybody else; if they take part in the
    workshop and try to act for a site that is not theirs, that is written down first."""
    found = get_object_or_404(Site.objects.select_related("workshop__unit", "unit"), key=key)
    if can(request.user, MANAGE, found.workshop, on=today()):
        return found
    if found.workshop.state != Workshop.State.DRAFT and answers_for(request.user, found, on=today()):
        return found
    if request.method == "POST" and takes_part(request.user, found.workshop, on=today()):
        note_stranger(by=request.user, site=found, act=request.POST.get("act", ""))  # type: ignore[arg-type]
    raise Http404


def site_context(found: Site, now: datetime) -> dict[str, Any]:
    """What the part shows: the site's hand and its place in the queue, votes, the fault, the picture."""
    workshop = found.workshop
    conduct = conduct_of(workshop)
    floor = floor_of(workshop, by_protocol=conduct.by_protocol)
    speaking = floor.speaking if floor.speaking and floor.speaking.site_id == found.pk else None
    places = [one.site_id for one in floor.waiting]
    polls = list(polls_of(workshop).filter(state=Poll.State.OPEN).exclude(voices=Poll.Voices.PEOPLE))
    given = {one.poll_id: one for one in SiteBallot.objects.filter(site=found, poll__in=polls)}
    fault = Fault.objects.filter(site=found, ended_at=None).first()
    counted = stands_of(found, last_roll(workshop)) if polls else None
    here = found.expected if counted is None or counted.people is None else counted.people
    return {
        "site": found,
        "workshop": workshop,
        "live": workshop.state == Workshop.State.LIVE,
        "conduct": conduct,
        "hand": next((one for one in floor.waiting if one.site_id == found.pk), None),
        "ahead": places.index(found.pk) if found.pk in places else 0,
        "speaking": speaking,
        "floor": floor,
        "left": left_words(floor, now),
        "now": now,
        "spread": spread_of(workshop.sites.count()),
        "polls": [
            {
                "poll": one,
                "title": in_words(one, "title"),
                "options": [
                    (place, words, one.pk in given and place in given[one.pk].chosen)
                    for place, words in enumerate(options_of(one))
                ],
                "voted": one.pk in given,
                "heads": given[one.pk].heads if one.pk in given else here,
            }
            for one in polls
        ],
        "fault": fault,
        "fault_kind": _(KINDS[Fault.Kind(fault.kind)]) if fault else "",
        "hand_form": HandForm(auto_id="hand-%s"),
        "fault_form": FaultForm(auto_id="fault-%s"),
        "site_ask_form": AskForm(
            languages=workshop.languages, anonymous=False, auto_id="ask-%s", initial={"language": found.language}
        ),
        "rung_form": RungForm(auto_id="rung-%s", initial={"rung": rung_of(found)}),
    }


def on_site(request: HttpRequest, found: Site) -> dict[str, Any]:
    """What is on, on the rung that the site has chosen. Captions where nothing is heard."""
    workshop, rung = found.workshop, rung_of(found)
    language = language_among(workshop.languages)
    shows = shows_slides(rung, streamed=bool(workshop.stream_url))
    return {
        **stream_context(workshop, rung),
        **slide_context(workshop, language, pictures=shows),
        **announced(workshop),
        "caption_language": language,
        "caption_lines": lines_of(workshop, language) if rung in CAPTIONED else [],
    }


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def site_floor(request: HttpRequest, key: str) -> HttpResponse:
    """The site during the workshop, without anything else."""
    found = site_acted_for(request, key)
    if request.method == "POST":
        act_of(request, ACTS)(request, found)
        return redirect("workshops:site_roll", found.key)
    context = site_context(found, timezone.now())
    if part := answer_part(request, PARTS, context):
        return part
    stream = stream_of(request, found.workshop, audience_of(found.key))
    context |= {"name": in_words(found), "stream": stream, "breadcrumbs": way(found.workshop)}
    return render(request, "workshops/site_floor.html", context)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}


def _raise(request: HttpRequest, found: Site) -> None:
    form = HandForm(request.POST)
    about = form.cleaned_data["about"] if form.is_valid() else ""
    raise_hand(site=found, about=about, **_by(request))


def _ask(request: HttpRequest, found: Site) -> None:
    form = AskForm(request.POST, languages=found.workshop.languages, anonymous=False)
    if not form.is_valid():
        raise Refused(N_("Cannot send the question: it is empty, or longer than 1000 letters."))
    ask(
        workshop=found.workshop,
        site=found,
        text=form.cleaned_data["text"],
        language=form.cleaned_data["language"],
        **_by(request),
    )
    messages.success(request, _("Your question has arrived. It is shown when a moderator has read it."))


def _fault(request: HttpRequest, found: Site) -> None:
    form = FaultForm(request.POST)
    if not form.is_valid():
        raise Refused(N_("Cannot report the fault: say what does not work."))
    report_fault(site=found, **form.cleaned_data, **_by(request))
    messages.success(request, _("The fault desk knows. Somebody calls you."))


def _mended(request: HttpRequest, found: Site) -> None:
    for one in Fault.objects.filter(site=found, ended_at=None):
        end_fault(fault=one, **_by(request))


def _rung(request: HttpRequest, found: Site) -> None:
    form = RungForm(request.POST)
    if not form.is_valid():
        raise Http404
    choose_rung(site=found, rung=form.cleaned_data["rung"], **_by(request))


def _ballot(request: HttpRequest, found: Site) -> None:
    text = request.POST.get("heads", "0").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refused(
            N_("Cannot vote for the site: how many people are there is a number, not “%(text)s”."), text=text
        )
    heads = int(text)
    poll = poll_asked(request, found.workshop)
    cast_for_site(poll=poll, site=found, chosen=chosen_of(request), heads=heads, **_by(request))
    messages.success(request, _("The vote of the site is counted."))


ACTS = {
    "raise": _raise,
    "withdraw": lambda request, found: withdraw_hand(site=found, **_by(request)),
    "ask": _ask,
    "fault": _fault,
    "mended": _mended,
    "rung": _rung,
    "ballot": _ballot,
}
