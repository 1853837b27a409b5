"""Rules, answers and paths in the reader's words."""

from typing import Any

from django.utils.translation import gettext as _

from lantoa.common.refused import N_
from lantoa.readiness.rules.numbers import SCALE, fixed
from lantoa.readiness.rules.structure import (
    ARITHMETIC,
    BANDED,
    DOWN,
    GEOMETRIC,
    GOALPOSTS,
    HARMONIC,
    LEAST,
    LOG,
    MIN_MAX,
    POINTS,
    RANK,
    RATIO,
    STEPS,
    SUM,
    YES_NO,
    Component,
)
from lantoa.readiness.views.reaching import figure, title_of

MISSING_WORDS = {
    "zero": N_("counts as nothing earned"),
    "skip": N_("is left out, the others weigh more"),
    "mean": N_("counts as the mean of the others"),
    "median": N_("counts as the median of the others"),
    "block": N_("the unit has no score"),
}
TOGETHER = {
    SUM: N_("points are added"),
    ARITHMETIC: N_("weighted mean"),
    GEOMETRIC: N_("geometric mean: nothing in one is made good by the others"),
    HARMONIC: N_("harmonic mean"),
    LEAST: N_("the least of them"),
}


def together_words(aggregate: str) -> str:
    """How what stands under a group is put together."""
    return _(TOGETHER[aggregate])


def number(value: int) -> str:
    """A figure with as many decimals as it has."""
    decimals = next((places for places in range(7) if not value % 10 ** (6 - places)), 6)
    return figure(value, decimals)


def percent(share: int) -> str:
    """A share as a percentage."""
    return number(share * 100) + "%"


def rule_words(component: Component) -> str:
    """How an answer becomes points."""
    rule, down = component.rule, component.direction == DOWN
    said = _rule(component)
    if down and rule.kind not in (GOALPOSTS, YES_NO):
        said = _("%(rule)s; less is better") % {"rule": said}
    if component.outliers:
        said = _("%(rule)s; values far from the others are drawn in") % {"rule": said}
    return said


def _rule(component: Component) -> str:
    rule = component.rule
    posts = {"low": number(rule.low), "high": number(rule.high)}
    if rule.kind == YES_NO:
        return _("no: all, yes: nothing") if component.direction == DOWN else _("yes: all, no: nothing")
    if rule.kind == STEPS:
        return ", ".join(f"{title_of(step.title)}: {percent(step.share)}" for step in rule.steps)
    if rule.kind == BANDED:
        words = _("from %(start)s: %(share)s")
        return ", ".join(words % {"start": number(one.start), "share": percent(one.share)} for one in rule.steps)
    if rule.kind == RATIO:
        return _("part / whole, all from %(target)s") % {"target": percent(rule.target)}
    if rule.kind == POINTS:
        return _("points as they were given")
    if rule.kind == GOALPOSTS:
        if component.direction == DOWN:
            return _("all at %(low)s or less, nothing from %(high)s, evenly between") % posts
        return _("nothing at %(low)s or less, all from %(high)s, evenly between") % posts
    if rule.kind == LOG:
        return _("on a logarithm from %(low)s to %(high)s") % posts
    if rule.kind == MIN_MAX:
        return _("between the least and the greatest of all units")
    return _("by the place among all units") if rule.kind == RANK else _("by the distance from the mean of all units")


def answer_words(component: Component, kept: Any) -> str:
    """An answer as people read it."""
    if kept is None:
        return _("not answered")
    kind = component.rule.kind
    if kind == YES_NO:
        return _("yes") if kept == "yes" else _("no")
    if kind == STEPS:
        return next((title_of(step.title) for step in component.rule.steps if step.code == kept), str(kept))
    if isinstance(kept, list):
        return _("%(part)s of %(whole)s") % {"part": number(fixed(kept[0])), "whole": number(fixed(kept[1]))}
    unit = title_of(component.unit)
    return number(fixed(kept)) + (f" {unit}" if unit else "")


def because(component: Component, value: int | None, kept: Any) -> str:
    """One step of the path to a score: what was answered, and what it brought of what it could."""
    answer = answer_words(component, kept)
    if value is None:
        return _("%(answer)s: left out") % {"answer": answer}
    places = 2 if value % SCALE or component.most % SCALE else 0
    return _("%(answer)s: %(value)s of %(most)s") % {
        "answer": answer,
        "value": figure(value, places if component.points is not None else 4),
        "most": figure(component.most, 2 if component.most % SCALE else 0),
    }
