"""People and their posts."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from lantoa.accounts.models import User
from lantoa.common.keyring import secret
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean, fold, person_sort_key
from lantoa.directory.models import Person, PersonChange, Post, Unit, period_of
from lantoa.directory.rules.people import (
    Birth,
    NewPerson,
    id_hash,
    id_number,
    person_name,
    phone_number,
)
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

BY_HAND = "directory:by-hand"


@transaction.atomic
def add_person(*, by: Actor, new: NewPerson, on: date, source: str = BY_HAND) -> Person:
    """Adds a person, with a post from `on` when a unit is given. Many at once: `actions.rosters.add_people`.

    Whether someone is known already is for the caller to find out first (`queries.find_candidates`); only a
    citizen's number that is already there is refused here.
    """
    person = _person(new)
    if person.id_hash is not None:
        _hold_number(bytes(person.id_hash))
        _refuse_known_number(person)
    person.save(force_insert=True)
    if new.unit_id is not None:
        Post.objects.create(
            person=person,
            unit_id=new.unit_id,
            title=clean(new.post_title)[:200],
            period=period_of(on, None),
            source=source,
        )
    record(by=by, act="directory.add_person", thing=person, about={"source": source})
    return person


def _person(new: NewPerson) -> Person:
    name = person_name(new.full_name)
    number = id_number(new.id_number) if new.id_number else ""
    return Person(
        full_name=name,
        folded=fold(name),
        sort_key=person_sort_key(name),
        birth_year=new.birth.year,
        birth_month=new.birth.month,
        birth_day=new.birth.day,
        gender=new.gender,
        phone=phone_number(new.phone),
        email=clean(new.email),
        id_hash=id_hash(secret("people"), number) if number else None,
        id_last3=number[-3:],
        is_demonstration=new.is_demonstration,
    )


class NumberTaken(Refused):
    """The citizen's number is another's. Whose is said only by a page whose reader looks after them: a refusal must
    not tell a name to whoever types a number."""

    def __init__(self, message: str, *, named: str, known: Person, **values: Any) -> None:
        super().__init__(message, **values)
        self.known = known.merged_into or known
        self.named = named

    def with_name(self) -> Refused:
        """The refusal that names whose number it is."""
        return Refused(self.named, known=self.known.full_name, **self.values)


def _owner_of(hashed: bytes) -> Person | None:
    return Person.records.filter(id_hash=hashed).select_related("merged_into").first()


def _hold_number(hashed: bytes) -> None:
    """Nobody else asks meanwhile whose this number is: two who enter it at once come in turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"lantoa.person.{hashed.hex()}"])


def _refuse_known_number(person: Person) -> None:
    known = _owner_of(bytes(person.id_hash or b""))
    if known is not None:
        raise NumberTaken(
            N_("Cannot add this person: somebody on record has the same citizen's number (…%(last3)s)."),
            named=N_("Cannot add this person: %(known)s is known already by the same citizen's number (…%(last3)s)."),
            known=known,
            last3=known.id_last3,
        )


