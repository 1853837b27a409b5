"""The minutes of a workshop as an official document; made again as long as it has no number."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.documents import draft_document, redraft_document
from lantoa.office.models import Document
from lantoa.workshops.actions.telling import held
from lantoa.workshops.models import Workshop
from lantoa.workshops.queries.minutes import Head, about, minutes_of, minutes_paper
from lantoa.workshops.rules.words import OVER


@transaction.atomic
def draft_minutes(*, by: Actor, workshop: Workshop, head: Head, at: datetime) -> Document:
    """Makes the minutes, or makes them anew; once the clerk has given the number they stay as they are."""
    workshop = held(workshop)
    if workshop.state != OVER:
        raise Refused(N_("Cannot make the minutes of %(name)s: it is not over."), name=workshop.name)
    paper = minutes_paper(workshop, head)
    standing, as_of = minutes_of(workshop), timezone.localdate(workshop.during.lower)
    if standing is not None:
        document = redraft_document(by=by, document=standing, title=paper.abstract, content=paper, as_of=as_of)
    else:
        document = draft_document(
            by=by,
            kind="BB",
            title=paper.abstract,
            issuer=workshop.unit,
            symbol=f"BB-{head.code}",
            content=paper,
            about=about(workshop),
            as_of=as_of,
            at=at,
        )
    record(by=by, act="workshops.draft_minutes", thing=workshop, about={"document": document.key})
    return document
