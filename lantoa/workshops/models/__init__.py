"""Tables of the room: workshops with their agenda, the sites that take part, and what was told to their pages."""

from lantoa.workshops.models.before import Check, Invitation, WorkshopFile
from lantoa.workshops.models.roll import How, RollCall, SiteHeard, SiteReport, SiteState, Trespass
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.telling import Telling
from lantoa.workshops.models.workshop import AgendaItem, Workshop

__all__ = [
    "AgendaItem",
    "Check",
    "How",
    "Invitation",
    "RollCall",
    "Site",
    "SiteHeard",
    "SiteReport",
    "SiteState",
    "Telling",
    "Trespass",
    "Workshop",
    "WorkshopFile",
]
