"""What personal data are used for, and what is kept how long: the registers of the privacy desk."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import grants_of, needs, today
from lantoa.directory.models import Unit
from lantoa.office.actions import privacy as act
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.retention import perishable, set_retention
from lantoa.office.models import Purpose, RetentionRun
from lantoa.office.queries.people import names_of
from lantoa.office.queries.privacy import register, retention
from lantoa.office.rules.register import REGISTER
from lantoa.training.queries.open_classes import consents
from lantoa.web.forms_privacy import GROUNDS, PurposeForm, RetentionForm, TextForm
from lantoa.web.views_privacy import PAGE, form_page, reader

# ---- the register of purposes


def shown_title(purpose: Any) -> str:
    """The newest title in the reader's language."""
    return str(purpose.title_en if (get_language() or "vi").startswith("en") else purpose.title_vi)


@needs("office.view_privacy")
@require_http_methods(["GET", "POST"])
def purposes(request: HttpRequest) -> HttpResponse:
    """The register: every purpose with its legal ground, and how many agree to those that ask."""
    if request.method == "POST":
        refuse_unless_everywhere(request)
        _start_register(request)
        return redirect("web:purposes")
    rows = [
        {"purpose": one, "title": shown_title(one), "ground": GROUNDS[Purpose.Ground(one.ground)]}
        for one in register()
    ]
    opened = Paginator(consents(), PAGE).get_page(request.GET.get("page"))
    return render(
        request, "web/purposes.html", {"rows": rows, "opened": opened, "everywhere": is_everywhere(request)}
    )


def is_everywhere(request: HttpRequest) -> bool:
    """Whether the reader keeps the desk of the whole house: the register and the retention table are everybody's."""
    return grants_of(reader(request), "office.manage_privacy", on=today()).everywhere


def refuse_unless_everywhere(request: HttpRequest) -> None:
    """The register and the retention table are the whole house's."""
    if not is_everywhere(request):
        raise Refused(N_("Cannot change this: it holds for the whole house, your role for a part of it."))


def _start_register(request: HttpRequest) -> None:
    known = set(Purpose.objects.values_list("code", flat=True))
    for one in REGISTER:
        if one.code not in known:
            act.enter_purpose(by=reader(request), since=today(), at=timezone.now(), **asdict(one))
    messages.success(request, _("The register has been started. Change it to what your office really does."))


@needs("office.manage_privacy")
@require_http_methods(["GET", "POST"])
def new_purpose(request: HttpRequest) -> HttpResponse:
    """A purpose with its first text."""
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            refuse_unless_everywhere(request)
            made = act.enter_purpose(
                by=reader(request),
                **{name: data[name] for name in ("code", "ground", "basis", "data", "recipients", "kept_for")},
                titles=form.titles,
                texts=form.texts,
                since=today(),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return redirect("web:purpose", made.key)
    return form_page(request, form, _("A new purpose"), _("Enter the purpose"), reverse("web:purposes"))


@needs("office.view_privacy")
@require_safe
def purpose(request: HttpRequest, key: str) -> HttpResponse:
    """A purpose: its ground, every version of its text, and how many agreed to each."""
    found: Any = get_object_or_404(register(), key=key)
    facts: list[dict[str, Any]] = [
        {"key": _("Short name"), "value": found.code},
        {"key": _("Legal ground"), "value": GROUNDS[Purpose.Ground(found.ground)]},
        {"key": _("Legal basis"), "value": found.basis},
        {"key": _("Which data"), "value": found.data},
        {"key": _("Who receives them"), "value": found.recipients},
        {"key": _("Kept for"), "value": found.kept_for},
        {"key": _("Since"), "value": f"{found.since:%d/%m/%Y}"},
        {"key": _("Ended"), "value": f"{found.ended_on:%d/%m/%Y}" if found.ended_on else ""},
    ]
    return render(
        request,
        "web/purpose.html",
        {
            "purpose": found,
            "title": shown_title(found),
            "facts": [fact for fact in facts if fact["value"]],
            "texts": found.texts.order_by("-version"),
            "everywhere": is_everywhere(request) and found.ended_on is None,
            "word_url": reverse("web:word_purpose", args=[key]),
            "end_url": reverse("web:end_purpose", args=[key]),
        },
    )


@needs("office.manage_privacy")
@require_http_methods(["GET", "POST"])
def word_purpose(request: HttpRequest, key: str) -> HttpResponse:
    """A new version of the text. Whoever agreed to an earlier one is asked again."""
    found = get_object_or_404(Purpose, key=key)
    last = found.texts.order_by("-version").first()
    names_ = ("title_vi", "title_en", "text_vi", "text_en")
    form = TextForm(request.POST or None, initial={name: getattr(last, name, "") for name in names_})
    if request.method == "POST" and form.is_valid():
        try:
            refuse_unless_everywhere(request)
            act.word_purpose(
                by=reader(request), purpose=found, titles=form.titles, texts=form.texts, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return redirect("web:purpose", key)
    return form_page(
        request, form, _("Word it anew"), _("Keep the new text"), reverse("web:purpose", args=[key]), found.code
    )


@needs("office.manage_privacy")
@require_POST
def end_purpose(request: HttpRequest, key: str) -> HttpResponse:
    """The purpose ends today."""
    found = get_object_or_404(Purpose, key=key)
    refuse_unless_everywhere(request)
    act.end_purpose(by=reader(request), purpose=found, on=today())
    return redirect("web:purpose", key)


# ---- retention


@needs("office.view_privacy")
@require_http_methods(["GET", "POST"])
def kept(request: HttpRequest) -> HttpResponse:
    """The retention table: how long, what is due now (nothing is deleted by looking), what was deleted. The button
    deletes what is due; the house does the same every day."""
    if request.method == "POST":
        refuse_unless_everywhere(request)
        unit = Unit.objects.get(pk=min(grants_of(reader(request), "office.manage_privacy", on=today()).units))
        job = start_job(by=reader(request), kind="web.forget_due", arguments={}, unit=unit, at=timezone.now())
        return redirect("office:job", job.key)
    lines = retention(at=timezone.now())
    runs = list(RetentionRun.objects.order_by("-pk")[:PAGE])
    doers = names_of(run.by for run in runs)
    titles = {line.kind: _(line.title) for line in lines}
    return render(
        request,
        "web/retention.html",
        {
            "lines": [(line, titles[line.kind], _(line.why)) for line in lines],
            "due": sum(line.due for line in lines),
            "runs": [(run, titles.get(run.kind, run.kind), doers[run.by]) for run in runs],
            "everywhere": is_everywhere(request),
        },
    )


@needs("office.manage_privacy")
@require_http_methods(["GET", "POST"])
def change_retention(request: HttpRequest, kind: str) -> HttpResponse:
    """For how long one kind of thing is kept."""
    try:
        one = perishable(kind)
    except KeyError as error:
        raise Http404 from error
    line = next(line for line in retention(at=timezone.now()) if line.kind == kind)
    form = RetentionForm(request.POST or None, initial={"days": line.days, "why": _(line.why)})
    if request.method == "POST" and form.is_valid():
        try:
            refuse_unless_everywhere(request)
            set_retention(by=reader(request), kind=kind, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            messages.success(request, _("Changed. It counts from the next deletion on."))
            return redirect("web:kept")
    return form_page(request, form, _("How long it is kept"), _("Change"), reverse("web:kept"), _(one.title))
