"""People in the care of the token's unit: read, added, corrected; their posts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from django.http import Http404
from django.urls import reverse

from lantoa.api.queries.imports import people_of_import
from lantoa.api.queries.paging import part_of
from lantoa.api.rules.problems import Problem
from lantoa.api.rules.shapes import Born, Fault, Key, Page, Part, Says
from lantoa.api.views.calling import Call, Made
from lantoa.api.views.operations import get, patch, post
from lantoa.api.views.resources.imports import load_import
from lantoa.common.refused import N_, Refused
from lantoa.directory import actions, queries
from lantoa.directory.models import Person, Post, Unit
from lantoa.directory.rules.people import Birth, NewPerson, Sought, birth

FullName = Annotated[str, Says(N_("The full name, as it is written."), most=100, least=1)]
BornSaid = Annotated[Born, Says(N_("The date of birth as far as it is known: 1985, 1985-03 or 1985-03-09."))]
GenderSaid = Annotated[Literal["f", "m", ""], Says(N_("f, m, or empty for not known."))]
Phone = Annotated[str, Says(N_("The telephone number."), most=20)]
Email = Annotated[
    str, Says(N_("The e-mail address."), most=254, pattern="^([^@ \\x00]+@[^@ \\x00]+[.][^@ \\x00]+)?$")
]
IdNumber = Annotated[
    str, Says(N_("The citizen's number, for matching. It is kept as a keyed hash and never given out."), most=20)
]
Title = Annotated[str, Says(N_("What the person is there."), most=200)]
MERGED = N_("This person was merged into another one: ask for %(key)s.")
Since = Annotated[date, Says(N_("The first day of the post."))]


@dataclass(frozen=True)
class PeopleAsked(Part):
    """Which people are wanted."""

    on: Annotated[date | None, Says(N_("Those with a post on this day; today when left out."))] = None
    unit: Annotated[Key | None, Says(N_("Only those of this unit and everything under it."))] = None
    name: Annotated[str | None, Says(N_("Only those whose name holds this, marks or not."), most=100)] = None
    imported: Annotated[
        Key | None, Says(N_("Only those whom this list brought or changed: the key that an event has told."))
    ] = None


@dataclass(frozen=True)
class PostSeen:
    """What a person is or was, where, from when to when."""

    key: Key
    unit: Key
    title: str
    since: Since
    until: Annotated[date | None, Says(N_("The first day on which it no longer holds."))]


@dataclass(frozen=True)
class PersonSeen:
    """A person."""

    key: Key
    full_name: str
    born: Annotated[str, Says(N_("The date of birth as far as it is known: 1985, 1985-03 or 1985-03-09."))]
    gender: GenderSaid
    phone: str
    email: str
    is_demonstration: Annotated[bool, Says(N_("Whether the person is invented, for trying things out."))]
    posts: Annotated[tuple[PostSeen, ...], Says(N_("In a list those of the day; of one person all, newest first."))]


@dataclass(frozen=True)
class PersonToAdd:
    """A new person with a post."""

    full_name: FullName
    unit: Key
    since: Since
    title: Title = ""
    born: BornSaid = ""
    gender: GenderSaid = ""
    phone: Phone = ""
    email: Email = ""
    id_number: IdNumber = ""
    although_known: Annotated[bool, Says(N_("It is none of those known who look alike."))] = False


@dataclass(frozen=True)
class PersonChanged:
    """What is to be different; what is left out stays as it is."""

    full_name: FullName | None = None
    born: BornSaid | None = None
    gender: GenderSaid | None = None
    phone: Phone | None = None
    email: Email | None = None
    id_number: IdNumber | None = None


@dataclass(frozen=True)
class PostToAdd:
    """A post from a day on; an earlier one in the same unit ends on that day."""

    unit: Key
    since: Since
    title: Title = ""


@dataclass(frozen=True)
class PostEnded:
    """The end of a post."""

    until: Annotated[date, Says(N_("The first day on which it no longer holds."))]


@get("people", needs="directory.view_people", says=N_("The people who had a post on a day"))
def list_people(call: Call, query: PeopleAsked) -> Page[PersonSeen]:
    """Those in the care of the token's unit, in the order of their entry."""
    on, care = query.on or call.today, call.care()
    units = care
    if query.unit:
        units = Unit.objects.filter(pk__in=queries.itself_and_under(call.unit(query.unit), on=on))
    rows = queries.people_in(units, on=on, text=query.name or "")
    if query.imported:
        rows = rows.filter(pk__in=people_of_import(load_import(call, query.imported)).values("pk"))
    found, following = part_of(rows, query)
    call.saw(call.token.unit, len(found))
    return Page(tuple(seen(one, one.posts_now) for one in found), following)  # type: ignore[attr-defined]


@get("people/{key}", needs="directory.view_people", says=N_("One person, with all posts"))
def show_person(call: Call, key: str) -> PersonSeen:
    """The ETag of the answer is what changing them asks for."""
    this = load_person(call, key)
    call.saw(this, 1)
    return _whole(this)


@post("people", needs="directory.edit_people", says=N_("Add a person"))
def add_person(call: Call, body: PersonToAdd) -> Made:
    """Somebody who may be known already is named first; that two are one, or are not, is decided by people."""
    unit = _unit(call, body.unit, "#/unit")
    born = _born(call, body.born)
    if not body.although_known:
        _ask_if_known(call, body, born, unit)
    new = NewPerson(
        full_name=body.full_name,
        birth=born,
        gender=body.gender,
        phone=body.phone,
        email=body.email,
        id_number=body.id_number,
        unit_id=unit.pk,
        post_title=body.title,
    )
    made = actions.add_person(by=call.token, new=new, on=body.since, source=f"api.token:{call.token.key}")
    return Made(made.key, location=reverse("api:people_key", args=[made.key]))


