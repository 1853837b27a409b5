"""What stands behind a key of the ledger: its words and its page, for a reader who may see it.

The ledger knows things by key only (`training.trainingclass:0abc…`). Here each kind of thing says how it is called,
on which unit and by which permission it is seen, and where its page is: a file for each room (`ROOMS` in `seeing`).
A line about a thing that is gone, or that the reader may not see, shows its key.
"""

from lantoa.web.queries.things.belonging import lists_of, things_of, things_within
from lantoa.web.queries.things.kind import AUDIT, OPEN, Kind, Seen
from lantoa.web.queries.things.seeing import (
    KINDS,
    PERSON,
    UNIT,
    WORDS,
    is_audited_by,
    people_of_keys,
    seen,
    with_merged,
)

__all__ = [
    "AUDIT",
    "KINDS",
    "OPEN",
    "PERSON",
    "UNIT",
    "WORDS",
    "Kind",
    "Seen",
    "is_audited_by",
    "lists_of",
    "people_of_keys",
    "seen",
    "things_of",
    "things_within",
    "with_merged",
]
