"""Classes, their meetings, and who is enrolled."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.db.models import QuerySet
from django.http import Http404

from lantoa.api.queries.paging import part_of
from lantoa.api.rules.problems import Problem
from lantoa.api.rules.shapes import Key, Page, Part, Says
from lantoa.api.views.calling import Call, Made
from lantoa.api.views.operations import get, post
from lantoa.api.views.resources.people import faults_of
from lantoa.common.refused import N_
from lantoa.directory import queries as directory
from lantoa.directory.models import Person, Post
from lantoa.training.actions.classes import Place, enrol
from lantoa.training.models import Meeting, TrainingClass

NO_POST = N_("There is no such person here, or they have no post today.")


@dataclass(frozen=True)
class ClassesAsked(Part):
    """Which classes are wanted."""

    programme: Annotated[Key | None, Says(N_("Only those of this programme."))] = None


@dataclass(frozen=True)
class MeetingsAsked(Part):
    """Which meetings are wanted."""

    training_class: Annotated[Key | None, Says(N_("Only those of this class."))] = None
    since: Annotated[date | None, Says(N_("Only those that end on this day or later."))] = None
    until: Annotated[date | None, Says(N_("Only those that begin before this day."))] = None


@dataclass(frozen=True)
class AssessmentSeen:
    """Something that is marked or handed in."""

    key: Key
    code: str
    title: str
    kind: Annotated[str, Says(N_("test, assignment or plan."))]
    highest: Annotated[Decimal, Says(N_("The highest mark."))]


@dataclass(frozen=True)
class ClassSeen:
    """A class."""

    key: Key
    code: Annotated[str, Says(N_("Unique within the programme."))]
    programme: Key
    unit: Annotated[Key, Says(N_("The unit that holds it."))]
    course: Annotated[str, Says(N_("The title of the course."))]
    place: str
    online_url: str
    capacity: int
    assessments: tuple[AssessmentSeen, ...]


@dataclass(frozen=True)
class MeetingSeen:
    """A meeting of a class."""

    key: Key
    training_class: Key
    topic: str
    starts: datetime
    ends: datetime
    lecturer: Annotated[str | None, Says(N_("The name of the lecturer."))]
    room: str | None
    held: Annotated[bool, Says(N_("Whether its roll is complete."))]


@dataclass(frozen=True)
class PeopleToEnrol:
    """Those who are to be in the class."""

    people: Annotated[tuple[Key, ...], Says(N_("Keys of people in the care of the unit."), most=500, least=1)]


@get("classes", needs="programmes.view", says=N_("The classes that units in care hold"))
def list_classes(call: Call, query: ClassesAsked) -> Page[ClassSeen]:
    """In the order of their entry."""
    rows = _rows().filter(unit__in=call.care())
    if query.programme:
        rows = rows.filter(programme__key=query.programme)
    found, following = part_of(rows, query)
    return Page(tuple(_seen(one) for one in found), following)


@get("classes/{key}", needs="programmes.view", says=N_("One class, with what is marked in it"))
def show_class(call: Call, key: str) -> ClassSeen:
    """A class of another unit is not found."""
    return _seen(load_class(call, key))


@post("classes/{key}/enrolments", needs="training.manage", says=N_("Enrol people in a class"))
def enrol_people(call: Call, key: str, body: PeopleToEnrol) -> Made:
    """All or none. Whoever is in the class already stays as they are and is not counted."""
    found = load_class(call, key)
    known = {one.key: one for one in Person.objects.filter(key__in=body.people)}
    cared = directory.those_in_care([one.pk for one in known.values()], call.care(), on=call.today)
    posts: dict[int, Post] = {
        post.person_id: post
        for post in Post.objects.filter(person__in=cared, period__contains=call.today)
        .select_related("unit")
        .order_by("period")
    }
    places: list[Place] = []
    wrong: dict[str, str] = {}
    for place, one in enumerate(body.people):
        person = known.get(one)
        if person is None or person.pk not in posts:
            wrong[f"#/people/{place}"] = one
        else:
            places.append(Place(person, posts[person.pk].unit, posts[person.pk].title))
    if wrong:
        raise Problem("wrong-body", errors=faults_of(call, wrong, NO_POST))
    source = f"api.token:{call.token.key}"
    made = enrol(by=call.token, training_class=found, places=places, source=source, at=call.now)
    return Made(found.key, added=len(made))


@get("meetings", needs="programmes.view", says=N_("The meetings of classes that units in care hold"))
def list_meetings(call: Call, query: MeetingsAsked) -> Page[MeetingSeen]:
    """In the order of their entry."""
    rows = _meetings().filter(training_class__unit__in=call.care())
    if query.training_class:
        rows = rows.filter(training_class__key=query.training_class)
    if query.since:
        rows = rows.filter(during__endswith__date__gte=query.since)
    if query.until:
        rows = rows.filter(during__startswith__date__lt=query.until)
    found, following = part_of(rows, query)
    return Page(tuple(meeting_seen(one) for one in found), following)


@get("meetings/{key}", needs="programmes.view", says=N_("One meeting"))
def show_meeting(call: Call, key: str) -> MeetingSeen:
    """A meeting of another unit is not found."""
    return meeting_seen(load_meeting(call, key))


def load_class(call: Call, key: str) -> TrainingClass:
    """The class, if its unit is in the token's care; else 404."""
    found = _rows().filter(key=key).first()
    if found is None:
        raise Http404
    call.check(found.unit)
    return found


def load_meeting(call: Call, key: str) -> Meeting:
    """The meeting, if the unit of its class is in the token's care; else 404."""
    found = _meetings().filter(key=key).first()
    if found is None:
        raise Http404
    call.check(found.training_class.unit)
    return found


def meeting_seen(found: Meeting) -> MeetingSeen:
    """The meeting as it is given out."""
    return MeetingSeen(
        key=found.key,
        training_class=found.training_class.key,
        topic=found.topic.title,
        starts=found.during.lower,
        ends=found.during.upper,
        lecturer=found.lecturer.full_name if found.lecturer else None,
        room=found.room.name if found.room else None,
        held=found.gathering.held,
    )


def _rows() -> "QuerySet[TrainingClass]":
    rows = TrainingClass.objects.select_related("programme", "unit", "course")
    return rows.prefetch_related("assessments")


def _meetings() -> "QuerySet[Meeting]":
    return Meeting.objects.select_related("training_class__unit", "topic", "lecturer", "room", "gathering")


def _seen(found: TrainingClass) -> ClassSeen:
    return ClassSeen(
        key=found.key,
        code=found.code,
        programme=found.programme.key,
        unit=found.unit.key,
        course=found.course.title,
        place=found.place,
        online_url=found.online_url,
        capacity=found.capacity,
        assessments=tuple(
            AssessmentSeen(one.key, one.code, one.title, one.kind, one.highest)
            for one in sorted(found.assessments.all(), key=lambda one: one.pk)
        ),
    )
