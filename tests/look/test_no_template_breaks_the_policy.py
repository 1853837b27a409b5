"""The content-security policy allows nothing inline, so no template of any room may hold it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
TEMPLATES = sorted([*(BASE / "templates").rglob("*.html"), *(BASE / "lantoa").glob("*/templates/**/*.html")])
SCRIPTS = sorted((BASE / "static" / "js").glob("*.js"))

FORBIDDEN = {
    "a script inside the page": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "a style inside the page": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "something from elsewhere": re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.I
    ),
    "a script of htmx in an attribute": re.compile(r"\shx-(?:on|vals)[:=]\S*js:|\shx-on", re.I),
}


def without_comments(source: str) -> str:
    source = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", source, flags=re.S)
    return re.sub(r"\{#.*?#\}", "", source)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 30


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    found = [
        path.relative_to(BASE).as_posix()
        for path in TEMPLATES
        if FORBIDDEN[what].search(without_comments(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "source"),
    [
        ("a script inside the page", "<script>x()</script>"),
        ("a style inside the page", '<p style="color:red">'),
        ("an event handler", '<a href="#" onclick="x()">'),
        ("a javascript: address", '<a href="javascript:x()">'),
        ("something from elsewhere", '<script src="https://cdn.example/x.js">'),
        ("a script of htmx in an attribute", '<p hx-on:click="x()">'),
    ],
)
def test_the_rule_sees(what: str, source: str) -> None:
    assert FORBIDDEN[what].search(source)


def test_every_page_script_is_strict_and_small() -> None:
    own = [script for script in SCRIPTS if script.name != "htmx.min.js"]
    assert [script.name for script in own if '"use strict"' not in script.read_text(encoding="utf-8")] == []
    assert [script.name for script in own if script.stat().st_size > 12_000] == []


def test_no_script_evaluates_text() -> None:
    own = [script for script in SCRIPTS if script.name != "htmx.min.js"]
    evil = re.compile(r"\beval\(|new Function|\.innerHTML\s*=|document\.write|insertAdjacentHTML")
    assert [script.name for script in own if evil.search(script.read_text(encoding="utf-8"))] == []
