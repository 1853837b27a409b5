"""The moderators' pages of questions, and the page of questions for the units that were asked."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.directory.queries.units import names
from lantoa.office.queries.people import names_of
from lantoa.programmes.queries import unit_called
from lantoa.workshops.actions.questions import (
    answer,
    decline,
    forward,
    let_stand,
    let_through,
    merge,
    pin,
    publish,
    take_back,
)
from lantoa.workshops.forms_floor import DeclineForm, ForwardForm, MergeForm, ReplyForm
from lantoa.workshops.models import Forwarding, Question, Reply, Workshop
from lantoa.workshops.queries.conclusions import to_do_for
from lantoa.workshops.queries.floor import conduct_of
from lantoa.workshops.queries.questions import IN_STATE, count_questions, open_for, rows_in, votes_of
from lantoa.workshops.views.during import act_of
from lantoa.workshops.views.reaching import in_words, name_of, way, workshop_for

PAGE = 50
OTHERS = 200  # questions to merge into
KINDS = {"held": "wait", "open": "now", "answered": "ok", "declined": "none", "merged": "none"}
STATES = {
    "held": N_("to be read"),
    "open": N_("open"),
    "answered": N_("answered"),
    "declined": N_("declined"),
    "merged": N_("merged"),
}


@needs("workshops.moderate")
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, key: str) -> HttpResponse:
    """The questions of a workshop by where they stand; those ticked are let through at once."""
    found = workshop_for(request, key)
    show = request.GET.get("show", "held")
    if show not in IN_STATE:
        raise Http404
    if request.method == "POST":
        chosen = list(Question.objects.filter(workshop=found, key__in=request.POST.getlist("chosen")))
        for one in chosen:
            let_through(by=request.user, question=one, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("%(count)d questions let through.") % {"count": len(chosen)})
        return redirect(f"{reverse('workshops:questions', args=[found.key])}?show={show}")
    counted = count_questions(found)
    page = Paginator(rows_in(found, show=show), PAGE).get_page(request.GET.get("page"))
    context = {
        "workshop": found,
        "name": in_words(found),
        "tabs": [
            {"label": _(words), "url": f"?show={name}", "current": name == show, "count": counted[name]}
            for name, words in IN_STATE.items()
        ],
        "show": show,
        "page": page,
        "pinned": conduct_of(found).pinned,
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/questions.html", context)


@needs("workshops.moderate")
@shows_people(N_("who asked a question in a workshop"))
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, key: str) -> HttpResponse:
    """One question: who asked, its answers, and all that can be done with it."""
    rows = Question.objects.select_related("workshop__unit", "site", "person", "into")
    found = get_object_or_404(rows, key=key)
    check(request, found.workshop.unit)
    forms = _forms(found, request)
    if request.method == "POST":
        name = request.POST.get("act", "")
        form = forms.get(name)
        try:
            if form is None or form.is_valid():
                act_of(request, ACTS)(request, (found, form.cleaned_data if form is not None else {}))
                return redirect("workshops:question", found.key)
        except Refused as reason:
            if form is None:
                raise
            form.add_error(None, say(reason))
    replies = list(found.replies.order_by("-stands", "language", "pk"))
    authors = names_of({one.written_by for one in replies})
    saw(request, found.person or found.workshop, 1 if found.person else 0)
    waiting = found.forwardings.filter(ended_at=None).select_related("unit").first()
    context = {
        "question": found,
        "state": (KINDS[found.state], _(STATES[found.state])),
        "voices": votes_of(found),
        "forms": forms,
        "form": next((one for one in forms.values() if one.is_bound), None),
        "replies": [(one, authors.get(one.written_by, "")) for one in replies],
        "waiting": waiting,
        "waiting_unit": name_of(waiting.unit) if waiting else "",
        "pinned": conduct_of(found.workshop).pinned == found.key,
        "unpublished": any(one.stands and one.published_at is None for one in replies),
        "breadcrumbs": way(found.workshop, (_("Questions"), "workshops:questions")),
    }
    return render(request, "workshops/question.html", context, status=422 if context["form"] else 200)


def _forms(found: Question, request: HttpRequest) -> dict[str, Any]:
    """The forms of the page by their act; the one that was sent is bound."""
    workshop, posted = found.workshop, request.POST.get("act", "")
    others = (
        Question.objects.filter(workshop=workshop, state__in=[Question.State.OPEN, Question.State.ANSWERED])
        .exclude(pk=found.pk)
        .order_by("-pk")[:OTHERS]
    )
    data = {name: request.POST if posted == name else None for name in ("answer", "decline", "forward", "merge")}
    standing = {one.language: one for one in found.replies.filter(stands=True)}
    # the keys of the answers as the page was read, by language: "vi:0abc… en:0def…"
    read = " ".join(f"{language}:{one.key}" for language, one in sorted(standing.items()))
    return {
        "answer": ReplyForm(
            data["answer"],
            languages=workshop.languages,
            publishes=True,
            initial={"read": read, "language": found.language},
        ),
        "decline": DeclineForm(data["decline"]),
        "forward": ForwardForm(data["forward"], initial={"due_on": today() + timedelta(days=7)}),
        "merge": MergeForm(data["merge"], others=[(one.key, one.text[:100]) for one in others]),
    }


Posted = tuple[Question, dict[str, Any]]


def _read(values: dict[str, Any]) -> str:
    """Which answer in this language the writer has read."""
    pairs = dict(one.partition(":")[::2] for one in values["read"].split())
    return str(pairs.get(values["language"], ""))


def _answer(request: HttpRequest, posted: Posted) -> None:
    found, values = posted
    _made, other = answer(
        by=request.user,  # type: ignore[arg-type]
        question=found,
        language=values["language"],
        text=values["text"],
        read=_read(values),
        publish=values["publish"],
        at=timezone.now(),
    )
    if other is None:
        messages.success(request, _("The answer is saved."))
        return
    said = _("%(person)s answered at %(time)s, before you. That answer stands; yours is kept beside it: choose.")
    called = names_of([other.written_by]).get(other.written_by, "")
    values = {"person": called, "time": timezone.localtime(other.written_at).strftime("%H:%M:%S")}
    messages.warning(request, said % values)


def _decline(request: HttpRequest, posted: Posted) -> None:
    decline(by=request.user, question=posted[0], reason=posted[1]["reason"], at=timezone.now())  # type: ignore[arg-type]


def _forward(request: HttpRequest, posted: Posted) -> None:
    found, values = posted
    unit = unit_called(values["unit"], on=today())
    forward(
        by=request.user,  # type: ignore[arg-type]
        question=found,
        unit=unit,
        due_on=values["due_on"],
        at=timezone.now(),
        on=today(),
    )
    messages.success(request, _("The unit is asked. Its coordinators are told."))


def _merge(request: HttpRequest, posted: Posted) -> None:
    found, values = posted
    into = get_object_or_404(Question, workshop=found.workshop, key=values["into"])
    merge(by=request.user, question=found, into=into, at=timezone.now())  # type: ignore[arg-type]


def _stand(request: HttpRequest, posted: Posted) -> None:
    reply = get_object_or_404(Reply, question=posted[0], key=request.POST.get("reply", ""))
    let_stand(by=request.user, reply=reply, at=timezone.now())  # type: ignore[arg-type]


def _open(request: HttpRequest, posted: Posted) -> None:
    let_through(by=request.user, question=posted[0], at=timezone.now())  # type: ignore[arg-type]


def _publish(request: HttpRequest, posted: Posted) -> None:
    publish(by=request.user, question=posted[0], at=timezone.now())  # type: ignore[arg-type]


def _take_back(request: HttpRequest, posted: Posted) -> None:
    take_back(by=request.user, question=posted[0], at=timezone.now())  # type: ignore[arg-type]


def _pin(request: HttpRequest, posted: Posted) -> None:
    found = posted[0]
    pinned = request.POST.get("pinned") == "1"
    pin(
        by=request.user,  # type: ignore[arg-type]
        workshop=found.workshop,
        question=found if pinned else None,
        at=timezone.now(),
    )


ACTS = {
    "answer": _answer,
    "decline": _decline,
    "forward": _forward,
    "merge": _merge,
    "stand": _stand,
    "open": _open,
    "publish": _publish,
    "take_back": _take_back,
    "pin": _pin,
}


# ---- the units asked


@needs("workshops.answer")
@require_safe
def asked_of_units(request: HttpRequest) -> HttpResponse:
    """What workshops have asked the units in one's care and given them to do, the earliest deadline first."""
    care = in_care(request.user, "workshops.answer", on=today())  # type: ignore[arg-type]
    page = Paginator(open_for(care), PAGE).get_page(request.GET.get("page"))
    tasks = list(to_do_for(care)[: PAGE + 1])
    called = names({one.unit_id for one in page} | {one.unit_id for one in tasks if one.unit_id}, on=today())
    context = {
        "page": page,
        "rows": [
            {
                "row": one,
                "unit": called[one.unit_id].full_name if one.unit_id in called else "",
                "workshop": in_words(one.question.workshop),
                "late": one.due_on < today(),
            }
            for one in page
        ],
        "tasks": [
            {
                "row": one,
                "text": in_words(one, "text"),
                "unit": called[one.unit_id].full_name if one.unit_id in called else "",
                "workshop": in_words(one.workshop),
                "late": one.due_on is not None and one.due_on < today(),
            }
            for one in tasks[:PAGE]
        ],
        "more_tasks": len(tasks) > PAGE,
    }
    return render(request, "workshops/asked_of_units.html", context)


