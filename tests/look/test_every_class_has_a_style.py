"""A class that no rule knows is a slip of the pen, and the page looks unfinished."""

import re
from pathlib import Path

from django.conf import settings

BASE = Path(settings.BASE_DIR)
CSS = (BASE / "static" / "lantoa.css").read_text(encoding="utf-8")
KNOWN = {found.replace("\\", "") for found in re.findall(r"\.((?:lt|govuk)-(?:\\.|[\w-])+)", CSS)}
# names without a rule of their own: the marks of GOV.UK Frontend on a part that its parent styles
QUIET: set[str] = {"lt-here", "govuk-checkboxes", "govuk-panel--confirmation"}


def classes(source: str) -> set[str]:
    """The classes a template writes; one whose end is made by a tag is left out."""
    found: set[str] = set()
    for value in re.findall(r'class="([^"]*)"', re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "\0", source))):
        found |= {name for name in value.split() if re.match(r"(lt|govuk)-", name) and "\0" not in name}
    return found


def test_every_class_of_every_template_has_a_style() -> None:
    templates = [*(BASE / "templates").rglob("*.html"), *(BASE / "lantoa").glob("*/templates/**/*.html")]
    unknown = {
        path.relative_to(BASE).as_posix(): missing
        for path in templates
        if (missing := sorted(classes(path.read_text(encoding="utf-8")) - KNOWN - QUIET))
    }
    assert unknown == {}


def test_a_made_up_class_is_seen() -> None:
    assert classes('<p class="lt-nowhere {% if x %}lt-quiet{% endif %} lt-tag--{{ kind }}">') == {
        "lt-nowhere",
        "lt-quiet",
    }
