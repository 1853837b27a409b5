"""Pages of legal acts: which there are, one of them, what it touches and what rests on it. Acts are public: whoever
may see programmes may read every act; of what rests on one only what is in the reader's care is shown."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, day_of, in_care, may, needs, today
from lantoa.office.queries.files import send_file
from lantoa.programmes.actions.acts import change_act, enter_act, keep_act_file, relate_acts, rest_on, unrelate_acts
from lantoa.programmes.forms.acts import ActFileForm, ActForm, FindActsForm, NewActForm, RelateForm, RestForm
from lantoa.programmes.models import ActRelation, LegalAct, Programme, Target
from lantoa.programmes.queries.acts import (
    acts_within,
    find_acts,
    first_day,
    lines_of,
    programmes_on,
    relations_of,
    targets_on,
)
from lantoa.programmes.views.said import act_row, target_name
from lantoa.programmes.views.targets import form_page
from lantoa.programmes.words_acts import TOUCHED_WORDS, WAY_WORDS

PAGE = 50
MOST_OFFERED = 500  # programmes or targets in a form


def act_at(request: HttpRequest, key: str) -> LegalAct:
    """The act, if the reader may do for the office that keeps it what the page is for; else 404."""
    found = get_object_or_404(LegalAct.objects.select_related("decision", "unit", "file"), key=key)
    check(request, found.unit)
    return found


def way_to(act: LegalAct | None = None) -> list[dict[str, str]]:
    """Legal acts, this act."""
    way = [{"label": _("Legal acts"), "url": reverse("programmes:acts")}]
    if act:
        way.append({"label": act.decision.number, "url": reverse("programmes:act", args=[act.key])})
    return way


@needs("programmes.view")
@require_safe
def acts(request: HttpRequest) -> HttpResponse:
    """The acts of one's units and behind their programmes and targets, each with its force on the day."""
    on = day_of(request)
    form = FindActsForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    care = in_care(request.user, "programmes.view", on=today())  # type: ignore[arg-type]
    found: Any = find_acts(acts_within(care), text=wanted.get("text", ""), kind=wanted.get("kind", ""))
    lines = lines_of(found, on=on)
    if state := wanted.get("force"):
        lines = [line for line in lines if line.force == state]
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    context = {
        "on": on,
        "form": form,
        "page": page,
        "rows": [act_row(line) for line in page],
        "manages": in_care(request.user, "programmes.manage", on=today()).exists(),  # type: ignore[arg-type]
    }
    return render(request, "programmes/acts.html", context)


@needs("programmes.view")
@require_safe
def act(request: HttpRequest, key: str) -> HttpResponse:
    """One act: what it says, what touches it, what rests on it."""
    found = get_object_or_404(LegalAct.objects.select_related("decision", "unit", "file"), key=key)
    on = day_of(request)
    care = in_care(request.user, "programmes.view", on=today())  # type: ignore[arg-type]
    manages = may(request.user, "programmes.manage", found.unit, on=today())
    context = {
        "act": found,
        "on": on,
        "row": act_row(lines_of([found], on=on)[0]),
        "starts": first_day(found),
        "relations": [_relation_row(found, one) for one in relations_of(found)],
        "programmes": programmes_on(found).filter(unit__in=care),
        "targets": [(one, target_name(one)) for one in targets_on(found).filter(unit__in=care)[:MOST_OFFERED]],
        "manages": manages,
        "breadcrumbs": way_to(),
    }
    return render(request, "programmes/act.html", context)


