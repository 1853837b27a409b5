"""The year ahead of a unit and of a person: classes, meetings, calls; and who is called twice within a week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone

from lantoa.directory.models import Person, Post
from lantoa.training.models import Asked, Enrolment, Meeting, Nomination, TrainingClass
from lantoa.training.queries.calls import counted
from lantoa.training.queries.notes import engagements
from lantoa.training.rules.year import Engagement, Pair, twice_in_a_week, weeks

YEAR = timedelta(days=365)
OPEN = {"state__in": ("placed", "waiting"), "call__closed_at": None}  # nominated, and not decided yet

CALLED_BY_SEVERAL = """
    WITH mine AS (
        SELECT DISTINCT person_id FROM directory_post WHERE unit_id = ANY(%s::bigint[]) AND period @> %s::date
    ), coming AS (
        SELECT DISTINCT training_class_id FROM training_meeting WHERE during && tstzrange(%s, %s)
    ), expected AS (
        SELECT e.person_id, e.training_class_id FROM training_enrolment e WHERE e.withdrawn_at IS NULL
        UNION
        SELECT n.person_id, c.training_class_id FROM training_nomination n JOIN training_call c ON c.id = n.call_id
         WHERE n.state IN ('placed', 'waiting') AND c.closed_at IS NULL
        UNION
        SELECT m.lecturer_id, m.training_class_id FROM training_meeting m WHERE m.during && tstzrange(%s, %s)
    )
    SELECT expected.person_id FROM expected JOIN mine USING (person_id) JOIN coming USING (training_class_id)
     GROUP BY expected.person_id HAVING count(*) > 1
"""


@dataclass(frozen=True)
class Ahead:
    """A year from the first moment of a day on."""

    on: date

    @property
    def span(self) -> tuple[datetime, datetime]:
        start, end = (datetime.combine(day, time.min) for day in (self.on, self.on + YEAR))
        return timezone.make_aware(start), timezone.make_aware(end)


@dataclass(frozen=True)
class Week:
    """A week in which a class meets that people of the unit are in (`people`) or nominated for (`nominated`)."""

    monday: date
    training_class: TrainingClass
    days: list[date]
    people: int
    nominated: int


@dataclass(frozen=True)
class Twice:
    """A person called twice within a week, and by what; a week is named once."""

    person: Person
    before: Engagement
    after: Engagement


def weeks_of(units: Sequence[int], ahead: Ahead) -> list[Week]:
    """The weeks and classes that await the people of these units (ids). Three queries."""
    people = dict(_learning(units, ahead).values_list("training_class").annotate(Count("person", distinct=True)))
    called = dict(_called(units, ahead).values_list("call__training_class").annotate(Count("person", distinct=True)))
    start, end = ahead.span
    meetings = Meeting.objects.filter(
        training_class__in={*people, *called}, during__endswith__gt=start, during__startswith__lt=end
    ).select_related("training_class__course")
    classes: dict[str, TrainingClass] = {}
    days: dict[str, list[date]] = {}
    for meeting in meetings:
        classes[meeting.training_class.key] = meeting.training_class
        days.setdefault(meeting.training_class.key, []).append(timezone.localdate(meeting.during.lower))
    return [
        Week(monday, classes[key], of_week, people.get(classes[key].pk, 0), called.get(classes[key].pk, 0))
        for (monday, key), of_week in weeks(days).items()
    ]


def people_of_class(units: Sequence[int], ahead: Ahead, class_key: str) -> list[tuple[Person, bool]]:
    """Whom a number of `weeks_of` counted: the unit's people in a class, and those nominated for it (True)."""
    inside = _learning(units, ahead).filter(training_class__key=class_key).values_list("person", flat=True)
    called = _called(units, ahead).filter(call__training_class__key=class_key).values_list("person", flat=True)
    return [
        (person, nominated)
        for ids, nominated in ((list(inside), False), (list(called), True))
        for person in Person.objects.filter(pk__in=ids).order_by("sort_key", "pk")
    ]


def calls_to(units: Sequence[int], ahead: Ahead) -> list[Any]:
    """The open calls that ask these units (ids), with answers due in the year, counted."""
    asked = counted(Asked.objects.filter(unit__in=units, call__closed_at=None))
    return list(
        asked.filter(until__gte=ahead.on, until__lt=ahead.on + YEAR)
        .select_related("call", "unit")
        .order_by("until", "pk")
    )


def called_twice(units: Sequence[int], ahead: Ahead) -> list[Twice]:
    """Who of these units (ids) is called twice within a week, in the order of time. Five queries."""
    start, end = ahead.span
    with connection.cursor() as cursor:
        cursor.execute(CALLED_BY_SEVERAL, [list(units), ahead.on, start, end, start, end])
        ids = [row[0] for row in cursor.fetchall()]
    expected = engagements(ids, since=start, until=end) if ids else {}
    people = Person.objects.in_bulk(list(expected))
    found = [
        Twice(people[pk], *pair)
        for pk, by_why in expected.items()
        for pair in once_a_week(twice_in_a_week(one for of_kind in by_why.values() for one in of_kind))
    ]
    return sorted(found, key=lambda one: (one.before.starts, one.person.sort_key))


def once_a_week(pairs: Sequence[Pair]) -> list[Pair]:
    """Of the pairs of one person only the first of each week of the second call."""
    first: dict[tuple[int, int], Pair] = {}
    for pair in pairs:
        year, week, _day = pair[1].day.isocalendar()
        first.setdefault((year, week), pair)
    return list(first.values())


@dataclass(frozen=True)
class Expected:
    """One line of a person's year: why (learns, teaches, nominated), where, and whether it is the second call of a
    week."""

    why: str
    what: Engagement
    training_class: TrainingClass
    after: Engagement | None = None


def year_of(person: Person, ahead: Ahead) -> list[Expected]:
    """What awaits a person, in the order of time. Four queries."""
    start, end = ahead.span
    by_why = engagements([person.pk], since=start, until=end).get(person.pk, {})
    every = [(why, one) for why, of_kind in by_why.items() for one in of_kind]
    classes = TrainingClass.objects.select_related("course").in_bulk(
        list({one.source for _why, one in every}), field_name="key"
    )
    second = {(after.source, after.starts): before for before, after in twice_in_a_week(one for _why, one in every)}
    return [
        Expected(why, one, classes[one.source], second.get((one.source, one.starts)))
        for why, one in sorted(every, key=lambda pair: (pair[1].starts, pair[1].source))
    ]


def open_nominations(person: Person) -> "QuerySet[Nomination]":
    """The calls a person is nominated for and that have not decided yet."""
    return Nomination.objects.filter(person=person, **OPEN).select_related("call__training_class").order_by("pk")


def _learning(units: Sequence[int], ahead: Ahead) -> "QuerySet[Enrolment]":
    return Enrolment.objects.filter(person__in=_people(units, ahead), withdrawn_at=None).order_by()


def _called(units: Sequence[int], ahead: Ahead) -> "QuerySet[Nomination]":
    rows = Nomination.objects.filter(person__in=_people(units, ahead), **OPEN)
    return rows.filter(call__training_class__isnull=False).order_by()


def _people(units: Sequence[int], ahead: Ahead) -> "QuerySet[Post, Any]":
    return Post.objects.filter(unit__in=units, period__contains=ahead.on).values("person")
