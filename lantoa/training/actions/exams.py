"""A class holds an exam: it asks the room below for a sitting of its people, and takes the results as its marks."""

from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.exams.actions.asked import add_people, told_of_results
from lantoa.exams.actions.listing import remove_sitting
from lantoa.exams.actions.sittings import make_sitting
from lantoa.exams.models import Paper, Sitting
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.training.actions.classes import enrolled
from lantoa.training.actions.results import decide_when_over, enter_marks
from lantoa.training.models import Assessment, ClassExam, TrainingClass
from lantoa.training.queries.exams import FROM_EXAM, marks_from_exams
from lantoa.training.rules.exams import COUNTING

KIND = "training.exam"


@transaction.atomic
def hold_exam(
    *,
    by: Actor,
    training_class: TrainingClass,
    paper: Paper,
    title: str,
    purpose: str,
    minutes: int,
    at: datetime,
    assessment: Assessment | None = None,
    together: bool = True,
    starts_at: datetime | None = None,
    closes_at: datetime | None = None,
    late_minutes: int = 24 * 60,
    attempts: int = 1,
    counts: str = "best",
) -> ClassExam:
    """An exam for everybody in the class. With an assessment its results become marks of the class once published."""
    code = training_class.code
    if assessment is not None and purpose not in COUNTING:
        raise Refused(
            N_("Cannot hold exam %(title)s in class %(code)s: a pre-test and a practice test give no mark."),
            title=title,
            code=code,
        )
    if assessment is None and purpose == ClassExam.Purpose.TEST:
        raise Refused(
            N_("Cannot hold exam %(title)s in class %(code)s: say which test of the class it gives the mark for."),
            title=title,
            code=code,
        )
    if assessment is not None and (
        assessment.training_class_id != training_class.pk or assessment.kind != Assessment.Kind.TEST
    ):
        raise Refused(
            N_("Cannot hold exam %(title)s in class %(code)s: %(assessment)s is no test of this class."),
            title=title,
            code=code,
            assessment=assessment.title,
        )
    exam = ClassExam(training_class=training_class, purpose=purpose, assessment=assessment)
    exam.sitting = make_sitting(
        by=by,
        unit=training_class.unit,
        paper=paper,
        title=title,
        people=_learners(training_class),
        minutes=minutes,
        at=at,
        together=together,
        starts_at=starts_at,
        closes_at=closes_at,
        late_minutes=late_minutes,
        attempts=attempts,
        counts=counts,
        source=f"{KIND}:{exam.key}",
    )
    exam.save()
    about = {"exam": exam.key, "sitting": exam.sitting.key, "purpose": purpose}
    record(
        by=by,
        act="training.hold_exam",
        thing=training_class,
        about=about | ({"assessment": assessment.key} if assessment else {}),
    )
    return exam


@transaction.atomic
def add_joined(*, by: Actor, exam: ClassExam, at: datetime) -> int:
    """Puts those who joined the class since on the list of the exam; how many were added."""
    return add_people(by=by, sitting=exam.sitting, people=_learners(exam.training_class), at=at)


@transaction.atomic
def cancel_exam(*, by: Actor, exam: ClassExam) -> None:
    """The class does not hold it after all; refused once somebody has started it."""
    sitting, source = exam.sitting, f"{KIND}:{exam.key}"
    about = {"exam": exam.key, "sitting": sitting.key, "purpose": exam.purpose}
    record(by=by, act="training.cancel_exam", thing=exam.training_class, about=about)
    exam.delete()
    remove_sitting(by=by, sitting=sitting, source=source)


def _learners(training_class: TrainingClass) -> list[Person]:
    rows = enrolled(training_class).select_related("person").order_by("person__sort_key", "id")
    return [row.person for row in rows]


@told_of_results(KIND)
@transaction.atomic
def take_marks(*, by: Actor, sitting: Sitting, at: datetime) -> None:
    """Enters the published results as marks of the class, and decides anew who has completed it.

    What stood there before gives way and stays readable in the ledger, as with every mark.
    """
    exam = ClassExam.objects.select_related("assessment", "training_class").get(sitting=sitting)
    if exam.assessment is None:
        return
    Assessment.objects.select_for_update(no_key=True).get(pk=exam.assessment.pk)  # then: what others have committed
    source = f"{FROM_EXAM}{sitting.key}"
    enter_marks(by=by, assessment=exam.assessment, marks=marks_from_exams(exam.assessment), source=source, at=at)
    decide_when_over(by=by, training_class=exam.training_class, at=at)
