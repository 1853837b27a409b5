"""Pages of pain points: the list, one of them, and what was heard elsewhere."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.directory.access import check, day_of, needs, today
from lantoa.directory.models import Unit
from lantoa.pilots.actions.pains import (
    merge_pain,
    open_for_votes,
    report_pain,
    separate_pain,
    take_vote_back,
    vote,
    weigh,
)
from lantoa.pilots.forms import FindPainForm, MergeForm, OpenForm, PainForm, WeighForm
from lantoa.pilots.models import PainPoint
from lantoa.pilots.queries.pains import (
    as_heard,
    find_pains,
    heard,
    heard_in_training,
    heard_in_workshops,
    pains_seen,
    with_figures,
)
from lantoa.pilots.views.shared import (
    MANAGE,
    REPORT,
    Way,
    allowed,
    called,
    cared_for,
    form_page,
    holds,
    own_unit,
    person_of,
    reader,
    tabs,
    way,
)
from lantoa.programmes.queries import unit_in_words

PAGE = 50
OTHERS = 200  # to merge into
LISTS = {"training": N_("What learners handed in"), "workshops": N_("Questions of workshops")}


def _pain(request: HttpRequest, key: str) -> PainPoint:
    """One in the reader's care for the page's permission; 404 for strangers."""
    found = get_object_or_404(PainPoint.objects.select_related("unit", "into", "open_to"), key=key)
    check(request, found.unit)
    return found


def _seen(request: HttpRequest, key: str) -> PainPoint:
    """One in the reader's care, or opened to them."""
    rows = pains_seen(reader(request), on=today()).select_related("unit", "into", "open_to")
    return get_object_or_404(rows, key=key)


def _way(pain: PainPoint | None = None) -> Way:
    steps = [(_("Pain points"), reverse("pilots:pains"))]
    return way(*steps, *([(pain.title, _at(pain))] if pain else []))


def _at(pain: PainPoint) -> str:
    return reverse("pilots:pain", args=[pain.key])


