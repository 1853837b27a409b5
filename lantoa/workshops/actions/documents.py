"""The documents of a workshop, in the language of each."""

from datetime import datetime
from typing import Any

from django.db import transaction

from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import keep_file
from lantoa.office.rules.files import MATERIALS
from lantoa.workshops.actions.slides import no_slides_any_more
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.models import Workshop, WorkshopFile


@transaction.atomic
def add_document(
    *, by: Actor, workshop: Workshop, name: str, content: Any, title: str, language: str, at: datetime
) -> WorkshopFile:
    """Keeps a file for everybody at the sites. Also after the workshop: slides often come late."""
    file = keep_file(
        by=by, name=name, content=content, unit=workshop.unit, at=at, allowed=MATERIALS, seen_with="workshops.view"
    )
    made = WorkshopFile.objects.create(workshop=workshop, file=file, title=title, language=language, added_at=at)
    record(by=by, act="workshops.add_document", thing=made, about={"workshop": workshop.key, "file": file.key})
    tell(workshop=workshop, kind="document", about={"document": made.key}, at=at)
    return made


@transaction.atomic
def remove_document(*, by: Actor, document: WorkshopFile, at: datetime) -> None:
    """Takes a document away from the sites; the file itself stays with the office."""
    workshop = document.workshop
    no_slides_any_more(by=by, document=document, at=at)
    record(by=by, act="workshops.remove_document", thing=document, about={"workshop": workshop.key})
    tell(workshop=workshop, kind="document", about={"document": document.key}, at=at)
    document.delete()
