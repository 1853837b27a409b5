"""What the organiser does with rooms: make them, name who watches, place candidates, move them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import Final

from django.db import transaction
from django.db.models import Max

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person, Unit
from lantoa.directory.queries.units import names
from lantoa.exams.models import Attempt, Invigilator, Minutes, Room, Seat, Sitting
from lantoa.exams.queries.rooms import unit_of_each
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

LARGEST: Final = 500  # people in one room


@transaction.atomic
def make_rooms(*, by: Actor, sitting: Sitting, most: int, on: date) -> tuple[int, int]:
    """Places everybody who has no room yet in a room of their unit, at most so many in one; (new rooms, people).

    Rooms of the unit that have places left are filled first. Whoever has no post under the sitting's unit is left.
    """
    if not 1 <= most <= LARGEST:
        raise Refused(
            N_("Cannot make rooms for %(title)s: %(most)d people in a room; from 1 to %(largest)d are possible."),
            title=sitting.title,
            most=most,
            largest=LARGEST,
        )
    sitting = Sitting.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=sitting.pk)
    waiting = list(
        Attempt.objects.filter(sitting=sitting, seat=None)
        .select_related("person")
        .order_by("person__sort_key", "person__birth_year", "number", "pk")
    )
    units = unit_of_each(sitting, [one.person_id for one in waiting], on=on)
    wanted: dict[int, list[Attempt]] = defaultdict(list)
    for one in waiting:
        if one.person_id in units:
            wanted[units[one.person_id].pk].append(one)
    if not wanted:
        raise Refused(
            N_(
                "Cannot make rooms for %(title)s: nobody without a room has a post in its unit or under it. Make a "
                "room by hand and move them there."
            ),
            title=sitting.title,
        )
    called = names(wanted, on=on)
    made, seats = _placed(sitting, wanted, {pk: one.full_name for pk, one in called.items()}, most)
    Seat.objects.bulk_create(seats, batch_size=1000)
    record(by=by, act="exams.make_rooms", thing=sitting, about={"rooms": len(made), "people": len(seats)})
    return len(made), len(seats)


def _placed(
    sitting: Sitting, wanted: dict[int, list[Attempt]], called: dict[int, str], most: int
) -> tuple[list[Room], list[Seat]]:
    known = Room.objects.filter(sitting=sitting, minutes=None).annotate(last=Max("seats__number")).order_by("pk")
    open_rooms: dict[int, list[tuple[Room, int]]] = defaultdict(list)
    for room in known:
        open_rooms[room.unit_id].append((room, room.last or 0))
    taken = set(Room.objects.filter(sitting=sitting).values_list("name", flat=True))
    made: list[Room] = []
    places: list[tuple[Room, int, Attempt]] = []
    for unit, people in wanted.items():
        left = people
        for open_one, last in open_rooms[unit]:
            fit, left = left[: max(most - last, 0)], left[max(most - last, 0) :]
            places += [(open_one, number, one) for number, one in enumerate(fit, last + 1)]
        several = len(left) > most or bool(open_rooms[unit])
        size = ceil(len(left) / ceil(len(left) / most)) if left else most  # rooms of about the same size
        for start in range(0, len(left), size):
            new = Room(sitting=sitting, unit_id=unit, name=_free_name(called.get(unit, ""), taken, several))
            made.append(new)
            places += [(new, number, one) for number, one in enumerate(left[start : start + size], 1)]
    Room.objects.bulk_create(made)
    return made, [Seat(attempt=one, room=room, number=number) for room, number, one in places]


def _free_name(unit: str, taken: set[str], several: bool) -> str:
    number, name = 1, f"{unit} – 1" if several else unit
    while name in taken:
        number += 1
        name = f"{unit} – {number}"
    taken.add(name)
    return name


@transaction.atomic
def add_room(*, by: Actor, sitting: Sitting, unit: Unit, name: str) -> Room:
    """One more room, still empty."""
    _refuse_taken(sitting, name, None)
    with only_one(_taken(sitting, name)):
        room = Room.objects.create(sitting=sitting, unit=unit, name=name)
    record(by=by, act="exams.add_room", thing=room, about={"sitting": sitting.key, "unit": unit.key})
    return room


@transaction.atomic
def change_room(*, by: Actor, room: Room, name: str, invigilators: Sequence[Person]) -> Room:
    """Another name; and who watches over it by name."""
    room = open_room(room)
    _refuse_taken(room.sitting, name, room)
    room.name = name
    with only_one(_taken(room.sitting, name)):
        room.save(update_fields=["name"])
    wanted = {one.pk for one in invigilators}
    Invigilator.objects.filter(room=room).exclude(person__in=wanted).delete()
    there = set(Invigilator.objects.filter(room=room).values_list("person_id", flat=True))
    Invigilator.objects.bulk_create(
        [Invigilator(room=room, person=one) for one in invigilators if one.pk not in there]
    )
    record(by=by, act="exams.change_room", thing=room, about={"invigilators": [one.key for one in invigilators]})
    return room


@transaction.atomic
def name_invigilators(*, by: Actor, sitting: Sitting, named: Mapping[Room, Sequence[Person]]) -> int:
    """Names who watches over rooms of an exam, many rooms at once, beside those who are named already; how many."""
    rooms = {room.pk: room for room in Room.objects.filter(sitting=sitting, pk__in=[one.pk for one in named])}
    there = set(Invigilator.objects.filter(room__in=rooms).values_list("room_id", "person_id"))
    new = [
        Invigilator(room=rooms[room.pk], person=person)
        for room, people in named.items()
        for person in people
        if room.pk in rooms and (room.pk, person.pk) not in there
    ]
    Invigilator.objects.bulk_create(new, batch_size=1000)
    record(by=by, act="exams.name_invigilators", thing=sitting, about={"rooms": len(named), "people": len(new)})
    return len(new)


def _refuse_taken(sitting: Sitting, name: str, beside: Room | None) -> None:
    others = Room.objects.filter(sitting=sitting, name=name)
    if (others.exclude(pk=beside.pk) if beside else others).exists():
        raise _taken(sitting, name)


def _taken(sitting: Sitting, name: str) -> Refused:
    return Refused(
        N_("Cannot name the room %(room)s: %(title)s has a room of this name."), room=name, title=sitting.title
    )


@transaction.atomic
def remove_room(*, by: Actor, room: Room) -> None:
    """Takes an empty room away, in which nothing was noted."""
    room = open_room(room)
    people = room.seats.count()
    if people or room.remarks.exists():
        raise Refused(
            N_("Cannot remove room %(room)s: %(count)d people sit in it, or something was noted there."),
            room=room.name,
            count=people,
        )
    record(by=by, act="exams.remove_room", thing=room, about={"sitting": room.sitting.key})
    room.delete()


@transaction.atomic
def move_candidates(*, by: Actor, room: Room, attempts: Sequence[Attempt]) -> int:
    """Puts candidates into this room, at the end of its list; the number of those who were elsewhere before."""
    # both rooms are held, in the order of their ids: two movings do not wait for each other, nor pass a signature
    before = dict(Seat.objects.filter(attempt__in=attempts).values_list("attempt_id", "room_id"))
    rooms = Room.objects.select_for_update(no_key=True).filter(pk__in={room.pk, *before.values()}).order_by("pk")
    held = {one.pk: one for one in rooms}
    moving = [one for one in attempts if before.get(one.pk) != room.pk and one.sitting_id == room.sitting_id]
    for pk in {room.pk, *(before[one.pk] for one in moving if one.pk in before)}:
        refuse_signed(held[pk])
    last = room.seats.aggregate(last=Max("number"))["last"] or 0
    Seat.objects.filter(attempt__in=moving).delete()
    Seat.objects.bulk_create([Seat(attempt=one, room=room, number=last + at) for at, one in enumerate(moving, 1)])
    record(by=by, act="exams.move_candidates", thing=room, about={"attempts": [one.key for one in moving]})
    return len(moving)


def open_room(room: Room) -> Room:
    """The room, held until the end of the transaction; refused once its minutes are signed."""
    room = Room.objects.select_for_update(no_key=True, of=("self",)).select_related("sitting", "unit").get(pk=room.pk)
    refuse_signed(room)
    return room


def refuse_signed(room: Room) -> None:
    """What was signed stays as it was: only remarks are added."""
    if Minutes.objects.filter(room=room).exists():
        raise Refused(
            N_("Cannot change anything in room %(room)s: its minutes are signed. A remark can still be added."),
            room=room.name,
        )
