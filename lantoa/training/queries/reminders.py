"""What people are reminded of on a day: meetings of tomorrow, classes about to begin, assignments about to be due."""

from datetime import date, timedelta

from django.db.models import Exists, Min, OuterRef, QuerySet

from lantoa.common.days import begins
from lantoa.training.models import Assessment, Enrolment, Meeting, Submission, TrainingClass

BEGINS_WITHIN = timedelta(days=3)  # a class that begins tomorrow is told as a meeting of tomorrow
DUE_WITHIN = timedelta(days=2)
DAY = timedelta(days=1)


def meetings_after(day: date) -> "QuerySet[Meeting]":
    """The meetings of the day after, in the order of their ids."""
    first, last = begins(day + DAY), begins(day + DAY + DAY)
    found = Meeting.objects.filter(during__startswith__gte=first, during__startswith__lt=last)
    return found.select_related("training_class__unit", "topic", "room", "lecturer").order_by("id")


def classes_beginning(day: date) -> "QuerySet[TrainingClass]":
    """The classes whose first meeting is two or three days ahead; each with `begins`, that meeting's start."""
    return (
        TrainingClass.objects.annotate(begins=Min("meetings__during__startswith"))
        .filter(begins__gte=begins(day + 2 * DAY), begins__lt=begins(day + BEGINS_WITHIN + DAY))
        .select_related("unit", "course")
        .order_by("id")
    )


def assessments_due(day: date) -> "QuerySet[Assessment]":
    """What must be handed in today or in the two days to come, tests aside."""
    return (
        Assessment.objects.filter(due_on__gte=day, due_on__lte=day + DUE_WITHIN)
        .exclude(kind=Assessment.Kind.TEST)
        .select_related("training_class__unit")
        .order_by("id")
    )


def learners_of(training_class: TrainingClass) -> "QuerySet[Enrolment]":
    """Those who are in the class now."""
    return Enrolment.objects.filter(training_class=training_class, withdrawn_at=None).select_related("person")


def without_submission(assessment: Assessment) -> "QuerySet[Enrolment]":
    """Those in the class who have not handed it in."""
    handed_in = Submission.objects.filter(assessment=assessment, enrolment=OuterRef("pk"))
    return learners_of(assessment.training_class).filter(~Exists(handed_in))


def where(meeting: Meeting) -> str:
    """Where a meeting is: its room, the place of the class, or the address of an online class."""
    found = meeting.training_class
    return (meeting.room.name if meeting.room else "") or found.place or found.online_url
