"""The addresses of a room, found by their first word: a page is not compared with the patterns of all others; and a
room is loaded when its first page is asked for, so that the start page waits for none of the others."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import Any, Final

from django.urls import URLPattern, URLResolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import ResolverMatch, RoutePattern
from django.utils.functional import cached_property
from django.utils.translation import get_language

_LOADING = RLock()
PLAIN: Final = re.compile(r"/(?!/)[A-Za-z0-9/_.~-]*").fullmatch  # nothing in it is written otherwise in an address


@dataclass(frozen=True)
class Way:
    """How one address is written: its text with places for values (`%(key)s`), how each value is written, in the
    order in which they are given, and what the whole has to look like."""

    text: str
    values: Sequence[tuple[str, Callable[[Any], str]]]
    rule: re.Pattern[str]

    def filled(self, given: tuple[Any, ...]) -> str:
        """The address with these values; "" where one of them is not plain, or is not one for this address."""
        try:
            words = {name: write(value) for (name, write), value in zip(self.values, given, strict=True)}
        except ValueError:
            return ""
        found = self.text % words
        return found if PLAIN(found) and self.rule.search(found) else ""


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

    def _reverse_with_prefix(self, lookup_view: Any, _prefix: str, *args: Any, **kwargs: Any) -> str:
        """As Django's own. A page writes a hundred addresses: how one is written is found out once (`_way`)."""
        asked = (lookup_view, _prefix, len(args) if args else tuple(kwargs))
        if asked not in self._ways:
            self._ways[asked] = self._way(*asked)
        if (way := self._ways[asked]) and (found := way.filled(args or tuple(kwargs.values()))):
            return found
        written: str = super()._reverse_with_prefix(lookup_view, _prefix, *args, **kwargs)  # type: ignore[misc]
        return written

    @cached_property
    def _ways(self) -> "dict[Any, Way | None]":
        return {}

    def _way(self, view: Any, prefix: str, given: int | tuple[str, ...]) -> "Way | None":
        """How an address is written with as many values, or with values of these names; None where Django has to
        choose among several ways."""
        ways = [
            (text, tuple(params), pattern, converters, defaults)
            for written, pattern, defaults, converters in self.reverse_dict.getlist(view)
            for text, params in written
        ]
        if len(ways) != 1:
            return None
        text, params, pattern, converters, defaults = ways[0]
        names = params if isinstance(given, int) else given
        if defaults or prefix != "/" or len(names) != len(params) or set(names) != set(params):
            return None
        values = [(name, converters[name].to_url if name in converters else str) for name in names]
        return Way(f"/{text}", values, re.compile(f"^/{pattern}"))

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
