"""The colours of the built style sheet, theme by theme: enough contrast, and the same names everywhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static" / "lantoa.css").read_text(encoding="utf-8")
SOURCE = (Path(settings.BASE_DIR) / "design" / "_tokens.scss").read_text(encoding="utf-8")


def block(selector: str) -> dict[str, str]:
    """The colours that the style sheet gives under a selector."""
    found = re.search(re.escape(selector) + r"\{([^}]*)\}", CSS)
    assert found, selector
    return dict(re.findall(r"--([a-z0-9-]+): ?(#[0-9a-f]{3,6})", found[1]))


THEMES = {
    "light": block(":root"),
    "dark": block(":root[data-theme=dark]"),
    "contrast": block(":root[data-theme=contrast]"),
}

# text on ground: WCAG 2.2 AA, 4.5 to 1
TEXT = [
    *[(ink, ground) for ink in ("ink", "quiet", "link", "link-hover", "visited") for ground in ("paper", "ground")],
    ("ink", "tint"),
    ("ink", "second"),
    ("ink", "second-hover"),
    ("link", "tint"),
    ("quiet", "tint"),
    ("brand", "paper"),
    ("brand", "ground"),
    ("on-band", "band"),
    ("on-button", "button"),
    ("on-button", "link"),
    ("on-button", "button-hover"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("on-focus", "focus"),
    ("accent-text", "paper"),
    ("accent-text", "ground"),
    ("accent-text", "accent-tint"),
    ("ink", "accent-tint"),
    ("amber", "paper"),
    ("amber", "amber-tint"),
    ("ink", "amber-tint"),
    ("ok-text", "paper"),
    ("ok-text", "ok-tint"),
    ("ink", "ok-tint"),
    ("info", "paper"),
    ("info", "info-tint"),
    ("ink", "info-tint"),
]
# shapes, borders of controls, focus: 3 to 1
SHAPES = [
    *[(shape, "paper") for shape in ("control", "brand", "button", "danger", "accent", "amber", "ok", "info")],
    *[("control", ground) for ground in ("ground", "tint")],
    *[(f"s{number}", ground) for number in range(1, 7) for ground in ("paper", "ground")],
    ("brand", "tint"),
    ("code-dark", "code-light"),
    ("accent", "ground"),
    ("accent", "accent-tint"),
    ("focus", "on-focus"),
]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG 2.2 (relative luminance)."""

    def luminance(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
        channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_has_enough_contrast(theme: str) -> None:
    colours = THEMES[theme]
    weak = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground in TEXT
        if contrast(colours[ink], colours[ground]) < 4.5
    }
    assert weak == {}


def test_high_contrast_text_reaches_seven_to_one() -> None:
    colours = THEMES["contrast"]
    weak = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground in TEXT
        if contrast(colours[ink], colours[ground]) < 7
    }
    assert weak == {}


@pytest.mark.parametrize("theme", THEMES)
def test_every_shape_stands_out_from_its_ground(theme: str) -> None:
    colours = THEMES[theme]
    weak = {
        f"{shape} on {ground}": round(contrast(colours[shape], colours[ground]), 2)
        for shape, ground in SHAPES
        if contrast(colours[shape], colours[ground]) < 3
    }
    assert weak == {}


def test_the_themes_name_the_same_colours() -> None:
    assert set(THEMES["dark"]) == set(THEMES["light"])
    assert set(THEMES["contrast"]) == set(THEMES["light"])


def test_the_device_theme_is_the_dark_one() -> None:
    assert block(":root[data-theme=auto]") == THEMES["dark"]


def test_the_built_style_sheet_has_the_colours_of_its_source() -> None:
    for theme, colours in THEMES.items():
        source = re.search(rf"\${theme}: \(([^)]*)\)", SOURCE)
        assert source
        long = dict(re.findall(r'"([a-z0-9-]+)": (#[0-9a-f]{6})', source[1]))
        assert {name: contrast(colours[name], long[name]) for name in long} == dict.fromkeys(long, 1.0)


def test_no_rule_names_a_colour_beside_the_tokens() -> None:
    rest = re.sub(r"--[a-z0-9-]+: ?#[0-9a-f]{3,8}", "", CSS)
    assert re.findall(r"[^{}]*\{[^{}]*#[0-9a-f]{3,8}\b[^{}]*\}", rest) == []


def test_every_colour_a_rule_uses_exists() -> None:
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", CSS)) - set(THEMES["light"]) == set()
