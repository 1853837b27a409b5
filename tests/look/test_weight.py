"""What a page costs on a bad line. The budgets are those of the house: 130 KB at the first visit, 40 KB later."""

import gzip
import re
from pathlib import Path

from django.conf import settings
from django.test import Client

STATIC = Path(settings.BASE_DIR) / "static"


def packed(path: Path) -> int:
    """Bytes on the line: fonts are compressed already."""
    data = path.read_bytes()
    return len(data) if path.suffix in {".woff2", ".png"} else len(gzip.compress(data, 6))


def test_the_style_sheet_stays_under_20_kb() -> None:
    assert packed(STATIC / "lantoa.css") <= 20_000


def test_a_first_visit_in_vietnamese_with_its_fonts_stays_under_130_kb() -> None:
    page = len(gzip.compress(Client().get("/style/").content, 6))
    fonts = [
        f"fonts/{name}-{weight}.woff2"
        for name in ("be-vietnam-pro-latin", "be-vietnam-pro-vietnamese", "lantoa-figures")
        for weight in (400, 600)
    ]
    rest = sum(packed(STATIC / name) for name in ("lantoa.css", "js/look.js", "favicon.svg", *fonts))
    assert page + rest <= 130_000


def test_even_the_page_with_every_component_stays_under_40_kb_later() -> None:
    assert len(gzip.compress(Client().get("/style/").content, 6)) <= 40_000


def test_a_page_loads_no_script_but_the_reader_settings_unless_it_asks() -> None:
    page = Client().get("/style/").content.decode()
    assert re.findall(r'<script src="([^"]+)"', page) == [
        "/static/js/look.js",
        "/static/js/copy.js",
        "/static/js/choose.js",
    ]


def test_every_file_the_style_sheet_names_is_there() -> None:
    css = (STATIC / "lantoa.css").read_text(encoding="utf-8")
    named = re.findall(r"url\(\"?([^\")]+)\"?\)", css)
    assert [name for name in named if not (STATIC / name).is_file()] == []
    assert len(named) == 8
