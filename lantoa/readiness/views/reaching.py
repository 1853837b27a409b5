"""Who reaches which campaign and sheet; what pages of the room share."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.directory.access import in_care, may, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.readiness.models import Campaign, IndexVersion, Result, Sheet
from lantoa.readiness.queries.campaigns import campaigns_in, versions_in
from lantoa.readiness.queries.standing import Standing
from lantoa.readiness.rules.numbers import SCALE
from lantoa.readiness.rules.structure import Index, Title

VIEW, MANAGE, REVIEW, ANSWER = "readiness.view", "readiness.manage", "readiness.review", "readiness.answer"

STATES = {
    "draft": ("none", N_("being planned")),
    "open": ("now", N_("answers are taken")),
    "review": ("wait", N_("under review")),
    "appeal": ("wait", N_("appeals are open")),
    "published": ("ok", N_("published")),
}
SHEETS = {
    "filling": ("none", N_("not handed in")),
    "handed_in": ("wait", N_("handed in")),
    "returned": ("late", N_("returned")),
    "reviewed": ("ok", N_("reviewed")),
}


def state_of(states: dict[str, tuple[str, str]], state: str) -> dict[str, str]:
    """Kind and word of a state."""
    kind, word = states[state]
    return {"kind": kind, "word": _(word)}


def title_of(title: Title) -> str:
    """Words in the reader's language."""
    return title.of(get_language() or "vi")


def version_title(version: IndexVersion) -> str:
    """What an index is called in the reader's language, with its version: no score without it."""
    title = Title(version.title_vi, version.title_en)
    return _("%(title)s, version %(version)s") % {"title": title_of(title), "version": version.version}


def figure(value: int | None, decimals: int) -> str:
    """Millionths as people read them; a dash for what is not known."""
    return "–" if value is None else str(vnumber(value / SCALE, decimals))


def signed(value: int | None, decimals: int) -> str:
    """The same with its sign."""
    if value is None:
        return "–"
    return ("+" if value > 0 else "") + figure(value, decimals)


def name_of(unit: Unit) -> str:
    """What the unit is called today."""
    called = names([unit.pk], on=today())
    return called[unit.pk].full_name if called else unit.key


def campaign_seen(request: HttpRequest, key: str) -> Campaign:
    """A campaign that a unit in one's care holds, or that asks one, from the day it opens; 404 for others."""
    units = in_care(request.user, VIEW, on=today())  # type: ignore[arg-type]
    found = campaigns_in(units).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def published(request: HttpRequest, key: str) -> Campaign:
    """A published campaign that the reader reaches; 404 before it is published, whoever asks."""
    found = campaign_seen(request, key)
    if found.state != Campaign.State.PUBLISHED:
        raise Http404
    return found


def place_words(one: Standing | Result) -> str:
    """A place; shared ones with =."""
    if one.rank is None:
        return "–"
    return f"{one.rank}=" if one.shared > 1 else str(one.rank)


def span_words(low: int | None, high: int | None) -> str:
    """The places between which a unit stands when weighed otherwise."""
    if low is None or high is None:
        return "–"
    return str(low) if low == high else f"{low}–{high}"


def version_seen(request: HttpRequest, key: str) -> IndexVersion:
    """A version that a unit in one's care loaded, or by which one is asked; 404 for others."""
    units = in_care(request.user, VIEW, on=today())  # type: ignore[arg-type]
    found = versions_in(units).select_related("unit", "decision").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def holds_office(request: HttpRequest, campaign: Campaign, permission: str = REVIEW) -> bool:
    """Whether the reader may review (or what else is asked) for the unit that holds the campaign."""
    return may(request.user, permission, campaign.unit, on=today())


def answers_for(request: HttpRequest, sheet: Sheet) -> bool:
    """Whether the reader answers for the unit of the sheet."""
    return may(request.user, ANSWER, sheet.unit, on=today())


def way(campaign: Campaign | None = None, index: Index | None = None) -> list[dict[str, Any]]:
    """The breadcrumbs."""
    steps = [{"label": _("Readiness"), "url": reverse("readiness:campaigns")}]
    if campaign is not None:
        steps.append({"label": campaign.title, "url": reverse("readiness:campaign", args=[campaign.key])})
    return steps
