"""The minutes of a room: read, signed by two, added to by remarks, kept as an official document."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdatetime
from lantoa.common.words import say
from lantoa.directory.access import needs, saw, shows_people
from lantoa.directory.permissions import SIGNED_IN
from lantoa.exams.actions.minutes import draft_minutes, sign_minutes, sign_second
from lantoa.exams.forms_rooms import HeadForm
from lantoa.exams.models import Attempt, Minutes, Room
from lantoa.exams.queries.minutes import added_after, facts, moment_of, signers, still_at_work
from lantoa.exams.rules.minutes import changed, sha256
from lantoa.exams.views.reaching import name_of
from lantoa.exams.views.sittings import when
from lantoa.exams.views.watching import odd_words_of, remark_text, remark_words, remarks_of, room_for, way_to
from lantoa.office.queries.documents import MEDIA_TYPES, file_name, paper_of, rendered
from lantoa.office.queries.files import made_file
from lantoa.office.queries.privacy import last_paper

WORDS = {
    "listed": N_("on the list"),
    "checked": N_("with identity checked"),
    "present": N_("started"),
    "absent": N_("did not start"),
    "handed_in": N_("handed in"),
    "not_handed_in": N_("did not hand in before the time was over"),
    "late": N_("with late answers"),
    "odd": N_("with something odd in the log"),
}


@needs(SIGNED_IN)
@shows_people(N_("the minutes of an exam room"))
@require_http_methods(["GET", "POST"])
def minutes(request: HttpRequest, key: str) -> HttpResponse:
    """What the minutes say, and the two signatures. Before the first one: what it would be."""
    room = room_for(request, key)
    now = timezone.now()
    signed = Minutes.objects.filter(room=room).select_related("document", "room").first()
    error = ""
    if request.method == "POST":
        try:
            if signed is None:
                sign_minutes(by=request.user, room=room, read=request.POST.get("read", ""), at=now)  # type: ignore[arg-type]
            else:
                sign_second(by=request.user, minutes=signed, at=now)  # type: ignore[arg-type]
            messages.success(request, _("The minutes are signed."))
            return redirect("exams:room_minutes", room.key)
        except Refused as reason:
            error = say(reason)
    present = facts(room, at=now)
    content = signed.content if signed else present
    saw(request, room.sitting, len(content["candidates"]))
    noted = {one["row"].key: one for one in remarks_of(room)}
    context = {
        "room": room,
        "when": when(room.sitting),
        "error": error,
        "signed": signed,
        "signers": signers(signed) if signed else [],
        "can_second": signed is not None and signed.second_at is None and signed.signed_by != request.user.actor_key,  # type: ignore[union-attr]
        "read": sha256(present),
        "busy": 0 if signed else still_at_work(room, at=now),
        "changed": [
            {"words": _(WORDS[name]), "then": then, "now": is_now}
            for name, then, is_now in (changed(content, present) if signed else ())
        ],
        "summary": _summary(content),
        "remarks": [noted[one["remark"]] for one in content["remarks"] if one["remark"] in noted],
        "added": [
            {"row": one, "kind": remark_words(one), "text": remark_text(one)}
            for one in (added_after(signed) if signed else ())
        ],
        "rows": _rows(content),
        "owner": name_of(room.unit),
        "breadcrumbs": way_to(request, room),
    }
    return render(request, "exams/room_minutes.html", context, status=422 if error else 200)


def _summary(content: dict[str, Any]) -> list[dict[str, str]]:
    times = [
        (_("Begins"), content["begins"]),
        (_("Time over, without extra time"), content["ends"]),
        (_("Ended for all"), content["ended_early"]),
    ]
    said = [{"key": words, "value": vdatetime(moment_of(at))} for words, at in times if at]
    return said + [{"key": _(words), "value": str(content[name])} for name, words in WORDS.items()]


def _rows(content: dict[str, Any]) -> list[dict[str, Any]]:
    keys = [one["attempt"] for one in content["candidates"]]
    called = {one.key: one.person.full_name for one in Attempt.objects.filter(key__in=keys).select_related("person")}
    return [
        {
            **one,
            "name": called.get(one["attempt"], ""),
            "started": moment_of(one["started"]),
            "handed_in": moment_of(one["handed_in"]),
            "seen": odd_words_of(one["odd"]),
        }
        for one in content["candidates"]
    ]


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, key: str) -> HttpResponse:
    """The signed minutes as an official document: who issues it, then its files; the clerk gives the number."""
    room = room_for(request, key)
    signed = get_object_or_404(Minutes, room=room)
    if signed.document_id is not None:
        return redirect("exams:room_minutes", room.key)
    form = HeadForm(request.POST or None, initial=_last_head(room))
    if request.method == "POST" and form.is_valid():
        try:
            draft_minutes(by=request.user, minutes=signed, head=form.head, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("The minutes stand among the documents of the unit."))
            return redirect("exams:room_minutes", room.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "form": form,
        "title": _("Minutes as a document"),
        "lead": room.name,
        "breadcrumbs": way_to(request, room),
    }
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


def _last_head(room: Room) -> dict[str, str]:
    """As on the last minutes of this unit."""
    last = last_paper([room.unit], "exams.minutes:")
    if last is None:
        return {"issuer": name_of(room.unit)}
    issuer = asdict(paper_of(last).issuer)
    return {**issuer, "issuer": issuer["name"]}


@needs(SIGNED_IN)
@shows_people(N_("the minutes of an exam room"))
@require_safe
def minutes_file(request: HttpRequest, key: str, extension: str) -> HttpResponse:
    """The document as .docx or .pdf."""
    room = room_for(request, key)
    signed = get_object_or_404(Minutes.objects.select_related("document"), room=room, document__isnull=False)
    if extension not in MEDIA_TYPES or signed.document is None:
        raise Http404
    saw(request, room.sitting, len(signed.content["candidates"]))
    return made_file(rendered(signed.document, extension), file_name(signed.document, extension))
