"""The training of people: how each stands over all classes as of a day, and one person's classes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Exists, Max, Min, OuterRef, QuerySet, Value, When

from lantoa.directory.models import Person
from lantoa.directory.queries.people import people_of
from lantoa.training.models import Certificate, Enrolment
from lantoa.training.queries.completion import weighed
from lantoa.training.queries.rows import Day, people_in, running, under_way
from lantoa.training.rules.completion import Facts, Outcome

COMPLETED, UNDER_WAY, MISSING, NO_CLASS = STANDINGS = ("completed", "under_way", "missing", "no_class")


def people(units: Sequence[int], day: Day, *, standing: str = "", text: str = "") -> QuerySet[Any]:
    """Those with a post in the units (ids) on the day, in the order of names, each with its `standing`:

    "completed": has completed a class; else "under_way": a class of theirs has meetings to come, or asks for
    something that is not yet due; else "missing": was in a class to its end; else "no_class". Whoever left a class
    counts as never in it.
    """
    found: QuerySet[Any] = people_of(units, on=day.on, text=text).annotate(standing=_standing(day))
    return found.filter(standing=standing) if standing else found


def counts(units: Sequence[int], day: Day) -> dict[str, int]:
    """How many of `people` stand how; each is there, also with 0. One query."""
    rows = people(units, day).prefetch_related(None).order_by().values_list("standing").annotate(n=Count("pk"))
    return {**dict.fromkeys(STANDINGS, 0), **dict(rows)}


def _standing(day: Day) -> Case:
    """One of STANDINGS: the first that fits, so that nobody is counted twice and nobody is left out."""
    own = Enrolment.objects.filter(running(day), person=OuterRef("pk"))
    states = people_in(day)
    return Case(
        When(Exists(own.filter(states["completed"])), then=Value(COMPLETED)),
        When(Exists(own.filter(states["under_way"])), then=Value(UNDER_WAY)),
        When(Exists(own), then=Value(MISSING)),
        default=Value(NO_CLASS),
        output_field=CharField(),
    )


def classes_of(people: Iterable[Person], day: Day) -> dict[int, list[Enrolment]]:
    """By person (id) the enrolments that ran on the day, each with its class, the latest first. One query."""
    found: dict[int, list[Enrolment]] = {}
    rows = Enrolment.objects.filter(running(day), person__in=[person.pk for person in people])
    for row in rows.select_related("training_class").order_by("-enrolled_at", "-id"):
        found.setdefault(row.person_id, []).append(row)
    return found


@dataclass(frozen=True)
class Taken:
    """A class of a person: when it meets, what they attended, what is still missing, whether it is under way
    (`queries.rows`). `outcome` and `facts` are None for a class they left."""

    enrolment: Enrolment
    starts: datetime | None
    ends: datetime | None
    facts: Facts | None
    outcome: Outcome | None
    certificate: Certificate | None
    under_way: bool

    @property
    def presence(self) -> Decimal | None:
        """The share attended of the meetings held (0 to 1); None while nothing was held."""
        return self.facts.attendance if self.facts else None


def taken_by(person: Person, day: Day) -> list[Taken]:
    """Every class the person is or was in, the latest first, under way or not on the day. Seven queries, however
    many classes."""
    meetings = "training_class__meetings__during"
    rows: list[Any] = list(
        Enrolment.objects.filter(person=person)
        .select_related("training_class__course", "training_class__programme")
        .prefetch_related("certificates")
        .annotate(starts=Min(f"{meetings}__startswith"), ends=Max(f"{meetings}__endswith"))
        .annotate(under_way=under_way(day))
        .order_by("-enrolled_at", "-id")
    )
    known = {row.pk: (facts, outcome) for row, facts, outcome in weighed([r for r in rows if not r.withdrawn_at])}
    taken = []
    for row in rows:
        facts, outcome = known.get(row.pk, (None, None))
        certificate = next((found for found in row.certificates.all() if found.revoked_on is None), None)
        taken.append(Taken(row, row.starts, row.ends, facts, outcome, certificate, row.under_way))
    return taken
