"""How the inventory is said on pages, in the reader's language."""

from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.templatetags.lantoa import vdate, vnumber
from lantoa.directory.models import Level
from lantoa.programmes.models import Stage
from lantoa.programmes.queries.inventory import kinds
from lantoa.programmes.rules.inventory import (
    INFRASTRUCTURE,
    INHERITED,
    MISSING,
    OLD,
    PLATFORM,
    UNCONNECTED,
    Checked,
    Expected,
)

GROUP_WORDS = {PLATFORM: _("Platforms"), INFRASTRUCTURE: _("Infrastructure")}
STATE_WORDS = {
    Stage.State.RUNNING: _("in use"),
    Stage.State.TRIAL: _("on trial"),
    Stage.State.PLANNED: _("planned"),
    Stage.State.BROKEN: _("out of order"),
    Stage.State.STOPPED: _("stopped"),
}
STATE_KINDS = {"running": "ok", "trial": "now", "planned": "wait", "broken": "late", "stopped": "none"}
GAP_WORDS = {
    MISSING: _("missing"),
    INHERITED: _("only of the units before"),
    OLD: _("too old"),
    UNCONNECTED: _("not connected"),
}
GAP_KINDS = {MISSING: "late", INHERITED: "wait", OLD: "late", UNCONNECTED: "late"}
LEVEL_WORDS = {
    Level.PROVINCE: _("Province or city"),
    Level.DISTRICT: _("District (until 30/06/2025)"),
    Level.COMMUNE: _("Commune, ward"),
    Level.AGENCY: _("Department, agency"),
}
CHOSEN_WORDS = {
    "has": _("have it"),
    "expected": _("are to have it"),
    "met": _("have what is expected"),
    "lacking": _("lack something"),
    **GAP_WORDS,
}


def kind_words(code: str) -> str:
    """A kind in the reader's language."""
    one = kinds().get(code)
    if one is None:
        return code
    return one.name_en if (get_language() or "vi").startswith("en") else one.name


def money(amount: int | None) -> str:
    """Whole đồng: 1.200.000 đồng."""
    return "" if amount is None else gettext("%(amount)s đồng") % {"amount": vnumber(amount)}


def expected_words(one: Expected) -> str:
    """What is asked of a kind besides being there: "at most 5 years old, connected …"."""
    said = []
    if one.oldest is not None:
        words = ngettext("at most %(years)d year old", "at most %(years)d years old", one.oldest)
        said.append(words % {"years": one.oldest})
    if one.connected:
        said.append(gettext("connected to the data sharing platform"))
    return ", ".join(said)


def gap_state(one: Checked) -> dict[str, Any]:
    """An expectation as shape and word."""
    if not one.gaps:
        return {"kind": "ok", "text": gettext("there")}
    return {"kind": GAP_KINDS[one.gaps[0]], "text": ", ".join(str(GAP_WORDS[gap]) for gap in one.gaps)}


def since_words(stage: Stage, begun: date | None) -> str:
    """Since when: in use since the first day; the day of what holds now, where that is another."""
    if begun is None or begun == stage.since:
        return vdate(stage.since)
    words = gettext("in use since %(begun)s, as it is since %(since)s")
    return words % {"begun": vdate(begun), "since": vdate(stage.since)}
