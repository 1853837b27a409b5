"""The lecturer's day: today's meetings, the code on the wall, the roll, marks; corrections."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdatetime, vtime
from lantoa.common.words import say
from lantoa.directory.access import check, day_of, needs, saw, shows_people, today
from lantoa.directory.models import Person
from lantoa.presence import actions as presence_act
from lantoa.presence import queries as presence
from lantoa.presence.models import Attendance
from lantoa.training.actions import notices as tell
from lantoa.training.actions import results as act
from lantoa.training.actions.classes import enrolled
from lantoa.training.forms import CorrectionForm
from lantoa.training.models import Meeting
from lantoa.training.queries.exams import exams_taught
from lantoa.training.queries.namesakes import namesakes
from lantoa.training.views.classes import crumbs

MEETING_PAGES = {"open": "open_code", "close": "close_code", "wall": "wall", "roll": "roll_call"}
WALL_SECONDS = 5  # the wall asks for the code this often


def meeting_held_by(request: HttpRequest, key: str) -> Meeting:
    """The meeting, if the reader teaches it or may call any roll of the unit; else 404."""
    meeting = get_object_or_404(
        Meeting.objects.select_related(
            "training_class__unit", "training_class__programme", "topic", "gathering", "room", "lecturer"
        ),
        key=key,
    )
    own = meeting.lecturer is not None and meeting.lecturer.user_id == request.user.pk
    if own:
        return meeting
    check(request, meeting.training_class.unit, "training.mark_presence")
    return meeting


@needs("training.teach")
@require_safe
def teaching(request: HttpRequest) -> HttpResponse:
    """The reader's meetings of the day, and those of before whose roll is not called yet."""
    on = day_of(request)
    mine = Meeting.objects.filter(lecturer__user=request.user.pk).select_related(
        "training_class__programme", "topic", "room", "gathering"
    )
    now = timezone.now()
    return render(
        request,
        "training/teaching.html",
        {
            "on": on,
            "now": now,
            "today": list(mine.filter(during__startswith__date=on).order_by("during")),
            "late": mine.filter(during__endswith__lt=now, gathering__held=False).order_by("during")[:20],
            "coming": mine.filter(during__startswith__date__gt=on).order_by("during")[:10],
            "exams": exams_taught(request.user.pk, on=on)[:10],
        },
    )


@needs("training.teach")
@shows_people(N_("a meeting and its learners"))
@require_safe
def meeting(request: HttpRequest, key: str) -> HttpResponse:
    """One meeting: how many are here, who is missing, the code, the roll."""
    found = meeting_held_by(request, key)
    context = _here(request, found)
    saw(request, found.training_class, len(context["people"]))
    return render(request, "training/meeting.html", context)


def _way_to(request: HttpRequest, found: Meeting) -> list[dict[str, str]]:
    """A lecturer comes from their own meetings, everybody else from the class."""
    if found.lecturer and found.lecturer.user_id == request.user.pk:
        return [{"label": _("My meetings"), "url": reverse("training:teaching")}]
    return crumbs(found.training_class.programme, found.training_class)


def _here(request: HttpRequest, found: Meeting) -> dict[str, Any]:
    lines = presence.attendance_of(found.gathering)
    rows = list(enrolled(found.training_class).select_related("person").order_by("person__sort_key", "id"))
    people = [(enrolment.person, lines.get(enrolment.person_id)) for enrolment in rows]
    here = sum(1 for _person, line in people if line and line.share > 0)
    return {
        "meeting": found,
        "training_class": found.training_class,
        "people": people,
        "apart": namesakes(rows, on=today()),
        "here": here,
        "early": timezone.localdate(found.during.lower) > today(),
        "open": presence.is_open(found.gathering, at=timezone.now()),
        "unmarked": sum(1 for _person, line in people if line is None),
        "lead": f"{vdatetime(found.during.lower)}–{vtime(found.during.upper)} · "
        f"{found.room or found.training_class.place or found.training_class.online_url}",
        **{f"{name}_url": reverse(f"training:{view}", args=[found.key]) for name, view in MEETING_PAGES.items()},
        "breadcrumbs": _way_to(request, found),
    }


