"""What the pages of a workshop that is being held share: their parts, the clock, the words of both languages."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lantoa.directory.access import today
from lantoa.workshops.models import AgendaItem, Announcement, Conduct, Poll, Question, Workshop
from lantoa.workshops.queries.access import CHAIR, MODERATE, can, sites_of
from lantoa.workshops.queries.floor import Clock, Floor, clock_of, conduct_of, floor_of
from lantoa.workshops.queries.interpreting import interprets
from lantoa.workshops.queries.polls import told_of
from lantoa.workshops.queries.questions import votes_of
from lantoa.workshops.queries.taking_part import takes_part
from lantoa.workshops.queries.words import said_now
from lantoa.workshops.rules.clock import minutes_of
from lantoa.workshops.rules.polls import Told
from lantoa.workshops.rules.times import known_zones
from lantoa.workshops.rules.words import COUNTRIES
from lantoa.workshops.views.reaching import in_words

Act = Callable[[HttpRequest, Any], object]


def pages_while_held(request: HttpRequest, workshop: Workshop) -> list[dict[str, str]]:
    """The pages of a workshop while it is held, as far as they are the reader's."""
    found = [("seat", _("Your seat")), ("hall", _("Screen of the hall")), ("floor", _("Who had the floor"))]
    if can(request.user, CHAIR, workshop, on=today()):
        found = [("chair", _("Chair")), ("polls", _("Polls and quizzes")), *found]
    if can(request.user, MODERATE, workshop, on=today()):
        found = [("desk", _("Board of sites")), *found]
        desks = [
            ("slides", _("Slides")),
            ("questions", _("Questions")),
            ("conclusions", _("Conclusions and tasks")),
            ("announcements", _("Announcements")),
            ("faults", _("Fault desk")),
        ]
        found += [*desks, ("booth", _("Interpreter's booth"))]
    elif interprets(request.user, workshop):
        found += [("booth", _("Interpreter's booth")), ("glossary", _("Glossary"))]
    if sites_of(request.user, on=today(), workshop=workshop).exists():
        found = [("own_sites", _("Your sites in the roll")), *found]
    takes = takes_part(request.user, workshop, on=today())
    return [
        {"label": label, "url": reverse(f"workshops:{name}", args=[workshop.key])}
        for name, label in found
        if takes or name != "seat"
    ]


def act_of(request: HttpRequest, acts: Mapping[str, Act]) -> Act:
    """What the form asks for; 404 where it asks for nothing that there is."""
    found = acts.get(request.POST.get("act", ""))
    if found is None:
        raise Http404
    return found


