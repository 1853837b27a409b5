"""Units: a list to search, a page for each with its place and its life, and everything under it."""

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from lantoa.common.pictures import UnitBox, life_line
from lantoa.common.templatetags.lantoa import vdate, vnumber
from lantoa.directory import queries
from lantoa.directory.access import audit_links, day_of, needs, permissions_on, today
from lantoa.directory.forms import UnderFilter, UnitSearch
from lantoa.directory.models import Placement
from lantoa.directory.permissions import SIGNED_IN
from lantoa.directory.queries import Kin, Life, Standing
from lantoa.directory.rules.naming import flat
from lantoa.directory.views.places import absence, address, load_unit, since_until, source_of, trail
from lantoa.ledger.models import thing_key

PAGE = 100


@needs(SIGNED_IN)
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """What stands at the top, or what answers the words searched for."""
    on = day_of(request)
    form = UnitSearch(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = queries.search_units(words, on=on) if words else _top(on)
    above = queries.names([p.parent_id for p in found if p.parent_id], on=on)
    others = queries.standings(
        (p.unit for p in found if not _holds(p, on)), on=on
    )  # under that name; perhaps another
    rows = [
        {
            "name": placement.full_name,
            "url": address("unit", placement.unit.key, on=on),
            "above": above[placement.parent_id].full_name if placement.parent_id else "",
            "when": since_until(placement),
            "state": others[placement.unit_id].state if placement.unit_id in others else queries.STANDS,
        }
        for placement in found
    ]
    said = ""
    if words:
        said = ngettext("%(count)s unit found", "%(count)s units found", len(rows)) % {"count": vnumber(len(rows))}
    return render(
        request, "directory/units.html", {"on": on, "form": form, "words": words, "rows": rows, "said": said}
    )


@needs(SIGNED_IN)
@require_GET
def unit(request: HttpRequest, key: str) -> HttpResponse:
    """One unit on one day: where it stood, its life, what stood under it; or why it did not stand."""
    on = day_of(request)
    this = load_unit(key)
    standing = queries.standing(this, on=on)
    life = queries.life(this, on=max(on, standing.day) if standing.day else on)
    under = Paginator(queries.children(this, on=on), PAGE).get_page(request.GET.get("page"))
    allowed = permissions_on(request.user, this, on=today())
    context = {
        "unit": this,
        "on": on,
        "standing": standing,
        "absence": None if standing.placement else absence(standing),
        "facts": _facts(standing),
        "breadcrumbs": trail(this, on=on),
        "life": _life(life, on),
        "picture": _picture(standing, life, on),
        "under": under,
        "children": _children(list(under), on),
        "complete": queries.coverage_known(this, on=on),
        "all_url": address("under", key, on=on),
        "people_url": address("people", key, on=on) if "directory.view_people" in allowed else "",
        "leader_url": reverse("web:leader", args=[key]) + (f"?on={on.isoformat()}" if on != today() else "")
        if "programmes.view" in allowed
        else "",
        "year_url": reverse("training:unit_year", args=[key]) + (f"?on={on.isoformat()}" if on != today() else ""),
        "audit": audit_links(f"?thing={thing_key(this)}") if "ledger.view" in allowed else [],
        "roles_url": address("roles", key, on=today()) if "directory.grant_roles" in allowed else "",
    }
    return render(request, "directory/unit.html", context)


@needs(SIGNED_IN)
@require_GET
def under(request: HttpRequest, key: str) -> HttpResponse:
    """Everything under the unit on the day, at every depth."""
    on = day_of(request)
    this = load_unit(key)
    form = UnderFilter(request.GET)
    level, words = (form.cleaned_data["level"], form.cleaned_data["q"]) if form.is_valid() else ("", "")
    found = queries.units_under(this, on=on, level=level or None)
    if words:
        found = found.filter(folded__contains=flat(words))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    above = queries.names([p.parent_id for p in page if p.parent_id], on=on)
    rows = [
        {
            "name": placement.full_name,
            "url": address("unit", placement.unit.key, on=on),
            "above": above[placement.parent_id].full_name if placement.parent_id else "",
            "code": placement.code if placement.code.isdigit() else "",
        }
        for placement in page
    ]
    standing = queries.standing(this, on=on)
    count = page.paginator.count
    return render(
        request,
        "directory/under.html",
        {
            "unit": this,
            "on": on,
            "standing": standing,
            "absence": None if standing.placement else absence(standing),
            "form": form,
            "rows": rows,
            "page": page,
            "said": ngettext("%(count)s unit", "%(count)s units", count) % {"count": vnumber(count)},
            "breadcrumbs": trail(this, on=on, last=True),
        },
    )


def _top(on: date) -> list[Placement]:
    """The country, and what stands directly under it."""
    top = list(queries.roots(on=on))
    return top + [under for root in top[:1] for under in queries.children(root.unit, on=on)]


def _holds(placement: Placement, on: date) -> bool:
    return placement.period.lower <= on and (placement.period.upper is None or on < placement.period.upper)


def _facts(standing: Standing) -> list[dict[str, str]]:
    placement = standing.placement
    if placement is None:
        return []
    facts = [{"key": _("Kind"), "value": placement.kind}]
    if placement.code.isdigit():
        facts.append({"key": _("Official code"), "value": placement.code})
    facts.append({"key": _("So since"), "value": since_until(placement)})
    facts.append({"key": _("Source"), "value": source_of(placement)})
    if placement.decision:
        facts[-1]["value"] += f" ({vdate(placement.decision.issued_on)}, {placement.decision.issuer})"
    return facts


def _children(placements: list[Placement], on: date) -> list[dict[str, str]]:
    return [
        {
            "name": placement.full_name,
            "url": address("unit", placement.unit.key, on=on),
            "code": placement.code if placement.code.isdigit() else "",
        }
        for placement in placements
    ]


KINDS = {
    "founded": gettext_lazy("founded"),
    "merged": gettext_lazy("merged"),
    "split": gettext_lazy("divided"),
    "reorganised": gettext_lazy("reorganised"),
    "dissolved": gettext_lazy("dissolved"),
}


def _life(life: Life, on: date) -> list[dict[str, str]]:
    """The life as rows: forebears, the unit's own stages, heirs; each with its day, words and source."""
    rows = [_kin_row(kin, _("came from"), on) for kin in life.forebears]
    rows += [
        {
            "day": vdate(stage.period.lower),
            "what": _("was called"),
            "name": stage.full_name,
            "url": "",
            "how": since_until(stage),
            "source": source_of(stage),
        }
        for stage in life.stages
    ]
    rows += [_kin_row(kin, _("went to"), on) for kin in life.heirs]
    return rows


def _kin_row(kin: Kin, what: str, on: date) -> dict[str, str]:
    how = [str(KINDS[kin.kind])]
    how.append(_("whole") if kin.whole else _("in part"))
    if kin.default:
        how.append(_("in its care"))
    return {
        "day": vdate(kin.day),
        "what": what,
        "name": kin.placement.full_name if kin.placement else "",
        "url": address("unit", kin.unit.key, on=on),
        "how": ", ".join(how),
        "source": kin.decision.number if kin.decision else kin.snapshot.title if kin.snapshot else "",
    }


def _picture(standing: Standing, life: Life, on: date) -> SafeString | str:
    if not life.forebears and not life.heirs:
        return ""
    first = life.stages[0].period.lower if life.stages else None
    last = life.stages[-1].period.upper if life.stages else None
    when = " – ".join(vdate(day) for day in (first, last) if day)

    def more(count: int) -> str:
        return ngettext("and %(count)s other", "and %(count)s others", count) % {"count": vnumber(count)}

    def boxes(kin: "list[Kin]") -> list[UnitBox]:
        return [
            UnitBox(
                one.placement.full_name if one.placement else "",
                vdate(one.day),
                address("unit", one.unit.key, on=on),
            )
            for one in kin
        ]

    names = {"name": standing.name}
    return life_line(
        boxes(list(life.forebears)),
        UnitBox(standing.name, when),
        boxes(list(life.heirs)),
        title=_("The life of %(name)s") % names,
        description=_("Which units %(name)s came from, and which stood in its place afterwards.") % names,
        more=more,
    )
