"""Addresses are found by their first word; what is found is what Django itself finds."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import (
    URLPattern,
    URLResolver,
    get_resolver,
    get_script_prefix,
    get_urlconf,
    include,
    path,
    set_script_prefix,
    set_urlconf,
)
from django.urls.exceptions import NoReverseMatch, Resolver404
from django.urls.resolvers import RoutePattern
from django.utils import timezone
from django.utils.translation import get_language, override

from config.processes import ROOT
from config.urls import urlpatterns


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            yield route


def addresses() -> set[str]:
    """One of each kind, and some beside it."""
    found = {"", "x", "x/", "//", "l", "my-exams//", "units/x/y/z/"}
    for route in routes(get_resolver().url_patterns):
        filled = re.sub(r"<int:\w+>", "3", route)
        filled = re.sub(r"<(slug|str):\w+>|<\w+>", "0abc", filled)
        filled = re.sub(r"<path:\w+>", "a/b", filled)
        filled = re.sub(r"<\w+:\w+>", "7", filled)
        found |= {filled, filled.rstrip("/"), f"{filled}x", f"{filled}x/", f"x{filled}"}
    return found


def answer(resolver: URLResolver, address: str) -> Any:
    try:
        match = resolver.resolve(address)
    except Resolver404:
        return None
    return match.func, match.args, match.kwargs, match.view_name, match.route, match.namespaces, match.app_names


def test_an_address_is_found_as_django_finds_it() -> None:
    ours = URLResolver(RoutePattern(""), urlpatterns)
    djangos = URLResolver(RoutePattern(""), [path("", include(one.urlconf_name)) for one in urlpatterns])

    asked = sorted(addresses())
    assert len(asked) > 1_000
    assert [one for one in asked if answer(ours, one) != answer(djangos, one)] == []


def written(resolver: URLResolver, name: str, values: dict[str, Any], *, by_place: bool) -> Any:
    """As `reverse` asks a room for an address of its own."""
    try:
        if by_place:
            return resolver._reverse_with_prefix(name, "/", *values.values())
        return resolver._reverse_with_prefix(name, "/", **values)
    except NoReverseMatch:
        return None


VALUES = ("0abc", "3", 3, -3, 2.5, "", "a/b", "a b", "phường", "%41", "a%(key)s", "/x", "..", "a?b#c", "é~", None)


def test_an_address_is_written_as_django_writes_it() -> None:
    asked = 0
    for room in urlpatterns:
        djangos = path("", include(room.urlconf_name))
        names = {one.name for one in room.url_patterns if isinstance(one, URLPattern)}
        for name in sorted(names, key=str):
            for text, params in [way for entry in djangos.reverse_dict.getlist(name) for way in entry[0]]:
                for value in VALUES:
                    values = dict.fromkeys(params, value)
                    for given in (values, {**values, "more": 1}, dict(list(values.items())[1:])):
                        for by_place in (False, True):
                            ours = written(room, name, given, by_place=by_place)
                            assert ours == written(djangos, name, given, by_place=by_place), (text, given)
                            asked += ours is not None
    assert asked > 1_000


def test_what_django_keeps_for_a_page_is_kept_by_thread() -> None:
    """A page in one thread is not told the language, the time zone or the place of a page in another."""
    seen: list[Any] = []

    def other() -> None:
        seen.extend((get_language(), timezone.get_current_timezone_name(), get_script_prefix(), get_urlconf()))

    before = get_script_prefix()
    with override("en"), timezone.override("UTC"):
        set_script_prefix("/below/")
        set_urlconf("elsewhere")
        try:
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
        finally:
            set_script_prefix(before)
            set_urlconf(None)
    assert seen == [settings.LANGUAGE_CODE, settings.TIME_ZONE, "/", None]


START = """
import sys, django
django.setup()
from django.urls import resolve, reverse
resolve("/"), reverse("accounts:sign_in")  # the first page leads to the second
print("lantoa.exams.views" in sys.modules, "lantoa.training.views" in sys.modules)
from lantoa.accounts.arrival import _LEADS
print([where.__module__ for where in _LEADS], reverse("exams:my_exams"))
"""

KEPT = """
import django
django.setup()
from django.urls import base
from django.utils import timezone
from django.utils.translation import trans_real
print({type(one) for one in (trans_real._active, timezone._active, base._prefixes, base._urlconfs)})
"""


def test_the_start_page_waits_for_no_other_room_and_all_know_the_way_to_theirs() -> None:
    assert said_by(START)[:2] == ["False False", "['lantoa.exams.apps'] /my-exams/"]


def test_it_is_kept_by_thread_and_no_dearer_way_from_the_start_of_a_process() -> None:
    """Asked of a process of its own: a test that changes LANGUAGE_CODE has Django put its own back."""
    assert said_by(KEPT) == ["{<class '_thread._local'>}"]


def said_by(program: str) -> list[str]:
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return said.stdout.splitlines()
