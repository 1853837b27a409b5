"""What the room holds about people: who operates which site."""

from datetime import datetime

from django.db import transaction

from lantoa.common.personal import ANONYMISED, Gone, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.rules import Actor
from lantoa.workshops.models import (
    AgendaItem,
    Check,
    Invitation,
    RollCall,
    Site,
    SiteHeard,
    SiteReport,
    SiteState,
    Telling,
    Trespass,
    Workshop,
    WorkshopFile,
)
from lantoa.workshops.personal_during import NOT_PERSONAL, TABLES, erase_during

WHY = N_("A workshop is remembered with all its sites; the row no longer says who looked after it.")

SITES = Table(
    Site,
    N_("Sites looked after"),
    {
        "workshop__name": N_("Workshop"),
        "name": N_("Site"),
        "phone": N_("Telephone"),
        "address": N_("Address"),
    },
    person=("operator", "deputy"),
    beside=("key", "code", "name_en", "folded", "country", "zone", "equipment", "line", "language"),
    fate=ANONYMISED,
    why=WHY,
)


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """The sites stay; the telephone of a room goes where it is the person's own."""
    rows = SITES.rows(subject)
    gone = Gone(SITES.title, rows.count(), ANONYMISED, SITES.why)
    Site.objects.filter(pk__in=rows.values("pk"), phone__in=subject.marks).update(phone="")
    return [gone, *erase_during(subject)]


PERSONAL = declare(
    Room(
        "workshops",
        (SITES, *TABLES),
        {
            Workshop: "a conference, by its name",
            AgendaItem: "a public programme: who speaks, as it was announced",
            Check: "what a room's technology can do; who signed stands as a key",
            Invitation: "what a site answered; who answered stands as a key",
            WorkshopFile: "a document and its title",
            RollCall: "when the roll was called",
            SiteReport: "how many were at a place, by key who said so; the reason speaks of the place",
            SiteState: "what stands of a place",
            SiteHeard: "when a place was heard",
            Trespass: "who showed a wrong ticket, by key",
            Telling: "numbers, keys and values; what is said to all sites in writing",
            **NOT_PERSONAL,
        },
        erase,
    )
)
