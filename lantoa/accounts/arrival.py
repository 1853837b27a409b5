"""Where somebody is led who comes in by a personal link or a card.

This room does not know what waits for whom: a room above says once, by `leads`, how it finds out. The first that
knows a place wins; else it is the start page. One page instead of three for each candidate of a province (0034).
"""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse

from lantoa.accounts.models import User

Leads = Callable[[User, datetime], str]  # the address of what waits for this account at that moment; "" for nothing

_LEADS: list[Leads] = []


def leads(where: Leads) -> Leads:
    """Registers a way to find out."""
    if where not in _LEADS:
        _LEADS.append(where)
    return where


def place_for(user: User, *, at: datetime) -> str:
    """The address of the page that comes after signing in."""
    for where in _LEADS:
        if place := where(user, at):
            return place
    return reverse("web:home")
