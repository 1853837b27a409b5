"""Pages of programmes: their mandate and their parts. What happens in them is shown by the rooms above."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, day_of, in_care, may, needs, today
from lantoa.directory.models import Decision
from lantoa.directory.queries.units import names
from lantoa.programmes.actions import (
    add_partner,
    change_programme,
    create_programme,
    enter_decision,
    remove_partner,
)
from lantoa.programmes.forms import ROLE_WORDS, STAGE_WORDS, FindForm, PartnerForm, ProgrammeForm
from lantoa.programmes.models import Field, Partner, Programme
from lantoa.programmes.queries import find_programmes, partners_by_role, unit_in_words
from lantoa.programmes.queries.acts import acts_behind, lines_of
from lantoa.programmes.rules import last_day, stage
from lantoa.programmes.views.said import act_row

PAGE = 50
STAGE_KINDS = {"before": "wait", "running": "now", "over": "ok"}


@needs("programmes.view")
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """The programmes in one's care: found by words, field of work and stage on the day."""
    on = day_of(request)
    form = FindForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    mine = Programme.objects.filter(unit__in=in_care(request.user, "programmes.view", on=today()))  # type: ignore[arg-type]
    found = find_programmes(
        mine, text=wanted.get("text", ""), field=wanted.get("field", ""), stage=wanted.get("stage", ""), on=on
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    owners = names({one.unit_id for one in page}, on=on)
    rows = [
        {
            "programme": one,
            "owner": owners[one.unit_id].full_name if one.unit_id in owners else "",
            "last": last_day(one.period.upper),
            "state": _state(one, on),
        }
        for one in page
    ]
    manages = in_care(request.user, "programmes.manage", on=today()).exists()  # type: ignore[arg-type]
    context = {"on": on, "form": form, "page": page, "rows": rows, "manages": manages, "load_url": _load_url()}
    return render(request, "programmes/programmes.html", context)


def _state(programme: Programme, on: Any) -> dict[str, Any]:
    name = stage(programme.period.lower, programme.period.upper, on=on)
    return {"kind": STAGE_KINDS[name], "word": STAGE_WORDS[name]}


def _load_url() -> str:
    """Where a programme file is loaded: a page of a room above, when the house has it."""
    try:
        return reverse("training:load_plan")
    except NoReverseMatch:
        return ""


@needs("programmes.view")
@require_safe
def programme(request: HttpRequest, key: str) -> HttpResponse:
    """One programme: why it is, who takes part, what belongs to it."""
    found = get_object_or_404(Programme.objects.select_related("decision", "unit", "parent"), key=key)
    check(request, found.unit)
    on = day_of(request)
    manages = may(request.user, "programmes.manage", found.unit, on=today())
    context = {
        "programme": found,
        "on": on,
        "last": last_day(found.period.upper),
        "owner": unit_in_words(found.unit, on=found.period.lower),
        "state": _state(found, on),
        "fields": found.fields.order_by("code"),
        "partners": [
            {"role": ROLE_WORDS[Partner.Role(role)], "partners": partners}
            for role, partners in partners_by_role(found).items()
        ],
        "lecturers": found.lecturers.select_related("person").order_by("position", "id"),
        "children": found.children.order_by("-period", "code"),
        "partner_form": PartnerForm() if manages else None,
        "acts": [act_row(line) for line in lines_of(acts_behind(found), on=on)],
        "manages": manages,
        "breadcrumbs": [{"label": _("Programmes"), "url": reverse("programmes:programmes")}],
    }
    return render(request, "programmes/programme.html", context)


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def new_programme(request: HttpRequest) -> HttpResponse:
    """A programme by form."""
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if not may(request.user, "programmes.manage", values["owner"], on=today()):
            form.add_error("unit", _("You do not manage programmes of this unit."))
        else:
            try:
                with transaction.atomic():  # a programme that is refused leaves no decision behind
                    made = create_programme(
                        by=request.user,  # type: ignore[arg-type]
                        code=values["code"],
                        name=values["name"],
                        unit=values["owner"],
                        first=values["first"],
                        last=values["last"],
                        decision=_decision(request, values),
                        audience=values["audience"],
                        fields=list(Field.objects.filter(code__in=values["fields_of_work"])),
                    )
                _say_title_stays(request, made.decision, values)
                messages.success(request, _("The programme was created."))
                return redirect("programmes:programme", made.key)
            except Refused as reason:
                form.add_error(None, say(reason))
    return render(request, "programmes/form.html", {"form": form, "title": _("New programme"), "breadcrumbs": _way()})


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Changes the mandate of a programme."""
    found = get_object_or_404(Programme.objects.select_related("decision", "unit"), key=key)
    check(request, found.unit)
    form = ProgrammeForm(request.POST or None, programme=found)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if not may(request.user, "programmes.manage", values["owner"], on=today()):
            form.add_error("unit", _("You do not manage programmes of this unit."))
        else:
            try:
                with transaction.atomic():
                    decision = _decision(request, values)
                    change_programme(
                        by=request.user,  # type: ignore[arg-type]
                        programme=found,
                        first=values["first"],
                        last=values["last"],
                        fields=list(Field.objects.filter(code__in=values["fields_of_work"])),
                        name=values["name"],
                        unit=values["owner"],
                        audience=values["audience"],
                        decision=decision,
                    )
                _say_title_stays(request, decision, values)
                messages.success(request, _("The changes are saved."))
                return redirect("programmes:programme", found.key)
            except Refused as reason:
                form.add_error(None, say(reason))
    context = {"form": form, "title": _("Change the programme"), "breadcrumbs": _way(found)}
    return render(request, "programmes/form.html", context)


def _decision(request: HttpRequest, values: dict[str, Any]) -> Decision | None:
    if not values["number"]:
        return None
    return enter_decision(
        by=request.user,  # type: ignore[arg-type]
        number=values["number"],
        issued_on=values["issued_on"],
        issuer=values["issuer"],
        title=values["title"],
    )


def _say_title_stays(request: HttpRequest, decision: Decision | None, values: dict[str, Any]) -> None:
    if decision is not None and decision.title != values["title"]:
        words = _("Decision %(number)s was entered before with the title “%(title)s”, which stays.")
        messages.warning(request, words % {"number": decision.number, "title": decision.title})


def _way(found: Programme | None = None) -> list[dict[str, str]]:
    way = [{"label": _("Programmes"), "url": reverse("programmes:programmes")}]
    if found:
        way.append({"label": found.name, "url": reverse("programmes:programme", args=[found.key])})
    return way


@needs("programmes.manage")
@require_POST
def new_partner(request: HttpRequest, key: str) -> HttpResponse:
    """A partner more."""
    found = get_object_or_404(Programme.objects.select_related("unit"), key=key)
    check(request, found.unit)
    form = PartnerForm(request.POST)
    if form.is_valid():
        add_partner(by=request.user, programme=found, **form.cleaned_data)  # type: ignore[arg-type]
        return redirect("programmes:programme", found.key)
    context = {"form": form, "title": _("Add a partner"), "breadcrumbs": _way(found)}
    return render(request, "programmes/form.html", context)


@needs("programmes.manage")
@require_POST
def drop_partner(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a partner out."""
    partner = get_object_or_404(Partner.objects.select_related("programme__unit"), key=key)
    check(request, partner.programme.unit)
    try:
        remove_partner(by=request.user, partner=partner)  # type: ignore[arg-type]
        messages.success(request, _("%(name)s is no longer a partner.") % {"name": partner.name})
    except Refused as reason:
        messages.error(request, say(reason))
    return redirect("programmes:programme", partner.programme.key)
