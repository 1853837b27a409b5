"""Slides by their numbers: what can be shown page by page, and in which sizes it is drawn (decision 0049)."""

import re
import zipfile
from collections.abc import Iterable
from typing import Final

DRAWN: Final = ("pdf",)  # kinds whose pages are drawn
COUNTED: Final = ("pptx",)  # kinds whose pages are counted
SHOWN: Final = (*DRAWN, *COUNTED)
MOST_PAGES: Final = 400
SMALL: Final = 800  # pixels of the longer side: a telephone, a weak line
WIDE: Final = 1600  # the screen of a hall
SIZES: Final = {"small": SMALL, "wide": WIDE}
LARGEST: Final = 4 * 1024 * 1024  # bytes of one picture
_SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")


def slides_in(file: "object") -> int | None:
    """How many slides a .pptx file holds; None where that cannot be read. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as parts:  # type: ignore[call-overload]
            found = sum(1 for one in parts.namelist() if _SLIDE.fullmatch(one))
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    return found or None


def best(languages: Iterable[str], said: dict[str, object]) -> str:
    """The first of these languages in which there are slides; "" where there are none."""
    return next((one for one in languages if one in said), "")
