"""The meetings of a programme brought to what its file says, in a handful of statements for all classes together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from lantoa.common.models import new_key
from lantoa.common.refused import N_, Refused
from lantoa.competence.models import Topic
from lantoa.directory.models import Person
from lantoa.presence.actions import new_gathering
from lantoa.presence.models import Gathering
from lantoa.programmes.models import Programme
from lantoa.training.models import Enrolment, Meeting, Room, TrainingClass
from lantoa.training.rules.plan import ClassPlan, MeetingPlan, Plan
from lantoa.training.rules.timetable import Slot, clashes, learner_clashes

FAR_AWAY = datetime(1901, 1, 1, tzinfo=UTC)  # where meetings wait while they change places
Span = tuple[datetime, datetime]


@dataclass
class Wanted:
    """A meeting as the file wants it, with everything looked up."""

    path: str
    training_class: TrainingClass
    said: MeetingPlan
    topic: Topic
    lecturer: Person | None
    room: Room | None

    @property
    def span(self) -> Span:
        zone = timezone.get_default_timezone()
        return (
            datetime.combine(self.said.date, self.said.starts, zone),
            datetime.combine(self.said.date, self.said.ends, zone),
        )


def digests(plan: Plan) -> dict[str, str]:
    """By class what the file says of its meetings, in short: to be known again when the same comes once more."""
    said = {
        one.code: ";".join(f"{at.date} {at.starts}-{at.ends} {at.topic}" for at in one.meetings)
        for one in plan.classes
    }
    return {code: sha256(text.encode()).hexdigest()[:16] for code, text in said.items()}


def told(changed: list[str], before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The changed fields of a programme without its papers where only these digests differ: meetings are told one by
    one."""
    same = {**before, "meetings": None} == {**now, "meetings": None}
    return [one for one in changed if not (same and one == "papers")]


