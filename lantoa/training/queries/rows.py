"""The rows behind every number of a programme: people, meetings, lines of presence, as of a day.

A number on a page and the list it opens come from the same function here, so they cannot differ.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, JSONArray, JSONObject

from lantoa.common.days import ends
from lantoa.directory.models import UnitQuerySet
from lantoa.directory.queries.people import people_in as people_with_posts
from lantoa.presence.models import Attendance
from lantoa.programmes.models import Programme
from lantoa.training.models import Assessment, Certificate, Enrolment, Meeting, TrainingClass

Rows = TypeVar("Rows", bound="QuerySet[Any]")

PEOPLE_STATES = ("completed", "certified", "under_way", "missing", "withdrawn")
MEETING_STATES = ("held", "late", "coming")
PRESENCE_STATES = tuple(Attendance.State.values)
NO_LINE = Attendance.State.ABSENT.value  # whoever has no line in a roll that is complete
LINE = "person__attendance"  # from an enrolment to the lines of its person, in whatever class


class AsOf:
    """What is said as of a day, and while the day is running by now."""

    on: date
    now: datetime | None  # when the day looked at is still running: what is over by now, not by its end

    @property
    def over_by(self) -> datetime:
        """What ended by this moment is over: the end of the day, or now while the day is running."""
        return min(self.now, self.end_of_day) if self.now else self.end_of_day

    @property
    def end_of_day(self) -> datetime:
        """The first moment after the day: what happened before it counts."""
        return ends(self.on)


@dataclass(frozen=True)
class Day(AsOf):
    """A day, whatever the programme."""

    on: date
    now: datetime | None = None


@dataclass(frozen=True)
class Choice(AsOf):
    """What is looked at: a programme as of a day, and perhaps one class, one unit, one state, a name."""

    programme: Programme
    on: date
    class_code: str = ""
    unit_key: str = ""
    state: str = ""
    name: str = ""
    now: datetime | None = None

    def but(self, **changes: Any) -> "Choice":
        """The same choice with some of it changed."""
        return replace(self, **changes)

    @property
    def query(self) -> str:
        """The choice as the query of an address, so that a link is the view."""
        chosen = {
            "on": self.on.isoformat(),
            "class": self.class_code,
            "unit": self.unit_key,
            "state": self.state,
            "name": self.name,
        }
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def naming_day(self) -> date:
        """The day whose names of units count: the day looked at, but no later than the programme's last. A class of
        2020 lists the wards of 2020, whatever became of them."""
        last: date = self.programme.period.upper - timedelta(days=1)
        return min(self.on, last)


def people(choice: Choice) -> QuerySet[Enrolment]:
    """Enrolments as of the day, in the order of Vietnamese names."""
    end = choice.end_of_day
    rows = Enrolment.objects.filter(training_class__programme=choice.programme, enrolled_at__lt=end)
    rows = rows.filter(withdrawn_at__lt=end) if choice.state == "withdrawn" else rows.filter(running(choice))
    rows = _of(rows, choice, class_path="training_class__code", unit_path="unit__key")
    if choice.state and (which := people_in(choice).get(choice.state)):
        rows = rows.filter(which)
    if choice.name:
        rows = rows.filter(person__folded__contains=choice.name)
    return rows.order_by("person__sort_key", "id")


def people_in(choice: AsOf) -> dict[str, Q]:
    """Which enrolments are in which state on the day; lists filter by it and the overview counts by it. Under way:
    a meeting of the class is still to come, or the day of something that its rule asks for is not over."""
    completed = Q(completed_at__isnull=False, completed_at__lt=choice.end_of_day)
    meetings = Meeting.objects.filter(during__endswith__gt=choice.over_by)
    same = {"training_class": OuterRef("training_class")}
    goes_on = Q(Exists(meetings.filter(**same))) | Q(Exists(_to_be_done(choice).filter(**same)))
    return {
        "completed": completed,
        "certified": Q(Exists(_certificates(choice).filter(enrolment=OuterRef("pk")))),
        "under_way": ~completed & goes_on,
        "missing": ~completed & ~goes_on,
    }


def under_way(choice: AsOf) -> "ExpressionWrapper[Q]":
    """For each row of enrolments: whether it is under way."""
    return ExpressionWrapper(people_in(choice)["under_way"], output_field=BooleanField())


def running(choice: AsOf) -> Q:
    """Enrolments that ran at the end of the day."""
    end = choice.end_of_day
    return Q(Q(withdrawn_at=None) | Q(withdrawn_at__gte=end), enrolled_at__lt=end)


def meetings(choice: Choice) -> QuerySet[Meeting]:
    """Meetings by time. Held: over, and the roll is complete; late: over, the roll not called."""
    rows = Meeting.objects.filter(training_class__programme=choice.programme)
    rows = _of(rows, choice, class_path="training_class__code")
    if which := meetings_in(choice).get(choice.state):
        rows = rows.filter(which)
    return rows.order_by(F("during").asc(), "training_class__code")


def meetings_in(choice: Choice) -> dict[str, Q]:
    """Which meetings are in which state on the day."""
    over = Q(during__endswith__lte=choice.over_by)
    return {
        "held": over & Q(gathering__held=True),
        "late": over & Q(gathering__held=False),
        "coming": ~over,
    }


def presence(choice: Choice) -> QuerySet[Enrolment]:
    """Each learner of the day at each meeting held of their class: enrolments with the `during` of the meeting, the
    `state` and `share` of presence, and `how` they were marked: None where the roll has no line of them, which is
    absence (rules/attendance)."""
    rows = people(choice.but(state="", name="")).filter(
        training_class__meetings__gathering__held=True,
        training_class__meetings__during__endswith__lte=choice.over_by,
    )
    rows = rows.annotate(
        during=F("training_class__meetings__during"), gathering=F("training_class__meetings__gathering")
    )
    line = Attendance.objects.filter(gathering=OuterRef("gathering"), person=OuterRef("person"))
    if choice.state == NO_LINE:
        rows = rows.filter(~Exists(line.exclude(state=NO_LINE)))
    elif choice.state:
        rows = rows.filter(Exists(line.filter(state=choice.state)))
    rows = rows.annotate(
        state=Coalesce(Subquery(line.values("state")), Value(NO_LINE)),
        share=Coalesce(Subquery(line.values("share")), Value(Decimal(0))),
        how=Subquery(line.values("how")),
    )
    return rows.order_by("during", "person__sort_key", "id")


def rolls(choice: Choice) -> QuerySet[Enrolment]:
    """The lines that the rolls of those meetings have of those people (`LINE`), each with the enrolment."""
    held = {
        "gathering__meeting__training_class": F("training_class"),
        "gathering__held": True,
        "gathering__meeting__during__endswith__lte": choice.over_by,
    }
    return people(choice.but(state="", name="")).filter(**{f"{LINE}__{name}": value for name, value in held.items()})


def people_to_enrol(training_class: TrainingClass, name: str, *, within: UnitQuerySet, on: date) -> QuerySet[Any]:
    """People of that name with a post in one of the units on that day, who are not in the class. Each has
    `posts_now`, their posts of that day, and `found`, how many there are."""
    inside = Enrolment.objects.filter(training_class=training_class, withdrawn_at=None).values("person")
    found = people_with_posts(within, on=on, text=name).exclude(pk__in=inside)
    return found.annotate(found=Window(Count("pk")))


def _to_be_done(choice: AsOf) -> QuerySet[Assessment]:
    """What the rule of its class asks for and can still be done in time: its day, or the hours of its exam."""
    marks, rule = JSONArray(JSONObject(assessment="code")), "training_class__rule__contains"
    asked = Q((rule, JSONObject(marks=marks))) | Q((rule, JSONObject(handed_in=JSONArray("code"))))
    hours = Q(exams__sitting__starts_at__gt=choice.over_by) | Q(exams__sitting__closes_at__gt=choice.over_by)
    return Assessment.objects.filter(asked, Q(due_on__gte=choice.on) | hours)


def _certificates(choice: AsOf) -> QuerySet[Certificate]:
    valid = Q(revoked_on=None) | Q(revoked_on__gt=choice.on)
    return Certificate.objects.filter(valid, issued_on__lte=choice.on)


def _of(rows: Rows, choice: Choice, *, class_path: str, unit_path: str = "") -> Rows:
    if choice.class_code:
        rows = rows.filter(**{class_path: choice.class_code})
    if choice.unit_key and unit_path:
        rows = rows.filter(**{unit_path: choice.unit_key})
    return rows
