"""Pages of spreads: the list, the map and the curve, who may be next, waves, the order."""

import secrets
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.templatetags.lantoa import percent, vnumber
from lantoa.common.templatetags.lantoa import state as tag
from lantoa.directory.access import check, day_of, needs, today
from lantoa.directory.models import Unit
from lantoa.pilots.actions.spreads import (
    add_units,
    add_wave,
    begin_spread,
    remove_unit,
    remove_wave,
    settle_order,
)
from lantoa.pilots.forms_fields import UnitField
from lantoa.pilots.forms_spreads import ORDER_WORDS, SettleForm, SpreadForm, WaveForm
from lantoa.pilots.models import Adoption, Spread
from lantoa.pilots.queries.playbooks import last_version, playbooks_seen
from lantoa.pilots.queries.spreads import (
    KINDS,
    STATES,
    AdoptionNow,
    Candidate,
    adoption_now,
    candidates,
    counted,
    finished_days,
    spreads_seen,
    with_steps,
)
from lantoa.pilots.views.pictures import adoption_picture
from lantoa.pilots.views.shared import (
    MANAGE,
    Way,
    allowed,
    called,
    cared_for,
    form_page,
    holds,
    own_unit,
    reader,
    tabs,
    way,
)

PAGE = 50
STATE_WORDS = {
    "all": gettext_lazy("every step done"),
    "doing": gettext_lazy("some steps done"),
    "begun": gettext_lazy("begun, no step done"),
    "waiting": gettext_lazy("waits for its wave"),
    "left": gettext_lazy("has left"),
}
NUMBER_KINDS = {"all": "ok", "begun": "late"}


def spread_for(request: HttpRequest, key: str) -> Spread:
    """One that the reader's units run; 404 for strangers."""
    found = get_object_or_404(Spread.objects.select_related("unit", "version__playbook__pilot"), key=key)
    check(request, found.unit)
    return found


def spread_seen(request: HttpRequest, key: str) -> Spread:
    """One that the reader's units run or take part in; 404 for strangers."""
    rows = spreads_seen(reader(request), on=today()).select_related("unit", "version__playbook__pilot")
    return get_object_or_404(rows, key=key)


def at_spread(spread: Spread) -> str:
    """The page of a spread."""
    return reverse("pilots:spread", args=[spread.key])


def spread_way(spread: Spread) -> Way:
    """To the page of a spread."""
    return way((_("Spread"), reverse("pilots:spreads")), (spread.name, at_spread(spread)))


def state_of(now: AdoptionNow) -> tuple[str, str]:
    """Where a unit stands, as a state."""
    return KINDS[now.state], str(STATE_WORDS[now.state])


@needs("pilots.view")
@require_safe
def spreads(request: HttpRequest) -> HttpResponse:
    """What is being carried to units."""
    page = Paginator(spreads_seen(reader(request), on=today()), PAGE).get_page(request.GET.get("page"))
    units = called({one.unit_id for one in page}, on=today())
    rows = list(with_steps(Adoption.objects.filter(spread__in=[one.pk for one in page])))
    by_spread: dict[int, list[AdoptionNow]] = {}
    for row in rows:
        by_spread.setdefault(row.spread_id, []).append(adoption_now(row, on=today()))
    context = {
        "tabs": tabs("pilots:spreads"),
        "page": page,
        "rows": [
            {
                "spread": one,
                "unit": units[one.unit_id],
                "counts": counted(by_spread.get(one.pk, [])),
                "total": len(by_spread.get(one.pk, [])),
            }
            for one in page
        ],  # fmt: skip
        "manages": cared_for(request, MANAGE).exists(),
    }
    return render(request, "pilots/spreads.html", context)


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def new_spread(request: HttpRequest) -> HttpResponse:
    """Begins to carry the last version of a playbook to units."""
    unit = UnitField(label=_("Office that runs it"), on=today(), allowed=allowed(request, MANAGE))
    initial = {"unit": own_unit(request, MANAGE), "playbook": request.GET.get("playbook", "")}
    books = playbooks_seen(reader(request), on=today())
    form = SpreadForm(request.POST or None, initial=initial, playbooks=books, unit=unit)

    def act(values: dict[str, Any]) -> str:
        version = last_version(values["playbook"])
        return at_spread(begin_spread(by=reader(request), unit=values["unit"], version=version, name=values["name"]))

    return form_page(request, form, act, title=_("New spread"), way=way((_("Spread"), reverse("pilots:spreads"))))


@needs("pilots.view")
@require_safe
def spread(request: HttpRequest, key: str) -> HttpResponse:
    """The map of units as tiles, the curve over time, the waves, and the units behind each number."""
    found = spread_seen(request, key)
    on = day_of(request)
    show = request.GET.get("show", "")
    if show and show not in STATES:
        raise Http404
    everything = [adoption_now(row, on=on) for row in with_steps(found.adoptions.all())]
    shown = [row for row in everything if not show or row.state == show]
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    units = called({found.unit_id, *(row.adoption.unit_id for row in everything)}, on=on)
    waves = list(found.waves.order_by("number"))
    counts = counted(everything)
    context = {
        "spread": found,
        "on": on,
        "unit": units[found.unit_id],
        "order": ORDER_WORDS[Spread.Order(found.order)] if found.order else "",
        "numbers": [
            {
                "count": counts[name],
                "words": STATE_WORDS[name],
                "url": f"?on={on:%Y-%m-%d}&show={name}",
                "kind": NUMBER_KINDS.get(name, "") if counts[name] else "",
            }
            for name in STATES
        ],  # fmt: skip
        "total": len(everything),
        "tiles": [_tile(row, units) for row in everything],
        "curve": _curve(everything, waves, on) if waves and everything else None,
        "waves": [(wave, sum(row.adoption.wave_id == wave.pk for row in everything)) for wave in waves],
        "page": page,
        "rows": [{"now": row, "unit": units[row.adoption.unit_id], "state": state_of(row)} for row in page],
        "show": STATE_WORDS[show] if show else "",
        "manages": holds(request, MANAGE, found.unit),
        "breadcrumbs": way((_("Spread"), reverse("pilots:spreads"))),
    }
    return render(request, "pilots/spread.html", context)


