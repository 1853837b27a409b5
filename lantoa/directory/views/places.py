"""What the pages of this room share: the unit of the address, addresses as of a day, the way up."""

from datetime import date
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from lantoa.common.templatetags.lantoa import vdate
from lantoa.directory import queries
from lantoa.directory.access import today
from lantoa.directory.models import Placement, Unit
from lantoa.directory.queries import ENDED, NOT_YET, Standing
from lantoa.directory.rules.periods import day_before


def load_unit(key: str) -> Unit:
    return get_object_or_404(Unit, key=key)


def address(name: str, key: str = "", *, on: date, **query: str) -> str:
    """The address of a page as of a day; today's is left out."""
    url = reverse(f"directory:{name}", args=[key] if key else [])
    if on != today():
        query = {"on": on.isoformat(), **query}
    return f"{url}?{urlencode(query)}" if query else url


def trail(unit: Unit, *, on: date, last: bool = False) -> list[dict[str, str]]:
    """The way up from the unit, for the breadcrumbs; with `last` the unit itself too."""
    steps = queries.path(unit, on=on)
    crumbs = [{"label": _("Units"), "url": address("units", on=on)}]
    crumbs += [
        {"label": step.full_name, "url": address("unit", step.unit.key, on=on)}
        for step in (steps if last else steps[:-1])
    ]
    if last and not steps:
        crumbs.append({"label": queries.standing(unit, on=on).name, "url": address("unit", unit.key, on=on)})
    return crumbs


def absence(said: Standing) -> dict[str, str]:
    """Why a unit does not stand on the day: a title and a sentence."""
    day, name = vdate(said.on), said.name
    by = said.decision.number if said.decision else ""
    if said.state == NOT_YET:
        text = _("%(name)s was founded on %(founded)s by %(decision)s.")
        title = _("%(name)s did not exist yet on %(day)s")
        words = {"name": name, "founded": vdate(said.day), "decision": by}
    elif said.state == ENDED:
        title = _("%(name)s no longer exists on %(day)s")
        text = _("It ended on %(ended)s by %(decision)s.") if by else _("It ended on %(ended)s.")
        words = {"ended": vdate(said.day), "decision": by}
    else:
        title = _("What %(name)s was on %(day)s is not known")
        if said.day and said.on < said.day:
            text = _("The directory knows it from %(since)s on. Of an earlier day nothing is guessed.")
        else:
            text = _("No list and no decision in the directory says anything about that day.")
        words = {"since": vdate(said.day)}
    return {"title": title % {"name": name, "day": day}, "text": text % words}


def source_of(placement: Placement) -> str:
    """What says that the unit stood so."""
    if placement.decision:
        return placement.decision.number
    return placement.snapshot.title if placement.snapshot else ""


def since_until(placement: Placement) -> str:
    """ "from 01/01/2021 to 30/06/2025"; the last day is inside."""
    since, upper = placement.period.lower, placement.period.upper
    if upper is None:
        return _("from %(since)s") % {"since": vdate(since)}
    return _("%(since)s to %(until)s") % {"since": vdate(since), "until": vdate(day_before(upper))}
