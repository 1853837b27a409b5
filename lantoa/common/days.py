"""The days of the house's time zone as moments: where each begins and ends."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_default_timezone


def begins(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min, get_default_timezone())


def ends(day: date) -> datetime:
    """The first moment after a day: what happened before it, happened by then."""
    return begins(day + timedelta(days=1))
