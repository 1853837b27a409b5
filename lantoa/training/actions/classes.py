"""Planning classes and meetings; enrolling people and letting them go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, QuerySet
from django.utils import timezone

from lantoa.common.models import new_key
from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.competence.models import Course, Topic
from lantoa.directory.models import Person, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.queries.days import holiday_name
from lantoa.presence.actions import new_gathering
from lantoa.programmes.models import Programme
from lantoa.training.actions.places import free_places_of, lock_calls_of
from lantoa.training.models import Enrolment, Meeting, Room, TrainingClass
from lantoa.training.rules.timetable import WORDS, Kind, called, check_holiday, check_order, check_period


@transaction.atomic
def plan_class(
    *,
    by: Actor,
    programme: Programme,
    course: Course,
    code: str,
    unit: Unit,
    capacity: int,
    place: str = "",
    online_url: str = "",
    rule: dict[str, Any] | None = None,
) -> TrainingClass:
    """Adds a class to a programme."""
    taken = Refused(
        N_("Cannot add class %(code)s: programme %(programme)s already has a class of this code."),
        code=code,
        programme=programme.name,
    )
    with only_one(taken):
        made = TrainingClass.objects.create(
            programme=programme,
            course=course,
            code=code,
            unit=unit,
            capacity=capacity,
            place=place,
            online_url=online_url,
            rule=rule or {},
        )
    record(by=by, act="training.plan_class", thing=made, about={"programme": programme.key, "code": code})
    return made


@transaction.atomic
def change_class(*, by: Actor, training_class: TrainingClass, **changes: Any) -> TrainingClass:
    """Changes place, online_url, capacity or rule of a class; the capacity never falls below those enrolled."""
    locked = TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    taken = enrolled(locked).count()
    if "capacity" in changes and changes["capacity"] < taken:
        raise Refused(
            N_("Cannot set the places of class %(code)s to %(capacity)d: %(taken)d people are enrolled."),
            code=locked.code,
            capacity=changes["capacity"],
            taken=taken,
        )
    changed = [name for name, value in changes.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, changes[name])
    if changed:
        locked.save(update_fields=changed)
        record(by=by, act="training.change_class", thing=locked, about={"changed": sorted(changed)})
    return locked


def enrolled(training_class: TrainingClass) -> QuerySet[Enrolment]:
    """The running enrolments of a class."""
    return Enrolment.objects.filter(training_class=training_class, withdrawn_at=None)


@transaction.atomic
def plan_meeting(
    *,
    by: Actor,
    training_class: TrainingClass,
    topic: Topic,
    starts: datetime,
    ends: datetime,
    lecturer: Person | None = None,
    room: Room | None = None,
) -> Meeting:
    """Adds a meeting. Refused and named: outside the programme, a public holiday, lecturer, room, class or
    learner in two places at once."""
    _check_time(training_class, starts, ends)
    key = new_key()
    gathering = new_gathering(source=f"training.meeting:{key}", starts=starts, ends=ends)
    meeting = Meeting(
        key=key,
        training_class=training_class,
        topic=topic,
        lecturer=lecturer,
        room=room,
        during=gathering.during,
        gathering=gathering,
    )
    _check_learners(_lock_learners(training_class), meeting)
    with _naming_clash(meeting):
        gathering.save()
        meeting.gathering = gathering
        meeting.save()
    record(by=by, act="training.plan_meeting", thing=meeting, about={"class": training_class.key})
    return meeting


@transaction.atomic
def move_meeting(
    *,
    by: Actor,
    meeting: Meeting,
    topic: Topic,
    starts: datetime,
    ends: datetime,
    lecturer: Person | None = None,
    room: Room | None = None,
) -> Meeting:
    """Changes topic, time, lecturer or room of a meeting at which nobody has been counted yet."""
    meeting = Meeting.objects.select_for_update().select_related("gathering", "training_class").get(pk=meeting.pk)
    _check_untouched(meeting, N_("Cannot change the meeting of class %(code)s on %(day)s: presence is entered."))
    _check_time(meeting.training_class, starts, ends)
    meeting.topic, meeting.lecturer, meeting.room = topic, lecturer, room
    meeting.during = meeting.gathering.during = DateTimeTZRange(starts, ends, "[)")
    _check_learners(_lock_learners(meeting.training_class), meeting)
    with _naming_clash(meeting):
        meeting.gathering.save(update_fields=["during"])
        meeting.save()
    record(by=by, act="training.move_meeting", thing=meeting)
    return meeting


@transaction.atomic
def cancel_meeting(*, by: Actor, meeting: Meeting) -> None:
    """Removes a meeting at which nobody has been counted yet."""
    meeting = Meeting.objects.select_for_update().select_related("gathering", "training_class").get(pk=meeting.pk)
    _check_untouched(meeting, N_("Cannot cancel the meeting of class %(code)s on %(day)s: presence is entered."))
    record(by=by, act="training.cancel_meeting", thing=meeting, about={"class": meeting.training_class.key})
    gathering = meeting.gathering
    meeting.delete()
    gathering.delete()


@dataclass(frozen=True)
class Place:
    """Someone to be enrolled: who, from which unit, in which post."""

    person: Person
    unit: Unit
    post_title: str = ""


@transaction.atomic
def enrol(
    *, by: Actor, training_class: TrainingClass, places: Sequence[Place], source: str, at: datetime
) -> list[Enrolment]:
    """Enrols people; all or none. Whoever is in the class already stays as they are and is not counted twice.

    Refused and named: no place left, a learner who has another class at the same time.
    """
    locked = TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    people = lock_people(place.person.pk for place in places)
    refuse_barred(people)
    inside = set(enrolled(locked).values_list("person_id", flat=True))
    new = list({place.person.pk: place for place in places if place.person.pk not in inside}.values())
    if len(inside) + len(new) > locked.capacity:
        raise Refused(
            N_("Cannot enrol %(person)s: class %(code)s has no place left (%(taken)d of %(capacity)d)."),
            person=new[locked.capacity - len(inside)].person.full_name,
            code=locked.code,
            taken=locked.capacity,
            capacity=locked.capacity,
        )
    for meeting in locked.meetings.select_related("training_class"):
        _check_learners([pk for pk in people if pk not in inside], meeting, ENROLLING)
    made = Enrolment.objects.bulk_create(
        Enrolment(
            training_class=locked,
            person=place.person,
            unit=place.unit,
            post_title=place.post_title[:200],
            enrolled_at=at,
            source=source,
        )
        for place in new
    )
    if made:
        record(by=by, act="training.enrol", thing=locked, about={"people": len(made), "source": source})
    return made


def refuse_barred(people: Iterable[int]) -> None:
    """Refuses people (ids) whose data are not to be used: they asked so, or were erased."""
    barred = Person.objects.filter(pk__in=list(people)).exclude(restricted_at=None, erased_at=None)
    if one := barred.order_by("pk").first():
        raise Refused(
            N_("Cannot enrol %(person)s: their data are not to be used. Ask the privacy desk."),
            person=one.full_name,
        )


@transaction.atomic
def enrol_one(*, by: Actor, training_class: TrainingClass, person: Person, at: datetime, on: date) -> list[Enrolment]:
    """Enrols one person from the unit of their post on that day."""
    post = person.posts.filter(period__contains=on).select_related("unit").order_by("-period").first()
    if post is None:
        raise Refused(
            N_("Cannot enrol %(person)s in class %(code)s: they have no post on %(day)s."),
            person=person.full_name,
            code=training_class.code,
            day=f"{on:%d/%m/%Y}",
        )
    place = Place(person, post.unit, post.title)
    return enrol(by=by, training_class=training_class, places=[place], source="page", at=at)


@transaction.atomic
def withdraw(*, by: Actor, enrolment: Enrolment, reason: str, at: datetime) -> Enrolment:
    """Takes a person out of a class, with a reason; presence and marks stay with the enrolment. Whoever was nominated
    gives back the place of the call, and the next in its waiting list has it."""
    calls = lock_calls_of([enrolment])
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    name, code = enrolment.person.full_name, enrolment.training_class.code
    if not reason.strip():
        raise Refused(N_("Cannot take %(person)s out of class %(code)s: say why."), person=name, code=code)
    if enrolment.certificates.filter(revoked_on=None).exists():
        raise Refused(
            N_("Cannot take %(person)s out of class %(code)s: their certificate is issued. Revoke it first."),
            person=name,
            code=code,
        )
    if enrolment.withdrawn_at is None:
        enrolment.withdrawn_at, enrolment.withdrawal_reason = at, reason.strip()[:300]
        enrolment.save(update_fields=["withdrawn_at", "withdrawal_reason"])
        record(by=by, act="training.withdraw", thing=enrolment)
        free_places_of(by=by, enrolment=enrolment, calls=calls, at=at)
    return enrolment


def _check_time(training_class: TrainingClass, starts: datetime, ends: datetime) -> None:
    starts, ends = timezone.localtime(starts), timezone.localtime(ends)
    code, period = training_class.code, training_class.programme.period
    last = period.upper - timedelta(days=1)
    refused = (
        check_order(code, starts, ends)
        or check_period(code, starts.date(), first=period.lower, last=last)
        or check_holiday(code, starts.date(), holiday_name(starts.date()))
    )
    if refused:
        raise refused


def _check_untouched(meeting: Meeting, words: str) -> None:
    if meeting.gathering.held or meeting.gathering.attendance.exists():
        day = timezone.localdate(meeting.during.lower)
        raise Refused(words, code=meeting.training_class.code, day=f"{day:%d/%m/%Y}")


def lock_people(ids: Iterable[int]) -> list[int]:
    """Locks people in the order of their ids, so that two timetables that share a learner wait for each other."""
    locked = Person.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    return list(locked.values_list("pk", flat=True))


def _lock_learners(training_class: TrainingClass) -> list[int]:
    TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    return lock_people(enrolled(training_class).values_list("person_id", flat=True))


ENROLLING = N_("Cannot enrol %(who)s in class %(code)s: at %(when)s they are in class %(other)s (%(taken)s).")


def _check_learners(people: list[int], meeting: Meeting, words: str = WORDS[Kind.LEARNER]) -> None:
    """Refuses when one of the (locked) people has another class during the meeting."""
    clash = (
        Enrolment.objects.filter(
            person__in=people, withdrawn_at=None, training_class__meetings__during__overlap=meeting.during
        )
        .exclude(training_class=meeting.training_class_id)
        .annotate(when=F("training_class__meetings__during"))
        .select_related("person", "training_class__programme")
        .first()
    )
    if clash:
        raise Refused(
            words,
            code=meeting.training_class.code,
            when=span(meeting.during),
            who=clash.person.full_name,
            other=_beside(meeting, clash.training_class),
            taken=span(clash.when),
        )


class _naming_clash:  # noqa: N801 -- reads as a word in a with statement
    """Turns the database's refusal of a clash into words that name the other meeting."""

    KINDS = {
        "class_meets_once": Kind.CLASS,
        "lecturer_in_one_place": Kind.LECTURER,
        "room_taken_once": Kind.ROOM,
    }

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self.savepoint = transaction.atomic()

    def __enter__(self) -> None:
        self.savepoint.__enter__()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.savepoint.__exit__(kind, error, trace)
        if not isinstance(error, IntegrityError):
            return
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name not in self.KINDS:
            return
        meeting = self.meeting
        others = Meeting.objects.filter(during__overlap=meeting.during).exclude(pk=meeting.pk)
        other = (
            {
                "class_meets_once": others.filter(training_class=meeting.training_class_id),
                "lecturer_in_one_place": others.filter(lecturer=meeting.lecturer_id),
                "room_taken_once": others.filter(room=meeting.room_id),
            }[name]
            .select_related("training_class__programme")
            .first()
        )
        raise Refused(
            WORDS[self.KINDS[name]],
            code=meeting.training_class.code,
            when=span(meeting.during),
            other=_beside(meeting, other.training_class) if other else "?",
            taken=span(other.during) if other else "?",
            who=meeting.lecturer.full_name if meeting.lecturer else "",
            room=meeting.room.name if meeting.room else "",
        ) from error


def _beside(meeting: Meeting, other: TrainingClass) -> str:
    mine, theirs = meeting.training_class.programme, other.programme
    return called(other.code, (theirs.code, theirs.name), beside=(mine.code, mine.name))


def span(during: Any) -> str:
    """`07:30–11:30 05/10/2020`"""
    starts, ends = timezone.localtime(during.lower), timezone.localtime(during.upper)
    return f"{starts:%H:%M}–{ends:%H:%M} {starts:%d/%m/%Y}"
