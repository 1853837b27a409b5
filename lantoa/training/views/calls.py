"""Calls for nominations, for the office that asks: whom it asks, who has answered, whom it accepts."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import vdate
from lantoa.common.words import say
from lantoa.competence.models import Course
from lantoa.directory.access import check, in_care, needs, today
from lantoa.directory.queries.units import children, names, search_units
from lantoa.programmes.models import Programme
from lantoa.training.actions import calls as act
from lantoa.training.actions.call_notices import remind_unanswered
from lantoa.training.forms import AnswersForm, CallForm, NameForm, ReopenForm, ShareForm
from lantoa.training.models import Asked, Call, Nomination, TrainingClass
from lantoa.training.queries import calls as told
from lantoa.training.views.classes import class_at, crumbs, form_page, programme_at

PAGE = 100
State = Nomination.State
ASKED_WORDS = {
    told.NOMINATED: gettext_lazy("has nominated"),
    told.DECLINED: gettext_lazy("declined"),
    told.UNANSWERED: gettext_lazy("not answered"),
}


def call_at(request: HttpRequest, key: str) -> Call:
    """The call, if the reader may manage it; else 404."""
    rows = Call.objects.select_related("unit", "programme", "course", "training_class")
    found = get_object_or_404(rows, key=key)
    check(request, found.unit)
    return found


def way_to(call: Call) -> list[dict[str, str]]:
    """Programme, its calls, this call."""
    return [
        *crumbs(call.programme),
        {"label": _("Calls for nominations"), "url": reverse("training:calls", args=[call.programme.key])},
        {"label": call.title, "url": reverse("training:call", args=[call.key])},
    ]


@needs("training.manage")
@require_safe
def calls(request: HttpRequest, key: str) -> HttpResponse:
    """The calls of a programme, the open ones first."""
    programme = programme_at(request, key)
    rows = programme.calls.select_related("training_class").order_by("-closed_at", "due_on", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = told.tallies(page)
    on = today()
    return render(
        request,
        "training/calls.html",
        {
            "programme": programme,
            "page": page,
            "rows": [(row, counts[row.pk], row.due_on < on) for row in page],
            "new_url": reverse("training:new_call", args=[programme.key]),
            "breadcrumbs": crumbs(programme),
        },
    )


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def new_call(request: HttpRequest, key: str) -> HttpResponse:
    """Opens a call for a class or a course of the programme; whom it asks is the next step."""
    programme = programme_at(request, key)
    return _open(request, programme, None)


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def call_for_class(request: HttpRequest, key: str) -> HttpResponse:
    """Opens a call for this class."""
    found = class_at(request, key)
    return _open(request, found.programme, found)


def _open(request: HttpRequest, programme: Programme, chosen: TrainingClass | None) -> HttpResponse:
    classes = {f"class:{one.key}": one for one in programme.classes.select_related("course", "unit").order_by("code")}
    courses = {
        f"course:{one.key}": one
        for one in Course.objects.filter(classes__programme=programme).distinct().order_by("title")
    }
    offered: list[tuple[str, Any]] = [
        *((value, _("class %(code)s") % {"code": one.code}) for value, one in classes.items()),
        *((value, _("course %(title)s, any class") % {"title": one.title}) for value, one in courses.items()),
    ]
    initial: dict[str, Any] = {}
    if chosen:
        free = chosen.capacity - chosen.enrolments.filter(withdrawn_at=None).count()
        title = _("Nominations for class %(code)s") % {"code": chosen.code}
        initial = {"about": f"class:{chosen.key}", "title": title, "places": max(free, 0) or None}
    form = CallForm(request.POST or None, initial=initial, about=offered)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        about = values.pop("about")
        try:
            made = act.open_call(
                by=request.user,  # type: ignore[arg-type]
                programme=programme,
                training_class=classes.get(about),
                course=courses.get(about),
                at=timezone.now(),
                **values,
            )
            return redirect("training:ask_units", made.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    way = crumbs(programme, chosen)
    return form_page(request, form, _("Ask units for people"), chosen.code if chosen else programme.name, way)


@needs("training.manage")
@require_safe
def call(request: HttpRequest, key: str) -> HttpResponse:
    """A call as it stands: places, answers, who has not answered, the one next thing to do."""
    found = call_at(request, key)
    tally = told.tallies([found])[found.pk]
    form = AnswersForm(request.GET if "state" in request.GET else None, states=ASKED_WORDS)
    state = form.cleaned_data["state"] if form.is_bound and form.is_valid() else ""
    page = Paginator(told.asked_of(found, state).order_by("pk"), PAGE).get_page(request.GET.get("page"))
    called = names((row.unit_id for row in page), on=today())
    rows = sorted(page, key=lambda row: called[row.unit_id].sort_key if row.unit_id in called else "")
    return render(
        request,
        "training/call.html",
        {
            "call": found,
            "tally": tally,
            "late": found.closed_at is None and found.due_on < today(),
            "on": today(),
            "page": page,
            "rows": [(row, called[row.unit_id].full_name if row.unit_id in called else "") for row in rows],
            "form": form,
            "filtered": bool(state),
            "clear": request.path,
            "next": _next(found, tally),
            "breadcrumbs": way_to(found)[:-1],
        },
    )


def _next(found: Call, tally: told.Tally) -> dict[str, Any]:
    if found.closed_at is not None:
        return {}
    people = reverse("training:nominations", args=[found.key])
    if not tally.asked:
        return {
            "words": _("Nobody is asked yet: choose the units."),
            "url": reverse("training:ask_units", args=[found.key]),
            "label": _("Choose units"),
        }
    if tally.to_decide:
        words = ngettext(
            "%(count)d person holds a place and waits for your decision.",
            "%(count)d people hold a place and wait for your decision.",
            tally.to_decide,
        )
        return {
            "words": words % {"count": tally.to_decide},
            "url": f"{people}?state=placed",
            "label": _("Decide"),
        }
    if tally.unanswered:
        words = ngettext(
            "%(count)d unit has not answered; answers are due by %(day)s.",
            "%(count)d units have not answered; answers are due by %(day)s.",
            tally.unanswered,
        )
        return {
            "words": words % {"count": tally.unanswered, "day": vdate(found.due_on)},
            "url": "?state=unanswered",
            "label": _("Show them"),
            "now": found.due_on < today(),
        }
    return {
        "words": _("All units have answered and everyone is decided on."),
        "url": reverse("training:close_call", args=[found.key]),
        "label": _("Close the call"),
    }


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def change_call(request: HttpRequest, key: str) -> HttpResponse:
    """Changes title, places, deadline and audience."""
    found = call_at(request, key)
    initial = {name: getattr(found, name) for name in ("title", "places", "due_on", "audience")}
    form = CallForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            act.change_call(by=request.user, call=found, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("training:call", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return form_page(request, form, _("Change the call"), found.title, way_to(found))


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def ask_units(request: HttpRequest, key: str) -> HttpResponse:
    """Chooses units to ask: those directly under the programme's owner, or those found by name; several at once."""
    found = call_at(request, key)
    on, error = today(), ""
    care = in_care(request.user, "training.manage", on=on)  # type: ignore[arg-type]
    share = ShareForm(request.POST or None)
    del share.fields["due_on"]
    if request.method == "POST":
        chosen = list(care.filter(key__in=[text[:13].replace("\0", "") for text in request.POST.getlist("chosen")]))
        if not chosen:
            error = _("Choose at least one unit.")
        elif share.is_valid():
            try:
                made = act.ask_units(
                    by=request.user,  # type: ignore[arg-type]
                    call=found,
                    units=chosen,
                    most=share.cleaned_data["most"],
                    at=timezone.now(),
                )
                words = ngettext("%(count)d unit is asked.", "%(count)d units are asked.", len(made))
                messages.success(request, words % {"count": len(made)})
                return redirect("training:call", found.key)
            except Refused as refused:
                error = say(refused)
    form = NameForm(request.GET if "q" in request.GET else None)
    text = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    listed = search_units(text, on=on) if text else list(children(found.programme.unit, on=on))
    known = set(found.asked.values_list("unit", flat=True))
    offered = set(care.filter(pk__in=[one.unit_id for one in listed]).values_list("pk", flat=True)) - known
    rows = [one for one in listed if one.unit_id in offered]
    page = Paginator(rows, 200).get_page(request.GET.get("page"))
    above = names((one.parent_id for one in page if one.parent_id), on=on)
    return render(
        request,
        "training/ask_units.html",
        {
            "call": found,
            "form": form,
            "share": share,
            "page": page,
            "rows": [(one, above[one.parent_id].full_name if one.parent_id in above else "") for one in page],
            "searched": bool(text),
            "error": error,
            "clear": request.path,
            "breadcrumbs": way_to(found),
        },
        status=422 if error or (request.method == "POST" and not share.is_valid()) else 200,
    )


