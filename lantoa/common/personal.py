"""What a room holds about people, said by the room itself in its `personal.py` (decision 0015).

`tests/house/test_personal.py` finds every field that points at a person or holds text and that no room has declared,
so that nobody can add one silently. `lantoa.web` joins the rooms: everything about one person, and its erasure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from lantoa.common.registry import Registry

DELETED = "deleted"
ANONYMISED = "anonymised"
KEPT = "kept"


@dataclass(frozen=True)
class Subject:
    """Whom the data are about: the ids and keys of the person and of their account, and what they are found by.

    `folded` is the folded name, `marks` are telephone, e-mail and user names: what stands in texts.
    """

    person: int
    person_key: str
    user: int | None
    user_key: str
    full_name: str
    folded: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table with rows about people. `title`, the headings and `why` are msgids.

    `columns` are lookups with their headings, in the order of the export. `person` and `user` are the lookups that
    lead to the person and to their account; `other` finds rows that know them by a key. `beside` are the columns of
    text that say nothing about the person (keys, codes, who acted), `workings` those the house makes of the others
    for itself (hashes, what an import thought of a row): nobody is shown them. `files` lead to the kept files that
    are theirs. `fate` says what erasure does to the rows; anything but DELETED has a reason.
    """

    model: type[Model]
    title: str
    columns: Mapping[str, str]
    person: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    other: Callable[[Subject], Q] | None = None
    beside: tuple[str, ...] = ()
    workings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    fate: str = DELETED
    why: str = ""

    def about(self, subject: Subject) -> Q:
        """What makes a row one about this person."""
        known: list[Any] = [(lookup, subject.person) for lookup in self.person]
        if subject.user is not None:
            known += [(lookup, subject.user) for lookup in self.user]
        if self.other is not None:
            known.append(self.other(subject))
        return Q(*known, _connector=Q.OR) if known else Q(pk__in=[])

    def rows(self, subject: Subject) -> "QuerySet[Any]":
        """The rows about this person."""
        return self.model._base_manager.filter(self.about(subject)).distinct().order_by("pk")


@dataclass(frozen=True)
class Perishable:
    """Something that is kept for a time only. `days` stand here until the retention table says otherwise.

    `due(before)` counts what would go; `forget(by=, before=, at=)` deletes it and gives the number deleted. What is
    older than `before` is due; what "old" means is said by `title`.
    """

    kind: str
    title: str
    days: int
    why: str
    due: Callable[[datetime], int]
    forget: Callable[..., int]


@dataclass(frozen=True)
class Gone:
    """What erasure did to the rows of one table: how many, their fate, and why they were not deleted."""

    table: str
    count: int
    fate: str = DELETED
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the record of the erasure."""
        return {"table": self.table, "count": self.count, "fate": self.fate, "why": self.why}


@dataclass(frozen=True)
class Room:
    """What one room holds. `erase(by=, subject=, at=)` takes it away; `not_personal` says of each other table why it
    says nothing about people; `searched` are tables whose texts may name anybody: `erase` reads them."""

    name: str
    tables: tuple[Table, ...] = ()
    not_personal: Mapping[type[Model], str] = field(default_factory=dict)
    erase: Callable[..., list[Gone]] | None = None
    searched: Mapping[type[Model], str] = field(default_factory=dict)
    perishables: tuple[Perishable, ...] = ()


ROOMS: Registry[Room] = Registry()


def declare(room: Room) -> Room:
    """Makes the room's declaration known to the rooms above."""
    ROOMS[room.name] = room
    return room


def perishables() -> list[Perishable]:
    """Everything that is kept for a time only, in the order of the rooms."""
    return [one for name in sorted(ROOMS) for one in ROOMS[name].perishables]
