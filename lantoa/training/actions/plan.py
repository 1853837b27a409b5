"""A programme file into the house, and out of it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from lantoa.common.refused import N_, Refused
from lantoa.competence.actions import CourseWritten, drop_topics, write_course
from lantoa.competence.models import Course, Topic
from lantoa.competence.rules import LinkText, TopicText
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.queries.days import working_calendar
from lantoa.programmes.actions import (
    LecturerText,
    PartnerText,
    change_programme,
    create_programme,
    enter_decision,
    write_lecturers,
)
from lantoa.programmes.models import Field, Programme
from lantoa.programmes.queries import find_unit_by_code, find_units
from lantoa.training.actions.plan_export import export_plan
from lantoa.training.actions.plan_means import write_means
from lantoa.training.actions.plan_meetings import MeetingSync, digests, told
from lantoa.training.actions.plan_units import UnitBook
from lantoa.training.models import Assessment, Enrolment, Meeting, Room, TrainingClass
from lantoa.training.queries.standing import why_assessment_cannot_go, why_assessment_stays
from lantoa.training.rules.plan import Assessment as AssessmentPlan
from lantoa.training.rules.plan import ClassPlan, CoursePlan, Fault, Plan, PlanFaults, days_to_shift, shifted
from lantoa.training.rules.plan.model import plain
from lantoa.training.rules.timetable import Slot, check_holiday, check_period, check_room, clashes

__all__ = ["Change", "LoadReport", "Touched", "export_plan", "load_plan", "touched_by"]

NEW, CHANGED, REMOVED = "new", "changed", "removed"


@dataclass(frozen=True)
class Change:
    """One thing that the file makes, changes or removes. `kind`: programme, agency, lecturer, room, course, class,
    meeting, assessment; `name` says which; `fields` name what differs."""

    state: str
    kind: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass
class LoadReport:
    """What loading a file does, or did. `same` counts the things that stay as they are, by kind."""

    code: str
    name: str
    changes: list[Change] = field(default_factory=list)
    same: dict[str, int] = field(default_factory=dict)
    applied: bool = False
    programme_key: str = ""  # "" when nothing was applied and there is no such programme yet
    shifted_by: int = 0  # days, of a demonstration

    @property
    def changes_nothing(self) -> bool:
        return not self.changes

    def count(self, state: str) -> int:
        return sum(change.state == state for change in self.changes)

    @property
    def new(self) -> list[Change]:
        return [change for change in self.changes if change.state == NEW]

    @property
    def changed(self) -> list[Change]:
        return [change for change in self.changes if change.state == CHANGED]

    @property
    def removed(self) -> list[Change]:
        return [change for change in self.changes if change.state == REMOVED]


def load_plan(*, by: Actor, plan: Plan, at: datetime, apply: bool) -> LoadReport:
    """Brings the house to what a programme file says, and reports what that means; without `apply` nothing stays.

    The same file twice changes nothing; a changed file changes exactly that. What people did is never lost: a
    meeting at which someone was counted keeps its time, a class with learners stays, an assessment with marks stays.
    Raises `PlanFaults` with every fault and its line: unknown units, fields, parents; clashes of lecturers, rooms
    and learners with the meeting in the way; public holidays; days outside the programme; too many places.
    """
    try:
        with transaction.atomic():
            report = _Load(by=by, plan=plan, at=at).run()
            report.applied = apply
            if not apply:
                transaction.set_rollback(True)
                if any(one.kind == "programme" and one.state == NEW for one in report.changes):
                    report.programme_key = ""
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        raise Refused(
            N_(
                "Cannot load programme %(code)s: someone planned something at the same moment that does not fit "
                "with it (%(constraint)s). Load it again."
            ),
            code=plan.programme.code,
            constraint=name or "?",
        ) from error
    return report


@dataclass(frozen=True)
class Touched:
    """What loading a file would reach: the units whose programme it is or was, and the courses that stand already."""

    owners: tuple[Unit, ...]
    courses: tuple[Course, ...]


def touched_by(plan: Plan) -> Touched:
    """For asking whether somebody may load it. An owner that the file does not name rightly is left out: loading
    refuses it."""
    said = plan.programme.unit
    if said.code:
        one = find_unit_by_code(said.code, said.level, on=plan.programme.first)
        owners = [one] if one else []
    else:
        owners = find_units([said.names], on=plan.programme.first)[said.names]
    standing = Programme.objects.filter(code=plan.programme.code).select_related("unit").first()
    courses = Course.objects.filter(code__in=[one.code for one in plan.courses]).select_related("unit")
    return Touched((*owners, *([standing.unit] if standing else [])), tuple(courses))


class _Load:
    """One loading: what it knows, and its steps in their order."""

    def __init__(self, *, by: Actor, plan: Plan, at: datetime) -> None:
        self.by, self.at, self.faults = by, at, list[Fault]()
        self.programme = Programme.objects.select_for_update(of=("self",)).filter(code=plan.programme.code).first()
        self.calendar = working_calendar()
        self.shift = 0
        if plan.shift:
            kept = (self.programme.papers if self.programme else {}).get("shifted_by")
            self.shift = days_to_shift(plan, today=at.date()) if kept is None else int(kept)
            plan = shifted(plan, self.shift, is_holiday=lambda day: bool(self.calendar.holiday_name(day)))
        elif self.programme:
            self.shift = int(self.programme.papers.get("shifted_by", 0))
        self.plan = plan
        self.report = LoadReport(plan.programme.code, plan.programme.name, shifted_by=self.shift)
        self.units = UnitBook(by=by, plan=plan, at=at)

    def run(self) -> LoadReport:
        made = self.units.open(self.fault)
        for agency in made:
            self.note(NEW, "agency", agency)
        self.check_days()
        self.check_clashes_in_file()
        fields, parent = self.fields(), self.parent()
        self.stop_if_faulty()
        before = (self.programme.papers if self.programme else {}).get("meetings", {})
        self.write_programme(fields, parent)
        courses = [(said, self.write_course(said)) for said in self.plan.courses]
        rooms = self.write_rooms()
        people = self.write_lecturers()
        classes = self.write_classes({said.code: written for said, written in courses})
        self.remove_classes()
        meetings = MeetingSync(
            programme=self.saved, fault=self.fault, note=self.note, plan=self.plan, rooms=rooms, people=people,
            before=before,
        )  # fmt: skip
        meetings.run([(one, classes[one.code], topics) for one, topics in self.topics_of(courses)])
        self.stop_if_faulty()
        for said, written in courses:
            if written.surplus:
                self.drop_topics(said, written)
        self.stop_if_faulty()
        if self.report.changes:
            about = {state: self.report.count(state) for state in (NEW, CHANGED, REMOVED)}
            record(by=self.by, act="training.load_plan", thing=self.saved, about=about)
        return self.report

    # ---- noting

    def note(self, state: str, kind: str, name: str, fields: Iterable[str] = ()) -> None:
        """Puts down what becomes of one thing; state "" for nothing."""
        if state:
            self.report.changes.append(Change(state, kind, name, tuple(sorted(set(fields)))))
        else:
            self.report.same[kind] = self.report.same.get(kind, 0) + 1

    def fault(self, path: str, reason: Refused) -> None:
        line, column = self.plan.place(path)
        self.faults.append(Fault(line, column, path, reason.message, reason.values))

    def stop_if_faulty(self) -> None:
        if self.faults:
            raise PlanFaults(self.faults)

    @property
    def saved(self) -> Programme:
        assert self.programme is not None
        return self.programme

    # ---- what can be checked before anything is written

    def check_days(self) -> None:
        first, last = self.plan.programme.first, self.plan.programme.last
        holds = {room.name: room.capacity for room in self.plan.rooms}
        for number, one in enumerate(self.plan.classes, 1):
            for meeting in one.meetings:
                outside = check_period(one.code, meeting.date, first=first, last=last)
                rests = check_holiday(one.code, meeting.date, self.calendar.holiday_name(meeting.date))
                for reason in (outside, rests):
                    if reason:
                        self.fault(self.plan.meeting_path(number, meeting), reason)
            for room in sorted({meeting.room for meeting in one.meetings if meeting.room}):
                if reason := check_room(one.code, places=one.capacity, room=room, holds=holds.get(room)):
                    self.fault(f"classes[{number}].capacity", reason)

    def check_clashes_in_file(self) -> None:
        slots, paths = [], {}
        for number, one in enumerate(self.plan.classes, 1):
            for at, meeting in enumerate(one.meetings):
                key = f"{one.code}/{at}"
                paths[key] = self.plan.meeting_path(number, meeting)
                slots.append(
                    Slot(
                        key,
                        one.code,
                        datetime.combine(meeting.date, meeting.starts),
                        datetime.combine(meeting.date, meeting.ends),
                        lecturer=meeting.lecturer,
                        lecturer_name=next(
                            (who.full_name for who in self.plan.lecturers if who.code == meeting.lecturer), ""
                        ),
                        room=meeting.room,
                        room_name=meeting.room,
                    )
                )
        for clash in clashes(slots):
            self.fault(paths[clash.slot.key], clash.refusal())

    def fields(self) -> list[Field]:
        wanted = self.plan.programme.fields
        known = {one.code: one for one in Field.objects.filter(code__in=wanted)}
        for at, code in enumerate(wanted, 1):
            if code not in known:
                there = ", ".join(Field.objects.order_by("code").values_list("code", flat=True))
                words = N_("There is no field of work %(code)s. The fields are: %(known)s.")
                self.fault(f"programme.fields[{at}]", Refused(words, code=code, known=there))
        return [known[code] for code in wanted if code in known]

    def parent(self) -> Programme | None:
        code = self.plan.programme.parent
        found = Programme.objects.filter(code=code).first() if code else None
        if code and not found:
            words = N_("There is no programme %(code)s here to stand under. Load that one first.")
            self.fault("programme.parent", Refused(words, code=code))
        return found

    # ---- writing

    def write_programme(self, fields: list[Field], parent: Programme | None) -> None:
        said = self.plan.programme
        decision = None
        if said.decision:
            decision = enter_decision(
                by=self.by,
                number=said.decision.number,
                issued_on=said.decision.date,
                issuer=said.decision.issuer,
                title=said.decision.title,
            )
        partners = [
            PartnerText(one.name, one.role, self.units[one.unit] if one.unit else None) for one in said.partners
        ]
        wanted: dict[str, Any] = {
            "name": said.name,
            "unit": self.units[said.unit],
            "decision": decision,
            "parent": parent,
            "audience": said.audience,
            "papers": self.papers(),
        }
        if self.programme is None:
            self.programme = create_programme(
                by=self.by,
                code=said.code,
                first=said.first,
                last=said.last,
                fields=fields,
                partners=partners,
                demonstration=said.demonstration,
                **wanted,
            )
            write_means(by=self.by, programme=self.saved, plan=self.plan, at=self.at, fault=self.fault)
            self.note(NEW, "programme", said.name)
        else:
            before = self.programme.papers
            changed = change_programme(
                by=self.by,
                programme=self.programme,
                first=said.first,
                last=said.last,
                fields=fields,
                partners=partners,
                is_demonstration=said.demonstration,
                **wanted,
            )
            self.programme = Programme.objects.get(pk=self.programme.pk)
            changed = told(changed, before, self.programme.papers)
            changed += write_means(by=self.by, programme=self.saved, plan=self.plan, at=self.at, fault=self.fault)
            self.note(CHANGED if changed else "", "programme", said.name, changed)
        self.report.programme_key = self.programme.key

    def papers(self) -> dict[str, Any]:
        """What the programme keeps of its file: the settings of papers, the rule and the assessments of all classes.
        What others keep there stays."""
        kept = dict(self.programme.papers) if self.programme else {}
        said: dict[str, Any] = {
            "certificate": plain(self.plan.certificate) if self.plan.certificate else None,
            "report": plain(self.plan.report) if self.plan.report else None,
            "completion": self.plan.completion.data() or None,
            "assessments": plain(self.plan.assessments) or None,
            "shifted_by": self.shift or None,
            "meetings": digests(self.plan) or None,
        }
        for name, value in said.items():
            kept.pop(name, None)
            if value is not None:
                kept[name] = value
        return kept

    def write_course(self, said: CoursePlan) -> CourseWritten:
        written = write_course(
            by=self.by,
            code=said.code,
            title=said.title,
            summary=said.summary,
            unit=self.units[said.unit or self.plan.programme.unit],
            unit_is_said=said.unit is not None,
            topics=[
                TopicText(
                    topic.title,
                    topic.hours,
                    topic.outcomes,
                    tuple(LinkText(one.title, one.url) for one in topic.materials),
                )
                for topic in said.topics
            ],
        )
        changed = [*written.changed, *(["topics"] if written.surplus else [])]
        self.note(NEW if written.is_new else CHANGED if changed else "", "course", said.title, changed)
        return written

    def drop_topics(self, said: CoursePlan, written: CourseWritten) -> None:
        number = self.plan.courses.index(said) + 1
        try:
            drop_topics(by=self.by, course=written.course, topics=written.surplus)
        except Refused as reason:
            self.fault(f"courses[{number}].topics", reason)

    def write_rooms(self) -> dict[str, Room]:
        rooms: dict[str, Room] = {}
        for said in self.plan.rooms:
            unit = self.units[said.unit or self.plan.programme.unit]
            room, new = Room.objects.get_or_create(unit=unit, name=said.name, defaults={"capacity": said.capacity})
            changed = not new and said.capacity is not None and room.capacity != said.capacity
            if changed:
                room.capacity = said.capacity
                room.save(update_fields=["capacity"])
            self.note(NEW if new else CHANGED if changed else "", "room", said.name, ["capacity"] * changed)
            rooms[said.name] = room
        return rooms

    def write_lecturers(self) -> dict[str, Any]:
        texts = [LecturerText(one.code, one.full_name, one.organisation) for one in self.plan.lecturers]
        written = write_lecturers(by=self.by, programme=self.saved, lecturers=texts)
        for one in self.plan.lecturers:
            state = NEW if one.code in written.new else CHANGED if one.code in written.changed else ""
            self.note(state, "lecturer", one.full_name)
        return written.people

    def write_classes(self, courses: dict[str, CourseWritten]) -> dict[str, TrainingClass]:
        standing = {one.code: one for one in TrainingClass.objects.select_for_update().filter(programme=self.saved)}
        taken = _enrolled(standing.values())
        made: list[TrainingClass] = []
        for number, said in enumerate(self.plan.classes, 1):
            wanted = self.class_values(said, courses[said.course].course)
            one = standing.get(said.code)
            if one is None:
                one = standing[said.code] = TrainingClass(programme=self.saved, code=said.code, **wanted)
                made.append(one)
                self.note(NEW, "class", said.code)
                continue
            if said.capacity < taken.get(one.pk, 0):
                words = N_("Cannot set the places of class %(code)s to %(capacity)d: %(taken)d people are enrolled.")
                reason = Refused(words, code=said.code, capacity=said.capacity, taken=taken[one.pk])
                self.fault(f"classes[{number}].capacity", reason)
            changed = [name for name, value in wanted.items() if getattr(one, name) != value]
            for name in changed:
                setattr(one, name, wanted[name])
            if changed:
                one.save(update_fields=changed)
            self.note(CHANGED if changed else "", "class", said.code, changed)
        TrainingClass.objects.bulk_create(made)
        self.write_assessments(standing)
        return standing

    def class_values(self, said: ClassPlan, course: Course) -> dict[str, Any]:
        return {
            "course": course,
            "unit": self.units[said.unit or self.plan.programme.unit],
            "place": said.place,
            "online_url": said.online,
            "capacity": said.capacity,
            "rule": self.plan.completion_of(said).data(),
        }

    def write_assessments(self, classes: dict[str, TrainingClass]) -> None:
        ids = [one.pk for one in classes.values() if one.pk]
        standing = {
            (one.training_class_id, one.code): one
            for one in Assessment.objects.filter(training_class__in=ids).prefetch_related("marks", "submissions")
        }
        made: list[Assessment] = []
        for number, said in enumerate(self.plan.classes, 1):
            training_class = classes[said.code]
            for item in self.plan.assessments_of(said):
                one = standing.pop((training_class.pk, item.code), None)
                name = f"{said.code}: {item.title}"
                if one is None:
                    made.append(Assessment(training_class=training_class, code=item.code, **_assessment_values(item)))
                    self.note(NEW, "assessment", name)
                else:
                    self.note(*self.change_assessment(number, one, item, name))
        for (class_id, code), one in standing.items():
            number = next((n for n, c in enumerate(self.plan.classes, 1) if classes[c.code].pk == class_id), 0)
            if number:
                self.remove_assessment(number, one, f"{self.plan.classes[number - 1].code}: {code}")
        Assessment.objects.bulk_create(made)

    def change_assessment(
        self, number: int, one: Assessment, said: AssessmentPlan, name: str
    ) -> tuple[str, str, str, list[str]]:
        wanted = _assessment_values(said)
        changed = [field for field, value in wanted.items() if getattr(one, field) != value]
        reason = why_assessment_stays(one, changed=changed, title=said.title, highest=said.highest)
        if reason is not None:
            self.fault(f"classes[{number}].assessments", reason)
            return "", "assessment", name, []
        for field_name in changed:
            setattr(one, field_name, wanted[field_name])
        if changed:
            one.save(update_fields=changed)
        return CHANGED if changed else "", "assessment", name, changed

    def remove_assessment(self, number: int, one: Assessment, name: str) -> None:
        reason = why_assessment_cannot_go(one, code=self.plan.classes[number - 1].code)
        if reason is not None:
            self.fault(f"classes[{number}].assessments", reason)
            return
        one.delete()
        self.note(REMOVED, "assessment", name)

    def topics_of(self, courses: Sequence[tuple[CoursePlan, CourseWritten]]) -> list[tuple[ClassPlan, list[Topic]]]:
        topics = {said.code: written.topics for said, written in courses}
        return [(one, topics[one.course]) for one in self.plan.classes]

    def remove_classes(self) -> None:
        """Classes that the file no longer names go, unless someone was ever in them."""
        named = [one.code for one in self.plan.classes]
        gone = list(TrainingClass.objects.filter(programme=self.saved).exclude(code__in=named).order_by("code"))
        people = _ever_enrolled(gone)
        for one in gone:
            counted = Meeting.objects.filter(training_class=one, gathering__attendance__isnull=False).exists()
            if people.get(one.pk) or counted:
                words = N_(
                    "Cannot remove class %(code)s, which the file no longer names: %(people)d people are in it."
                )
                self.fault("classes", Refused(words, code=one.code, people=people.get(one.pk, 0)))
                continue
            if one.calls.exists():
                words = N_(
                    "Cannot remove class %(code)s, which the file no longer names: units are asked for people for it."
                )
                self.fault("classes", Refused(words, code=one.code))
                continue
            if one.exams.exists():
                words = N_("Cannot remove class %(code)s, which the file no longer names: it holds an exam.")
                self.fault("classes", Refused(words, code=one.code))
                continue
            meetings = list(one.meetings.select_related("gathering"))
            one.meetings.all().delete()
            for meeting in meetings:
                meeting.gathering.delete()
            one.assessments.all().delete()
            one.delete()
            self.note(REMOVED, "class", one.code)


def _assessment_values(said: AssessmentPlan) -> dict[str, Any]:
    return {"title": said.title, "kind": said.kind, "highest": said.highest, "due_on": said.due}


def _enrolled(classes: Iterable[TrainingClass]) -> dict[int, int]:
    return _counted(Enrolment.objects.filter(training_class__in=list(classes), withdrawn_at=None))


def _ever_enrolled(classes: Iterable[TrainingClass]) -> dict[int, int]:
    return _counted(Enrolment.objects.filter(training_class__in=list(classes)))


def _counted(enrolments: Any) -> dict[int, int]:
    found: dict[int, int] = {}
    for pk in enrolments.values_list("training_class_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found
