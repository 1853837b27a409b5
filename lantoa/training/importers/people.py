"""The people on record who may be in a list."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lantoa.common.vietnamese import fold
from lantoa.directory.actions.rosters import id_mark
from lantoa.training.rules.roster import Birth, KnownPerson, RosterRow


@dataclass(slots=True)
class Known:
    """A person on record, as the reading of a roster needs them: `posts` is title by the key of the unit."""

    facts: KnownPerson
    id: int
    posts: dict[str, str]
    id_hash: bytes | None

    def at(self, unit_key: str | None) -> "Known":
        """The same person with the post that they hold in this unit."""
        title = self.posts.get(unit_key or "", self.facts.post)
        if title == self.facts.post:
            return self
        return dataclasses.replace(self, facts=dataclasses.replace(self.facts, post=title))


class People:
    """People on record who may be in the list, by what a row can be recognised by."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self._by_id: dict[bytes, Known] = {}
        self._like: dict[tuple[str, Any], list[Known]] = defaultdict(list)

    def add(self, folded: str, known: Known) -> None:
        """Notes a person by everything that `classify` looks at besides the name."""
        self.ids.append(known.id)
        if known.id_hash:
            self._by_id[known.id_hash] = known
        facts = known.facts
        for sign in {facts.birth, *(facts.unit_keys or ("",)), facts.phone or "-", facts.email.casefold() or "-"}:
            self._like[folded, sign].append(known)
        if facts.birth:
            self._like[folded, facts.birth.year].append(known)

    def of(self, row: RosterRow, mark: tuple[str, str] | None, unit_key: str | None) -> list[Known]:
        """Those who may be the person of the row; a namesake with nothing else in common is none of them."""
        found: dict[int, Known] = {}
        folded = fold(row.full_name)
        signs = [row.birth, unit_key or "", row.phone, row.email.casefold(), row.birth.year if row.birth else ""]
        for sign in signs:
            if (folded, sign) in self._like:
                found |= {one.id: one for one in self._like[folded, sign]}
        same = self._by_id.get(bytes.fromhex(mark[0])) if mark else None
        if same is not None:
            found[same.id] = dataclasses.replace(same, facts=dataclasses.replace(same.facts, id_matches=True))
        return [one.at(unit_key) for one in found.values()]


# One pass over the people for any length of list: the names and numbers go to the database as a table. A post that
# begins later than the day counts too: someone listed for the autumn is no stranger to a list of the spring.
# Whoever was merged is found by what was on record of them, and answered as the one they were merged into.
_LIKE = """
    SELECT coalesce(s.id, p.id), coalesce(s.key, p.key), p.full_name, p.folded,
           p.birth_year, p.birth_month, p.birth_day, p.phone, p.email, p.id_hash,
           array_agg(u.key ORDER BY t.id) FILTER (WHERE t.id IS NOT NULL),
           array_agg(t.title ORDER BY t.id) FILTER (WHERE t.id IS NOT NULL)
      FROM directory_person p
      LEFT JOIN directory_person s ON s.id = p.merged_into_id
      LEFT JOIN directory_post t
             ON t.person_id = coalesce(p.merged_into_id, p.id) AND t.period && daterange(%(on)s::date, NULL)
      LEFT JOIN directory_unit u ON u.id = t.unit_id
     WHERE p.folded = ANY(%(names)s) OR p.id_hash = ANY(%(ids)s)
     GROUP BY p.id, s.id
"""


def people_like(rows: Sequence[RosterRow], on: date) -> People:
    """Everybody with a name or an identity number of the list. One query."""
    people = People()
    names = list({fold(row.full_name) for row in rows if row.full_name})
    ids = [bytes.fromhex(mark[0]) for number in {row.id_number for row in rows} if (mark := id_mark(number))]
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"on": on, "names": names, "ids": ids})
        for pk, key, name, folded, year, month, day, phone, email, id_hash, units, titles in cursor.fetchall():
            birth = Birth(year, month, day) if year else None
            posts = dict(zip(units or (), titles or (), strict=True))
            title = next(iter(posts.values()), "")
            facts = KnownPerson(key, name, birth, frozenset(posts), False, id_hash is not None, phone, email, title)
            people.add(folded, Known(facts, pk, posts, bytes(id_hash) if id_hash else None))
    return people
