"""Milestones as people write them."""

import re
from collections.abc import Iterable

from lantoa.common.figures import read_figure, typed
from lantoa.common.refused import N_, Refused
from lantoa.programmes.rules.target_text import Goal


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
