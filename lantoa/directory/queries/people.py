"""People: who had which post where on a day, and who may be meant by a row of a roster."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from lantoa.accounts.models import User
from lantoa.common.keyring import secret
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Person, Post, Restriction, Role, RoleGrant, Unit, UnitQuerySet
from lantoa.directory.rules.people import Birth, Known, Sought, id_hash, id_number, likeness


def itself_and_under(unit: Unit, *, on: date) -> list[int]:
    """The ids of the unit and everything under it on that day."""
    return [unit.pk, *Unit.objects.under(unit, on=on).values_list("pk", flat=True)]


def people_of(units: "Unit | Sequence[int]", *, on: date, text: str = "") -> "QuerySet[Person]":
    """Those with a post on that day in the unit or under it (or in exactly the units whose ids are given), in the
    order of Vietnamese lists.

    `text` keeps those whose name holds it, marks or not. Each has `posts_now`: their posts of that day.
    The units are fetched first: only when it sees how many there are does the database choose rightly between
    walking the names and walking the posts.
    """
    people = Person.objects.filter(restricted_at=None, pk__in=_posts_in(units, on).values("person"))
    return _named(people, text).prefetch_related(_posts_now(on))


def count_people_of(units: "Unit | Sequence[int]", *, on: date, text: str = "") -> int:
    """How many `people_of` has; without a text counted from the posts alone, which is faster."""
    if text:
        return people_of(units, on=on, text=text).count()
    return _posts_in(units, on).exclude(person__in=_restricted()).values("person").distinct().count()


def _restricted() -> "QuerySet[Restriction, int]":
    """Those who are not to be used; few, so that looking them up costs nothing."""
    return Restriction.objects.values_list("person", flat=True)


def _posts_in(units: "Unit | Sequence[int]", on: date) -> "QuerySet[Post]":
    ids = itself_and_under(units, on=on) if isinstance(units, Unit) else units
    return Post.objects.filter(unit__in=ids, period__contains=on)


def people_in(units: UnitQuerySet, *, on: date, text: str = "") -> "QuerySet[Person]":
    """Those with a post on that day in any of these units (see `access.in_care`), in the order of names."""
    posts = Post.objects.filter(unit__in=units, period__contains=on)
    people = Person.objects.filter(restricted_at=None, pk__in=posts.values("person"))
    return _named(people, text).prefetch_related(_posts_now(on))


def _named(people: "QuerySet[Person]", text: str) -> "QuerySet[Person]":
    sought = fold(text)
    return (people.filter(folded__contains=sought) if sought else people).order_by("sort_key", "birth_year", "id")


def _posts_now(on: date) -> "Prefetch[str, QuerySet[Post], str]":
    posts = Post.objects.filter(period__contains=on).select_related("unit").order_by("period")
    return Prefetch("posts", queryset=posts, to_attr="posts_now")


def posts_of(person: Person) -> "QuerySet[Post]":
    """All posts of the person, the newest first."""
    return person.posts.select_related("unit").order_by("-period")


def posts_of_people(people: "Sequence[int]") -> "QuerySet[Post]":
    """All posts of these people (ids), of each the latest first."""
    return Post.objects.filter(person__in=list(people)).order_by("person", "-period", "id")


def deciding_units(person: Person, *, on: date) -> list[int]:
    """The units (ids) whose keepers look after the person: of the posts that run that day; when none runs, of all."""
    return _deciding(list(person.posts.values_list("unit_id", "period")), on)


def _deciding(posts: "Sequence[tuple[int, Any]]", on: date) -> list[int]:
    running = [unit for unit, period in posts if period.upper is None or period.upper > on]
    return running or [unit for unit, _period in posts]


def those_in_care(people: Iterable[int], care: UnitQuerySet, *, on: date) -> set[int]:
    """Of these people (ids) those whose `deciding_units` are in care: the rule of a person's page, for a list."""
    posts: dict[int, list[tuple[int, Any]]] = {person: [] for person in people}
    for person, unit, period in Post.objects.filter(person__in=list(posts)).values_list(
        "person_id", "unit_id", "period"
    ):
        posts[person].append((unit, period))
    deciding = {person: _deciding(held, on) for person, held in posts.items()}
    cared = set(
        care.filter(pk__in={unit for units in deciding.values() for unit in units}).values_list("pk", flat=True)
    )
    found = {person for person, units in deciding.items() if cared.intersection(units)}
    postless = {person for person, units in deciding.items() if not units}
    return found | postless if postless and is_in_care([], care) else found


def is_in_care(deciding: Sequence[int], care: UnitQuerySet) -> bool:
    """Whether one of a person's `deciding_units` is in care; without any post, whether the country is."""
    if not deciding:
        return care.filter(placements__parent=None, placements__level="country").exists()
    return care.filter(pk__in=deciding).exists()


def hashed_id(number: str) -> bytes:
    """The keyed hash of a citizen's number, to be compared with `Known.id_hash`. Raises Refused for no number."""
    return id_hash(secret("people"), id_number(number))


def real_values(person: Person) -> dict[str, Any]:
    """What a person is really called and all that is known beside it, also while they are restricted: for the
    privacy desk and for themselves only."""
    columns = ("full_name", "birth_year", "birth_month", "birth_day", "gender", "phone", "email", "id_last3")
    values = {name: getattr(person, name) for name in columns}
    restriction = Restriction.objects.filter(person=person).first() if person.restricted_at else None
    return values | {name: restriction.values.get(name) for name in columns} if restriction else values


