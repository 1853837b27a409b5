"""Calls as a unit sees them: what is asked of us, whom we nominate, and what should be known before we do."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdate, vdatetime, vnumber, vtime
from lantoa.common.words import fill, say
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.directory.models import Person
from lantoa.directory.queries.people import people_of
from lantoa.directory.queries.units import names
from lantoa.training.actions import nominations as act
from lantoa.training.forms import NameForm, ReasonForm
from lantoa.training.models import Asked, Nomination
from lantoa.training.queries import calls as told
from lantoa.training.queries.call_sheet import nominations_sheet
from lantoa.training.queries.notes import notes
from lantoa.training.rules.notes import Note
from lantoa.training.views.classes import form_page
from lantoa.training.views.papers import download
from lantoa.training.views.people import people_seen

PAGE = 50
State = Nomination.State


def asked_at(request: HttpRequest, key: str) -> Asked:
    """What is asked of a unit in the reader's care; else 404."""
    rows = Asked.objects.select_related(
        "unit", "call__unit", "call__course", "call__training_class", "call__programme"
    )
    found = get_object_or_404(rows, key=key)
    check(request, found.unit)
    return found


def _way(asked: Asked | None = None) -> list[dict[str, str]]:
    way = [{"label": _("Calls for nominations"), "url": reverse("training:asked_list")}]
    if asked:
        way.append({"label": asked.call.title, "url": reverse("training:asked", args=[asked.key])})
    return way


@needs("training.nominate")
@require_safe
def asked_list(request: HttpRequest) -> HttpResponse:
    """The calls that ask units in the reader's care: those not answered first."""
    on = today()
    care = in_care(request.user, "training.nominate", on=on)  # type: ignore[arg-type]
    waiting_only = request.GET.get("state") == "unanswered"
    found = told.asked_in_care(care, on=on, waiting_only=waiting_only)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    waiting = told.asked_in_care(care, on=on, waiting_only=True).count()
    called = names({*(row.unit_id for row in page), *(row.call.unit_id for row in page)}, on=on)
    return render(
        request,
        "training/asked_list.html",
        {
            "page": page,
            "rows": [
                (
                    row,
                    called[row.unit_id].full_name if row.unit_id in called else "",
                    called[row.call.unit_id].full_name if row.call.unit_id in called else "",
                )
                for row in page
            ],
            "on": on,
            "waiting": waiting,
            "waiting_only": waiting_only,
        },
    )


@needs("training.nominate")
@shows_people(N_("the nominations of a unit"))
@require_safe
def asked(request: HttpRequest, key: str) -> HttpResponse:
    """A call to one unit: what it is for, until when, whom the unit has nominated and what became of them."""
    found = asked_at(request, key)
    call, on = found.call, today()
    listed = list(told.nominations(found))
    numbers = told.waiting_numbers(call)
    saw(request, found.unit, len(listed))
    standing = [row for row in listed if row.state in {State.PLACED, State.WAITING}]
    said = notes(call, [row.person_id for row in standing], at=timezone.now())
    called = names({found.unit_id, call.unit_id, *(row.unit_id for row in listed)}, on=on)
    is_open = call.closed_at is None and on <= found.deadline
    return render(
        request,
        "training/asked.html",
        {
            "asked": found,
            "call": call,
            "unit_name": called[found.unit_id].full_name if found.unit_id in called else "",
            "facts": _facts(found, called[call.unit_id].full_name if call.unit_id in called else ""),
            "rows": [
                {
                    "row": row,
                    "unit": called[row.unit_id].full_name if row.unit_id in called else "",
                    "number": numbers.get(row.pk),
                    "notes": said.get(row.person_id, []) if row in standing else [],
                    "may_change": row in standing and is_open,
                    "may_withdraw": row in standing and call.closed_at is None,
                }
                for row in listed
            ],
            "seen": people_seen(request, [row.person_id for row in listed]),
            "standing": [row for row in listed if row.state in {State.PLACED, State.WAITING, State.ACCEPTED}],
            "is_open": is_open,
            "late": call.closed_at is None and not is_open,
            "next": _next(found, is_open, bool(listed)),
            "breadcrumbs": _way(),
        },
    )