class MeetingSync:
    """Compares, checks, writes. A meeting is recognised by its start; of the others the first free takes the first
    new time, so that a moved meeting stays the same meeting, with the same address."""

    def __init__(
        self,
        *,
        programme: Programme,
        plan: Plan,
        rooms: dict[str, Room],
        people: dict[str, Person],
        fault: Callable[[str, Refused], None],
        note: Callable[..., None],
        before: Mapping[str, str],
    ) -> None:
        """`before` are the `digests` of the file that was loaded last: of whose meetings does it say the same?"""
        self.known = {code for code, said in digests(plan).items() if before.get(code) == said}
        self.programme, self.plan, self.rooms, self.people = programme, plan, rooms, people
        self.fault, self.note = fault, note
        self.new: list[Wanted] = []
        self.moved: list[tuple[Meeting, Wanted]] = []
        self.corrected: list[tuple[Meeting, Wanted]] = []
        self.removed: list[Meeting] = []
        self.wanted: list[Wanted] = []
        self.faulty = False

    def run(self, classes: Sequence[tuple[ClassPlan, TrainingClass, list[Topic]]]) -> None:
        standing = self._standing([one for _, one, _ in classes])
        for number, (said, training_class, topics) in enumerate(classes, 1):
            wanted = [self._wanted(number, said, training_class, topics, meeting) for meeting in said.meetings]
            self.wanted += wanted
            self._compare(said, standing.get(training_class.pk, []), wanted, f"classes[{number}]")
        self._check()
        if not self.faulty:
            self._write()

    def _wanted(
        self,
        number: int,
        said: ClassPlan,
        training_class: TrainingClass,
        topics: list[Topic],
        meeting: MeetingPlan,
    ) -> Wanted:
        return Wanted(
            path=self.plan.meeting_path(number, meeting),
            training_class=training_class,
            said=meeting,
            topic=topics[meeting.topic - 1],
            lecturer=self.people[meeting.lecturer] if meeting.lecturer else None,
            room=self.rooms[meeting.room] if meeting.room else None,
        )

    def _standing(self, classes: Iterable[TrainingClass]) -> dict[int, list[Meeting]]:
        found: dict[int, list[Meeting]] = {}
        meetings = (
            Meeting.objects.select_for_update(of=("self",))
            .filter(training_class__in=[one.pk for one in classes])
            .select_related("gathering", "training_class")
            .order_by("during")
        )
        for meeting in meetings:
            found.setdefault(meeting.training_class_id, []).append(meeting)
        counted = Gathering.objects.filter(
            attendance__isnull=False, meeting__training_class__programme=self.programme
        )
        self.counted: dict[int, int] = {}
        for pk in counted.values_list("pk", flat=True):
            self.counted[pk] = self.counted.get(pk, 0) + 1
        return found

    def _untouched(self, meeting: Meeting) -> bool:
        return not (meeting.gathering.held or meeting.gathering.opened_at or meeting.gathering_id in self.counted)

    # ---- comparing

    def _compare(self, said: ClassPlan, standing: list[Meeting], wanted: list[Wanted], path: str) -> None:
        by_start = {meeting.during.lower: meeting for meeting in standing}
        rest = []
        for want in wanted:
            meeting = by_start.pop(want.span[0], None)
            if meeting is None:
                rest.append(want)
            else:
                self._correct(meeting, want)
        free = sorted(by_start.values(), key=lambda meeting: meeting.during.lower)
        if not rest and said.code in self.known:
            return  # what was planned on the page beside the file stays
        for meeting in [one for one in free if not self._untouched(one)]:
            self._refuse(said, meeting, rest, path)
        free = [meeting for meeting in free if self._untouched(meeting)]
        for meeting, want in zip(free, rest, strict=False):
            self.moved.append((meeting, want))
            self.note("changed", "meeting", _name(want), ["time"])
        for want in rest[len(free) :]:
            self.new.append(want)
            self.note("new", "meeting", _name(want))
        for meeting in free[len(rest) :]:
            self.removed.append(meeting)
            self.note("removed", "meeting", f"{said.code}, {_when(meeting)}")

    def _correct(self, meeting: Meeting, want: Wanted) -> None:
        """Topic, lecturer and room may be corrected at any time; the hours only while nobody was counted."""
        changed = [
            name
            for name, value in (("topic", want.topic), ("lecturer", want.lecturer), ("room", want.room))
            if getattr(meeting, f"{name}_id") != (value.pk if value else None)
        ]
        if (meeting.during.lower, meeting.during.upper) != want.span:
            changed.append("time")
            if not self._untouched(meeting):
                self._keep(want.path, meeting)
        if "time" in changed:
            self.moved.append((meeting, want))
        elif changed:
            self.corrected.append((meeting, want))
        self.note("changed" if changed else "", "meeting", _name(want), changed)

    def _refuse(self, said: ClassPlan, meeting: Meeting, rest: list[Wanted], path: str) -> None:
        self._keep(rest[0].path if rest else f"{path}.meetings", meeting)

    def _keep(self, path: str, meeting: Meeting) -> None:
        words = N_(
            "Cannot move or remove the meeting of class %(code)s at %(when)s: presence is entered for %(people)d "
            "people."
        )
        people = self.counted.get(meeting.gathering_id, 0)
        self._fault(path, Refused(words, code=meeting.training_class.code, when=_when(meeting), people=people))

    def _fault(self, path: str, reason: Refused) -> None:
        self.faulty = True
        self.fault(path, reason)

    # ---- checking against everything else that stands

    def _check(self) -> None:
        changing = [*self.new, *(want for _, want in self.moved), *(want for _, want in self.corrected)]
        if not changing:
            return
        spans = [want.span for want in changing]
        around = DateTimeTZRange(min(start for start, _ in spans), max(end for _, end in spans), "[)")
        self._check_rooms_and_lecturers(changing, around)
        self._check_learners(changing, around)

    def _check_rooms_and_lecturers(self, changing: list[Wanted], around: DateTimeTZRange) -> None:
        others = (
            Meeting.objects.filter(during__overlap=around)
            .exclude(training_class__programme=self.programme)
            .select_related("training_class__programme")
        )
        people = {want.lecturer.pk for want in changing if want.lecturer}
        rooms = {want.room.pk for want in changing if want.room}
        near = [*others.filter(lecturer__in=people), *others.filter(room__in=rooms)]
        slots = {slot.key: slot for slot in map(_slot, near)}
        planned = {f"{at}": want for at, want in enumerate(changing)}
        mine = [_planned(key, want, self.programme) for key, want in planned.items()]
        for clash in clashes(mine, list(slots.values())):
            if clash.other.key in slots:
                self._fault(planned[clash.slot.key].path, clash.refusal())

    def _check_learners(self, changing: list[Wanted], around: DateTimeTZRange) -> None:
        classes = {want.training_class.pk for want in changing}
        learners = list(
            Enrolment.objects.filter(training_class__in=classes, withdrawn_at=None).values_list(
                "training_class_id", "person_id", "person__full_name"
            )
        )
        if not learners:
            return
        elsewhere: dict[int, list[int]] = {}
        for person, other in Enrolment.objects.filter(
            person__in={person for _, person, _ in learners}, withdrawn_at=None
        ).values_list("person_id", "training_class_id"):
            elsewhere.setdefault(person, []).append(other)
        slots = self._slots_of({other for others in elsewhere.values() for other in others}, around)
        for class_id in classes:
            busy = {
                name: [slot for other in elsewhere[person] if other != class_id for slot in slots.get(other, [])]
                for of_class, person, name in learners
                if of_class == class_id
            }
            planned = {str(at): want for at, want in enumerate(changing) if want.training_class.pk == class_id}
            slots_here = [_planned(key, want, self.programme) for key, want in planned.items()]
            for clash in learner_clashes(slots_here, {name: there for name, there in busy.items() if there}):
                self._fault(planned[clash.slot.key].path, clash.refusal())

    def _slots_of(self, classes: set[int], around: DateTimeTZRange) -> dict[int, list[Slot]]:
        """Other meetings by class: those of this programme as the file wants them, the rest as they stand."""
        found: dict[int, list[Slot]] = {}
        for at, want in enumerate(self.wanted):
            found.setdefault(want.training_class.pk, []).append(_planned(f"w{at}", want, self.programme))
        rest = Meeting.objects.filter(training_class__in=classes, during__overlap=around)
        for meeting in rest.exclude(training_class__programme=self.programme).select_related(
            "training_class__programme"
        ):
            found.setdefault(meeting.training_class_id, []).append(_slot(meeting))
        return found

    # ---- writing

    def _write(self) -> None:
        if self.removed:
            gatherings = [meeting.gathering_id for meeting in self.removed]
            Meeting.objects.filter(pk__in=[meeting.pk for meeting in self.removed]).delete()
            Gathering.objects.filter(pk__in=gatherings).delete()
        self._step_aside()
        for meeting, want in (*self.moved, *self.corrected):
            meeting.topic, meeting.lecturer, meeting.room = want.topic, want.lecturer, want.room
            meeting.during = meeting.gathering.during = DateTimeTZRange(*want.span, "[)")
        Gathering.objects.bulk_update([meeting.gathering for meeting, _ in self.moved], ["during"])
        changed = [meeting for meeting, _ in (*self.moved, *self.corrected)]
        Meeting.objects.bulk_update(changed, ["topic", "lecturer", "room", "during"])
        self._create()

    def _step_aside(self) -> None:
        """Meetings that will change go to hours of their own first, so that two may change places."""
        changing = [meeting for meeting, _ in (*self.moved, *self.corrected)]
        for meeting in changing:
            start = FAR_AWAY + timedelta(minutes=meeting.pk % 40_000_000)
            meeting.during = DateTimeTZRange(start, start + timedelta(seconds=59), "[)")
        Meeting.objects.bulk_update(changing, ["during"])

    def _create(self) -> None:
        meetings = []
        for want in self.new:
            key = new_key()
            starts, ends = want.span
            gathering = new_gathering(source=f"training.meeting:{key}", starts=starts, ends=ends)
            meetings.append(
                Meeting(
                    key=key,
                    training_class=want.training_class,
                    topic=want.topic,
                    lecturer=want.lecturer,
                    room=want.room,
                    during=gathering.during,
                    gathering=gathering,
                )
            )
        Gathering.objects.bulk_create([meeting.gathering for meeting in meetings])
        for meeting in meetings:
            meeting.gathering_id = meeting.gathering.pk
        Meeting.objects.bulk_create(meetings)


