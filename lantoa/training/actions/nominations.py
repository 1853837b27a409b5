"""Answering a call: a unit nominates, replaces, takes back, declines; the office accepts or turns down."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person, Post
from lantoa.directory.queries.people import itself_and_under
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.training.actions.call_notices import tell_accepted
from lantoa.training.actions.classes import Place, enrol, enrolled, refuse_barred
from lantoa.training.actions.places import give_places, lock_call, move_up
from lantoa.training.models import Asked, Call, Enrolment, Nomination, TrainingClass
from lantoa.training.models.nominations import RUNNING

State = Nomination.State


@transaction.atomic
def nominate(*, by: Actor, asked: Asked, people: Sequence[Person], at: datetime) -> list[Nomination]:
    """Nominates people of the unit, all or none: places as long as there are any, then the waiting list, in order.

    Refused and named: after the deadline, nobody's post in the unit, nominated or in the class already. A clash or
    another class within a week is no refusal here (`queries.notes` says it): accepting decides.
    """
    call = lock_call(asked.call_id)
    asked = Asked.objects.get(pk=asked.pk)
    _refuse_closed(call, CLOSED_TO_NAMES)
    _refuse_late(call, asked, at, LATE_TO_NAMES)
    new = list({person.pk: person for person in people}.values())
    posts = _posts(asked, new, at)
    _refuse_known(call, new)
    last = call.nominations.aggregate(last=Max("turn"))["last"] or 0
    made = Nomination.objects.bulk_create(
        _nomination(call, asked, person, posts[person.pk], by=by, turn=turn, at=at)
        for turn, person in enumerate(new, last + 1)
    )
    if not made:
        return []
    if asked.declined_at is not None:
        asked.declined_at, asked.decline_reason = None, ""
        asked.save(update_fields=["declined_at", "decline_reason"])
    given = {row.pk: row for row in give_places(call)}
    made = [given.get(row.pk, row) for row in made]
    about = {
        "call": call.key,
        "people": [person.key for person in new],
        "placed": sum(1 for row in made if row.state == State.PLACED),
    }
    record(by=by, act="training.nominate", thing=asked, about=about)
    return made


@transaction.atomic
def replace_nominee(*, by: Actor, nomination: Nomination, person: Person, at: datetime) -> Nomination:
    """Sends somebody else of the unit: they take over the turn and the place of whom they replace."""
    call = lock_call(nomination.call_id)
    nomination = Nomination.objects.select_related("asked__call", "person", "enrolment").get(pk=nomination.pk)
    _refuse_closed(call, CLOSED_TO_NAMES)
    _refuse_late(call, nomination.asked, at, LATE_TO_NAMES)
    _refuse_ended(nomination)
    posts = _posts(nomination.asked, [person], at)
    _refuse_known(call, [person])
    turn, place, state = nomination.turn, nomination.place, nomination.state
    _end(nomination, State.REPLACED, at)
    made = _nomination(call, nomination.asked, person, posts[person.pk], by=by, turn=turn, at=at)
    made.place, made.state, made.instead_of = place, state, nomination
    made.save()
    about = {"call": call.key, "instead_of": nomination.key, "person": person.key, "place": place}
    record(by=by, act="training.replace_nominee", thing=made, about=about)
    return made


@transaction.atomic
def withdraw_nomination(*, by: Actor, nomination: Nomination, reason: str, at: datetime) -> Nomination:
    """The unit takes a nomination back, also after the deadline: the next in the waiting list has the place."""
    call = lock_call(nomination.call_id)
    nomination = Nomination.objects.select_related("asked", "person").get(pk=nomination.pk)
    _refuse_closed(call, CLOSED_TO_NAMES)
    _refuse_ended(nomination)
    _end(nomination, State.WITHDRAWN, at, reason)
    record(by=by, act="training.withdraw_nominee", thing=nomination, about={"call": call.key})
    move_up(by=by, call=call, at=at)
    return nomination


@transaction.atomic
def turn_down(*, by: Actor, nomination: Nomination, reason: str, at: datetime) -> Nomination:
    """The office that asked does not take this person, and says why; the next in the waiting list has the place."""
    call = lock_call(nomination.call_id)
    nomination = Nomination.objects.select_related("asked", "person").get(pk=nomination.pk)
    _refuse_closed(call, CLOSED_TO_DECISIONS)
    _refuse_ended(nomination)
    if not reason.strip():
        raise Refused(
            N_("Cannot turn down %(person)s for «%(title)s»: say why."),
            person=nomination.person.full_name,
            title=call.title,
        )
    _end(nomination, State.TURNED_DOWN, at, reason)
    record(by=by, act="training.turn_down_nominee", thing=nomination, about={"call": call.key})
    move_up(by=by, call=call, at=at)
    return nomination


@transaction.atomic
def decline(*, by: Actor, asked: Asked, reason: str, at: datetime) -> Asked:
    """The unit sends nobody, and says why."""
    call = lock_call(asked.call_id)
    asked = Asked.objects.get(pk=asked.pk)
    _refuse_closed(call, CLOSED_TO_DECLINING)
    _refuse_late(call, asked, at, LATE_TO_DECLINE)
    if not reason.strip():
        raise Refused(N_("Cannot decline «%(title)s»: say why."), title=call.title)
    standing = asked.nominations.filter(state__in=RUNNING).count()
    if standing:
        raise Refused(
            N_("Cannot decline «%(title)s»: the unit has nominated (%(count)d). Withdraw the nominations first."),
            title=call.title,
            count=standing,
        )
    asked.declined_at, asked.decline_reason = at, reason.strip()[:300]
    asked.save(update_fields=["declined_at", "decline_reason"])
    record(by=by, act="training.decline_call", thing=asked, about={"call": call.key})
    return asked


@transaction.atomic
def accept(
    *, by: Actor, call: Call, nominations: Sequence[Nomination], training_class: TrainingClass, at: datetime
) -> list[Nomination]:
    """Enrols nominated people who hold a place, all or none; the rules of enrolling hold (places of the class, no
    two classes at once) and refuse in their own words. Each is told."""
    call = lock_call(call.pk)
    _refuse_closed(call, CLOSED_TO_DECISIONS)
    _refuse_other_class(call, training_class)
    wanted = {nomination.pk for nomination in nominations}
    rows = list(call.nominations.filter(pk__in=wanted).select_related("person", "unit", "enrolment").order_by("turn"))
    for row in rows:
        if row.state != State.PLACED:
            raise Refused(
                N_("Cannot accept %(person)s for «%(title)s»: they hold no place that waits for an answer."),
                person=row.person.full_name,
                title=call.title,
            )
    if not rows:
        return []
    places = [Place(row.person, row.unit, row.post_title) for row in rows]
    enrol(by=by, training_class=training_class, places=places, source=f"training.call:{call.key}", at=at)
    inside: dict[int, Enrolment] = {
        one.person_id: one for one in enrolled(training_class).filter(person__in=[row.person_id for row in rows])
    }
    for row in rows:
        row.state, row.enrolment = State.ACCEPTED, inside[row.person_id]
    Nomination.objects.bulk_update(rows, ["state", "enrolment"])
    about = {"class": training_class.key, "nominations": [row.key for row in rows]}
    record(by=by, act="training.accept_nominees", thing=call, about=about)
    tell_accepted(by=by, call=call, rows=rows, training_class=training_class, at=at)
    return rows


def _nomination(
    call: Call, asked: Asked, person: Person, post: Post, *, by: Actor, turn: int, at: datetime
) -> Nomination:
    return Nomination(
        call=call,
        asked=asked,
        person=person,
        unit=post.unit,
        post_title=post.title,
        turn=turn,
        nominated_at=at,
        nominated_by=by.actor_key,
    )


def _end(nomination: Nomination, state: str, at: datetime, reason: str = "") -> None:
    nomination.state, nomination.place, nomination.ended_at = state, None, at
    nomination.reason = reason.strip()[:300]
    nomination.save(update_fields=["state", "place", "ended_at", "reason"])


def _posts(asked: Asked, people: Sequence[Person], at: datetime) -> dict[int, Post]:
    """The post of each in the unit or under it today, the latest one; refuses whoever has none."""
    on = timezone.localdate(at)
    units = itself_and_under(asked.unit, on=on)
    found = Post.objects.filter(person__in=people, unit__in=units, period__contains=on).select_related("unit")
    posts = {post.person_id: post for post in found.order_by("period")}
    for person in people:
        if person.pk not in posts:
            named = names([asked.unit_id], on=on)
            raise Refused(
                N_("Cannot nominate %(person)s: they have no post in %(unit)s on %(day)s."),
                person=person.full_name,
                unit=named[asked.unit_id].full_name if named else "?",
                day=f"{on:%d/%m/%Y}",
            )
    return posts


def _refuse_known(call: Call, people: Sequence[Person]) -> None:
    """Refuses whoever is nominated for this already, or is in its class."""
    refuse_barred(person.pk for person in people)
    known = call.nominations.filter(person__in=people, state__in=RUNNING).select_related("person").first()
    if known:
        raise Refused(
            N_("Cannot nominate %(person)s for «%(title)s»: they are nominated already."),
            person=known.person.full_name,
            title=call.title,
        )
    if call.training_class is None:
        return
    inside = enrolled(call.training_class).filter(person__in=people).select_related("person").first()
    if inside:
        raise Refused(
            N_("Cannot nominate %(person)s for «%(title)s»: they are in class %(code)s already."),
            person=inside.person.full_name,
            title=call.title,
            code=call.training_class.code,
        )


CLOSED_TO_NAMES = N_("Cannot change the nominations for «%(title)s»: the call was closed on %(day)s.")
CLOSED_TO_DECLINING = N_("Cannot decline «%(title)s»: the call was closed on %(day)s.")
CLOSED_TO_DECISIONS = N_(
    "Cannot decide on nominations for «%(title)s»: the call was closed on %(day)s. Reopen it first."
)
LATE_TO_NAMES = N_(
    "Cannot nominate for «%(title)s»: answers were due by %(day)s. Ask the office that calls to extend the deadline."
)
LATE_TO_DECLINE = N_(
    "Cannot decline «%(title)s»: answers were due by %(day)s. Ask the office that calls to extend the deadline."
)


def _refuse_closed(call: Call, words: str) -> None:
    if call.closed_at is not None:
        raise Refused(words, title=call.title, day=f"{timezone.localdate(call.closed_at):%d/%m/%Y}")


def _refuse_late(call: Call, asked: Asked, at: datetime, words: str) -> None:
    asked.call = call
    if timezone.localdate(at) > asked.deadline:
        raise Refused(words, title=call.title, day=f"{asked.deadline:%d/%m/%Y}")


def _refuse_ended(nomination: Nomination) -> None:
    """Only a nomination that stands and is not enrolled yet can be changed."""
    person = nomination.person.full_name
    if nomination.state == State.ACCEPTED and nomination.enrolment:
        raise Refused(
            N_("Cannot change the nomination of %(person)s: they are in class %(code)s. Ask the office that calls."),
            person=person,
            code=nomination.enrolment.training_class.code,
        )
    if nomination.state not in RUNNING:
        raise Refused(N_("Cannot change the nomination of %(person)s: it has ended."), person=person)


def _refuse_other_class(call: Call, training_class: TrainingClass) -> None:
    fits = training_class.course_id == call.course_id and training_class.programme_id == call.programme_id
    if not fits or (call.training_class_id and call.training_class_id != training_class.pk):
        raise Refused(
            N_("Cannot accept people for «%(title)s» into class %(code)s: the call is not for this class."),
            title=call.title,
            code=training_class.code,
        )
