"""Rows of targets as templates show them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lantoa.directory.models import Placement
from lantoa.programmes.models import LegalAct, Target
from lantoa.programmes.queries import acts
from lantoa.programmes.queries.measurements import APPROVED, RETURNED, WAITING
from lantoa.programmes.queries.targets import REPORTED, Line
from lantoa.programmes.words import (
    HOW_WORDS,
    MARK_WORDS,
    PLANNED_WORDS,
    STATE_KINDS,
    STATE_WORDS,
    figure_words,
    goal_words,
    missing_words,
    span_words,
)
from lantoa.programmes.words_acts import FORCE_KINDS, FORCE_WORDS, KIND_WORDS

FIGURE_WORDS = {
    APPROVED: _("approved"),
    RETURNED: _("returned"),
    WAITING: _("waits for review"),
    "missing": _("not reported"),
}
FIGURE_KINDS = {APPROVED: "ok", RETURNED: "late", WAITING: "wait", "missing": "none"}


def act_row(line: acts.Line) -> dict[str, Any]:
    """An act in a list."""
    return {
        "act": line.act,
        "kind": KIND_WORDS[LegalAct.Kind(line.act.kind)],
        "state": {"kind": FORCE_KINDS[line.force], "word": FORCE_WORDS[line.force]},
        "mark": MARK_WORDS.get(line.act.mark, ""),
        "replaced_by": line.replaced_by,
    }


def target_name(target: Target) -> str:
    """The name in the reader's language, where there is one."""
    english = (get_language() or "vi").startswith("en")
    return target.name_en if english and target.name_en else target.name


def line_row(line: Line, called: Mapping[int, Placement]) -> dict[str, Any]:
    """A target against its plan, in words."""
    target, actual = line.target, line.actual
    unit = called.get(target.unit_id)
    return {
        "target": target,
        "name": target_name(target),
        "owner": unit.full_name if unit else "",
        "sort_key": unit.sort_key if unit else "",
        "goal": goal_words(target, line.ahead[1]) if line.ahead else "",
        "goal_year": line.ahead[0] if line.ahead else None,
        "planned": goal_words(target, line.planned.value) if line.planned else "",
        "planned_how": PLANNED_WORDS[line.planned.stands] if line.planned else "",
        "actual": figure_words(target, actual.value) if actual else "",
        "span": span_words(actual.span) if actual else "",
        "how": HOW_WORDS[actual.how] if actual and actual.how != REPORTED else "",
        "missing": missing_words(actual),
        "state": {"kind": STATE_KINDS[line.verdict], "word": STATE_WORDS[line.verdict]},
        "late": line.is_late,
        "gone": line.gone,
    }
