"""Answering a form; choosing and loading forms; asking what is due."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import vdate
from lantoa.common.words import say
from lantoa.directory.access import check, needs, today
from lantoa.programmes.models import Programme
from lantoa.training.actions import feedback as act
from lantoa.training.forms_feedback import AnswerForm, ChosenForms, FormFileForm
from lantoa.training.models import AnswerGiven, FeedbackForm, Survey
from lantoa.training.queries import feedback as found_by
from lantoa.training.rules.feedback import FormFaults
from lantoa.training.rules.plan.nodes import LARGEST, decode
from lantoa.training.views.classes import crumbs, programme_at
from lantoa.training.views.learning import person_of
from lantoa.training.views.papers import download

ONE_DAY = timedelta(days=1)


def about(survey: Survey) -> str:
    """What a survey asks about: a class, perhaps one meeting of it."""
    parts = [survey.training_class.code]
    if survey.meeting is not None:
        parts += [str(survey.meeting.topic), vdate(survey.meeting.during.lower)]
    return " · ".join(parts)


@needs("training.learn")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """A form that asks the reader; answered once."""
    person = person_of(request)
    survey = next((one for one in found_by.asked_of(person, on=today()) if one.key == key), None)
    if survey is None:
        if AnswerGiven.objects.filter(survey__key=key, person=person).exists():
            messages.info(request, _("You have answered already. Thank you."))
            return redirect("training:me")
        raise Http404
    asked = survey.form.form
    form = AnswerForm(request.POST if request.method == "POST" else None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            act.answer(by=request.user, survey=survey, person=person, values=form.values, on=today())  # type: ignore[arg-type]
            messages.success(request, _("Thank you. Your answer is kept."))
            return redirect("training:me")
        except Refused as refused:
            form.add_error(None, say(refused))
    return render(
        request,
        "training/feedback/answer.html",
        {
            "form": form,
            "asked": asked,
            "title": asked.title.in_(get_language() or "vi"),
            "lead": asked.lead.in_(get_language() or "vi"),
            "caption": about(survey),
            "breadcrumbs": [{"label": _("My learning"), "url": reverse("training:me")}],
        },
        status=422 if form.is_bound else 200,
    )


@needs("training.feedback")
@require_http_methods(["GET", "POST"])
def forms(request: HttpRequest, key: str) -> HttpResponse:
    """Which form the programme asks when; what is due now."""
    programme = programme_at(request, key)
    now = found_by.asked_forms(programme)
    form = ChosenForms(
        request.POST if request.method == "POST" else None, offered=found_by.newest_forms(programme), now=now
    )
    if request.method == "POST" and form.is_valid():
        try:
            act.choose_forms(by=request.user, programme=programme, forms=form.chosen)  # type: ignore[arg-type]
            messages.success(request, _("Saved."))
            return redirect("training:feedback_forms", programme.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    language = get_language() or "vi"
    return render(
        request,
        "training/feedback/forms.html",
        {
            "programme": programme,
            "form": form,
            "asks": bool(now),
            "due": len(found_by.surveys_to_open(at=timezone.now(), programme=programme)),
            "running": [
                {
                    "survey": one,
                    "title": one.form.form.title.in_(language),
                    "about": about(one),
                    "last": one.period.upper - ONE_DAY,
                }
                for one in found_by.counted(found_by.running(on=today(), programme=programme))
            ],
            "known": [
                {
                    "url": reverse("training:feedback_form", args=[one.key]),
                    "title": one.form.title.in_(language),
                    "version": one.version,
                    "code": one.code,
                }
                for one in form.offered.values()
            ],
            "breadcrumbs": results_crumbs(programme),
        },
        status=422 if form.is_bound else 200,
    )


@needs("training.feedback")
@require_POST
def ready_made(request: HttpRequest, key: str) -> HttpResponse:
    """Takes the forms that come with the house, where nothing is asked yet."""
    programme = programme_at(request, key)
    act.use_ready_made(by=request.user, programme=programme, on=today())  # type: ignore[arg-type]
    messages.success(request, _("The forms are loaded and will be asked."))
    return redirect("training:feedback_forms", programme.key)


@needs("training.feedback")
@require_POST
def ask_now(request: HttpRequest, key: str) -> HttpResponse:
    """Opens what is due without waiting for the night."""
    programme = programme_at(request, key)
    made = act.open_due(by=request.user, at=timezone.now(), programme=programme)  # type: ignore[arg-type]
    words = ngettext("%(count)d form is asked now.", "%(count)d forms are asked now.", len(made))
    messages.success(request, words % {"count": len(made)})
    return redirect("training:feedback_forms", programme.key)


@needs("training.feedback")
@require_http_methods(["GET", "POST"])
def new_form(request: HttpRequest, key: str) -> HttpResponse:
    """Loads a form from its file or its text; every fault is shown with its line."""
    programme = programme_at(request, key)
    form = FormFileForm(request.POST or None, request.FILES or None, initial={"text": _start(request, programme)})
    faults = []
    if request.method == "POST" and form.is_valid():
        try:
            upload = form.cleaned_data["file"]
            text = decode(upload.read(4 * LARGEST + 1)) if upload else form.cleaned_data["text"].replace("\r\n", "\n")
            made, new = act.load_form(by=request.user, unit=programme.unit, text=text, on=today())  # type: ignore[arg-type]
            words = (
                _("Version %(version)d is loaded.")
                if new
                else _("Version %(version)d says the same; nothing is new.")
            )
            messages.success(request, words % {"version": made.version})
            return redirect("training:feedback_form", made.key)
        except FormFaults as wrong:
            faults = [{"line": one.line, "path": one.path, "reason": say(one.reason)} for one in wrong.faults]
        except Refused as refused:
            form.add_error(None, say(refused))
    return render(
        request,
        "training/feedback/new_form.html",
        {
            "form": form,
            "faults": faults,
            "programme": programme,
            "breadcrumbs": forms_crumbs(programme),
        },
        status=422 if form.is_bound else 200,
    )


def forms_crumbs(programme: Programme) -> list[dict[str, str]]:
    """The way to the forms."""
    forms = {"label": _("Forms"), "url": reverse("training:feedback_forms", args=[programme.key])}
    return [*results_crumbs(programme), forms]


def _start(request: HttpRequest, programme: Programme) -> str:
    """The text of the form to begin with (`?from=`), if it is one of the owner's."""
    start = FeedbackForm.objects.filter(unit=programme.unit_id, key=request.GET.get("from", "")[:13]).first()
    return start.text if start else ""