def _facts(found: Asked, office: str) -> list[dict[str, str]]:
    call = found.call
    facts = [
        {"key": _("Who asks"), "value": office},
        {"key": _("Whom to nominate"), "value": call.audience},
        {"key": _("Course"), "value": call.course.title},
        {"key": _("Places in all"), "value": vnumber(call.places)},
        {"key": _("Places for this unit at most"), "value": "" if found.most is None else vnumber(found.most)},
        {"key": _("Answers by"), "value": vdate(found.deadline)},
    ]
    if call.training_class:
        place = call.training_class.place or call.training_class.online_url
        facts.append({"key": _("Class"), "value": f"{call.training_class.code} · {place}"})
        meetings = call.training_class.meetings.order_by("during").values_list("during", flat=True)
        lines = [f"{vdatetime(during.lower)}–{vtime(during.upper)}" for during in meetings]
        facts.append({"key": _("Meetings"), "value": "\n".join(lines)})
    if found.declined_at:
        facts.append({"key": _("Declined"), "value": f"{vdate(found.declined_at)}: {found.decline_reason}"})
    return [fact for fact in facts if fact["value"]]


def _next(found: Asked, is_open: bool, has_any: bool) -> dict[str, Any]:
    if not is_open or found.declined_at:
        return {}
    return {
        "words": _("Answers are due by %(day)s.") % {"day": vdate(found.deadline)},
        "url": reverse("training:nominate", args=[found.key]),
        "label": _("Nominate more people") if has_any else _("Nominate people"),
    }


@needs("training.nominate")
@shows_people(N_("the nominations of a unit, as a file"))
@require_safe
def asked_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The unit's nominations as .xlsx, to print and sign."""
    found = asked_at(request, key)
    saw(request, found.unit, None)
    return download(nominations_sheet(found, on=today()), f"cu-hoc-vien-{found.call.title}.xlsx")


@needs("training.nominate")
@shows_people(N_("people of a unit to nominate"))
@require_http_methods(["GET", "POST"])
def nominate(request: HttpRequest, key: str) -> HttpResponse:
    """Finds people of the unit, says what speaks against each, and nominates those chosen."""
    found = asked_at(request, key)
    error, chosen = "", list[Person]()
    if request.method == "POST":
        chosen = _chosen(request, found)
        if not chosen:
            error = _("Choose at least one person.")
        elif warned := _unsaid(request, found, chosen):
            return _sure(request, found, chosen, warned, reverse("training:nominate", args=[found.key]))
        else:
            try:
                made = act.nominate(by=request.user, asked=found, people=chosen, at=timezone.now())  # type: ignore[arg-type]
                _tell(request, made)
                return redirect("training:asked", found.key)
            except Refused as refused:
                error = say(refused)
    return _choose(request, found, error, {person.key for person in chosen}, None)


@needs("training.nominate")
@shows_people(N_("people of a unit to nominate instead of another"))
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, key: str) -> HttpResponse:
    """Chooses who comes instead: they take over turn and place."""
    row = get_object_or_404(Nomination.objects.select_related("person"), key=key)
    found = asked_at(request, row.asked.key)
    error = ""
    if request.method == "POST":
        chosen = _chosen(request, found)[:1]
        if not chosen:
            error = _("Choose at least one person.")
        elif warned := _unsaid(request, found, chosen):
            return _sure(request, found, chosen, warned, reverse("training:replace", args=[row.key]))
        else:
            try:
                made = act.replace_nominee(
                    by=request.user,  # type: ignore[arg-type]
                    nomination=row,
                    person=chosen[0],
                    at=timezone.now(),
                )
                words = _("%(person)s is nominated instead of %(other)s.")
                messages.success(request, words % {"person": made.person, "other": row.person})
                return redirect("training:asked", found.key)
            except Refused as refused:
                error = say(refused)
    return _choose(request, found, error, set(), row)


def _chosen(request: HttpRequest, found: Asked) -> list[Person]:
    """The people of the unit whose keys were sent; nobody else is named."""
    keys = [text[:13].replace("\0", "") for text in request.POST.getlist("chosen")]
    return list(people_of(found.unit, on=today()).filter(key__in=keys))


def _unsaid(request: HttpRequest, found: Asked, people: Sequence[Person]) -> list[tuple[Person, list[Note]]]:
    """What the reader has not yet been told of those chosen; nothing once they said that they are sure."""
    if request.POST.get("sure"):
        return []
    said = notes(found.call, [person.pk for person in people], at=timezone.now())
    return [(person, said[person.pk]) for person in people if person.pk in said]