@needs("pilots.view")
@require_safe
def pains(request: HttpRequest) -> HttpResponse:
    """What hurts: found by words and field, in the order asked for."""
    form = FindPainForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = find_pains(
        pains_seen(reader(request), on=today()),
        person_of(request),
        text=wanted.get("text", ""),
        field=wanted.get("field", ""),
        order=wanted.get("order") or "votes",
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    units = called({one.unit_id for one in page}, on=today())
    context = {
        "tabs": tabs("pilots:pains"),
        "form": form,
        "page": page,
        "rows": [{"pain": one, "unit": units[one.unit_id]} for one in page],
        "reports": cared_for(request, REPORT).exists(),
        "manages": cared_for(request, MANAGE).exists(),
    }
    return render(request, "pilots/pains.html", context)


@needs("pilots.view")
@require_safe
def pain(request: HttpRequest, key: str) -> HttpResponse:
    """One: what it says, who wants it solved, what it weighs and why, what says the same."""
    found = _seen(request, key)
    on = day_of(request)
    person = person_of(request)
    row = with_figures(PainPoint.objects.filter(pk=found.pk), person).get()
    units = called([found.unit_id, *([found.open_to_id] if found.open_to_id else [])], on=on)
    context = {
        "pain": found,
        "row": row,
        "unit": units[found.unit_id],
        "open_to": units[found.open_to_id] if found.open_to_id else None,
        "votes": person is not None and found.into is None,
        "weights": found.weights.order_by("-pk"),
        "merged": found.merged.order_by("pk"),
        "fields": found.fields.order_by("code"),
        "pilots": found.pilots.filter(unit__in=cared_for(request, "pilots.view")).order_by("-period"),
        "manages": holds(request, MANAGE, found.unit),
        "breadcrumbs": _way(),
    }
    return render(request, "pilots/pain.html", context)


@needs("pilots.report")
@require_http_methods(["GET", "POST"])
def new_pain(request: HttpRequest) -> HttpResponse:
    """A unit says what hurts; with `?source=` what was heard elsewhere is taken over."""
    source = request.GET.get("source", "")
    said = heard(source, cared_for(request, MANAGE)) if source else None
    if source and said is None:
        raise Http404
    initial: dict[str, Any] = {"unit": own_unit(request, REPORT)}
    if said is not None:
        initial |= {"title": said.text.splitlines()[0][:200], "text": said.text[:2000]}
        if said.unit:
            initial["unit"] = _words_of(said.unit)
    form = PainForm(request.POST or None, initial=initial, on=today(), allowed=allowed(request, REPORT))

    def act(values: dict[str, Any]) -> str:
        made = report_pain(
            by=reader(request),
            unit=values["unit"],
            title=values["title"],
            text=values["text"],
            fields=values["fields_of_work"],
            at=timezone.now(),
            source=source,
            source_words=said.where if said else "",
        )
        messages.success(request, _("The pain point stands in the list."))
        return _at(made)

    lead = _("Heard here: %(where)s. Write it in your own words, without names of people.") % {"where": said.where} \
        if said else ""  # fmt: skip
    return form_page(request, form, act, title=_("New pain point"), way=_way(), lead=lead)


def _words_of(unit: int) -> str:
    return unit_in_words(Unit.objects.get(pk=unit), on=today())


@needs("pilots.manage")
@require_safe
def listening(request: HttpRequest) -> HttpResponse:
    """What learners handed in and workshops asked, and nobody has taken over yet."""
    show = request.GET.get("show", "training")
    if show not in LISTS:
        raise Http404
    units = cared_for(request, MANAGE)
    rows = heard_in_training(units) if show == "training" else heard_in_workshops(units)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    said = [as_heard(one) for one in page]
    named = called({one.unit for one in said if one.unit}, on=today())
    context = {
        "tabs": [
            {"label": _(words), "url": f"?show={name}", "current": name == show} for name, words in LISTS.items()
        ],
        "page": page,
        "rows": [(one, named[one.unit] if one.unit else {}) for one in said],
        "breadcrumbs": _way(),
    }
    return render(request, "pilots/heard.html", context)


@needs("pilots.view")
@require_POST
def give_vote(request: HttpRequest, key: str) -> HttpResponse:
    """One's voice for it, or taken back."""
    found, person = _seen(request, key), person_of(request)
    if person is None:
        raise Refused(N_("Cannot vote: your account belongs to no person on record."))
    if request.POST.get("back"):
        take_vote_back(by=reader(request), pain=found, person=person)
    else:
        vote(by=reader(request), pain=found, person=person, at=timezone.now())
    return redirect(_at(found))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def weigh_pain(request: HttpRequest, key: str) -> HttpResponse:
    """What it weighs, and why."""
    found = _pain(request, key)
    last = found.weights.order_by("-pk").first()
    initial = {"people": last.people, "cost": last.cost, "feasibility": last.feasibility} if last else {}
    form = WeighForm(request.POST or None, initial=initial)

    def act(values: dict[str, Any]) -> str:
        weigh(by=reader(request), pain=found, at=timezone.now(), **values)
        return _at(found)

    return form_page(request, form, act, title=_("Weigh it"), way=_way(found), lead=found.title)


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, key: str) -> HttpResponse:
    """Puts it behind another that says the same."""
    found = _pain(request, key)
    others = PainPoint.objects.filter(into=None, unit__in=cared_for(request, MANAGE)).exclude(pk=found.pk)
    form = MergeForm(request.POST or None, others=others.order_by("-pk")[:OTHERS] if not request.POST else others)

    def act(values: dict[str, Any]) -> str:
        merge_pain(by=reader(request), pain=found, into=values["into"], reason=values["reason"])
        return _at(values["into"])

    lead = _("“%(title)s” then stands behind the other, with its votes. They can be separated again.")
    return form_page(request, form, act, title=_("Merge"), way=_way(found), lead=lead % {"title": found.title})


@needs("pilots.manage")
@require_POST
def separate(request: HttpRequest, key: str) -> HttpResponse:
    """Takes it out from behind the other again."""
    found = separate_pain(by=reader(request), pain=_pain(request, key))
    messages.success(request, _("“%(title)s” stands for itself again.") % {"title": found.title})
    return redirect(_at(found))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def open_votes(request: HttpRequest, key: str) -> HttpResponse:
    """Who else may read it and vote."""
    found = _pain(request, key)
    initial = {"to": unit_in_words(found.open_to, on=today()) if found.open_to else ""}
    form = OpenForm(request.POST or None, initial=initial, on=today(), allowed=allowed(request, MANAGE))

    def act(values: dict[str, Any]) -> str:
        open_for_votes(by=reader(request), pain=found, to=values["to"])
        return _at(found)

    return form_page(request, form, act, title=_("Open it for votes"), way=_way(found), lead=found.title)