@needs("training.teach")
@require_POST
def open_code(request: HttpRequest, key: str) -> HttpResponse:
    """Starts showing the code."""
    found = meeting_held_by(request, key)
    presence_act.open_code(by=request.user, gathering=found.gathering, at=timezone.now())  # type: ignore[arg-type]
    return redirect("training:wall", found.key)


@needs("training.teach")
@require_POST
def close_code(request: HttpRequest, key: str) -> HttpResponse:
    """Stops showing the code."""
    found = meeting_held_by(request, key)
    presence_act.close_code(by=request.user, gathering=found.gathering, at=timezone.now())  # type: ignore[arg-type]
    return redirect("training:meeting", found.key)


@needs("training.teach")
@require_safe
def wall(request: HttpRequest, key: str) -> HttpResponse:
    """The code for the projector. It renews itself by the Refresh header, without any script."""
    found = meeting_held_by(request, key)
    now = timezone.now()
    if not presence.is_open(found.gathering, at=now):
        return redirect("training:meeting", found.key)
    digits = presence.code_on_the_wall(found.gathering, at=now)
    address = request.build_absolute_uri(reverse("training:here", args=[found.gathering.key, digits]))
    import segno  # late, as everything that a start can do without

    picture = segno.make(address, error="m").svg_inline(omitsize=True, border=2, svgclass="lt-qr", lineclass=None)
    context = {
        **_here(request, found),
        "digits": f"{digits[:3]} {digits[3:]}",
        "qr": mark_safe(picture),
        "expected": enrolled(found.training_class).count(),
    }
    response = render(request, "training/wall.html", context)
    response["Refresh"] = str(WALL_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


@needs("training.teach")
@shows_people(N_("the roll of a meeting"))
@require_http_methods(["GET", "POST"])
def roll_call(request: HttpRequest, key: str) -> HttpResponse:
    """The roll on one page: everyone present but those marked otherwise, one button."""
    found = meeting_held_by(request, key)
    context = _here(request, found)
    if request.method == "POST":
        states = {
            person.pk: request.POST.get(f"p-{person.key}", "") for person, line in context["people"] if line is None
        }
        states = {pk: state for pk, state in states.items() if state in presence_act.FULL}
        entered = act.call_roll(by=request.user, meeting=found, states=states, at=timezone.now())  # type: ignore[arg-type]
        act.decide_when_over(by=request.user, training_class=found.training_class, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The roll is called: %(count)d entered.") % {"count": entered})
        return redirect("training:meeting", found.key)
    context["breadcrumbs"].append(
        {"label": vdatetime(found.during.lower), "url": reverse("training:meeting", args=[found.key])}
    )
    saw(request, found.training_class, len(context["people"]))
    return render(request, "training/roll_call.html", context)


@needs("training.teach")
@shows_people(N_("the presence of a learner"))
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, key: str, person: str) -> HttpResponse:
    """Corrects one line of presence, with a reason; what stood there before stays readable."""
    found = meeting_held_by(request, key)
    who = get_object_or_404(
        Person, key=person, enrolments__training_class=found.training_class, enrolments__withdrawn_at=None
    )
    line = presence.was_there(found.gathering, who)
    form = CorrectionForm(request.POST or None, initial={"state": line.state if line else "present"})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            tell.correct_and_tell(
                by=request.user,  # type: ignore[arg-type]
                meeting=found,
                person=who,
                state=values["state"],
                share=Decimal(values["percent"]) / 100 if values["percent"] else None,
                reason=values["reason"],
                at=timezone.now(),
            )
            act.decide_when_over(by=request.user, training_class=found.training_class, at=timezone.now())  # type: ignore[arg-type]
            return redirect("training:meeting", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    saw(request, who, 1)
    return render(
        request,
        "training/correct.html",
        {
            "form": form,
            "meeting": found,
            "person": who,
            "line": line,
            "corrections": [
                {"at": was.at, "words": form.WORDS[Attendance.State(was.state_before)], "reason": was.reason}
                for was in (line.corrections.order_by("at") if line else [])
            ],
            "breadcrumbs": [
                *_way_to(request, found),
                {"label": vdatetime(found.during.lower), "url": reverse("training:meeting", args=[found.key])},
            ],
        },
        status=422 if form.is_bound else 200,
    )
