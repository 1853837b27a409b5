"""What the rooms of a sitting tell while it is sat: who is where, who is silent, what happened, room by room."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.directory.access import care_of, grants_of, may
from lantoa.directory.models import Person, Post, Unit
from lantoa.directory.queries.units import units_under
from lantoa.exams.models import Attempt, Incident, Invigilator, Room, Sitting
from lantoa.exams.queries.log import log_of
from lantoa.exams.queries.sittings import told, which_of
from lantoa.exams.rules.answers import Findings, findings

WATCH: Final = "exams.invigilate"
HOLD: Final = "exams.hold"
HERE: Final = timedelta(minutes=3)
IN_ROOM: Final = {  # what the numbers of a room count, and the words beside them
    "people": N_("on the list"),
    "here": N_("have the waiting page open"),
    "waiting": N_("have not started"),
    "started": N_("at work"),
    "silent": N_("silent for 5 minutes"),
    "handed_in": N_("handed in"),
    "late": N_("with late answers"),
    "incidents": N_("with incidents"),
    "checked": N_("with identity checked"),
    "absent": N_("marked absent"),
    "delivered": N_("have the sealed paper"),
    "plain": N_("use the plain form"),
}
TROUBLE: Final = ("silent", "late", "incidents")
Counts = Mapping[str, int]


def _in_room(at: datetime) -> dict[str, Q]:
    known = which_of(at)
    more = {
        "here": Q(started_at=None, last_seen__opened_at__gte=at - HERE),
        "checked": Q(seat__checked_at__isnull=False),
        "absent": Q(seat__absent_at__isnull=False),
        "delivered": Q(last_seen__delivered_at__isnull=False),
        "plain": Q(last_seen__plain=True),
    }
    return {name: more.get(name) or known[name] for name in IN_ROOM if name != "people"}


def _counted(at: datetime) -> dict[str, Count]:
    counted = {f"n_{name}": Count("pk", filter=which) for name, which in _in_room(at).items()}
    return {"n_people": Count("pk"), **counted}


def _names(found: Mapping[str, Any]) -> dict[str, int]:
    return {name: found[f"n_{name}"] for name in IN_ROOM}


def count_rooms(sitting: Sitting, *, at: datetime) -> dict[int | None, Counts]:
    """What stands behind each word of `IN_ROOM`, by the id of the room; None: those without one. Two queries: of
    thousands few have incidents, and those few are counted by themselves."""
    counted = {name: how for name, how in _counted(at).items() if name != "n_incidents"}
    rows = told(sitting).order_by().values("seat__room").annotate(**counted)
    noted = Incident.objects.filter(attempt__sitting=sitting).values("attempt__seat__room")
    found = dict(noted.annotate(people=Count("attempt", distinct=True)).values_list("attempt__seat__room", "people"))
    return {row["seat__room"]: _names({**row, "n_incidents": found.get(row["seat__room"], 0)}) for row in rows}


def sights_are_lost(sitting: Sitting) -> bool:
    """Whether a crash of the database has emptied the lines of who was last seen: then they are written anew."""
    return Attempt.objects.filter(sitting=sitting, started_at__isnull=False, last_seen=None).exists()


def together(counts: Iterable[Counts]) -> dict[str, int]:
    """Several rooms as one."""
    found = dict.fromkeys(IN_ROOM, 0)
    for one in counts:
        for name in IN_ROOM:
            found[name] += one[name]
    return found


def count_room(room: Room, *, at: datetime) -> Counts:
    """The same for one room. One query."""
    return _names(told(room.sitting).filter(seat__room=room).aggregate(**_counted(at)))


def rows_in(room: Room, *, show: str, at: datetime) -> "QuerySet[Attempt]":
    """The attempts behind one number of the room, in the order of its list."""
    found = told(room.sitting).filter(seat__room=room)
    if show != "people":
        found = found.filter(_in_room(at)[show])
    found = found.select_related("person", "variant", "seat", "last_seen")
    return found.defer("variant__content", "variant__keys").order_by("seat__number")


def rooms_of(sitting: Sitting) -> list[Room]:
    """The rooms, in the order of their names."""
    return list(Room.objects.filter(sitting=sitting).select_related("unit").order_by("name", "pk"))


def with_named(user: Any) -> "QuerySet[Room]":
    """Rooms, each with `named`: whether the user is named to watch over it."""
    return Room.objects.annotate(named=Exists(Invigilator.objects.filter(room=OuterRef("pk"), person__user=user.pk)))


def watches(user: Any, room: Room, *, on: date) -> bool:
    """Whether the user may watch over this room (of `with_named`): by name, for its unit, or because they hold the
    exam. Of whoever is named nothing more is asked: their page asks every few seconds."""
    if not isinstance(user, User) or not user.is_active:
        return False
    named: bool = room.named  # type: ignore[attr-defined]
    return named or may(user, WATCH, room.unit, on=on) or may(user, HOLD, room.sitting.unit, on=on)


def named_anywhere(person: Person) -> bool:
    """Whether the person is named as the invigilator of any room."""
    return Invigilator.objects.filter(person=person).exists()


def rooms_watched(user: User, *, on: date) -> "QuerySet[Room]":
    """The rooms that the user watches over, by name or for their units; the latest exam first."""
    named = Q(pk__in=Invigilator.objects.filter(person__user=user).values("room"))
    care = Q(unit__in=care_of(grants_of(user, WATCH, on=on), on=on))
    found = Room.objects.filter(named | care).select_related("sitting__paper").annotate(people=Count("seats"))
    return found.order_by("-sitting__made_at", "sitting", "name", "pk")


def unit_of_each(sitting: Sitting, people: Sequence[int], *, on: date) -> dict[int, Unit]:
    """For these people (ids) the unit in whose room they sit: of those directly under the sitting's unit the one in
    which, or under which, they have a post that day; or that unit itself. Whoever has none is not in it. Two queries.
    """
    units = {sitting.unit_id: sitting.unit}
    above: dict[int, int] = {}
    for placement in units_under(sitting.unit, on=on):
        units[placement.unit_id] = placement.unit
        assert placement.parent_id is not None
        above[placement.unit_id] = placement.parent_id
    posts = Post.objects.filter(person__in=list(people), unit__in=list(units), period__contains=on)
    found: dict[int, Unit] = {}
    for person, place in posts.order_by("period", "id").values_list("person_id", "unit_id"):
        while place in above and above[place] != sitting.unit_id:
            place = above[place]
        found.setdefault(person, units[place])
    return found


@dataclass(frozen=True)
class Odd:
    """What is odd about one attempt: foreign batches, and what its log shows."""

    attempt: Attempt
    foreign: int
    findings: Findings | None

    def counted(self) -> dict[str, int]:
        """What is odd, by name: only what is."""
        found, said = self.findings, {"foreign": self.foreign}
        if found is not None:
            said |= {
                "devices": found.devices if found.devices > 1 else 0,
                "missing": found.missing,
                "broken": found.broken,
                "forked": found.forked,
                "jumped": found.jumped,
                "late": found.late,
                "after": found.after,
                "differing": len(found.differing),
            }
        return {name: count for name, count in said.items() if count}


def oddities(room: Room) -> list[Odd]:
    """The attempts of a room that an invigilator should know of: batches under another's name, several devices,
    numbers used twice, broken chains, clocks that jumped, two devices that differ. Reads the logs of the room."""
    attempts = list(
        Attempt.objects.filter(seat__room=room)
        .select_related("person", "seat", "sitting")
        .prefetch_related("incidents")
        .order_by("seat__number")
    )
    logs = log_of(attempts)
    found = []
    for one in attempts:
        log = logs.get(one.pk)
        told_of = log and findings(log, attempt=one.key, ends=one.ends_at(), handed_in_at=one.handed_in_at)
        odd = Odd(one, sum(row.count for row in one.incidents.all()), told_of or None)
        if odd.counted():
            found.append(odd)
    return found


def by_unit(rooms: Iterable[Room], counts: Mapping[int | None, Counts]) -> dict[int, dict[str, int]]:
    """The numbers of the rooms of each unit, by its id."""
    found: dict[int, list[Counts]] = defaultdict(list)
    for room in rooms:
        if room.pk in counts:
            found[room.unit_id].append(counts[room.pk])
    return {unit: together(several) for unit, several in found.items()}
