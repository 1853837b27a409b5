"""Setting documents with typst: the typefaces, loaded once for each folder, from our own files only, and the PDF."""

import datetime
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst

from lantoa.common.refused import N_, Refused

FONTS: Final = Path(__file__).resolve().parents[4] / "fonts"  # merged .ttf files at the root of the repository
STANDARD: Final = "a-2a"  # PDF/A-2a: to be kept for long, and read aloud
_LACKING: Final = re.compile(r'the text `"(.+?)"` could not be displayed')


@lru_cache(maxsize=4)
def fonts_in(folder: Path = FONTS) -> typst.Fonts:
    """The typefaces of a folder, without those of the machine, so that a document is the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def compiler(folder: Path = FONTS) -> typst.Compiler:
    """A compiler that sees these typefaces and no file; keep it for a batch, one for each thread."""
    return typst.Compiler(font_paths=fonts_in(folder), ignore_system_fonts=True)


def pdf(
    press: typst.Compiler,
    template: bytes,
    data: Mapping[str, Any],
    *,
    day: datetime.date,
    root: Path | None = None,
) -> bytes:
    """The data set by the template; the same data gives the same bytes. `day` is the day the file says it is of,
    `root` the folder whose files (pictures) the template may read.

    Refused, naming it, when a letter is of no typeface: a paper without it would say something else.
    """
    try:
        made = press.compile(
            input=template,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=STANDARD,
            timestamp=datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC),
            root=root,
        )
    except typst.TypstError as error:
        lacking = _LACKING.search(str(error))
        if lacking is None:
            raise
        raise Refused(
            N_('Cannot make the PDF: its typeface has no letter "%(letter)s" (%(code)s). Write that word otherwise.'),
            letter=lacking[1],
            code=" ".join(f"U+{ord(letter):04X}" for letter in lacking[1]),
        ) from error
    if not isinstance(made, bytes):
        raise TypeError("typst returned no document")
    return made
