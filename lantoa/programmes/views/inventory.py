"""Pages of the inventory: all units in care, one unit, one system; entering, changing, taking over, expecting."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import Refused
from lantoa.common.vietnamese import fold
from lantoa.common.words import say
from lantoa.directory.access import check, day_of, in_care, may, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.office.queries.people import names_of
from lantoa.programmes.actions.inventory import declare_expected, enter_system, say_stage, take_over, text_of
from lantoa.programmes.forms.inventory import ExpectedForm, FindForm, StageForm, SystemForm
from lantoa.programmes.models import Stage, System
from lantoa.programmes.queries.inventory import (
    Inventory,
    any_kind,
    choose,
    expected_in,
    inventories,
    inventory_of,
    list_standing,
    proposed,
    stages_of,
    stages_on,
    tallies,
)
from lantoa.programmes.rules.inventory import GAPS, INHERITED, LEVELS, MISSING, STOPPED
from lantoa.programmes.views.targets import form_page
from lantoa.programmes.words import MARK_WORDS
from lantoa.programmes.words_inventory import (
    CHOSEN_WORDS,
    GAP_WORDS,
    STATE_KINDS,
    STATE_WORDS,
    expected_words,
    gap_state,
    kind_words,
    money,
    since_words,
)

PAGE = 50


def unit_at(request: HttpRequest, key: str) -> Unit:
    """The unit, if the reader may do for it what the page is for; else 404."""
    found = get_object_or_404(Unit, key=key)
    check(request, found)
    return found


def system_at(request: HttpRequest, key: str) -> System:
    """The system, if the reader may do for its unit what the page is for; else 404."""
    found = get_object_or_404(System.objects.select_related("unit", "came_from"), key=key)
    check(request, found.unit)
    return found


def way_to(unit: Unit | None = None, system: System | None = None) -> list[dict[str, str]]:
    """The inventory, this unit, this system."""
    way = [{"label": _("Inventory"), "url": reverse("programmes:inventory")}]
    if unit:
        called = names([unit.pk], on=today()).get(unit.pk)
        label = called.full_name if called else unit.key
        way.append({"label": label, "url": reverse("programmes:unit_inventory", args=[unit.key])})
    if system:
        way.append({"label": kind_words(system.kind), "url": reverse("programmes:system", args=[system.key])})
    return way


@needs("programmes.view")
@require_safe
def inventory(request: HttpRequest) -> HttpResponse:
    """What all units in one's care run and lack on the day: kind by kind, and unit by unit."""
    on = day_of(request)
    form = FindForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    care = in_care(request.user, "programmes.view", on=today())  # type: ignore[arg-type]
    rows = inventories(care, on=on)
    kind, state, text = (wanted.get(name, "") for name in ("kind", "state", "text"))
    chosen = choose(rows, kind=kind, state=state, words=fold(text))
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    states = any_kind(rows)
    context = {
        "on": on,
        "form": form,
        "page": page,
        "columns": [
            {"label": _("Unit")},
            {"label": _("In use"), "number": True},
            {"label": _("Expected and there"), "number": True},
            {"label": _("What is missing, old or not connected")},
        ],
        "rows": [_unit_row(one, request) for one in page],
        "numbers": [
            {
                "count": states[gap],
                "words": words,
                "url": _address(request, kind="", state=gap),
                "kind": "late" if gap != INHERITED else "",
            }
            for gap, words in (("lacking", _("units lack something")), *NUMBER_WORDS.items())
        ],
        "total": states["expected"],
        "kinds": list(_kind_rows(request, rows)),
        "kind_columns": [{"label": words, "number": at > 0} for at, words in enumerate(_kind_heads())],
        "said": _chosen_words(kind, state, len(chosen)),
        "file_url": f"{reverse('programmes:inventory_file')}?{request.GET.urlencode()}",
    }
    return render(request, "programmes/inventory.html", context)


NUMBER_WORDS = {gap: words for gap, words in GAP_WORDS.items() if gap != MISSING}


