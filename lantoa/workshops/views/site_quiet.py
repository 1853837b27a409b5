"""The page of a site that nothing is known of yet. When a workshop begins, thousands of these are opened within a
minute: they differ in the name of the site, its addresses and its ticket, and are rendered once (decision 0038)."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from lantoa.common.filling import filled
from lantoa.common.frame import mark
from lantoa.workshops.forms_floor import AskForm, FaultForm, HandForm, RungForm
from lantoa.workshops.forms_roll import ReportForm
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.quiet import about_so_many, quiet
from lantoa.workshops.queries.words import lines_of
from lantoa.workshops.rules.streams import audience_of
from lantoa.workshops.rules.words import LIVE
from lantoa.workshops.views.during import english, spread_of
from lantoa.workshops.views.hours import dry_run_of
from lantoa.workshops.views.live import stream_of
from lantoa.workshops.views.reaching import in_words, way
from lantoa.workshops.views.stage import (
    CAPTIONED,
    language_among,
    opened_for,
    shows_slides,
    slide_of,
    stream_context,
)


def quiet_page(request: HttpRequest, site: Site) -> HttpResponse | None:
    """The page; None when there is more to say, and it is rendered as any other."""
    workshop = site.workshop
    known = quiet(site) if not len(get_messages(request)) else None
    if known is None:
        return None
    said = {
        **known,
        "live": workshop.state == LIVE,
        "keeps": True,
        "dry_run": dry_run_of(site, timezone.now()),
        "workshop": in_words(workshop),
        "breadcrumbs": way(workshop),
        "languages": workshop.languages,
        "language": site.language,
        "spread": spread_of(about_so_many(workshop.pk)) if workshop.state == LIVE else 0,
        **(_on(workshop, known) if workshop.state == LIVE else {}),
    }
    places = {
        **stream_of(request, workshop, audience_of(site.key)),
        "site_key": site.key,
        "site_name": in_words(site),
    }
    shared = {"navigation_bar": render_to_string("components/navigation.html", {}, request)}
    page = filled(request, "workshops/site_roll_quiet.html", said, places, shared, _context)
    return opened_for(page, said["on"]) if "on" in said else page


def _on(workshop: Workshop, known: dict[str, Any]) -> dict[str, Any]:
    """What is on: the same for all sites on one rung, but for the captions of this moment."""
    rung, language = known["rung"], language_among(workshop.languages)
    shows = shows_slides(rung, streamed=bool(workshop.stream_url))
    words = {
        "said": known["announced"][1 if english() else 0],
        "in_english": "_en" if english() else "",
        "caption_language": language,
        "caption_lines": lines_of(workshop, language) if rung in CAPTIONED else [],
    }
    return {
        "on": stream_context(workshop, rung) | words | {"slide": slide_of(known["slide"], language, pictures=shows)}
    }


def _context(said: dict[str, Any]) -> dict[str, Any]:
    """What `views.site.roll` and `site_floor.site_context` say of such a site, with places for its own words."""
    called = said["called"]
    found = {
        "site": SimpleNamespace(key=mark("site_key")),
        "name": mark("site_name"),
        "workshop": said["workshop"],
        "form": ReportForm(),
        "stream": {name: mark(name) for name in ("url", "ticket", "after", "slides")},
        "breadcrumbs": said["breadcrumbs"],
        "called": called and _called(*called),
        "kind": "none",
        "word": _("nothing reported yet"),
        "keeps": said["keeps"],
        "dry_run": said["dry_run"],
    }
    if not said["live"]:
        return found
    asking = AskForm(
        languages=said["languages"], anonymous=False, auto_id="ask-%s", initial={"language": said["language"]}
    )
    return {
        **found,
        **said["on"],
        "during": True,
        "live": True,
        "conduct": SimpleNamespace(hands_open=said["hands"], questions_open=said["questions"]),
        "spread": said["spread"],
        "polls": [],
        "hand_form": HandForm(auto_id="hand-%s"),
        "fault_form": FaultForm(auto_id="fault-%s"),
        "site_ask_form": asking,
        "rung_form": RungForm(auto_id="rung-%s", initial={"rung": said["rung"]}),
    }


def _called(number: int, opened_at: str, closed_at: str) -> SimpleNamespace:
    return SimpleNamespace(
        number=number,
        opened_at=datetime.fromisoformat(opened_at),
        closed_at=datetime.fromisoformat(closed_at) if closed_at else None,
    )
