"""What is asked of whom, and what may be told of the answers (see rules.feedback.telling)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantoa.directory.models import Person
from lantoa.presence.models import Attendance
from lantoa.programmes.models import Programme
from lantoa.training.models import AnswerGiven, AskedForm, Enrolment, FeedbackForm, Meeting, Survey, TrainingClass
from lantoa.training.rules.feedback.form import Question
from lantoa.training.rules.feedback.occasions import REMIND_AHEAD, Occasion, is_due, moments
from lantoa.training.rules.feedback.telling import Box, told

# ---- words


def words_of_value(question: Question, value: str) -> str:
    """An answer as it is read: `5`, `yes`, `about right`."""
    if question.kind == "yesno":
        return _("yes") if value == "yes" else _("no")
    return next((one.words.in_(get_language() or "vi") for one in question.choices if one.code == value), value)


# ---- asking


def newest_forms(programme: Programme) -> list[FeedbackForm]:
    """The newest version of each form of the programme's owner, by code."""
    rows = FeedbackForm.objects.filter(unit=programme.unit_id).order_by("code", "-version")
    return list(rows.distinct("code"))


def asked_forms(programme: Programme) -> dict[str, FeedbackForm]:
    """By occasion the form that the programme asks."""
    rows = AskedForm.objects.filter(programme=programme).select_related("form")
    return {row.occasion: row.form for row in rows}


@dataclass(frozen=True)
class ToOpen:
    """A survey that is due and not there yet."""

    training_class: TrainingClass
    occasion: Occasion
    form: FeedbackForm
    meeting: Meeting | None = None
    months: int = 0


def surveys_to_open(*, at: datetime, programme: Programme | None = None) -> list[ToOpen]:
    """What is to be asked at that moment, by programmes that ask at all. Five queries, however many."""
    on = timezone.localdate(at)
    asked = AskedForm.objects.select_related("form")
    if programme is not None:
        asked = asked.filter(programme=programme)
    forms = {(row.programme_id, row.occasion): row.form for row in asked}
    classes = (
        TrainingClass.objects.filter(programme__in={pk for pk, _occasion in forms})
        .annotate(ended=Max("meetings__during__endswith"))
        .filter(ended__lte=at)
        .order_by("pk")
    )
    there = set(Survey.objects.filter(meeting=None).values_list("training_class", "occasion", "months"))
    found = [
        ToOpen(one, occasion, form, months=months)
        for one in classes
        for occasion in (Occasion.COURSE, Occasion.LEARNER, Occasion.SUPERIOR)
        if (form := forms.get((one.programme_id, occasion.value)))
        for months in moments(occasion)
        if (one.pk, occasion.value, months) not in there and is_due(timezone.localdate(one.ended), months, on=on)
    ]
    meetings = (
        Meeting.objects.filter(
            training_class__programme__in={pk for pk, occasion in forms if occasion == Occasion.MEETING},
            during__endswith__lte=at,
            gathering__held=True,
            survey=None,
        )
        .select_related("training_class")
        .order_by("pk")
    )
    for meeting in meetings:
        if is_due(timezone.localdate(meeting.during.upper), 0, on=on):
            form = forms[meeting.training_class.programme_id, Occasion.MEETING.value]
            found.append(ToOpen(meeting.training_class, Occasion.MEETING, form, meeting))
    return found


def asked(survey: Survey) -> "QuerySet[Person]":
    """Those of whom (of a superior's form: about whom) the survey asks."""
    if survey.meeting_id is not None:
        there = Attendance.objects.filter(gathering__meeting=survey.meeting_id, share__gt=0)
        return Person.objects.filter(pk__in=there.values("person"))
    rows = Enrolment.objects.filter(training_class=survey.training_class_id, withdrawn_at=None)
    if survey.occasion != Occasion.COURSE:
        rows = rows.filter(completed_at__isnull=False)
    return Person.objects.filter(pk__in=rows.values("person"))


def asked_of(person: Person, *, on: date) -> list[Survey]:
    """The surveys that wait for this person's own answer on that day. One query."""
    there = Attendance.objects.filter(gathering__meeting=OuterRef("meeting"), person=person, share__gt=0)
    inside = Enrolment.objects.filter(training_class=OuterRef("training_class"), person=person, withdrawn_at=None)
    given = AnswerGiven.objects.filter(survey=OuterRef("pk"), person=person)
    rows = Survey.objects.filter(
        Q(Exists(there), occasion=Occasion.MEETING)
        | Q(Exists(inside), occasion=Occasion.COURSE)
        | Q(Exists(inside.filter(completed_at__isnull=False)), occasion=Occasion.LEARNER),
        ~Exists(given),
        period__contains=on,
    )
    return list(rows.select_related("training_class", "meeting__topic", "form").order_by("period", "pk"))


def unanswered(survey: Survey) -> "QuerySet[Person]":
    """Those whom the survey asks and who have not answered, in the order of names."""
    given = AnswerGiven.objects.filter(survey=survey)
    return asked(survey).exclude(pk__in=given.values("person")).order_by("sort_key", "pk")