def _sure(
    request: HttpRequest, found: Asked, chosen: list[Person], warned: list[tuple[Person, list[Note]]], action: str
) -> HttpResponse:
    saw(request, found.unit, len(warned))
    return render(
        request,
        "training/confirm.html",
        {
            "title": _("Nominate them all the same?"),
            "consequences": [
                f"{person.full_name}: {fill(note.message, note.values)}" for person, of in warned for note in of
            ],
            "undo": _("A nomination can be taken back or replaced as long as the call is open."),
            "label": _("Nominate all the same"),
            "action": action,
            "hidden": [("sure", "1"), *(("chosen", person.key) for person in chosen)],
            "back": reverse("training:nominate", args=[found.key]),
            "breadcrumbs": _way(found),
        },
    )


def _tell(request: HttpRequest, made: Sequence[Nomination]) -> None:
    placed = sum(1 for row in made if row.state == State.PLACED)
    if placed:
        words = ngettext("%(count)d person has a place.", "%(count)d people have a place.", placed)
        messages.success(request, words % {"count": placed})
    if waiting := len(made) - placed:
        words = ngettext(
            "%(count)d person is on the waiting list: no place is left for them now.",
            "%(count)d people are on the waiting list: no place is left for them now.",
            waiting,
        )
        messages.warning(request, words % {"count": waiting})


def _choose(
    request: HttpRequest, found: Asked, error: str, chosen: set[str], instead_of: Nomination | None
) -> HttpResponse:
    on = today()
    form = NameForm(request.GET if "q" in request.GET else None)
    text = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    page = Paginator(told.people_to_nominate(found, text, on=on), PAGE).get_page(request.GET.get("page"))
    listed: list[Any] = list(page)
    said = notes(found.call, [person.pk for person in listed], at=timezone.now())
    called = names({found.unit_id, *(post.unit_id for person in listed for post in person.posts_now)}, on=on)
    count = page.paginator.count
    saw(request, found.unit, len(listed), part=page.number)
    return render(
        request,
        "training/nominate.html",
        {
            "asked": found,
            "call": found.call,
            "unit_name": called[found.unit_id].full_name if found.unit_id in called else "",
            "form": form,
            "said": ngettext("%(count)s person", "%(count)s people", count) % {"count": vnumber(count)},
            "clear": request.path,
            "page": page,
            "rows": [
                {
                    "person": person,
                    "posts": [
                        (post.title, called[post.unit_id].full_name if post.unit_id in called else "")
                        for post in person.posts_now
                    ],
                    "notes": said.get(person.pk, []),
                    "chosen": person.key in chosen,
                }
                for person in listed
            ],
            "instead_of": instead_of,
            "error": error,
            "breadcrumbs": _way(found),
        },
        status=409 if error else 200,
    )


@needs("training.nominate")
@shows_people(N_("a nominated person, to be taken back"))
@require_http_methods(["GET", "POST"])
def withdraw_nomination(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a nomination back; the place goes to the next in the waiting list."""
    row = get_object_or_404(Nomination.objects.select_related("person"), key=key)
    found = asked_at(request, row.asked.key)
    back = reverse("training:asked", args=[found.key])
    if request.method == "POST":
        try:
            act.withdraw_nomination(by=request.user, nomination=row, reason="", at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("The nomination is taken back."))
        except Refused as refused:
            messages.error(request, say(refused))
        return redirect(back)
    saw(request, row.person, 1)
    consequences = [f"{row.person.full_name} · {found.call.title}"]
    if row.place:
        consequences.append(_("The place goes to the next person on the waiting list, perhaps of another unit."))
    return render(
        request,
        "training/confirm.html",
        {
            "title": _("Take this nomination back?"),
            "consequences": consequences,
            "undo": _("To send somebody else of the unit, choose «Replace» instead."),
            "label": _("Take it back"),
            "kind": "warning" if row.place else "primary",
            "back": back,
            "breadcrumbs": _way(found),
        },
    )


@needs("training.nominate")
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, key: str) -> HttpResponse:
    """Declines for the unit, with a reason."""
    found = asked_at(request, key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act.decline(by=request.user, asked=found, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The office that calls sees that the unit sends nobody, and why."))
            return redirect("training:asked", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return form_page(request, form, _("Send nobody"), found.call.title, _way(found))
