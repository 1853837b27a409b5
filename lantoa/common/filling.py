"""Whole pages that differ from reader to reader in a few places only: rendered once and filled (decision 0034)."""

import json
from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import Context
from django.template.loader import render_to_string

from lantoa.common.frame import Reader, cut, mark, place, put_together, standing_in
from lantoa.common.templatetags.lantoa import look, person_name


def filled(request: HttpRequest, template: str, said: Mapping[str, Any], places: Mapping[str, str]) -> HttpResponse:
    """The page that `render` makes of `said` and `places` together; rendered once for all who are told the same.

    `said` is what the template decides by: plain values that JSON holds, and each that differs makes a page of its
    own. `places` are the reader's own texts: the template writes them where they belong and does nothing else with
    them. They are escaped when they are put in, unless they are safe. For pages without the navigation, or for nobody
    who is signed in: what a reader may do is not among what is told apart.
    """
    if len(get_messages(request)):  # what an act has reported is told once
        return render(request, template, {**said, **places})
    user, looks = request.user, look(Context({"request": request}))
    match = request.resolver_match
    page = _page.__wrapped__ if settings.DEBUG else _page
    pieces = page(
        template,
        place(),
        match.view_name if match else "",
        looks["theme"],
        looks["text"],
        user.is_authenticated,
        json.dumps(said, sort_keys=True),
        tuple(sorted(places)),
    )
    own = {"token": get_token(request), "here": looks["here"], "name": person_name(user)}
    return HttpResponse(put_together(pieces, {**own, **places}))


@lru_cache(maxsize=256)  # of 30 KB each
def _page(
    template: str,
    _place: tuple[str, str, str],
    view: str,
    theme: str,
    text: str,
    signed_in: bool,
    said: str,
    places: tuple[str, ...],
) -> list[str]:
    request: Any = standing_in(theme, text)
    request.user = Reader() if signed_in else AnonymousUser()
    request.resolver_match = SimpleNamespace(view_name=view)
    marks = {name: mark(name) for name in ("token", *places)}
    return cut(render_to_string(template, {**json.loads(said), **marks, "csrf_token": marks["token"]}, request))
