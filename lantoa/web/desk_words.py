"""What waits for whoever reads, in lines for their desk: each with its number, its day, and the page with these rows.

A line stands only where something waits that the reader may do, about units in their care.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lantoa.accounts.models import User
from lantoa.common.templatetags.lantoa import vdate, vnumber
from lantoa.directory.access import in_care
from lantoa.directory.models import UnitQuerySet
from lantoa.pilots.queries.late import late_pilots
from lantoa.programmes.queries.desk import owed_in_short, waiting_in_short
from lantoa.readiness.queries.desk import objected, to_fill
from lantoa.training.queries.desk import to_decide

SHOWN: Final = 5  # campaigns, calls or pilots of one kind; the rest comes when these are done


@dataclass(frozen=True)
class Waiting:
    """A line: what is to be done, of what (the link), how many by when. `count` is the number of rows it opens."""

    label: str
    link: str
    url: str
    note: str
    count: int


def waiting(user: User, held: frozenset[str], *, on: date) -> list[Waiting]:
    """The lines of the reader's desk. One query for each kind of work that the reader may do."""
    return [
        line
        for permission, unless, said in KINDS
        if permission in held and unless not in held
        for line in said(in_care(user, permission, on=on), on)
    ]


def _due(day: date, on: date) -> str:
    return (_("was due on %(day)s") if day < on else _("due by %(day)s")) % {"day": vdate(day)}


def _oldest(at: datetime | None) -> str:
    return _("waiting since %(day)s") % {"day": vdate(timezone.localdate(at))} if at else ""


def _sheets(count: int) -> str:
    return ngettext("%(count)s sheet", "%(count)s sheets", count) % {"count": vnumber(count)}


def _figures_owed(units: UnitQuerySet, on: date) -> Iterator[Waiting]:
    found = owed_in_short(units)
    if not found.owed or found.until is None:
        return
    words = ngettext("%(count)s figure", "%(count)s figures", found.owed) % {"count": vnumber(found.owed)}
    if found.owed < found.asked:
        said = _("%(count)s of the %(asked)s figures that are not approved yet")
        words = said % {"count": vnumber(found.owed), "asked": vnumber(found.asked)}
    url = reverse("programmes:owed")
    yield Waiting(_("To report:"), words, url, _due(found.until, on), found.asked)


def _figures_to_review(units: UnitQuerySet, _on: date) -> Iterator[Waiting]:
    count, oldest = waiting_in_short(units)
    if count:
        words = ngettext("%(count)s figure", "%(count)s figures", count) % {"count": vnumber(count)}
        yield Waiting(_("To review:"), words, reverse("programmes:waiting"), _oldest(oldest), count)


def _sheets_to_fill(units: UnitQuerySet, on: date) -> Iterator[Waiting]:
    for row in to_fill(units, on=on)[:SHOWN]:
        back = row.state == "returned"
        note = _sheets(row.count) if back else f"{_sheets(row.count)} · {_due(row.until, on)}"
        url = f"{reverse('readiness:campaign', args=[row.key])}?state={row.state}"
        yield Waiting(_("Returned, to correct:") if back else _("To fill in:"), row.title, url, note, row.count)


def _objections(units: UnitQuerySet, _on: date) -> Iterator[Waiting]:
    for key, title, count, since in objected(units)[:SHOWN]:
        url = f"{reverse('readiness:campaign', args=[key])}?state=objected"
        yield Waiting(_("Objections to decide:"), title, url, f"{_sheets(count)} · {_oldest(since)}", count)


def _nominations(units: UnitQuerySet, _on: date) -> Iterator[Waiting]:
    for key, title, count, since in to_decide(units)[:SHOWN]:
        people = ngettext("%(count)s person", "%(count)s people", count) % {"count": vnumber(count)}
        url = f"{reverse('training:nominations', args=[key])}?state=placed"
        yield Waiting(_("Nominations to decide:"), title, url, f"{people} · {_oldest(since)}", count)


def _late_pilots(units: UnitQuerySet, on: date) -> Iterator[Waiting]:
    for row in late_pilots(units, on=on)[:SHOWN]:
        said = ngettext("%(count)s thing is late", "%(count)s things are late", row.many)
        since = _("since %(day)s") % {"day": vdate(row.since)}
        note = f"{said % {'count': vnumber(row.many)}} · {since}"
        yield Waiting(_("Late in a pilot:"), row.name, reverse("pilots:pilot", args=[row.key]), note, row.many)


# The permission, the one whose holders do not do this themselves, and the lines.
KINDS: Final[tuple[tuple[str, str, Callable[[UnitQuerySet, date], Iterator[Waiting]]], ...]] = (
    ("programmes.report", "programmes.manage", _figures_owed),
    ("readiness.answer", "readiness.review", _sheets_to_fill),
    ("programmes.review", "", _figures_to_review),
    ("readiness.review", "", _objections),
    ("training.manage", "", _nominations),
    ("pilots.report", "", _late_pilots),
)
