"""Who of a roster is known already: clear rules, and a person's decision wherever they do not suffice."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lantoa.common.vietnamese import fold, spell
from lantoa.training.rules.roster.people import Birth, RosterRow

Kind = Literal["new", "known", "changed", "doubtful"]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person on record who may be the one in a row.

    `unit_keys` are the units they have a post in on the day of the roster; `has_id` whether an identity number
    is on record, `id_matches` whether it is the row's (compared as keyed hashes by the caller).
    """

    key: str
    full_name: str
    birth: Birth | None = None
    unit_keys: frozenset[str] = frozenset()
    id_matches: bool = False
    has_id: bool = False
    phone: str = ""
    email: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a row is: `key` is the person it is (known, changed) or may be (doubtful); `changes` names the fields.

    `doubt`, where doubtful: "other name" (the number is on record under another name), "several" (more than one
    person fits), "other number", "other unit", "other birth".
    """

    kind: Kind
    key: str = ""
    changes: tuple[str, ...] = ()
    doubt: str = ""


def classify(row: RosterRow, candidates: Iterable[KnownPerson], *, unit_key: str | None = None) -> Judgement:
    """Judge a row against the people it may be. Pure; the same roster taken over and read again is all "known".

    `candidates`: everyone with the row's identity number, name (folded), telephone or e-mail; others do no harm.
    `unit_key`: the unit the row's text was resolved to, if it was. The rules, in this order:

    1. The identity number is on record: it is that person, if the name is theirs too; under another name, or for
       several people, doubtful.
    2. Only people of the same name (marks and tone placement aside) come into question from here on.
    3. Same birth date, or both unknown, and the same unit; or births that do not contradict each other and the
       same telephone or e-mail; or the same year of birth, of which one side knows more, and the same unit: it is
       that person. More than one: doubtful. A different identity number on record: doubtful.
    4. The full birth date is the same but the unit is not: doubtful. The unit is the same but the birth is missing
       on one side, or differs in only one of day, month and year, or contact details are the same: doubtful.
    5. Anything else is new.

    A person found is "changed" when the row gives something else or something more than the record: name (beyond
    tone placement), birth, post, telephone, e-mail, unit or a first identity number. What the row leaves empty
    changes nothing.
    """
    people = list(candidates)
    by_number = [person for person in people if person.id_matches]
    if row.id_number and by_number:
        if len(by_number) > 1:
            return Judgement("doubtful", by_number[0].key, doubt="several")
        if fold(by_number[0].full_name) != fold(row.full_name):
            return Judgement("doubtful", by_number[0].key, doubt="other name")
        return _found(row, by_number[0], unit_key)
    namesakes = [person for person in people if fold(person.full_name) == fold(row.full_name)]
    same = [person for person in namesakes if _is_same(row, person, unit_key)]
    if len(same) > 1:
        exact = [person for person in same if spell(person.full_name) == spell(row.full_name)]
        if len(exact) != 1:
            return Judgement("doubtful", same[0].key, doubt="several")
        same = exact
    if same:
        if row.id_number and same[0].has_id:
            return Judgement("doubtful", same[0].key, doubt="other number")
        return _found(row, same[0], unit_key)
    for person in namesakes:
        doubt = _doubt(row, person, unit_key)
        if doubt:
            return Judgement("doubtful", person.key, doubt=doubt)
    return Judgement("new")


def _same_unit(person: KnownPerson, unit_key: str | None) -> bool:
    return unit_key in person.unit_keys if unit_key else not person.unit_keys


def _same_contact(row: RosterRow, person: KnownPerson) -> bool:
    return bool(
        (row.phone and row.phone == person.phone) or (row.email and row.email.casefold() == person.email.casefold())
    )


def _is_same(row: RosterRow, person: KnownPerson, unit_key: str | None) -> bool:
    if row.birth == person.birth and _same_unit(person, unit_key):
        return True
    if row.birth is None or person.birth is None:
        return _same_contact(row, person)
    return row.birth.may_equal(person.birth) and (_same_unit(person, unit_key) or _same_contact(row, person))


def _doubt(row: RosterRow, person: KnownPerson, unit_key: str | None) -> str:
    if row.birth is None or person.birth is None:
        return "other birth" if unit_key and _same_unit(person, unit_key) else ""
    if row.birth == person.birth:
        return "other unit" if row.birth.day is not None else ""
    near = sum(mine != theirs for mine, theirs in zip(row.birth, person.birth, strict=True)) == 1
    if _same_contact(row, person) or (
        unit_key and _same_unit(person, unit_key) and near and row.birth.day is not None
    ):
        return "other birth"
    return ""


def _found(row: RosterRow, person: KnownPerson, unit_key: str | None) -> Judgement:
    changes = []
    if spell(row.full_name) != spell(person.full_name):
        changes.append("full_name")
    if row.birth is not None and row.birth != person.birth and not _knows_less(row.birth, person.birth):
        changes.append("birth")
    if row.post and spell(row.post) != spell(person.post):
        changes.append("post")
    if row.phone and row.phone != person.phone:
        changes.append("phone")
    if row.email and row.email.casefold() != person.email.casefold():
        changes.append("email")
    if unit_key and unit_key not in person.unit_keys:
        changes.append("unit")
    if row.id_number and not person.has_id and not person.id_matches:
        changes.append("id_number")
    return Judgement("changed" if changes else "known", person.key, tuple(changes))


def _knows_less(birth: Birth, recorded: Birth | None) -> bool:
    """Is this the recorded date with a part left out? Then it tells nothing new."""
    return recorded is not None and birth.may_equal(recorded) and birth.count(None) > recorded.count(None)
