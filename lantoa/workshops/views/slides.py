"""Which slide is on: said by the secretariat; which documents are slides: by whoever plans."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.directory.access import needs
from lantoa.workshops.actions.slides import no_slides_any_more, show_slide, take_slides_off, use_as_slides
from lantoa.workshops.forms_slides import SlidesForm
from lantoa.workshops.models import Deck, Workshop
from lantoa.workshops.queries.slides import decks_of, may_be_decks, showing_of
from lantoa.workshops.rules.slides import MOST_PAGES
from lantoa.workshops.rules.streams import DESK
from lantoa.workshops.rules.words import LANGUAGES
from lantoa.workshops.views.during import act_of, answer_part
from lantoa.workshops.views.live import stream_of
from lantoa.workshops.views.reaching import in_words, manages, way, workshop_for
from lantoa.workshops.views.stage import slide_of

PARTS = {"now": "workshops/_slides_now.html"}
WHY = {
    Deck.Undrawn.KIND: N_("only its number is shown: save it as .pdf to show the slides"),
    Deck.Undrawn.BROKEN: N_("cannot be drawn: the file is broken"),
    Deck.Undrawn.LOCKED: N_("cannot be drawn: the file asks for a password"),
    Deck.Undrawn.PAGES: N_("cannot be drawn: it has more than %(most)d pages"),
}


@needs("workshops.moderate")
@require_http_methods(["GET", "POST"])
def slides(request: HttpRequest, key: str) -> HttpResponse:
    """The slide that is on, the one before and after it, and what else can be shown."""
    found = workshop_for(request, key)
    plans = manages(request, found)
    if request.method == "POST":
        if request.POST.get("act") in PLANNED and not plans:
            raise Http404
        act_of(request, ACTS)(request, found)
        return redirect("workshops:slides", found.key)
    showing = showing_of(found)
    decks = list(decks_of(found))
    said = showing.said if showing else {}
    number, of = said.get("number", 0), said.get("of", 0)
    context: dict[str, Any] = {
        "workshop": found,
        "name": in_words(found),
        "live": found.state == Workshop.State.LIVE,
        "plans": plans,
        "slide": slide_of(said, said.get("first", ""), pictures=True),
        "on": showing.deck.key if showing else "",
        "before": number - 1,
        "after": number + 1 if number and (not of or number < of) else 0,
        "rows": [_row(one) for one in decks],
        "stream": stream_of(request, found, DESK),
    }
    if part := answer_part(request, PARTS, context):
        return part
    documents = [(one.key, f"{one.title} ({_(LANGUAGES[one.language])})") for one in may_be_decks(found)]
    first = [(one.key, one.document.title) for one in decks if one.same_as is None]
    context |= {
        "form": SlidesForm(documents=documents, decks=first) if plans and documents else None,
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/slides.html", context)


def _row(deck: Deck) -> dict[str, Any]:
    if deck.undrawn:
        state = ("late" if deck.undrawn != Deck.Undrawn.KIND else "none", _(WHY[Deck.Undrawn(deck.undrawn)]))
        state = (state[0], state[1] % {"most": MOST_PAGES} if "%(" in state[1] else state[1])
    else:
        state = ("ok", _("drawn")) if deck.drawn_at else ("wait", _("being drawn"))
    return {
        "deck": deck,
        "title": deck.document.title,
        "language": _(LANGUAGES[deck.document.language]),
        "same_as": deck.same_as.document.title if deck.same_as else "",
        "state": state,
    }


def _deck(request: HttpRequest, found: Workshop) -> Deck:
    rows = decks_of(found).select_related("document__file", "document__workshop", "same_as__document")
    return get_object_or_404(rows, key=request.POST.get("deck", ""))


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}


def _show(request: HttpRequest, found: Workshop) -> None:
    text = request.POST.get("number", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refused(N_("Cannot show the slide: “%(text)s” is no number."), text=text[:20])
    show_slide(deck=_deck(request, found), number=int(text), **_by(request))


def _use(request: HttpRequest, found: Workshop) -> None:
    document = get_object_or_404(may_be_decks(found), key=request.POST.get("document", ""))
    same_as = request.POST.get("same_as", "")
    first = get_object_or_404(decks_of(found), key=same_as) if same_as else None
    made = use_as_slides(document=document, same_as=first, **_by(request))
    if not made.undrawn:
        messages.success(request, _("Its pages are being drawn. They can be shown by their numbers already."))


def _drop(request: HttpRequest, found: Workshop) -> None:
    no_slides_any_more(document=_deck(request, found).document, **_by(request))


PLANNED = frozenset({"use", "drop"})
ACTS = {
    "show": _show,
    "off": lambda request, found: take_slides_off(workshop=found, **_by(request)),
    "use": _use,
    "drop": _drop,
}
