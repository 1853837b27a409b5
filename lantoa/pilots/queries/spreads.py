"""Spreads: where each unit stands on a day, the map and the curve, who may be next, who asks for help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Prefetch, Q, QuerySet

from lantoa.accounts.models import User
from lantoa.directory.access import in_care
from lantoa.directory.models import Placement, Post, Unit
from lantoa.directory.queries.units import units_under
from lantoa.pilots.models import Adoption, Help, Spread, StepDone
from lantoa.pilots.queries.playbooks import book_of
from lantoa.readiness.queries.standing import Place, places
from lantoa.training.models import Enrolment

WAITING, BEGUN, DOING, ALL, LEFT = "waiting", "begun", "doing", "all", "left"
STATES: Final = (ALL, DOING, BEGUN, WAITING, LEFT)
KINDS: Final = {ALL: "ok", DOING: "wait", BEGUN: "late", WAITING: "none", LEFT: "none"}


@dataclass(frozen=True)
class AdoptionNow:
    """A unit in a spread on a day: the steps done by then, and when the last one was done."""

    adoption: Adoption
    state: str
    done: Mapping[str, date]
    total: int

    @property
    def finished_on(self) -> date | None:
        """When every step was done; None while some is not."""
        return max(self.done.values()) if self.total and len(self.done) == self.total else None


def spreads_seen(user: User, *, on: date) -> "QuerySet[Spread]":
    """Those that units in the user's care run, or take part in."""
    care = in_care(user, "pilots.view", on=on)
    taking_part = Adoption.objects.filter(unit__in=care).values("spread")
    rows = Spread.objects.filter(Q(unit__in=care) | Q(pk__in=taking_part))
    return rows.select_related("unit", "version__playbook").order_by("-pk")


def with_steps(adoptions: "QuerySet[Adoption]") -> "QuerySet[Adoption]":
    """With everything that `adoption_now` looks at: two queries more, as each spread has one playbook for all."""
    steps = StepDone.objects.filter(taken_back_at=None).only("adoption", "step", "on").order_by("on", "pk")
    spreads = Spread.objects.select_related("unit", "version__playbook")
    rows = adoptions.select_related("unit", "wave").prefetch_related(Prefetch("spread", spreads))
    return rows.prefetch_related(Prefetch("steps", steps)).order_by("place", "pk")


def adoption_now(adoption: Adoption, *, on: date) -> AdoptionNow:
    """A unit of `with_steps` on a day. No query."""
    steps = book_of(adoption.spread.version).steps
    done = {row.step: row.on for row in adoption.steps.all() if row.on <= on and row.step in steps}
    starts = adoption.wave.starts_on if adoption.wave is not None else None
    state = state_of(len(done), len(steps), left=adoption.left_on, starts=starts, on=on)
    return AdoptionNow(adoption, state, done, len(steps))


def steps_late(now: AdoptionNow, *, on: date) -> list[tuple[str, date]]:
    """The steps that are not done although their weeks, from the first day of the unit's wave, are over: code and
    last day, in the order of the playbook. No query."""
    wave = now.adoption.wave
    if wave is None:
        return []
    days = book_of(now.adoption.spread.version).days
    due = {step: wave.starts_on + timedelta(days=count) for step, count in days.items()}
    return [(step, day) for step, day in due.items() if day < on and step not in now.done]


MOST_HELPERS: Final = 10


def who_may_help(asked: Help) -> list[int]:
    """The units (ids) that are told when one asks for help: the office of the spread, the unit whose pilot it was,
    and the first ten that have done the step (any step, when none is named). Never the one that asks. Two queries."""
    spread = asked.adoption.spread
    done = StepDone.objects.filter(adoption__spread=spread, adoption__left_on=None, taken_back_at=None)
    if asked.step:
        done = done.filter(step=asked.step)
    first = list(dict.fromkeys(done.order_by("on", "pk").values_list("adoption__unit", flat=True)))
    tried = spread.version.playbook.pilot
    near = [spread.unit_id, *([tried.unit_id] if tried else []), *first[:MOST_HELPERS]]
    return [unit for unit in dict.fromkeys(near) if unit != asked.adoption.unit_id]