def _tile(row: AdoptionNow, units: dict[int, dict[str, str]]) -> dict[str, Any]:
    kind, word = state_of(row)
    unit = units[row.adoption.unit_id]
    return {
        "key": row.adoption.key,
        "kind": kind,
        "word": word,
        "name": unit["name"],
        "short": unit["short"],
        "done": f"{len(row.done)}/{row.total}",
    }


def _curve(rows: list[AdoptionNow], waves: list[Any], on: date) -> Any:
    start = waves[0].starts_on
    end = max([on, waves[-1].starts_on, *finished_days(rows)]) + timedelta(days=1)
    return adoption_picture(finished_days(rows), start=start, end=end, total=len(rows))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def choose_units(request: HttpRequest, key: str) -> HttpResponse:
    """The communes under the office, those with the most trained people first; those ticked are to take it on."""
    found = spread_for(request, key)
    if request.method == "POST":
        units = Unit.objects.filter(key__in=request.POST.getlist("chosen"), pk__in=cared_for(request, MANAGE))
        count = add_units(by=reader(request), spread=found, units=list(units.order_by("pk")), at=timezone.now())
        messages.success(request, _("%(count)d units are to take it on.") % {"count": count})
        return redirect(at_spread(found))
    context = {
        "spread": found,
        "lines": _lines(candidates(found, on=today())),
        "breadcrumbs": spread_way(found),
    }
    return render(request, "pilots/candidates.html", context)


# The lines of some hundred communes are written here, not in the template: there they would cost most of the page.
_LINE = (
    '<tr><td>%s</td><th scope="row">%s</th><td data-label="%s">%s</td><td data-label="%s" class="lt-num">%s</td>'
    '<td data-label="%s" class="lt-num">%s</td><td data-label="%s">%s</td></tr>\n'
)


def _lines(rows: list[Candidate]) -> SafeString:
    box = render_to_string("components/choice.html", {"value": "%(value)s", "label": "%(label)s"}).strip()
    ready, people, trained, state = (escape(_(head)) for head in ("Readiness", "People", "Trained", "State"))
    place, inside = escape(_("place %(rank)s of %(of)s, %(year)s")), tag("ok", _("in it"))
    lines = []
    for row in rows:
        name, at = escape(row.placement.full_name), row.ready
        measured = {"rank": vnumber(at.rank), "of": vnumber(at.of), "year": at.year} if at and at.rank else None
        share = f" ({percent(row.share)})" if row.share is not None else ""
        lines.append(
            _LINE
            % (
                "" if row.inside else box % {"value": row.placement.unit.key, "label": name},
                name,
                *(ready, place % measured if measured else "–"),
                *(people, vnumber(row.people)),
                *(trained, f"{vnumber(row.trained)}{share}"),
                *(state, inside if row.inside else "–"),
            )
        )
    return mark_safe("".join(lines))  # every name in it is escaped


@needs("pilots.manage")
@require_POST
def drop_unit(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a unit out while the order is not settled."""
    found = get_object_or_404(Adoption.objects.select_related("spread__unit", "unit"), key=key)
    check(request, found.spread.unit)
    remove_unit(by=reader(request), adoption=found)
    return redirect(at_spread(found.spread))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def new_wave(request: HttpRequest, key: str) -> HttpResponse:
    """A wave more."""
    found = spread_for(request, key)
    form = WaveForm(request.POST or None)

    def act(values: dict[str, Any]) -> str:
        add_wave(by=reader(request), spread=found, **values)
        return at_spread(found)

    return form_page(request, form, act, title=_("New wave"), way=spread_way(found))


@needs("pilots.manage")
@require_POST
def drop_wave(request: HttpRequest, key: str) -> HttpResponse:
    """Takes the last wave out while the order is not settled."""
    found = spread_for(request, key)
    remove_wave(by=reader(request), spread=found)
    return redirect(at_spread(found))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, key: str) -> HttpResponse:
    """Settles the order once. The seed of a draw is the machine's: nobody chooses it."""
    found = spread_for(request, key)
    form = SettleForm(request.POST or None)

    def act(values: dict[str, Any]) -> str:
        lot = values["order"] == Spread.Order.DRAWN
        keys = [] if lot else [row.placement.unit.key for row in candidates(found, on=today()) if row.inside]
        rest = found.adoptions.order_by("pk").values_list("unit__key", flat=True)
        settle_order(
            by=reader(request),
            spread=found,
            at=timezone.now(),
            on=today(),
            seed=secrets.token_hex(16) if lot else "",
            units=list(dict.fromkeys([*keys, *rest])),
        )
        return at_spread(found)

    lead = _("It is settled once, before the first wave, and the ledger keeps it with its seed.")
    return form_page(request, form, act, title=_("Settle the order"), way=spread_way(found), lead=lead)
