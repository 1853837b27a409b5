"""Addresses are found by their first word; what is found is what Django itself finds."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, get_resolver, include, path
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RoutePattern

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


START = """
import sys, django
django.setup()
from django.urls import resolve, reverse
resolve("/"), reverse("accounts:sign_in")  # the first page leads to the second
print("lantoa.exams.views" in sys.modules, "lantoa.training.views" in sys.modules)
from lantoa.accounts.arrival import _LEADS
print([where.__module__ for where in _LEADS], reverse("exams:my_exams"))
"""


def test_the_start_page_waits_for_no_other_room_and_all_know_the_way_to_theirs() -> None:
    said = subprocess.run([sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, check=True)

    assert said.stdout.split("\n")[:2] == ["False False", "['lantoa.exams.apps'] /my-exams/"]
