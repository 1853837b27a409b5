"""Writing a playbook in forms: begun, its head, and part by part; each saving is a new version."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, today
from lantoa.pilots.actions.playbooks import begin_playbook, change_playbook
from lantoa.pilots.forms_fields import UnitField
from lantoa.pilots.forms_playbook import HeadForm, NewPlaybookForm, PartForm
from lantoa.pilots.models import Playbook
from lantoa.pilots.queries.playbooks import book_of, last_version
from lantoa.pilots.rules.playbook import PARTS, Book, PlaybookFaults
from lantoa.pilots.views.playbooks import PART_WORDS
from lantoa.pilots.views.shared import MANAGE, Way, allowed, form_page, own_unit, reader, way


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def new_playbook(request: HttpRequest) -> HttpResponse:
    """Begins one; the rest is written part by part."""
    unit = UnitField(label=gettext_lazy("Unit that keeps it"), on=today(), allowed=allowed(request, MANAGE))
    form = NewPlaybookForm(request.POST or None, initial={"unit": own_unit(request, MANAGE)}, unit=unit)

    def act(values: dict[str, Any]) -> str:
        made = begin_playbook(by=reader(request), at=timezone.now(), **values)
        return reverse("pilots:playbook", args=[made.playbook.key])

    return form_page(request, form, act, title=_("Write a playbook"), way=_way())


def _way(found: Playbook | None = None) -> Way:
    steps = [(_("Playbooks"), reverse("pilots:playbooks"))]
    return way(*steps, *([(found.title, reverse("pilots:playbook", args=[found.key]))] if found else []))


def _kept(request: HttpRequest, key: str) -> Playbook:
    """One of a unit for which the reader manages; 404 for strangers."""
    found = get_object_or_404(Playbook.objects.select_related("unit"), key=key)
    check(request, found.unit)
    return found


def _save(request: HttpRequest, form: HeadForm | PartForm, found: Playbook, book: Book) -> HttpResponse | None:
    """The way on when the book is kept; None when it was refused, with the reasons on the form."""
    try:
        made = change_playbook(
            by=reader(request), playbook=found, was=form.cleaned_data["was"], book=book, at=timezone.now()
        )
    except PlaybookFaults as faults:
        for fault in faults.faults:
            form.add_error(None, say(fault.words))
        return None
    except Refused as reason:
        form.add_error(None, say(reason))
        return None
    if made.new:
        messages.success(request, _("Version %(number)d is kept.") % {"number": made.version.number})
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("pilots:playbook", found.key)


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def change_head(request: HttpRequest, key: str) -> HttpResponse:
    """Title, summary, where it was tried, how long, fields of work."""
    found = _kept(request, key)
    version = last_version(found)
    book = book_of(version)
    initial = {
        "was": version.number,
        "title": book.title,
        "summary": book.summary,
        "origin": book.origin,
        "months": book.months,
        "fields_of_work": list(book.fields),
    }
    form = HeadForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        changed = replace(
            book,
            title=values["title"],
            summary=values["summary"],
            origin=values["origin"],
            months=values["months"],
            fields=tuple(one.code for one in values["fields_of_work"]),
        )
        if answer := _save(request, form, found, changed):
            return answer
    context = {
        "form": form,
        "rows": [[(form[name], False) for name in form.fields if name != "was"]],
        "title": _("Title, summary, fields"),
        "breadcrumbs": _way(found),
    }
    return render(request, "pilots/playbook_part.html", context, status=422 if form.is_bound else 200)


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def change_part(request: HttpRequest, key: str, part: str) -> HttpResponse:
    """The items of one part, with room for two more."""
    found = _kept(request, key)
    wanted = next((one for one in PARTS if one.name == part), None)
    if wanted is None:
        raise Http404
    version = last_version(found)
    book = book_of(version)
    form = PartForm(
        request.POST if request.method == "POST" else None, part=wanted, book=book, initial={"was": version.number}
    )
    if request.method == "POST" and form.is_valid():
        parts = {**book.parts, wanted.name: form.cleaned_data["items"]}
        changed = replace(book, parts={one.name: parts[one.name] for one in PARTS if parts.get(one.name)})
        if answer := _save(request, form, found, changed):
            return answer
    context = {
        "form": form,
        "rows": form.rows(),
        "many": True,
        "title": _(PART_WORDS[wanted.name]),
        "breadcrumbs": _way(found),
    }
    return render(request, "pilots/playbook_part.html", context, status=422 if form.is_bound else 200)
