"""Hours of a workshop in words: by the clock of the house, or by those of the workshop and of a site."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lantoa.common.templatetags.lantoa import vdate, vdatetime, vtime
from lantoa.workshops.models import Site
from lantoa.workshops.rules.times import city_of, clock_of, offset_said
from lantoa.workshops.rules.words import COUNTRIES, READY, ZONES


def hours(during: Any) -> str:
    """From when to when, by the clock of the house."""
    begins, ends = timezone.localtime(during.lower), timezone.localtime(during.upper)
    said = vtime(ends) if begins.date() == ends.date() else vdatetime(ends)
    return _("%(begins)s to %(ends)s") % {"begins": vdatetime(begins), "ends": said}


def dry_run_of(site: Site, now: datetime) -> list[str]:
    """When the dry run of its workshop is, by the clock of the workshop and, where it differs, of the site; nothing
    where there is none any more. Asks the database nothing."""
    workshop = site.workshop
    run = workshop.dry_run
    if run is None or workshop.state != READY or run.upper <= now:
        return []
    home, there = clock_of(workshop.zone, run.lower), clock_of(site.zone, run.lower)
    places = [(workshop.zone, "")]
    if home and there and offset_said(home) != offset_said(there):
        places.append((site.zone, site.country))
    found = []
    for zone, country in places:
        begins, ends = clock_of(zone, run.lower) or run.lower, clock_of(zone, run.upper) or run.upper
        said = f"{vdate(begins.date())} {begins:%H:%M}–{ends:%H:%M}"
        found.append(f"{said} {place_said(zone, country)}" if len(places) > 1 else said)
    return found


def place_said(zone: str, country: str = "") -> str:
    """What people call a zone: its country, else its city."""
    country = country or next((one for one, its in ZONES.items() if its == zone), "")
    return _(COUNTRIES[country]) if country in COUNTRIES else city_of(zone)
