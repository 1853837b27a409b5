"""Header and footer: the same on every page but for a few places, so rendered once and filled (decision 0034).

Rendered for each language, look, and whoever is or is not signed in, with a mark in each place where pages differ;
what came out is cut there, and a page puts its own words between the pieces. The templates know nothing of it.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

_ENDS = secrets.token_hex(8)  # what no page says of itself; in an address and in HTML it stays as it is
_PARTS = {"header": "components/header.html", "footer": "components/footer.html"}
_CUT = re.compile(rf"lantoa-(\w+)-{_ENDS}")


def mark(name: str) -> str:
    """Stands in a page for the place of this name."""
    return f"lantoa-{name}-{_ENDS}"


def cut(page: str) -> list[str]:
    """The pieces of a page: a text, the name of a place, a text, the name of a place, …, a text."""
    return _CUT.split(page)


def put_together(pieces: Sequence[str], values: Mapping[str, str]) -> SafeString:
    """The page with these texts in its places, escaped unless they are safe."""
    made = list(pieces)
    made[1::2] = [conditional_escape(values[name]) for name in pieces[1::2]]
    return mark_safe("".join(made))


def place() -> tuple[str, str, str]:
    """What makes other pages of the same templates: language and addresses."""
    return get_language() or "", str(get_urlconf() or settings.ROOT_URLCONF), get_script_prefix()


def standing_in(theme: str, text: str) -> HttpRequest:
    """A request of nobody, with a look, from the page at the place `here`."""
    request = HttpRequest()
    request.path = mark("here")
    request.COOKIES = {"look_theme": theme, "look_text": text}
    return request


class Reader:
    """Whoever is signed in; their name is the place `name`."""

    is_authenticated = True
    full_name = mark("name")


def framed(part: str, context: Context, looks: Mapping[str, str], name: str) -> SafeString:
    """`header` or `footer` of the page with this context, its look, and the name of who is signed in."""
    user, token, help_url = (
        context.get("user"),
        str(context.get("csrf_token") or ""),
        str(context.get("help_url") or ""),
    )
    signed_in = bool(user and user.is_authenticated)
    which = "footer_links" if part == "footer" else "person_links" if signed_in else ""
    is_there = (token not in {"", "NOTPROVIDED"}, bool(help_url), signed_in)
    links = tuple(
        (mark("help") if one["url"] == help_url else str(one["url"]), str(one["label"]))
        for one in context.get(which) or ()
    )
    pieces = _pieces.__wrapped__ if settings.DEBUG else _pieces
    found = pieces(part, place(), looks["theme"], looks["text"], is_there, which, links)
    return put_together(found, {"token": token, "here": looks["here"], "name": name, "help": help_url})


@lru_cache(maxsize=256)
def _pieces(
    part: str,
    _place: tuple[str, str, str],
    theme: str,
    text: str,
    is_there: tuple[bool, bool, bool],
    which: str,
    links: tuple[tuple[str, str], ...],
) -> list[str]:
    token, helped, signed_in = is_there
    said: dict[str, Any] = {"request": standing_in(theme, text), "help_url": mark("help") if helped else ""}
    if which:
        said[which] = [{"url": url, "label": label} for url, label in links]
    if token:
        said["csrf_token"] = mark("token")
    if signed_in:
        said["user"] = Reader()
    return cut(render_to_string(_PARTS[part], said))
