"""The pages of those who take part: a seat on a phone, and the large screen of a hall."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.directory.access import needs, today
from lantoa.directory.models import Person
from lantoa.directory.permissions import SIGNED_IN
from lantoa.workshops.actions.places import take_place
from lantoa.workshops.actions.polls import cast
from lantoa.workshops.actions.questions import ask, take_vote_back, vote
from lantoa.workshops.forms_floor import AskForm, PlaceForm
from lantoa.workshops.models import Ballot, Poll, Question, Site, Workshop
from lantoa.workshops.queries.access import VIEW, can
from lantoa.workshops.queries.floor import conduct_of
from lantoa.workshops.queries.polls import polls_of, voices_of
from lantoa.workshops.queries.questions import asked_by, shown_to
from lantoa.workshops.queries.taking_part import near, person_of, place_of, takes_part
from lantoa.workshops.queries.words import rung_of
from lantoa.workshops.views.during import (
    act_of,
    agenda_context,
    answer_part,
    floor_context,
    options_of,
    pinned_of,
    result_of,
    spread_of,
)
from lantoa.workshops.views.live import stream_of
from lantoa.workshops.views.reaching import in_words, way
from lantoa.workshops.views.stage import (
    language_of,
    opened_for,
    shows_slides,
    slide_context,
    stream_context,
    words_context,
)

MOST = 20  # questions on the page
NEAR = 50  # sites to choose from
PARTS = {
    "agenda": "workshops/_seat_agenda.html",
    "polls": "workshops/_seat_polls.html",
    "questions": "workshops/_seat_questions.html",
}
HALL = {
    "agenda": "workshops/_seat_agenda.html",
    "polls": "workshops/_hall_polls.html",
    "pinned": "workshops/_hall_pinned.html",
}


def workshop_attended(request: HttpRequest, key: str, *, seen: bool = False) -> Workshop:
    """The workshop, for whoever takes part in it (or with `seen` may see it); 404 for strangers."""
    found = get_object_or_404(Workshop.objects.select_related("unit"), key=key)
    if seen and can(request.user, VIEW, found, on=today()):
        return found
    if not takes_part(request.user, found, on=today()):
        raise Http404
    return found


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def seat(request: HttpRequest, key: str) -> HttpResponse:
    """A participant's page: what runs, who speaks, captions, questions, votes."""
    found = workshop_attended(request, key)
    person = person_of(request.user)
    if request.method == "POST":
        if person is None:
            raise Refused(N_("Cannot take part with this account: it belongs to nobody on record."))
        act_of(request, ACTS)(request, (found, person))
        return redirect("workshops:seat", found.key)
    now = timezone.now()
    place = place_of(person, found)
    context = {**agenda_context(found, now), **floor_context(found, now), **words_context(request, found)}
    context |= {
        "polls": polls_for(found, person),
        "questions": shown_to(found, person, most=MOST),
        "mine": list(asked_by(found, person)[:MOST]) if person else [],
        "live": found.state == Workshop.State.LIVE,
        "spread": spread_of(found.places.count()),
    }
    if part := answer_part(request, PARTS, context):
        return part
    conduct = context["conduct"]
    sites = [(one.key, in_words(one)) for one in near(request.user, found, on=today())[:NEAR]]
    stream = stream_context(found, rung_of(place.site if place else None))
    shows = shows_slides(stream["rung"], streamed=bool(found.stream_url))
    context |= stream | slide_context(found, context["caption_language"], pictures=shows)
    context |= {
        "stream": stream_of(request, found),
        "name": in_words(found),
        "place": in_words(place.site) if place else "",
        "place_form": PlaceForm(sites=sites, initial={"site": place.site.key if place else ""}),
        "ask_form": AskForm(
            languages=found.languages,
            anonymous=conduct.anonymous,
            initial={"language": language_of(request, found)},
        ),
        "breadcrumbs": way(found) if can(request.user, VIEW, found, on=today()) else [],
    }
    return opened_for(render(request, "workshops/seat.html", context), stream)


def polls_for(found: Workshop, person: Person | None) -> list[dict[str, Any]]:
    """The polls that are open to this person, with what they have chosen, and those whose result is shown."""
    polls = [one for one in polls_of(found) if one.state == Poll.State.OPEN or one.shown_at]
    votes = Ballot.objects.filter(poll__in=polls, person=person).values_list("poll", "chosen") if person else []
    given: dict[int, list[int]] = dict(votes)
    rows: list[dict[str, Any]] = []
    for one in polls:
        if one.shown_at:
            rows.append({"result": result_of(one)})
        elif one.voices == Poll.Voices.PEOPLE:
            chosen = given.get(one.pk, [])
            rows.append(
                {
                    "poll": one,
                    "title": in_words(one, "title"),
                    "options": [(place, words, place in chosen) for place, words in enumerate(options_of(one))],
                    "voted": bool(chosen),
                }
            )
    return rows


