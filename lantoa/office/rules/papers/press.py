"""The typefaces that typst sets documents in: loaded once for each folder, from our own files only."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

FONTS: Final = Path(__file__).resolve().parents[4] / "fonts"  # merged .ttf files at the root of the repository


@lru_cache(maxsize=4)
def fonts_in(folder: Path = FONTS) -> typst.Fonts:
    """The typefaces of a folder, without those of the machine, so that a document is the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def compiler(folder: Path = FONTS) -> typst.Compiler:
    """A compiler that sees these typefaces and no file; keep it for a batch, one for each thread."""
    return typst.Compiler(font_paths=fonts_in(folder), ignore_system_fonts=True)
