"""Every address of the house: its name, its route and the permission of its view."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Url:
    """One address. `arguments` are the names in its route; `permission` is None where the view says none,
    `shows_people` what the list of looks calls a page that shows personal data."""

    name: str
    route: str
    arguments: frozenset[str]
    permission: str | None
    shows_people: str = ""


def all_urls() -> list[Url]:
    """All of them, in the order of the configuration."""
    return list(_below(get_resolver(), "", ""))


def _below(resolver: Any, space: str, route: str) -> Iterator[Url]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, here)
        elif isinstance(pattern, URLPattern):
            yield Url(
                f"{space}{pattern.name}" if pattern.name else "",
                here,
                frozenset(pattern.pattern.converters),
                getattr(pattern.callback, "permission", None),
                getattr(pattern.callback, "shows_people", ""),
            )