@needs("training.feedback")
@require_safe
def form(request: HttpRequest, key: str) -> HttpResponse:
    """A version of a form as it is asked."""
    found = _form_at(request, key)
    asked = found.form
    language = get_language() or "vi"
    return render(
        request,
        "training/feedback/form.html",
        {
            "found": found,
            "asked": asked,
            "title": asked.title.in_(language),
            "lead": asked.lead.in_(language),
            "questions": [
                {
                    "words": one.words.in_(language),
                    "optional": one.optional,
                    "values": ", ".join(found_by.words_of_value(one, value) for value in one.values) or _("in words"),
                }
                for one in asked.questions
            ],
        },
    )


@needs("training.feedback")
@require_safe
def form_file(request: HttpRequest, key: str) -> HttpResponse:
    """The file of a form, to be changed here or loaded elsewhere."""
    found = _form_at(request, key)
    return download(found.text, f"{found.code}-{found.version}.yaml")


def _form_at(request: HttpRequest, key: str) -> FeedbackForm:
    found = get_object_or_404(FeedbackForm.objects.select_related("unit"), key=key)
    check(request, found.unit)
    return found


def results_crumbs(programme: Programme) -> list[dict[str, str]]:
    """The way to the results."""
    return [*crumbs(programme), {"label": _("Feedback"), "url": reverse("training:feedback", args=[programme.key])}]
