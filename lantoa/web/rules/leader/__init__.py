"""The page of a leader on one sheet of A4: tagged PDF/A-2a, the same data the same bytes."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from lantoa.office.rules.papers.press import compiler, pdf

TEMPLATE: Final = (Path(__file__).parent / "leader.typ").read_bytes()


def pdf_of(data: Mapping[str, Any], *, language: str, day: datetime.date) -> bytes:
    """What the page says (`web.leader_paper.paper_of`) set in its language."""
    said = {**data, "language": language, "year": day.year, "month": day.month, "dom": day.day}
    return pdf(compiler(), TEMPLATE, said, day=day)