def _name(want: Wanted) -> str:
    return f"{want.training_class.code}, {_slot_when(*want.span)}"


def _when(meeting: Meeting) -> str:
    zone = timezone.get_default_timezone()
    return _slot_when(meeting.during.lower.astimezone(zone), meeting.during.upper.astimezone(zone))


def _slot_when(starts: datetime, ends: datetime) -> str:
    return Slot("", "", starts, ends).when


def _planned(key: str, want: Wanted, programme: Programme) -> Slot:
    starts, ends = want.span
    return Slot(
        key,
        want.training_class.code,
        starts,
        ends,
        lecturer=str(want.lecturer.pk) if want.lecturer else "",
        lecturer_name=want.lecturer.full_name if want.lecturer else "",
        room=str(want.room.pk) if want.room else "",
        room_name=want.room.name if want.room else "",
        class_key=str(want.training_class.pk),
        programme=(programme.code, programme.name),
    )


def _slot(meeting: Any) -> Slot:
    zone = timezone.get_default_timezone()
    programme = meeting.training_class.programme
    return Slot(
        f"m{meeting.pk}",
        meeting.training_class.code,
        meeting.during.lower.astimezone(zone),
        meeting.during.upper.astimezone(zone),
        lecturer=str(meeting.lecturer_id or ""),
        room=str(meeting.room_id or ""),
        class_key=str(meeting.training_class_id),
        programme=(programme.code, programme.name),
    )
