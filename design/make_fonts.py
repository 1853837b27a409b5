"""Makes fonts/*.ttf (for PDF) and static/fonts/*.woff2 (for pages) from the two npm font packages.

Run after `npm ci` in a scratch environment that has fonttools and brotli:

    python design/make_fonts.py

The packages split each weight by script; typst reads neither woff2 nor split fonts, so the
parts are merged into one TTF a weight. `fonts/coverage.json` records, for every file made,
its SHA-256 and the code points it draws, so that tests can prove coverage without a woff2 reader.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules" / "@fontsource"
FONTS = HERE.parent / "fonts"
WEB_FONTS = HERE.parent / "static" / "fonts"
FIXED_TIME = 3_800_000_000  # seconds since 1904: the same input gives the same bytes
PARTS = ("latin", "latin-ext", "vietnamese")

MERGED = {
    "BeVietnamPro-Regular.ttf": ("be-vietnam-pro", "400-normal"),
    "BeVietnamPro-SemiBold.ttf": ("be-vietnam-pro", "600-normal"),
    "BeVietnamPro-Bold.ttf": ("be-vietnam-pro", "700-normal"),
    "Tinos-Regular.ttf": ("tinos", "400-normal"),
    "Tinos-Bold.ttf": ("tinos", "700-normal"),
    "Tinos-Italic.ttf": ("tinos", "400-italic"),
    "Tinos-BoldItalic.ttf": ("tinos", "700-italic"),
}
WEB = [(part, weight) for weight in ("400", "600") for part in PARTS]
LICENCES = {"OFL-BeVietnamPro.txt": "be-vietnam-pro", "OFL-Tinos.txt": "tinos"}


def merge_parts(package: str, face: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for part in PARTS:
            source = PACKAGES / package / "files" / f"{package}-{part}-{face}.woff2"
            font = TTFont(source)
            font.flavor = None
            plain = Path(folder) / f"{part}.ttf"
            font.save(plain)
            parts.append(str(plain))
        merged = Merger().merge(parts)
        merged["head"].created = merged["head"].modified = FIXED_TIME
        merged.recalcTimestamp = False
        merged.save(target)


def make_figures(source: Path, target: Path) -> None:
    """Ten digits of one width: the typeface's own shapes, each centred on the mean advance of 0 to 9.

    Be Vietnam Pro has proportional figures and no `tnum` feature; columns of numbers need both
    sides of a digit to stay where they are. Made under the OFL, which the typeface has without a
    reserved name.
    """
    font = TTFont(source)
    options = Options()
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    chosen = Subsetter(options)
    chosen.populate(unicodes=range(0x30, 0x3A))
    chosen.subset(font)
    glyphs, widths = font["glyf"], font["hmtx"].metrics
    names = [font.getBestCmap()[point] for point in range(0x30, 0x3A)]
    width = sum(widths[name][0] for name in names) // 10
    for name in names:
        advance, left = widths[name]
        shift = (width - advance) // 2
        glyphs[name].coordinates.translate((shift, 0))
        glyphs[name].recalcBounds(glyphs)
        widths[name] = (width, left + shift)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = "Lantoa Figures"
        elif record.nameID == 6:
            record.string = "LantoaFigures"
    font.recalcTimestamp = False
    font.flavor = "woff2"
    font.save(target)


def entry(path: Path) -> dict[str, object]:
    points = sorted(TTFont(path).getBestCmap())
    ranges: list[list[int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "code_points": " ".join(f"{a:04X}" if a == b else f"{a:04X}-{b:04X}" for a, b in ranges),
    }


def main() -> None:
    FONTS.mkdir(exist_ok=True)
    WEB_FONTS.mkdir(parents=True, exist_ok=True)
    coverage = {}
    for name, (package, face) in MERGED.items():
        merge_parts(package, face, FONTS / name)
        coverage[f"fonts/{name}"] = entry(FONTS / name)
    for part, weight in WEB:
        name = f"be-vietnam-pro-{part}-{weight}.woff2"
        source = PACKAGES / "be-vietnam-pro" / "files" / f"be-vietnam-pro-{part}-{weight}-normal.woff2"
        shutil.copyfile(source, WEB_FONTS / name)
        coverage[f"static/fonts/{name}"] = entry(WEB_FONTS / name)
    for weight in ("400", "600"):
        name = f"lantoa-figures-{weight}.woff2"
        make_figures(WEB_FONTS / f"be-vietnam-pro-latin-{weight}.woff2", WEB_FONTS / name)
        coverage[f"static/fonts/{name}"] = entry(WEB_FONTS / name)
    for name, package in LICENCES.items():
        text = (PACKAGES / package / "LICENSE").read_text(encoding="utf-8")
        (FONTS / name).write_text(text, encoding="utf-8")
    shutil.copyfile(FONTS / "OFL-BeVietnamPro.txt", WEB_FONTS / "OFL-BeVietnamPro.txt")
    (FONTS / "coverage.json").write_text(json.dumps(coverage, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
