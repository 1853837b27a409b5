"""Months after a course: the coordinator says who is asked, the superior answers, by account or by a link."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdate
from lantoa.common.words import say
from lantoa.directory import queries as directory
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.directory.models import Person, Unit
from lantoa.directory.permissions import PUBLIC, SIGNED_IN
from lantoa.training.actions import follow_up as act
from lantoa.training.actions.feedback import answer as give_answer
from lantoa.training.forms_feedback import AnswerForm
from lantoa.training.models import SuperiorAsk, Survey
from lantoa.training.queries import follow_up as found_by

SHOWN = 10
LEARNERS = "directory.person"  # those of many, also when there is none
ONE_DAY = timedelta(days=1)


@needs("directory.issue_links")
@shows_people(N_("learners whose superiors are asked"))
@require_safe
def unit(request: HttpRequest, key: str) -> HttpResponse:
    """The learners of a unit whose superiors are asked now, and who that is."""
    this = get_object_or_404(Unit, key=key)
    check(request, this)
    on = today()
    wanted = found_by.wanted_in(directory.itself_and_under(this, on=on), on=on)
    saw(request, this, len(wanted))
    return render(
        request,
        "training/feedback/follow_up.html",
        {
            "unit": this,
            "unit_name": _name(this),
            "wanted": [
                {
                    "row": one,
                    "until": one.survey.period.upper - ONE_DAY,
                    "url": _choose_url(this, one.survey, one.person),
                }
                for one in wanted
            ],
            "nobody": sum(1 for one in wanted if one.ask is None and not one.answered),
            "answered": sum(1 for one in wanted if one.answered),
        },
    )


def _name(unit: Unit) -> str:
    called = directory.names([unit.pk], on=today())
    return called[unit.pk].full_name if unit.pk in called else ""


def _choose_url(unit: Unit, survey: Survey, person: Person) -> str:
    return reverse("training:choose_superior", args=[unit.key, survey.key, person.key])


@needs("directory.issue_links")
@shows_people(N_("a learner whose superior is chosen"))
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, key: str, survey: str, person: str) -> HttpResponse:
    """Chooses the superior of a learner by name, or makes a link for one without an account."""
    this = get_object_or_404(Unit, key=key)
    check(request, this)
    on = today()
    wanted = found_by.wanted_in(directory.itself_and_under(this, on=on), on=on)
    row = next((one for one in wanted if (one.survey.key, one.person.key) == (survey, person)), None)
    if row is None:
        raise Http404
    name = request.GET.get("name", "").strip()
    care = in_care(request.user, "directory.view_people", on=on)  # type: ignore[arg-type]
    link, error = "", ""
    saw(request, row.person, 1)
    if request.method == "POST":
        try:
            if "link" in request.POST:
                token = act.make_superior_link(by=request.user, survey=row.survey, person=row.person, on=on)  # type: ignore[arg-type]
                link = request.build_absolute_uri(reverse("training:follow_up_link", args=[token]))
            else:
                chosen = get_object_or_404(
                    directory.people_in(care, on=on), key=request.POST.get("superior", "").replace("\0", "")
                )
                act.choose_and_tell(
                    by=request.user,  # type: ignore[arg-type]
                    survey=row.survey,
                    person=row.person,
                    superior=chosen,
                    at=timezone.now(),
                )
                words = _("%(superior)s is asked about %(person)s.")
                messages.success(request, words % {"superior": chosen, "person": row.person})
                return redirect("training:follow_up", this.key)
        except Refused as refused:
            error = say(refused)
    return render(
        request,
        "training/feedback/choose_superior.html",
        {
            "row": row,
            "name": name,
            "people": directory.people_in(care, on=on, text=name)[:SHOWN] if name else [],
            "link": link,
            "until": vdate(row.survey.period.upper - ONE_DAY),
            "error": error,
            "breadcrumbs": [
                {"label": _("Superiors to be asked"), "url": reverse("training:follow_up", args=[this.key])}
            ],
        },
        status=409 if error else 200,
    )


@needs(SIGNED_IN)
@shows_people(N_("learners about whom one is asked as their superior"))
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The learners about whom the reader is asked as their superior."""
    person = Person.objects.filter(user=request.user.pk).first()
    asks = list(found_by.asks_of(person, on=today())) if person else []
    for ask in asks:
        saw(request, ask.person, 1)
    saw(request, LEARNERS, 0)
    return render(request, "training/feedback/superior.html", {"asks": asks})


@needs(SIGNED_IN)
@shows_people(N_("a learner about whom one is asked as their superior"))
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """The superior's answer about a learner."""
    person = get_object_or_404(Person, user=request.user.pk)
    ask = get_object_or_404(SuperiorAsk.objects.select_related("survey__form"), key=key, superior=person)
    if found_by.is_answered(ask):
        messages.info(request, _("You have answered already. Thank you."))
        return redirect("training:superior")
    ask = get_object_or_404(found_by.asks_of(person, on=today()), key=key)
    saw(request, ask.person, 1)
    form = AnswerForm(request.POST if request.method == "POST" else None, asked=ask.survey.form.form)
    if request.method == "POST" and form.is_valid():
        try:
            give_answer(by=request.user, survey=ask.survey, person=ask.person, values=form.values, on=today())  # type: ignore[arg-type]
            messages.success(request, _("Thank you. Your answer is kept."))
            return redirect("training:superior")
        except Refused as refused:
            form.add_error(None, say(refused))
    way = [{"label": _("Superiors to be asked"), "url": reverse("training:superior")}]
    return _page(request, form, ask, {"breadcrumbs": way})


@needs(PUBLIC)
@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same by a link, without an account. The link is the secret: nothing is told without it."""
    ask = found_by.ask_of_link(token, on=today())
    if ask is None:
        return render(request, "training/feedback/link_over.html", {"thanks": False}, status=404)
    if found_by.is_answered(ask):
        return render(request, "training/feedback/link_over.html", {"thanks": True})
    form = AnswerForm(request.POST if request.method == "POST" else None, asked=ask.survey.form.form)
    if request.method == "POST" and form.is_valid():
        try:
            act.answer_by_link(token=token, values=form.values, on=today())
            return redirect("training:follow_up_link", token)
        except Refused as refused:
            form.add_error(None, say(refused))
    return _page(request, form, ask, {})


def _page(request: HttpRequest, form: AnswerForm, ask: SuperiorAsk, more: dict[str, Any]) -> HttpResponse:
    language = get_language() or "vi"
    response = render(
        request,
        "training/feedback/answer.html",
        {
            "form": form,
            "asked": form.asked,
            "title": form.asked.title.in_(language),
            "lead": form.asked.lead.in_(language),
            "caption": f"{ask.person.full_name} · {ask.survey.training_class.course.title}",
            **more,
        },
        status=422 if form.is_bound else 200,
    )
    response["Cache-Control"] = "no-store"
    return response
