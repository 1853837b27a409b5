"""The addresses of a room, found by their first word: a page is not compared with the patterns of all others; and a
room is loaded when its first page is asked for, so that the start page waits for none of the others."""

from collections.abc import Sequence
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import ResolverMatch, RoutePattern
from django.utils.functional import cached_property
from django.utils.translation import get_language

_LOADING = RLock()


class Room(URLResolver):
    """What `path("", include(module))` makes; but an address is only compared with those patterns of the room that
    begin with its first word, and with those that begin with none."""

    @classmethod
    def of(cls, module: str) -> "Room":
        name = module.split(".")[1]  # which its `app_name` says too
        return cls(RoutePattern("", is_endpoint=False), module, None, app_name=name, namespace=name)

    @cached_property
    def urlconf_module(self) -> ModuleType:
        """One thread loads rooms at a time: two in the middle of the same modules could wait for each other."""
        with _LOADING:
            return import_module(str(self.urlconf_name))

    def _populate(self) -> None:
        """Asked by the house, of every room, when the first address of any is written: no reason to load this one."""

    @property
    def reverse_dict(self) -> Any:
        """Its own addresses, when one of them is written."""
        if get_language() not in self._reverse_dict:
            super()._populate()
        return super().reverse_dict

    def resolve(self, path: str) -> ResolverMatch:
        """As Django's own."""
        part = self._parts.get(path.split("/", 1)[0], self._parts[""])
        if part is None:
            raise Resolver404({"path": path, "tried": []})
        return part.resolve(path)

    @cached_property
    def _parts(self) -> dict[str, URLResolver | None]:
        """By first word, and by "" for all words that none begins with: the patterns in their order."""
        patterns: Sequence[URLPattern | URLResolver] = self.url_patterns
        words = {_first(one) for one in patterns}
        return {word: self._part([one for one in patterns if _first(one) in {word, ""}]) for word in {"", *words}}

    def _part(self, patterns: list[Any]) -> URLResolver | None:
        if not patterns:
            return None
        return URLResolver(
            self.pattern, patterns, self.default_kwargs, app_name=self.app_name, namespace=self.namespace
        )


def _first(one: URLPattern | URLResolver) -> str:
    """The first word of its address; "" where that is no fixed word, or is not over with it."""
    if not isinstance(one.pattern, RoutePattern):
        return ""
    route = str(one.pattern)
    word, slash, _rest = route.partition("/")
    whole = bool(slash) or (isinstance(one, URLPattern))
    return word if whole and "<" not in word else ""
