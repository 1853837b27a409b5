"""Open classes: which stand on the public page, who joined them, who may be somebody known."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Count, F, Max, Min, Q, QuerySet

from lantoa.directory.models import Person
from lantoa.training.models import Joining, OpenClass, TrainingClass

LEAVE_SALT = "lantoa.training.leave"


def open_classes(*, on: date, at: datetime) -> "QuerySet[OpenClass]":
    """What can be joined on that day, the one that begins first standing first; each with `taken`, `left`, `starts`
    and `ends`. A class that is over stands there no more."""
    meetings = "training_class__meetings__during"
    taken = Count(
        "training_class__enrolments", filter=Q(training_class__enrolments__withdrawn_at=None), distinct=True
    )
    return (
        OpenClass.objects.filter(until__gte=on)
        .select_related("training_class__course", "training_class__programme", "training_class__unit")
        .annotate(taken=taken, starts=Min(f"{meetings}__startswith"), ends=Max(f"{meetings}__endswith"))
        .annotate(left=F("training_class__capacity") - F("taken"))
        .exclude(ends__lte=at)
        .order_by(F("starts").asc(nulls_last=True), "pk")
    )


def consents() -> "QuerySet[Any]":
    """The classes that were ever open, for the register of consents: how many of those who joined agree now
    (`agree`), have agreed (`agreed`), have taken it back (`withdrawn`). One query; nobody is named."""
    return (
        OpenClass.objects.select_related("training_class__course")
        .annotate(
            agree=Count("joinings", filter=Q(joinings__withdrawn_at=None)),
            agreed=Count("joinings"),
            withdrawn=Count("joinings", filter=Q(joinings__withdrawn_at__isnull=False)),
        )
        .order_by("-until", "pk")
    )


def joining_of(token: str) -> Joining | None:
    """Whose leaving this link is; None for one that was never made."""
    try:
        key = Signer(salt=LEAVE_SALT).unsign(token)
    except BadSignature:
        return None
    return (
        Joining.objects.filter(key=key)
        .select_related("enrolment__person", "open_class__training_class__course")
        .first()
    )


@dataclass(frozen=True)
class Joined:
    """Somebody who joined, and those they may be: in this class a second time, or known in the house."""

    joining: Joining
    twice: bool
    known: int


def joined(training_class: TrainingClass) -> list[Joined]:
    """Who joined the class by the public page, the latest first. Two queries, however many."""
    rows = list(
        Joining.objects.filter(open_class__training_class=training_class)
        .select_related("enrolment__person")
        .order_by("-pk")
    )
    here = [row.enrolment.person for row in rows if row.withdrawn_at is None]
    again = Counter(mark for person in here for mark in _marks(person))
    others: dict[str, set[int]] = defaultdict(set)
    for person in Person.objects.filter(folded__in={one.folded for one in here}):
        for mark in _marks(person):
            others[mark].add(person.pk)
    mine = {person.pk for person in here}
    return [
        Joined(
            row,
            twice=row.withdrawn_at is None and any(again[mark] > 1 for mark in _marks(row.enrolment.person)),
            known=len({pk for mark in _marks(row.enrolment.person) for pk in others[mark]} - mine)
            if row.withdrawn_at is None
            else 0,
        )
        for row in rows
    ]


def _marks(person: Person) -> list[str]:
    """What two people must share to be looked at as one: the name and one way to reach them."""
    return [f"{person.folded}\0{way}" for way in (person.phone, person.email.lower()) if way]