def running(*, on: date, programme: Programme | None = None) -> "QuerySet[Survey]":
    """The surveys that people can answer for themselves on that day; those of superiors have a page of their own."""
    rows = Survey.objects.filter(period__contains=on).exclude(occasion=Occasion.SUPERIOR)
    return rows if programme is None else rows.filter(training_class__programme=programme)


def counted(rows: "QuerySet[Survey]") -> list[Any]:
    """Surveys with `asks`, how many people they ask (see `asked`), and `answered`, how many of them did. One query,
    however many."""
    there = Attendance.objects.filter(gathering__meeting=OuterRef("meeting"), share__gt=0)
    inside = Enrolment.objects.filter(training_class=OuterRef("training_class"), withdrawn_at=None)

    def people(found: "QuerySet[Any]", group: str) -> Coalesce:
        grouped = found.order_by().values(group).annotate(n=Count("person", distinct=True)).values("n")
        return Coalesce(Subquery(grouped), 0)

    completed = people(inside.filter(completed_at__isnull=False), "training_class")
    asks = Case(
        When(occasion=Occasion.MEETING, then=people(there, "gathering")),
        When(occasion=Occasion.COURSE, then=people(inside, "training_class")),
        default=completed,
        output_field=IntegerField(),
    )
    return list(
        rows.select_related("training_class", "meeting__topic", "form")
        .annotate(asks=asks, answered=Count("given"))
        .order_by("period", "pk")
    )


def surveys_to_remind_of(*, on: date) -> "QuerySet[Survey]":
    """The running surveys whose last days have come, those begun today aside."""
    last = on + REMIND_AHEAD
    return (
        running(on=on).filter(period__endswith__lte=last, period__startswith__lt=on).select_related("training_class")
    )


# ---- telling


@dataclass(frozen=True)
class Series:
    """What is told together: one version of a form, on one occasion."""

    occasion: str
    months: int
    form: FeedbackForm

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return f"{self.occasion}-{self.months}-{self.form.key}"


@dataclass(frozen=True)
class Told:
    """The boxes of a series that may be told, and how much is withheld."""

    series: Series
    boxes: list[Box]
    open: int  # surveys that still run
    withheld: int  # surveys that have ended with too few answers
    answered: int  # how many answers the boxes hold


def surveys(programme: Programme, *, lecturer: Person | None = None) -> "QuerySet[Survey]":
    """The surveys of a programme; of a lecturer only those of their own meetings."""
    rows = Survey.objects.filter(training_class__programme=programme)
    if lecturer is not None:
        rows = rows.filter(meeting__lecturer=lecturer)
    return rows


def series_of(rows: "QuerySet[Survey]") -> list[Series]:
    """What can be told of these surveys: occasions in their order, within one the newest version first."""
    keys = set(rows.order_by().values_list("occasion", "months", "form").distinct())
    forms = FeedbackForm.objects.in_bulk({form for _occasion, _months, form in keys})
    order = list(Occasion)
    made = [Series(occasion, months, forms[form]) for occasion, months, form in keys]
    return sorted(
        made, key=lambda one: (order.index(Occasion(one.occasion)), one.months, one.form.code, -one.form.pk)
    )


def telling(rows: "QuerySet[Survey]", series: Series, *, on: date) -> Told:
    """What may be told of a series on that day. Four queries, however many surveys and answers."""
    chosen = rows.filter(occasion=series.occasion, months=series.months, form=series.form)
    found = list(
        chosen.select_related("training_class", "meeting__topic", "meeting__lecturer").order_by(
            "training_class__code", "meeting__during", "pk"
        )
    )
    ended = [one for one in found if one.period.upper <= on]
    answered = _answered(ended)
    questions = series.form.form.counted
    lecturers = _lecturers(found)
    counts = _counts(ended, questions)
    repeated = _repeated(ended)
    boxes = told(
        (
            Box(
                one.pk,
                _groups(one, lecturers),
                answered.get(one.pk, 0),
                counts[one.pk],
                voices=answered.get(one.pk, 0) - repeated.get(one.pk, 0),
            )
            for one in ended
        ),
        questions,
    )
    return Told(
        series,
        boxes,
        open=sum(1 for one in found if one.period.lower <= on < one.period.upper),
        withheld=len(ended) - len(boxes),
        answered=sum(box.answered for box in boxes),
    )


def _lecturers(found: Sequence[Survey]) -> dict[int, str]:
    """What each lecturer is called here; of two of one name each bears a part of their key."""
    people = {one.meeting.lecturer for one in found if one.meeting and one.meeting.lecturer}
    often = Counter(one.full_name for one in people)
    return {
        one.pk: one.full_name if often[one.full_name] == 1 else f"{one.full_name} ({one.key[:4]})" for one in people
    }


def _groups(survey: Survey, lecturers: Mapping[int, str]) -> dict[str, str]:
    groups = {"class": survey.training_class.code}
    if survey.meeting is not None:
        groups |= {
            "topic": survey.meeting.topic.title,
            "lecturer": lecturers.get(survey.meeting.lecturer_id or 0, ""),
        }
    return groups


