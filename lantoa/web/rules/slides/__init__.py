"""Slides of the demonstration as a PDF, 16 to 9: the same words the same bytes."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lantoa.office.rules.papers.press import compiler, pdf

TEMPLATE: Final = (Path(__file__).parent / "slides.typ").read_bytes()


def pdf_of(
    title: str, slides: Sequence[tuple[str, Sequence[str]]], *, mark: str, language: str, day: datetime.date
) -> bytes:
    """Each slide is its heading and its lines; the first one is the title. `mark` stands on every one."""
    said = {
        "title": title,
        "slides": [{"heading": heading, "lines": list(lines)} for heading, lines in slides],
        "mark": mark,
        "language": language,
    }
    return pdf(compiler(), TEMPLATE, said, day=day)
