"""The chair's pages of polls."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs
from lantoa.workshops.actions.polls import close_poll, make_poll, open_poll, remove_poll, show_poll
from lantoa.workshops.forms_floor import PollForm
from lantoa.workshops.models import Poll
from lantoa.workshops.queries.polls import polls_of, right_share, told_by_site, voices_of
from lantoa.workshops.views.during import act_of, options_of, result_of
from lantoa.workshops.views.reaching import in_words, way, workshop_for

KINDS = {"draft": "none", "open": "now", "closed": "ok"}
STATES = {"draft": N_("not opened yet"), "open": N_("open"), "closed": N_("closed")}
VOICES = {
    "people": N_("each person once"),
    "sites": N_("each site once"),
    "heads": N_("each site, counting as many as are there"),
}


@needs("workshops.chair")
@require_http_methods(["GET", "POST"])
def polls(request: HttpRequest, key: str) -> HttpResponse:
    """The polls of a workshop, and a form for one more."""
    found = workshop_for(request, key)
    form = PollForm(request.POST or None, initial={"voices": Poll.Voices.PEOPLE})
    if request.method == "POST" and form.is_valid():
        options, right = form.options_of()
        try:
            make_poll(
                by=request.user,  # type: ignore[arg-type]
                workshop=found,
                title=form.cleaned_data["title"],
                title_en=form.cleaned_data["title_en"],
                options=options,
                right=right,
                several=form.cleaned_data["several"],
                voices=form.cleaned_data["voices"],
            )
            messages.success(request, _("The poll is saved. Open it when its time has come."))
            return redirect("workshops:polls", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "workshop": found,
        "form": form,
        "rows": [
            {"poll": one, "title": in_words(one, "title"), "state": _state(one), "voices": _(VOICES[one.voices])}
            for one in polls_of(found)
        ],
        "breadcrumbs": way(found, (_("Chair"), "workshops:chair")),
    }
    return render(request, "workshops/polls.html", context, status=422 if form.is_bound else 200)


def _state(poll: Poll) -> tuple[str, str]:
    if poll.shown_at:
        return "ok", _("result shown")
    return KINDS[poll.state], _(STATES[poll.state])


@needs("workshops.chair")
@require_http_methods(["GET", "POST"])
def poll(request: HttpRequest, key: str) -> HttpResponse:
    """One poll: opened, closed, shown; its result as a whole and by site."""
    found = get_object_or_404(Poll.objects.select_related("workshop__unit"), key=key)
    check(request, found.workshop.unit)
    if request.method == "POST":
        act_of(request, ACTS)(request, found)
        if request.POST["act"] == "remove":
            return redirect("workshops:polls", found.workshop.key)
        return redirect("workshops:poll", found.key)
    closed = found.state == Poll.State.CLOSED
    context: dict[str, Any] = {
        "poll": found,
        "title": in_words(found, "title"),
        "state": _state(found),
        "voices": _(VOICES[found.voices]),
        "count": voices_of(found),
        "options": options_of(found),
        "result": result_of(found) if closed else None,
        "right": right_share(found) if closed else None,
        "sites": [
            {"name": in_words(site), "told": told}
            for site, told in (told_by_site(found) if closed and found.voices == Poll.Voices.PEOPLE else {}).items()
        ],
        "now": timezone.now(),
        "breadcrumbs": way(found.workshop, (_("Chair"), "workshops:chair"), (_("Polls"), "workshops:polls")),
    }
    return render(request, "workshops/poll.html", context)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}


ACTS = {
    "open": lambda request, found: open_poll(poll=found, **_by(request)),
    "close": lambda request, found: close_poll(poll=found, **_by(request)),
    "show": lambda request, found: show_poll(poll=found, **_by(request)),
    "remove": lambda request, found: remove_poll(by=request.user, poll=found),
}