def _relation_row(act: LegalAct, one: ActRelation) -> dict[str, Any]:
    mine = one.act_id == act.pk
    way = ActRelation.Way(one.way)
    return {
        "words": (WAY_WORDS if mine else TOUCHED_WORDS)[way],
        "other": one.other if mine else one.act,
        "relation": one if mine else None,
    }


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def new_act(request: HttpRequest) -> HttpResponse:
    """An act more."""
    form = NewActForm(request.POST or None, today=today())
    if request.method == "POST" and form.is_valid():
        keeper = form.cleaned_data["keeper"]
        if not may(request.user, "programmes.manage", keeper, on=today()):
            form.add_error("unit", _("You do not manage programmes of this unit."))
        else:
            try:
                made = enter_act(by=request.user, unit=keeper, text=form.text())  # type: ignore[arg-type]
                messages.success(request, _("The act is entered."))
                return redirect("programmes:act", made.key)
            except Refused as reason:
                form.add_error(None, say(reason))
    return form_page(request, form, _("Enter a legal act"), way_to())


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Corrects what is said of an act."""
    found = act_at(request, key)
    form = ActForm(request.POST or None, act=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_act(by=request.user, act=found, text=form.text())  # type: ignore[arg-type]
            messages.success(request, _("The changes are saved."))
            return redirect("programmes:act", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return form_page(request, form, _("Change the act"), way_to(found), found.decision.number)


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def relate(request: HttpRequest, key: str) -> HttpResponse:
    """Says that the act replaces or amends another."""
    found = act_at(request, key)
    form = RelateForm(request.POST or None, acts=find_acts(LegalAct.objects.exclude(pk=found.pk)))
    if request.method == "POST" and form.is_valid():
        try:
            relate_acts(by=request.user, act=found, **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("programmes:act", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return form_page(request, form, _("What it replaces or amends"), way_to(found), found.decision.number)


@needs("programmes.manage")
@require_POST
def unrelate(request: HttpRequest, key: str) -> HttpResponse:
    """Takes that back."""
    relation = get_object_or_404(ActRelation.objects.select_related("act__unit", "other"), key=key)
    check(request, relation.act.unit)
    unrelate_acts(by=request.user, relation=relation)  # type: ignore[arg-type]
    messages.success(request, _("The changes are saved."))
    return redirect("programmes:act", relation.act.key)


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def rests(request: HttpRequest, key: str) -> HttpResponse:
    """Which programmes and targets in one's care rest on an act."""
    found = act_at(request, key)
    care = in_care(request.user, "programmes.manage", on=today())  # type: ignore[arg-type]
    programmes = Programme.objects.filter(unit__in=care).order_by("code")[:MOST_OFFERED]
    targets = Target.objects.filter(unit__in=care, parent=None).order_by("code", "pk")[:MOST_OFFERED]
    initial = {
        name: list(rows.filter(unit__in=care).values_list("key", flat=True))
        for name, rows in (("programmes", found.programmes), ("targets", found.targets))
    }
    form = RestForm(request.POST or None, programmes=programmes, targets=targets, initial=initial)
    if request.method == "POST" and form.is_valid():
        offered = {one.key for one in (*programmes, *targets)}
        rest_on(
            by=request.user,  # type: ignore[arg-type]
            act=found,
            programmes=Programme.objects.filter(key__in=form.cleaned_data["programmes"]),
            targets=Target.objects.filter(key__in=form.cleaned_data["targets"]),
            offered=offered,
        )
        messages.success(request, _("The changes are saved."))
        return redirect("programmes:act", found.key)
    return form_page(request, form, _("What rests on it"), way_to(found), found.decision.number)


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def keep_file(request: HttpRequest, key: str) -> HttpResponse:
    """Keeps the act itself."""
    found = act_at(request, key)
    form = ActFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            keep_act_file(by=request.user, act=found, name=sent.name, content=sent, at=timezone.now())  # type: ignore[arg-type]
            return redirect("programmes:act", found.key)
        except Refused as reason:
            form.add_error("file", say(reason))
    context = {"form": form, "breadcrumbs": way_to(found), "caption": found.decision.number}
    return render(request, "programmes/act_file.html", context, status=422 if form.errors else 200)


@needs("programmes.view")
@require_safe
def act_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The act itself."""
    found = get_object_or_404(LegalAct.objects.select_related("file"), key=key)
    if found.file is None:
        raise Http404
    return send_file(request, found.file)