def _ask_if_known(call: Call, body: PersonToAdd, born: Birth, unit: Unit) -> None:
    hashed = queries.hashed_id(body.id_number) if body.id_number else b""
    found = queries.find_candidates([Sought(body.full_name, born, unit.pk, id_hash=hashed)]).get(0, [])
    care = call.care("directory.view_people") if "directory.view_people" in call.token.scopes else call.care()
    visible = queries.those_in_care([known.id for _sure, known in found], care, on=call.today)
    known = [{"key": one.key, "certain": sure > 1} for sure, one in found if one.id in visible]
    if known:
        raise Problem("maybe-known", more={"known": known})


@patch("people/{key}", needs="directory.edit_people", says=N_("Correct what is known of a person"))
def change_person(call: Call, key: str, body: PersonChanged) -> PersonSeen:
    """What is left out stays as it is."""
    this = load_person(call, key)
    this = Person.objects.select_for_update(no_key=True).get(pk=this.pk)
    call.match(_whole(this))
    was = Birth(this.birth_year, this.birth_month, this.birth_day)
    this = actions.correct_person(
        by=call.token,
        person=this,
        full_name=this.full_name if body.full_name is None else body.full_name,
        birth=was if body.born is None else _born(call, body.born),
        gender=this.gender if body.gender is None else body.gender,
        phone=this.phone if body.phone is None else body.phone,
        email=this.email if body.email is None else body.email,
        number=body.id_number or "",
    )
    return _whole(this)


@post("people/{key}/posts", needs="directory.edit_people", says=N_("Enter a post of a person"))
def add_post(call: Call, key: str, body: PostToAdd) -> Made:
    """An earlier post in the same unit ends on that day."""
    this = load_person(call, key)
    unit = _unit(call, body.unit, "#/unit")
    made = actions.set_post(
        by=call.token,
        person=this,
        unit=unit,
        title=body.title,
        since=body.since,
        source=f"api.token:{call.token.key}",
    )
    return Made(made.key, location=reverse("api:people_key", args=[this.key]))


@patch("posts/{key}", needs="directory.edit_people", says=N_("End a post"))
def end_post(call: Call, key: str, body: PostEnded) -> PersonSeen:
    """If-Match names the state of the person."""
    found = Post.objects.select_related("person", "unit").filter(key=key).first()
    if found is None:
        raise Http404
    this = load_person(call, found.person.key)
    call.check(found.unit)
    this = Person.objects.select_for_update(no_key=True).get(pk=this.pk)
    call.match(_whole(this))
    actions.end_post(by=call.token, post=found, on=body.until)
    return _whole(this)


def load_person(call: Call, key: str) -> Person:
    """The person, if they are in the care of the token's unit; else 404. Whoever was merged into somebody in its care
    is answered with whom they are asked for through."""
    this = queries.person_of(key)
    if this is None or not queries.is_in_care(queries.deciding_units(this, on=call.today), call.care()):
        raise Http404
    if this.key != key:
        raise Problem("merged", more={"merged_into": this.key})
    return this


def faults_of(call: Call, named: Mapping[str, str], otherwise: str) -> list[Fault]:
    """What is wrong with people named in a body, by their places (pointer to key): merged into somebody in care, or
    what else it is. Few queries, however many."""
    merged = Person.records.filter(key__in=set(named.values())).exclude(merged_into=None)
    into = {one.key: one.merged_into for one in merged.select_related("merged_into") if one.merged_into}
    cared = queries.those_in_care([one.pk for one in into.values()], call.care(), on=call.today) if into else set()
    faults = []
    for pointer, key in named.items():
        stands = into.get(key)
        if stands and stands.pk in cared:
            faults.append(Fault(pointer, MERGED, {"key": stands.key}))
        else:
            faults.append(Fault(pointer, otherwise))
    return faults


def seen(person: Person, posts: Iterable[Post]) -> PersonSeen:
    """The person with these posts (each with its unit)."""
    born = [f"{person.birth_year:04}" if person.birth_year else ""]
    born += [f"{part:02}" for part in (person.birth_month, person.birth_day) if part]
    return PersonSeen(
        key=person.key,
        full_name=person.full_name,
        born="-".join(born),
        gender=person.gender,  # type: ignore[arg-type]
        phone=person.phone,
        email=person.email,
        is_demonstration=person.is_demonstration,
        posts=tuple(PostSeen(one.key, one.unit.key, one.title, one.period.lower, one.period.upper) for one in posts),
    )


def _whole(person: Person) -> PersonSeen:
    return seen(person, queries.posts_of(person))


def _unit(call: Call, key: str, pointer: str) -> Unit:
    """A unit named in a body; one that is not in the token's care is a fault like one that is none."""
    unit = Unit.objects.filter(key=key).first()
    if unit is None or not call.care().filter(pk=unit.pk).exists():
        raise Problem("wrong-body", errors=[Fault(pointer, N_("There is no such unit."))])
    return unit


def _born(call: Call, text: str) -> Birth:
    parts = [int(part) for part in text.split("-")] if text else []
    try:
        return birth(*parts, on=call.today) if parts else Birth()
    except Refused as refused:
        raise Problem("wrong-body", errors=[Fault("#/born", refused.message, refused.values)]) from refused
