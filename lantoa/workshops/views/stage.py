"""What is on: the stream on its rung, the slide, and what is said in writing. Shared by the pages of those who take
part and of sites."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantoa.common.middleware import POLICY
from lantoa.workshops.actions.words import RUNGS
from lantoa.workshops.forms_floor import spoken
from lantoa.workshops.models import Screen, Workshop
from lantoa.workshops.queries.slides import slide_said
from lantoa.workshops.queries.words import lines_of, player_of, said_now
from lantoa.workshops.rules.slides import best
from lantoa.workshops.views.during import said_words

Rung = Screen.Rung
PLAYED = frozenset({Rung.VIDEO, Rung.SOUND})
DRAWN = frozenset({Rung.SOUND, Rung.SLIDES})  # the slide itself is shown
CAPTIONED = frozenset({Rung.SLIDES, Rung.TEXT})  # nothing is heard


def language_of(request: HttpRequest, found: Workshop) -> str:
    """The language of the captions: the one chosen, else the reader's, else the first of the workshop."""
    return language_among(found.languages, request.GET.get("captions", ""))


def language_among(languages: list[str], chosen: str = "") -> str:
    """The same, of these languages."""
    for one in (chosen, get_language() or ""):
        if one in languages:
            return one
    return languages[0]


def stream_context(found: Workshop, rung: str) -> dict[str, Any]:
    """What of the stream is shown on this rung, and where it is played from."""
    origin = player_of(found)
    return {
        "rung": rung,
        "rung_words": _(RUNGS[Rung(rung)]),
        "origin": origin,
        "stream_url": found.stream_url,
        "plays": bool(origin) and rung in PLAYED,
        "links": bool(found.stream_url) and not origin and rung in PLAYED,
    }


def opened_for(response: HttpResponse, stream: Mapping[str, Any]) -> HttpResponse:
    """The page's policy lets the stream of the set origin in, where it is played, and nothing else."""
    if stream["plays"]:
        added = f"media-src {stream['origin']} blob:; connect-src 'self' {stream['origin']}"
        response.headers["Content-Security-Policy"] = POLICY.replace("connect-src 'self'", added)
    return response


def words_context(request: HttpRequest, found: Workshop) -> dict[str, Any]:
    """Captions and the announcement."""
    language = language_of(request, found)
    return {
        "caption_lines": lines_of(found, language),
        "caption_language": language,
        "caption_languages": spoken(found.languages) if len(found.languages) > 1 else [],
        "said": said_words(said_now(found)),
    }


def shows_slides(rung: str, *, streamed: bool) -> bool:
    """Whether the slide itself is shown: on rungs without a picture, and where there is no stream to see it in."""
    return rung in DRAWN or (rung == Rung.VIDEO and not streamed)


def slide_context(found: Workshop, language: str, *, pictures: bool, size: str = "small") -> dict[str, Any]:
    """For `workshops/_slide.html`. One query."""
    return {"slide": slide_of(slide_said(found), language, pictures=pictures, size=size)}


def slide_of(said: dict[str, Any], language: str, *, pictures: bool, size: str = "small") -> dict[str, Any]:
    """What was told of the slide, for a page in this language."""
    number, spoken_in = said.get("number", 0), said.get("in", {})
    own = spoken_in.get(best([language, said.get("first", "")], spoken_in), {})
    return {
        "number": number,
        "next": number + 1,
        "of": said.get("of", 0),
        "title": own.get("title", ""),
        "deck": own.get("deck", ""),
        "language": language,
        "pictures": pictures,
        "size": size,
    }
