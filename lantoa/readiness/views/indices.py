"""Indices: the list, loading one, its structure with every weight and rule, its file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import holds_anywhere, in_care, may, needs, today
from lantoa.office.queries.files import made_file
from lantoa.readiness.actions.indices import load_index
from lantoa.readiness.forms import LoadForm
from lantoa.readiness.queries.campaigns import versions_in
from lantoa.readiness.queries.indices import index_of, ready_made, ready_made_text
from lantoa.readiness.rules.file import IndexFaults
from lantoa.readiness.rules.numbers import SCALE
from lantoa.readiness.rules.structure import SUM, Component, Group, Index
from lantoa.readiness.views.reaching import MANAGE, VIEW, figure, title_of, version_seen, version_title, way
from lantoa.readiness.views.saying import MISSING_WORDS, rule_words, together_words

PAGE = 50


@needs("readiness.view")
@require_safe
def indices(request: HttpRequest) -> HttpResponse:
    """The versions of indices of the units in one's care, and those by which one is asked."""
    units = in_care(request.user, VIEW, on=today())  # type: ignore[arg-type]
    page = Paginator(versions_in(units).select_related("decision"), PAGE).get_page(request.GET.get("page"))
    rows = [{"version": row, "title": version_title(row)} for row in page]
    context = {
        "page": page,
        "rows": rows,
        "manages": holds_anywhere(request.user, MANAGE),
        "breadcrumbs": way(),
    }
    return render(request, "readiness/indices.html", context)


@needs("readiness.manage")
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Loads an index: a file of one's own, or one that comes with the house."""
    choices = [(name, f"{title_of(one.title)} ({one.version})") for name, one in ready_made().items()]
    form = LoadForm(request.POST or None, request.FILES or None, ready_made=choices, on=today())
    faults: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["owner"]
        text = form.cleaned_data["text"] or ready_made_text(form.cleaned_data["ready_made"]) or ""
        if not may(request.user, MANAGE, owner, on=today()):
            form.add_error("unit", _("You do not hold campaigns of this unit."))
        else:
            try:
                made = load_index(by=request.user, unit=owner, text=text, at=timezone.now())  # type: ignore[arg-type]
                messages.success(request, _("The index is loaded."))
                return redirect("readiness:version", made.key)
            except IndexFaults as wrong:
                faults = [{"line": fault.line, "words": say(fault.words)} for fault in wrong.faults]
                form.add_error(None, _("The file is no index: see the lines below."))
            except Refused as reason:
                form.add_error(None, say(reason))
    context = {"form": form, "faults": faults, "breadcrumbs": way()}
    return render(request, "readiness/load.html", context, status=422 if form.is_bound else 200)


@needs("readiness.view")
@require_safe
def version(request: HttpRequest, key: str) -> HttpResponse:
    """One version: groups, components, what each is worth and how it is scored, what its source does not say."""
    found = version_seen(request, key)
    index = index_of(found)
    context = {
        "version": found,
        "index": index,
        "title": version_title(found),
        "facts": _facts(index),
        "rows": _rows(index),
        "unknown": [title_of(node.title) for node in index.unknown],
        "unlisted": [{"title": title_of(group.title), "count": group.count} for group in index.unlisted],
        "bands": [{"code": one.code, "from": figure(one.start, index.decimals), "title": title_of(one.title)}
                  for one in index.bands],
        "breadcrumbs": [*way(), {"label": _("Indices"), "url": reverse("readiness:indices")}],
    }  # fmt: skip
    return render(request, "readiness/version.html", context)


def _facts(index: Index) -> list[dict[str, Any]]:
    facts = [{"key": _("Code and version"), "value": f"{index.code} {index.version}"}]
    if index.act:
        facts.append({"key": _("Decision"), "value": f"{index.act.number}, {index.act.issuer}"})
    if index.source:
        facts.append({"key": _("Source"), "value": index.source})
    facts.append({"key": _("Put together"), "value": together_words(index.aggregate)})
    most = _("not known") if index.unknown else figure(index.most[""], 0) if index.aggregate == SUM else "1"
    facts.append({"key": _("Most that can be earned"), "value": most})
    published = _("value / maximum × %(times)s, %(decimals)d decimals, halves rounded up")
    said = {"times": figure(index.times, 0), "decimals": index.decimals}
    facts.append({"key": _("Published as"), "value": published % said})
    if index.is_relative:
        words = _("Relative: a score depends on the other units too, and is no measure of a unit's own progress.")
        facts.append({"key": _("Comparison"), "value": words})
    if note := title_of(index.note):
        facts.append({"key": _("Note"), "value": note})
    return facts


def _rows(index: Index) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []

    def under(code: str, depth: int) -> None:
        group = index.group.get(code)
        adds = (index.aggregate if group is None else group.aggregate) == SUM
        for node in index.children[code]:
            rows.append(_row(index, node, adds, depth))
            if isinstance(node, Group):
                under(node.code, depth + 1)

    under("", 0)
    return rows


def _row(index: Index, node: Group | Component, adds: bool, depth: int) -> dict[str, Any]:
    worth = _("not known")
    if node.known and not index.unknown:
        worth = figure(index.most[node.code], 2 if index.most[node.code] % SCALE else 0) if adds else (
            _("weight %(weight)s") % {"weight": figure(node.weight, 2 if node.weight % SCALE else 0)}
        )  # fmt: skip
    made = {
        "code": node.code,
        "title": title_of(node.title),
        "worth": worth,
        "depth": depth,
        "note": title_of(node.note),
    }
    if isinstance(node, Group):
        return {**made, "is_group": True, "rule": together_words(node.aggregate), "missing": ""}
    return {
        **made,
        "is_group": False,
        "rule": rule_words(node),
        "missing": _(MISSING_WORDS[node.missing]),
        "paper": node.evidence == "required",
    }


@needs("readiness.view")
@require_safe
def version_file(request: HttpRequest, key: str) -> HttpResponse:
    """The file, as it was loaded: whoever wants can reckon after us."""
    found = version_seen(request, key)
    return made_file(found.text, f"{found.code}-{found.version}.toml")
