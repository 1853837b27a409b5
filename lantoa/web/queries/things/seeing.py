"""Things as a reader sees them, and the people behind keys."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import vdate
from lantoa.directory.access import grants_of, in_care
from lantoa.directory.models import Person, Unit
from lantoa.directory.queries import names, those_in_care
from lantoa.web.queries.things import directory, exams, office, pilots, programmes, readiness, training, workshops
from lantoa.web.queries.things.kind import AUDIT, Kind, Seen
from lantoa.web.rules.things import PAGELESS

ROOMS: Final = (directory, programmes, exams, training, workshops, readiness, pilots, office)
KINDS: dict[str, Kind] = {kind.model._meta.label_lower: kind for room in ROOMS for kind in room.KINDS}
PERSON, UNIT = Person._meta.label_lower, Unit._meta.label_lower
WORDS = {  # things without a row of their own, and those that are named by other rules
    PERSON: N_("person"),
    UNIT: N_("unit"),
    **PAGELESS,
    **{label: kind.word for label, kind in KINDS.items()},
}


def seen(things: Iterable[str], reader: User, *, on: date) -> dict[str, Seen]:
    """Each of these things as the reader sees it; a query or two for each kind that is among them, however many."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    wanted = set(things)
    for thing in wanted:
        label, _colon, key = thing.partition(":")
        by_kind[label].add(key)
    found: dict[str, Seen] = {}
    for label, keys in sorted(by_kind.items()):
        word = _(WORDS[label]) if label in WORDS else label
        found |= {f"{label}:{key}" if key else label: Seen(word, key) for key in keys}
        for key, words, url, personal in _rows_of(label, keys, reader, on):
            found[f"{label}:{key}"] = Seen(word, key, words, url, personal)
    return {thing: found[thing] for thing in wanted if thing in found}


def _rows_of(label: str, keys: set[str], reader: User, on: date) -> Iterable[tuple[str, str, str, bool]]:
    if label == PERSON:
        for record, _stands in _records_seen(keys, reader, "directory.view_people", on):
            yield record.key, record.full_name, reverse("directory:person", args=[record.key]), True
    elif label == UNIT:
        units = dict(Unit.objects.filter(key__in=keys).values_list("pk", "key"))
        called = names(units, on=on)
        for pk, key in units.items():
            words = called[pk].full_name if pk in called else ""
            yield key, words, reverse("directory:unit", args=[key]), False
    elif label == "office.daychange":
        for key in keys:
            yield key, _day(key), "", False
    elif kind := KINDS.get(label):
        for row in kind.rows(keys, reader, permission=kind.permission, on=on):
            yield row.key, kind.says(row), kind.page(row), kind.personal


def _day(text: str) -> str:
    try:
        return vdate(date.fromisoformat(text))
    except ValueError:
        return ""


def people_of_keys(keys: Iterable[str], reader: User, *, permission: str, on: date) -> list[Person]:
    """The people of these keys for whom the reader holds the permission, in the order of names; whoever was merged as
    the one they are asked for through."""
    return list(dict.fromkeys(stands for _record, stands in _records_seen(keys, reader, permission, on)))


def _records_seen(keys: Iterable[str], reader: User, permission: str, on: date) -> list[tuple[Person, Person]]:
    """The records of these keys, each with the person it stands for, as far as the reader holds the permission."""
    found = Person.records.filter(key__in=list(keys)).select_related("merged_into").order_by("sort_key", "pk")
    pairs = [(record, record.merged_into or record) for record in found]
    if grants_of(reader, permission, on=on).everywhere:
        return pairs
    cared = those_in_care([one.pk for _record, one in pairs], in_care(reader, permission, on=on), on=on)
    return [(record, one) for record, one in pairs if one.pk in cared]


def with_merged(keys: Iterable[str]) -> "QuerySet[Person]":
    """The people of these keys with all records that were merged into them: what was written down of those, while
    they stood alone, is theirs until the merge is taken back."""
    rows = Person.records.filter(key__in=list(keys)).values_list("pk", "merged_into")
    stand = [into or pk for pk, into in rows]
    return Person.records.filter(Q(pk__in=stand) | Q(merged_into__in=stand)).order_by("pk")


def is_audited_by(thing: str, reader: User, *, on: date) -> bool:
    """Whether the reader audits the unit that this thing belongs to: then every line about it is theirs to read."""
    label, _colon, key = thing.partition(":")
    if label == PERSON:
        return bool(people_of_keys([key], reader, permission=AUDIT, on=on))
    if label == UNIT:
        return in_care(reader, AUDIT, on=on).filter(key=key).exists()
    kind = KINDS.get(label)
    return bool(kind and kind.unit and kind.rows([key], reader, permission=AUDIT, on=on).exists())
