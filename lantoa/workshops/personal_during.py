"""What is kept of people who took part while a workshop was held; joined to the room's declaration in `personal`."""

from collections.abc import Mapping

from django.db.models import Model

from lantoa.common.personal import ANONYMISED, Gone, Subject, Table
from lantoa.common.refused import N_
from lantoa.workshops.models import (
    Announcement,
    Ballot,
    Caption,
    Conclusion,
    Conduct,
    Deck,
    Fault,
    Forwarding,
    Hand,
    Interpreter,
    Place,
    Poll,
    Question,
    Reply,
    Screen,
    Showing,
    SiteBallot,
    Slide,
    Term,
    Vote,
)

ASKED = N_("What was asked in public stands in the minutes of the workshop; the row no longer says who asked.")
COUNTED = N_("The votes of a workshop were counted in public; the row no longer says whose it was.")

PLACES = Table(
    Place,
    N_("Sites of workshops at which people took part"),
    {"workshop__name": N_("Workshop"), "site__name": N_("Site"), "taken_at": N_("When")},
    person=("person",),
    beside=("key",),
)
QUESTIONS = Table(
    Question,
    N_("Questions asked in workshops"),
    {
        "workshop__name": N_("Workshop"),
        "text": N_("Question"),
        "reason": N_("Why it was declined"),
        "asked_at": N_("When"),
    },
    person=("person",),
    beside=("key", "language", "state"),
    fate=ANONYMISED,
    why=ASKED,
)
VOTES = Table(
    Vote,
    N_("Votes for questions of workshops"),
    {"question__workshop__name": N_("Workshop"), "question__text": N_("Question")},
    person=("person",),
    fate=ANONYMISED,
    why=COUNTED,
)
BALLOTS = Table(
    Ballot,
    N_("Votes in polls of workshops"),
    {
        "poll__workshop__name": N_("Workshop"),
        "poll__title": N_("What was asked"),
        "chosen": N_("Options chosen, counted from 0"),
        "at": N_("When"),
    },
    person=("person",),
    beside=("key",),
    fate=ANONYMISED,
    why=COUNTED,
)
TABLES = (PLACES, QUESTIONS, VOTES, BALLOTS)
NOT_PERSONAL: Mapping[type[Model], str] = {
    Conduct: "how a workshop is held; who chairs, by the key of an account",
    Hand: "what a site wants to speak about, in a few words of its office",
    Reply: "what an office answered in public",
    Forwarding: "which unit answers until when",
    Conclusion: "what a workshop concluded and gave units to do",
    Poll: "what is asked of everybody",
    SiteBallot: "what a site voted in public",
    Caption: "what was said aloud to all sites",
    Announcement: "what was said to all sites",
    Fault: "what does not work at a site",
    Screen: "what a site shows",
    Deck: "a document that is shown page by page",
    Slide: "a page of such a document as a picture",
    Showing: "which slide is on; who showed it stands as a key",
    Interpreter: "which account interprets, by its key",
    Term: "a word in two languages",
}


def erase_during(subject: Subject) -> list[Gone]:
    """Where somebody sat is deleted; the words of questions that nobody has seen are emptied, the others stay."""
    gone = [
        Gone(table.title, table.rows(subject).count(), table.fate, table.why) for table in (QUESTIONS, VOTES, BALLOTS)
    ]
    unseen = [Question.State.HELD, Question.State.DECLINED]
    QUESTIONS.rows(subject).filter(state__in=unseen).update(text="")
    places, _each = Place.objects.filter(person=subject.person).delete()
    return [*gone, Gone(PLACES.title, places)]
