"""What is said in writing, and what is broken."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from lantoa.workshops.models import Announcement, Caption, Fault, Screen, Site, Workshop

LINES = 3  # captions on a page


def last_captions(workshop: Workshop, language: str, *, lines: int = LINES) -> list[Caption]:
    """The last lines in one language, oldest first. One query."""
    found = Caption.objects.filter(workshop=workshop, language=language).order_by("-pk")[:lines]
    return list(reversed(found))


def lines_of(workshop: Workshop, language: str) -> list[str]:
    """As many lines as a page has places for, empty ones first: a page that was opened before the first caption has
    a place for each."""
    said = [one.text for one in last_captions(workshop, language)]
    return [""] * (LINES - len(said)) + said


def said_now(workshop: Workshop) -> Announcement | None:
    """The announcement that stands: the latest that was not taken down."""
    return workshop.announcements.filter(ended_at=None).order_by("-pk").first()


def open_faults(workshop: Workshop) -> "QuerySet[Fault]":
    """What does not work now, the oldest first."""
    found = Fault.objects.filter(site__workshop=workshop, ended_at=None)
    return found.select_related("site__operator", "site__deputy", "site__workshop").order_by("reported_at", "pk")


def faults_of(workshop: Workshop, *, since: datetime | None = None) -> "QuerySet[Fault]":
    """All of them, with their ends: for the minutes and for the pack of sites that were down."""
    found = Fault.objects.filter(site__workshop=workshop).select_related("site")
    return (found if since is None else found.filter(reported_at__gte=since)).order_by("reported_at", "pk")


def rung_of(site: Site | None) -> str:
    """What the site shows of the stream."""
    found = Screen.objects.filter(site=site).values_list("rung", flat=True).first() if site else None
    return found or Screen.Rung.VIDEO


def player_of(workshop: Workshop) -> str:
    """The origin that the stream is played from inside the page; "" where it is a link to open elsewhere.

    Only an HLS address of an origin that the setting names is played: the page's policy is opened for it alone.
    """
    parts = urlsplit(workshop.stream_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if origin in settings.STREAM_ORIGINS and parts.path.endswith(".m3u8") else ""