def answer_part(request: HttpRequest, parts: Mapping[str, str], context: dict[str, Any]) -> HttpResponse | None:
    """The part of the page alone that an open page asks for ("?part=floor")."""
    name = request.GET.get("part", "")
    if not name:
        return None
    if name not in parts:
        raise Http404
    answer = render(request, parts[name], context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def shown_text(row: Any, field: str = "text") -> str:
    """A text with a place for each language, in the reader's."""
    return in_words(row, field)


def agenda_context(workshop: Workshop, now: datetime) -> dict[str, Any]:
    """The agenda's clock: what runs, what is next, how late, in the zones of the sites."""
    clock = clock_of(workshop, at=now)
    zones = zones_of(workshop)
    return {
        "clock": clock,
        "now": now,
        "drift": drift_words(clock),
        "zones": [{"name": name, "time": f"{now.astimezone(ZoneInfo(zone)):%H:%M}"} for zone, name in zones],
        "running": _item(clock.running, clock, zones),
        "next": _item(clock.next, clock, zones),
        "items": [_item(one, clock, zones) for one in clock.items],
    }


def zones_of(workshop: Workshop) -> list[tuple[str, str]]:
    """The time zones of the workshop and of its sites, with the country's name; the workshop's own first. Those
    that the machine does not know are left out."""
    rows = workshop.sites.order_by().values_list("zone", "country").distinct()
    found: dict[str, str] = {workshop.zone: ""}
    for zone, country in rows:
        if not found.get(zone):
            found[zone] = _(COUNTRIES[country]) if country in COUNTRIES else country
    return [
        (zone, name or zone.rpartition("/")[2].replace("_", " "))
        for zone, name in found.items()
        if zone in known_zones()
    ]


def _item(item: AgendaItem | None, clock: Clock, zones: list[tuple[str, str]]) -> dict[str, Any] | None:
    if item is None:
        return None
    expected = clock.reckoned.expected.get(item.key)
    return {
        "row": item,
        "title": in_words(item, "title"),
        "speaker": in_words(item, "speaker"),
        "planned": _times(item.during.lower, item.during.upper, zones),
        "expected": _times(expected, None, zones) if expected and abs(clock.reckoned.drift) >= MINUTE else [],
        "state": _state(item),
        "ends": item.started_at + (item.during.upper - item.during.lower) if item.started_at else None,
    }


MINUTE = timedelta(minutes=1)


def _times(begins: datetime, ends: datetime | None, zones: list[tuple[str, str]]) -> list[str]:
    """The hours in each zone; one zone alone needs no name."""
    found = []
    for zone, name in zones:
        there = ZoneInfo(zone)
        said = f"{begins.astimezone(there):%H:%M}" + (f"–{ends.astimezone(there):%H:%M}" if ends else "")
        found.append(f"{said} {name}" if len(zones) > 1 else said)
    return found


def _state(item: AgendaItem) -> tuple[str, str]:
    if item.ended_at is not None:
        return "ok", _("over")
    return ("now", _("now")) if item.started_at is not None else ("none", _("to come"))


def drift_words(clock: Clock) -> tuple[str, str]:
    """How late or early the agenda runs: kind and words."""
    minutes = minutes_of(clock.reckoned.drift)
    if not minutes:
        return "ok", _("on time")
    if minutes > 0:
        return "late", ngettext("%(count)d minute late", "%(count)d minutes late", minutes) % {"count": minutes}
    return "wait", ngettext("%(count)d minute early", "%(count)d minutes early", -minutes) % {"count": -minutes}


def floor_context(workshop: Workshop, now: datetime) -> dict[str, Any]:
    """The queue, who speaks, what is left of their time."""
    conduct = conduct_of(workshop)
    floor = floor_of(workshop, by_protocol=conduct.by_protocol)
    return {
        "workshop": workshop,
        "conduct": conduct,
        "floor": floor,
        "now": now,
        "left": left_words(floor, now),
        "speaking": in_words(floor.speaking.site) if floor.speaking else "",
        "next_site": in_words(floor.waiting[0].site) if floor.waiting else "",
        "in_english": "_en" if english() else "",
    }


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "vi").startswith("en")


def spread_of(pages: int) -> int:
    """Milliseconds over which so many pages ask again after a telling: a hundred a second at most."""
    return max(500, pages * 10)


def left_words(floor: Floor, now: datetime) -> tuple[str, str]:
    """What the speaker has left: kind and words; the warnings of the last three minutes."""
    mark = floor.warning(now)
    if mark is None:
        return "now", _("speaking")
    if mark == 0:
        return "late", _("the time is over")
    said = ngettext("less than %(count)d minute left", "less than %(count)d minutes left", mark)
    return "wait", said % {"count": mark}


def pinned_of(conduct: Conduct) -> dict[str, Any] | None:
    """The question on the screens, with its public answer."""
    if not conduct.pinned:
        return None
    shown = Question.objects.filter(state__in=[Question.State.OPEN, Question.State.ANSWERED])
    found = shown.filter(key=conduct.pinned, workshop=conduct.workshop).first()
    if found is None:
        return None
    replies = found.replies.filter(stands=True, published_at__isnull=False).order_by("language")
    return {"question": found, "voices": votes_of(found), "replies": list(replies)}


def said_words(said: Announcement | None) -> str:
    """The announcement in the reader's language."""
    return shown_text(said) if said else ""


def announced(workshop: Workshop) -> dict[str, str]:
    """For `workshops/_said.html`. One query."""
    return {"said": said_words(said_now(workshop)), "in_english": "_en" if english() else ""}


def options_of(poll: Poll) -> list[str]:
    """The options in the reader's language."""
    return [(one["en"] if english() and one["en"] else one["vi"]) for one in poll.options]


def result_of(poll: Poll, told: Told | None = None) -> dict[str, Any]:
    """A poll as pages show it: each option with how many chose it."""
    told = told or told_of(poll)
    return {
        "poll": poll,
        "title": in_words(poll, "title"),
        "told": told,
        "rows": [
            {
                "words": words,
                "count": told.counts[place],
                "share": told.share(place),
                "right": place in poll.right,
            }
            for place, words in enumerate(options_of(poll))
        ],
    }
