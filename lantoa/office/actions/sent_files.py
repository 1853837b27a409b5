"""A file that came by a form, on its way into a preview: the same for all rooms."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.forms import Form

from lantoa.common.models import Thing
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.models import Unit
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import keep_and_preview
from lantoa.office.models import Import
from lantoa.office.rules.files import SHEETS


def preview_sent(
    *,
    form: Form,
    by: Actor,
    kind: str,
    into: Thing,
    unit: Unit,
    seen_with: str,
    at: datetime,
    allowed: Iterable[str] = SHEETS,
    options: Mapping[str, Any] | None = None,
) -> Import | None:
    """Keeps the file of a valid form (its field `file`) and reads it into a preview, for the thing it goes into. None
    when it was refused: the form says why."""
    sent = form.cleaned_data["file"]
    try:
        return keep_and_preview(
            by=by,
            kind=kind,
            target=thing_key(into),
            name=sent.name,
            content=sent,
            allowed=allowed,
            seen_with=seen_with,
            unit=unit,
            at=at,
            options=options,
        )
    except Refused as reason:
        form.add_error("file", say(reason))
        return None


def imports_into(kind: str, thing: Thing) -> "QuerySet[Import]":
    """What was sent for a thing before, the last first."""
    return Import.objects.filter(kind=kind, target=thing_key(thing)).select_related("file").order_by("-pk")
