"""A programme of the house as a plan, for `write_plan`: what another house loads unchanged."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.competence.models import Course
from lantoa.competence.queries import topics_with_materials
from lantoa.directory.models import Level, Placement
from lantoa.programmes.models import Programme
from lantoa.programmes.queries import names_of_units
from lantoa.programmes.rules import last_day
from lantoa.training.actions.plan_means import acts_plan, budget_plan
from lantoa.training.actions.plan_units import agencies_of
from lantoa.training.models import Assessment as AssessmentRow
from lantoa.training.models import Meeting, Room, TrainingClass
from lantoa.training.rules.completion import Rule, read_rule
from lantoa.training.rules.plan import (
    Agency,
    Assessment,
    CertificateSettings,
    ClassPlan,
    CoursePlan,
    DecisionPlan,
    LecturerPlan,
    MaterialLink,
    MeetingPlan,
    PartnerPlan,
    Plan,
    ProgrammePart,
    ReportSettings,
    RoomPlan,
    Signer,
    TopicPlan,
    UnitName,
)


def export_plan(programme: Programme) -> Plan:
    """The programme as a file says it: real days, every meeting by itself, units by the names of its first day.

    Materials that are files stay behind: a programme file carries links only. People in classes are no part of it.
    """
    return _Export(programme).plan()


class _Export:
    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.on: date = programme.period.lower
        self.classes = list(
            TrainingClass.objects.filter(programme=programme)
            .select_related("course")
            .prefetch_related("assessments")
            .order_by("code")
        )
        self.meetings = list(
            Meeting.objects.filter(training_class__in=self.classes)
            .select_related("lecturer", "room", "topic")
            .order_by("during")
        )
        self.partners = list(programme.partners.order_by("position", "id"))
        self.courses = sorted({one.course for one in self.classes}, key=lambda course: course.code)
        self.rooms = sorted({one.room for one in self.meetings if one.room}, key=lambda room: (room.name, room.pk))
        self.lecturers = self._lecturers()
        self.brought = agencies_of(programme.code, on=self.on)
        self.names = names_of_units(self._unit_ids(), on=self.on)

    def plan(self) -> Plan:
        papers = self.programme.papers
        assessments = tuple(_assessment(data) for data in papers.get("assessments", []))
        completion = read_rule(papers.get("completion", {}))
        return Plan(
            programme=self._programme(),
            acts=acts_plan(self.programme),
            budget=budget_plan(self.programme),
            agencies=tuple(self._agency(one) for one in self._agencies()),
            lecturers=tuple(text for text in self.lecturers.values()),
            rooms=tuple(self._room(one) for one in self.rooms),
            courses=tuple(self._course(one) for one in self.courses),
            assessments=assessments,
            completion=completion,
            classes=tuple(self._class(one, assessments, completion) for one in self.classes),
            certificate=_certificate(papers.get("certificate")),
            report=_report(papers.get("report")),
        )

    def _unit_ids(self) -> set[int]:
        ids = {self.programme.unit_id, *(one.unit_id for one in self.partners if one.unit_id)}
        for things in (self.classes, self.courses, self.rooms):
            ids |= {one.unit_id for one in things}
        ids |= {one.unit_id for one in self.brought}
        return ids | {one.parent_id for one in self.brought if one.parent_id}

    def _unit(self, pk: int) -> UnitName:
        names = self.names.get(pk)
        if not names:
            raise Refused(
                N_("Cannot write the file of programme %(code)s: nothing is known of where one of its units stood."),
                code=self.programme.code,
            )
        return UnitName(names)

    def _other_unit(self, pk: int) -> UnitName | None:
        return None if pk == self.programme.unit_id else self._unit(pk)

    def _programme(self) -> ProgrammePart:
        one = self.programme
        decision = one.decision
        return ProgrammePart(
            code=one.code,
            name=one.name,
            unit=self._unit(one.unit_id),
            first=one.period.lower,
            last=last_day(one.period.upper),
            decision=DecisionPlan(decision.number, decision.issued_on, decision.issuer, decision.title)
            if decision
            else None,
            parent=one.parent.code if one.parent else "",
            audience=one.audience,
            fields=tuple(one.fields.order_by("code").values_list("code", flat=True)),
            partners=tuple(
                PartnerPlan(partner.name, partner.role, self._unit(partner.unit_id) if partner.unit_id else None)
                for partner in self.partners
            ),
            demonstration=one.is_demonstration,
        )

    def _agencies(self) -> list[Placement]:
        """The agencies the file brought along and those that the programme names now, those above first."""
        named = set(self.names) - {one.unit_id for one in self.brought}
        others = Placement.objects.filter(
            unit__in=named,
            level=Level.AGENCY,
            period__contains=self.on,
            snapshot__slug__startswith="programme-file:",
        ).select_related("parent")
        found = {one.unit_id: one for one in (*self.brought, *others)}
        ordered: list[Placement] = []

        def put(one: Placement) -> None:
            if one in ordered:
                return
            if one.parent_id in found:
                put(found[one.parent_id])
            ordered.append(one)

        for one in sorted(found.values(), key=lambda one: (one.kind, one.name)):
            put(one)
        self.names |= names_of_units({one.parent_id for one in ordered if one.parent_id}, on=self.on)
        return ordered

    def _agency(self, one: Placement) -> Agency:
        return Agency(
            name=one.name,
            under=self._unit(one.parent_id) if one.parent_id else None,
            kind=one.kind,
            since=one.period.lower,
        )

    def _lecturers(self) -> dict[int, LecturerPlan]:
        """By the person's id: those of the file in its order, then whoever else teaches."""
        listed = self.programme.lecturers.select_related("person").order_by("position", "id")
        found = {one.person_id: LecturerPlan(one.code, one.person.full_name, one.organisation) for one in listed}
        codes = {one.code for one in found.values()}
        number = 0
        for meeting in self.meetings:
            if meeting.lecturer and meeting.lecturer_id not in found:
                number += 1
                while f"gv-{number}" in codes:
                    number += 1
                found[meeting.lecturer.pk] = LecturerPlan(f"gv-{number}", meeting.lecturer.full_name)
        return found

    def _room(self, room: Room) -> RoomPlan:
        if sum(other.name == room.name for other in self.rooms) > 1:
            raise Refused(
                N_("Cannot write the file of programme %(code)s: two of its rooms are called %(room)s. Rename one."),
                code=self.programme.code,
                room=room.name,
            )
        return RoomPlan(room.name, self._other_unit(room.unit_id), room.capacity)

    def _course(self, course: Course) -> CoursePlan:
        topics = tuple(
            TopicPlan(
                topic.title,
                topic.hours.normalize(),
                tuple(line for line in topic.outcomes.splitlines() if line),
                tuple(MaterialLink(one.title, one.url) for one in topic.materials.all() if one.url),
            )
            for topic in topics_with_materials(course)
        )
        return CoursePlan(course.code, course.title, topics, course.summary, self._other_unit(course.unit_id))

    def _class(self, one: TrainingClass, of_all: tuple[Assessment, ...], rule_of_all: Rule) -> ClassPlan:
        assessments = tuple(
            Assessment(row.code, row.title, row.kind, row.highest.normalize(), row.due_on)
            for row in _in_order(list(one.assessments.all()), of_all)
        )
        rule = read_rule(one.rule)
        return ClassPlan(
            code=one.code,
            course=one.course.code,
            capacity=one.capacity,
            unit=self._other_unit(one.unit_id),
            place=one.place,
            online=one.online_url,
            meetings=tuple(sorted(self._meeting(m) for m in self.meetings if m.training_class_id == one.pk)),
            completion=None if rule == rule_of_all else rule,
            assessments=None if assessments == of_all else assessments,
        )

    def _meeting(self, meeting: Meeting) -> MeetingPlan:
        starts, ends = timezone.localtime(meeting.during.lower), timezone.localtime(meeting.during.upper)
        return MeetingPlan(
            date=starts.date(),
            starts=starts.time(),
            ends=ends.time(),
            topic=meeting.topic.position,
            lecturer=self.lecturers[meeting.lecturer_id].code if meeting.lecturer_id else "",
            room=meeting.room.name if meeting.room else "",
        )


def _in_order(rows: list[AssessmentRow], of_all: tuple[Assessment, ...]) -> list[AssessmentRow]:
    place = {one.code: at for at, one in enumerate(of_all)}
    return sorted(rows, key=lambda row: (place.get(row.code, len(place)), row.pk))


def _assessment(data: Mapping[str, Any]) -> Assessment:
    due = date.fromisoformat(data["due"]) if data.get("due") else None
    return replace(
        Assessment(data["code"], data["title"], data.get("kind", "test"), due=due),
        highest=Decimal(data.get("highest", "10")).normalize(),
    )


def _certificate(data: Mapping[str, Any] | None) -> CertificateSettings | None:
    return CertificateSettings(**{**data, "signer": Signer(**data["signer"])}) if data else None


def _report(data: Mapping[str, Any] | None) -> ReportSettings | None:
    if not data:
        return None
    lists = {name: tuple(data.get(name, ())) for name in ("to", "recipients")}
    return ReportSettings(**{**data, **lists, "signer": Signer(**data["signer"])})
