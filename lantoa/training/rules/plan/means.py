"""What stands behind a programme in its file: legal acts, and the budget as it is planned."""

import re
from decimal import Decimal
from typing import Final

from lantoa.common.refused import N_, Refused
from lantoa.programmes.rules.acts import KINDS, MARKS, WAYS
from lantoa.programmes.rules.budget import MOST, SOURCES, Amount, LineText, check_line, in_dong

from .cursor import Cursor
from .model import ActPlan, BudgetPlan, ProgrammePart
from .values import quoted, read_day, read_link, read_whole

KEYS = ("number", "date", "issuer", "title", "kind", "from", "until", "url", "mark", *WAYS)
NEEDED = ("number", "date", "issuer", "title", "kind")


def read_acts(top: Cursor) -> tuple[ActPlan, ...]:
    """The acts of the file. An act stands once; what it replaces and amends stands in the file, none younger."""
    found: list[tuple[Cursor, ActPlan]] = []
    for node, path in top.listed("acts"):
        part = Cursor(top.reading, node, path, KEYS, NEEDED)
        day = part.value("date", read_day, None)
        if day is None:
            continue
        made = ActPlan(
            part.text("number", 60),
            day,
            part.text("issuer", 200),
            part.text("title", 500),
            part.one_of("kind", KINDS, "other"),
            part.value("from", read_day, None),
            part.value("until", read_day, None),
            part.value("url", read_link, ""),
            part.one_of("mark", MARKS, ""),
            part.texts("replaces", 60),
            part.texts("amends", 60),
        )
        starts = made.starts or day
        if made.ends is not None and made.ends <= starts:
            part.fault("until", N_("The act ends before it is in force on %(starts)s."), starts=f"{starts:%d/%m/%Y}")
        found.append((part, made))
    _once(found)
    _related(found)
    return tuple(made for _part, made in found)


def _once(found: list[tuple[Cursor, ActPlan]]) -> None:
    seen: set[str] = set()
    for part, made in found:
        if made.number in seen:
            part.fault("number", N_("The act %(value)s stands here twice."), value=quoted(made.number))
        seen.add(made.number)


def _related(found: list[tuple[Cursor, ActPlan]]) -> None:
    days = {made.number: made.issued_on for _part, made in found}
    for part, made in found:
        touched: set[str] = set()
        for way in WAYS:
            for number in getattr(made, way):
                if number not in days or number == made.number:
                    words = N_("The file has no other act %(value)s. Add it to the acts, or leave it out here.")
                    part.fault(way, words, value=quoted(number))
                elif days[number] > made.issued_on:
                    part.fault(way, N_("The act %(value)s is younger than this one."), value=quoted(number))
                elif number in touched:
                    part.fault(way, N_("The act %(value)s stands here twice."), value=quoted(number))
                touched.add(number)


BUDGET_KEYS: Final = ("year", "source", "partner", "purpose", "planned", "currency", "amount", "rate")


def read_budget(top: Cursor, programme: ProgrammePart | None) -> tuple[BudgetPlan, ...]:
    """The lines of the budget with what is planned, in đồng or in a donor's currency with its rate."""
    found: list[BudgetPlan] = []
    seen: set[LineText] = set()
    for node, path in top.listed("budget"):
        before = len(top.reading.faults)
        part = Cursor(top.reading, node, path, BUDGET_KEYS, ("year", "source"))
        year = part.value("year", lambda text: read_whole(text, 1990, 2100), None)
        amount = Amount(
            part.value("planned", read_dong, None),
            part.value("currency", _currency, ""),
            part.value("amount", lambda text: _exact(text, 2), None),
            part.value("rate", lambda text: _exact(text, 6), None),
        )
        text = LineText(
            year or 0, part.one_of("source", SOURCES, "other"), part.text("partner", 200), part.text("purpose", 300)
        )
        if year is None or programme is None or len(top.reading.faults) > before:
            continue
        if text in seen:
            part.fault("source", N_("This line of the budget stands here twice."))
        seen.add(text)
        partners = frozenset(one.name for one in programme.partners)
        try:
            check_line(text, first=programme.first, last=programme.last, partners=partners)
            dong = in_dong(amount)
        except Refused as reason:
            part.reading.refused(node, path, reason)
            continue
        found.append(
            BudgetPlan(
                year, text.source, dong, text.partner, text.purpose, amount.currency, amount.foreign, amount.rate
            )
        )
    return tuple(found)


def read_dong(text: str) -> int:
    """Whole đồng, with points between thousands or without."""
    bare = text.replace(".", "") if re.fullmatch(r"\d{1,3}(\.\d{3})+", text) else text
    if not re.fullmatch(r"\d{1,18}", bare) or not 0 < int(bare) <= MOST:
        raise Refused(N_("%(value)s is no amount in whole đồng."), value=quoted(text))
    return int(bare)


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise Refused(N_("%(value)s is no currency: three capital letters, as in USD."), value=quoted(text))
    return text


def _exact(text: str, places: int) -> Decimal:
    if not re.fullmatch(rf"\d{{1,12}}([.,]\d{{1,{places}}})?", text):
        raise Refused(
            N_("%(value)s is not a number with at most %(places)d decimals."), value=quoted(text), places=places
        )
    return Decimal(text.replace(",", "."))
