"""The pictures of the guides: each page they show still stands and says its words, in both languages.

`LANTOA_PICTURES=1 bin/test tests/journeys/test_guides.py -n0` takes them anew (docs/guide/README.md).
"""

import io
import os
from pathlib import Path

import pytest
from django.conf import settings
from journeys.browser import Reader
from journeys.pictures import PICTURES
from journeys.town import Town
from playwright.sync_api import Browser

LANGUAGES = [code for code, _name in settings.LANGUAGES]
FOLDER = Path(settings.BASE_DIR) / "static" / "help"
TALLEST = 640  # of a picture, in CSS pixels of a telephone
SHARP = 1.5  # pixels of the file for each
COLOURS = 24
TAKE = bool(os.environ.get("LANTOA_PICTURES"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_of_a_picture_stands_and_says_its_words(language: str, chromium: Browser, town: Town) -> None:
    for account in sorted({one.account for one in PICTURES.values()}):
        reader = Reader(chromium, town, language=language, sharp=SHARP)
        if account:  # a session of its own: another journey may end those that are shared
            reader.sign_in(account)
        for name, one in PICTURES.items():
            if one.account == account:
                status = reader.visit(town.found["pictures"][name]).status
                said = " ".join(reader.page.locator("main").inner_text().split())
                assert (name, status, reader.says(one.says) in said) == (name, 200, True), said
                if TAKE:
                    _take(reader, FOLDER / language / f"{name}.png")
        reader.close()


def _take(reader: Reader, path: Path) -> None:
    """The page below its header as a small picture of few colours."""
    from PIL import Image

    reader.page.evaluate("scrollTo(0, 0)")  # a field that has the focus may have moved it
    main = reader.page.locator("main").bounding_box()
    width = reader.page.viewport_size["width"]  # type: ignore[index]
    assert main is not None
    clip = {"x": 0.0, "y": main["y"], "width": float(width), "height": min(main["height"], TALLEST)}
    shot = Image.open(io.BytesIO(reader.page.screenshot(full_page=True, clip=clip)))  # type: ignore[arg-type]
    path.parent.mkdir(parents=True, exist_ok=True)
    shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def test_every_picture_of_the_table_is_taken_in_every_language() -> None:
    for language in LANGUAGES:
        assert {path.stem for path in (FOLDER / language).glob("*.png")} == set(PICTURES)
