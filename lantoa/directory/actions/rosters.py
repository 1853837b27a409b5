"""Many people at once, as lists bring them: added, changed, taken back. One line of the ledger a call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

from lantoa.common.bulk import add_rows, new_keys
from lantoa.common.keyring import secret
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold, person_sort_key
from lantoa.directory.models import Person, Post, period_of
from lantoa.directory.rules.people import id_hash
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as a list names them, with their post. Empty means: the list does not say.

    `id_mark` is (keyed hash as hex, last three digits) of the identity number; the number itself never comes here.
    """

    full_name: str
    unit: int
    title: str = ""
    birth: tuple[int | None, int | None, int | None] = (None, None, None)
    gender: str = ""
    phone: str = ""
    email: str = ""
    id_mark: tuple[str, str] | None = None
    is_demonstration: bool = False


@dataclass(slots=True)
class Taken:
    """What came of one listed person: ids for what follows, and what undoing needs (JSON)."""

    person: int
    undo: dict[str, Any] = field(default_factory=dict)


def id_mark(number: str) -> tuple[str, str] | None:
    """How an identity number is kept: its keyed hash (hex) and its last three digits."""
    if not number:
        return None
    return id_hash(secret("people"), number).hex(), number[-3:]


# ---- adding


@transaction.atomic
def add_people(*, by: Actor, people: Sequence[Listed], since: date, source: str) -> list[Taken]:
    """Adds people and their posts from a day on, in the order given. Refused and named: an identity number that
    is on record already."""
    _refuse_known_numbers([(None, one) for one in people])
    made = add_rows(Person, _PERSON_COLUMNS, map(_person_row, people))
    period = f"[{since:%Y-%m-%d},)"
    posts = add_rows(
        Post,
        ("person_id", "unit_id", "title", "period", "source"),
        [(pk, one.unit, one.title, period, source) for one, (pk, _key) in zip(people, made, strict=True)],
    )
    if made:
        record(by=by, act="directory.add_people", thing=source, about={"people": len(made)})
    return [
        Taken(pk, {"made_person": key, "made_posts": [post]})
        for (pk, key), (_id, post) in zip(made, posts, strict=True)
    ]


_PERSON_COLUMNS = (
    "full_name", "folded", "sort_key", "birth_year", "birth_month", "birth_day", "gender", "phone", "email",
    "id_hash", "id_last3", "is_demonstration",
)  # fmt: skip


def _person_row(one: Listed) -> tuple[Any, ...]:
    """In the order of _PERSON_COLUMNS."""
    return (
        one.full_name,
        fold(one.full_name),
        person_sort_key(one.full_name),
        *one.birth,
        one.gender,
        one.phone,
        one.email,
        bytes.fromhex(one.id_mark[0]) if one.id_mark else None,
        one.id_mark[1] if one.id_mark else "",
        one.is_demonstration,
    )


def _refuse_known_numbers(people: Sequence[tuple[int | None, Listed]]) -> None:
    """Refuses a number that is to be given to someone (None: someone new) and is another's, on record or in the
    list itself. Whoever is in the list is named; whoever is on record is not: they may be in nobody's care here."""
    wanted: dict[bytes, tuple[int | None, Listed]] = {}
    for person, listed in people:
        if listed.id_mark is None:
            continue
        number = bytes.fromhex(listed.id_mark[0])
        first, other = wanted.setdefault(number, (person, listed))
        if other is not listed and (person is None or first != person):
            raise _number_taken(listed, other.full_name)
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, id_hash FROM directory_person WHERE id_hash = ANY(%s) ORDER BY id",
            [list(wanted)],
        )
        for pk, number in cursor.fetchall():
            person, listed = wanted[bytes(number)]
            if pk != person:
                raise Refused(
                    N_("Cannot load %(person)s: somebody else on record has the identity number (…%(last3)s)."),
                    person=listed.full_name,
                    last3=listed.id_mark[1] if listed.id_mark else "",
                )


def _number_taken(listed: Listed, known: str) -> Refused:
    return Refused(
        N_("Cannot load %(person)s: the identity number (…%(last3)s) is that of %(known)s."),
        person=listed.full_name,
        last3=listed.id_mark[1] if listed.id_mark else "",
        known=known,
    )


# ---- changing


