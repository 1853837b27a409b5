"""Merging as values: what a table says of itself, which days of a post remain, and how alike two people are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from lantoa.common.refused import N_


@dataclass(frozen=True)
class Merging:
    """What becomes of a table's rows that point at a person when that person is merged into somebody else.

    Every table with a foreign key to `Person` says it as `merging` (tests/house/test_merging.py). `words`: what its
    rows are, for people. A row that the database does not let stand beside one of the other's is left `aside` with
    the merged person, where nobody asks for it until the merge is taken back, or makes the merge be refused.
    `follows=False`: the rows stay where they are (the merges themselves).
    """

    words: str
    clash: Literal["aside", "refuse"] = "refuse"
    follows: bool = True


Days = tuple[date, date | None]  # half-open; None: it still holds


def rest_of(days: Days, taken: Iterable[Days]) -> list[Days]:
    """What is left of a period when others are cut out of it, in order."""
    left = [days]
    for since, until in taken:
        pieces: list[Days] = []
        for start, end in left:
            if (end is not None and end <= since) or (until is not None and until <= start):
                pieces.append((start, end))
                continue
            if start < since:
                pieces.append((start, since))
            if until is not None and (end is None or until < end):
                pieces.append((until, end))
        left = pieces
    return sorted(left)


# ---- who may be one

SIGNS: Final[dict[str, tuple[int, str]]] = {
    "same_name": (40, N_("the same name")),
    "alike_name": (30, N_("the same name but for its marks")),
    "same_birth": (40, N_("the same date of birth")),
    "part_birth": (20, N_("dates of birth that agree as far as they are known")),
    "other_birth": (-50, N_("different dates of birth")),
    "same_phone": (30, N_("the same telephone number")),
    "same_email": (40, N_("the same email address")),
    "same_unit": (20, N_("posts in the same unit")),
    "other_number": (-40, N_("different citizen's numbers")),
    "other_gender": (-25, N_("different genders")),
}
POSSIBLE, LIKELY, ALMOST_SURE = 60, 80, 110


def score(signs: Iterable[str]) -> int:
    """How much speaks for two people on record being one; from POSSIBLE on they are shown."""
    return sum(SIGNS[sign][0] for sign in signs)


def degree(points: int) -> str:
    """The score as a word for people."""
    if points >= ALMOST_SURE:
        return N_("almost certainly one")
    return N_("likely one") if points >= LIKELY else N_("possibly one")
