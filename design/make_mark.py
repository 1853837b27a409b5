"""Draws the mark: the word lantoa with three concentric ripples in the last letter's bowl.

Writes the wordmark as a template part (outlines, so that no font is needed) and the favicon.

    python design/make_mark.py     needs fonttools, and fonts/BeVietnamPro-SemiBold.ttf
"""

from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
WORD = "lanto"


def ring(x: float, y: float, outer: float, inner: float) -> str:
    """A ring as one path, its hole cut by the even-odd rule."""
    parts = []
    for r in (outer, inner):
        if r:
            half = f"a{r:.0f} {r:.0f} 0 1 0"
            parts.append(f"M{x - r:.0f} {y:.0f}{half} {2 * r:.0f} 0{half} {-2 * r:.0f} 0z")
    return "".join(parts)


def main() -> None:
    font = TTFont(ROOT / "fonts" / "BeVietnamPro-SemiBold.ttf")
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    height = font["OS/2"].sxHeight
    top = 740
    x = 0.0
    path = ""
    for letter in WORD:
        pen = SVGPathPen(glyphs, ntos=lambda v: f"{v:.0f}")
        glyphs[names[ord(letter)]].draw(TransformPen(pen, (1, 0, 0, -1, x, top)))
        path += pen.getCommands()
        x += glyphs[names[ord(letter)]].width
    # the last letter: three ripples and a stem
    r = (height + 20) / 2
    cx, cy = x + 45 + r, top - height / 2
    path += ring(cx, cy, r, r - 82) + ring(cx, cy, r - 134, r - 186) + ring(cx, cy, 46, 0)
    stem = f"M{cx + r - 50:.0f} {top - height:.0f}h132v{height:.0f}h-132z"
    width = cx + r + 82 + 10
    bottom = top + 20
    component = (
        "{% comment %}The word lantoa as outlines, drawn by design/make_mark.py. It names itself; "
        "its colour is that of the text around it."
        '{% endcomment %}<svg viewBox="0 0 '
        f'{width:.0f} {bottom}" width="{width / bottom * 30:.0f}" height="30" role="img" aria-label="Lantoa" '
        f'focusable="false"><path fill-rule="evenodd" d="{path}"/><path d="{stem}"/></svg>\n'
    )
    target = ROOT / "templates" / "components"
    target.mkdir(parents=True, exist_ok=True)
    (target / "wordmark.html").write_text(component, encoding="utf-8")
    (ROOT / "static" / "favicon.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        '<rect width="64" height="64" rx="10" fill="#0b6b5d"/>'
        '<g fill="none" stroke="#ffffff"><circle cx="32" cy="32" r="24" stroke-width="4"/>'
        '<circle cx="32" cy="32" r="15" stroke-width="5"/></g><circle cx="32" cy="32" r="7" fill="#ffffff"/></svg>\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
