"""What the learners of a class are told of its exams: one is set, or is not held after all. Each occasion once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from lantoa.exams.models import Sitting
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, cancel_notices, notify_all
from lantoa.training.actions.exams import add_joined, cancel_exam, hold_exam
from lantoa.training.models import ClassExam


@transaction.atomic
def hold_and_tell(*, by: Actor, at: datetime, **said: Any) -> ClassExam:
    """`hold_exam`, and everybody on its list is told."""
    exam = hold_exam(by=by, at=at, **said)
    _tell_all(by, exam, at)
    return exam


@transaction.atomic
def add_joined_and_tell(*, by: Actor, exam: ClassExam, at: datetime) -> int:
    """`add_joined`, and those who were not told before are."""
    added = add_joined(by=by, exam=exam, at=at)
    _tell_all(by, exam, at)
    return added


@transaction.atomic
def cancel_and_tell(*, by: Actor, exam: ClassExam, at: datetime) -> None:
    """`cancel_exam`; what waits to be said of it is taken back, and everybody who was on its list is told."""
    people = [row.person for row in exam.sitting.sat.select_related("person").order_by("pk")]
    cancel_notices(by=by, about=thing_key(exam), at=at)
    values = {
        "class": exam.training_class.code,
        "title": exam.sitting.title,
        "link": reverse("training:me"),
    }
    template = "training.exam_cancelled"
    notify_all(
        by=by,
        template=template,
        unit=exam.training_class.unit,
        letters=[
            Letter(once=f"{template}:{exam.key}:{one.key}", person=one, values=values, about=thing_key(exam))
            for one in people
        ],
        at=at,
    )
    cancel_exam(by=by, exam=exam)


def _tell_all(by: Actor, exam: ClassExam, at: datetime) -> None:
    name, hours = _hours(exam.sitting)
    template = f"training.{name}"
    values = {
        "class": exam.training_class.code,
        "title": exam.sitting.title,
        "minutes": exam.sitting.minutes,
        **hours,
    }
    rows = exam.sitting.sat.filter(number=1).select_related("person").order_by("pk")
    notify_all(
        by=by,
        template=template,
        unit=exam.training_class.unit,
        letters=[
            Letter(
                once=f"{template}:{exam.key}:{row.person.key}",
                person=row.person,
                values={**values, "link": reverse("exams:my_exam", args=[row.key])},
                about=thing_key(exam),
            )
            for row in rows
        ],
        at=at,
        good_until=exam.sitting.times().last_start(),
    )


def _hours(sitting: Sitting) -> tuple[str, dict[str, Any]]:
    """Which of the letters, and the hours it names."""
    if not sitting.together:
        return "exam_between", {"when": sitting.starts_at, "until": sitting.closes_at}
    if sitting.starts_at is not None:
        return "exam_at", {"when": sitting.starts_at}
    return "exam_set", {}
