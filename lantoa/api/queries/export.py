"""The rows of a table of the data dictionary, as far as they are in care."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from lantoa.api.rules.dictionary import Table
from lantoa.competence.models import Topic
from lantoa.directory.models import Person, Placement, Post, UnitQuerySet
from lantoa.directory.queries import those_in_care
from lantoa.pilots.models import Adoption, Measure, Pilot, PlaybookVersion, Reading, StepDone
from lantoa.presence.models import Attendance
from lantoa.programmes.models import Measurement, Milestone, Programme, Target
from lantoa.readiness.models import Campaign, Result
from lantoa.readiness.queries.campaigns import campaigns_in
from lantoa.training.models import Certificate, Enrolment, Mark, Meeting, TrainingClass

CHUNK = 5_000
Rows = Callable[[UnitQuerySet, date], "QuerySet[Any]"]


def _people(care: UnitQuerySet, on: date) -> "QuerySet[Person]":
    """By the rule of a person's page: their posts that run decide, and when none runs, all of them."""
    candidates = Person.objects.filter(posts__unit__in=care).values_list("pk", flat=True).distinct()
    return Person.objects.filter(pk__in=those_in_care(candidates, care, on=on))


def _campaigns(care: UnitQuerySet) -> "QuerySet[Campaign]":
    """Those that units in care hold or are asked by, from their publication on: as the page of results has it."""
    rows = Campaign.objects.filter(pk__in=campaigns_in(care).values("pk"))
    return rows.filter(state=Campaign.State.PUBLISHED)


def _adoptions(care: UnitQuerySet) -> "QuerySet[Adoption]":
    return Adoption.objects.filter(Q(unit__in=care) | Q(spread__unit__in=care))


ROWS: dict[str, Rows] = {
    "units": lambda care, on: Placement.objects.all(),  # units are no secret
    "people": _people,
    "posts": lambda care, on: Post.objects.filter(person__in=_people(care, on)),
    "programmes": lambda care, on: Programme.objects.filter(unit__in=care),
    "topics": lambda care, on: Topic.objects.filter(course__unit__in=care),
    "classes": lambda care, on: TrainingClass.objects.filter(unit__in=care),
    "meetings": lambda care, on: Meeting.objects.filter(training_class__unit__in=care),
    "enrolments": lambda care, on: Enrolment.objects.filter(training_class__unit__in=care),
    "marks": lambda care, on: Mark.objects.filter(enrolment__training_class__unit__in=care),
    "certificates": lambda care, on: Certificate.objects.filter(enrolment__training_class__unit__in=care),
    "targets": lambda care, on: Target.objects.filter(unit__in=care),
    "milestones": lambda care, on: Milestone.objects.filter(target__unit__in=care),
    "measurements": lambda care, on: Measurement.objects.filter(target__unit__in=care),
    "campaigns": lambda care, on: _campaigns(care),
    "results": lambda care, on: Result.objects.filter(campaign__in=_campaigns(care)),
    "pilots": lambda care, on: Pilot.objects.filter(unit__in=care),
    "measures": lambda care, on: Measure.objects.filter(pilot__unit__in=care),
    "readings": lambda care, on: Reading.objects.filter(measure__pilot__unit__in=care),
    "playbooks": lambda care, on: PlaybookVersion.objects.filter(playbook__unit__in=care),
    "adoptions": lambda care, on: _adoptions(care),
    "steps_done": lambda care, on: StepDone.objects.filter(adoption__in=_adoptions(care)),
    "attendance": lambda care, on: Attendance.objects.filter(gathering__meeting__training_class__unit__in=care),
}


def rows_of(table: Table, care: UnitQuerySet, *, on: date) -> Iterator[tuple[Any, ...]]:
    """The rows in the order of entry, each with the values of the columns in their order."""
    found = ROWS[table.name](care, on).order_by("pk")
    yield from found.values_list(*(column.path for column in table.columns)).iterator(chunk_size=CHUNK)


def count_of(table: Table, care: UnitQuerySet, *, on: date) -> int:
    """How many `rows_of` has."""
    return ROWS[table.name](care, on).count()
