"""What people of a class are told: reminders, and what has changed for them. Sent by the office's notices, each
occasion once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.common.days import ends
from lantoa.directory.models import Person
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, cancel_notices, notify_all
from lantoa.presence import actions as presence
from lantoa.presence.models import Attendance
from lantoa.programmes.models import Programme
from lantoa.training.actions.certificates import issue_certificates, revoke_certificate
from lantoa.training.actions.classes import cancel_meeting, move_meeting
from lantoa.training.actions.letters import tell
from lantoa.training.models import Assessment, Certificate, Meeting, TrainingClass
from lantoa.training.queries.reminders import learners_of, where, without_submission

TOLD_AHEAD = timedelta(days=7)  # a change of a meeting further ahead is seen in the timetable early enough


@transaction.atomic
def remind_of_meeting(*, by: Actor, meeting: Meeting, at: datetime) -> int:
    """Reminds learners and lecturer of a meeting; nobody after it has begun. How many are told."""
    found, starts = meeting.training_class, meeting.during.lower
    occasion = f"{meeting.key}:{timezone.localdate(starts).isoformat()}"
    values = _meeting_values(meeting)
    learners = [(row.person, values) for row in learners_of(found)]
    lecturer = [(meeting.lecturer, {**values, "link": reverse("training:teaching")})] if meeting.lecturer else []
    return sum(
        tell(
            by=by,
            template=f"training.{name}",
            unit=found.unit,
            about=meeting,
            occasion=occasion,
            to=to,
            at=at,
            good_until=starts,
        )
        for name, to in (("meeting_tomorrow", learners), ("teaching_tomorrow", lecturer))
    )


@transaction.atomic
def remind_of_start(*, by: Actor, training_class: TrainingClass, at: datetime) -> int:
    """Tells the learners of a class when and where it begins. How many are told."""
    first = training_class.meetings.select_related("training_class", "room").order_by("during").first()
    if first is None:
        return 0
    values = {
        "class": training_class.code,
        "course": training_class.course.title,
        "when": first.during.lower,
        "where": where(first),
        "link": reverse("training:me"),
    }
    day = timezone.localdate(first.during.lower).isoformat()
    return tell(
        by=by,
        template="training.class_begins",
        unit=training_class.unit,
        about=first,
        occasion=f"{training_class.key}:{day}",
        to=[(row.person, values) for row in learners_of(training_class)],
        at=at,
        good_until=first.during.lower,
    )


@transaction.atomic
def remind_of_assignment(*, by: Actor, assessment: Assessment, at: datetime) -> int:
    """Reminds those who have not handed in. How many are told."""
    assert assessment.due_on is not None
    found = assessment.training_class
    values = {"class": found.code, "title": assessment.title, "due": assessment.due_on}
    return tell(
        by=by,
        template="training.assignment_due",
        unit=found.unit,
        about=assessment,
        occasion=f"{assessment.key}:{assessment.due_on.isoformat()}",
        to=[
            (row.person, {**values, "link": reverse("training:hand_in", args=[row.key, assessment.key])})
            for row in without_submission(assessment)
        ],
        at=at,
        good_until=ends(assessment.due_on),
    )


@transaction.atomic
def issue_and_tell(
    *, by: Actor, programme: Programme, on: date, at: datetime, class_code: str = ""
) -> list[Certificate]:
    """`issue_certificates`, and each of those who got one is told."""
    made = issue_certificates(by=by, programme=programme, on=on, class_code=class_code)
    _tell_of_certificates(by, "training.certificate_ready", programme, made, at)
    return made


@transaction.atomic
def revoke_and_tell(
    *, by: Actor, certificate: Certificate, kind: str, reason: str, on: date, at: datetime
) -> Certificate:
    """`revoke_certificate`, and its owner is told; the reason is for the office to say."""
    revoked = revoke_certificate(by=by, certificate=certificate, kind=kind, reason=reason, on=on)
    cancel_notices(by=by, about=thing_key(revoked), at=at)
    programme = revoked.enrolment.training_class.programme
    _tell_of_certificates(by, "training.certificate_revoked", programme, [revoked], at)
    return revoked


def _tell_of_certificates(
    by: Actor, template: str, programme: Programme, certificates: Sequence[Certificate], at: datetime
) -> None:
    ready = template == "training.certificate_ready"
    notify_all(
        by=by,
        template=template,
        unit=programme.unit,
        letters=[
            Letter(
                once=f"{template}:{row.key}",
                person=row.enrolment.person,
                values={
                    "course": row.facts["course"],
                    "number": row.number,
                    "link": reverse("training:certificate", args=[row.key]) if ready else reverse("training:me"),
                },
                about=thing_key(row),
            )
            for row in certificates
        ],
        at=at,
    )


@transaction.atomic
def correct_and_tell(
    *,
    by: Actor,
    meeting: Meeting,
    person: Person,
    state: str,
    share: Decimal | None = None,
    reason: str,
    at: datetime,
) -> Attendance:
    """Corrects a line of presence; whoever had another line before is told that it was corrected."""
    before = (
        Attendance.objects.filter(gathering=meeting.gathering, person=person).values_list("state", "share").first()
    )
    line = presence.correct(
        by=by, gathering=meeting.gathering, person=person, state=state, share=share, reason=reason, at=at
    )
    if before and before != (line.state, line.share):
        notify_all(
            by=by,
            template="training.presence_corrected",
            unit=meeting.training_class.unit,
            letters=[
                Letter(
                    once=f"training.presence_corrected:{line.key}:{line.corrections.count()}",
                    person=person,
                    values={
                        "class": meeting.training_class.code,
                        "when": meeting.during.lower,
                        "link": reverse("training:me"),
                    },
                    about=thing_key(line),
                )
            ],
            at=at,
        )
    return line


@transaction.atomic
def move_and_tell(*, by: Actor, meeting: Meeting, at: datetime, **changes: Any) -> Meeting:
    """`move_meeting`; reminders of the old time are taken back, and when either time is near, the class is told."""
    before = Meeting.objects.select_related("topic").get(pk=meeting.pk)
    moved = move_meeting(by=by, meeting=meeting, **changes)
    if (before.during, before.room_id) == (moved.during, moved.room_id):
        return moved
    cancel_notices(by=by, about=thing_key(moved), at=at)
    if _near(before, at) or _near(moved, at):
        values = _meeting_values(moved)
        _tell_class(by, "training.meeting_moved", moved, values, at, good_until=moved.during.lower)
    return moved


@transaction.atomic
def cancel_and_tell(*, by: Actor, meeting: Meeting, at: datetime) -> None:
    """`cancel_meeting`; its reminders are taken back, and when it was near, the class is told."""
    found = Meeting.objects.select_related("training_class__unit", "topic", "lecturer", "room").get(pk=meeting.pk)
    cancel_notices(by=by, about=thing_key(found), at=at)
    if _near(found, at):
        values = {name: value for name, value in _meeting_values(found).items() if name != "where"}
        _tell_class(by, "training.meeting_cancelled", found, values, at, good_until=found.during.lower)
    cancel_meeting(by=by, meeting=meeting)


def _near(meeting: Meeting, at: datetime) -> bool:
    return bool(at <= meeting.during.lower <= at + TOLD_AHEAD)


def _tell_class(
    by: Actor, template: str, meeting: Meeting, values: dict[str, Any], at: datetime, good_until: datetime
) -> None:
    learners = [(row.person, reverse("training:me")) for row in learners_of(meeting.training_class)]
    lecturer = [(meeting.lecturer, reverse("training:teaching"))] if meeting.lecturer else []
    tell(
        by=by,
        template=template,
        unit=meeting.training_class.unit,
        about=meeting,
        occasion=f"{meeting.key}:{at:%Y%m%d%H%M%S}",
        to=[(person, {**values, "link": link}) for person, link in [*learners, *lecturer]],
        at=at,
        good_until=good_until,
    )


def _meeting_values(meeting: Meeting) -> dict[str, Any]:
    return {
        "class": meeting.training_class.code,
        "topic": meeting.topic.title,
        "when": meeting.during.lower,
        "where": where(meeting),
        "link": reverse("training:me"),
    }