@transaction.atomic
def correct_person(
    *,
    by: Actor,
    person: Person,
    full_name: str,
    birth: Birth,
    gender: str = "",
    phone: str = "",
    email: str = "",
    number: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Person:
    """Corrects what is known of a person. What stood there before is kept with the person (`PersonChange`), with the
    moment `at` and the reason; the ledger keeps which fields changed, not their values.

    `number`: the citizen's number, "" to leave what is kept as it is.
    """
    person = _standing(person)
    name = person_name(full_name)
    values: dict[str, Any] = {
        "full_name": name,
        "folded": fold(name),
        "sort_key": person_sort_key(name),
        "birth_year": birth.year,
        "birth_month": birth.month,
        "birth_day": birth.day,
        "gender": gender,
        "phone": phone_number(phone),
        "email": clean(email),
    }
    changed = [field for field, value in values.items() if getattr(person, field) != value]
    before = {field: getattr(person, field) for field in changed if field not in ("folded", "sort_key")}
    if any(field.startswith("birth_") for field in changed):  # a day without its month and year says nothing
        before |= {field: getattr(person, field) for field in ("birth_year", "birth_month", "birth_day")}
    last3 = person.id_last3
    if changed:
        for field in changed:
            setattr(person, field, values[field])
        person.save(update_fields=changed)
        said = [field for field in changed if field not in ("folded", "sort_key")]
        record(by=by, act="directory.correct_person", thing=person, about={"fields": said})
    if number:
        person = set_id_number(by=by, person=person, number=number)
    if last3 and person.id_last3 != last3:
        before["id_last3"] = last3
    if before and at is not None:
        PersonChange.objects.create(person=person, before=before, reason=clean(reason)[:300], at=at, by=by.actor_key)
    return person


def _standing(person: Person) -> Person:
    """The person as they stand now, held until the end of the transaction. Refused when they were merged since."""
    person = Person.records.select_for_update().select_related(None).get(pk=person.pk)
    if person.merged_into_id is not None:
        raise Refused(
            N_("Cannot change %(person)s: they were merged into another person's record since."),
            person=person.full_name,
        )
    return person


@transaction.atomic
def set_id_number(*, by: Actor, person: Person, number: str) -> Person:
    """Keeps the keyed hash and the last three digits of a citizen's number; the number itself is never kept."""
    checked = id_number(number)
    person = _standing(person)
    hashed = id_hash(secret("people"), checked)
    _hold_number(hashed)
    known = _owner_of(hashed)
    if known is not None and known.pk != person.pk:
        raise NumberTaken(
            N_("Cannot give %(person)s this citizen's number: somebody else on record has it."),
            named=N_("Cannot give %(person)s this citizen's number: %(known)s has it."),
            known=known,
            person=person.full_name,
        )
    if person.id_hash is not None and bytes(person.id_hash) == hashed:
        return person
    person.id_hash, person.id_last3 = hashed, checked[-3:]
    person.save(update_fields=["id_hash", "id_last3"])
    record(by=by, act="directory.set_id_number", thing=person)
    return person


@transaction.atomic
def set_post(*, by: Actor, person: Person, unit: Unit, title: str, since: date, source: str = BY_HAND) -> Post:
    """From `since` on the person has this post in the unit; an earlier one there ends on that day.

    The same post again changes nothing. A post that begins after `since` in the same unit is refused: it would
    have to be rewritten.
    """
    title = clean(title)[:200]
    person = _standing(person)
    posts = Post.objects.select_for_update().filter(person=person, unit=unit)
    running = posts.filter(period__contains=since).first()
    if running is not None and running.title == title:
        return running
    if posts.filter(period__startswith__gt=since).exists() or (running and running.period.upper is not None):
        raise Refused(
            N_("Cannot set the post of %(person)s from %(since)s: a later post in the same unit is known."),
            person=person.full_name,
            since=since,
        )
    if running is not None and running.period.lower == since:
        running.title, running.source = title, source
        running.save(update_fields=["title", "source"])
        post = running
    else:
        if running is not None:
            running.period = period_of(running.period.lower, since)
            running.save(update_fields=["period"])
        post = Post.objects.create(
            person=person, unit=unit, title=title, period=period_of(since, None), source=source
        )
    record(
        by=by,
        act="directory.set_post",
        thing=post,
        about={"person": person.key, "unit": unit.key, "since": since.isoformat()},
    )
    return post


@transaction.atomic
def end_post(*, by: Actor, post: Post, on: date) -> Post:
    """The post ends: `on` is the first day on which it no longer holds."""
    post = Post.objects.select_for_update().select_related("person").get(pk=post.pk)
    if post.period.upper is not None:
        raise Refused(
            N_("Cannot end the post of %(person)s: it ended on %(day)s."),
            person=post.person.full_name,
            day=f"{post.period.upper:%d/%m/%Y}",
        )
    if on <= post.period.lower:
        raise Refused(
            N_("Cannot end the post of %(person)s on %(day)s: it begins on %(since)s."),
            person=post.person.full_name,
            day=f"{on:%d/%m/%Y}",
            since=f"{post.period.lower:%d/%m/%Y}",
        )
    post.period = period_of(post.period.lower, on)
    post.save(update_fields=["period"])
    record(by=by, act="directory.end_post", thing=post, about={"on": on.isoformat()})
    return post


@transaction.atomic
def link_user(*, by: Actor, person: Person, user: User) -> Person:
    """The account is this person's. An account belongs to one person, a person has one account."""
    person = _standing(person)
    if person.user_id == user.pk:
        return person
    if person.user_id is not None:
        raise Refused(N_("Cannot link %(person)s to another account: they have one."), person=person.full_name)
    try:
        with transaction.atomic():
            person.user = user
            person.save(update_fields=["user"])
    except IntegrityError:
        raise Refused(
            N_("Cannot link %(person)s to the account %(user)s: it is somebody else's."),
            person=person.full_name,
            user=user.username,
        ) from None
    record(by=by, act="directory.link_user", thing=person, about={"user": user.key})
    return person
