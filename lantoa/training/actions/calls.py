"""The office that asks: opening a call, whom it asks, until when, how many; closing it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.competence.models import Course
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import record, thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import cancel_notices
from lantoa.programmes.models import Programme
from lantoa.training.actions.call_notices import tell_asked
from lantoa.training.actions.classes import enrolled
from lantoa.training.actions.places import held_places, lock_call, move_up
from lantoa.training.models import Asked, Call, Nomination, TrainingClass
from lantoa.training.rules.places import within

State = Nomination.State


@transaction.atomic
def open_call(
    *,
    by: Actor,
    programme: Programme,
    title: str,
    places: int,
    due_on: date,
    at: datetime,
    training_class: TrainingClass | None = None,
    course: Course | None = None,
    audience: str = "",
) -> Call:
    """Opens a call for one class, or for a course whose classes are chosen when people are accepted. It asks nobody
    yet (`ask_units`)."""
    about = training_class.course if training_class else course
    if about is None or (training_class and training_class.programme_id != programme.pk):
        raise ValueError("a call is for a class of its programme, or for a course")
    _refuse_past(title, due_on, at)
    if training_class:
        _refuse_more_than_free(training_class, places, title=title)
    made = Call.objects.create(
        programme=programme,
        course=about,
        training_class=training_class,
        unit=training_class.unit if training_class else programme.unit,
        title=title,
        audience=audience,
        places=places,
        due_on=due_on,
        opened_at=at,
        opened_by=by.actor_key,
    )
    record(
        by=by,
        act="training.open_call",
        thing=made,
        about={"programme": programme.key, "places": places, "due_on": due_on.isoformat()},
    )
    return made


@transaction.atomic
def change_call(*, by: Actor, call: Call, at: datetime, **changes: Any) -> Call:
    """Changes title, audience, places or due_on of a call. More places let the waiting list move up; there are never
    fewer than are held, and whoever holds one above the new number gets a lower one."""
    call = lock_call(call.pk)
    changed = [name for name, value in changes.items() if getattr(call, name) != value]
    if "due_on" in changed:
        _refuse_past(call.title, changes["due_on"], at)
    if "places" in changed:
        _change_places(call, changes["places"])
    for name in changed:
        setattr(call, name, changes[name])
    if changed:
        call.save(update_fields=changed)
        about: dict[str, Any] = {"changed": sorted(changed)}
        about |= {name: str(changes[name]) for name in ("places", "due_on") if name in changed}
        record(by=by, act="training.change_call", thing=call, about=about)
        move_up(by=by, call=call, at=at)
    return call


def _change_places(call: Call, places: int) -> None:
    rows = {row.place: row for row in Nomination.objects.filter(call=call, place__isnull=False)}
    if places < len(rows):
        raise Refused(
            N_("Cannot set the places of «%(title)s» to %(places)d: %(held)d are held."),
            title=call.title,
            places=places,
            held=len(rows),
        )
    if call.training_class:
        inside = sum(1 for row in rows.values() if row.state == State.ACCEPTED)
        _refuse_more_than_free(call.training_class, places, title=call.title, inside=inside)
    for old, new in within(places, held_places(call)).items():
        rows[old].place = new
        rows[old].save(update_fields=["place"])


def _refuse_more_than_free(training_class: TrainingClass, places: int, *, title: str, inside: int = 0) -> None:
    """`inside`: how many of the places stand for people who are in the class already."""
    free = training_class.capacity - enrolled(training_class).count() + inside
    if places > free:
        raise Refused(
            N_("Cannot ask for %(places)d people in «%(title)s»: class %(code)s has %(free)d places for it."),
            places=places,
            title=title,
            code=training_class.code,
            free=max(free, 0),
        )


def _refuse_past(title: str, due_on: date, at: datetime) -> None:
    if due_on < timezone.localdate(at):
        raise Refused(
            N_("Cannot set the deadline of «%(title)s» to %(day)s: that day is over."),
            title=title,
            day=f"{due_on:%d/%m/%Y}",
        )


@transaction.atomic
def close_call(*, by: Actor, call: Call, at: datetime) -> Call:
    """Ends a call: nobody answers any more and nobody moves up. Whoever is enrolled stays."""
    call = lock_call(call.pk)
    if call.closed_at is None:
        call.closed_at = at
        call.save(update_fields=["closed_at"])
        waiting = call.nominations.filter(state=State.WAITING).count()
        record(by=by, act="training.close_call", thing=call, about={"waiting": waiting})
    return call


@transaction.atomic
def reopen_call(*, by: Actor, call: Call, due_on: date, at: datetime) -> Call:
    """Opens a closed call again until a day; places freed meanwhile are given."""
    call = lock_call(call.pk)
    _refuse_past(call.title, due_on, at)
    if call.closed_at is not None:
        call.closed_at, call.due_on = None, due_on
        call.save(update_fields=["closed_at", "due_on"])
        record(by=by, act="training.reopen_call", thing=call, about={"due_on": due_on.isoformat()})
        move_up(by=by, call=call, at=at)
    return call


@transaction.atomic
def ask_units(
    *, by: Actor, call: Call, units: Iterable[Unit], at: datetime, most: int | None = None
) -> Sequence[Asked]:
    """Asks units for people, each for `most` at most; those asked already stay as they are. The new ones, whose
    coordinators are told."""
    call = lock_call(call.pk)
    if call.closed_at is not None:
        day = f"{timezone.localdate(call.closed_at):%d/%m/%Y}"
        raise Refused(
            N_("Cannot ask more units in «%(title)s»: the call was closed on %(day)s."), title=call.title, day=day
        )
    known = set(call.asked.values_list("unit", flat=True))
    new = {unit.pk: unit for unit in units if unit.pk not in known}
    made = Asked.objects.bulk_create(Asked(call=call, unit=unit, most=most) for unit in new.values())
    if made:
        about = {"units": [unit.key for unit in new.values()][:200], "count": len(new), "most": most}
        record(by=by, act="training.ask_units", thing=call, about=about)
        tell_asked(by=by, call=call, asked=made, at=at)
    return made


@transaction.atomic
def change_asked(*, by: Actor, asked: Asked, most: int | None, due_on: date | None, at: datetime) -> Asked:
    """Changes how many places a unit may hold, or gives it a later deadline of its own."""
    call = lock_call(asked.call_id)
    asked = Asked.objects.get(pk=asked.pk)
    held = sum(1 for unit in held_places(call).values() if unit == asked.pk)
    if most is not None and most < held:
        raise Refused(
            N_("Cannot set the share of %(unit)s to %(most)d: it holds %(held)d places."),
            unit=_name(asked.unit_id, at),
            most=most,
            held=held,
        )
    if due_on is not None and due_on != asked.due_on:
        _refuse_past(call.title, due_on, at)
    if (most, due_on) != (asked.most, asked.due_on):
        asked.most, asked.due_on = most, due_on
        asked.save(update_fields=["most", "due_on"])
        about = {"call": call.key, "most": most, "due_on": due_on.isoformat() if due_on else None}
        record(by=by, act="training.change_asked", thing=asked, about=about)
        move_up(by=by, call=call, at=at)
    return asked


@transaction.atomic
def stop_asking(*, by: Actor, asked: Asked, at: datetime) -> None:
    """Takes a unit off a call, as long as it has not answered."""
    call = lock_call(asked.call_id)
    asked = Asked.objects.select_related("unit").get(pk=asked.pk)
    if asked.declined_at is not None or asked.nominations.exists():
        raise Refused(
            N_("Cannot take %(unit)s off «%(title)s»: it has answered."),
            unit=_name(asked.unit_id, at),
            title=call.title,
        )
    cancel_notices(by=by, about=thing_key(asked), at=at)
    record(by=by, act="training.stop_asking", thing=call, about={"unit": asked.unit.key})
    asked.delete()


def _name(unit: int, at: datetime) -> str:
    found = names([unit], on=timezone.localdate(at))
    return found[unit].full_name if unit in found else "?"
