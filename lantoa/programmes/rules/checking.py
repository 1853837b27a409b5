"""What is checked before a figure is taken: its shape, its range, its arithmetic, how far it jumps."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from lantoa.common.refused import N_
from lantoa.programmes.rules.judging import RANK, YES_NO
from lantoa.programmes.rules.rolling import PERCENT, as_decimal, places_of, ratio_of

MOST_PLACES: Final = 6
BIGGEST: Final = Decimal(10) ** 18


@dataclass(frozen=True)
class Limits:
    """What a target says of its figures."""

    kind: str
    measure: str
    low: Decimal | None = None
    high: Decimal | None = None
    jump: Decimal | None = None


@dataclass(frozen=True)
class Reported:
    """A figure as it is reported. Without a value it is worked out of part and whole."""

    value: Decimal | None
    part: Decimal | None = None
    whole: Decimal | None = None
    explained: bool = False


@dataclass(frozen=True)
class Doubt:
    """What is wrong with a figure: the field it stands in and a sentence with its values."""

    field: str
    message: str
    values: dict[str, Any]


def figure(number: Decimal | Fraction) -> str:
    """A figure in a sentence: without needless noughts, with the comma of the country."""
    text = f"{as_decimal(number):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",")


def is_kept(number: Decimal, *, below: Decimal = BIGGEST, places: int = MOST_PLACES) -> bool:
    """Whether a number has no more digits than are kept of it."""
    return number.is_finite() and -below < number < below and places_of(number) <= places


def shown(number: Decimal) -> str:
    """A number that is not taken, whatever its size: the first of its digits."""
    return (figure(number) if number.is_finite() and abs(number.adjusted()) < 400 else str(number))[:40]


def worked_out(limits: Limits, said: Reported) -> Decimal | None:
    """The value: as reported, else of part and whole, at six places."""
    if said.value is not None or said.part is None or said.whole is None:
        return said.value
    found = ratio_of(limits.kind, limits.measure, said.part, said.whole)
    return None if found is None else as_decimal(found, MOST_PLACES)


def doubts(limits: Limits, said: Reported, before: Decimal | None) -> Iterator[Doubt]:
    """Everything that keeps a figure from being taken. `before` is the figure of the period before."""
    for name in ("value", "part", "whole"):
        number = getattr(said, name)
        if number is not None and not is_kept(number):
            yield Doubt(
                name, N_("%(value)s has more digits than are kept: 18 before the comma, 6 after it."),
                {"value": shown(number)},
            )  # fmt: skip
            return
    if (said.part is None) != (said.whole is None):
        yield Doubt("whole", N_("A part needs its whole, and a whole its part."), {})
        return
    value = worked_out(limits, said)
    if value is None:
        yield Doubt("value", N_("The figure is missing."), {})
        return
    if not is_kept(value):  # of a whole that is next to nothing
        yield Doubt(
            "whole", N_("%(value)s has more digits than are kept: 18 before the comma, 6 after it."),
            {"value": shown(value)},
        )  # fmt: skip
        return
    yield from _shape(limits, value)
    yield from _range(limits, value)
    yield from _arithmetic(limits, said)
    if limits.jump is not None and before and not said.explained:
        change = abs(Fraction(value) - Fraction(before)) * 100 / abs(Fraction(before))
        if change > Fraction(limits.jump):
            yield Doubt(
                "note",
                N_("%(value)s is %(change)s %% away from %(before)s, the figure of the period before. Say why."),
                {"value": figure(value), "before": figure(before), "change": figure(as_decimal(change, 1))},
            )


def _shape(limits: Limits, value: Decimal) -> Iterator[Doubt]:
    if limits.kind == YES_NO and value not in (0, 1):
        yield Doubt("value", N_("Only 1 (yes) and 0 (no) can be reported, not %(value)s."), {"value": figure(value)})
    if limits.kind == RANK and (value != value.to_integral_value() or value < 1):
        yield Doubt("value", N_("A place is a whole number from 1, not %(value)s."), {"value": figure(value)})


def _range(limits: Limits, value: Decimal) -> Iterator[Doubt]:
    if limits.low is not None and value < limits.low:
        yield Doubt(
            "value", N_("%(value)s is below %(low)s, the least that can be."),
            {"value": figure(value), "low": figure(limits.low)},
        )  # fmt: skip
    if limits.high is not None and value > limits.high:
        yield Doubt(
            "value", N_("%(value)s is above %(high)s, the most that can be."),
            {"value": figure(value), "high": figure(limits.high)},
        )  # fmt: skip


def _arithmetic(limits: Limits, said: Reported) -> Iterator[Doubt]:
    if said.part is None or said.whole is None:
        return
    found = ratio_of(limits.kind, limits.measure, said.part, said.whole)
    if found is None:
        yield Doubt("whole", N_("A part of 0 is nothing: the whole is missing."), {})
        return
    if said.value is None:
        return
    step = Fraction(1, 10 ** places_of(said.value))
    if abs(Fraction(said.value) - found) > step / 2:
        yield Doubt(
            "value",
            N_("%(part)s of %(whole)s makes %(found)s, not %(value)s."),
            {
                "part": figure(said.part), "whole": figure(said.whole), "value": figure(said.value),
                "found": figure(as_decimal(found, 2)) + (f" {PERCENT}" if limits.measure == PERCENT else ""),
            },
        )  # fmt: skip
