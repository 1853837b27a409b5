"""What the questions of a workshop tell: to moderators, to everybody, to the units asked, to the minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from lantoa.common.refused import N_
from lantoa.directory.models import Person, UnitQuerySet
from lantoa.workshops.models import Forwarding, Question, Reply, Vote, Workshop

State = Question.State
IN_STATE: Final[Mapping[str, str]] = {  # what moderators see, and the words beside the numbers
    "held": N_("to be read"),
    "open": N_("open"),
    "forwarded": N_("forwarded to a unit"),
    "unpublished": N_("answered, not published"),
    "answered": N_("answered"),
    "declined": N_("declined"),
    "merged": N_("merged"),
}
_asked = Exists(Forwarding.objects.filter(question=OuterRef("pk"), ended_at=None))
_unpublished = Exists(Reply.objects.filter(question=OuterRef("pk"), stands=True, published_at=None))


def _which(name: str) -> Q:
    found: dict[str, Q] = {
        "held": Q(state=State.HELD),
        "open": Q(state=State.OPEN) & ~Q(_asked),
        "forwarded": Q(_asked),
        "unpublished": Q(state=State.ANSWERED) & Q(_unpublished),
        "answered": Q(state=State.ANSWERED),
        "declined": Q(state=State.DECLINED),
        "merged": Q(state=State.MERGED),
    }
    return found[name]


def count_questions(workshop: Workshop) -> dict[str, int]:
    """How many stand behind each word of `IN_STATE`. One query."""
    counts = {f"n_{name}": Count("pk", filter=_which(name)) for name in IN_STATE}
    found = workshop.questions.aggregate(**counts)
    return {name: found[f"n_{name}"] for name in IN_STATE}


def votes_of(question: Question) -> int:
    """How many people want an answer to it."""
    return question.votes.count()


def _with_all(rows: "QuerySet[Question]") -> "QuerySet[Question]":
    replies = Prefetch("replies", Reply.objects.order_by("-stands", "language", "pk"))
    waiting = Prefetch("forwardings", Forwarding.objects.filter(ended_at=None).select_related("unit"))
    return rows.select_related("site", "workshop").prefetch_related(replies, waiting)


def rows_in(workshop: Workshop, *, show: str) -> "QuerySet[Question]":
    """The questions behind one number: what is held in the order of asking, the others by their votes."""
    rows = _with_all(workshop.questions.filter(_which(show))).annotate(voices=Count("votes"))
    return rows.order_by("pk") if show == "held" else rows.order_by("-voices", "pk")


@dataclass(frozen=True)
class Shown:
    """A question as everybody sees it. `mine`: the reader has voted for it."""

    question: Question
    voices: int
    mine: bool
    replies: list[Reply]


def shown_to(workshop: Workshop, person: Person | None, *, most: int) -> list[Shown]:
    """The open questions, most wanted first, and those answered in public, the latest first: at most so many of each.

    Three queries, however many there are.
    """
    mine = (
        Exists(Vote.objects.filter(question=OuterRef("pk"), person=person)) if person else Exists(Vote.objects.none())
    )
    published = Prefetch(
        "replies",
        Reply.objects.filter(stands=True, published_at__isnull=False).order_by("language"),
        to_attr="published",
    )
    rows = workshop.questions.annotate(voices=Count("votes"), mine=mine).select_related("site")
    opened = rows.filter(state=State.OPEN).order_by("-voices", "pk")[:most]
    answered = rows.filter(state=State.ANSWERED).filter(
        Exists(Reply.objects.filter(question=OuterRef("pk"), stands=True, published_at__isnull=False))
    )
    found = [*opened, *answered.order_by("-pk").prefetch_related(published)[:most]]
    return [
        Shown(one, one.voices, bool(one.mine), list(getattr(one, "published", [])))  # type: ignore[attr-defined]
        for one in found
    ]


def asked_by(workshop: Workshop, person: Person) -> "QuerySet[Question]":
    """What the person has asked, and what came of it: also what is held or declined."""
    return _with_all(workshop.questions.filter(person=person)).order_by("-pk")


# ---- for the units asked, and for the minutes


def open_for(units: "UnitQuerySet | list[int]") -> "QuerySet[Forwarding]":
    """What these units are asked and have not answered, the earliest deadline first."""
    waiting = Forwarding.objects.filter(ended_at=None, unit__in=units)
    return waiting.select_related("question__workshop__unit", "question__site", "unit").order_by("due_on", "pk")


def due_within(days: int, *, on: date) -> "QuerySet[Forwarding]":
    """What is due within so many days, or was due and is not answered."""
    waiting = Forwarding.objects.filter(ended_at=None)
    return (
        waiting.filter(due_on__lte=date.fromordinal(on.toordinal() + days))
        .select_related("question__workshop__unit", "unit")
        .order_by("due_on", "pk")
    )


def unanswered(workshop: Workshop) -> "QuerySet[Question]":
    """What was asked and has no answer yet, with the unit that is asked and its deadline: followed after the end."""
    return _with_all(workshop.questions.filter(state__in=[State.OPEN, State.HELD])).order_by("pk")


def answered(workshop: Workshop) -> "QuerySet[Question]":
    """Questions with the answers that stand, for the minutes; in the order of asking."""
    standing = Prefetch("replies", Reply.objects.filter(stands=True).order_by("language"))
    rows = workshop.questions.filter(state=State.ANSWERED).select_related("site")
    return rows.prefetch_related(standing).annotate(voices=Count("votes")).order_by("pk")
