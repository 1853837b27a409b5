"""The values of a roster: a person's row, a birth date of which a part may be unknown, and the whole reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from lantoa.common.vietnamese import partial_date
from lantoa.office.rules.sheets import Fault, Table

Gender = Literal["male", "female", ""]


class Birth(NamedTuple):
    """A birth date; a day is known only together with its month."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        return partial_date(self.year, self.month, self.day)

    def may_equal(self, other: "Birth") -> bool:
        """Can both be the same day, given what each of them knows?"""
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in zip(self, other, strict=True))


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as the list names them. Texts are clean, "" where nothing is said.

    `number` is the row Excel shows. `id_number` has 9 or 12 digits, `phone` is +84…, `unit_text` is the unit as
    written (or the heading the row stands under); `commune_text`, `district_text` and `province_text` are what
    other columns say.
    """

    sheet: str
    number: int
    full_name: str
    birth: Birth | None = None
    gender: Gender = ""
    post: str = ""
    unit_text: str = ""
    commune_text: str = ""
    district_text: str = ""
    province_text: str = ""
    id_number: str = ""
    phone: str = ""
    email: str = ""
    class_code: str = ""
    note: str = ""
    faults: Sequence[Fault] = ()

    @property
    def is_wrong(self) -> bool:
        """Is there an error, so that the row cannot be taken over?"""
        return any(fault.severity == "error" for fault in self.faults)


@dataclass(frozen=True, slots=True)
class RosterReading:
    """A roster as it was understood: its people, all faults in the order of the file, and the tables."""

    rows: Sequence[RosterRow]
    faults: Sequence[Fault]
    tables: Sequence[Table]

    @property
    def good_rows(self) -> list[RosterRow]:
        """The rows without an error."""
        return [row for row in self.rows if not row.is_wrong]