ANSWERS = """
    SELECT survey_id, values, NULL::bigint AS person_id FROM training_answer WHERE survey_id = ANY(%s)
    UNION ALL SELECT survey_id, values, person_id FROM training_namedanswer WHERE survey_id = ANY(%s)
"""


def _answered(ended: Sequence[Survey]) -> dict[int, int]:
    ids = [one.pk for one in ended]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT survey_id, count(*) FROM ({ANSWERS}) a GROUP BY survey_id", [ids, ids])
        return dict(cursor.fetchall())


def _repeated(ended: Sequence[Survey]) -> dict[int, int]:
    """By survey how many answers a superior gave beside their first: five answers of one superior are one voice."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.survey_id, count(*) - count(DISTINCT a.superior_id) FROM training_superiorask a
                 JOIN training_answergiven g ON g.survey_id = a.survey_id AND g.person_id = a.person_id
                WHERE a.survey_id = ANY(%s) AND a.superior_id IS NOT NULL GROUP BY a.survey_id""",
            [[one.pk for one in ended]],
        )
        return dict(cursor.fetchall())


def _counts(ended: Sequence[Survey], questions: Sequence[Question]) -> dict[int, dict[str, dict[str, int]]]:
    """By survey and question how often each value was given, counted by the database."""
    ids = [one.pk for one in ended]
    counts: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT a.survey_id, q.key, q.value, count(*)
                  FROM ({ANSWERS}) a, jsonb_each_text(a.values) q WHERE q.key = ANY(%s) GROUP BY 1, 2, 3""",
            [ids, ids, [one.code for one in questions]],
        )
        for survey, code, value, count in cursor.fetchall():
            counts[survey][code][value] = count
    return counts


def _answered_in(box: Box, question: str, value: str) -> int:
    if not question:
        return box.answered
    return box.counts[question].get(value, 0) if value else sum(box.counts[question].values())


def narrowed(found: Told, *, by: str = "", group: str = "", question: str = "", value: str = "") -> Told:
    """Only the boxes of one class, topic or lecturer; only those that tell the question, counting who answered it
    (with that value, if one is given)."""
    boxes = [one for one in found.boxes if not by or one.groups.get(by, "") == group]
    if question:
        boxes = [one for one in boxes if question in one.counts]
    answered = sum(_answered_in(one, question, value) for one in boxes)
    return replace(found, boxes=boxes, answered=answered)


@dataclass(frozen=True)
class Row:
    """A single answer: its groups, by question its value ("" where it is withheld), and of a form with names whose
    it is."""

    groups: Mapping[str, str]
    values: list[str]
    name: str = ""


def rows_of(
    found: Told, *, question: str = "", value: str = "", first: int = 0, most: int | None = None
) -> list[Row]:
    """The single answers of the boxes that are told, without words, sorted by what they say: their order tells
    nothing. One query."""
    boxes = {box.id: box for box in found.boxes}
    ids = list(boxes)
    codes = [one.code for one in found.series.form.form.counted]
    # left out before the rows are sorted: else their order would tell of what is withheld
    withheld = [f"{box.id} {code}" for box in found.boxes for code in codes if code not in box.counts]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT a.survey_id, p.full_name, array(
                         SELECT CASE WHEN a.survey_id || ' ' || code = ANY(%s) THEN ''
                                     ELSE coalesce(a.values ->> code, '') END
                           FROM unnest(%s::text[]) WITH ORDINALITY AS c (code, place) ORDER BY place) AS said
                  FROM ({ANSWERS}) a LEFT JOIN directory_person p ON p.id = a.person_id
                 WHERE %s = '' OR (a.values ->> %s) = %s OR (%s = '' AND (a.values ->> %s) IS NOT NULL)
                 ORDER BY array_position(%s::bigint[], a.survey_id), said OFFSET %s LIMIT %s""",
            [withheld, codes, ids, ids, question, question, value, value, question, ids, first, most],
        )
        return [Row(boxes[survey].groups, said, name or "") for survey, name, said in cursor.fetchall()]


def words_of(found: Told, question: Question) -> list[tuple[Mapping[str, str], str]]:
    """What people wrote in answer to a question, by box, sorted by the text: (groups, text). One query."""
    boxes = {box.id: box for box in found.boxes}
    ids = list(boxes)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT a.survey_id, a.values ->> %s AS said FROM ({ANSWERS}) a WHERE a.values ->> %s IS NOT NULL
                 ORDER BY array_position(%s::bigint[], a.survey_id), said""",
            [question.code, ids, ids, question.code, ids],
        )
        return [(boxes[survey].groups, text) for survey, text in cursor.fetchall()]


def taught_programmes(lecturer: Person) -> "QuerySet[Programme]":
    """The programmes in which the lecturer's meetings were asked about, the latest first."""
    mine = Survey.objects.filter(meeting__lecturer=lecturer)
    return Programme.objects.filter(pk__in=mine.values("training_class__programme")).order_by("-period")
