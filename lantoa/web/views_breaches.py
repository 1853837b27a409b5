"""The breach log: what happened, the 72 hours, the notice as a document."""

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
from lantoa.common.words import say
from lantoa.directory.access import check, grants_of, in_care, may, needs, today
from lantoa.directory.models import Unit
from lantoa.office.actions import privacy as act
from lantoa.office.models import Breach
from lantoa.office.queries.people import names_of
from lantoa.office.queries.privacy_papers import breach_paper
from lantoa.web.forms_privacy import BreachForm, ReportForm
from lantoa.web.views_privacy import PAGE, breach_words, draft, form_page, head_form, reader

FIELDS = ("title", "happened", "what", "data", "people", "effects", "measures", "must_report")


@needs("office.view_privacy")
@require_safe
def breaches(request: HttpRequest) -> HttpResponse:
    """All breaches, those that run first."""
    care = in_care(reader(request), "office.view_privacy", on=today())
    rows = Breach.objects.filter(unit__in=care).order_by("closed_at", "-detected_at")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    return render(
        request,
        "web/breaches.html",
        {"page": page, "rows": [(one, breach_words(one, now)) for one in page]},
    )


def _own_unit(request: HttpRequest) -> Unit:
    """The unit of the reader's desk: the first on which they hold the permission."""
    granted = grants_of(reader(request), "office.manage_privacy", on=today())
    return Unit.objects.get(pk=min(granted.units))


@needs("office.manage_privacy")
@require_http_methods(["GET", "POST"])
def log_breach(request: HttpRequest) -> HttpResponse:
    """A new breach: the clock runs from its detection."""
    now = timezone.now()
    form = BreachForm(request.POST or None, initial={"detected_at": timezone.localtime(now)})
    if request.method == "POST" and form.is_valid():
        try:
            made = act.log_breach(by=reader(request), unit=_own_unit(request), at=now, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return redirect("web:breach", made.key)
    text = _("Log it at once with what is known; the rest can be added. The authority is told within 72 hours.")
    return form_page(request, form, _("Log a breach"), _("Log the breach"), reverse("web:breaches"), text=text)


def _found(request: HttpRequest, key: str) -> Breach:
    found = get_object_or_404(Breach.objects.select_related("unit", "form"), key=key)
    check(request, found.unit)
    return found


@needs("office.view_privacy")
@require_safe
def breach(request: HttpRequest, key: str) -> HttpResponse:
    """One breach: its clock, what is known, what was done."""
    return _breach_page(request, _found(request, key), ReportForm(initial={"reported_at": timezone.localtime()}))


def _breach_page(request: HttpRequest, found: Breach, form: ReportForm) -> HttpResponse:
    """The page of a breach; a form that was sent and refused stands in it as it was typed."""
    key = found.key
    who = names_of([found.logged_by])[found.logged_by]

    def when(at: Any) -> str:
        return f"{timezone.localtime(at):%d/%m/%Y %H:%M}" if at else ""

    facts = [
        {"key": _("Detected"), "value": when(found.detected_at)},
        {"key": _("When and where it happened"), "value": found.happened},
        {"key": _("What happened"), "value": found.what},
        {"key": _("Which data"), "value": found.data},
        {"key": _("How many people"), "value": _("not known yet") if found.people is None else str(found.people)},
        {"key": _("What may come of it"), "value": found.effects},
        {"key": _("What was done"), "value": found.measures},
        {"key": _("Authority told"), "value": when(found.reported_at)},
        {"key": _("Why late"), "value": found.late_reason},
        {"key": _("People told"), "value": when(found.people_told_at)},
        {"key": _("Logged"), "value": f"{when(found.logged_at)} · {who}"},
        {"key": _("Closed"), "value": when(found.closed_at)},
    ]
    manages = may(request.user, "office.manage_privacy", found.unit, on=today()) and found.closed_at is None
    return render(
        request,
        "web/breach.html",
        {
            "breach": found,
            "clock": breach_words(found, timezone.now()),
            "facts": [fact for fact in facts if fact["value"]],
            "manages": manages,
            "form": form,
            "reports": manages and found.must_report and found.reported_at is None,
            "act_url": reverse("web:act_on_breach", args=[key]),
        },
        status=422 if form.is_bound else 200,
    )


@needs("office.manage_privacy")
@require_http_methods(["GET", "POST"])
def change_breach(request: HttpRequest, key: str) -> HttpResponse:
    """More is known."""
    found = _found(request, key)
    initial = {name: getattr(found, name) for name in FIELDS}
    form = BreachForm(request.POST or None, initial=initial)
    form.fields.pop("detected_at")  # the clock is never moved
    if request.method == "POST" and form.is_valid():
        try:
            act.change_breach(by=reader(request), breach=found, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return redirect("web:breach", key)
    return form_page(request, form, _("Add what is known"), _("Keep"), reverse("web:breach", args=[key]), found.title)


@needs("office.manage_privacy")
@require_POST
def act_on_breach(request: HttpRequest, key: str) -> HttpResponse:
    """The authority was told; the people were told; it is closed. A refusal is said beside what was typed."""
    found = _found(request, key)
    by, now, what = reader(request), timezone.now(), request.POST.get("act", "")
    if what == "report":
        form = ReportForm(request.POST)
        if not form.is_valid():
            return _breach_page(request, found, form)
        try:
            act.report_breach(by=by, breach=found, at=now, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, say(refused))
            return _breach_page(request, found, form)
        messages.success(request, _("Noted that the authority was told."))
    elif what == "told":
        act.tell_people(by=by, breach=found, at=now)
        messages.success(request, _("Noted that the people were told."))
    elif what == "close":
        act.close_breach(by=by, breach=found, at=now)
        messages.success(request, _("The breach is closed."))
    return redirect("web:breach", key)


@needs("office.manage_privacy")
@require_http_methods(["GET", "POST"])
def breach_document(request: HttpRequest, key: str) -> HttpResponse:
    """The notice to the authority as an official document."""
    found = _found(request, key)
    form = head_form(request, found.unit, "office.breach:")
    if request.method == "POST" and form.is_valid():
        try:
            paper = breach_paper(found, form.head, now=timezone.now())
            document = draft(request, paper, found.unit, f"office.breach:{found.key}")
            act.attach_form(by=reader(request), breach=found, document=document)
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return redirect("office:document", document.key)
    return form_page(request, form, _("Draft the notice"), _("Draft the notice"), reverse("web:breach", args=[key]))
