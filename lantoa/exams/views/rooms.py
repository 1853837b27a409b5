"""The rooms of an exam, for whoever holds it: all of them while they are at work, made, changed, candidates moved."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.directory.models import Person
from lantoa.directory.queries.people import people_of
from lantoa.directory.queries.units import names, units_under
from lantoa.exams.actions.rooms import add_room, change_room, make_rooms, move_candidates, remove_room
from lantoa.exams.actions.seeing import restore
from lantoa.exams.forms_rooms import ChangeRoomForm, MakeRoomsForm, MoveForm, RoomForm
from lantoa.exams.models import Attempt, Room, Sitting
from lantoa.exams.queries.rooms import IN_ROOM, TROUBLE, by_unit, count_rooms, rooms_of, sights_are_lost, together
from lantoa.exams.views.reaching import name_of
from lantoa.exams.views.sittings import confirm, sitting_for, way, when

PAGE = 100
MOST_NAMED = 200  # people of a unit to choose invigilators from
COLUMNS = ("people", "here", "waiting", "started", "silent", "handed_in", "late", "incidents", "absent")
OF_SITTING = {"people", "waiting", "started", "silent", "handed_in", "late", "incidents"}  # its own page opens them


def way_to_rooms(found: Sitting) -> list[dict[str, str]]:
    """The breadcrumbs down to the rooms."""
    return [*way(found), {"label": _("Rooms"), "url": reverse("exams:rooms", args=[found.key])}]


def asks_for_part(request: HttpRequest) -> bool:
    """Whether a page that is open asks for its living part only (live.js)."""
    return request.headers.get("X-Requested-With") == "fetch"


@needs("exams.hold")
@require_safe
def rooms(request: HttpRequest, key: str) -> HttpResponse:
    """All rooms of an exam, live: who has not started, who is silent, who handed in, room by room or unit by unit."""
    found = sitting_for(request, key)
    now = timezone.now()
    if sights_are_lost(found):
        restore(found)
    all_rooms, counts = rooms_of(found), count_rooms(found, at=now)
    shown = all_rooms
    nothing = together(())
    of_room = {room.pk: counts.get(room.pk, nothing) for room in all_rooms}
    trouble = [room for room in all_rooms if any(of_room[room.pk][name] for name in TROUBLE)]
    only = request.GET.get("only", "")
    if only == "trouble":
        shown = trouble
    if unit := request.GET.get("unit", ""):
        shown = [room for room in shown if room.unit.key == unit]
    units = request.GET.get("by") == "unit"
    called = names({room.unit_id for room in all_rooms}, on=today())
    rows: list[tuple[str, str, dict[str, str], Any]]
    if units:
        keys = {room.unit_id: room.unit.key for room in shown}
        rows = [
            (called[pk].full_name if pk in called else "", f"?unit={keys[pk]}", {}, numbers)
            for pk, numbers in by_unit(shown, counts).items()
        ]
    else:
        rows = [
            (room.name, reverse("exams:room", args=[room.key]), {"room": room.key}, of_room[room.pk])
            for room in shown
        ]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    whole = together(counts.values())
    context = {
        "sitting": found,
        "owner": name_of(found.unit),
        "when": when(found),
        "now": now,
        "page": page,
        "rows": [(name, url, bool(opens), _cells(numbers, url, bool(opens))) for name, url, opens, numbers in page],
        "columns": [_(IN_ROOM[name]) for name in COLUMNS],
        "numbers": _numbers(found, whole),
        "trouble": len(trouble),
        "units": units,
        "only": only,
        "any": bool(all_rooms),
        "roomless": counts[None]["people"] if None in counts else 0,
        "tabs": [
            {"label": _("By room"), "url": "?", "current": not units},
            {"label": _("By unit"), "url": "?by=unit", "current": units},
        ],
        "breadcrumbs": way(found),
    }
    part = asks_for_part(request)
    return render(request, "exams/_rooms.html" if part else "exams/rooms.html", context)


def _cells(numbers: Any, url: str, opens: bool) -> list[dict[str, Any]]:
    return [
        {
            "count": numbers[name],
            "words": _(IN_ROOM[name]),
            "url": f"{url}?show={name}" if opens and numbers[name] else "",
            "late": name in TROUBLE and numbers[name],
        }
        for name in COLUMNS
    ]


def _numbers(found: Sitting, whole: Any) -> list[dict[str, Any]]:
    page = reverse("exams:sitting", args=[found.key])
    return [
        {
            "count": whole[name],
            "words": _(IN_ROOM[name]),
            "url": f"{page}?show={name}" if name in OF_SITTING else "",
            "kind": "late" if name in TROUBLE and whole[name] else "",
        }
        for name in COLUMNS
    ]


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, key: str) -> HttpResponse:
    """Rooms for all who have none, by unit."""
    found = sitting_for(request, key)
    form = MakeRoomsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, people = make_rooms(
                by=request.user,  # type: ignore[arg-type]
                sitting=found,
                most=form.cleaned_data["most"],
                on=today(),
            )
            messages.success(
                request, _("%(rooms)d new rooms; %(people)d people placed.") % {"rooms": made, "people": people}
            )
            return redirect("exams:rooms", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {"form": form, "title": _("Make rooms by unit"), "breadcrumbs": way_to_rooms(found)}
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def new_room(request: HttpRequest, key: str) -> HttpResponse:
    """One more room by hand."""
    found = sitting_for(request, key)
    under = list(units_under(found.unit, on=today()))
    units = {found.unit.key: found.unit, **{one.unit.key: one.unit for one in under}}
    choices = [(found.unit.key, name_of(found.unit)), *((one.unit.key, one.full_name) for one in under)]
    form = RoomForm(request.POST or None, units=choices)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_room(
                by=request.user,  # type: ignore[arg-type]
                sitting=found,
                unit=units[form.cleaned_data["unit"]],
                name=form.cleaned_data["name"],
            )
            return redirect("exams:room_change", made.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {"form": form, "title": _("New room"), "breadcrumbs": way_to_rooms(found)}
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs("exams.hold")
@shows_people(N_("who may watch over an exam room"))
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """The name of a room, and its invigilators."""
    room = held_room(request, key)
    named = list(Person.objects.filter(exam_rooms__room=room).order_by("sort_key"))
    others = people_of(room.unit, on=today()).filter(user__isnull=False).prefetch_related(None)
    people = list({one.pk: one for one in (*named, *others[:MOST_NAMED])}.values())
    form = ChangeRoomForm(
        request.POST or None, people=people, initial={"name": room.name, "people": [one.key for one in named]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_room(
                by=request.user,  # type: ignore[arg-type]
                room=room,
                name=form.cleaned_data["name"],
                invigilators=form.chosen(),
            )
            messages.success(request, _("The room is saved."))
            return redirect("exams:room", room.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    saw(request, room.unit, len(people))
    context = {
        "form": form,
        "title": room.name,
        "lead": name_of(room.unit),
        "breadcrumbs": way_to_rooms(room.sitting),
    }
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Takes an empty room away."""
    room = held_room(request, key)
    if request.method == "POST":
        remove_room(by=request.user, room=room)  # type: ignore[arg-type]
        messages.success(request, _("The room is removed."))
        return redirect("exams:rooms", room.sitting.key)
    return confirm(request, room.sitting, _("Remove the room?"), [room.name], _("Remove the room"))


