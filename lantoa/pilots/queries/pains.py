"""Pain points: found, counted with the votes of those merged into them; what was heard and is not taken over."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from lantoa.accounts.models import User
from lantoa.directory.access import above, care_of, grants_of
from lantoa.directory.models import Person, UnitQuerySet
from lantoa.pilots.models import PainPoint, Vote, Weight
from lantoa.training.models import Submission
from lantoa.workshops.models import Question

VIEW: Final = "pilots.view"
ORDERS: Final = ("votes", "people", "feasibility", "cost", "newest")
SUBMISSION, QUESTION = "training.submission", "workshops.question"


def pains_seen(user: User, *, on: date) -> "QuerySet[PainPoint]":
    """Those of the units in the user's care, and those opened for votes to a unit that theirs stand under."""
    granted = grants_of(user, VIEW, on=on)
    if granted.everywhere:
        return PainPoint.objects.all()
    if not granted.units:
        return PainPoint.objects.none()
    return PainPoint.objects.filter(Q(unit__in=care_of(granted, on=on)) | Q(open_to__in=above(granted, on=on)))


def _last_weight(field: str) -> Subquery:
    return Subquery(Weight.objects.filter(pain=OuterRef("pk")).order_by("-pk").values(field)[:1])


def _voices() -> Coalesce:
    """How many people want it, with those who voted for what is merged into it; nobody counts twice."""
    votes = Vote.objects.filter(Q(pain=OuterRef("pk")) | Q(pain__into=OuterRef("pk")))
    counted = votes.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("person", distinct=True))
    return Coalesce(Subquery(counted.values("n")), 0)


def with_figures(pains: "QuerySet[PainPoint]", person: Person | None) -> "QuerySet[Any, Any]":
    """Each with `voices`, `mine` (this person's), `others` (merged into it) and the weight that stands."""
    mine = Vote.objects.filter(Q(pain=OuterRef("pk")) | Q(pain__into=OuterRef("pk")), person=person)
    return pains.annotate(
        voices=_voices(),
        mine=Exists(mine if person else Vote.objects.none()),
        others=Count("merged", distinct=True),
        people=_last_weight("people"),
        cost=_last_weight("cost"),
        feasibility=_last_weight("feasibility"),
    )


def find_pains(
    pains: "QuerySet[PainPoint]", person: Person | None, *, text: str = "", field: str = "", order: str = "votes"
) -> "QuerySet[Any, Any]":
    """Those that stand for themselves, by what was asked: votes first, or people hit, feasibility, cost, day."""
    found = pains.filter(into=None)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(text__icontains=text))
    if field:
        found = found.filter(fields=field)
    rows = with_figures(found, person).select_related("unit")
    by: dict[str, tuple[Any, ...]] = {
        "votes": ("-voices",),
        "people": (Coalesce("people", -1).desc(),),
        "feasibility": (Coalesce("feasibility", -1).desc(),),
        "cost": ("cost",),  # unknown last: PostgreSQL sorts it so
        "newest": (),
    }
    return rows.order_by(*by[order], "-reported_at", "-pk")


@dataclass(frozen=True)
class Heard:
    """Something said elsewhere that may be a pain point: its opaque key, what was said, and where it was."""

    source: str
    text: str
    where: str
    unit: int | None


def heard_in_training(units: UnitQuerySet) -> "QuerySet[Any, Any]":
    """What learners of these units handed in as a problem or a text, and nobody has taken over."""
    rows = Submission.objects.filter(enrolment__unit__in=units).exclude(problem="", text="")
    return _not_taken(rows, SUBMISSION).select_related("assessment__training_class", "enrolment").order_by("-pk")


def heard_in_workshops(units: UnitQuerySet) -> "QuerySet[Any, Any]":
    """The questions that workshops of these units let through, and nobody has taken over."""
    shown = [Question.State.OPEN, Question.State.ANSWERED]
    rows = Question.objects.filter(workshop__unit__in=units, state__in=shown).exclude(text="")
    return _not_taken(rows, QUESTION).select_related("workshop", "site").order_by("-pk")


def _not_taken(rows: "QuerySet[Any]", kind: str) -> "QuerySet[Any, Any]":
    source = Concat(Value(f"{kind}:"), OuterRef("key"))
    return rows.filter(~Exists(PainPoint.objects.filter(source=source)))


def as_heard(row: Any) -> Heard:
    """A row of either list, without the person who said it."""
    if isinstance(row, Submission):
        assessment = row.assessment
        where = f"{assessment.title}, {assessment.training_class.code}"
        return Heard(f"{SUBMISSION}:{row.key}", row.problem or row.text, where, row.unit_id or row.enrolment.unit_id)
    unit = row.site.unit_id if row.site else None
    return Heard(f"{QUESTION}:{row.key}", row.text, row.workshop.name, unit or row.workshop.unit_id)


def heard(source: str, units: UnitQuerySet) -> Heard | None:
    """One of the two lists by its key, while it may still be taken over."""
    kind, _colon, key = source.partition(":")
    lists = {SUBMISSION: heard_in_training, QUESTION: heard_in_workshops}
    row = lists[kind](units).filter(key=key).first() if kind in lists else None
    return as_heard(row) if row is not None else None
