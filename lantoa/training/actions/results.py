"""Presence of a class, marks, what is handed in, and who has completed."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import File
from lantoa.presence import actions as presence
from lantoa.training.actions.classes import enrolled
from lantoa.training.models import Assessment, Enrolment, Mark, Meeting, Submission, TrainingClass
from lantoa.training.queries.completion import outcomes


@transaction.atomic
def call_roll(*, by: Actor, meeting: Meeting, states: Mapping[int, str], at: datetime) -> int:
    """The lecturer's roll call: the state of each learner by the person's id; strangers are refused."""
    expected = set(enrolled(meeting.training_class).values_list("person_id", flat=True))
    if strangers := set(states) - expected:
        raise Refused(
            N_("Cannot call the roll of class %(code)s: %(count)d of the people named are not enrolled in it."),
            code=meeting.training_class.code,
            count=len(strangers),
        )
    return presence.call_roll(by=by, gathering=meeting.gathering, states=states, at=at, expected=expected)


@transaction.atomic
def enter_marks(
    *, by: Actor, assessment: Assessment, marks: Mapping[int, Decimal], source: str, at: datetime
) -> int:
    """Enters marks by the enrolment's id; an earlier mark gives way and stays readable in the ledger. How many
    were new or changed."""
    enrolments = {
        e.pk: e for e in enrolled(assessment.training_class).filter(pk__in=list(marks)).select_related("person")
    }
    if len(enrolments) < len(marks):
        raise Refused(
            N_("Cannot enter marks of %(title)s: %(count)d of the learners named are not in class %(code)s."),
            title=assessment.title,
            count=len(marks) - len(enrolments),
            code=assessment.training_class.code,
        )
    for pk, value in marks.items():
        if not 0 <= value <= assessment.highest:
            raise Refused(
                N_("Cannot enter the mark %(value)s of %(person)s for %(title)s: marks go from 0 to %(highest)s."),
                value=value,
                person=enrolments[pk].person.full_name,
                title=assessment.title,
                highest=assessment.highest.normalize(),
            )
    before = {
        m.enrolment_id: m
        for m in Mark.objects.select_for_update().filter(assessment=assessment, enrolment__in=enrolments)
    }
    changed = {pk: value for pk, value in marks.items() if pk not in before or before[pk].value != value}
    Mark.objects.bulk_create(
        [
            Mark(enrolment_id=pk, assessment=assessment, value=value, at=at, by=by.actor_key, source=source)
            for pk, value in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["enrolment", "assessment"],
        update_fields=["value", "at", "by", "source"],
    )
    if changed:
        about = {
            enrolments[pk].key: [str(before[pk].value) if pk in before else None, str(value)]
            for pk, value in changed.items()
        }
        record(by=by, act="training.enter_marks", thing=assessment, about={"marks": about, "source": source})
    return len(changed)


@transaction.atomic
def hand_in(
    *,
    by: Actor,
    enrolment: Enrolment,
    assessment: Assessment,
    at: datetime,
    text: str = "",
    file: File | None = None,
    problem: str = "",
    first_step: str = "",
    by_when: date | None = None,
) -> Submission:
    """Hands in an assignment, or a plan for one's own office; handing in again replaces it until it is marked."""
    if assessment.training_class_id != enrolment.training_class_id or enrolment.withdrawn_at is not None:
        raise Refused(
            N_("Cannot hand in %(title)s: it belongs to a class you are not in."), title=assessment.title
        )
    if assessment.kind == Assessment.Kind.PLAN and not (problem.strip() and first_step.strip()):
        raise Refused(
            N_("Cannot hand in %(title)s: a plan needs the problem and the first step."), title=assessment.title
        )
    if assessment.kind == Assessment.Kind.ASSIGNMENT and not (text.strip() or file):
        raise Refused(N_("Cannot hand in %(title)s: write something or add a file."), title=assessment.title)
    if Mark.objects.filter(enrolment=enrolment, assessment=assessment).exists():
        raise Refused(N_("Cannot hand in %(title)s again: it is already marked."), title=assessment.title)
    made, _ = Submission.objects.update_or_create(
        enrolment=enrolment,
        assessment=assessment,
        defaults={
            "text": text,
            "problem": problem,
            "first_step": first_step,
            "by_when": by_when,
            "unit": enrolment.unit if assessment.kind == Assessment.Kind.PLAN else None,
            "handed_in_at": at,
            **({"file": file} if file else {}),
        },
    )
    record(by=by, act="training.hand_in", thing=made, about={"assessment": assessment.key})
    return made


@transaction.atomic
def decide_completion(*, by: Actor, training_class: TrainingClass, at: datetime) -> int:
    """Marks as completed whoever fulfils the rule of the class now; nobody loses a completion already given.
    How many were new."""
    TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    done = [
        enrolment.pk
        for enrolment, outcome in outcomes(training_class)
        if outcome.complete and enrolment.completed_at is None
    ]
    if done:
        Enrolment.objects.filter(pk__in=done).update(completed_at=at)
        record(by=by, act="training.decide_completion", thing=training_class, about={"completed": len(done)})
    return len(done)
