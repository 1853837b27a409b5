"""The pages that show people, as they are declared beside their gates (`lantoa.directory.access.shows_people`)."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext as _


@cache
def pages_that_show_people() -> dict[str, str]:
    """Every page declared to show people, by the name of its address: what it is called (a msgid)."""
    return dict(_declared(get_resolver(), ""))


def _declared(resolver: Any, space: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _declared(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and (words := getattr(pattern.callback, "shows_people", "")):
            yield f"{space}{pattern.name}", words


def page_words() -> dict[str, str]:
    """The same in the reader's language."""
    return {name: _(words) for name, words in pages_that_show_people().items()}


def called_alike(page: str) -> list[str]:
    """The pages that are called as this one is, itself among them: to whoever reads they are one."""
    called = pages_that_show_people()
    return [name for name, words in called.items() if words == called[page]] if page in called else [page]