@transaction.atomic
def change_people(*, by: Actor, people: Sequence[tuple[str, Listed]], since: date, source: str) -> list[Taken]:
    """Brings known people (by key) up to what a list says. What the list leaves empty stays as it is; an earlier
    post in the same unit under another title ends where the new one begins. Refused and named: an identity number
    that is another's."""
    if not people:
        return []
    known = {person.key: person for person in _locked([key for key, _listed in people])}
    if missing := [listed.full_name for key, listed in people if key not in known]:
        raise Refused(
            N_("Cannot load %(person)s: they were on record when the list was read and are no longer."),
            person=missing[0],
        )
    posts: dict[tuple[int, int], list[Post]] = {}
    for post in Post.objects.filter(person__in=[person.pk for person in known.values()]).order_by("period"):
        posts.setdefault((post.person_id, post.unit_id), []).append(post)
    absorbed: dict[int, set[str]] = {}
    for survivor, name in Person.records.filter(merged_into__in=[one.pk for one in known.values()]).values_list(
        "merged_into_id", "folded"
    ):
        absorbed.setdefault(survivor or 0, set()).add(name)
    book = _Book(since, source)
    taken = []
    numbers = []
    for key, listed in people:
        person = known[key]
        if listed.id_mark and person.id_hash is None:
            numbers.append((person.pk, listed))
        merged = fold(listed.full_name) in absorbed.get(person.pk, ())
        undo = {"person": key, **_bring_up(person, listed, as_merged=merged)}
        if "before" in undo:
            book.people[person.pk] = person
        standing = posts.setdefault((person.pk, listed.unit), [])
        undo |= book.post(person, listed, standing)
        taken.append(Taken(person.pk, undo))
    _refuse_known_numbers(numbers)
    book.write()
    if book.people or book.new or book.old:
        about = {"people": len(book.people), "posts": len(book.new) + len(book.old)}
        record(by=by, act="directory.change_people", thing=source, about=about)
    return taken


def _locked(keys: Iterable[str]) -> list[Person]:
    """The people of these keys, locked in the order of their ids; whoever was merged since is none of them."""
    return list(
        Person.objects.raw(
            "SELECT * FROM directory_person WHERE key = ANY(%s) AND merged_into_id IS NULL"
            " ORDER BY id FOR NO KEY UPDATE",
            [list(set(keys))],
        )
    )


_CHANGED = (
    "full_name", "folded", "sort_key", "birth_year", "birth_month", "birth_day", "gender", "phone", "email",
    "id_hash", "id_last3",
)  # fmt: skip


def _bring_up(person: Person, listed: Listed, *, as_merged: bool = False) -> dict[str, Any]:
    """Changes the person in memory; what stood there before and stands there now, empty where nothing changed.

    `as_merged`: the list still has them under a name that was merged into theirs; their own name and birth stay."""
    wanted: dict[str, Any] = {}
    if listed.full_name != person.full_name and not as_merged:
        wanted |= {
            "full_name": listed.full_name,
            "folded": fold(listed.full_name),
            "sort_key": person_sort_key(listed.full_name),
        }
    if listed.birth[0] is not None and not as_merged and not _knows_less(listed, person):
        wanted |= dict(zip(("birth_year", "birth_month", "birth_day"), listed.birth, strict=True))
    wanted |= {name: value for name in ("gender", "phone", "email") if (value := getattr(listed, name))}
    if listed.id_mark and person.id_hash is None:
        wanted |= {"id_hash": bytes.fromhex(listed.id_mark[0]), "id_last3": listed.id_mark[1]}
    before, after = {}, {}
    for name, value in wanted.items():
        old = getattr(person, name)
        if old != value:
            before[name] = None if name == "id_hash" else old
            after[name] = value.hex() if name == "id_hash" else value
            setattr(person, name, value)
    return {"before": before, "after": after} if before else {}


def _knows_less(listed: Listed, person: Person) -> bool:
    """Whether the list's birth date is the recorded one with a part left out."""
    kept = (person.birth_year, person.birth_month, person.birth_day)
    pairs = list(zip(listed.birth, kept, strict=True))
    return all(new in (None, old) for new, old in pairs) and any(new is None and old for new, old in pairs)


class _Book:
    """The changes of one call, written together at its end."""

    def __init__(self, since: date, source: str) -> None:
        self.since = since
        self.source = source
        self.people: dict[int, Person] = {}
        self.new: list[Post] = []
        self.old: dict[int, Post] = {}

    def post(self, person: Person, listed: Listed, standing: list[Post]) -> dict[str, Any]:
        """Makes or changes, in memory, the post the list speaks of; what undoing needs."""
        now = next((post for post in standing if _holds(post, self.since)), None)
        if now and (not listed.title or now.title == listed.title):
            return {}
        undo: dict[str, Any] = {}
        if now and now.period.lower == self.since:
            undo["before_post"] = {"key": now.key, "title": now.title}
            now.title = listed.title
            if now.pk:
                self.old[now.pk] = now
            return undo
        later = [post.period.lower for post in standing if post.period.lower > self.since]
        until = min(later) if later else None
        if now:
            until = now.period.upper
            undo["before_post"] = {"key": now.key, "until": until and until.isoformat()}
            now.period = period_of(now.period.lower, self.since)
            self.old[now.pk] = now
        made = Post(
            key=new_keys(1)[0],
            person=person,
            unit_id=listed.unit,
            title=listed.title,
            period=period_of(self.since, until),
            source=self.source,
        )
        standing.append(made)
        self.new.append(made)
        undo["made_posts"] = [made.key]
        return undo

    def write(self) -> None:
        if self.people:
            Person.objects.bulk_update(list(self.people.values()), _CHANGED, batch_size=1_000)
        if self.old:
            # the earlier post must have ended before the next one begins
            Post.objects.bulk_update(list(self.old.values()), ["title", "period"], batch_size=1_000)
        Post.objects.bulk_create(self.new, batch_size=1_000)


