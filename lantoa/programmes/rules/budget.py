"""Money of programmes: where it comes from, what is planned, allocated and spent, in whole đồng."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from lantoa.common.refused import N_, Refused
from lantoa.programmes.rules.checking import is_kept, shown

CENTRAL, LOCAL, ODA, IN_KIND, OWN, OTHER = "central", "local", "oda", "in_kind", "own", "other"
SOURCES: Final = (CENTRAL, LOCAL, ODA, IN_KIND, OWN, OTHER)
GIVEN: Final = frozenset({ODA, IN_KIND})  # somebody gives it, and is named
PLANNED, ALLOCATED, SPENT = "planned", "allocated", "spent"
KINDS: Final = (PLANNED, ALLOCATED, SPENT)
MOST: Final = 10**17  # đồng
FOREIGN_DIGITS, FOREIGN_PLACES = 18, 2  # before and after the comma, as they are kept
RATE_DIGITS, RATE_PLACES = 14, 6
OVERSPENT, OVERALLOCATED = "overspent", "overallocated"


@dataclass(frozen=True)
class LineText:
    """A line of a budget. `partner` is a name among the programme's partners."""

    year: int
    source: str
    partner: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Amount:
    """An amount in đồng; the donor's own currency and the rate (đồng for one) where they are given."""

    amount: int | None
    currency: str = ""
    foreign: Decimal | None = None
    rate: Decimal | None = None


def in_dong(said: Amount) -> int:
    """The amount in whole đồng, half a đồng upward. Refused: none, not above nothing, beyond all measure, a currency
    without its amount or rate, more digits of them than are kept, an amount in đồng that is not the product of the
    two."""
    foreign = (bool(said.currency), said.foreign is not None, said.rate is not None)
    if any(foreign) and not all(foreign):
        raise Refused(N_("Cannot enter the amount: currency, amount in it and rate belong together."))
    dong = said.amount
    if said.foreign is not None and said.rate is not None:
        _check_kept(said.foreign, FOREIGN_DIGITS, FOREIGN_PLACES)
        _check_kept(said.rate, RATE_DIGITS, RATE_PLACES)
        if said.foreign <= 0 or said.rate <= 0:
            raise Refused(N_("Cannot enter the amount: amount and rate are above nothing."))
        product = int(Fraction(said.foreign) * Fraction(said.rate) + Fraction(1, 2))
        if dong is not None and dong != product:
            raise Refused(
                N_(
                    "Cannot enter the amount: %(foreign)s %(currency)s by %(rate)s is %(product)d, not %(dong)d đồng."
                ),
                foreign=f"{said.foreign:f}",
                currency=said.currency,
                rate=f"{said.rate:f}",
                product=product,
                dong=dong,
            )
        dong = product
    if dong is None:
        raise Refused(N_("Cannot enter the amount: it is missing."))
    if not 0 < dong <= MOST:
        raise Refused(N_("Cannot enter the amount: %(dong)d đồng is no amount that can be."), dong=dong)
    return dong


def _check_kept(number: Decimal, digits: int, places: int) -> None:
    if not number.is_finite():
        raise Refused(N_("Cannot enter the amount: %(number)s is no number."), number=str(number))
    if not is_kept(number, below=Decimal(10**digits), places=places):
        raise Refused(
            N_(
                "Cannot enter the amount: %(number)s has more digits than are kept: %(digits)d before the comma, "
                "%(places)d after it."
            ),
            number=shown(number),
            digits=digits,
            places=places,
        )


def check_line(text: LineText, *, first: date, last: date, partners: frozenset[str]) -> None:
    """Refuses a line that cannot be: an unknown source, a year far from the programme, a gift without its giver."""
    if text.source not in SOURCES:
        raise Refused(N_("Cannot add the budget line: there is no source %(source)s."), source=text.source)
    if not first.year - 1 <= text.year <= last.year + 1:
        raise Refused(
            N_("Cannot add the budget line: %(year)d is no year of the programme (from %(first)d to %(last)d)."),
            year=text.year,
            first=first.year,
            last=last.year,
        )
    if text.partner and text.partner not in partners:
        raise Refused(
            N_("Cannot add the budget line: %(partner)s is no partner of the programme."), partner=text.partner
        )
    if text.source in GIVEN and not text.partner:
        raise Refused(N_("Cannot add the budget line: say which partner or donor gives it."))


def warnings(sums: Mapping[str, int]) -> tuple[str, ...]:
    """What is out of order in the sums of a line: spent above allocated, allocated above planned."""
    found = []
    if sums.get(SPENT, 0) > sums.get(ALLOCATED, 0):
        found.append(OVERSPENT)
    if sums.get(ALLOCATED, 0) > sums.get(PLANNED, 0):
        found.append(OVERALLOCATED)
    return tuple(found)
