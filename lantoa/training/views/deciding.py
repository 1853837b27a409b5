"""Deciding on nominations, for the office that asks: who holds a place is accepted into a class, or turned down."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.directory.queries.units import names
from lantoa.training.actions import nominations as decide
from lantoa.training.forms import AnswersForm, ReasonForm
from lantoa.training.models import Nomination
from lantoa.training.queries import calls as told
from lantoa.training.queries.call_sheet import nominations_sheet as sheet_of
from lantoa.training.queries.notes import notes
from lantoa.training.views.calls import PAGE, call_at, way_to
from lantoa.training.views.classes import form_page
from lantoa.training.views.papers import download
from lantoa.training.views.people import people_seen

State = Nomination.State
STATE_WORDS = {
    "holding": gettext_lazy("hold a place"),
    State.PLACED: gettext_lazy("hold a place, to be decided"),
    State.WAITING: gettext_lazy("on the waiting list"),
    State.ACCEPTED: gettext_lazy("accepted"),
    State.WITHDRAWN: gettext_lazy("taken back"),
    State.REPLACED: gettext_lazy("replaced"),
    State.TURNED_DOWN: gettext_lazy("turned down"),
}


@needs("training.manage")
@shows_people(N_("the nominations for a call"))
@require_http_methods(["GET", "POST"])
def nominations(request: HttpRequest, key: str) -> HttpResponse:
    """Who is nominated, with what speaks against it; those chosen are accepted into a class."""
    found = call_at(request, key)
    classes = list(told.classes_for(found))
    error = ""
    if request.method == "POST":
        keys = [text[:13].replace("\0", "") for text in request.POST.getlist("chosen")]
        chosen = list(found.nominations.filter(key__in=keys))
        into = next((one for one in classes if one.key == request.POST.get("class")), None)
        if not chosen or into is None:
            error = _("Choose at least one person and the class.")
        else:
            try:
                made = decide.accept(
                    by=request.user,  # type: ignore[arg-type]
                    call=found,
                    nominations=chosen,
                    training_class=into,
                    at=timezone.now(),
                )
                words = ngettext(
                    "%(count)d person is in class %(code)s now.",
                    "%(count)d people are in class %(code)s now.",
                    len(made),
                )
                messages.success(request, words % {"count": len(made), "code": into.code})
                return redirect("training:nominations", found.key)
            except Refused as refused:
                error = say(refused)
    form = AnswersForm(request.GET if "state" in request.GET else None, states=STATE_WORDS)
    state = form.cleaned_data["state"] if form.is_bound and form.is_valid() else ""
    asked = found.asked.filter(key=_asked_key(request)).first()
    page = Paginator(told.nominations(asked or found, state), PAGE).get_page(request.GET.get("page"))
    called = names([*(row.unit_id for row in page), *([asked.unit_id] if asked else [])], on=today())
    undecided = [row.person_id for row in page if row.state in {State.PLACED, State.WAITING}]
    said = notes(found, undecided, at=timezone.now())
    numbers = told.waiting_numbers(found)
    saw(request, found, len(page), part=page.number)
    chosen_rows = {name: value for name, value in (("asked", asked and asked.key), ("state", state)) if value}
    sheet = reverse("training:nominations_sheet", args=[found.key])
    return render(
        request,
        "training/nominations.html",
        {
            "call": found,
            "form": form,
            "clear": request.path,
            "page": page,
            "rows": [
                {
                    "row": row,
                    "unit": called[row.unit_id].full_name if row.unit_id in called else "",
                    "notes": said.get(row.person_id, []) if row.state in {State.PLACED, State.WAITING} else [],
                    "number": numbers.get(row.pk),
                }
                for row in page
            ],
            "seen": people_seen(request, [row.person_id for row in page]),
            "classes": classes,
            "may_decide": found.closed_at is None,
            "may_accept": found.closed_at is None and any(row.state == State.PLACED for row in page),
            "error": error,
            "sheet": f"{sheet}?{urlencode(chosen_rows)}" if chosen_rows else sheet,
            "of_unit": called[asked.unit_id].full_name if asked and asked.unit_id in called else "",
            "breadcrumbs": way_to(found),
        },
        status=409 if error else 200,
    )


def _asked_key(request: HttpRequest) -> str:
    return request.GET.get("asked", "")[:13].replace("\0", "")


@needs("training.manage")
@shows_people(N_("the nominations for a call, as a file"))
@require_safe
def nominations_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The list as it is shown, as .xlsx."""
    found = call_at(request, key)
    state = request.GET.get("state", "")
    asked = found.asked.select_related("call__programme").filter(key=_asked_key(request)).first()
    saw(request, found, None)
    content = sheet_of(asked or found, state if state in told.NOMINATION_STATES else "", on=today())
    return download(content, f"cu-hoc-vien-{found.title}.xlsx")


@needs("training.manage")
@shows_people(N_("a nominated person, to be turned down"))
@require_http_methods(["GET", "POST"])
def turn_down(request: HttpRequest, key: str) -> HttpResponse:
    """Does not take a nominated person, with a reason that the unit reads."""
    row = get_object_or_404(Nomination.objects.select_related("call__unit", "call__programme", "person"), key=key)
    check(request, row.call.unit)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide.turn_down(by=request.user, nomination=row, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("training:nominations", row.call.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    saw(request, row.person, 1)
    title = _("Turn down %(person)s") % {"person": row.person}
    return form_page(request, form, title, row.call.title, way_to(row.call))