def _holds(post: Post, day: date) -> bool:
    return bool(post.period.lower <= day and (post.period.upper is None or day < post.period.upper))


# ---- taking back


@transaction.atomic
def take_back_people(*, by: Actor, undone: Iterable[dict[str, Any]], source: str) -> None:
    """Takes back what `add_people` and `change_people` did, by their undo values, the last first.

    Refused and named: whoever was made by the list and is needed elsewhere by now, and whoever was changed since.
    """
    undone = list(undone)
    made = [one["made_person"] for one in undone if "made_person" in one]
    _refuse_needed(made, source)
    changed = {person.key: person for person in _locked([one["person"] for one in undone if "person" in one])}
    for one in reversed(undone):
        if "after" in one:
            _put_back(changed[one["person"]], one)
    posts = _posts_of(undone)
    for one in reversed(undone):
        if was := one.get("before_post"):
            _put_post_back(posts.get(was["key"]), was, one, changed)
    with connection.cursor() as cursor:
        keys = [key for one in undone for key in one.get("made_posts", ())]
        cursor.execute("DELETE FROM directory_post WHERE key = ANY(%s)", [keys])
        cursor.execute("DELETE FROM directory_person WHERE key = ANY(%s)", [made])
    touched = [changed[one["person"]] for one in undone if "after" in one]
    Person.objects.bulk_update({person.pk: person for person in touched}.values(), _CHANGED, batch_size=1_000)
    kept = [post for post in posts.values() if post.key not in set(keys)]
    Post.objects.bulk_update(kept, ["title", "period"], batch_size=1_000)
    record(by=by, act="directory.take_back_people", thing=source, about={"people": len(undone)})


def _put_back(person: Person, one: dict[str, Any]) -> None:
    """The person as they were before, in memory; refused when they were changed since."""
    for name, value in one["after"].items():
        now = getattr(person, name)
        if (bytes(now).hex() if name == "id_hash" and now is not None else now) != value:
            raise Refused(N_("Cannot undo: %(person)s was changed since."), person=person.full_name)
    for name, value in one["before"].items():
        setattr(person, name, value)


def _posts_of(undone: list[dict[str, Any]]) -> dict[str, Post]:
    """The posts that were changed, by key, locked."""
    keys = [one["before_post"]["key"] for one in undone if "before_post" in one]
    rows = Post.objects.select_for_update().filter(key__in=keys).order_by("pk") if keys else ()
    return {post.key: post for post in rows}


def _put_post_back(post: Post | None, was: dict[str, Any], one: dict[str, Any], people: dict[str, Person]) -> None:
    """The post as it was before, in memory; refused when it is no longer there."""
    if post is None:
        raise Refused(N_("Cannot undo: %(person)s was changed since."), person=people[one["person"]].full_name)
    if "title" in was:
        post.title = was["title"]
    else:
        until = was["until"] and date.fromisoformat(was["until"])
        post.period = period_of(post.period.lower, until)


_NEEDED = """
    WITH made AS MATERIALIZED (SELECT id, full_name, user_id FROM directory_person WHERE key = ANY(%s))
    SELECT has_account, full_name FROM (
        SELECT true AS has_account, id, full_name FROM made WHERE user_id IS NOT NULL {elsewhere}) AS needed
     ORDER BY has_account DESC, id LIMIT 1
"""
_ELSEWHERE = "UNION ALL SELECT false, made.id, made.full_name FROM made JOIN {table} t ON t.{column} = made.id {own}"


def _refuse_needed(made: list[str], source: str) -> None:
    """Refuses when someone whom the list brought has an account by now, or anything of any room names them that
    the list itself did not bring."""
    if not made:
        return
    elsewhere, sources = [], []
    for relation in Person._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model: Any = relation.related_model
        own = any(one.name == "source" for one in model._meta.concrete_fields)
        sources += [source] if own else []
        elsewhere.append(
            _ELSEWHERE.format(
                table=model._meta.db_table,
                column=relation.field.column,  # type: ignore[union-attr]
                own="AND t.source <> %s" if own else "",
            )
        )
    with connection.cursor() as cursor:
        cursor.execute(_NEEDED.format(elsewhere=" ".join(elsewhere)), [made, *sources])
        row = cursor.fetchone()
    if row and row[0]:
        raise Refused(N_("Cannot undo: %(person)s has an account since."), person=row[1])
    if row:
        raise Refused(N_("Cannot undo: %(person)s is named elsewhere since."), person=row[1])