def _address(request: HttpRequest, **said: str) -> str:
    """This page with another choice, on the same day."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in said.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _chosen_words(kind: str, state: str, count: int) -> str:
    if not kind and not state:
        return ""
    words = CHOSEN_WORDS[state or "has"]
    what = kind_words(kind) if kind else _("of all kinds")
    return _("%(count)d units %(words)s: %(kind)s") % {"count": count, "words": words, "kind": what}


def _unit_row(one: Inventory, request: HttpRequest) -> list[Any]:
    url = reverse("programmes:unit_inventory", args=[one.key])
    if "on" in request.GET:
        url += f"?on={request.GET['on']}"
    met = len(one.checked) - len(one.lacking)
    lacking = "; ".join(f"{kind_words(each.expected.kind)}: {gap_state(each)['text']}" for each in one.lacking)
    return [
        {"text": one.name, "url": url},
        str(len(one.own)),
        _("%(met)d of %(count)d") % {"met": met, "count": len(one.checked)} if one.checked else "–",
        lacking or "–",
    ]


def _kind_heads() -> list[str]:
    """Above the numbers of a kind, in the order of `_kind_rows`."""
    asked = [_("Kind"), _("Units that are to have it"), _("Have it")]
    return [*asked, _("missing"), _("only of the units before"), _("too old"), _("not connected")]


def _kind_rows(request: HttpRequest, rows: list[Inventory]) -> Any:
    """A row for each kind; each number opens to its units."""
    for tally in tallies(rows):
        cells: list[Any] = [kind_words(tally.kind)]
        for state in ("expected", "has", *GAPS):
            count = tally.counts.get(state, 0)
            url = _address(request, kind=tally.kind, state=state)
            cells.append({"text": str(count), "url": url} if count else "0")
        yield cells


@needs("programmes.view")
@require_safe
def unit_inventory(request: HttpRequest, key: str) -> HttpResponse:
    """What one unit ran on the day, what it took the place of, and what it lacks."""
    unit = unit_at(request, key)
    on = day_of(request)
    found = inventory_of(unit, on=on)
    before = names({line.before for line in found.lines if line.before}, on=on)
    keeps = may(request.user, "programmes.inventory", unit, on=today())
    context = {
        "unit": unit,
        "inventory": found,
        "on": on,
        "keeps": keeps,
        "declares": may(request.user, "programmes.manage", unit, on=today()),
        "rows": [_line_row(line, before, keeps=keeps) for line in found.lines if line.stage.state != STOPPED],
        "stopped": [_line_row(line, before) for line in found.lines if line.stage.state == STOPPED],
        "expected": [
            {
                "name": kind_words(one.expected.kind),
                "asked": expected_words(one.expected),
                "state": gap_state(one),
                "mark": MARK_WORDS.get(one.expected.mark, ""),
                "source": one.expected.source,
            }
            for one in found.checked
        ],
        "lacking": len(found.lacking),
        "invented": any(line.system.is_demonstration for line in found.lines),
        "breadcrumbs": way_to(),
    }
    return render(request, "programmes/unit_inventory.html", context)


def _line_row(line: Any, before: Any, *, keeps: bool = False) -> dict[str, Any]:
    stage = line.stage
    ran = before.get(line.before)
    return {
        "system": line.system,
        "name": stage.name,
        "kind": kind_words(line.system.kind),
        "state": {"kind": STATE_KINDS[stage.state], "word": STATE_WORDS[stage.state]},
        "since": since_words(stage, line.begun),
        "owner": stage.owner or _("the unit's own"),
        "supplier": stage.supplier,
        "users": stage.users,
        "cost": money(stage.cost),
        "links": ", ".join(kind_words(code) for code in stage.links),
        "before": ran.full_name if ran else "",
        "takes": keeps and line.before is not None,
    }


@needs("programmes.view")
@require_safe
def system(request: HttpRequest, key: str) -> HttpResponse:
    """One system: what holds on the day, and everything ever said of it."""
    found = system_at(request, key)
    on = day_of(request)
    stages = list(stages_of(found))
    said_by = names_of({one.said_by for one in stages})
    now: Any = stages_on(System.objects.filter(pk=found.pk), on=on).first()
    called = names([found.unit_id], on=on).get(found.unit_id)
    context = {
        "system": found,
        "on": on,
        "kind": kind_words(found.kind),
        "unit_name": called.full_name if called else "",
        "now": {
            "state": {"kind": STATE_KINDS[now.state], "word": STATE_WORDS[now.state]},
            "since": since_words(now, now.begun),
            "stage": now,
            "owner": now.owner or _("the unit's own"),
            "cost": money(now.cost),
            "links": ", ".join(kind_words(code) for code in now.links),
        }
        if now
        else None,
        "columns": [{"label": one} for one in (_("From"), _("State"), _("Name"), _("Said by"), _("Reason"))],
        "rows": [
            [
                f"{one.since:%d/%m/%Y}",
                {"text": STATE_WORDS[Stage.State(one.state)], "kind": STATE_KINDS[one.state]},
                one.name,
                said_by.get(one.said_by, one.said_by),
                one.reason or "–",
            ]
            for one in stages
        ],
        "keeps": may(request.user, "programmes.inventory", found.unit, on=today()),
        "breadcrumbs": way_to(found.unit),
    }
    return render(request, "programmes/system.html", context)


@needs("programmes.inventory")
@require_http_methods(["GET", "POST"])
def new_system(request: HttpRequest, key: str) -> HttpResponse:
    """A system more."""
    unit = unit_at(request, key)
    form = SystemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_system(
                by=request.user,  # type: ignore[arg-type]
                unit=unit,
                kind=form.cleaned_data["kind"],
                text=form.text(),
                at=timezone.now(),
            )
            messages.success(request, _("It stands in the inventory."))
            return redirect("programmes:unit_inventory", unit.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return form_page(request, form, _("Enter a platform or infrastructure"), way_to(unit))


@needs("programmes.inventory")
@require_http_methods(["GET", "POST"])
def change_system(request: HttpRequest, key: str) -> HttpResponse:
    """Says what is true from a day on: replaced, broken, stopped, another supplier."""
    found = system_at(request, key)
    last = stages_of(found).first()
    initial = {} if last is None else {**vars(text_of(last)), "since": today()}
    form = StageForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            say_stage(
                by=request.user,  # type: ignore[arg-type]
                system=found,
                text=form.text(),
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("The changes are saved."))
            return redirect("programmes:system", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    caption = last.name if last else kind_words(found.kind)
    return form_page(request, form, _("Say what changed"), way_to(found.unit, found), caption)


@needs("programmes.inventory")
@require_POST
def take(request: HttpRequest, key: str, unit: str) -> HttpResponse:
    """A unit takes over what one before it ran."""
    heir = unit_at(request, unit)
    found = system_at(request, key)
    try:
        take_over(by=request.user, system=found, unit=heir, since=today(), at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("It stands in the inventory."))
    except Refused as reason:
        messages.error(request, say(reason))
    return redirect("programmes:unit_inventory", heir.key)


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, key: str) -> HttpResponse:
    """What an office expects the units of a level under it to run."""
    unit = unit_at(request, key)
    level = request.GET.get("level", "")
    level = level if level in LEVELS else "commune"
    standing = list_standing(unit, level, on=today())
    said = expected_in(standing) if standing else proposed().get(level, ())
    initial = {
        "level": level,
        "since": today(),
        "basis": standing.basis if standing else "",
        "wanted": [one.kind for one in said],
        "connected": [one.kind for one in said if one.connected],
        "ages": "\n".join(f"{one.kind} = {one.oldest}" for one in said if one.oldest),
    }
    form = ExpectedForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            declare_expected(
                by=request.user,  # type: ignore[arg-type]
                unit=unit,
                level=values["level"],
                since=values["since"],
                basis=values["basis"],
                items=form.items(),
                at=timezone.now(),
            )
            messages.success(request, _("What is expected is declared."))
            return redirect("programmes:unit_inventory", unit.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return form_page(request, form, _("What units are to run"), way_to(unit))
