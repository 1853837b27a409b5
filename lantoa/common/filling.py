"""Whole pages that differ from reader to reader in a few places only: rendered once and filled (decision 0034)."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType, SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import Context
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from lantoa.common.frame import Reader, cut, mark, place, put_together, standing_in
from lantoa.common.packing import filled_in, packed
from lantoa.common.templatetags.lantoa import look, person_name

NOTHING: Mapping[str, SafeString] = MappingProxyType({})
_GZIP = re.compile(r"\bgzip\b")
Make = Callable[[dict[str, Any]], dict[str, Any]]


def as_said(said: dict[str, Any]) -> dict[str, Any]:
    """The plain values are what the template takes."""
    return said


def filled(
    request: HttpRequest,
    template: str,
    said: Mapping[str, Any],
    places: Mapping[str, str],
    shared: Mapping[str, SafeString] = NOTHING,
    make: Make = as_said,
) -> HttpResponse:
    """The page that `render` makes of `said` and `places` together; rendered once for all who are told the same.

    `said` is what the template decides by: plain values that JSON holds, and each that differs makes a page of its
    own. `places` are the reader's own texts: the template writes them where they belong and does nothing else with
    them. They are escaped when they are put in, unless they are safe. `shared` are long texts of which there are few:
    each makes pages of its own, as what is said does. For pages without the navigation, or for nobody who is signed
    in: what a reader may do is not among what is told apart. `make` turns `said` into what the template takes (forms,
    moments) when it is rendered; a place may stand deep in it as `mark(name)`. Whoever gives one looks for messages.
    """
    if make is as_said and len(get_messages(request)):  # what an act has reported is told once
        return render(request, template, {**said, **shared, **places})
    user, looks = request.user, look(Context({"request": request}))
    match = request.resolver_match
    rendered = _page.__wrapped__ if settings.DEBUG else _page
    page = rendered(
        template,
        place(),
        match.view_name if match else "",
        looks["theme"],
        looks["text"],
        user.is_authenticated,
        json.dumps(said, sort_keys=True),
        tuple(sorted(places)),
        tuple(shared.items()),
        make,
    )
    values = {"token": get_token(request), "here": looks["here"], "name": person_name(user), **places}
    if not _GZIP.search(request.headers.get("Accept-Encoding", "")):
        return HttpResponse(put_together(page.pieces, values))
    answer = HttpResponse(filled_in(page.packed, [conditional_escape(values[name]) for name in page.pieces[1::2]]))
    answer.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


@dataclass(frozen=True)
class Page:
    """A page as it was cut: a text, the name of a place, a text, …; and its texts as bytes, plain and packed."""

    pieces: list[str]
    packed: list[tuple[bytes, bytes]]


@lru_cache(maxsize=256)  # of 70 KB each
def _page(
    template: str,
    _place: tuple[str, str, str],
    view: str,
    theme: str,
    text: str,
    signed_in: bool,
    said: str,
    places: tuple[str, ...],
    shared: tuple[tuple[str, SafeString], ...],
    make: Make,
) -> Page:
    request: Any = standing_in(theme, text)
    request.user = Reader() if signed_in else AnonymousUser()
    request.resolver_match = SimpleNamespace(view_name=view)
    marks = {name: mark(name) for name in ("token", *places)}
    context = {**make(json.loads(said)), **dict(shared), **marks, "csrf_token": marks["token"]}
    pieces = cut(render_to_string(template, context, request))
    return Page(pieces, [(text, packed(text)) for text in map(str.encode, pieces[::2])])
