"""Help: the guides, open to everybody, and the way from a page to its place in them (decision 0020)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.directory.access import needs, today
from lantoa.directory.permissions import PUBLIC
from lantoa.web.queries.guides import guide, guides, guides_for, place_of, size_of_picture
from lantoa.web.rules.guides import GUIDES, Picture
from lantoa.web.rules.places import is_page


@needs(PUBLIC)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every guide with its tasks; those of the reader's roles first."""
    own = guides_for(request.user, on=today())
    listed = sorted(guides(_language()), key=lambda one: one.name not in own)
    return render(request, "web/help.html", {"guides": listed})


@needs(PUBLIC)
@require_safe
def read(request: HttpRequest, name: str) -> HttpResponse:
    """One guide, a task after the other."""
    if name not in GUIDES:
        raise Http404
    found = guide(name, _language())
    sections = [{"section": one, "blocks": [_shown(block) for block in one.blocks]} for one in found.sections]
    return render(request, "web/guide.html", {"guide": found, "sections": sections, "breadcrumbs": _way()})


@needs(PUBLIC)
@require_safe
def page(request: HttpRequest, page: str) -> HttpResponse:
    """From a page to its place: "Help with this page"."""
    if not is_page(page):
        return redirect("web:help")
    return redirect(place_of(page, request.user, on=today()))


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


def _way() -> list[dict[str, str]]:
    return [{"label": _("Help"), "url": reverse("web:help")}]


def _shown(block: str | Picture) -> dict[str, object]:
    if isinstance(block, str):
        return {"html": mark_safe(block)}  # made by read_guide of our own files; HTML in them is text
    width, height = size_of_picture(_language(), block.name)
    url = static(f"help/{_language()}/{block.name}")
    return {"picture": {"url": url, "words": block.words, "width": width, "height": height}}
