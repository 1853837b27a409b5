"""An invigilator's pages: their rooms, one room live, who is who, remarks, extra time, the list to sign."""

from collections.abc import Mapping
from datetime import datetime, timedelta
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
from lantoa.directory.access import may, needs, saw, shows_people, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.exams.actions.invigilating import (
    KINDS,
    add_remark,
    check_identity,
    give_candidate_time,
    give_room_time,
    mark_absent,
)
from lantoa.exams.actions.sittings import REASONS
from lantoa.exams.forms_rooms import RemarkForm, RoomTimeForm
from lantoa.exams.forms_sitting import ExtraTimeForm
from lantoa.exams.models import Attempt, Remark, Room, Sitting
from lantoa.exams.queries.room_list import born, list_to_sign
from lantoa.exams.queries.room_now import Seated, counts_of, room_now
from lantoa.exams.queries.rooms import (
    HOLD,
    IN_ROOM,
    TROUBLE,
    count_room,
    oddities,
    rooms_watched,
    rows_in,
    watches,
    with_named,
)
from lantoa.exams.rules.clock import Phase
from lantoa.exams.views.rooms import asks_for_part, way_to_rooms
from lantoa.exams.views.sittings import when
from lantoa.office.queries.files import made_file

PAGE = 100
LIVE = ("people", "here", "waiting", "started", "silent", "handed_in", "late", "incidents", "checked", "absent")


def room_for(request: HttpRequest, key: str) -> Room:
    """The room, for whoever watches over it or holds its exam; 404 for everybody else."""
    found = with_named(request.user).select_related("unit", "sitting__unit", "sitting__paper")
    room = get_object_or_404(found, key=key)
    if not watches(request.user, room, on=today()):
        raise Http404
    return room


def _seated(request: HttpRequest, key: str) -> tuple[Attempt, Room]:
    """A candidate of a room that the reader watches over."""
    row = get_object_or_404(
        Attempt.objects.select_related("sitting", "person", "seat__room"), key=key, seat__room__isnull=False
    )
    return row, room_for(request, row.seat.room.key)


def _holds(request: HttpRequest, room: Room) -> bool:
    return may(request.user, HOLD, room.sitting.unit, on=today())


def way_to(request: HttpRequest, room: Room, *, itself: bool = True) -> list[dict[str, str]]:
    """The breadcrumbs: down from the exam for whoever holds it, else from one's own rooms."""
    if _holds(request, room):
        found = way_to_rooms(room.sitting)
    else:
        found = [{"label": _("Exam rooms"), "url": reverse("exams:my_rooms")}]
    return [*found, {"label": room.name, "url": reverse("exams:room", args=[room.key])}] if itself else found


