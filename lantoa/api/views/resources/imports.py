"""Lists that were loaded: one that an event has told of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.http import Http404

from lantoa.api.queries.imports import is_readable
from lantoa.api.rules.shapes import Key, Says
from lantoa.api.views.calling import Call
from lantoa.api.views.operations import get
from lantoa.common.refused import N_
from lantoa.office.models import Import


@dataclass(frozen=True)
class ImportSeen:
    """A list that was loaded."""

    key: Key
    kind: Annotated[str, Says(N_("training.roster, training.marks or training.presence."))]
    programme: Annotated[Key, Says(N_("The programme it went into."))]
    state: Annotated[str, Says(N_("reading, previewed, applying, applied, undoing, undone or refused."))]
    applied_at: datetime | None
    undone_at: datetime | None
    taken: Annotated[int, Says(N_("How many rows took effect; 0 once it was taken back."))]


@get("imports/{key}", needs="programmes.view", says=N_("A list that was loaded, and what became of it"))
def show_import(call: Call, key: str) -> ImportSeen:
    """Whom a roster brought or changed is said by people?imported=KEY."""
    made = load_import(call, key)
    return ImportSeen(
        key=made.key,
        kind=made.kind,
        programme=made.target.partition(":")[2],
        state=made.state,
        applied_at=made.applied_at,
        undone_at=made.undone_at,
        taken=made.rows.exclude(result={}).count(),
    )


def load_import(call: Call, key: str) -> Import:
    """The import, if its unit or the unit of some of its people is in the care of the token; else 404."""
    made = Import.objects.filter(key=key).first()
    if made is None or not is_readable(made, call.care()):
        raise Http404
    return made
