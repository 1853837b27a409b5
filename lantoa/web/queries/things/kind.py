"""What a kind of thing says of itself: its word, who may see it, how it is called, where its page is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from lantoa.accounts.models import User
from lantoa.common.models import Thing
from lantoa.directory.access import grants_of, in_care

OPEN = ""  # a permission that everybody signed in holds
AUDIT = "ledger.view"


@dataclass(frozen=True)
class Seen:
    """A thing as a reader sees it. `kind` is its word, `words` what it is called ("": gone, or not for the reader),
    `url` its page ("": none), `personal` whether the words say something of a person."""

    kind: str
    key: str
    words: str = ""
    url: str = ""
    personal: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its word (a msgid), the path to its unit, the permission that shows it, how it is called and
    where its page is."""

    model: type[Thing]
    word: str
    unit: str
    permission: str
    says: Callable[[Any], str]
    page: Callable[[Any], str] = lambda row: ""
    joins: tuple[str, ...] = ()
    personal: bool = False

    def rows(self, keys: Iterable[str], reader: User, *, permission: str, on: date) -> "QuerySet[Any]":
        """Those of these keys for which the reader holds the permission."""
        found: QuerySet[Any] = self.model._default_manager.filter(key__in=list(keys)).select_related(*self.joins)
        if not permission or not self.unit or grants_of(reader, permission, on=on).everywhere:
            return found
        return found.filter(**{f"{self.unit}__in": in_care(reader, permission, on=on)})


def at(name: str, path: str = "") -> Callable[[Any], str]:
    """The address `name` of the thing, or of what stands at the path behind it."""

    def page(row: Any) -> str:
        for step in filter(None, path.split(".")):
            row = getattr(row, step)
        return reverse(name, args=[row.key])

    return page
