"""The agenda of a workshop: read in the time zones of its sites, planned part by part."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs
from lantoa.directory.permissions import SIGNED_IN
from lantoa.workshops.actions.agenda import add_item, change_item, remove_item
from lantoa.workshops.forms_agenda import ItemForm
from lantoa.workshops.models import AgendaItem, Workshop
from lantoa.workshops.queries.agenda import Line, agenda_of, places_of
from lantoa.workshops.rules.words import LANGUAGES, OVER
from lantoa.workshops.views.hours import place_said
from lantoa.workshops.views.reaching import confirm, in_words, manages, way, workshop_for, workshop_seen


@needs(SIGNED_IN)
@require_safe
def agenda(request: HttpRequest, key: str) -> HttpResponse:
    """What is planned, and when it really was."""
    found, _whole = workshop_seen(request, key)
    context = {
        "workshop": found,
        "name": in_words(found),
        "rows": [_row(found, line) for line in agenda_of(found)],
        "places": [{"city": place_said(one.zone), "offset": one.offset} for one in places_of(found)],
        "home": place_said(found.zone),
        "two": len(found.languages) > 1,
        "plans": manages(request, found) and found.state != OVER,
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/agenda.html", context)


def _row(found: Workshop, line: Line) -> dict[str, object]:
    item = line.item
    return {
        "item": item,
        "title": in_words(item, "title"),
        "speaker": in_words(item, "speaker"),
        "language": _(LANGUAGES[item.language]) if item.language in LANGUAGES else item.language,
        "hours": _hours(line.begins, line.ends),
        "elsewhere": [f"{place_said(place.zone)}: {_hours(first, last)}" for place, first, last in line.elsewhere],
    }


def _hours(begins: datetime, ends: datetime) -> str:
    return f"{begins:%H:%M}–{ends:%H:%M}"


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def new_item(request: HttpRequest, key: str) -> HttpResponse:
    """One more part."""
    found = workshop_for(request, key)
    form = ItemForm(request.POST or None, workshop=found)
    if request.method == "POST" and form.is_valid():
        try:
            add_item(by=request.user, workshop=found, at=timezone.now(), **form.facts())  # type: ignore[arg-type]
            messages.success(request, _("The agenda is changed."))
            return redirect("workshops:agenda", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return _form(request, found, form, _("New part of the agenda"))


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def edit_item(request: HttpRequest, key: str) -> HttpResponse:
    """Other words or hours of a part."""
    item = _item(request, key)
    form = ItemForm(request.POST or None, workshop=item.workshop, item=item)
    if request.method == "POST" and form.is_valid():
        try:
            change_item(by=request.user, item=item, at=timezone.now(), **form.facts())  # type: ignore[arg-type]
            messages.success(request, _("The agenda is changed."))
            return redirect("workshops:agenda", item.workshop.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return _form(request, item.workshop, form, _("Change a part of the agenda"))


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def drop_item(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a part out."""
    item = _item(request, key)
    back = reverse("workshops:agenda", args=[item.workshop.key])
    if request.method == "POST":
        remove_item(by=request.user, item=item, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The agenda is changed."))
        return redirect(back)
    says = [in_words(item, "title")]
    return confirm(
        request,
        _("Take this part out of the agenda?"),
        says,
        _("Take it out"),
        back,
        undo=_("This cannot be undone."),
    )


def _item(request: HttpRequest, key: str) -> AgendaItem:
    found = get_object_or_404(AgendaItem.objects.select_related("workshop__unit"), key=key)
    check(request, found.workshop.unit)
    return found


def _form(request: HttpRequest, found: Workshop, form: ItemForm, title: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": in_words(found),
        "breadcrumbs": way(found, (_("Agenda"), "workshops:agenda")),
    }
    return render(request, "workshops/form.html", context, status=422 if form.is_bound else 200)
