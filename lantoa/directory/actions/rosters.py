"""Many people at once, as lists bring them: added, changed, taken back. One line of the ledger a call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from lantoa.common.keyring import secret
from lantoa.common.vietnamese import fold, person_sort_key
from lantoa.directory.models import Person, Post, period_of
from lantoa.directory.rules.people import id_hash
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

PERSON_FIELDS = ("full_name", "birth", "gender", "phone", "email", "id_number")


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


@transaction.atomic
def add_people(*, by: Actor, people: Sequence[Listed], since: date, source: str) -> list[Taken]:
    """Adds people and their posts from a day on, in the order given."""
    made = Person.objects.bulk_create(
        Person(
            full_name=one.full_name,
            folded=fold(one.full_name),
            sort_key=person_sort_key(one.full_name),
            birth_year=one.birth[0],
            birth_month=one.birth[1],
            birth_day=one.birth[2],
            gender=one.gender,
            phone=one.phone,
            email=one.email,
            id_hash=bytes.fromhex(one.id_mark[0]) if one.id_mark else None,
            id_last3=one.id_mark[1] if one.id_mark else "",
            is_demonstration=one.is_demonstration,
        )
        for one in people
    )
    posts = Post.objects.bulk_create(
        Post(person=person, unit_id=one.unit, title=one.title, period=period_of(since, None), source=source)
        for one, person in zip(people, made, strict=True)
    )
    if made:
        record(by=by, act="directory.add_people", thing=source, about={"people": len(made)})
    return [
        Taken(person.pk, {"made_person": person.key, "made_posts": [post.key]})
        for person, post in zip(made, posts, strict=True)
    ]


@transaction.atomic
def change_people(*, by: Actor, people: Sequence[tuple[str, Listed]], since: date, source: str) -> list[Taken]:
    """Brings known people (by key) up to what a list says. What the list leaves empty stays as it is; an earlier
    post in the same unit under another title ends where the new one begins."""
    known = {
        person.key: person
        for person in Person.objects.select_for_update(no_key=True)
        .filter(key__in=[key for key, _listed in people])
        .order_by("pk")
    }
    posts: dict[tuple[int, int], list[Post]] = {}
    for post in Post.objects.filter(person__in=[p.pk for p in known.values()]).order_by("period"):
        posts.setdefault((post.person_id, post.unit_id), []).append(post)
    taken, changed, new_posts = [], [], []
    for key, listed in people:
        person = known[key]
        before = _bring_up(person, listed)
        undo: dict[str, Any] = {"person": key, "before": before, "made_posts": []}
        if before:
            changed.append(person)
        post = _post(person, listed, posts.get((person.pk, listed.unit), []), since, source, undo)
        if post:
            new_posts.append(post)
        taken.append(Taken(person.pk, undo))
    Person.objects.bulk_update(changed, _COLUMNS, batch_size=1_000)
    Post.objects.bulk_create(new_posts)
    if changed or new_posts:
        about = {"people": len(changed), "posts": len(new_posts)}
        record(by=by, act="directory.change_people", thing=source, about=about)
    return taken


_COLUMNS = [
    "full_name", "folded", "sort_key", "birth_year", "birth_month", "birth_day", "gender", "phone", "email",
    "id_hash", "id_last3",
]  # fmt: skip


def _bring_up(person: Person, listed: Listed) -> dict[str, Any]:
    """Changes the person in memory; the values that stood there before."""
    wanted: dict[str, Any] = {}
    if listed.full_name != person.full_name:
        wanted |= {
            "full_name": listed.full_name,
            "folded": fold(listed.full_name),
            "sort_key": person_sort_key(listed.full_name),
        }
    if listed.birth[0] is not None:
        wanted |= dict(zip(("birth_year", "birth_month", "birth_day"), listed.birth, strict=True))
    wanted |= {name: value for name in ("gender", "phone", "email") if (value := getattr(listed, name))}
    if listed.id_mark and person.id_hash is None:
        wanted |= {"id_hash": bytes.fromhex(listed.id_mark[0]), "id_last3": listed.id_mark[1]}
    before = {}
    for name, value in wanted.items():
        old = getattr(person, name)
        if old != value:
            before[name] = None if name == "id_hash" else old
            setattr(person, name, value)
    return before


def _post(
    person: Person, listed: Listed, standing: list[Post], since: date, source: str, undo: dict[str, Any]
) -> Post | None:
    """The post the list speaks of, if it is not known yet; an earlier one of another title ends where it begins."""
    now = next(
        (p for p in standing if p.period.lower <= since and (p.period.upper is None or since < p.period.upper)),
        None,
    )
    if now and (not listed.title or now.title == listed.title):
        return None
    later = [p.period.lower for p in standing if p.period.lower > since]
    if now and now.period.lower == since:
        undo["before_post"] = {"key": now.key, "title": now.title}
        Post.objects.filter(pk=now.pk).update(title=listed.title)
        return None
    if now:
        undo["before_post"] = {"key": now.key, "until": now.period.upper and now.period.upper.isoformat()}
        Post.objects.filter(pk=now.pk).update(period=period_of(now.period.lower, since))
    post = Post(
        person=person,
        unit_id=listed.unit,
        title=listed.title,
        period=period_of(since, min(later) if later else (now.period.upper if now else None)),
        source=source,
    )
    undo["made_posts"].append(post.key)
    return post


@transaction.atomic
def take_back_people(*, by: Actor, undone: Iterable[dict[str, Any]], source: str) -> None:
    """Takes back what `add_people` and `change_people` did, by their undo values. The caller has made sure that
    nothing depends on it; the database refuses otherwise."""
    undone = list(undone)
    Post.objects.filter(key__in=[key for one in undone for key in one.get("made_posts", [])]).delete()
    Person.objects.filter(key__in=[one["made_person"] for one in undone if "made_person" in one]).delete()
    for one in undone:
        if one.get("before"):
            Person.objects.filter(key=one["person"]).update(**one["before"])
        if was := one.get("before_post"):
            post = Post.objects.get(key=was["key"])
            if "title" in was:
                post.title = was["title"]
            else:
                until = was["until"] and date.fromisoformat(was["until"])
                post.period = period_of(post.period.lower, until)
            post.save(update_fields=["title", "period"])
    record(by=by, act="directory.take_back_people", thing=source, about={"people": len(undone)})
