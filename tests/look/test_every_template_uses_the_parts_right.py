"""Every template of the repository can be read, and calls components by their names and arguments."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Template

from lantoa.common.components import COMPONENTS

BASE = Path(settings.BASE_DIR)
TEMPLATES = sorted([*(BASE / "templates").rglob("*.html"), *(BASE / "lantoa").glob("*/templates/**/*.html")])
USE = re.compile(r'\{% component "(\w+)"(.*?)%\}')


def slips(source: str) -> list[str]:
    """Uses of components that do not exist, or with arguments they do not take."""
    found = []
    for name, arguments in USE.findall(source):
        given = re.findall(r"(?:^|\s)(\w+)=", re.sub(r'"[^"]*"', '""', arguments))
        wrong = [word for word in given if word not in COMPONENTS.get(name, "").split()]
        if name not in COMPONENTS or wrong:
            found.append(" ".join([name, *wrong]))
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(BASE).as_posix())
def test_a_template_can_be_read(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    Template(source)
    assert slips(source) == []


def test_a_slip_is_seen() -> None:
    assert slips('{% component "number" count=1 word="x=1" %}{% component "carousel" %}') == [
        "number word",
        "carousel",
    ]


def test_every_page_has_one_title_block() -> None:
    pages = [path for path in TEMPLATES if '{% extends "base.html" %}' in path.read_text(encoding="utf-8")]
    without = [path.name for path in pages if "{% block title %}" not in path.read_text(encoding="utf-8")]
    assert without == []
