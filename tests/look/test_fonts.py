"""Every Vietnamese letter can be drawn: on a page by the woff2 parts together, in a document by each TTF alone."""

import hashlib
import json
import re
import struct
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
COVERAGE: dict[str, dict[str, str]] = json.loads((BASE / "fonts" / "coverage.json").read_text(encoding="utf-8"))
TTF = sorted((BASE / "fonts").glob("*.ttf"))
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = {
    case
    for vowel in VOWELS
    for tone in TONES
    for case in (
        unicodedata.normalize("NFC", vowel + tone),
        unicodedata.normalize("NFC", vowel + tone).upper(),
    )
} | set("đĐ₫")
PLAIN = set(map(chr, range(0x20, 0x7F))) | set("–—…“”‘’·×")


def spread(text: str) -> set[str]:
    """The characters of "0041-005A 0110"."""
    found: set[str] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found |= set(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return found


def characters_of(font: Path) -> set[str]:
    """The characters a TTF maps to a glyph, read from its `cmap` table (formats 4 and 12)."""
    data = font.read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack(">I", data[at + 8 : at + 12])[0]
        for at in range(12, 12 + 16 * struct.unpack(">H", data[4:6])[0], 16)
    }
    cmap = tables[b"cmap"]
    found: set[str] = set()
    for number in range(struct.unpack(">H", data[cmap + 2 : cmap + 4])[0]):
        start = cmap + struct.unpack(">I", data[cmap + 8 + 8 * number : cmap + 12 + 8 * number])[0]
        kind = struct.unpack(">H", data[start : start + 2])[0]
        if kind == 4:
            count = struct.unpack(">H", data[start + 6 : start + 8])[0] // 2
            ends = struct.unpack(f">{count}H", data[start + 14 : start + 14 + 2 * count])
            at = start + 16 + 2 * count
            starts = struct.unpack(f">{count}H", data[at : at + 2 * count])
            for first, last in zip(starts, ends, strict=True):
                found |= {chr(point) for point in range(first, last + 1) if point != 0xFFFF}
        elif kind == 12:
            groups = struct.unpack(">I", data[start + 12 : start + 16])[0]
            for group in range(groups):
                first, last, _ = struct.unpack(">III", data[start + 16 + 12 * group : start + 28 + 12 * group])
                found |= set(map(chr, range(first, last + 1)))
    return found


def test_there_are_147_vietnamese_letters() -> None:
    assert len(LETTERS) == 147


@pytest.mark.parametrize("font", TTF, ids=lambda font: font.stem)
def test_a_document_font_draws_every_vietnamese_letter(font: Path) -> None:
    assert sorted((LETTERS | PLAIN) - characters_of(font)) == []


def test_the_documents_have_their_seven_fonts() -> None:
    assert [font.stem for font in TTF] == [
        "BeVietnamPro-Bold",
        "BeVietnamPro-Regular",
        "BeVietnamPro-SemiBold",
        "Tinos-Bold",
        "Tinos-BoldItalic",
        "Tinos-Italic",
        "Tinos-Regular",
    ]


@pytest.mark.parametrize("name", COVERAGE)
def test_a_font_is_the_one_whose_letters_were_counted(name: str) -> None:
    assert hashlib.sha256((BASE / name).read_bytes()).hexdigest() == COVERAGE[name]["sha256"]


def test_every_font_file_was_counted() -> None:
    files = [*TTF, *(BASE / "static" / "fonts").glob("*.woff2")]
    assert {file.relative_to(BASE).as_posix() for file in files} == set(COVERAGE)


@pytest.mark.parametrize("weight", [400, 600])
def test_the_page_fonts_draw_every_vietnamese_letter_without_the_extended_part(weight: int) -> None:
    parts = [f"static/fonts/be-vietnam-pro-{part}-{weight}.woff2" for part in ("latin", "vietnamese")]
    drawn = spread(COVERAGE[parts[0]]["code_points"]) | spread(COVERAGE[parts[1]]["code_points"])
    assert sorted((LETTERS | PLAIN) - drawn) == []


@pytest.mark.parametrize("weight", [400, 600])
def test_the_browser_picks_a_part_that_has_the_letter(weight: int) -> None:
    css = (BASE / "static" / "lantoa.css").read_text(encoding="utf-8")
    faces = [
        (re.search(r"fonts/([a-z-]+-\d+)\.woff2", face)[1], re.search(r"unicode-range:([^;}]+)", face)[1])  # type: ignore[index]
        for face in re.findall(r"@font-face\{([^}]*)\}", css)
        if f"font-weight:{weight}" in face and '"Be Vietnam Pro"' in face
    ]
    assert len(faces) == 3
    wrong = []
    for letter in sorted(LETTERS | PLAIN):
        # where ranges overlap the face that stands last is asked first
        name = next(
            name for name, ranges in reversed(faces) if letter in spread(ranges.replace("U+", "").replace(",", " "))
        )
        if letter not in spread(COVERAGE[f"static/fonts/{name}.woff2"]["code_points"]):
            wrong.append((letter, name))
        assert "latin-ext" not in name
    assert wrong == []


def test_the_column_figures_are_the_ten_digits() -> None:
    for weight in (400, 600):
        assert spread(COVERAGE[f"static/fonts/lantoa-figures-{weight}.woff2"]["code_points"]) == set("0123456789")


def test_each_typeface_comes_with_its_licence() -> None:
    for name in ("fonts/OFL-BeVietnamPro.txt", "fonts/OFL-Tinos.txt", "static/fonts/OFL-BeVietnamPro.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in (BASE / name).read_text(encoding="utf-8")
