"""The page of a leader: where a unit stands on a day, on one page and on one sheet of paper."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.accounts.models import User
from lantoa.directory.access import check, day_of, grants_of, held_permissions, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.office.queries.files import made_file
from lantoa.web.leader_paper import paper_of
from lantoa.web.leader_words import said_of
from lantoa.web.queries.leader import Below, Leading, leading
from lantoa.web.rules.leader import pdf_of

PAGE: Final = 200
SHOWN: Final = 50

Key = Callable[[Below], float | None]
COLUMNS: Final[dict[str, tuple[Any, Key]]] = {
    "trained": (gettext_lazy("People trained"), lambda row: row.trained.share),
    "exams": (gettext_lazy("Exams"), lambda row: float(row.results.mean) if row.results.mean is not None else None),
    "readiness": (gettext_lazy("Readiness"), lambda row: row.ready.score if row.ready else None),
    "change": (
        gettext_lazy("Change"),
        lambda row: row.ready.change.total if row.ready and row.ready.change else None,
    ),
    "targets": (
        gettext_lazy("Targets met"),
        lambda row: row.targets.met / row.targets.total if row.targets.total else None,
    ),
    "pilots": (gettext_lazy("Pilots"), lambda row: row.tried.running),
    "spread": (gettext_lazy("Playbooks"), lambda row: row.tried.adopted + row.tried.adopting / 1000),
}


@needs("programmes.view")
@require_safe
def leaders(request: HttpRequest) -> HttpResponse:
    """The units the reader was given a role on; of one alone straight to its page."""
    assert isinstance(request.user, User)
    ids = grants_of(request.user, "programmes.view", on=today()).units[:SHOWN]
    keys = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "key"))
    if len(keys) == 1:
        return redirect("web:leader", *keys.values())
    called = names(keys, on=today())
    rows = sorted((called[pk].sort_key, called[pk].full_name, key) for pk, key in keys.items() if pk in called)
    return render(request, "web/leaders.html", {"rows": [(name, key) for _sort, name, key in rows]})


@needs("programmes.view")
@require_safe
def leader(request: HttpRequest, key: str) -> HttpResponse:
    """A unit on a day in sentences, small pictures and rows; of a province its communes in a table to be sorted."""
    unit, on, sort, found = _asked(request, key)
    said = said_of(unit, found, held_permissions(request.user, on=today()))
    page = Paginator(_sorted(found.below, sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "on": on,
        "stands": bool(found.tops.name),
        "name": found.tops.name or _name(unit, on),
        "said": said,
        "page": page,
        "rows": said.rows(list(page)),
        "columns": _columns(sort, on),
        "paper_url": reverse("web:leader_paper", args=[key]) + (f"?on={on.isoformat()}" if on != today() else ""),
        "breadcrumbs": [{"label": found.tops.name or _name(unit, on), "url": said.unit_url}],
    }
    return render(request, "web/leader.html", context)


@needs("programmes.view")
@require_safe
def leader_paper(request: HttpRequest, key: str) -> HttpResponse:
    """The same on one sheet of A4."""
    unit, on, _sort, found = _asked(request, key)
    name = found.tops.name or _name(unit, on)
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    data = paper_of(name, said_of(unit, found), _sorted(found.below, "-readiness"))
    return made_file(pdf_of(data, language=language, day=on), f"{_('leader')}-{unit.key}-{on.isoformat()}.pdf")


def _asked(request: HttpRequest, key: str) -> tuple[Unit, date, str, Leading]:
    unit = get_object_or_404(Unit, key=key)
    check(request, unit)
    on, sort = day_of(request), request.GET.get("sort", "")
    if sort.removeprefix("-") not in {"", "name", *COLUMNS}:
        raise Http404
    return unit, on, sort, leading(unit, on=on)


def _name(unit: Unit, on: date) -> str:
    """What a unit that does not stand on the day was called last, or first."""
    called = names([unit.pk], on=on)
    return called[unit.pk].full_name if called else unit.key


def _sorted(rows: list[Below], sort: str) -> list[Below]:
    """By name as they came, or by a column: the least first, with a minus the most; without a value always last."""
    name = sort.removeprefix("-")
    if name not in COLUMNS:
        return rows[::-1] if sort == "-name" else rows
    of = COLUMNS[name][1]
    known = sorted((row for row in rows if of(row) is not None), key=lambda row: of(row) or 0, reverse=sort[0] == "-")
    return known + [row for row in rows if of(row) is None]


def _columns(sort: str, on: date) -> list[dict[str, Any]]:
    """The heads of the table: each sorts, the most first, and the other way when it does so already."""
    dated = f"on={on.isoformat()}&" if on != today() else ""
    heads = [("name", _("Unit")), *((name, label) for name, (label, _key) in COLUMNS.items())]
    made = []
    for name, label in heads:
        least, most = name, f"-{name}"
        first, other = (least, most) if name == "name" else (most, least)
        now = "name" if sort == "" else sort
        direction = "" if now.removeprefix("-") != name else "descending" if now[0] == "-" else "ascending"
        url = f"?{dated}sort={other if now == first else first}#units"
        made.append({"label": label, "url": url, "direction": direction, "number": name != "name"})
    return made
