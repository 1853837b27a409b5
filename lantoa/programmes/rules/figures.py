"""Figures and milestones as people write them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from lantoa.common.refused import N_, Refused
from lantoa.programmes.rules.checking import figure
from lantoa.programmes.rules.target_text import Goal

_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:([., \u00a0])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_PLAIN: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def read_figure(text: str) -> Decimal:
    """The number a text means: "1.234,5", "1,234.5", "1234,5", "62 %". ValueError for what is none.

    One point or comma before exactly three digits parts thousands when another sign or another such group follows;
    alone it is the comma of the number, as "12,500" may mean either: then it is refused.
    """
    bare = text.strip().removesuffix("%").strip()
    if _PLAIN.fullmatch(bare):
        after = re.split(r"[.,]", bare)
        if len(after) == 2 and len(after[1]) == 3 and len(after[0].lstrip("+-")) <= 3 and after[0].lstrip("+-0"):
            raise ValueError(f"{text} may be a thousand or a fraction")
        return Decimal(bare.replace(",", "."))
    found = _GROUPED.fullmatch(bare)
    if not found:
        raise ValueError(text)
    return Decimal(bare.replace(found[1], "").replace(",", "."))


def typed(number: Decimal) -> str:
    """A figure as `read_figure` reads it back: a fourth place keeps three from being thousands."""
    text = figure(number)
    return f"{text}0" if len(text.partition(",")[2]) == 3 else text


def read_goals(text: str) -> tuple[Goal, ...]:
    """Milestones, one a line: "2025 = 80", with mark and source after semicolons. Refused, naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        head, *rest = (part.strip() for part in line.split(";"))
        year, _equals, value = head.partition("=")
        if not re.fullmatch(r"\d{4}", year.strip()):
            raise Refused(N_("Line %(line)d begins with no year: %(text)s"), line=number, text=line.strip()[:60])
        try:
            amount = read_figure(value)
        except ValueError as error:
            raise Refused(
                N_("Line %(line)d has no number after the year: %(text)s"), line=number, text=line.strip()[:60]
            ) from error
        mark, source = (rest + ["", ""])[:2]
        found.append(Goal(int(year), amount, mark.upper(), source[:300]))
    return tuple(sorted(found, key=lambda goal: goal.year))


def written_goals(goals: Iterable[Goal]) -> str:
    """Milestones as `read_goals` reads them."""
    lines = []
    for goal in goals:
        line = f"{goal.year} = {typed(goal.value)}"
        if goal.mark:
            line += f"; {goal.mark}" + (f"; {goal.source}" if goal.source else "")
        lines.append(line)
    return "\n".join(lines)
