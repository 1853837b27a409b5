"""A target as a form or a file says it, and what can be wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.programmes.rules.checking import figure, is_kept, shown
from lantoa.programmes.rules.judging import KINDS, RANK, YES_NO
from lantoa.programmes.rules.rolling import ROLL_UPS, places_of
from lantoa.programmes.rules.spans import MONTHS, YEAR

PILLARS: Final = ("government", "economy", "society")
VERIFIED, FOUND, KNOWN = "V", "F", "K"
MARKS: Final = (VERIFIED, FOUND, KNOWN)  # verified by running; found in the source named; not confirmed
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST_JUMP: Final = Decimal(100_000)  # percent
PLAIN: Final = (  # the fields of a target that bear the same name in its table
    "code", "name", "name_en", "pillar", "kind", "measure", "since", "definition", "source", "roll_up", "every",
    "low", "high", "jump", "baseline", "baseline_year", "baseline_mark",
)  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """What is to be reached in a year. `mark` is the evidence of the figure, "" when the office set it itself."""

    year: int
    value: Decimal
    mark: str = ""
    source: str = ""


@dataclass(frozen=True)
class TargetText:
    """Everything a target says; `field` is the code of a field of work."""

    code: str
    name: str
    pillar: str
    kind: str
    measure: str
    since: date
    name_en: str = ""
    field: str = ""
    definition: str = ""
    source: str = ""
    roll_up: str = ""
    every: str = YEAR
    low: Decimal | None = None
    high: Decimal | None = None
    jump: Decimal | None = None
    baseline: Decimal | None = None
    baseline_year: int | None = None
    baseline_mark: str = ""
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True)
class Wrong:
    """What is wrong, where: the name of the field, and the place of the goal if it is one of them."""

    field: str
    message: str
    values: dict[str, Any]
    goal: int | None = None

    def refused(self) -> Refused:
        """As a refusal."""
        return Refused(self.message, **self.values)


def wrongs(text: TargetText) -> Iterator[Wrong]:
    """Everything that is wrong with a target, as far as it can be told without the house."""
    for name, known in (("pillar", PILLARS), ("kind", KINDS), ("every", tuple(MONTHS))):
        said = getattr(text, name)
        if said not in known:
            yield Wrong(
                name, N_("“%(said)s” is not known here; known are: %(known)s."),
                {"said": said, "known": ", ".join(known)},
            )  # fmt: skip
    if text.kind in ROLL_UPS and text.roll_up and text.roll_up not in ROLL_UPS[text.kind]:
        yield Wrong(
            "roll_up",
            N_("Figures of units cannot be joined by “%(said)s” in a target of this kind; possible are: %(known)s."),
            {"said": text.roll_up, "known": ", ".join(sorted(ROLL_UPS[text.kind]))},
        )
    yield from _figures(text)
    if (text.baseline is None) != (text.baseline_year is None):
        yield Wrong("baseline_year", N_("A baseline has a figure and a year."), {})
    if text.low is not None and text.high is not None and text.low > text.high:
        yield Wrong("high", N_("The most that can be is less than the least."), {})
    yield from _marks(text)
    yield from _goals(text)


def _figures(text: TargetText) -> Iterator[Wrong]:
    for name in ("low", "high", "baseline"):
        number = getattr(text, name)
        if number is not None and not is_kept(number):
            yield Wrong(name, N_("More digits than are kept: 18 before the comma, 6 after it."), {})
    if text.jump is not None and (not 0 < text.jump < MOST_JUMP or places_of(text.jump) > 2):
        yield Wrong(
            "jump",
            N_("%(jump)s is no change in percent: more than 0, less than %(most)s, two digits after the comma."),
            {"jump": shown(text.jump), "most": figure(MOST_JUMP)},
        )  # fmt: skip
    if text.baseline_year is not None and not FIRST_YEAR <= text.baseline_year <= LAST_YEAR:
        yield Wrong(
            "baseline_year", N_("%(year)s is no year of a baseline: it is from %(first)d to %(last)d."),
            {"year": str(text.baseline_year)[:40], "first": FIRST_YEAR, "last": LAST_YEAR},
        )  # fmt: skip


def _marks(text: TargetText) -> Iterator[Wrong]:
    said = [("baseline_mark", text.baseline_mark, None), *(("mark", g.mark, at) for at, g in enumerate(text.goals))]
    for name, mark, goal in said:
        if mark and mark not in MARKS:
            yield Wrong(
                name, N_("“%(said)s” is not known here; known are: %(known)s."),
                {"said": mark, "known": ", ".join(MARKS)}, goal,
            )  # fmt: skip
    for at, goal_text in enumerate(text.goals):
        if goal_text.mark == FOUND and not goal_text.source:
            yield Wrong("source", N_("A figure marked F names the source it was found in."), {}, at)


def _goals(text: TargetText) -> Iterator[Wrong]:
    seen: set[int] = set()
    for at, goal in enumerate(text.goals):
        if goal.year in seen:
            yield Wrong("year", N_("The year %(year)d has a milestone already."), {"year": goal.year}, at)
        seen.add(goal.year)
        if not FIRST_YEAR <= goal.year <= LAST_YEAR:
            yield Wrong("year", N_("%(year)d is no year of a plan."), {"year": goal.year}, at)
        if not is_kept(goal.value):
            yield Wrong("value", N_("More digits than are kept: 18 before the comma, 6 after it."), {}, at)
        elif text.kind == YES_NO and goal.value != 1:
            yield Wrong("value", N_("A yes-or-no target is reached with 1."), {}, at)
        elif text.kind == RANK and (goal.value < 1 or goal.value != goal.value.to_integral_value()):
            yield Wrong("value", N_("A place is a whole number from 1."), {}, at)
