"""When and where classes meet, as pure functions: who or what would be in two places, which days do not serve.

Times are aware datetimes in the zone in which they shall be read; the words show them as they come.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lantoa.common.refused import N_, Refused

Named = tuple[str, str]  # a programme: its code, its name


@dataclass(frozen=True)
class Slot:
    """A meeting as the timetable sees it. `lecturer` and `room` identify, their names are for the words.

    `line` is where the meeting stands in a file, 0 elsewhere; it takes no part in comparing.
    """

    key: str
    class_code: str
    starts: datetime
    ends: datetime
    lecturer: str = ""
    lecturer_name: str = ""
    room: str = ""
    room_name: str = ""
    class_key: str = ""  # where codes of classes alone would not tell them apart
    programme: Named = ("", "")  # where classes of several programmes are held against each other
    line: int = 0

    @property
    def of_class(self) -> str:
        return self.class_key or self.class_code

    @property
    def when(self) -> str:
        """`13:30–16:30 05/10/2020`"""
        return f"{self.starts:%H:%M}–{self.ends:%H:%M} {self.starts:%d/%m/%Y}"


class Kind(StrEnum):
    CLASS = "class"
    LECTURER = "lecturer"
    ROOM = "room"
    LEARNER = "learner"


WORDS: dict[Kind, str] = {
    Kind.CLASS: N_("Cannot plan a meeting of class %(code)s at %(when)s: the class already meets at %(taken)s."),
    Kind.LECTURER: N_(
        "Cannot plan a meeting of class %(code)s at %(when)s: lecturer %(who)s teaches class %(other)s at %(taken)s."
    ),
    Kind.ROOM: N_(
        "Cannot plan a meeting of class %(code)s at %(when)s: room %(room)s is taken by class %(other)s at %(taken)s."
    ),
    Kind.LEARNER: N_(
        "Cannot plan a meeting of class %(code)s at %(when)s: %(who)s is in class %(other)s at %(taken)s."
    ),
}


def called(code: str, programme: Named, *, beside: Named) -> str:
    """The class in the way: with its programme where that is another, for there it may have the same code."""
    if programme == beside:
        return code
    known, name = programme
    return f"{code} ({name}, {known})" if name == beside[1] else f"{code} ({name})"


@dataclass(frozen=True)
class Clash:
    """Two meetings that cannot both be: the one planned and the one in its way."""

    kind: Kind
    slot: Slot
    other: Slot
    who: str = ""  # the learner

    def refusal(self) -> Refused:
        """The clash in words that name the other meeting."""
        return Refused(
            WORDS[self.kind],
            code=self.slot.class_code,
            when=self.slot.when,
            other=called(self.other.class_code, self.other.programme, beside=self.slot.programme),
            taken=self.other.when,
            who=self.who or self.slot.lecturer_name,
            room=self.slot.room_name,
        )


def clashes(planned: Sequence[Slot], standing: Sequence[Slot] = ()) -> list[Clash]:
    """Every pair that has the class, the lecturer or the room in common and overlaps in time.

    `planned` are held against each other and against `standing`; two standing meetings never clash here. Meetings
    that touch (one ends when the other starts) do not overlap. Sorted by time of the planned meeting.
    """
    found: dict[tuple[Kind, str, str], Clash] = {}
    new = {slot.key for slot in planned}
    for kind, groups in _by_what_they_share([*planned, *standing]).items():
        for group in groups:
            running: list[Slot] = []
            for slot in sorted(group, key=lambda one: (one.starts, one.ends, one.key)):
                running = [one for one in running if one.ends > slot.starts]
                for other in running:
                    if slot.key in new or other.key in new:
                        mine, theirs = (slot, other) if slot.key in new else (other, slot)
                        found.setdefault((kind, mine.key, theirs.key), Clash(kind, mine, theirs))
                running.append(slot)
    return sorted(found.values(), key=lambda clash: (clash.slot.starts, clash.slot.class_code, clash.kind))


def _by_what_they_share(slots: Iterable[Slot]) -> dict[Kind, list[list[Slot]]]:
    groups: dict[Kind, dict[str, list[Slot]]] = {Kind.CLASS: {}, Kind.LECTURER: {}, Kind.ROOM: {}}
    for slot in slots:
        groups[Kind.CLASS].setdefault(slot.of_class, []).append(slot)
        if slot.lecturer:
            groups[Kind.LECTURER].setdefault(slot.lecturer, []).append(slot)
        if slot.room:
            groups[Kind.ROOM].setdefault(slot.room, []).append(slot)
    return {kind: list(shared.values()) for kind, shared in groups.items()}


def learner_clashes(planned: Sequence[Slot], busy: Mapping[str, Sequence[Slot]]) -> list[Clash]:
    """Meetings at which a learner would be in two classes. `busy`: name of a learner of the planned class -> their
    meetings in other classes."""
    found = []
    for slot in sorted(planned, key=lambda one: one.starts):
        for who, others in busy.items():
            for other in others:
                if slot.of_class != other.of_class and slot.starts < other.ends and other.starts < slot.ends:
                    found.append(Clash(Kind.LEARNER, slot, other, who))
    return found


def check_order(code: str, starts: datetime, ends: datetime) -> Refused | None:
    """A meeting ends after it starts."""
    if starts < ends:
        return None
    return Refused(
        N_("Cannot plan a meeting of class %(code)s: it ends (%(ends)s) before it starts (%(starts)s)."),
        code=code,
        ends=f"{ends:%H:%M}",
        starts=f"{starts:%H:%M}",
    )


def check_period(code: str, day: date, *, first: date, last: date) -> Refused | None:
    """A meeting lies within the programme's period, both days included."""
    if first <= day <= last:
        return None
    return Refused(
        N_("Cannot plan a meeting of class %(code)s on %(day)s: the programme runs from %(first)s to %(last)s."),
        code=code,
        day=f"{day:%d/%m/%Y}",
        first=f"{first:%d/%m/%Y}",
        last=f"{last:%d/%m/%Y}",
    )


def check_holiday(code: str, day: date, holiday: str) -> Refused | None:
    """No meeting on a public holiday; `holiday` is its name, "" for a common day."""
    if not holiday:
        return None
    return Refused(
        N_("Cannot plan a meeting of class %(code)s on %(day)s: it is a public holiday (%(holiday)s)."),
        code=code,
        day=f"{day:%d/%m/%Y}",
        holiday=holiday,
    )


def check_room(code: str, *, places: int, room: str, holds: int | None) -> Refused | None:
    """A class fits into its room; `holds` is None where nobody has counted the seats."""
    if holds is None or places <= holds:
        return None
    return Refused(
        N_("Cannot plan class %(code)s in room %(room)s: %(places)d places, but the room holds %(holds)d."),
        code=code,
        room=room,
        places=places,
        holds=holds,
    )
