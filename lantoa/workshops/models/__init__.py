"""Tables of the room: workshops with their agenda, the sites that take part, and what was told to their pages."""

from lantoa.workshops.models.before import Check, Invitation, WorkshopFile
from lantoa.workshops.models.conclusion import Conclusion
from lantoa.workshops.models.floor import Conduct, Hand
from lantoa.workshops.models.interpreting import Interpreter, Term
from lantoa.workshops.models.place import Place
from lantoa.workshops.models.poll import Ballot, Poll, SiteBallot
from lantoa.workshops.models.question import Forwarding, Question, Reply, Vote
from lantoa.workshops.models.roll import How, RollCall, SiteHeard, SiteReport, SiteState, Trespass
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.slides import Deck, Showing, Slide
from lantoa.workshops.models.telling import Telling
from lantoa.workshops.models.words import Announcement, Caption, Fault, Screen
from lantoa.workshops.models.workshop import AgendaItem, Workshop

__all__ = [
    "AgendaItem",
    "Announcement",
    "Ballot",
    "Caption",
    "Check",
    "Conclusion",
    "Conduct",
    "Deck",
    "Fault",
    "Forwarding",
    "Hand",
    "How",
    "Interpreter",
    "Invitation",
    "Place",
    "Poll",
    "Question",
    "Reply",
    "RollCall",
    "Screen",
    "Showing",
    "Site",
    "SiteBallot",
    "SiteHeard",
    "SiteReport",
    "SiteState",
    "Slide",
    "Telling",
    "Term",
    "Trespass",
    "Vote",
    "Workshop",
    "WorkshopFile",
]