def barred_among(people: Iterable[int], names: Iterable[str]) -> tuple[set[str], dict[str, list[Birth]]]:
    """Whom a list may not bring back: the keys of those of these people (ids) who are restricted, and the birth dates
    of restricted people of these names, by folded name. Two queries."""
    keys = set(Restriction.objects.filter(person__in=list(people)).values_list("person__key", flat=True))
    named: dict[str, list[Birth]] = defaultdict(list)
    for folded, values in Restriction.objects.filter(folded__in={fold(name) for name in names}).values_list(
        "folded", "values"
    ):
        named[folded].append(Birth(values["birth_year"], values["birth_month"], values["birth_day"]))
    return keys, named


def find_candidates(rows: Sequence[Sought]) -> dict[int, list[tuple[int, Known]]]:
    """For each row (by its place in `rows`) the people it may mean, as (likeness 1 to 3, person), surest first.

    Rows without any are left out. Three queries at most, however many rows. Whoever was merged is found by what was
    on record of them, and answered as the survivor.
    """
    by_name: dict[str, list[int]] = defaultdict(list)
    by_hash: dict[bytes, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_name[fold(row.full_name)].append(place)
        if row.id_hash:
            by_hash[row.id_hash].append(place)
    people = {
        person.pk: person
        for found in (
            Person.records.filter(folded__in=list(by_name)),
            Person.records.filter(id_hash__in=list(by_hash)),
        )
        for person in found.select_related("merged_into").order_by("pk")
    }
    posts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for person_id, unit_id, title in (
        Post.objects.filter(person__in=[person.merged_into_id or pk for pk, person in people.items()])
        .order_by("period")
        .values_list("person_id", "unit_id", "title")
    ):
        posts[person_id].append((unit_id, title))
    candidates: dict[int, dict[int, tuple[int, Known]]] = defaultdict(dict)
    for person in people.values():
        stands = person.merged_into or person
        held = tuple(posts[stands.pk])
        known = _known(person, held)
        for place in {*by_name.get(person.folded, ()), *by_hash.get(known.id_hash, ())}:
            sure = likeness(rows[place], known)
            if sure > candidates[place].get(stands.pk, (0, None))[0]:
                candidates[place][stands.pk] = (sure, _known(stands, held))
    return {
        place: sorted(found.values(), key=lambda one: (-one[0], one[1].id))
        for place, found in candidates.items()
        if found
    }


def _known(person: Person, posts: tuple[tuple[int, str], ...]) -> Known:
    return Known(
        id=person.pk,
        key=person.key,
        full_name=person.full_name,
        birth=Birth(person.birth_year, person.birth_month, person.birth_day),
        gender=person.gender,
        phone=person.phone,
        email=person.email,
        id_hash=bytes(person.id_hash) if person.id_hash else b"",
        posts=posts,
    )


COORDINATORS = """
    WITH RECURSIVE up(asked, unit_id, depth) AS (
        SELECT unit_id, unit_id, 0 FROM unnest(%s::bigint[]) AS unit_id
        UNION ALL
        SELECT up.asked, step.unit_id, up.depth + 1 FROM up CROSS JOIN LATERAL (
            (SELECT p.parent_id AS unit_id FROM directory_placement p
              WHERE p.unit_id = up.unit_id AND p.period @> %s::date AND p.parent_id IS NOT NULL)
            UNION
            (SELECT l.heir_id FROM directory_successionlink l JOIN directory_succession s ON s.id = l.succession_id
              WHERE l.forebear_id = up.unit_id AND l."default" AND s.day <= %s::date
                AND NOT EXISTS (SELECT 1 FROM directory_placement p WHERE p.unit_id = up.unit_id
                                 AND p.period @> %s::date))
        ) step WHERE up.depth < 40
    )
    SELECT up.asked, g.user_id, up.depth FROM up
      JOIN directory_rolegrant g ON g.unit_id = up.unit_id AND g.role = %s
      JOIN accounts_user u ON u.id = g.user_id AND u.is_active
     WHERE g.since <= %s::date AND (g.until IS NULL OR g.until > %s::date)
     ORDER BY up.asked, up.depth, g.id
"""


def coordinators_of(units: Iterable[int], *, on: date) -> dict[int, list[User]]:
    """Who keeps the people of these units (ids) on that day: the coordinators of the unit itself, or where it has
    none, of the nearest unit above it; of a unit that has ended, those of its heir. Units without any are left out.
    Two queries."""
    nearest: dict[int, tuple[int, list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COORDINATORS, [list(units), on, on, on, Role.UNIT_COORDINATOR, on, on])
        for unit, user, depth in cursor.fetchall():
            first, found = nearest.setdefault(unit, (depth, []))
            if depth == first:
                found.append(user)
    users = User.objects.in_bulk({user for _depth, found in nearest.values() for user in found})
    return {unit: [users[user] for user in found] for unit, (_depth, found) in nearest.items()}


def grants_on(unit: Unit, *, on: date) -> "QuerySet[RoleGrant]":
    """The roles given on this very unit that hold on that day."""
    return (
        RoleGrant.objects.filter(Q(until=None) | Q(until__gt=on), unit=unit, since__lte=on)
        .select_related("user")
        .order_by("role", "user__full_name", "id")
    )
