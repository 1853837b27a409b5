"""How targets, figures and periods are said on pages, in the reader's language."""

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.templatetags.lantoa import vnumber
from lantoa.programmes.models import Target
from lantoa.programmes.queries.targets import BUILT, REPORTED, RETIRED, ROLLED, Actual, Line
from lantoa.programmes.rules.judging import (
    AT_LEAST,
    AT_MOST,
    GROWTH,
    KEPT,
    LINE,
    MET,
    MILESTONE,
    MISSED,
    RANK,
    REDUCTION,
    UNKNOWN,
    YEARLY,
    YES_NO,
)
from lantoa.programmes.rules.rolling import PERCENT, as_decimal
from lantoa.programmes.rules.spans import HALF, MONTH, QUARTER, Span

PILLAR_WORDS = {
    Target.Pillar.GOVERNMENT: _("Digital government"),
    Target.Pillar.ECONOMY: _("Digital economy"),
    Target.Pillar.SOCIETY: _("Digital society"),
}
KIND_WORDS = {
    Target.Kind.AT_LEAST: _("at least"),
    Target.Kind.AT_MOST: _("at most"),
    Target.Kind.EXACTLY: _("exactly"),
    Target.Kind.RANK: _("this place or better"),
    Target.Kind.YES_NO: _("reached or not"),
    Target.Kind.GROWTH: _("growth a year, at least"),
    Target.Kind.REDUCTION: _("reduced by at least"),
}
ROLL_UP_WORDS = {
    Target.RollUp.SUM: _("added up"),
    Target.RollUp.RATIO: _("sum of parts by sum of wholes"),
    Target.RollUp.MEAN: _("mean of the units"),
    Target.RollUp.WORST: _("the worst of the units"),
}
WAY_WORDS = {
    Target.Way.COPIED: _("the same milestones for each"),
    Target.Way.SPLIT: _("the amount is divided among them"),
    Target.Way.OWN: _("each sets its own milestones"),
}
EVERY_WORDS = {
    Target.Every.YEAR: _("every year"),
    Target.Every.HALF: _("every half-year"),
    Target.Every.QUARTER: _("every quarter"),
    Target.Every.MONTH: _("every month"),
}
MARK_WORDS = {"V": _("verified"), "F": _("found in the source named"), "K": _("not confirmed"), "": ""}
STATE_WORDS = {
    "met": _("On plan"),
    "missed": _("Behind plan"),
    "unknown": _("Not known"),
    "late": _("Figure missing"),
    RETIRED: _("Retired"),
}
STATE_KINDS = {MET: "ok", MISSED: "late", UNKNOWN: "wait", "late": "late", RETIRED: "none"}
HOW_WORDS = {
    REPORTED: _("reported"),
    BUILT: _("built from the units before"),
    ROLLED: _("from the units under it"),
}
PLANNED_WORDS = {
    MILESTONE: _("milestone"),
    LINE: _("on the line between two milestones"),
    KEPT: _("the last milestone, which still holds"),
    YEARLY: _("every year until the milestone"),
}


def amount(measure: str, value: Decimal | Fraction) -> str:
    """A figure with its measure: 62,5%, 1.234 hồ sơ."""
    number = vnumber(as_decimal(value))
    return f"{number}%" if measure == PERCENT else f"{number} {measure}"


def figure_words(target: Target, value: Decimal | Fraction | None) -> str:
    """What a figure of a target says; "" for none."""
    if value is None:
        return ""
    if target.kind == YES_NO:
        return gettext("reached") if value >= 1 else gettext("not reached")
    return amount(target.measure, value)


def goal_words(target: Target, value: Decimal | Fraction | None) -> str:
    """What is to be reached: at least 80%, place 70 or better."""
    if value is None:
        return ""
    if target.kind == YES_NO:
        return gettext("to be reached")
    if target.kind == RANK:
        return gettext("place %(place)s or better") % {"place": vnumber(as_decimal(value))}
    signs = {AT_LEAST: "≥ ", AT_MOST: "≤ ", GROWTH: "≥ +", REDUCTION: "≥ −"}
    return signs.get(target.kind, "= ") + amount(target.measure, value)


def span_words(span: Span) -> str:
    """A period as people say it."""
    said = {"number": span.number, "year": span.year}
    if span.every == HALF:
        return gettext("half %(number)d of %(year)d") % said
    if span.every == QUARTER:
        return gettext("quarter %(number)d of %(year)d") % said
    return span.code if span.every == MONTH else str(span.year)


def missing_words(actual: Actual | None) -> str:
    """How much of a joined figure is there: "3 of 5 units"; "" for one that is complete."""
    if actual is None or actual.complete:
        return ""
    return gettext("%(known)d of %(count)d units") % {"known": actual.figure.known, "count": actual.figure.count}


def state_of_line(line: Line) -> dict[str, object]:
    """The state of a target as shape and word."""
    return {"kind": STATE_KINDS[line.verdict], "word": STATE_WORDS[line.verdict]}
