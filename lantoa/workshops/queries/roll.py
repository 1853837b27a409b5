"""What can be told of the roll: what each site reported, totals, who has not been heard from, whom to call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from lantoa.presence.models import Gathering
from lantoa.workshops.models import RollCall, Site, SiteReport, SiteState, Workshop
from lantoa.workshops.rules.roll import STATES

UNHEARD = timedelta(minutes=2)  # a page of a site is heard every 45 seconds

# The one statement behind all totals: of a workshop by the topmost site, in one pass.
TOTALS = """
    SELECT s.root_id, count(*), sum(s.expected)::bigint,
           count(*) FILTER (WHERE t.state = 'present'), count(*) FILTER (WHERE t.state = 'late'),
           count(*) FILTER (WHERE t.state = 'fault'), count(*) FILTER (WHERE t.state = 'absent'),
           count(*) FILTER (WHERE t.state IS NULL), count(*) FILTER (WHERE t.state IS NOT NULL AND t.people IS NULL),
           coalesce(sum(t.people), 0)::bigint, coalesce(sum(t.leaders), 0)::bigint, coalesce(sum(t.guests), 0)::bigint
      FROM workshops_site s
      LEFT JOIN workshops_sitestate t ON t.site_id = s.id AND t.roll_call_id = %s
     WHERE s.workshop_id = %s
     GROUP BY s.root_id
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sites by what they reported, and people counted there (of whom leaders and guests). `uncounted`: sites that are
    present and counted nobody."""

    sites: int = 0
    expected: int = 0
    present: int = 0
    late: int = 0
    fault: int = 0
    absent: int = 0
    silent: int = 0  # nothing was reported
    uncounted: int = 0
    people: int = 0
    leaders: int = 0
    guests: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def reported(self) -> int:
        return self.sites - self.silent


def totals_of(rows: "QuerySet[Any]") -> Totals:
    """Of some sites of a board together. One query."""
    return Totals(
        **rows.order_by().aggregate(
            sites=Count("pk"),
            expected=Coalesce(Sum("expected"), 0),
            **{state: Count("pk", filter=Q(stands_state=state)) for state in STATES},
            silent=Count("pk", filter=Q(stands_state=None)),
            uncounted=Count("pk", filter=Q(stands_state__isnull=False, stands_people=None)),
            people=Coalesce(Sum("stands_people"), 0),
            leaders=Coalesce(Sum("stands_leaders"), 0),
            guests=Coalesce(Sum("stands_guests"), 0),
        )
    )


def last_roll(workshop: Workshop) -> RollCall | None:
    """The roll call that is open, or was last."""
    return RollCall.objects.filter(workshop=workshop).select_related("calling").order_by("-number").first()


def open_roll(workshop: Workshop) -> RollCall | None:
    """The roll call that is open."""
    return RollCall.objects.filter(workshop=workshop, closed_at=None).first()


def totals_by_root(workshop: Workshop, roll: RollCall | None) -> dict[int, Totals]:
    """By the id of the topmost site. One query."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [roll.pk if roll else None, workshop.pk])
        return {root: Totals(*numbers) for root, *numbers in cursor.fetchall()}


def whole(parts: dict[int, Totals]) -> Totals:
    """All of them together."""
    return sum(parts.values(), Totals())


def board(workshop: Workshop, roll: RollCall | None) -> "QuerySet[Site]":
    """The sites in the order of protocol, each with what stands of it in this roll call (`stands_state`,
    `stands_people`, `stands_at`, `stands_how`) and when it was heard (`heard_at`)."""
    mine = FilteredRelation("states", condition=Q(states__roll_call=roll.pk if roll else None))
    return (
        Site.objects.filter(workshop=workshop)
        .annotate(mine=mine)
        .annotate(
            stands_state=F("mine__state"),
            stands_people=F("mine__people"),
            stands_leaders=F("mine__leaders"),
            stands_guests=F("mine__guests"),
            stands_at=F("mine__at"),
            stands_how=F("mine__how"),
            stands_reports=F("mine__reports"),
            heard_at=F("heard__at"),
        )
        .order_by("place", "pk")
    )


def not_reported(roll: RollCall) -> "QuerySet[Site]":
    """The sites of which nothing stands in this roll call."""
    stands = SiteState.objects.filter(roll_call=roll, site=OuterRef("pk"))
    return Site.objects.filter(~Exists(stands), workshop=roll.workshop_id)


def in_state(rows: "QuerySet[Any]", state: str) -> "QuerySet[Any]":
    """Those of a board that stand so; "silent": nothing was reported; "uncounted": nobody was counted there."""
    if state == "silent":
        return rows.filter(stands_state=None)
    if state == "uncounted":
        return rows.filter(stands_state__isnull=False, stands_people=None)
    return rows.filter(stands_state=state)


def to_call(rows: "QuerySet[Any]", *, at: datetime) -> "QuerySet[Any]":
    """Whom to call: sites with a fault, sites that said nothing, and those whose page is not heard any more."""
    trouble = Q(stands_state="fault") | Q(stands_state=None) | Q(heard_at__lt=at - UNHEARD)
    return rows.filter(trouble).select_related("operator", "deputy")


def stands_of(site: Site, roll: RollCall | None) -> SiteState | None:
    """What stands of one site."""
    return SiteState.objects.filter(roll_call=roll, site=site).first() if roll else None


def reports_of(site: Site, roll: RollCall | None) -> "QuerySet[SiteReport]":
    """All that was reported of one site, the newest first."""
    return SiteReport.objects.filter(roll_call=roll, site=site).order_by("-pk")


def gathering_of(site: Site) -> Gathering | None:
    """Where people check in at this site; None before its code was shown."""
    return Gathering.objects.filter(source=f"workshops.site:{site.key}").first()


def named_rows(totals: dict[int, Totals]) -> list[tuple[Site, Totals]]:
    """The topmost sites with their totals, in the order of protocol."""
    roots = Site.objects.filter(pk__in=totals).order_by("place", "pk")
    return [(root, totals[root.pk]) for root in roots]