def state_of(done: int, total: int, *, left: date | None, starts: date | None, on: date) -> str:
    """Where a unit with so many of the steps done stands on a day; `starts` is the day of its wave."""
    if left is not None and left <= on:
        return LEFT
    if done == total:
        return ALL
    if done:
        return DOING
    return BEGUN if starts is not None and starts <= on else WAITING


def counted(rows: Sequence[AdoptionNow]) -> dict[str, int]:
    """How many units stand how; each state is there, also with 0."""
    found = dict.fromkeys(STATES, 0)
    for row in rows:
        found[row.state] += 1
    return found


@dataclass(frozen=True)
class Candidate:
    """A unit that may take it on: its people on the day, how many of them completed a class by then, and how ready it
    was found last, when it was measured."""

    placement: Placement
    people: int
    trained: int
    ready: Place | None
    inside: bool  # it is in the spread already

    @property
    def share(self) -> float | None:
        """The share of trained people; None without people."""
        return self.trained / self.people if self.people else None


def candidates(spread: Spread, *, on: date) -> list[Candidate]:
    """The communes under the office: by their place in the campaign published last; those in one place, and those
    that were never measured, by their share of trained people. As many queries for one as for all.

    With courses named by the playbook only classes of these count as training.
    """
    placed = list(units_under(spread.unit, on=on, level="commune"))
    ids = [one.unit_id for one in placed]
    posts = Post.objects.filter(unit__in=ids, period__contains=on, person__restricted_at=None)
    people = dict(posts.order_by().values_list("unit").annotate(n=Count("person", distinct=True)))
    completed = Enrolment.objects.filter(completed_at__date__lte=on, withdrawn_at=None)
    if courses := book_of(spread.version).courses:
        completed = completed.filter(training_class__course__code__in=courses)
    with_class = posts.filter(person__in=completed.values("person"))
    trained = dict(with_class.order_by().values_list("unit").annotate(n=Count("person", distinct=True)))
    inside = set(spread.adoptions.values_list("unit", flat=True))
    ready = places(ids, on=on)
    rows = [
        Candidate(one, people.get(pk, 0), trained.get(pk, 0), ready.get(pk), pk in inside)
        for one in placed
        for pk in [one.unit_id]
    ]
    return sorted(rows, key=_readiest)


def _readiest(row: Candidate) -> tuple[float, float]:
    rank = row.ready.rank if row.ready else None
    return rank if rank is not None else float("inf"), -(row.share or 0)


def helps_of(spread: Spread) -> "QuerySet[Help]":
    """What units of the spread ask, the latest first."""
    rows = Help.objects.filter(adoption__spread=spread).select_related("adoption__unit", "helper")
    return rows.order_by("-pk")


def may_help(user: User, spread: Spread, *, on: date) -> "QuerySet[Unit]":
    """The units for which the reader may answer: those in the spread, and the one whose pilot it was."""
    care = in_care(user, "pilots.report", on=on)
    tried = spread.version.playbook.pilot
    inside = Q(adoptions__spread=spread) | Q(pk=spread.unit_id) | Q(pk=tried.unit_id if tried else None)
    return Unit.objects.filter(inside, pk__in=care).distinct().order_by("pk")


def finished_days(rows: Sequence[AdoptionNow]) -> list[date]:
    """The days on which units had done every step, for the curve."""
    return sorted(day for row in rows if (day := row.finished_on) is not None)


def checks_by_step(adoptions: "QuerySet[Adoption]") -> dict[str, dict[str, int]]:
    """By step how many units were last found to do it as written, adapted, or to leave it out."""
    found: dict[str, dict[str, int]] = {}
    rows: Any = adoptions.prefetch_related("checks")
    for adoption in rows:
        checks = sorted(adoption.checks.all(), key=lambda one: (one.on, one.pk))
        for step, how in (checks[-1].found if checks else {}).items():
            counts = found.setdefault(step, {"as_written": 0, "adapted": 0, "left_out": 0})
            counts[how] += 1
    return found
