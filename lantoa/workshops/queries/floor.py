"""What the floor tells: the agenda's clock, the queue, who speaks and how long, and who had the floor when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from lantoa.workshops.models import AgendaItem, Conduct, Hand, Workshop
from lantoa.workshops.rules.clock import Reckoned, Slot, left, reckon, warning
from lantoa.workshops.rules.floor import ordered


def conduct_of(workshop: Workshop) -> Conduct:
    """How the workshop is held; not saved where nothing has happened yet."""
    return Conduct.objects.filter(workshop=workshop).first() or Conduct(workshop=workshop)


def slot_of(item: AgendaItem) -> Slot:
    """An item for `rules.clock`."""
    return Slot(item.key, item.during.lower, item.during.upper, item.started_at, item.ended_at)


@dataclass(frozen=True)
class Clock:
    """The agenda at a moment, in its order."""

    items: list[AgendaItem]
    reckoned: Reckoned
    running: AgendaItem | None
    next: AgendaItem | None


def clock_of(workshop: Workshop, *, at: datetime) -> Clock:
    """Planned against actual, what runs, what and who comes next. One query."""
    items = list(workshop.agenda.order_by("during"))
    found = reckon([slot_of(one) for one in items], at)
    by_key = {one.key: one for one in items}
    return Clock(items, found, by_key.get(found.running), by_key.get(found.next))


def clock_said(workshop: Workshop, *, at: datetime) -> dict[str, Any]:
    """What pages are told of the agenda: keys and values."""
    clock = clock_of(workshop, at=at)
    return {
        "running": clock.running.key if clock.running else "",
        "title": clock.running.title if clock.running else "",
        "title_en": clock.running.title_en if clock.running else "",
        "next": clock.next.key if clock.next else "",
        "drift": int(clock.reckoned.drift.total_seconds()),
    }


@dataclass(frozen=True)
class Floor:
    """The queue in its order, who is invited, who speaks."""

    speaking: Hand | None
    waiting: list[Hand]  # the invited ones first

    @property
    def ends_at(self) -> datetime | None:
        """When the speaker's time is over."""
        if self.speaking is None or self.speaking.started_at is None:
            return None
        return self.speaking.started_at + timedelta(seconds=self.speaking.seconds)

    def left(self, now: datetime) -> timedelta | None:
        """What the speaker has left; negative when it is over."""
        if self.speaking is None or self.speaking.started_at is None:
            return None
        return left(self.speaking.started_at, self.speaking.seconds, now)

    def warning(self, now: datetime) -> int | None:
        """3, 2 or 1 minutes are left, 0: the time is over; None: there is more, or nobody speaks."""
        remaining = self.left(now)
        return None if remaining is None else warning(remaining)


def floor_of(workshop: Workshop, *, by_protocol: bool) -> Floor:
    """Open hands in the order of the queue. One query."""
    hands = list(Hand.objects.filter(workshop=workshop, state__in=Hand.OPEN).select_related("site", "workshop"))
    waiting = ordered(
        [one for one in hands if one.state != Hand.State.SPEAKING],
        by_protocol=by_protocol,
        raised=lambda hand: (hand.raised_at, hand.pk),
        place=lambda hand: (hand.site.place, hand.site_id),
    )
    return Floor(
        next((one for one in hands if one.state == Hand.State.SPEAKING), None),
        sorted(waiting, key=lambda hand: hand.state != Hand.State.INVITED),
    )


def floor_said(workshop: Workshop) -> dict[str, Any]:
    """What pages are told of the floor: who speaks until when, who is invited, how many hands are up."""
    floor = floor_of(workshop, by_protocol=conduct_of(workshop).by_protocol)
    ends, speaking = floor.ends_at, floor.speaking
    return {
        "speaking": speaking.site.name if speaking else "–",
        "speaking_en": _english(speaking) if speaking else "–",
        "until": ends.isoformat() if ends else "",
        "hands": len(floor.waiting),
        "next": floor.waiting[0].site.name if floor.waiting else "–",
        "next_en": _english(floor.waiting[0]) if floor.waiting else "–",
    }


def _english(hand: Hand) -> str:
    return hand.site.name_en or hand.site.name


def history_of(workshop: Workshop) -> "QuerySet[Hand]":
    """Who had the floor, from when to when, for how long it was given; for the page of it and for the minutes."""
    spoken = Hand.objects.filter(workshop=workshop, state__in=[Hand.State.SPOKEN, Hand.State.SPEAKING])
    return spoken.select_related("site", "item").order_by("started_at", "pk")