Here = tuple[Workshop, Person]


def _place(request: HttpRequest, here: Here) -> None:
    found, person = here
    code, key = request.POST.get("code", "").strip(), request.POST.get("site", "")
    rows = Site.objects.filter(workshop=found)
    site = rows.filter(code__iexact=code).first() if code else rows.filter(key=key).first()
    if site is None:
        raise Refused(N_("Cannot take a seat: “%(code)s” is no site of this workshop."), code=code[:40] or "–")
    take_place(by=request.user, workshop=found, person=person, site=site, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("You sit at: %(site)s.") % {"site": in_words(site)})


def _ask(request: HttpRequest, here: Here) -> None:
    found, person = here
    form = AskForm(request.POST, languages=found.languages, anonymous=conduct_of(found).anonymous)
    if not form.is_valid():
        raise Refused(N_("Cannot send the question: it is empty, or longer than 1000 letters."))
    place = place_of(person, found)
    ask(
        by=request.user,  # type: ignore[arg-type]
        workshop=found,
        person=person,
        site=place.site if place else None,
        text=form.cleaned_data["text"],
        language=form.cleaned_data["language"],
        anonymous=form.cleaned_data.get("anonymous", False),
        at=timezone.now(),
    )
    messages.success(request, _("Your question has arrived. It is shown when a moderator has read it."))


def _question(request: HttpRequest, here: Here) -> Question:
    rows = Question.objects.filter(workshop=here[0]).select_related("workshop")
    return get_object_or_404(rows, key=request.POST.get("question", ""))


def _vote(request: HttpRequest, here: Here) -> None:
    vote(by=request.user, question=_question(request, here), person=here[1], at=timezone.now())  # type: ignore[arg-type]


def _unvote(request: HttpRequest, here: Here) -> None:
    take_vote_back(by=request.user, question=_question(request, here), person=here[1])  # type: ignore[arg-type]


def chosen_of(request: HttpRequest) -> list[int]:
    """The options that the form has ticked."""
    return [int(one) for one in request.POST.getlist("chosen") if one.isascii() and one.isdigit() and len(one) < 4]


def poll_asked(request: HttpRequest, found: Workshop) -> Poll:
    """The poll that the form names, of this workshop."""
    return get_object_or_404(Poll, workshop=found, key=request.POST.get("poll", ""))


def _ballot(request: HttpRequest, here: Here) -> None:
    found, person = here
    cast(
        by=request.user,  # type: ignore[arg-type]
        poll=poll_asked(request, found),
        person=person,
        chosen=chosen_of(request),
        at=timezone.now(),
    )
    messages.success(request, _("Your vote is counted."))


ACTS = {"place": _place, "ask": _ask, "vote": _vote, "unvote": _unvote, "ballot": _ballot}


@needs(SIGNED_IN)
@require_safe
def hall(request: HttpRequest, key: str) -> HttpResponse:
    """The large screen of a hall: what runs, who speaks, the question, the poll, captions. No controls."""
    found = workshop_attended(request, key, seen=True)
    now = timezone.now()
    context = {**agenda_context(found, now), **floor_context(found, now), **words_context(request, found)}
    context["pinned"], context["spread"] = pinned_of(context["conduct"]), spread_of(found.sites.count())
    context["polls"] = [
        result_of(one) if one.shown_at else {"open": in_words(one, "title"), "voices": voices_of(one), "poll": one}
        for one in polls_of(found)
        if one.state == Poll.State.OPEN or one.shown_at
    ][-1:]
    if part := answer_part(request, HALL, context):
        return part
    place = place_of(person_of(request.user), found)
    stream = stream_context(found, rung_of(place.site if place else None))
    shows = shows_slides(stream["rung"], streamed=bool(found.stream_url))
    context |= stream | slide_context(found, context["caption_language"], pictures=shows, size="wide")
    context |= {
        "stream": stream_of(request, found),
        "name": in_words(found),
        "code": place.site.code if place else "",
    }
    return opened_for(render(request, "workshops/hall.html", context), stream)