@needs(SIGNED_IN)
@require_safe
def my_rooms(request: HttpRequest) -> HttpResponse:
    """The exam rooms that one watches over."""
    page = Paginator(rooms_watched(request.user, on=today()), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    return render(
        request, "exams/my_rooms.html", {"page": page, "rows": [(room, when(room.sitting)) for room in page]}
    )


@needs(SIGNED_IN)
@shows_people(N_("who sits an exam in a room"))
@require_safe
def room(request: HttpRequest, key: str) -> HttpResponse:
    """One room, live: numbers that open to their rows, the candidates, and what can be done on the spot."""
    found = room_for(request, key)
    now = timezone.now()
    show = request.GET.get("show", "people")
    if show not in IN_ROOM:
        raise Http404
    everybody = room_now(found, at=now)
    counted = counts_of(everybody)
    page = Paginator([row for row in everybody if show in row.counted], PAGE).get_page(request.GET.get("page"))
    saw(request, found.sitting, len(page), part=page.number)
    sitting = found.sitting
    remark_on, time_for = (reverse(f"exams:{name}", args=["-"]) for name in ("room_remark_on", "room_time_for"))
    context = {
        "room": found,
        "sitting": sitting,
        "now": now,
        "numbers": [
            {
                "count": counted[name],
                "words": _(IN_ROOM[name]),
                "url": f"?show={name}",
                "kind": "late" if name in TROUBLE and counted[name] else "",
            }
            for name in LIVE
        ],
        "show": _(IN_ROOM[show]),
        "page": page,
        "rows": [
            {
                "row": row,
                "state": stands(row, sitting, now),
                "remark_url": remark_on.replace("/-/", f"/{row.key}/"),
                "time_url": time_for.replace("/-/", f"/{row.key}/"),
            }
            for row in page
        ],
    }
    if asks_for_part(request):
        return render(request, "exams/_room.html", context)
    context |= {
        "when": when(sitting),
        "holds": _holds(request, found),
        "empty": not everybody,
        "breadcrumbs": way_to(request, found, itself=False),
        "remarks": remarks_of(found),
    }
    return render(request, "exams/room.html", context)


def stands(row: Seated, sitting: Sitting, now: datetime) -> tuple[str, str]:
    """Colour and word of where a candidate of a room stands."""
    phase = sitting.times().phase(now, row.started_at, row.handed_in_at, timedelta(minutes=row.extra_minutes))
    if row.handed_in_at is not None:
        return "ok", _("handed in")
    if row.absent_at is not None and row.started_at is None:
        return "none", _("absent")
    if phase in {Phase.LATE, Phase.OVER}:
        return "late", _("time is over") if row.started_at is not None else _("not started")
    if row.started_at is None:
        return "wait", _("not started")
    if "silent" in row.counted:
        return "late", _("silent")
    return "now", _("at work")


def remarks_of(room: Room) -> list[dict[str, Any]]:
    """What was noted in the room, in words, the newest first."""
    rows = Remark.objects.filter(room=room).select_related("attempt__person", "attempt__seat").order_by("-pk")
    return [{"row": one, "kind": remark_words(one), "text": remark_text(one)} for one in rows]


def remark_words(one: Remark) -> str:
    """What a remark is about."""
    if one.kind == Remark.Kind.TIME:
        return _("extra time")
    return _(KINDS[one.kind])


def remark_text(one: Remark) -> str:
    """What it says."""
    if one.kind != Remark.Kind.TIME:
        return one.text
    reason = _(REASONS[one.text]) if one.text in REASONS else ""
    if one.attempt_id is None:
        return _("%(count)d more minutes for the room: %(reason)s") % {"count": one.minutes or 0, "reason": reason}
    return _("%(count)d extra minutes in all: %(reason)s") % {"count": one.minutes or 0, "reason": reason}


@needs(SIGNED_IN)
@shows_people(N_("the list of an exam room"))
@require_http_methods(["GET", "POST"])
def roll(request: HttpRequest, key: str) -> HttpResponse:
    """Who is who: number, name, date of birth; identity checked, or absent, for those ticked."""
    found = room_for(request, key)
    now = timezone.now()
    error = ""
    if request.method == "POST":
        chosen = list(Attempt.objects.filter(seat__room=found, key__in=request.POST.getlist("chosen")))
        if chosen:
            act = mark_absent if request.POST.get("act") == "absent" else check_identity
            try:
                count = act(by=request.user, room=found, attempts=chosen, at=now)  # type: ignore[arg-type]
                said = (
                    _("%(count)d marked absent.") if act is mark_absent else _("Identity checked: %(count)d people.")
                )
                messages.success(request, said % {"count": count})
                return redirect("exams:room_roll", found.key)
            except Refused as reason:
                error = say(reason)
        else:
            error = _("Tick at least one person.")
    page = Paginator(rows_in(found, show="people", at=now), PAGE).get_page(request.GET.get("page"))
    saw(request, found.sitting, len(page), part=page.number)
    context = {
        "room": found,
        "rows": [(row, born(row.person)) for row in page],
        "page": page,
        "error": error,
        "breadcrumbs": way_to(request, found),
    }
    return render(request, "exams/room_roll.html", context, status=422 if error else 200)


@needs(SIGNED_IN)
@shows_people(N_("the list of an exam room"))
@require_safe
def list_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The list of the room, to print and sign."""
    found = room_for(request, key)
    saw(request, found.sitting, found.seats.count())
    return made_file(list_to_sign(found, on=today()), f"danh-sach-phong-thi-{found.key}.xlsx")


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def remark(request: HttpRequest, key: str) -> HttpResponse:
    """A remark on the room."""
    return _remark(request, room_for(request, key), None)


@needs(SIGNED_IN)
@shows_people(N_("a candidate in an exam room"))
@require_http_methods(["GET", "POST"])
def remark_on(request: HttpRequest, key: str) -> HttpResponse:
    """A remark on one candidate."""
    row, found = _seated(request, key)
    saw(request, row.person, 1)
    return _remark(request, found, row)


def _remark(request: HttpRequest, found: Room, row: Attempt | None) -> HttpResponse:
    form = RemarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_remark(by=request.user, room=found, attempt=row, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The remark is saved."))
            return redirect("exams:room", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "form": form,
        "title": _("Remark"),
        "lead": row.person.full_name if row else found.name,
        "breadcrumbs": way_to(request, found),
    }
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def time(request: HttpRequest, key: str) -> HttpResponse:
    """More minutes for the whole room, with the reason."""
    found = room_for(request, key)
    given = found.remarks.filter(kind=Remark.Kind.TIME, attempt=None).count()
    form = RoomTimeForm(request.POST or None, initial={"given": given})
    if request.method == "POST" and form.is_valid():
        try:
            give_room_time(by=request.user, room=found, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The extra time is saved."))
            return redirect("exams:room", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "form": form,
        "title": _("Extra time for the room"),
        "lead": found.name,
        "breadcrumbs": way_to(request, found),
    }
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs(SIGNED_IN)
@shows_people(N_("extra time in an exam"))
@require_http_methods(["GET", "POST"])
def time_for(request: HttpRequest, key: str) -> HttpResponse:
    """More minutes for one candidate of the room, with the reason."""
    row, found = _seated(request, key)
    form = ExtraTimeForm(request.POST or None, initial={"minutes": row.extra_minutes})
    if request.method == "POST" and form.is_valid():
        try:
            give_candidate_time(by=request.user, room=found, attempt=row, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The extra time is saved."))
            return redirect("exams:room", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    saw(request, row.person, 1)
    context = {
        "form": form,
        "title": _("Extra time"),
        "lead": row.person.full_name,
        "breadcrumbs": way_to(request, found),
    }
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs(SIGNED_IN)
@shows_people(N_("incidents in an exam room"))
@require_safe
def incidents(request: HttpRequest, key: str) -> HttpResponse:
    """Batches under another's name, several devices, gaps and forks in the logs of the room."""
    found = room_for(request, key)
    rows = oddities(found)
    saw(request, found.sitting, len(rows))
    context = {
        "room": found,
        "rows": [(odd, odd_words_of(odd.counted())) for odd in rows],
        "breadcrumbs": way_to(request, found),
    }
    return render(request, "exams/room_incidents.html", context)


ODD = {  # what is odd about an attempt, a sentence each
    "foreign": N_("%(count)d batches under another's name were refused"),
    "devices": N_("%(count)d devices were used"),
    "missing": N_("%(count)d answers of a device are missing"),
    "broken": N_("%(count)d answers do not follow from the ones before"),
    "forked": N_("%(count)d numbers of answers were used twice"),
    "jumped": N_("the clock of the device jumped %(count)d times"),
    "late": N_("%(count)d answers came after the time was over"),
    "after": N_("%(count)d answers came after handing in"),
    "differing": N_("two devices answered %(count)d questions differently"),
}


def odd_words_of(found: Mapping[str, int]) -> list[str]:
    """What is odd about an attempt, in words."""
    return [_(ODD[name]) % {"count": count} for name, count in found.items()]


@needs(SIGNED_IN)
@require_safe
def preflight(request: HttpRequest, key: str) -> HttpResponse:
    """Before the start: how many are there, what they have, and what this device and its line are worth."""
    found = room_for(request, key)
    now = timezone.now()
    context = {
        "room": found,
        "sitting": found.sitting,
        "when": when(found.sitting),
        "now": now,
        "counted": count_room(found, at=now),
        "secure": request.is_secure() or request.get_host().partition(":")[0] in {"localhost", "127.0.0.1"},
        "breadcrumbs": way_to(request, found),
    }
    return render(request, "exams/room_preflight.html", context)