@needs("training.manage")
@require_http_methods(["POST"])
def remind(request: HttpRequest, key: str) -> HttpResponse:
    """Reminds the coordinators of the units that have not answered; names the units nobody can be reminded for."""
    found = call_at(request, key)
    told, silent = remind_unanswered(by=request.user, call=found, at=timezone.now())  # type: ignore[arg-type]
    words = ngettext("%(count)d coordinator is reminded.", "%(count)d coordinators are reminded.", told)
    messages.success(request, words % {"count": told})
    if silent:
        called = names([one.unit_id for one in silent[:20]], on=today())
        listed = ", ".join(called[one.unit_id].full_name for one in silent[:20] if one.unit_id in called)
        words = ngettext(
            "%(count)d unit has no coordinator here, call it: %(units)s",
            "%(count)d units have no coordinator here, call them: %(units)s",
            len(silent),
        )
        more = "…" if len(silent) > 20 else "."
        messages.warning(request, words % {"count": len(silent), "units": listed} + more)
    return redirect("training:call", found.key)


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def close_call(request: HttpRequest, key: str) -> HttpResponse:
    """Says what will be, then closes the call."""
    found = call_at(request, key)
    if request.method == "POST":
        act.close_call(by=request.user, call=found, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The call is closed."))
        return redirect("training:call", found.key)
    tally = told.tallies([found])[found.pk]
    undecided = ngettext(
        "%(count)d person holds a place and was not accepted.",
        "%(count)d people hold a place and were not accepted.",
        tally.to_decide,
    )
    waiting = ngettext(
        "%(count)d person on the waiting list does not move up any more.",
        "%(count)d people on the waiting list do not move up any more.",
        tally.waiting,
    )
    said = [(tally.to_decide, undecided), (tally.waiting, waiting)]
    return render(
        request,
        "training/confirm.html",
        {
            "title": _("Close this call?"),
            "consequences": [
                found.title,
                _("Units can no longer nominate, replace or decline."),
                *(words % {"count": count} for count, words in said if count),
            ],
            "undo": _("It can be opened again until a new day."),
            "label": _("Close the call"),
            "back": reverse("training:call", args=[found.key]),
            "breadcrumbs": way_to(found),
        },
    )


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def reopen_call(request: HttpRequest, key: str) -> HttpResponse:
    """Opens a closed call again until a day."""
    found = call_at(request, key)
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act.reopen_call(by=request.user, call=found, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("training:call", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return form_page(request, form, _("Open the call again"), found.title, way_to(found))


def _asked_at(request: HttpRequest, key: str) -> Asked:
    found = get_object_or_404(Asked.objects.select_related("call__unit", "call__programme", "unit"), key=key)
    check(request, found.call.unit)
    return found


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def change_asked(request: HttpRequest, key: str) -> HttpResponse:
    """A unit's share and its own deadline."""
    asked = _asked_at(request, key)
    form = ShareForm(request.POST or None, initial={"most": asked.most, "due_on": asked.due_on})
    if request.method == "POST" and form.is_valid():
        try:
            act.change_asked(by=request.user, asked=asked, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("training:call", asked.call.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    named = names([asked.unit_id], on=today())
    title = named[asked.unit_id].full_name if named else ""
    return form_page(request, form, title, asked.call.title, way_to(asked.call))


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def stop_asking(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a unit off the call that has not answered."""
    asked = _asked_at(request, key)
    back = reverse("training:call", args=[asked.call.key])
    if request.method == "POST":
        try:
            act.stop_asking(by=request.user, asked=asked, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("The unit is no longer asked."))
        except Refused as refused:
            messages.error(request, say(refused))
        return redirect(back)
    named = names([asked.unit_id], on=today())
    return render(
        request,
        "training/confirm.html",
        {
            "title": _("Take this unit off the call?"),
            "consequences": [named[asked.unit_id].full_name if named else "", asked.call.title],
            "undo": _("It can be asked again at any time."),
            "label": _("Take it off"),
            "back": back,
            "breadcrumbs": way_to(asked.call),
        },
    )