@needs("exams.hold")
@shows_people(N_("who sits in which exam room"))
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Candidates without a room, of one room, or found by name; those ticked move into another room."""
    found = sitting_for(request, key)
    of, text = request.GET.get("room", "none"), request.GET.get("q", "").strip()[:100]
    attempts = Attempt.objects.filter(sitting=found).select_related("person", "seat__room")
    if text:
        attempts = attempts.filter(person__folded__contains=fold(text))
    elif of == "none":
        attempts = attempts.filter(Q(seat=None))
    else:
        attempts = attempts.filter(seat__room__key=of)
    attempts = attempts.order_by("person__sort_key", "person__birth_year", "number", "pk")
    form = MoveForm(request.POST or None, rooms=Room.objects.filter(sitting=found).order_by("name"))
    if request.method == "POST" and form.is_valid():
        chosen = list(Attempt.objects.filter(sitting=found, key__in=request.POST.getlist("chosen")))
        if chosen:
            moved = move_candidates(by=request.user, room=form.cleaned_data["room"], attempts=chosen)  # type: ignore[arg-type]
            said = _("%(count)d people moved to %(room)s.")
            messages.success(request, said % {"count": moved, "room": form.cleaned_data["room"].name})
            return redirect("exams:rooms", found.key)
        form.add_error(None, _("Tick at least one person."))
    page = Paginator(attempts, PAGE).get_page(request.GET.get("page"))
    saw(request, found, len(page), part=page.number)
    context = {"sitting": found, "form": form, "page": page, "q": text, "breadcrumbs": way_to_rooms(found)}
    return render(request, "exams/room_move.html", context, status=422 if form.is_bound else 200)


def held_room(request: HttpRequest, key: str) -> Room:
    """The room, for whoever holds its exam; 404 for strangers."""
    room = get_object_or_404(Room.objects.select_related("unit", "sitting__unit", "sitting__paper"), key=key)
    check(request, room.sitting.unit)
    return room
