"""Who interprets a workshop, and the glossary that interpreters share."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.accounts.models import User
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import needs, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.queries.people import names_of
from lantoa.workshops.actions.interpreting import (
    add_term,
    carry_terms,
    name_interpreter,
    release_interpreter,
    remove_term,
)
from lantoa.workshops.forms_interpreting import InterpreterForm, TermForm
from lantoa.workshops.models import Interpreter, Term, Workshop
from lantoa.workshops.queries.access import MODERATE, can
from lantoa.workshops.queries.interpreting import interpreters_of, interprets, terms_of
from lantoa.workshops.views.reaching import in_words, way, workshop_for


def workshop_interpreted(request: HttpRequest, key: str) -> tuple[Workshop, bool]:
    """The workshop, and whether the reader keeps its desk; for whoever is named as interpreter, too. 404 for
    strangers."""
    found = get_object_or_404(Workshop.objects.select_related("unit"), key=key)
    desk = can(request.user, MODERATE, found, on=today())
    if not desk and not interprets(request.user, found):
        raise Http404
    return found, desk


@needs("workshops.moderate")
@require_http_methods(["GET", "POST"])
def interpreters(request: HttpRequest, key: str) -> HttpResponse:
    """Who may use the booth besides the secretariat."""
    found = workshop_for(request, key)
    form = InterpreterForm(request.POST if request.method == "POST" and "release" not in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        row = get_object_or_404(
            Interpreter.objects.select_related("workshop"), workshop=found, key=request.POST["release"]
        )
        release_interpreter(by=request.user, interpreter=row)  # type: ignore[arg-type]
        return redirect("workshops:interpreters", found.key)
    if form.is_bound and form.is_valid():
        username, by = form.cleaned_data["username"], cast("User", request.user)
        if _done(form, lambda: name_interpreter(by=by, workshop=found, username=username, at=timezone.now())):
            messages.success(request, _("They find the booth among their workshops."))
            return redirect("workshops:interpreters", found.key)
    rows = list(interpreters_of(found))
    called = names_of([one.account for one in rows])
    context = {
        "workshop": found,
        "form": form,
        "rows": [(one, called.get(one.account, "–")) for one in rows],
        "name": in_words(found),
        "breadcrumbs": way(found, (_("Interpreter's booth"), "workshops:booth")),
    }
    return render(request, "workshops/interpreters.html", context, status=422 if form.is_bound else 200)


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def glossary(request: HttpRequest, key: str) -> HttpResponse:
    """The words of a workshop in both languages, for those who interpret it and the secretariat."""
    found, _desk = workshop_interpreted(request, key)
    act = request.POST.get("act", "")
    form = TermForm(request.POST if act == "add" else None)
    if act == "remove":
        row = get_object_or_404(
            Term.objects.select_related("workshop"), workshop=found, key=request.POST.get("term", "")
        )
        remove_term(by=request.user, term=row)  # type: ignore[arg-type]
        return redirect("workshops:glossary", found.key)
    if act == "carry":
        count = carry_terms(by=request.user, workshop=found)  # type: ignore[arg-type]
        messages.success(request, _("%(count)d words taken over.") % {"count": count})
        return redirect("workshops:glossary", found.key)
    if request.method == "POST" and not form.is_bound:
        raise Http404
    if form.is_bound and form.is_valid():
        values, by = form.cleaned_data, cast("User", request.user)
        if _done(form, lambda: add_term(by=by, workshop=found, **values)):
            return redirect("workshops:glossary", found.key)
    context = {
        "workshop": found,
        "form": form,
        "terms": list(terms_of(found)),
        "open": found.state != Workshop.State.OVER,
        "name": in_words(found),
        "breadcrumbs": way(found, (_("Interpreter's booth"), "workshops:booth")),
    }
    return render(request, "workshops/glossary.html", context, status=422 if form.is_bound else 200)


def _done(form: forms.Form, act: Any) -> bool:
    """Whether the act was done; what it refuses stands on the form."""
    try:
        act()
    except Refused as reason:
        form.add_error(None, say(reason))
        return False
    return True
