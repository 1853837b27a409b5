"""What sittings tell: to the organiser who is where, to a marker what waits, to a candidate their own exams."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Greatest, Least

from lantoa.common.refused import N_
from lantoa.directory.models import Person, UnitQuerySet
from lantoa.exams.models import Answer, Attempt, HandedFile, Incident, Judgement, Sitting, Variant
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.queries.handed import arrived, file_of, may_come_until
from lantoa.exams.queries.log import Opinions, answers_that_count, log_of, verdicts_on
from lantoa.exams.rules.answers import PAPER, PLAIN_PAGE, fingerprint
from lantoa.exams.rules.content import MARKED_BY_PEOPLE
from lantoa.exams.rules.corrections import Correction, corrected
from lantoa.exams.rules.judging import State, Verdict, by_marker, scaled
from lantoa.exams.rules.marking import answered, points_of
from lantoa.office.models import Job

SILENT: Final = timedelta(minutes=5)
NOTED_WITHIN: Final = timedelta(seconds=50)  # that somebody was heard of is written once in this time
MOMENT = DateTimeField()
NOTHING_GIVEN: Final = Opinions([], Verdict(State.OPEN))
SHOWN: Final = {  # what the numbers of a sitting count, and the words beside them
    "people": N_("on the list"),
    "waiting": N_("have not started"),
    "started": N_("at work"),
    "silent": N_("silent for 5 minutes"),
    "handed_in": N_("handed in"),
    "late": N_("with late answers"),
    "incidents": N_("with incidents"),
    "marked": N_("marked"),
}


def find_sittings(units: UnitQuerySet) -> "QuerySet[Sitting]":
    """The sittings of these units with `people` and `done` (handed in), the newest first."""
    found = Sitting.objects.filter(unit__in=units).select_related("paper")
    return found.annotate(people=Count("sat"), done=Count("sat", filter=Q(sat__handed_in_at__isnull=False))).order_by(
        "-made_at", "-pk"
    )


def _time_over(sitting: Sitting) -> Any:
    """When the time of each attempt is over, as the database reckons it; the same as `rules.clock.Times.ends`."""
    times = sitting.times()
    extra = ExpressionWrapper(F("extra_minutes") * Value(timedelta(minutes=1)), output_field=DurationField())
    begins = times.begins()
    ends: Any
    if times.together and begins is None:
        ends = Cast(Value(None), MOMENT)
    elif times.together and begins is not None:
        ends = ExpressionWrapper(Value(begins + times.lasts) + extra, output_field=MOMENT)
    else:
        own = ExpressionWrapper(F("started_at") + Value(times.lasts), output_field=MOMENT)
        first = Least(own, Value(times.closes_at), output_field=MOMENT)
        ends = ExpressionWrapper(first + extra, output_field=MOMENT)
    return ends if times.ended_at is None else Least(ends, Value(times.ended_at), output_field=MOMENT)


def told(sitting: Sitting) -> "QuerySet[Attempt]":
    """The attempts with `time_over`, `heard_at` (the last answer, else the start), `late`, `noted`, and `plain`: the
    plain pages were used."""
    own = Answer.objects.filter(attempt=OuterRef("pk")).exclude(device=PAPER)
    last = own.order_by().values("attempt").annotate(last=Max("received_at")).values("last")
    answered: Any = Case(  # where nobody has noted it, the log is asked
        When(last_seen__answered_at__isnull=False, then=F("last_seen__answered_at")),
        When(started_at=None, then=None),
        default=Subquery(last),
        output_field=MOMENT,
    )
    return Attempt.objects.filter(sitting=sitting).annotate(
        time_over=_time_over(sitting),
        answered_at=answered,
        heard_at=Greatest("started_at", "answered_at", output_field=MOMENT),
        late=Case(
            When(Q(answered_at__gte=F("time_over")) | Q(answered_at__gt=F("handed_in_at")), then=True),
            default=False,
            output_field=BooleanField(),
        ),
        noted=Exists(Incident.objects.filter(attempt=OuterRef("pk"))),
        plain=Exists(own.filter(device=PLAIN_PAGE)),
    )


def which_of(at: datetime) -> Mapping[str, Q]:
    """The attempts (of `told`) behind each word of `SHOWN`."""
    working = Q(started_at__isnull=False, handed_in_at=None) & (Q(time_over=None) | Q(time_over__gt=at))
    return {
        "people": Q(),
        "waiting": Q(started_at=None),
        "started": working,
        "silent": working & Q(heard_at__lt=at - SILENT - NOTED_WITHIN),
        "handed_in": Q(handed_in_at__isnull=False),
        "late": Q(late=True) & (Q(late_taken_at=None) | Q(answered_at__gt=F("late_taken_at"))),
        "incidents": Q(noted=True),
        "marked": Q(marked_at__isnull=False),
    }


def count_rows(sitting: Sitting, *, at: datetime) -> dict[str, int]:
    """How many stand behind each word of `SHOWN`. One query."""
    counted = {f"n_{name}": Count("pk", filter=which) for name, which in which_of(at).items() if name != "people"}
    found = told(sitting).aggregate(n_people=Count("pk"), **counted)
    return {name: found[f"n_{name}"] for name in SHOWN}


def rows_of(sitting: Sitting, *, show: str, at: datetime) -> "QuerySet[Attempt]":
    """The attempts behind one of the numbers, with their people, in the order of Vietnamese lists."""
    found = (
        told(sitting)
        .filter(which_of(at)[show])
        .select_related("person", "variant")
        .defer("variant__content", "variant__keys")
    )
    return found.order_by("person__sort_key", "person__birth_year", "number", "pk")


def due_for_marking(sitting: Sitting, *, at: datetime) -> "QuerySet[Attempt]":
    """Those without points who handed in, or who started and whose time is over."""
    over = Q(handed_in_at__isnull=False) | Q(time_over__lte=at)
    found = Attempt.objects.filter(sitting=sitting, started_at__isnull=False, marked_at=None)
    return found.alias(time_over=_time_over(sitting)).filter(over).order_by("pk")


@dataclass(frozen=True)
class Unmarked:
    """An answer that waits for a person. Whose it is stands nowhere on it."""

    attempt: Attempt
    number: int
    question: Mapping[str, Any]
    answer: Any
    rubric: str
    criteria: Sequence[tuple[str, Decimal]]  # what is looked for, and what it gives at most
    most: Decimal
    fingerprint: str
    given: Sequence[Decimal] = ()  # by the two who are apart; shown to whoever decides only
    file: HandedFile | None = None  # where a file was asked for and has arrived

    def may_come(self, at: datetime) -> bool:
        """Whether it is a file that is not here and may still come."""
        until = may_come_until(self.attempt)
        return self.question["kind"] == "file" and self.file is None and (until is None or at < until)


def unmarked_answers(sitting: Sitting, *, most: int, reader: str = "", at: datetime | None = None) -> list[Unmarked]:
    """Answers that wait for this reader (their actor's key), of at most so many attempts, in an order that tells
    nobody's name. With two markers: those that fewer than two have marked, and this reader has not. Files that have
    not arrived and may still come (`at` this moment) are left out: they cannot be marked yet."""
    corrections = corrections_in([sitting.pk]).get(sitting.pk, {})
    own = Judgement.objects.filter(attempt__sitting=sitting, judged_by=reader) if reader else Judgement.objects.none()
    done: dict[int, set[str]] = defaultdict(set)
    for attempt, question in own.values_list("attempt", "question"):
        done[attempt].add(question)
    asked = {
        variant.pk: {
            one["id"]
            for one in variant.content
            if one["kind"] in MARKED_BY_PEOPLE
            and "given" not in corrected(variant.keys[one["id"]], corrections.get(one["id"]))
        }
        for variant in Variant.objects.filter(pk__in=sitting.sat.values("variant"))
    }
    waiting = sitting.sat.filter(unmarked__gt=0).order_by("key").values_list("pk", "variant", "late_taken_at")
    found: list[Unmarked] = []
    wanted = [pk for pk, variant, late in waiting if late is not None or asked[variant] - done[pk]]
    for start in range(0, len(wanted), most):
        for one, opinions in _by_people(sitting, wanted[start : start + most], corrections):
            markers = by_marker(opinions.given)
            if at is not None and one.may_come(at):
                continue
            if opinions.verdict.state is State.OPEN and reader not in markers and len(markers) < sitting.markers:
                found.append(one)
        if found:
            break
    return found


def answers_apart(sitting: Sitting, *, most: int, reader: str = "") -> list[Unmarked]:
    """Answers whose two markers are too far from each other, with what they gave but not who they are. None that
    this reader (their actor's key) has marked: neither of the two is shown what the other gave."""

    def wanted(one: Opinions) -> bool:
        return one.verdict.state is State.APART and reader not in by_marker(one.given)

    told = verdicts_on(Judgement.objects.filter(attempt__sitting=sitting, attempt__unmarked__gt=0))
    apart = [pk for pk, answers in told.items() if any(wanted(one) for one in answers.values())]
    keys = sitting.sat.filter(pk__in=apart).order_by("key").values_list("pk", flat=True)
    corrections = corrections_in([sitting.pk]).get(sitting.pk, {})
    return [
        replace(one, given=sorted(list(by_marker(opinions.given).values())[:2]))
        for one, opinions in _by_people(sitting, list(keys[:most]), corrections)
        if wanted(opinions)
    ]


def _by_people(
    sitting: Sitting, attempts: Sequence[int], corrections: Mapping[str, Correction]
) -> Iterator[tuple[Unmarked, Opinions]]:
    """The answers of these attempts that people mark and that count, with what was given for them."""
    rows = list(sitting.sat.filter(pk__in=attempts).select_related("variant", "sitting").order_by("key"))
    logs, told = log_of(rows), verdicts_on(Judgement.objects.filter(attempt__in=attempts))
    asks = any(asked["kind"] == "file" for row in rows for asked in row.variant.content)
    files = arrived(rows) if asks else {}
    for attempt in rows:
        said = answers_that_count(attempt, logs.get(attempt.pk, ()))
        for number, asked in enumerate(attempt.variant.content, 1):
            answer: Any = said.get(asked["id"])
            key = corrected(attempt.variant.keys[asked["id"]], corrections.get(asked["id"]))
            if "given" in key or asked["kind"] not in MARKED_BY_PEOPLE or not answered(asked["kind"], answer):
                continue
            of, most = fingerprint(answer), points_of(key, Fraction(1))
            file = file_of(files.get(attempt.pk, {}), asked["id"], answer)
            rubric = key.get("rubric", "")
            made = Unmarked(attempt, number, asked, answer, rubric, criteria_in(key), most, of, file=file)
            yield made, told.get(attempt.pk, {}).get((asked["id"], of), NOTHING_GIVEN)


def criteria_in(key: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    """The criteria of a key: what is looked for, and what it gives at most in this paper."""
    criteria = key.get("criteria", [])
    most = scaled([Decimal(one["points"]) for one in criteria], points_of(key, Fraction(1)))
    return [(one["text"], points) for one, points in zip(criteria, most, strict=True)]


def asks_people(sitting: Sitting) -> bool:
    """Whether it has questions that people mark."""
    asks = Q(pk__in=[])
    for kind in MARKED_BY_PEOPLE:
        asks |= Q(content__contains=[{"kind": kind}])
    return Variant.objects.filter(asks, pk__in=sitting.sat.values("variant")).exists()


def active_job(kind: str, **arguments: str) -> Job | None:
    """The job of this kind with these arguments that waits or runs."""
    wanted = {f"arguments__{name}": value for name, value in arguments.items()}
    return Job.objects.filter(kind=kind, state__in=[Job.State.WAITING, Job.State.RUNNING], **wanted).first()


def exams_of(person: Person) -> "QuerySet[Attempt]":
    """The exams a person sits, the newest first; without the papers themselves."""
    found = Attempt.objects.filter(person=person).select_related("sitting")
    return found.order_by("-sitting__made_at", "-pk")
