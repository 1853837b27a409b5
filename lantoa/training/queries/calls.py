"""Calls for nominations as they stand: who was asked, who has answered, who waits. A number and the rows it opens to
come from the same filters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from lantoa.directory.models import Person, Unit
from lantoa.directory.queries.people import people_of
from lantoa.training.models import Asked, Call, Nomination, TrainingClass
from lantoa.training.models.nominations import HOLDING, RUNNING

State = Nomination.State
NOMINATED, DECLINED, UNANSWERED = ASKED_STATES = ("nominated", "declined", "unanswered")
REMIND_AHEAD = (3, 1)  # days before the deadline
NOMINATION_STATES = ("holding", *State.values)


def _standing() -> Exists:
    return Exists(Nomination.objects.filter(asked=OuterRef("pk"), state__in=RUNNING))


def asked_in() -> dict[str, Q]:
    """Which asked units have answered how: named somebody, declined, or neither."""
    return {
        NOMINATED: Q(_standing()),
        DECLINED: Q(declined_at__isnull=False),
        UNANSWERED: Q(declined_at=None) & ~Q(_standing()),
    }


def nominations_in(state: str) -> Q:
    """Which nominations are in a state; "holding": those that hold a place, accepted or not."""
    return Q(state__in=HOLDING) if state == "holding" else Q(state=state) if state else Q()


@dataclass(frozen=True)
class Tally:
    """A call in numbers. `held` of `places` are taken, `accepted` of them by people who are enrolled."""

    places: int
    held: int = 0
    accepted: int = 0
    waiting: int = 0
    asked: int = 0
    nominated: int = 0
    declined: int = 0
    unanswered: int = 0

    @property
    def to_decide(self) -> int:
        """Places held by people whom the office has not accepted yet."""
        return self.held - self.accepted

    @property
    def free(self) -> int:
        return self.places - self.held


def tallies(calls: Iterable[Call]) -> dict[int, Tally]:
    """By call (id). Two queries, however many calls."""
    listed = list(calls)
    found: dict[int, dict[str, int]] = {call.pk: {} for call in listed}
    people = {
        "held": Count("id", filter=Q(state__in=HOLDING)),
        "accepted": Count("id", filter=Q(state=State.ACCEPTED)),
        "waiting": Count("id", filter=Q(state=State.WAITING)),
    }
    units = {"asked": Count("id"), **{name: Count("id", filter=which) for name, which in asked_in().items()}}
    for rows, counts in ((Nomination.objects.all(), people), (Asked.objects.all(), units)):
        grouped = rows.filter(call__in=listed).order_by().values_list("call").annotate(**counts)
        for pk, *numbers in grouped:
            found[pk] |= dict(zip(counts, numbers, strict=True))
    return {call.pk: Tally(call.places, **found[call.pk]) for call in listed}


def counted(asked: "QuerySet[Asked]") -> "QuerySet[Any]":
    """Asked units with `held`, `accepted` and `waiting`, how many of theirs, and `until`, their last day."""
    return asked.annotate(
        held=Count("nominations", filter=Q(nominations__state__in=HOLDING)),
        accepted=Count("nominations", filter=Q(nominations__state=State.ACCEPTED)),
        waiting=Count("nominations", filter=Q(nominations__state=State.WAITING)),
        until=Greatest("call__due_on", Coalesce("due_on", "call__due_on")),
    )


def asked_of(call: Call, state: str = "") -> "QuerySet[Any]":
    """The units that a call asks, counted; those in a state."""
    rows = Asked.objects.filter(call=call).select_related("unit", "call")
    if which := asked_in().get(state):
        rows = rows.filter(which)
    return counted(rows)


def asked_in_care(units: "QuerySet[Unit]", *, on: date, waiting_only: bool = False) -> "QuerySet[Any]":
    """What is asked of these units, the nearest deadline first; closed calls last. `waiting_only`: calls that are
    open on that day and that the unit has not answered."""
    rows = counted(Asked.objects.filter(unit__in=units)).select_related("call__unit", "call__training_class", "unit")
    if waiting_only:
        rows = rows.filter(asked_in()[UNANSWERED], call__closed_at=None, until__gte=on)
    return rows.order_by(F("call__closed_at").desc(nulls_first=True), "until", "pk")


def calls_to_remind_of(day: date) -> "QuerySet[Call]":
    """The open calls that units have not answered whose deadline is REMIND_AHEAD days after that day."""
    asked = counted(Asked.objects.filter(asked_in()[UNANSWERED], call__closed_at=None))
    due = asked.filter(until__in=[day + timedelta(days=days) for days in REMIND_AHEAD])
    return Call.objects.filter(pk__in=due.values("call")).select_related("unit").order_by("id")


def nominations(of: Call | Asked, state: str = "") -> "QuerySet[Nomination]":
    """Nominations of a call or of one asked unit: by place, then the waiting list, then those that ended."""
    rows = Nomination.objects.filter(call=of) if isinstance(of, Call) else Nomination.objects.filter(asked=of)
    return (
        rows.filter(nominations_in(state))
        .select_related("person", "enrolment__training_class")
        .order_by(F("ended_at").asc(nulls_first=True), F("place").asc(nulls_last=True), "turn", "pk")
    )


def waiting_numbers(call: Call) -> dict[int, int]:
    """Where each stands in the waiting list, by nomination (id), from 1."""
    ids = Nomination.objects.filter(call=call, state=State.WAITING).order_by("turn").values_list("pk", flat=True)
    return {pk: number for number, pk in enumerate(ids, 1)}


def classes_for(call: Call) -> "QuerySet[TrainingClass]":
    """The classes into which the nominated can be accepted."""
    if call.training_class_id:
        return TrainingClass.objects.filter(pk=call.training_class_id)
    return TrainingClass.objects.filter(programme=call.programme_id, course=call.course_id).order_by("code")


def people_to_nominate(asked: Asked, text: str, *, on: date) -> "QuerySet[Person]":
    """The people of the unit who are not nominated yet nor in the class, in the order of names; those of a name."""
    found = people_of(asked.unit, on=on, text=text).exclude(
        pk__in=Nomination.objects.filter(call=asked.call_id, state__in=RUNNING).values("person")
    )
    if asked.call.training_class_id:
        found = found.exclude(
            enrolments__in=asked.call.training_class.enrolments.filter(withdrawn_at=None)  # type: ignore[union-attr]
        )
    return found