@needs("workshops.answer")
@require_http_methods(["GET", "POST"])
def forwarded(request: HttpRequest, key: str) -> HttpResponse:
    """One question for the unit, and its answer. It is shown to everybody when the workshop's secretariat publishes
    it."""
    row = get_object_or_404(
        Forwarding.objects.select_related("question__workshop__unit", "question__site", "unit"), key=key
    )
    check(request, row.unit)
    found: Workshop = row.question.workshop
    form = ReplyForm(
        request.POST or None,
        languages=found.languages,
        publishes=False,
        initial={"language": row.question.language},
    )
    if request.method == "POST" and form.is_valid():
        try:
            answer(
                by=request.user,  # type: ignore[arg-type]
                question=row.question,
                language=form.cleaned_data["language"],
                text=form.cleaned_data["text"],
                read="",
                publish=False,
                at=timezone.now(),
                asked=row,
            )
            messages.success(request, _("The answer is sent to the secretariat of the workshop."))
            return redirect("workshops:asked_of_units")
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "row": row,
        "form": form,
        "unit": name_of(row.unit),
        "workshop": in_words(found),
        "late": row.due_on < today(),
        "breadcrumbs": [{"label": _("Questions to your units"), "url": reverse("workshops:asked_of_units")}],
    }
    return render(request, "workshops/forwarded.html", context, status=422 if form.is_bound else 200)
