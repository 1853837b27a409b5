"""Presence of a class, marks, what is handed in, and who has completed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import keep_file, remove_content
from lantoa.office.models import File
from lantoa.presence import actions as presence
from lantoa.programmes.models import Programme
from lantoa.training.actions.classes import enrolled
from lantoa.training.models import Assessment, Certificate, Enrolment, Mark, Meeting, Submission, TrainingClass
from lantoa.training.queries.completion import judged, outcomes
from lantoa.training.queries.exams import FROM_EXAM
from lantoa.training.queries.marks import MarksRefused, Standing, why_not


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
    *,
    by: Actor,
    assessment: Assessment,
    marks: Mapping[int, Decimal | None],
    source: str,
    at: datetime,
    seen: Mapping[int, Decimal | None] | None = None,
) -> int:
    """Enters marks by the enrolment's id; None takes one back. An earlier mark gives way and stays readable in the
    ledger. How many were new, changed or taken back.

    `seen`: the marks that whoever enters them had before their eyes (None for none). Refused where another one stands
    there now: two people at one list do not undo each other's work unseen. A mark is not taken back from under a
    certificate; whoever had completed by it and has none is judged anew.
    """
    Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)  # marks of it are entered in turn
    gone = [pk for pk, value in marks.items() if value is None]
    if gone:  # no certificate is issued meanwhile
        list(Enrolment.objects.select_for_update().filter(pk__in=gone).order_by("pk").values_list("pk"))
    rows = enrolled(assessment.training_class).filter(pk__in=list(marks))
    enrolments = {e.pk: e for e in rows.select_related("person", "training_class")}
    if len(enrolments) < len(marks):
        raise Refused(
            N_("Cannot enter marks of %(title)s: %(count)d of the learners named are not in class %(code)s."),
            title=assessment.title,
            count=len(marks) - len(enrolments),
            code=assessment.training_class.code,
        )
    before = {
        m.enrolment_id: m
        for m in Mark.objects.select_for_update().filter(assessment=assessment, enrolment__in=enrolments)
    }
    if reasons := why_not(Standing(assessment, enrolments, before, seen or {}), marks, source=source):
        raise MarksRefused(reasons)
    from_exam = source.startswith(FROM_EXAM)
    given = {
        pk: value
        for pk, value in marks.items()
        if value is not None
        and (
            pk not in before
            or before[pk].value != value
            or (from_exam and not before[pk].source.startswith(FROM_EXAM))
        )
    }
    Mark.objects.bulk_create(
        [
            Mark(enrolment_id=pk, assessment=assessment, value=value, at=at, by=by.actor_key, source=source)
            for pk, value in given.items()
        ],
        update_conflicts=True,
        unique_fields=["enrolment", "assessment"],
        update_fields=["value", "at", "by", "source"],
    )
    taken_back = [pk for pk in gone if pk in before]
    Mark.objects.filter(assessment=assessment, enrolment__in=taken_back).delete()
    about = {enrolments[pk].key: [str(before[pk].value) if pk in before else None, str(given[pk])] for pk in given}
    about |= {enrolments[pk].key: [str(before[pk].value), None] for pk in taken_back}
    if about:
        record(by=by, act="training.enter_marks", thing=assessment, about={"marks": about, "source": source})
    _judge_anew(by, assessment.training_class, [enrolments[pk] for pk in taken_back])
    return len(about)


def _judge_anew(by: Actor, training_class: TrainingClass, rows: Sequence[Enrolment]) -> None:
    """Takes a completion back from those who no longer fulfil the rule."""
    lost = [row.pk for row, outcome in judged([r for r in rows if r.completed_at]) if not outcome.complete]
    if lost:
        Enrolment.objects.filter(pk__in=lost).update(completed_at=None)
        about = {"completed": 0, "taken_back": len(lost)}
        record(by=by, act="training.decide_completion", thing=training_class, about=about)


@transaction.atomic
def hand_in(
    *,
    by: Actor,
    enrolment: Enrolment,
    assessment: Assessment,
    at: datetime,
    text: str = "",
    upload: Any = None,
    problem: str = "",
    first_step: str = "",
    by_when: date | None = None,
) -> Submission:
    """Hands in an assignment, or a plan for one's own office; handing in again replaces it until it is marked.

    An uploaded file is for whoever marks the class; the one it replaces is erased: nothing would lead to it any more,
    an erasure neither.
    """
    if assessment.training_class_id != enrolment.training_class_id or enrolment.withdrawn_at is not None:
        raise Refused(N_("Cannot hand in %(title)s: it belongs to a class you are not in."), title=assessment.title)
    if assessment.kind == Assessment.Kind.PLAN and not (problem.strip() and first_step.strip()):
        raise Refused(
            N_("Cannot hand in %(title)s: a plan needs the problem and the first step."), title=assessment.title
        )
    if assessment.kind == Assessment.Kind.ASSIGNMENT and not (text.strip() or upload):
        raise Refused(N_("Cannot hand in %(title)s: write something or add a file."), title=assessment.title)
    if Mark.objects.filter(enrolment=enrolment, assessment=assessment).exists():
        raise Refused(N_("Cannot hand in %(title)s again: it is already marked."), title=assessment.title)
    file = upload and _kept(by, upload, enrolment, assessment, at)
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


def _kept(by: Actor, upload: Any, enrolment: Enrolment, assessment: Assessment, at: datetime) -> File:
    Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)  # two at once come in turn
    before = Submission.objects.filter(enrolment=enrolment, assessment=assessment).select_related("file").first()
    if before and before.file:
        remove_content(before.file, at=at)
    return keep_file(
        by=by,
        name=upload.name,
        content=upload,
        unit=enrolment.training_class.unit,
        at=at,
        seen_with="training.mark_results",
    )


@transaction.atomic
def restore_marks(*, by: Actor, before: Mapping[tuple[int, int], Decimal | None], source: str, at: datetime) -> None:
    """Puts marks back to what they were before a list was applied, by (enrolment, assessment); None: no mark."""
    for (enrolment, assessment), value in before.items():
        marks = Mark.objects.filter(enrolment=enrolment, assessment=assessment)
        if value is None:
            marks.delete()
        else:
            marks.update(value=value, at=at, by=by.actor_key, source=source)
    record(by=by, act="training.restore_marks", thing=source, about={"marks": len(before)})


@transaction.atomic
def note_handed_in(
    *, by: Actor, papers: Sequence[tuple[int, int]], source: str, at: datetime
) -> dict[tuple[int, int], str]:
    """Notes what was handed in on paper, by (enrolment, assessment); the key of each note."""
    rows = Submission.objects.bulk_create(
        Submission(enrolment_id=enrolment, assessment_id=assessment, handed_in_at=at)
        for enrolment, assessment in papers
    )
    if rows:
        record(by=by, act="training.note_handed_in", thing=source, about={"papers": len(rows)})
    return {(row.enrolment_id, row.assessment_id): row.key for row in rows}


@transaction.atomic
def take_back_handed_in(*, by: Actor, keys: Sequence[str], source: str) -> None:
    """Takes back notes of `note_handed_in`; what the learner wrote or attached since stays."""
    bare = Submission.objects.filter(key__in=keys, text="", problem="", first_step="", file=None)
    gone, _ = bare.delete()
    if gone:
        record(by=by, act="training.take_back_handed_in", thing=source, about={"papers": gone})


def decide_programme(*, by: Actor, programme: Programme, at: datetime, anew: bool = False) -> int:
    """`decide_completion` for every class of a programme."""
    return sum(decide_completion(by=by, training_class=found, at=at, anew=anew) for found in programme.classes.all())


@transaction.atomic
def decide_completion(*, by: Actor, training_class: TrainingClass, at: datetime, anew: bool = False) -> int:
    """Marks as completed whoever fulfils the rule of the class now; how many were new.

    It counts from the end of the last meeting held, for that is the day the facts speak of; what is entered years
    later is still of that day. Nobody loses a completion already given, unless `anew` says so because a list was
    taken back; whoever holds a certificate keeps it even then.
    """
    TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    weighed = outcomes(training_class)
    done = [row.pk for row, outcome in weighed if outcome.complete and row.completed_at is None]
    undone = [row.pk for row, outcome in weighed if not outcome.complete and row.completed_at] if anew else []
    if undone:
        certified = Certificate.objects.filter(enrolment=OuterRef("pk"), revoked_on=None)
        Enrolment.objects.filter(~Exists(certified), pk__in=undone).update(completed_at=None)
    if done:
        held = training_class.meetings.filter(gathering__held=True)
        last = held.aggregate(last=Max("during__endswith"))["last"]
        Enrolment.objects.filter(pk__in=done).update(completed_at=min(at, last) if last else at)
    if done or undone:
        about = {"completed": len(done), "taken_back": len(undone)}
        record(by=by, act="training.decide_completion", thing=training_class, about=about)
    return len(done)


@transaction.atomic
def decide_when_over(*, by: Actor, training_class: TrainingClass, at: datetime) -> int:
    """`decide_completion` once every roll of the class is called, and not before. How many are new."""
    if training_class.meetings.filter(gathering__held=False).exists():
        return 0
    return decide_completion(by=by, training_class=training_class, at=at)
